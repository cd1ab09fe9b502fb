/* Guards: a device is what the table says, the first row that fits holds, a maker's printers are
 * not taken for its scanners, and a mistake in a table is told with its line. */
#include <stdio.h>
#include <string.h>

#include "drivers/device_table.h"
#include "drivers/driver_list.h"
#include "tests/support/expect.h"

static struct device_table table;

static bool read_text(const char *text, unsigned *line, const char **why)
{
    memset(&table, 0, sizeof table);
    return device_table_read(&table, bytes_of_text(text), line, why);
}

static enum device_role role(uint16_t vendor, uint16_t product, const char *name, bool printer)
{
    struct device_identity identity = {.vendor = vendor, .product = product, .is_printer = printer};
    snprintf(identity.product_name, sizeof identity.product_name, "%s", name);
    return device_role_of(&table, &identity);
}

static const char words[] = "# a comment\n"
                            "[device \"exact\"]\nusb = 0c2e:0b61\nis = other\n"
                            "[device \"range\"]\nusb = 0C2E:*\nis = scanner\ndriver = hid-pos\n"
                            "[device \"by name\"]\nname = bar code\nis = scanner\n"
                            "[device \"by id\"]\nid = CMD:XPP,XL\nis = printer\ndriver = tspl\n";

static void the_first_row_that_fits_holds(void)
{
    unsigned line;
    const char *why;
    EXPECT(read_text(words, &line, &why), "the text is good");
    EXPECT_I64(4, table.count, "four devices");
    EXPECT_I64(ROLE_OTHER, role(0x0C2E, 0x0B61, "", false),
               "the exact row stands before the range");
    EXPECT_I64(ROLE_SCANNER, role(0x0C2E, 0x0B62, "", false), "the range");
    EXPECT_I64(ROLE_PRINTER, role(0x0C2E, 0x0B62, "", true), "its printers are no scanners");
    EXPECT_I64(ROLE_SCANNER, role(1, 2, "Symbol Bar Code Scanner", false), "by name, in any case");
    EXPECT_I64(ROLE_UNKNOWN, role(1, 2, "USB Keyboard", false), "a keyboard is nothing of ours");
    EXPECT_I64(ROLE_UNKNOWN, role(1, 2, "", false), "nor is what has no name");
    EXPECT_I64(ROLE_PRINTER, role(1, 2, "", true), "a printer says so itself");
    struct device_identity rollo = {.is_printer = true,
                                    .device_id =
                                        BYTES_LITERAL("MFG:Printer;MDL:Thermal;CMD:XPP,XL;")};
    const struct device_row *row = device_table_find(&table, &rollo);
    EXPECT(row != NULL && strcmp(row->driver, "tspl") == 0, "by a part of its id");
    EXPECT(device_table_find(NULL, &rollo) == NULL, "no table is an empty one");
}

static void a_mistake_is_told_with_its_line(void)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *part;
    } rows[] = {
        {"[device \"a\"]\nusb = 0c2e\nis = scale\n", 2, "vendor:product"},
        {"[device \"a\"]\nusb = 0c2e:0b6\nis = scale\n", 2, "vendor:product"},
        {"[device \"a\"]\nusb = 0000:0b61\nis = scale\n", 2, "vendor:product"},
        {"[device \"a\"]\nusb = 0c2e:0b61\nusb = 0c2e:0b62\nis = scale\n", 3, "once"},
        {"[device \"a\"]\nusb = 0c2e:0b61\nis = toaster\n", 3, "scale, scanner"},
        {"[device \"a\"]\nusb = 0c2e:0b61\n[device \"b\"]\nis = scale\n", 4, "needs: is"},
        {"[device \"a\"]\nis = scale\n", 2, "not named"},
        {"[device]\nusb = 0c2e:0b61\n", 2, "section"},
        {"[toaster \"a\"]\nusb = 0c2e:0b61\n", 2, "section"},
        {"[device \"a\"]\nusb = 0c2e:0b61\nis = scale\ncolour = red\n", 4, "no other setting"},
        {"[device \"a\"]\nname = \nis = scale\n", 2, "behind the ="},
        {"[device \"a\"]\nname = a\nname = b\nis = scale\n", 3, "twice"},
        {"[device \"a\"]\nno equals sign\n", 2, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned line = 0;
        const char *why = "";
        EXPECT(!read_text(rows[i].text, &line, &why), "it is not taken");
        EXPECT_I64(rows[i].line, line, rows[i].text);
        EXPECT(strstr(why, rows[i].part) != NULL, why);
        EXPECT_I64(0, table.count, "not even in part");
    }
}

static void the_shipped_table_is_good(void)
{
    static char text[DEVICE_TABLE_TEXT_MAX];
    unsigned line = 0;
    const char *why = "";
    FILE *file = fopen(PACKD_SOURCE_DIR "/board/devices.conf", "r");
    EXPECT(file != NULL, "it is there");
    size_t len = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[len] = '\0';
    EXPECT(read_text(text, &line, &why), why);
    EXPECT(table.count > 30, "with its devices");
    for (size_t i = 0; i < table.count; i++) {
        const struct device_row *row = &table.rows[i];
        struct bytes driver = bytes_of_text(row->driver);
        bool known = driver.len == 0 || scale_driver_find(NULL, driver) != NULL ||
                     scanner_driver_find(driver) != NULL || printer_driver_find(driver) != NULL;
        EXPECT(known, row->driver);
    }
    EXPECT_I64(ROLE_SCALE, role(0x0922, 0x8004, "M25", false), "a scale");
    EXPECT_I64(ROLE_SCANNER, role(0x05E0, 0x1200, "", false), "a scanner");
    EXPECT_I64(ROLE_PRINTER, role(0x0C2E, 0x0A07, "PC42t", true), "a printer of a scanners' maker");
    EXPECT_I64(ROLE_OTHER, role(0x2C7C, 0x0125, "LTE Modem", false), "a modem is left alone");
}

int main(void)
{
    EXPECT_RUN(the_first_row_that_fits_holds);
    EXPECT_RUN(a_mistake_is_told_with_its_line);
    EXPECT_RUN(the_shipped_table_is_good);
    return expect_result();
}
