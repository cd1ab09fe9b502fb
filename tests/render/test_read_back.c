/* Guards: every barcode on a picture is read from its very dots, in each kind, size and turn, white
 * on black and close together too, and what is not whole gives no text rather than a wrong one. */
#include "firmware/render/read_back.h"

#include "tests/render/paper.h"
#include "tests/support/expect.h"

static struct render_answer answer;

static void read_with(const struct bits *bits, unsigned dpi, const char *wanted)
{
    struct render_request request = {.dpi = (uint16_t)dpi, .read_back = 1};
    if (wanted != NULL) memcpy(request.wanted[0], wanted, strlen(wanted));
    memset(&answer, 0, sizeof answer);
    read_back(bits, &request, &answer);
}

static void read_all(const struct bits *bits, unsigned dpi)
{
    read_with(bits, dpi, NULL);
}

static const struct render_code *code_of(const char *type)
{
    for (unsigned i = 0; i < answer.code_count; i++)
        if (strcmp(answer.codes[i].type, type) == 0) return &answer.codes[i];
    return NULL;
}

static bool was_read(const char *type, const char *text)
{
    for (unsigned i = 0; i < answer.code_count; i++)
        if (strcmp(answer.codes[i].type, type) == 0 && strcmp(answer.codes[i].text, text) == 0)
            return true;
    return false;
}

static void tell_codes(void)
{
    for (unsigned i = 0; i < answer.code_count; i++) {
        const struct render_code *code = &answer.codes[i];
        fprintf(stderr, "    read %s \"%s\" at %u,%u %ux%u module %u warnings %u\n", code->type,
                code->text, code->x, code->y, code->width, code->height, code->module_mdots,
                code->warnings);
    }
}

static struct kind {
    const char *type, *text; /* as they are to be read */
    int symbology;
    const char *data; /* as zint wants it; NULL: text */
    bool gs1;
    int option_1, option_2;
} kinds[] = {
    {"CODE128", "SBX100000017", BARCODE_CODE128, NULL, false, 0, 0},
    {"CODE128", "28411210000145", BARCODE_CODE128, NULL, false, 0, 0},
    {"GS1-128", "00340123450000000018", BARCODE_GS1_128, "[00]340123450000000018", true, 0, 0},
    {"GS1-128",
     "010950110153000310AB-123\x1D"
     "21XYZ",
     BARCODE_GS1_128, "[01]09501101530003[10]AB-123[21]XYZ", true, 0, 0},
    {"CODE39", "CODE39-X7", BARCODE_CODE39, NULL, false, 0, 0},
    {"CODE93", "CODE93/X7", BARCODE_CODE93, NULL, false, 0, 0},
    {"ITF", "15400141288763", BARCODE_ITF14, "1540014128876", false, 0, 0},
    {"ITF", "12345678", BARCODE_C25INTER, NULL, false, 0, 0},
    {"CODABAR", "A40156B", BARCODE_CODABAR, NULL, false, 0, 0},
    {"EAN13", "9780143007234", BARCODE_EANX, "978014300723", false, 0, 0},
    {"EAN8", "96385074", BARCODE_EANX, "9638507", false, 0, 0},
    {"UPCA", "036000291452", BARCODE_UPCA, "03600029145", false, 0, 0},
    {"UPCE", "01234565", BARCODE_UPCE, "0123456", false, 0, 0},
    {"QR", "https://example.com/t/SBX100000017", BARCODE_QRCODE, NULL, false, 0, 0},
    {"QR", "A", BARCODE_QRCODE, NULL, false, 0, 1},
    {"QR", "version ten, so with alignment patterns", BARCODE_QRCODE, NULL, false, 0, 10},
    {"DATAMATRIX", "DM-12345678", BARCODE_DATAMATRIX, NULL, false, 0, 0},
    {"DATAMATRIX", "AB", BARCODE_DATAMATRIX, NULL, false, 0, 1},
    {"DATAMATRIX", "four regions, of 32 modules", BARCODE_DATAMATRIX, NULL, false, 0, 10},
    {"DATAMATRIX", "OBLONG-8X32", BARCODE_DATAMATRIX, NULL, false, 0, 26},
    {"GS1-DATAMATRIX",
     "0109501101530003"
     "21XYZ",
     BARCODE_DATAMATRIX, "[01]09501101530003[21]XYZ", true, 0, 0},
    {"PDF417", "PDF-12345678-ABCDEFGHIJKL", BARCODE_PDF417, NULL, false, 0, 0},
    {"PDF417", "two columns of it, one below the other", BARCODE_PDF417, NULL, false, 0, 2},
    {"AZTEC", "AZ-12345678", BARCODE_AZTEC, NULL, false, 0, 0},
    {"AZTEC", "A full range symbol has more rings, and more rows around them than this",
     BARCODE_AZTEC, NULL, false, 0, 10},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static struct drawn drawn_of(const struct kind *kind, unsigned module, unsigned turn)
{
    struct drawn drawn = {.symbology = kind->symbology,
                          .text = kind->data != NULL ? kind->data : kind->text,
                          .module = module,
                          .high = 40 + 10 * module,
                          .turn = turn,
                          .gs1 = kind->gs1,
                          .option_1 = kind->option_1,
                          .option_2 = kind->option_2};
    return drawn;
}

static void one_alone(const struct kind *kind, unsigned module, unsigned turn)
{
    struct drawn drawn = drawn_of(kind, module, turn);
    drawn.box.x = 13 * module + 3;
    drawn.box.y = 13 * module + 5;
    struct bits scrap = paper(1, 1);
    draw(&scrap, &drawn); /* to learn its sides */
    struct bits bits = paper(drawn.box.width + 27 * module + 8, drawn.box.height + 27 * module + 8);
    draw(&bits, &drawn);
    read_all(&bits, 203);
    char promise[160];
    snprintf(promise, sizeof promise, "%s \"%.40s\", module %u, turn %u, is read, and alone",
             kind->type, kind->text, module, turn);
    if (!EXPECT(was_read(kind->type, kind->text) && answer.code_count == 1, promise)) tell_codes();
    for (unsigned i = 0; i < answer.code_count; i++) {
        const struct render_code *code = &answer.codes[i];
        snprintf(promise, sizeof promise, "%s \"%.40s\", module %u, turn %u: box, module, warnings",
                 kind->type, kind->text, module, turn);
        bool good = code->x == drawn.box.x && code->y == drawn.box.y &&
                    code->width == drawn.box.width && code->height == drawn.box.height &&
                    code->module_mdots == module * 1000 &&
                    (code->warnings & RENDER_CODE_QUIET) == 0 &&
                    ((code->warnings & RENDER_CODE_THIN) != 0) == (module < 2);
        if (!EXPECT(good, promise)) tell_codes();
        if (!good)
            fprintf(stderr, "    drawn at %u,%u %ux%u\n", drawn.box.x, drawn.box.y, drawn.box.width,
                    drawn.box.height);
    }
    free(scrap.rows);
    free(bits.rows);
}

static void every_kind_size_and_turn(void)
{
    for (size_t i = 0; i < KINDS; i++)
        for (unsigned module = 1; module <= 6; module++)
            for (unsigned turn = 0; turn < 4; turn++) one_alone(&kinds[i], module, turn);
}

/* Draws them, reads, and expects each of them once and nothing else. */
static void expect_label(unsigned width, unsigned height, unsigned dpi, struct drawn *all,
                         const char *const *types, const char *const *texts, size_t count,
                         const char *what)
{
    struct bits bits = paper(width, height);
    for (size_t i = 0; i < count; i++) draw(&bits, &all[i]);
    read_all(&bits, dpi);
    bool good = answer.code_count == count;
    for (size_t i = 0; i < count; i++) {
        char promise[160];
        snprintf(promise, sizeof promise, "%s: %s \"%.60s\" is read", what, types[i], texts[i]);
        good = EXPECT(was_read(types[i], texts[i]), promise) && good;
    }
    if (!EXPECT(good, what)) tell_codes();
    free(bits.rows);
}

/* Twelve codes on 4 x 6 inches: places in quarters of an inch, modules and heights of bars (in
 * twelfths of an inch) for a module of 0.25 mm. */
static const struct label_row {
    const char *type, *text, *data;
    int symbology;
    unsigned x, y, module, high, turn;
} label_rows[] = {
    {"CODE128", "28411210000145", NULL, BARCODE_CODE128, 1, 1, 1, 6, 0},
    {"CODE128", "ORD-2026-000881", NULL, BARCODE_CODE128, 1, 4, 1, 4, 0},
    {"CODE128", "UPRIGHT-7781", NULL, BARCODE_CODE128, 14, 1, 1, 4, 1},
    {"CODE39", "ROUTE39", NULL, BARCODE_CODE39, 12, 1, 1, 4, 3},
    {"QR", "https://example.com/1", NULL, BARCODE_QRCODE, 1, 6, 2, 0, 0},
    {"QR", "https://example.com/22", NULL, BARCODE_QRCODE, 6, 6, 1, 0, 2},
    {"DATAMATRIX", "DM-1", NULL, BARCODE_DATAMATRIX, 10, 8, 1, 0, 1},
    {"DATAMATRIX", "DM-2", NULL, BARCODE_DATAMATRIX, 10, 10, 2, 0, 0},
    {"PDF417", "PDF-12345678-ABCDEFGHIJKL", NULL, BARCODE_PDF417, 1, 12, 1, 0, 0},
    {"AZTEC", "AZ-12345678", NULL, BARCODE_AZTEC, 6, 10, 1, 0, 0},
    {"MAXICODE", "MAXI-12345", NULL, BARCODE_MAXICODE, 8, 15, 4, 0, 0},
    {"EAN13", "9780143007234", "978014300723", BARCODE_EANX, 1, 20, 1, 6, 0},
};
#define LABEL_ROWS (sizeof label_rows / sizeof label_rows[0])

static void a_whole_label(void)
{
    static const struct {
        unsigned dpi, width, height, module; /* module: a quarter of a millimetre */
    } papers[] = {{203, 812, 1218, 2}, {300, 1200, 1800, 3}, {600, 2400, 3600, 6}};
    for (size_t i = 0; i < sizeof papers / sizeof papers[0]; i++) {
        struct drawn all[LABEL_ROWS];
        const char *types[LABEL_ROWS], *texts[LABEL_ROWS];
        for (size_t k = 0; k < LABEL_ROWS; k++) {
            const struct label_row *row = &label_rows[k];
            types[k] = row->type;
            texts[k] = row->text;
            all[k] = (struct drawn){.symbology = row->symbology,
                                    .text = row->data != NULL ? row->data : row->text,
                                    .module = row->module * papers[i].module,
                                    .high = row->high * papers[i].dpi / 12,
                                    .turn = row->turn};
            all[k].box.x = row->x * papers[i].dpi / 4;
            all[k].box.y = row->y * papers[i].dpi / 4;
        }
        expect_label(papers[i].width, papers[i].height, papers[i].dpi, all, types, texts,
                     LABEL_ROWS, "a label of twelve codes");
    }
}

static void close_together(void)
{
    struct drawn all[] = {
        {.symbology = BARCODE_CODE128,
         .text = "28411210000145",
         .module = 2,
         .high = 40,
         .box = {30, 20, 0, 0}},
        {.symbology = BARCODE_CODE128,
         .text = "28411210000146",
         .module = 2,
         .high = 40,
         .box = {30, 62, 0, 0}},
        {.symbology = BARCODE_CODE128,
         .text = "28411210000147",
         .module = 2,
         .high = 40,
         .box = {30, 102, 0, 0}},
        {.symbology = BARCODE_CODE39,
         .text = "BESIDE",
         .module = 2,
         .high = 60,
         .box = {300, 20, 0, 0}},
        {.symbology = BARCODE_QRCODE, .text = "one", .module = 3, .box = {30, 160, 0, 0}},
        {.symbology = BARCODE_QRCODE, .text = "two", .module = 3, .box = {105, 160, 0, 0}},
        {.symbology = BARCODE_QRCODE, .text = "three", .module = 3, .box = {30, 235, 0, 0}},
        {.symbology = BARCODE_DATAMATRIX, .text = "DM-1", .module = 3, .box = {200, 160, 0, 0}},
        {.symbology = BARCODE_DATAMATRIX, .text = "DM-2", .module = 3, .box = {240, 160, 0, 0}},
        {.symbology = BARCODE_DATAMATRIX, .text = "DM-3", .module = 3, .box = {200, 200, 0, 0}},
        {.symbology = BARCODE_DATAMATRIX, .text = "DM-4", .module = 3, .box = {240, 200, 0, 0}},
    };
    static const char *const types[] = {"CODE128",    "CODE128",    "CODE128",   "CODE39",
                                        "QR",         "QR",         "QR",        "DATAMATRIX",
                                        "DATAMATRIX", "DATAMATRIX", "DATAMATRIX"};
    static const char *const texts[] = {
        "28411210000145", "28411210000146", "28411210000147", "BESIDE", "one", "two",
        "three",          "DM-1",           "DM-2",           "DM-3",   "DM-4"};
    expect_label(812, 400, 203, all, types, texts, 11, "codes close together");
}

static void white_on_black(void)
{
    struct drawn all[] = {
        {.symbology = BARCODE_CODE128,
         .text = "28411210000145",
         .module = 2,
         .high = 60,
         .inverted = true,
         .box = {60, 60, 0, 0}},
        {.symbology = BARCODE_QRCODE,
         .text = "white QR",
         .module = 4,
         .inverted = true,
         .box = {60, 300, 0, 0}},
        {.symbology = BARCODE_DATAMATRIX,
         .text = "white DM",
         .module = 4,
         .inverted = true,
         .box = {300, 300, 0, 0}},
        {.symbology = BARCODE_CODE128,
         .text = "UPRIGHT-7781",
         .module = 2,
         .high = 60,
         .turn = 1,
         .inverted = true,
         .box = {600, 60, 0, 0}},
    };
    static const char *const types[] = {"CODE128", "QR", "DATAMATRIX", "CODE128"};
    static const char *const texts[] = {"28411210000145", "white QR", "white DM", "UPRIGHT-7781"};
    expect_label(812, 500, 203, all, types, texts, 4, "white on black");
}

static void through_noise(void)
{
    for (uint32_t seed = 1; seed <= 4; seed++) {
        struct drawn all[] = {
            {.symbology = BARCODE_CODE128,
             .text = "28411210000145",
             .module = 3,
             .high = 80,
             .box = {60, 60, 0, 0}},
            {.symbology = BARCODE_QRCODE,
             .text = "https://example.com/1",
             .module = 4,
             .box = {60, 200, 0, 0}},
            {.symbology = BARCODE_CODE39,
             .text = "NOISE39",
             .module = 3,
             .high = 80,
             .box = {60, 380, 0, 0}},
            {.symbology = BARCODE_CODE128,
             .text = "UPRIGHT-7781",
             .module = 2,
             .high = 80,
             .turn = 1,
             .box = {600, 40, 0, 0}},
        };
        struct bits bits = paper(812, 500);
        for (size_t i = 0; i < 4; i++) draw(&bits, &all[i]);
        sprinkle(&bits, 400, seed);
        read_all(&bits, 203);
        bool good = was_read("CODE128", "28411210000145") && was_read("CODE39", "NOISE39") &&
                    was_read("QR", "https://example.com/1") && was_read("CODE128", "UPRIGHT-7781");
        if (!EXPECT(good && answer.code_count == 4, "a wrong dot in 400 hides no code"))
            tell_codes();
        free(bits.rows);
    }
}

/* A black line so many modules before the code, and another after it. */
static void quiet_zones(void)
{
    static const struct {
        const char *type, *data;
        int symbology;
        unsigned wanted, least; /* modules: of the standard; below this it may not be read */
    } rows[] = {{"CODE128", "28411210000145", BARCODE_CODE128, 10, 4},
                {"CODE39", "QUIET", BARCODE_CODE39, 10, 4},
                {"ITF", "12345678", BARCODE_C25INTER, 10, 10},
                {"EAN13", "978014300723", BARCODE_EANX, 11, 4},
                {"QR", "quiet", BARCODE_QRCODE, 4, 1},
                {"DATAMATRIX", "quiet", BARCODE_DATAMATRIX, 1, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned quiet = 1; quiet <= 12; quiet++) {
            for (unsigned turn = 0; turn < 4; turn++) {
                struct drawn drawn = {.symbology = rows[i].symbology,
                                      .text = rows[i].data,
                                      .module = 3,
                                      .high = 60,
                                      .turn = turn,
                                      .box = {60, 60, 0, 0}};
                struct bits bits = paper(500, 500);
                draw(&bits, &drawn);
                struct region line = {60, 60, drawn.box.width, drawn.box.height};
                bool lies = turn % 2 == 1;
                unsigned begin = turn == 0 || turn == 1 ? quiet : 12;
                unsigned end = turn == 0 || turn == 1 ? 12 : quiet;
                if (lies) {
                    fill(&bits, (struct region){60, 60 - begin * 3 - 3, line.width, 3}, true);
                    fill(&bits, (struct region){60, 60 + line.height + end * 3, line.width, 3},
                         true);
                } else {
                    fill(&bits, (struct region){60 - begin * 3 - 3, 60, 3, line.height}, true);
                    fill(&bits, (struct region){60 + line.width + end * 3, 60, 3, line.height},
                         true);
                }
                read_all(&bits, 203);
                const struct render_code *code = code_of(rows[i].type);
                char promise[160];
                snprintf(promise, sizeof promise, "%s turned %u with %u modules of white",
                         rows[i].type, turn, quiet);
                bool told = code != NULL && (code->warnings & RENDER_CODE_QUIET) != 0;
                bool narrow = quiet < rows[i].wanted;
                if (!EXPECT(code != NULL ? told == narrow : quiet < rows[i].least, promise))
                    tell_codes();
                free(bits.rows);
            }
        }
    }
}

static uint16_t warnings_of(struct drawn drawn, unsigned dpi)
{
    drawn.box.x = drawn.box.y = dpi / 2;
    struct bits bits = paper(dpi * 4, dpi * 2);
    draw(&bits, &drawn);
    read_all(&bits, dpi);
    free(bits.rows);
    return answer.code_count == 1 ? answer.codes[0].warnings : UINT16_MAX;
}

static void thin_and_low(void)
{
    struct drawn bars = {.symbology = BARCODE_CODE128, .text = "284112", .module = 2};
    bars.high = 50;
    EXPECT_I64(0, warnings_of(bars, 203),
               "two dots of 203 dpi are 0.25 mm, 6.2 mm are high enough");
    bars.high = 39;
    EXPECT_I64(RENDER_CODE_LOW, warnings_of(bars, 203), "39 dots are 4.9 mm");
    bars.module = 1;
    bars.high = 50;
    EXPECT_I64(RENDER_CODE_THIN, warnings_of(bars, 203), "one dot is thin anywhere");
    bars.module = 2;
    bars.high = 70;
    EXPECT_I64(RENDER_CODE_THIN, warnings_of(bars, 300), "two dots of 300 dpi are 0.17 mm");
    bars.module = 4;
    bars.high = 130;
    EXPECT_I64(RENDER_CODE_THIN, warnings_of(bars, 600), "four dots of 600 dpi are 0.17 mm");
    bars.module = 5;
    EXPECT_I64(0, warnings_of(bars, 600), "five are 0.21 mm");
    bars.module = 4;
    bars.text = "28411210000145000"; /* 145 modules of 4 dots: 72 mm of 203 dpi */
    bars.high = 85;
    EXPECT_I64(RENDER_CODE_LOW, warnings_of(bars, 203), "10.6 mm are less than 15 % of 73 mm");
    bars.high = 90;
    EXPECT_I64(0, warnings_of(bars, 203), "11.3 mm are enough");
}

int main(void)
{
    EXPECT_RUN(every_kind_size_and_turn);
    EXPECT_RUN(a_whole_label);
    EXPECT_RUN(close_together);
    EXPECT_RUN(white_on_black);
    EXPECT_RUN(through_noise);
    EXPECT_RUN(quiet_zones);
    EXPECT_RUN(thin_and_low);
    return expect_result();
}
