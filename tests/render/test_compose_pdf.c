/* Guards: slips, manifests and cards as PDF say on paper what their fields say, page by page, as
 * poppler's own programs and zbar read them; and the same fields give the same bytes. */
#include "hal/base/textbuf.h"
#include "tests/support/compose_bench.h"

static uint8_t pdf[RENDER_OUTPUT_MAX], again[RENDER_OUTPUT_MAX];
static char folder[] = "/tmp/packd-pdf-XXXXXX";
static char fields[256 * 1024];

static bool draw(const char *name, const char *text, uint8_t *out, size_t size)
{
    bench_stock(name, 203, 812, 1218);
    memset(&bench_answer, 0, sizeof bench_answer);
    bool good =
        compose_pdf(bench_templates, &bench_request, bytes_of_text(text), out, size, &bench_answer);
    if (!good) return false;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/it.pdf", folder);
    FILE *file = fopen(path, "wb");
    ENSURE(file != NULL);
    ENSURE(fwrite(out, 1, bench_answer.output_bytes, file) == bench_answer.output_bytes);
    return fclose(file) == 0;
}

/* Asks a program about the PDF, whose path stands where %s is. */
static const char *ask(const char *format)
{
    char command[300], path[64];
    (void)snprintf(path, sizeof path, "%s/it", folder);
    struct bytes all = bytes_of_text(format);
    struct textbuf text;
    textbuf_init(&text, command, sizeof command);
    for (size_t i = 0; i < all.len; i++) {
        if (format[i] == '@') textbuf_text(&text, path);
        else textbuf_char(&text, format[i]);
    }
    ENSURE(textbuf_ok(&text));
    return bench_ask(command);
}

static bool says(const char *said, const char *wanted)
{
    if (said != NULL && strstr(said, wanted) != NULL) return true;
    fprintf(stderr, "    not there: %s\n", wanted);
    return false;
}

/* Rich fields and `count` parcels and items. */
static const char *long_fields(unsigned count)
{
    size_t len = (size_t)snprintf(fields, sizeof fields, "%s", RICH_FIELDS);
    for (unsigned i = 1; i <= count; i++) {
        len += (size_t)snprintf(fields + len, sizeof fields - len,
                                "parcel.%u.awb=%u\nparcel.%u.order_no=WEB-%06u\n"
                                "item.%u.sku=SKU-%05u\nitem.%u.name=Article %u\n"
                                "item.%u.quantity=1\n",
                                i, 2841121 + i, i, i, i, i, i, i, i);
    }
    return fields;
}

static void a_manifest_has_all_its_parcels_over_pages(void)
{
    char wanted[40];
    EXPECT(draw("manifest", long_fields(50), pdf, sizeof pdf), "it is drawn");
    EXPECT(bench_answer.pages >= 3, "on several pages");
    EXPECT_I64(0, bench_answer.warnings, "nothing is cut");
    const char *about = ask("pdfinfo @.pdf");
    (void)snprintf(wanted, sizeof wanted, "Pages:           %u\n", bench_answer.pages);
    EXPECT(says(about, wanted), "as many as are told");
    EXPECT(says(about, "(A4)"), "of A4");
    EXPECT(about != NULL && strstr(about, "CreationDate") == NULL, "without a date");
    const char *text = ask("pdftotext -layout @.pdf -");
    for (unsigned i = 1; i <= 50; i++) {
        (void)snprintf(wanted, sizeof wanted, "WEB-%06u", i);
        EXPECT(says(text, wanted), "each order is there");
    }
    (void)snprintf(wanted, sizeof wanted, "Page %u of %u", bench_answer.pages, bench_answer.pages);
    EXPECT(says(text, wanted), "pages are counted");
    const char *codes =
        ask("pdftoppm -r 200 -gray -l 1 @.pdf @ && zbarimg -q --nodbus @-1.pgm 2>/dev/null");
    EXPECT(says(codes, "CODE-128:2841122\n"), "the first parcel's bars");
    EXPECT(says(codes, "CODE-128:2841130\n"), "another's");
    EXPECT(says(codes, "CODE-128:MAN-2026-11-26-01\n"), "the manifest's own");
}

static void a_slip_says_what_was_sent(void)
{
    EXPECT(draw("packing_slip", long_fields(30), pdf, sizeof pdf), "it is drawn");
    const char *text = ask("pdftotext -layout @.pdf -");
    EXPECT(says(text, "Lakshmi Venkataraman"), "to whom");
    EXPECT(says(text, "SKU-00001"), "the first thing");
    EXPECT(says(text, "Article 30"), "and the last");
}

static void every_command_is_on_the_card(void)
{
    static const char *const commands[] = {"print",     "give_up",    "try_again",
                                           "set_aside", "label_ok",   "zero",
                                           "tare",      "clear_tare", "check_scale"};
    char wanted[40];
    EXPECT(draw("command_cards", "", pdf, sizeof pdf), "it needs no fields");
    EXPECT_I64(1, bench_answer.pages, "one sheet");
    const char *codes =
        ask("pdftoppm -r 300 -gray @.pdf @ && zbarimg -q --nodbus @-1.pgm 2>/dev/null");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        (void)snprintf(wanted, sizeof wanted, "CODE-128:packd:%s\n", commands[i]);
        EXPECT(says(codes, wanted), "its bars");
    }
    const char *text = ask("pdftotext @.pdf -");
    EXPECT(says(text, "Set aside"), "its words in English");
    EXPECT(says(text, "अलग रखें"), "and in Hindi");
}

static void cards_stand_side_by_side(void)
{
    char text[1024];
    size_t len = 0;
    for (unsigned i = 1; i <= 9; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "card.%u.code=A-%u\ncard.%u.title=A-%u\n", i, i, i, i);
    EXPECT(draw("locations", text, pdf, sizeof pdf), "it is drawn");
    EXPECT_I64(2, bench_answer.pages, "eight on a sheet");
    const char *codes =
        ask("pdftoppm -r 100 -gray -l 1 @.pdf @ && zbarimg -q --nodbus @-1.pgm 2>/dev/null");
    EXPECT(says(codes, "CODE-128:A-1\n") && says(codes, "CODE-128:A-8\n"), "with their bars");
}

static void a_label_may_be_a_pdf(void)
{
    EXPECT(draw("courier", RICH_FIELDS, pdf, sizeof pdf), "it is drawn");
    EXPECT(says(ask("pdfinfo @.pdf"), "288 x 432"), "four by six inches");
    const char *codes =
        ask("pdftoppm -r 203 -gray @.pdf @ && zbarimg -q --nodbus @-1.pgm 2>/dev/null");
    EXPECT(says(codes, "CODE-128:28411210000145\n"), "with its number");
    EXPECT(says(codes, "QR-Code:bay-1-01234567-000047-1\n"), "and its reference");
}

static void the_same_fields_give_the_same_bytes(void)
{
    EXPECT(draw("packing_slip", script_fields, pdf, sizeof pdf), "once");
    uint32_t bytes = bench_answer.output_bytes;
    EXPECT(draw("manifest", RICH_FIELDS, again, sizeof again), "another");
    EXPECT(draw("packing_slip", script_fields, again, sizeof again), "again");
    EXPECT_BYTES(bytes_of(pdf, bytes), bytes_of(again, bench_answer.output_bytes), "the same");
}

static void what_does_not_fit_is_refused(void)
{
    EXPECT(!draw("packing_slip", script_fields, pdf, 5000), "no room for the bytes");
    EXPECT_TEXT("too_large", bench_answer.word, "said so");
    size_t len = 0;
    for (unsigned i = 0; len < sizeof fields - 40; i++)
        len += (size_t)snprintf(fields + len, sizeof fields - len, "f%u=1\n", i);
    EXPECT(!draw("packing_slip", fields, pdf, sizeof pdf), "more fields than a label can have");
    EXPECT_TEXT("too_large", bench_answer.word, "said so too");
}

int main(void)
{
    ENSURE(mkdtemp(folder) != NULL);
    bench_load();
    EXPECT_RUN(a_manifest_has_all_its_parcels_over_pages);
    EXPECT_RUN(a_slip_says_what_was_sent);
    EXPECT_RUN(every_command_is_on_the_card);
    EXPECT_RUN(cards_stand_side_by_side);
    EXPECT_RUN(a_label_may_be_a_pdf);
    EXPECT_RUN(the_same_fields_give_the_same_bytes);
    EXPECT_RUN(what_does_not_fit_is_refused);
    templates_free(bench_templates);
    (void)ask("rm -f @.pdf @-*.pgm");
    EXPECT_I64(0, rmdir(folder), "nothing is left behind");
    return expect_result();
}
