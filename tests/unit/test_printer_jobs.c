/* Guards (R15): whatever printable text stands on a label, as letters or as bars, every printer is
 * told to print exactly one label and is asked nothing; the bars say exactly the text. And the
 * set-up stands in front of each label, in the words of each language, or is not said at all.
 * Judged by packsim's interpreters, which were written from the makers' manuals. */
#include "drivers/driver_list.h"

#include "tests/support/printer_bench.h"
#include "tools/packsim/tongue.h"

static char storage[65536];
static struct textbuf job;

struct seen {
    unsigned prints, asks, cancels;
};

static struct seen walk(const struct tongue *tongue)
{
    struct seen seen = {0};
    struct bytes rest = textbuf_bytes(&job);
    for (size_t i = 0; i + 1 < rest.len && tongue->asks[0] != 0; i++)
        seen.asks += rest.data[i] == tongue->asks[0] && rest.data[i + 1] == tongue->asks[1];
    while (rest.len > 0) {
        size_t len = tongue->next(rest);
        if (!EXPECT(len > 0, "the job is whole")) break;
        enum tongue_act act = tongue->act(bytes_slice(rest, 0, len));
        seen.prints += act == TONGUE_PRINTS;
        seen.asks += act == TONGUE_ASKS || act == TONGUE_ASKS_RECEIPT;
        seen.cancels += act == TONGUE_CANCELS;
        rest = bytes_from(rest, len);
    }
    return seen;
}

static bool encode(const struct printer_driver *driver, enum label_item_kind kind, const char *text,
                   const struct printer_setup *setup)
{
    struct label label = label_of(kind, text);
    label.width_dmm = setup->width_dmm;
    label.items[0].width_dmm = (uint16_t)(setup->width_dmm - 40);
    textbuf_init(&job, storage, sizeof storage);
    label.items[0].x_dmm = 20;
    return driver->encode_label(&label, setup, &job);
}

static const struct printer_setup plain = {.dpi = 203, .width_dmm = 720, .height_dmm = 1500};

static void expect_one_label(const struct printer_driver *driver, const char *text,
                             enum label_item_kind kind, struct canvas *canvas)
{
    const struct tongue *tongue = tongue_find(bytes_of_text(driver->name));
    bool said = encode(driver, kind, text, &plain);
    if (!said) {
        EXPECT(kind == LABEL_CODE128, "every text can be drawn");
        return; /* bars that cannot be said exactly are refused */
    }
    struct seen seen = walk(tongue);
    EXPECT_I64(1, seen.prints, text);
    EXPECT_I64(0, seen.asks + seen.cancels, text);
    if (canvas == NULL || kind != LABEL_CODE128) return;
    canvas_clear(canvas);
    tongue_draw(tongue, textbuf_bytes(&job), canvas);
    EXPECT_I64(1, canvas->code_count, text);
    EXPECT_TEXT(text, canvas->codes[0], "the bars say it");
}

static void whatever_is_written_is_one_label(void)
{
    struct canvas canvas;
    canvas_open(&canvas);
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        if (tongue_find(bytes_of_text(driver->name)) == NULL) continue; /* ZPL: test_printer_zpl */
        for (int first = ' ' + 1; first <= '~'; first++) {
            for (int second = ' ' + 1; second <= '~'; second++) {
                char text[] = {'A', (char)first, (char)second, 'Z', '\0'};
                expect_one_label(driver, text, LABEL_TEXT, NULL);
                expect_one_label(driver, text, LABEL_CODE128, first == second ? &canvas : NULL);
            }
        }
        static const char *const texts[] = {
            "PRINT 9,9",  "CLS",         "\"\r\nPRINT 2,1", "P9",         "^ee",
            "\nP5\n",     "SET REPRINT", "\\[\"]PRINT 1,1", "{A{B{C{{",   "~!T~!I~!@",
            "1004100410", "\x7F",        "GW0,0,1,1,",      "BITMAP 0,0", "^@^@",
        };
        for (size_t j = 0; j < ARRAY_LEN(texts); j++) {
            if (encode(driver, LABEL_TEXT, texts[j], &plain)) {
                struct seen seen = walk(tongue_find(bytes_of_text(driver->name)));
                EXPECT(seen.prints == 1 && seen.asks + seen.cancels == 0, texts[j]);
            }
        }
    }
    canvas_close(&canvas);
}

/* ---- the set-up
 * ------------------------------------------------------------------------------- */

static void the_set_up_stands_before_each_label(void)
{
    static const struct {
        const char *driver;
        struct printer_setup setup;
        const char *said; /* somewhere in the job, before what is drawn */
    } rows[] = {
        {"zpl", {.darkness = 50}, "~SD15\n^XA"},
        {"zpl", {.darkness = 100}, "~SD30\n^XA"},
        {"zpl", {.speed_ips = 4}, "^PR4"},
        {"zpl", {.media = PRINTER_MEDIA_GAP}, "^MNY"},
        {"zpl", {.media = PRINTER_MEDIA_MARK}, "^MNM"},
        {"zpl", {.media = PRINTER_MEDIA_CONTINUOUS}, "^MNN"},
        {"zpl", {.mode = PRINTER_MODE_TEAR}, "^MMT"},
        {"zpl", {.mode = PRINTER_MODE_PEEL}, "^MMP"},
        {"zpl", {.mode = PRINTER_MODE_CUT}, "^MMC"},
        {"zpl", {.dpi = 203}, "^JZN"},
        {"zpl", {.dpi = 203}, "^PW576^LL1200"},
        {"tspl", {.darkness = 50}, "DENSITY 7\r\n"},
        {"tspl", {.speed_ips = 4}, "SPEED 4\r\n"},
        {"tspl", {.media = PRINTER_MEDIA_GAP}, "GAP 3 mm,0 mm\r\n"},
        {"tspl", {.media = PRINTER_MEDIA_MARK}, "BLINE 3 mm,0 mm\r\n"},
        {"tspl", {.media = PRINTER_MEDIA_CONTINUOUS}, "GAP 0 mm,0 mm\r\n"},
        {"tspl", {.mode = PRINTER_MODE_TEAR}, "SET TEAR ON\r\n"},
        {"tspl", {.mode = PRINTER_MODE_PEEL}, "SET PEEL ON\r\n"},
        {"tspl", {.mode = PRINTER_MODE_CUT}, "SET CUTTER 1\r\n"},
        {"tspl", {.dpi = 203}, "SET REPRINT OFF\r\n"},
        {"tspl", {.dpi = 203}, "SIZE 72.0 mm,150.0 mm\r\n"},
        {"epl", {.darkness = 100}, "D15\n"},
        {"epl", {.speed_ips = 3}, "S3\n"},
        {"epl", {.speed_ips = 12}, "S6\n"},
        {"epl", {.dpi = 203}, "q576\nQ1200,24\n"},
        {"epl", {.media = PRINTER_MEDIA_MARK}, "Q1200,B24\n"},
        {"epl", {.media = PRINTER_MEDIA_CONTINUOUS}, "Q1200,0\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_setup setup = rows[i].setup;
        setup.dpi = 203;
        setup.width_dmm = 720;
        setup.height_dmm = 1500;
        const struct printer_driver *driver = printer_driver_find(bytes_of_text(rows[i].driver));
        EXPECT(encode(driver, LABEL_TEXT, "MARK", &setup), rows[i].said);
        const char *said = strstr(storage, rows[i].said), *drawn = strstr(storage, "MARK");
        EXPECT(said != NULL && drawn != NULL && said < drawn, rows[i].said);
    }
}

static void what_nobody_has_set_is_left_as_it_is(void)
{
    static const char *const never[] = {"~SD",     "^PR",   "^MN", "^MM",   "^MT", "^JU",
                                        "DENSITY", "SPEED", "GAP", "BLINE", "\nD", "\nS",
                                        "PEEL",    "TEAR",  "\nO", "CUTTER"};
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        EXPECT(encode(printer_driver_at(i), LABEL_TEXT, "MARK", &plain), "drawn");
        for (size_t j = 0; j < ARRAY_LEN(never); j++) {
            bool ours = bytes_equal_text(bytes_of_text(printer_driver_at(i)->name), "tspl") &&
                        never[j][0] == '\n'; /* SIZE, SET REPRINT, DIRECTION: no set-up of paper */
            EXPECT(ours || strstr(storage, never[j]) == NULL, never[j]);
        }
    }
}

static void a_receipt_printer_ends_as_it_is_set(void)
{
    static const struct {
        struct printer_setup setup;
        const char *end;
        size_t len;
        const char *promise;
    } rows[] = {
        {{.mode = PRINTER_MODE_AS_IS}, "\x1DVB\0", 4, "cut"},
        {{.mode = PRINTER_MODE_CUT}, "\x1DVB\0", 4, "cut"},
        {{.mode = PRINTER_MODE_TEAR}, "\x1BJ\x78", 3, "fed to the edge"},
        {{.media = PRINTER_MEDIA_MARK}, "\x1D\x0C", 2, "fed to the next label"},
        {{.media = PRINTER_MEDIA_GAP, .mode = PRINTER_MODE_CUT}, "\x1D\x0C\x1DVB\0", 6, "and cut"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct printer_setup setup = rows[i].setup;
        setup.dpi = 203;
        setup.width_dmm = 720;
        setup.height_dmm = 1500;
        EXPECT(encode(printer_driver_find(BYTES_LITERAL("escpos")), LABEL_TEXT, "A", &setup), "a");
        EXPECT_BYTES(bytes_of(rows[i].end, rows[i].len),
                     bytes_from(textbuf_bytes(&job), job.len - rows[i].len), rows[i].promise);
    }
}

int main(void)
{
    EXPECT_RUN(whatever_is_written_is_one_label);
    EXPECT_RUN(the_set_up_stands_before_each_label);
    EXPECT_RUN(what_nobody_has_set_is_left_as_it_is);
    EXPECT_RUN(a_receipt_printer_ends_as_it_is_set);
    return expect_result();
}
