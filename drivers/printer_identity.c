/* printer_identity.c - reads an IEEE 1284 device id: "MFG:Munbyn;CMD:TSPL;MDL:RW403B;".
 * USB Device Class Definition for Printing Devices 1.1, GET_DEVICE_ID; what devices really send is
 * known from the quirks of the CUPS USB backend.
 *
 * Rules. The two length bytes are often wrong and never used: the text ends where printable
 * characters end. Keys compare without case and in both their forms. The command set is a hint. */
#include "drivers/printer.h"

static bool is_printable(uint8_t byte)
{
    return byte >= ' ' && byte <= '~';
}

/* Without the length bytes (an id is far shorter than 8 KiB, so one of them is not printable) and
 * without whatever follows the text. */
static struct bytes printable_part(struct bytes id)
{
    size_t len = 0;
    bool prefixed = id.len >= 2 && (!is_printable(id.data[0]) || !is_printable(id.data[1]));
    if (prefixed) id = bytes_from(id, 2);
    while (len < id.len && is_printable(id.data[len])) len++;
    return bytes_slice(id, 0, len);
}

static struct bytes value_of(struct bytes id, const char *short_key, const char *long_key)
{
    struct bytes pair, key;
    while (bytes_split(&id, ';', &pair)) {
        if (!bytes_split(&pair, ':', &key)) continue;
        key = bytes_trim(key);
        bool wanted =
            bytes_equal_ignore_case(key, short_key) || bytes_equal_ignore_case(key, long_key);
        if (wanted) return bytes_trim(pair);
    }
    return BYTES_NONE;
}

static bool contains(struct bytes whole, const char *part)
{
    return bytes_find(whole, bytes_of_text(part)) < whole.len;
}

/* A second language in the same list makes it unsure which one is meant. */
static const char *dialect_of(struct bytes commands, struct bytes model, bool *out_sure)
{
    static const struct {
        const char *part, *dialect;
        bool sure;
    } hints[] = {
        {"ZPL", "zpl", true},       {"BPLZ", "zpl", true}, /* SNBC's word for its ZPL */
        {"TSPL", "tspl", true},     {"EPL", "epl", true},      {"ESC/POS", "escpos", true},
        {"ESCPOS", "escpos", true}, {"XPP,XL", "tspl", false}, /* Rollo, Marklife (from lprint) */
        {"CEZD", "zpl", false}, /* 4BARCODE: letters for CPCL, EPL, ZPL, DPL */
    };
    const char *found = NULL;
    *out_sure = false;
    for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
        if (!contains(commands, hints[i].part)) continue;
        bool another = found != NULL && !bytes_equal_text(bytes_of_text(found), hints[i].dialect);
        *out_sure = found == NULL ? hints[i].sure : *out_sure && !another;
        if (found == NULL) found = hints[i].dialect;
    }
    if (found != NULL) return found;
    return commands.len == 0 && contains(model, "ZPL") ? "zpl" : "unknown";
}

/* Cut, not refused: a long name is still a name. */
static void copy_cut(struct bytes from, char *out_text, size_t size)
{
    ENSURE(bytes_to_text(bytes_slice(from, 0, size - 1), out_text, size));
}

bool printer_identity_parse(struct bytes device_id, struct printer_identity *out)
{
    struct bytes id = printable_part(device_id);
    struct bytes manufacturer = value_of(id, "MFG", "MANUFACTURER");
    struct bytes model = value_of(id, "MDL", "MODEL");
    struct bytes commands = value_of(id, "CMD", "COMMAND SET");
    if (manufacturer.len == 0 && model.len == 0 && commands.len == 0) return false;
    copy_cut(manufacturer, out->manufacturer, sizeof out->manufacturer);
    copy_cut(model, out->model, sizeof out->model);
    copy_cut(bytes_of_text(dialect_of(commands, model, &out->sure)), out->dialect,
             sizeof out->dialect);
    return true;
}
