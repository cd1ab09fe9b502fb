/* device_table.c - see device_table.h. */
#include "drivers/device_table.h"

#include <string.h>

#include "hal/base/ini_read.h"

const char *device_role_word(enum device_role role)
{
    switch (role) {
    case ROLE_UNKNOWN: return "unknown";
    case ROLE_SCALE: return "scale";
    case ROLE_SCANNER: return "scanner";
    case ROLE_PRINTER: return "printer";
    case ROLE_OTHER: return "other";
    }
    ensure_failed("role is one of the list", __FILE__, __LINE__);
}

/* --- reading --- */

static bool take_hex(struct bytes digits, uint16_t *out_value)
{
    uint64_t value = 0;
    if (digits.len != 4 || !bytes_hex_to_u64(digits, UINT16_MAX, &value)) return false;
    *out_value = (uint16_t)value;
    return true;
}

static bool take_usb(struct device_row *row, struct bytes value)
{
    struct bytes vendor;
    if (!bytes_split(&value, ':', &vendor) || !take_hex(vendor, &row->vendor)) return false;
    row->any_product = bytes_equal_text(value, "*");
    return row->vendor != 0 && (row->any_product || take_hex(value, &row->product));
}

static bool take_role(struct device_row *row, struct bytes value)
{
    for (int role = ROLE_SCALE; role <= ROLE_OTHER; role++) {
        if (!bytes_equal_text(value, device_role_word((enum device_role)role))) continue;
        row->role = (enum device_role)role;
        return true;
    }
    return false;
}

static const char *take_text(char *field, size_t size, struct bytes value)
{
    if (field[0] != '\0') return "the setting stands there twice";
    return bytes_to_text(value, field, size) ? NULL : "the text is too long";
}

/* NULL: taken. */
static const char *take_setting(struct device_row *row, const struct ini_reader *ini)
{
    struct bytes key = bytes_of_text(ini->key), value = bytes_of_text(ini->value);
    if (value.len == 0) return "nothing stands behind the =";
    if (bytes_equal_text(key, "usb"))
        return row->vendor == 0 && take_usb(row, value)
                   ? NULL
                   : "usb must be given once, as two numbers of four hexadecimal digits, "
                     "vendor:product, or vendor:*";
    if (bytes_equal_text(key, "is"))
        return row->role == ROLE_UNKNOWN && take_role(row, value)
                   ? NULL
                   : "is must be given once, as scale, scanner, printer or other";
    if (bytes_equal_text(key, "driver")) return take_text(row->driver, sizeof row->driver, value);
    if (bytes_equal_text(key, "id")) return take_text(row->id_part, sizeof row->id_part, value);
    if (bytes_equal_text(key, "name"))
        return take_text(row->name_part, sizeof row->name_part, value);
    return "a device has usb, id, name, is and driver, and no other setting";
}

/* Why this row cannot stand as it is; NULL: it can. */
static const char *why_incomplete(const struct device_row *row)
{
    bool names_one = row->vendor != 0 || row->id_part[0] != '\0' || row->name_part[0] != '\0';
    if (!names_one) return "the device is not named: it needs usb, id or name";
    return row->role == ROLE_UNKNOWN ? "the device needs: is = scale, scanner, printer or other"
                                     : NULL;
}

static const char *begin_row(struct device_table *table, const struct ini_reader *ini)
{
    if (strcmp(ini->section, "device") != 0 || ini->section_name[0] == '\0')
        return "every device stands in a section [device \"its name\"]";
    if (table->count == DEVICE_ROWS_MAX) return "there are too many devices";
    struct device_row *row = &table->rows[table->count++];
    *row = (struct device_row){.role = ROLE_UNKNOWN};
    bool copied = bytes_to_text(bytes_of_text(ini->section_name), row->name, sizeof row->name);
    ENSURE(copied);
    return NULL;
}

static const char *take_entry(struct device_table *table, size_t before,
                              const struct ini_reader *ini)
{
    bool none = table->count == before;
    struct device_row *last = none ? NULL : &table->rows[table->count - 1];
    if (none || strcmp(last->name, ini->section_name) != 0) {
        const char *why = none ? NULL : why_incomplete(last);
        if (why == NULL) why = begin_row(table, ini);
        if (why != NULL) return why;
        last = &table->rows[table->count - 1];
    }
    return take_setting(last, ini);
}

bool device_table_read(struct device_table *table, struct bytes text, unsigned *out_line,
                       const char **out_why)
{
    size_t before = table->count;
    struct ini_reader ini;
    const char *why = NULL;
    *out_line = 0;
    *out_why = "the text is too long";
    if (text.len > DEVICE_TABLE_TEXT_MAX) return false;
    ini_init(&ini, text);
    while (why == NULL && ini_next(&ini, &why) == INI_ENTRY) {
        why = take_entry(table, before, &ini);
    }
    if (why == NULL && table->count > before) why = why_incomplete(&table->rows[table->count - 1]);
    if (why == NULL) return true;
    table->count = before;
    *out_line = ini.line;
    *out_why = why;
    return false;
}

/* --- finding --- */

static bool contains_any_case(struct bytes whole, const char *part)
{
    size_t len = strlen(part);
    for (size_t at = 0; at + len <= whole.len; at++) {
        if (bytes_equal_ignore_case(bytes_slice(whole, at, len), part)) return true;
    }
    return false;
}

/* A maker of scanners makes printers too, under the same number. */
static bool fits(const struct device_row *row, const struct device_identity *identity)
{
    bool needs_printer = row->role == ROLE_PRINTER;
    if (row->role != ROLE_OTHER && identity->is_printer != needs_printer) return false;
    if (row->vendor != 0 && row->vendor != identity->vendor) return false;
    if (row->vendor != 0 && !row->any_product && row->product != identity->product) return false;
    if (row->id_part[0] != '\0' &&
        bytes_find(identity->device_id, bytes_of_text(row->id_part)) == identity->device_id.len)
        return false;
    return row->name_part[0] == '\0' ||
           contains_any_case(bytes_of_text(identity->product_name), row->name_part);
}

const struct device_row *device_table_find(const struct device_table *table,
                                           const struct device_identity *identity)
{
    for (size_t i = 0; table != NULL && i < table->count; i++) {
        if (fits(&table->rows[i], identity)) return &table->rows[i];
    }
    return NULL;
}

enum device_role device_role_of(const struct device_table *table,
                                const struct device_identity *identity)
{
    const struct device_row *row = device_table_find(table, identity);
    if (row != NULL) return row->role;
    return identity->is_printer ? ROLE_PRINTER : ROLE_UNKNOWN;
}
