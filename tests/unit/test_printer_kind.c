/* Guards: a printer is taken for what its device id says, less a table of known devices knows
 * better; a driver of another language is refused with a sentence, and never because of a guess
 * (R09); a hostile id is read within its bounds (R10); a question in vain is not asked for ever.
 * Ids: CUPS listings, lprint's tables. */
#include "drivers/printer_kind.h"

#include "drivers/driver_list.h"
#include "tests/support/expect.h"

static struct printer_kind kind_of(struct bytes id, const char *row)
{
    const struct device_identity identity = {.is_printer = true, .device_id = id};
    struct printer_kind kind;
    printer_kind_of(&identity, row, &kind);
    return kind;
}

static void each_printer_is_taken_for_what_it_says(void)
{
    static const struct {
        const char *id, *row, *dialect;
        bool told; /* so surely that another driver is refused */
        const char *promise;
    } rows[] = {
        {"MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;", "", "zpl",
         true, "a Zebra switched to ZPL"},
        {"MANUFACTURER:Zebra Technologies ;COMMAND SET:EPL;MODEL:ZTC GC420d;", "", "epl", true,
         "a Zebra switched to EPL"},
        {"MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;", "", "tspl", true, "one that says it"},
        {"MFG:Printer;MDL:Thermal Printer;CMD:XPP,XL;", "", "tspl", false, "one known by lprint"},
        {"MFG:4BARCODE;CMD:CEZD;MDL:4B-2054A;", "", "zpl", false, "four languages in one word"},
        {"MFG:X;CMD:ZPL,EPL2;MDL:Y;", "", "zpl", false, "two languages"},
        {"MFG:X;CMD:BPLZ,ZPL;MDL:Y;", "", "zpl", true, "two names of one"},
        {"MFG:VEVOR ;CMD: ;MODEL:Y428BT;DES:LabelPrinter;", "", "unknown", false, "a blank"},
        {"MFG:VEVOR ;CMD: ;MODEL:Y428BT;DES:LabelPrinter;", "tspl", "tspl", false, "by the table"},
        {"MFG:EPSON;CMD:ESCP9,PRPII9,BDC;MDL:DFX-9000;", "", "unknown", false, "an office printer"},
        {"MFG:X;CMD:TSPL;MDL:Y;", "zpl", "zpl", false, "the table goes before the id"},
        {"", "", "unknown", false, "no id"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_kind kind = kind_of(bytes_of_text(rows[i].id), rows[i].row);
        EXPECT_TEXT(rows[i].dialect, kind.dialect, rows[i].promise);
        EXPECT_I64(rows[i].told, kind.told, rows[i].promise);
        for (size_t j = 0; printer_driver_at(j) != NULL; j++) {
            const char *driver = printer_driver_at(j)->name;
            bool same = strcmp(driver, rows[i].dialect) == 0;
            const char *why = printer_kind_refuses(&kind, driver);
            EXPECT_I64(rows[i].told && !same, why != NULL, rows[i].promise);
            if (why != NULL) EXPECT(strstr(why, "devices.conf") != NULL, "with a way out");
        }
    }
}

/* A length that promises 64 KiB, no end, no separator, keys without values: whatever comes. */
static void a_hostile_id_is_bounded(void)
{
    static uint8_t id[65536];
    for (unsigned kind_no = 0; kind_no < 4; kind_no++) {
        static const char *const parts[] = {"A", "MFG:", "CMD:ZPL;", ";"};
        size_t part = strlen(parts[kind_no]);
        for (size_t i = 0; i < sizeof id; i++) id[i] = (uint8_t)parts[kind_no][i % part];
        id[0] = id[1] = 0xFF;
        struct printer_kind kind = kind_of(bytes_of(id, sizeof id), NULL);
        EXPECT(strlen(kind.manufacturer) < sizeof kind.manufacturer, "cut");
        EXPECT(strcmp(kind.dialect, "unknown") == 0 || strcmp(kind.dialect, "zpl") == 0, "known");
    }
}

static void a_question_is_asked_of_those_that_may_know(void)
{
    struct printer_kind zebra =
        kind_of(BYTES_LITERAL("MFG:Zebra Technologies;CMD:ZPL;MDL:ZD421;"), NULL);
    struct printer_kind clone = kind_of(BYTES_LITERAL("MFG:TVSE;CMD:BPLZ;MDL:LP 46;"), NULL);
    struct printer_kind epson = kind_of(BYTES_LITERAL("MFG:EPSON;CMD:ESC/POS;MDL:TM-T82;"), NULL);
    const struct printer_driver *zpl = printer_driver_find(BYTES_LITERAL("zpl"));
    const struct printer_driver *escpos = printer_driver_find(BYTES_LITERAL("escpos"));
    EXPECT_I64(PRINTER_ASKS_HEAD | PRINTER_ASKS_COUNTER, printer_kind_may_ask(&zebra, zpl),
               "a Zebra counts");
    EXPECT_I64(PRINTER_ASKS_HEAD, printer_kind_may_ask(&clone, zpl), "a clone would print it");
    EXPECT_I64(PRINTER_ASKS_HEAD, printer_kind_may_ask(NULL, zpl), "nobody knows what it is");
    EXPECT_I64(PRINTER_ASKS_RECEIPT, printer_kind_may_ask(&epson, escpos), "an Epson acknowledges");
    EXPECT_I64(0, printer_kind_may_ask(&clone, escpos), "others may print it");
}

static void what_is_never_answered_is_not_asked_again(void)
{
    struct printer_questions questions;
    printer_questions_init(&questions, PRINTER_ASKS_RECEIPT);
    EXPECT_I64(PRINTER_ASKS_RECEIPT, questions.cannot, "what was known before stays known");
    for (unsigned i = 1; i <= PRINTER_VAIN_MAX; i++) {
        printer_asked(&questions, PRINTER_ASKS_HEAD, 100);
        EXPECT_I64(i == PRINTER_VAIN_MAX, printer_unanswered(&questions, true), "often enough");
        EXPECT_I64(PRINTER_NO_ANSWER_DUE, questions.until_ms, "nothing more is waited for");
    }
    EXPECT_I64(PRINTER_ASKS_RECEIPT | PRINTER_ASKS_HEAD, questions.cannot, "and it is kept");
    printer_questions_init(&questions, 0);
    for (unsigned i = 0; i < 3 * PRINTER_VAIN_MAX; i++) {
        printer_asked(&questions, PRINTER_ASKS_COUNTER, 100);
        if (i % PRINTER_VAIN_MAX == 1) printer_answered(&questions, PRINTER_ASKS_COUNTER);
        EXPECT(!printer_unanswered(&questions, true), "an answer in between counts anew");
    }
    printer_questions_init(&questions, 0);
    for (unsigned i = 0; i < 3 * PRINTER_VAIN_MAX; i++) {
        printer_asked(&questions, PRINTER_ASKS_COUNTER, 100);
        EXPECT(!printer_unanswered(&questions, false),
               "one that is silent as a whole says nothing");
    }
}

int main(void)
{
    EXPECT_RUN(each_printer_is_taken_for_what_it_says);
    EXPECT_RUN(a_hostile_id_is_bounded);
    EXPECT_RUN(a_question_is_asked_of_those_that_may_know);
    EXPECT_RUN(what_is_never_answered_is_not_asked_again);
    return expect_result();
}
