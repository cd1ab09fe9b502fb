/* Guards: no device id breaks its reader, and what it gives is printable text within its sizes. */
#include "drivers/printer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size)
{
    struct bytes bytes = bytes_of_text(text);
    ENSURE(bytes.len < size);
    for (size_t i = 0; i < bytes.len; i++) ENSURE(text[i] >= ' ' && text[i] <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct printer_identity identity;
    if (!printer_identity_parse(bytes_of(data, size), &identity)) return 0;
    check_text(identity.manufacturer, sizeof identity.manufacturer);
    check_text(identity.model, sizeof identity.model);
    check_text(identity.dialect, sizeof identity.dialect);
    ENSURE(identity.dialect[0] != '\0');
    return 0;
}
