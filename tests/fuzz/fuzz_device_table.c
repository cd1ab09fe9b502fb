/* Guards: no bytes break the reader of the device table, and a refused text leaves it as it was. */
#include "drivers/device_table.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct device_table table;
    unsigned line = 0;
    const char *why = NULL;
    table.count = 0;
    bool good = device_table_read(&table, bytes_of(data, size), &line, &why);
    ENSURE(good || (table.count == 0 && why != NULL && line <= size + 1));
    for (size_t i = 0; i < table.count; i++) {
        const struct device_row *row = &table.rows[i];
        ENSURE(row->role != ROLE_UNKNOWN);
        ENSURE(memchr(row->name, '\0', sizeof row->name) != NULL);
        struct device_identity same = {.vendor = row->vendor,
                                       .product = row->product,
                                       .is_printer = row->role == ROLE_PRINTER,
                                       .device_id = bytes_of_text(row->id_part)};
        memcpy(same.product_name, row->name_part, sizeof row->name_part);
        ENSURE(device_table_find(&table, &same) != NULL);
    }
    return 0;
}
