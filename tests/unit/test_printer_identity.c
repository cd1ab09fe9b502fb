/* Guards: a device id tells maker, model and language however its keys are written, and never more
 * than it says. Ids: captures I01 to I08 (CUPS listings, lprint's tables, Epson DFX-9000 service
 * manual), the text without its two length bytes; meanings as their sources state them. */
#include "drivers/printer.h"

#include "tests/support/expect.h"

static void every_captured_id_is_understood(void)
{
    static const struct {
        const char *id, *manufacturer, *model, *dialect;
    } rows[] = {
        {"MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;",
         "Zebra Technologies", "ZTC ZD220-203dpi ZPL", "zpl"},
        {"SERN:99J204300180;MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;"
         "MODEL:ZTC ZT411-300dpi ZPL;CLASS:PRINTER;OPTIONS:XML;",
         "Zebra Technologies", "ZTC ZT411-300dpi ZPL", "zpl"},
        {"MANUFACTURER:Zebra Technologies;COMMAND SET:ZPL;MODEL:ZTC GX420d;", "Zebra Technologies",
         "ZTC GX420d", "zpl"},
        {"MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;", "Munbyn", "RW403B", "tspl"},
        {"MFG:Printer;MDL:Thermal Printer;CMD:XPP,XL;", "Printer", "Thermal Printer", "tspl"},
        {"MFG:EPSON;CMD:ESCP9,PRPII9,BDC;MDL:DFX-9000;CLS:PRINTER;DES:EPSON DFX-9000;", "EPSON",
         "DFX-9000", "unknown"},
        {"MFG:VEVOR ;CMD: ;MODEL:Y428BT;DES:LabelPrinter;", "VEVOR", "Y428BT", "unknown"},
        {"MFG:4BARCODE;CMD:CEZD;MDL:4B-2054A;", "4BARCODE", "4B-2054A", "zpl"},
        {"mfg:x;mdl:y;cmd:EPL2", "x", "y", "epl"},
        {"MFG:Zebra;MDL:ZD230 ZPL", "Zebra", "ZD230 ZPL", "zpl"},
        {"CMD:ESC/POS", "", "", "escpos"},
        {"MDL:a:b;", "", "a:b", "unknown"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        /* Without length bytes, and with them right, little-endian, and wrong. */
        static const uint8_t prefixes[][2] = {{0, 0}, {0x00, 0x4D}, {0x4D, 0x00}, {0xFF, 0xFF}};
        for (size_t j = 0; j < ARRAY_LEN(prefixes); j++) {
            uint8_t bytes[256];
            struct printer_identity got;
            size_t skip = j == 0 ? 0 : 2, len = strlen(rows[i].id);
            memcpy(bytes, prefixes[j], skip);
            memcpy(bytes + skip, rows[i].id, len);
            if (!EXPECT(printer_identity_parse(bytes_of(bytes, skip + len), &got), rows[i].id))
                continue;
            EXPECT_TEXT(rows[i].manufacturer, got.manufacturer, rows[i].id);
            EXPECT_TEXT(rows[i].model, got.model, rows[i].id);
            EXPECT_TEXT(rows[i].dialect, got.dialect, rows[i].id);
        }
    }
}

static void what_is_no_id_is_refused(void)
{
    static const struct bytes rows[] = {
        BYTES_NONE,
        BYTES_LITERAL("\x00"),
        BYTES_LITERAL("\x00\x02"),
        BYTES_LITERAL("no keys at all"),
        BYTES_LITERAL(";;;:;:"),
        BYTES_LITERAL("MFG:;MDL:;CMD:;"),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_identity got;
        EXPECT(!printer_identity_parse(rows[i], &got), "nothing in it");
    }
}

static void what_follows_the_text_is_left_out_and_long_names_are_cut(void)
{
    struct printer_identity got;
    char id[200];
    EXPECT(printer_identity_parse(BYTES_LITERAL("MFG:Zebra;MDL:Z\x00junk;CMD:TSPL"), &got),
           "an id");
    EXPECT_TEXT("Z", got.model, "up to the first byte that is no text");
    EXPECT_TEXT("unknown", got.dialect, "and nothing from behind it");
    memset(id, 'm', sizeof id);
    memcpy(id, "MDL:", 4);
    EXPECT(printer_identity_parse(bytes_of(id, sizeof id), &got), "a long model");
    EXPECT_I64(sizeof got.model - 1, strlen(got.model), "cut to what fits");
}

int main(void)
{
    EXPECT_RUN(every_captured_id_is_understood);
    EXPECT_RUN(what_is_no_id_is_refused);
    EXPECT_RUN(what_follows_the_text_is_left_out_and_long_names_are_cut);
    return expect_result();
}
