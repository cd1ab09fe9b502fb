/* Guards: no device id breaks its reader, and what it gives is printable text within its sizes;
 * what a printer is taken for follows from it, and a driver is refused only for its own sure word.
 */
#include "drivers/driver_list.h"
#include "drivers/printer_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size)
{
    struct bytes bytes = bytes_of_text(text);
    ENSURE(bytes.len < size);
    for (size_t i = 0; i < bytes.len; i++) ENSURE(text[i] >= ' ' && text[i] <= '~');
}

static void check_kind(struct bytes device_id)
{
    const struct device_identity identity = {.is_printer = true, .device_id = device_id};
    struct printer_kind kind;
    unsigned fitting = 0;
    printer_kind_of(&identity, "", &kind);
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const char *why = printer_kind_refuses(&kind, printer_driver_at(i)->name);
        ENSURE(why == NULL || kind.told);
        fitting += why == NULL;
    }
    ENSURE(fitting > 0); /* whatever it says, somebody may print on it */
    check_text(kind.dialect, sizeof kind.dialect);
    printer_kind_of(&identity, "tspl", &kind);
    ENSURE(!kind.told && bytes_equal_text(bytes_of_text(kind.dialect), "tspl"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct printer_identity identity;
    check_kind(bytes_of(data, size));
    if (!printer_identity_parse(bytes_of(data, size), &identity)) return 0;
    check_text(identity.manufacturer, sizeof identity.manufacturer);
    check_text(identity.model, sizeof identity.model);
    check_text(identity.dialect, sizeof identity.dialect);
    ENSURE(identity.dialect[0] != '\0');
    return 0;
}
