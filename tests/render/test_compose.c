/* Guards: every shipped label, with everything, with nothing and with the longest of everything, on
 * both sizes of stock and at three resolutions, has each of its barcodes as an independent reader
 * (zbar) reads it; nothing lies on anything else or in a quiet zone, nothing reaches an edge. */
#include "firmware/render/compose_load.h"
#include "tests/support/compose_bench.h"

static char folder[] = "/tmp/packd-compose-XXXXXX";

static const struct {
    const char *name;
    const char *codes[3]; /* fields that are barcodes; the first is never left away */
} labels[] = {
    {"courier", {"awb", "reference"}},
    {"courier-delhivery", {"awb", "reference"}},
    {"courier-sandbox", {"awb", "reference"}},
    {"courier-unheard-of", {"awb", "reference"}},
    {"hold", {"reference"}},
    {"carton", {"carton"}},
    {"location", {"location"}},
    {"test", {NULL}},
};

static const char *const kinds[] = {RICH_FIELDS, LONGEST_FIELDS, MINIMAL_FIELDS, script_fields};
static const struct {
    unsigned dpi, width, height;
    unsigned labels, kinds; /* how many of them: the first */
} stocks[] = {{203, 812, 1218, ARRAY_LEN(labels), 4},
              {203, 800, 1200, 3, 2},
              {300, 1200, 1800, 7, 2},
              {600, 2400, 3600, 1, 1}};

/* ---- what zbar reads ------------------------------------------------------------------------ */

static struct bytes value_of(const char *fields, const char *name)
{
    struct bytes rest = bytes_of_text(fields), line;
    while (bytes_split(&rest, '\n', &line)) {
        size_t mark = bytes_find_byte(line, '=');
        if (bytes_equal_text(bytes_slice(line, 0, mark), name)) return bytes_from(line, mark + 1);
    }
    return BYTES_NONE;
}

static bool is_read(struct bytes said, struct bytes wanted)
{
    char mark[400];
    (void)snprintf(mark, sizeof mark, "<![CDATA[%.*s]]>", (int)wanted.len,
                   (const char *)wanted.data);
    return bytes_find(said, bytes_of_text(mark)) < said.len;
}

/* What is said of one file. */
static struct bytes part_of(const char *said, const char *path)
{
    char mark[200];
    (void)snprintf(mark, sizeof mark, "href='%s'", path);
    struct bytes all = bytes_of_text(said);
    struct bytes rest = bytes_from(all, bytes_find(all, bytes_of_text(mark)));
    return bytes_slice(rest, 0, bytes_find(rest, BYTES_LITERAL("</source>")));
}

static void path_of(char *path, size_t size, size_t label, size_t kind)
{
    (void)snprintf(path, size, "%s/%zu-%zu.pbm", folder, label, kind);
}

static void expect_codes(const char *said, size_t label, size_t kind)
{
    char path[100];
    path_of(path, sizeof path, label, kind);
    struct bytes part = part_of(said, path);
    for (size_t i = 0; i < ARRAY_LEN(labels[label].codes) && labels[label].codes[i] != NULL; i++) {
        struct bytes value = value_of(kinds[kind], labels[label].codes[i]);
        if (value.len == 0) continue;
        if (!EXPECT(is_read(part, value), "zbar reads what the field says"))
            fprintf(stderr, "    %s %s: %.*s\n", labels[label].name, path, (int)value.len,
                    (const char *)value.data);
    }
    if (labels[label].codes[0] == NULL)
        EXPECT(is_read(part, BYTES_LITERAL("PACKD-TEST-1234567890")), "the test label's bars");
}

static void draw_and_read(size_t stock)
{
    char command[400], path[100];
    for (size_t label = 0; label < stocks[stock].labels; label++) {
        for (size_t kind = 0; kind < stocks[stock].kinds; kind++) {
            bool drawn = bench_draw(labels[label].name, bytes_of_text(kinds[kind]),
                                    stocks[stock].dpi, stocks[stock].width, stocks[stock].height);
            if (!EXPECT(drawn, "it is drawn"))
                fprintf(stderr, "    %s %zu: %s\n", labels[label].name, kind,
                        bench_answer.sentence);
            path_of(path, sizeof path, label, kind);
            ENSURE(bench_write(path));
        }
    }
    (void)snprintf(command, sizeof command, "zbarimg -q --nodbus --xml %s/*.pbm 2>/dev/null",
                   folder);
    const char *said = bench_ask(command);
    if (!EXPECT(said != NULL, "zbarimg is there and reads each of them")) return;
    for (size_t label = 0; label < stocks[stock].labels; label++) {
        for (size_t kind = 0; kind < stocks[stock].kinds; kind++) expect_codes(said, label, kind);
    }
}

static void every_barcode_says_its_field(void)
{
    char command[100];
    ENSURE(mkdtemp(folder) != NULL);
    for (size_t stock = 0; stock < ARRAY_LEN(stocks); stock++) {
        draw_and_read(stock);
        (void)snprintf(command, sizeof command, "rm -f %s/*.pbm", folder);
        EXPECT(bench_ask(command) != NULL, "the pictures are taken away");
    }
    EXPECT_I64(0, rmdir(folder), "their folder too");
}

/* ---- where everything lies ------------------------------------------------------------------ */

#define PLACES_MAX 300u

static struct {
    struct place_dots place[PLACES_MAX];
    enum drawn drawn[PLACES_MAX];
    size_t count;
} seen;

static void watch(void *watcher, enum drawn drawn, struct place_dots place)
{
    (void)watcher;
    ENSURE(seen.count < PLACES_MAX);
    seen.place[seen.count] = place;
    seen.drawn[seen.count++] = drawn;
}

static bool overlap(struct place_dots a, struct place_dots b)
{
    return a.x < b.x + (int)b.width && b.x < a.x + (int)a.width && a.y < b.y + (int)b.height &&
           b.y < a.y + (int)a.height;
}

static bool is_inside(struct place_dots inner, struct place_dots outer)
{
    return inner.x >= outer.x && inner.y >= outer.y &&
           inner.x + (int)inner.width <= outer.x + (int)outer.width &&
           inner.y + (int)inner.height <= outer.y + (int)outer.height;
}

static void check_places(const char *name, size_t kind, unsigned width, unsigned height)
{
    struct place_dots sheet = {0, 0, width, height};
    for (size_t i = 0; i < seen.count; i++) {
        if (!EXPECT(is_inside(seen.place[i], sheet), "it lies on the label"))
            fprintf(stderr, "    %s %zu\n", name, kind);
        for (size_t j = 0; j < i; j++) {
            /* What a diamond says stands in it. */
            bool inside = seen.drawn[j] == DRAWN_SHAPE && seen.drawn[i] == DRAWN_TEXT &&
                          is_inside(seen.place[i], seen.place[j]);
            if (inside) continue;
            if (!EXPECT(!overlap(seen.place[i], seen.place[j]), "nothing lies on anything else"))
                fprintf(stderr, "    %s %zu: %d at %d,%d %ux%u and %d at %d,%d %ux%u\n", name, kind,
                        (int)seen.drawn[i], seen.place[i].x, seen.place[i].y, seen.place[i].width,
                        seen.place[i].height, (int)seen.drawn[j], seen.place[j].x, seen.place[j].y,
                        seen.place[j].width, seen.place[j].height);
        }
    }
}

static void look(const char *name, size_t kind, unsigned dpi, unsigned width, unsigned height)
{
    struct arena arena;
    struct drawing drawing = {.canvas = {.dpi = dpi, .watch = watch}};
    struct page_plan plan = {.page = 1, .width = width, .height = height};
    ENSURE(arena_make(&arena, 1024u * 1024u));
    seen.count = 0;
    bool drawn = compose_prepare(&drawing, bench_templates, templates_find(bench_templates, name),
                                 bytes_of_text(kinds[kind]), &arena) &&
                 layout_pages(&drawing, &plan);
    EXPECT(drawn, "it is laid out");
    EXPECT(seen.count > 0, "something is drawn");
    check_places(name, kind, width, height);
    arena_free(&arena);
}

static void nothing_lies_on_anything_else(void)
{
    for (size_t label = 0; label < ARRAY_LEN(labels); label++) {
        for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
            look(labels[label].name, kind, 203, 800, 1200);
            look(labels[label].name, kind, 203, 812, 1218);
            look(labels[label].name, kind, 300, 1200, 1800);
        }
    }
}

/* ---- the dots ------------------------------------------------------------------------------- */

/* The edge of the stock stays white for a printer that is not set to the dot. */
static void nothing_reaches_the_edge(void)
{
    unsigned black = 0;
    EXPECT(bench_draw("courier", bytes_of_text(LONGEST_FIELDS), 203, 812, 1218), "it is drawn");
    for (unsigned x = 0; x < 812; x++) {
        for (unsigned i = 0; i < 8; i++)
            black += bits_black(&bench_bits, x, i) + bits_black(&bench_bits, x, 1217 - i);
    }
    for (unsigned y = 0; y < 1218; y++) {
        for (unsigned i = 0; i < 8; i++)
            black += bits_black(&bench_bits, i, y) + bits_black(&bench_bits, 811 - i, y);
    }
    EXPECT_I64(0, black, "the edge is white");
    EXPECT_I64(0, bench_rows[812 / 8] & 0x0F, "bits beyond the width are 0");
}

/* In a row through the AWB's bars every run is a whole number of modules, with ten white ones and
 * more on each side (ISO/IEC 15417). */
static void bars_are_whole_dots_with_quiet_zones(void)
{
    unsigned runs[200], count = 0, least = 1000;
    bool before = false;
    EXPECT(bench_draw("courier", bytes_of_text(RICH_FIELDS), 203, 812, 1218), "it is drawn");
    unsigned y = 350;
    for (unsigned x = 0, from = 0; x <= 812; x++) {
        bool black = x < 812 && bits_black(&bench_bits, x, y);
        if (x < 812 && black == before) continue;
        if (count < ARRAY_LEN(runs)) runs[count++] = x - from;
        from = x;
        before = black;
    }
    EXPECT_I64(2 + 3 * 9 * 2 + 7, count, "14 digits are 9 characters, start included, and a stop");
    for (unsigned i = 1; i + 1 < count; i++) least = runs[i] < least ? runs[i] : least;
    for (unsigned i = 1; i + 1 < count; i++)
        EXPECT_I64(0, runs[i] % least, "a bar is whole modules");
    EXPECT_I64(4, least, "the largest module up to half a millimetre");
    EXPECT(runs[0] >= 10 * least && runs[count - 1] >= 10 * least, "quiet zones");
}

/* ISO/IEC 15417, 16388, 16390, 15420, 18004, 16022, 15438; Aztec (24778) needs none. */
static void quiet_zones_are_those_of_the_standards(void)
{
    static const struct {
        enum barcode_type type;
        const char *text;
        unsigned beside, above;
    } cases[] = {
        {BARCODE_TYPE_CODE128, "AWB1", 10, 0},
        {BARCODE_TYPE_GS1_128, "(00)340123450000000000", 10, 0},
        {BARCODE_TYPE_CODE39, "AWB1", 10, 0},
        {BARCODE_TYPE_ITF, "123456", 10, 0},
        {BARCODE_TYPE_EAN13, "4006381333931", 11, 0},
        {BARCODE_TYPE_QR, "AWB1", 4, 4},
        {BARCODE_TYPE_DATAMATRIX, "AWB1", 1, 1},
        {BARCODE_TYPE_PDF417, "AWB1", 2, 2},
        {BARCODE_TYPE_AZTEC, "AWB1", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena;
        struct symbol symbol;
        const char *why = "";
        ENSURE(arena_make(&arena, 65536));
        if (!EXPECT(symbol_make(cases[i].type, bytes_of_text(cases[i].text), &arena, &symbol, &why),
                    "it can be said"))
            fprintf(stderr, "    %s: %s\n", cases[i].text, why);
        EXPECT(symbol.quiet >= cases[i].beside, "wide enough beside it");
        EXPECT(symbol.quiet_down >= cases[i].above, "and above it");
        arena_free(&arena);
    }
}

static void the_same_fields_give_the_same_dots(void)
{
    static uint8_t first[sizeof bench_rows];
    EXPECT(bench_draw("courier", bytes_of_text(script_fields), 203, 812, 1218), "once");
    memcpy(first, bench_rows, sizeof first);
    EXPECT(bench_draw("hold", bytes_of_text(RICH_FIELDS), 300, 1200, 1800), "another");
    EXPECT(bench_draw("courier", bytes_of_text(script_fields), 203, 812, 1218), "again");
    EXPECT(memcmp(first, bench_rows, 102u * 1218u) == 0, "the same dots");
}

static void what_cannot_be_drawn_is_refused_with_a_word(void)
{
    static const struct {
        const char *name, *fields, *word;
        unsigned dpi, width, height;
    } cases[] = {
        {"courier", "to_name=A\nto_postcode=1\n", "field_missing", 203, 812, 1218},
        {"courier", "awb=\nto_name=A\nto_postcode=1\n", "field_missing", 203, 812, 1218},
        {"nothing", RICH_FIELDS, "no_template", 203, 812, 1218},
        {"courier", RICH_FIELDS, "stock_too_small", 203, 400, 240},
        {"courier", RICH_FIELDS, "dpi", 0, 812, 1218},
        {"courier", "awb=\xE0\xA4\x95\nto_name=A\nto_postcode=1\n", "barcode", 203, 812, 1218},
        {"courier",
         "awb=01234567890ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345\n"
         "to_name=A\nto_postcode=1\n",
         "barcode", 203, 812, 1218},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        EXPECT(!bench_draw(cases[i].name, bytes_of_text(cases[i].fields), cases[i].dpi,
                           cases[i].width, cases[i].height),
               cases[i].word);
        EXPECT_TEXT(cases[i].word, bench_answer.word, "the word");
        EXPECT_I64(RENDER_REFUSED, bench_answer.result, "refused");
        EXPECT(bench_answer.sentence[0] != '\0', "with a sentence");
    }
}

static void what_is_cut_is_said(void)
{
    EXPECT(bench_draw("courier", bytes_of_text(RICH_FIELDS), 203, 812, 1218), "all fits");
    EXPECT_I64(0, bench_answer.warnings, "so nothing is said");
    EXPECT(bench_draw("courier", bytes_of_text(LONGEST_FIELDS), 203, 812, 1218), "not all fits");
    EXPECT_I64(RENDER_WARN_TEXT_CUT, bench_answer.warnings, "so it is said");
    EXPECT(bench_draw("courier", bytes_of_text(RICH_FIELDS "to_line1=Box \xF0\x9F\x9A\x9A\n"), 203,
                      812, 1218),
           "a lorry has no font");
    EXPECT_I64(RENDER_WARN_FONTS, bench_answer.warnings, "so that is said");
}

int main(void)
{
    bench_load();
    EXPECT_RUN(every_barcode_says_its_field);
    EXPECT_RUN(nothing_lies_on_anything_else);
    EXPECT_RUN(nothing_reaches_the_edge);
    EXPECT_RUN(bars_are_whole_dots_with_quiet_zones);
    EXPECT_RUN(quiet_zones_are_those_of_the_standards);
    EXPECT_RUN(the_same_fields_give_the_same_dots);
    EXPECT_RUN(what_cannot_be_drawn_is_refused_with_a_word);
    EXPECT_RUN(what_is_cut_is_said);
    templates_free(bench_templates);
    return expect_result();
}
