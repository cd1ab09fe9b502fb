/* Guards: nothing is read where there is no barcode: paragraphs in Latin and Devanagari, tables,
 * rules, halftones, chequers, rings, and codes of which a bar is missing. */
#include "firmware/render/read_back.h"

#include "tests/render/paper.h"
#include "tests/support/expect.h"

static struct render_answer answer;

static unsigned read_count(const struct bits *bits)
{
    struct render_request request = {.dpi = 203, .read_back = 1};
    memset(&answer, 0, sizeof answer);
    read_back(bits, &request, &answer);
    return answer.code_count;
}

static void expect_none(const struct bits *bits, const char *what)
{
    char promise[160];
    snprintf(promise, sizeof promise, "nothing is read in %s", what);
    if (EXPECT(read_count(bits) == 0, promise)) return;
    for (unsigned i = 0; i < answer.code_count; i++)
        fprintf(stderr, "    read %s \"%s\" at %u,%u %ux%u\n", answer.codes[i].type,
                answer.codes[i].text, answer.codes[i].x, answer.codes[i].y, answer.codes[i].width,
                answer.codes[i].height);
}

static const char *const latin =
    "Deliver to: Anil Kumar, 14/2 Nehru Road, near Shiv Mandir, Whitefield, Bengaluru 560066. "
    "Phone 98800 12345. COD INR 1,499.00. Order ORD-2026-000881 of 26 Nov 2026, 3 items, 2.34 kg. ";
static const char *const hindi =
    "प्रति: अनिल कुमार, १४/२ नेहरू रोड, शिव मंदिर के पास, व्हाइटफील्ड, बेंगलुरु ५६००६६, कर्नाटक। "
    "दूरभाष ९८८००१२३४५। भुगतान नकद, राशि एक हज़ार चार सौ निन्यानवे रुपये। ";
static const char *const bars =
    "||||  IIII llll 1111 |I|l1|I|l1 [[[[ ]]]] |||| #### ==== ____ %%%% "
    "H-H-H-H ||| ||| || | || ||| | ||| |||| | || IIIllllIIIlll111|||";

static char page[64 * 1024];

static const char *page_of(const char *sentence)
{
    size_t len = strlen(sentence), at = 0;
    while (at + len + 1 < 9000) {
        memcpy(page + at, sentence, len);
        at += len;
    }
    page[at] = '\0';
    return page;
}

static void text_in_every_size(void)
{
    static const char *const fonts[] = {"Noto Sans 6",      "Noto Sans Bold 7", "Noto Serif 9",
                                        "Monospace Bold 8", "Noto Sans 14",     "Sans Bold 30"};
    const char *const texts[] = {latin, hindi, bars};
    for (size_t i = 0; i < sizeof fonts / sizeof fonts[0]; i++) {
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++) {
            struct bits bits = paper(812, 600);
            write_text(&bits, fonts[i], page_of(texts[j]), 10);
            expect_none(&bits, fonts[i]);
            free(bits.rows);
        }
    }
}

static void tables_and_rules(void)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        struct bits bits = paper(812, 600);
        rule(&bits, seed, 40 * seed, 2 + seed);
        if (seed % 2 == 0) write_text(&bits, "Noto Sans 8", latin, 100 * seed);
        expect_none(&bits, "rules across and down");
        free(bits.rows);
    }
    struct bits bits = paper(812, 400);
    for (unsigned i = 0; i < 60; i++)
        fill(&bits, (struct region){40 + i * 12, 40, i % 5 == 0 ? 4 : 2, 200}, true);
    expect_none(&bits, "a comb of lines, every fifth of them thick");
    free(bits.rows);
}

static void pictures(void)
{
    struct region all = {20, 20, 700, 500};
    for (unsigned i = 0; i < 2; i++) {
        struct bits bits = paper(812, 600);
        halftone(&bits, all, i == 1, 7);
        expect_none(&bits, i == 1 ? "a halftone by chance" : "an ordered halftone");
        free(bits.rows);
    }
    for (unsigned side = 2; side <= 16; side *= 2) {
        struct bits bits = paper(812, 600);
        for (unsigned y = 0; y < 500 / side; y++)
            for (unsigned x = 0; x < 700 / side; x++)
                if ((x + y) % 2 == 0)
                    fill(&bits, (struct region){20 + x * side, 20 + y * side, side, side}, true);
        expect_none(&bits, "a chequer");
        free(bits.rows);
    }
    struct bits bits = paper(400, 400);
    for (unsigned y = 0; y < 400; y++)
        for (unsigned x = 0; x < 400; x++) {
            unsigned far = (x - 200) * (x - 200) + (y - 200) * (y - 200), ring = 0;
            while ((ring + 12) * (ring + 12) < far) ring += 12;
            if (ring / 12 % 2 == 0) dot(&bits, x, y, true);
        }
    expect_none(&bits, "rings in rings");
    free(bits.rows);
}

/* A missing bar, or one where there is none: never another text, of no kind. */
static void broken_codes(void)
{
    static const struct {
        int symbology;
        const char *data, *text;
    } codes[] = {{BARCODE_CODE128, "28411210000145", "28411210000145"},
                 {BARCODE_CODE39, "CODE39-X7", "CODE39-X7"},
                 {BARCODE_CODE93, "CODE93/X7", "CODE93/X7"},
                 {BARCODE_C25INTER, "12345678", "12345678"},
                 {BARCODE_CODABAR, "A40156B", "A40156B"},
                 {BARCODE_EANX, "978014300723", "9780143007234"}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct drawn drawn = {.symbology = codes[i].symbology, .text = codes[i].data};
        drawn.module = 2;
        drawn.high = 60;
        drawn.box = (struct region){40, 30, 0, 0};
        struct bits whole = paper(600, 120);
        draw(&whole, &drawn);
        uint16_t edges[SEEK_EDGES_MAX];
        size_t count = bits_edges(&whole, 50, edges);
        for (size_t bar = 0; bar + 1 < count; bar++) {
            struct bits bits = paper(600, 120);
            memcpy(bits.rows, whole.rows, whole.bytes_per_row * whole.height);
            fill(&bits,
                 (struct region){edges[bar], 30, (unsigned)(edges[bar + 1] - edges[bar]), 60},
                 bar % 2 == 1);
            char promise[120];
            snprintf(promise, sizeof promise,
                     "\"%s\" with its element %zu gone gives no other text", codes[i].text, bar);
            bool good = true;
            read_count(&bits);
            for (unsigned k = 0; k < answer.code_count; k++)
                good = good && strcmp(answer.codes[k].text, codes[i].text) == 0;
            if (!EXPECT(good, promise))
                fprintf(stderr, "    read %s \"%s\"\n", answer.codes[0].type, answer.codes[0].text);
            free(bits.rows);
        }
        free(whole.rows);
    }
}

/* Fontconfig and Pango keep what they loaded until the end. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:libcairo\n";
}

int main(void)
{
    EXPECT_RUN(text_in_every_size);
    EXPECT_RUN(tables_and_rules);
    EXPECT_RUN(pictures);
    EXPECT_RUN(broken_codes);
    return expect_result();
}
