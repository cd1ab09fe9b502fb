/* Guards: a courier's PDF comes onto the stock in its own size, upright, whole, from the right page
 * and the right place of its sheet; what is done to it is said, and its barcodes can be read. */
#include "tests/support/label_bench.h"

#include "tests/support/expect.h"

#define AWB "28411210000145"
#define A4_WIDTH (210 * POINT_PER_MM)
#define A4_HEIGHT (297 * POINT_PER_MM)

static void finish(struct paper *paper, struct drawing *drawing)
{
    paper_free(paper);
    free(drawing->bits.rows);
}

static void a_label_is_drawn_as_it_is(void)
{
    static const struct {
        unsigned dpi, width, height;
    } stocks[] = {{203, 812, 1218}, {300, 1200, 1800}, {600, 2400, 3600}};
    for (size_t i = 0; i < ARRAY_LEN(stocks); i++) {
        struct paper *paper = paper_pdf(288, 432);
        draw_label(paper->cairo, 9, 9, 270, 414, AWB);
        struct render_request request =
            request_of(stocks[i].dpi, stocks[i].width, stocks[i].height);
        struct drawing got = draw(&request, paper_bytes(paper));
        EXPECT(got.drawn, "it is drawn");
        struct box box = black_box(&got.bits);
        unsigned margin = stocks[i].width / 32; /* an eighth of an inch */
        EXPECT(near(margin, box.left, 1) && near(margin, box.top, 1) &&
                   near(stocks[i].width - margin, box.right, 1) &&
                   near(stocks[i].height - margin, box.bottom, 1),
               "its frame is where it was, to a dot");
        EXPECT_I64(0, got.answer.warnings, "there is nothing to warn of");
        EXPECT(got.answer.scale_ppm > 998000 && got.answer.scale_ppm <= 1000000,
               "it has its own size");
        EXPECT_TEXT("", got.answer.cropped_from, "nothing was cut");
        EXPECT(zbar_reads(&got.bits, AWB), "its barcode is read");
        finish(paper, &got);
    }
}

static void a_smaller_one_is_not_made_larger(void)
{
    struct paper *paper = paper_pdf(80 * POINT_PER_MM, 100 * POINT_PER_MM);
    draw_label(paper->cairo, 0, 0, 80 * POINT_PER_MM, 100 * POINT_PER_MM, AWB);
    struct render_request request = request_of(203, 812, 1218);
    struct drawing got = draw(&request, paper_bytes(paper));
    struct box box = black_box(&got.bits);
    EXPECT(near(640, box.right - box.left, 1), "80 mm are 640 dots");
    EXPECT(near(800, box.bottom - box.top, 1), "100 mm are 800 dots");
    EXPECT(near(box.left, 812 - box.right, 1) && near(box.top, 1218 - box.bottom, 1),
           "it lies in the middle");
    EXPECT_I64(1000000, got.answer.scale_ppm, "its size is its own");
    finish(paper, &got);
}

static void a_larger_one_is_made_smaller_and_said(void)
{
    struct paper *paper = paper_pdf(105 * POINT_PER_MM, 148 * POINT_PER_MM);
    draw_label(paper->cairo, 0, 0, 105 * POINT_PER_MM, 148 * POINT_PER_MM, AWB);
    struct render_request request = request_of(203, 812, 1218);
    struct drawing got = draw(&request, paper_bytes(paper));
    EXPECT((got.answer.warnings & RENDER_WARN_SCALED) != 0, "A6 to its edges is too wide");
    EXPECT(near(966667, got.answer.scale_ppm, 1500), "by how much is said");
    EXPECT((got.answer.warnings & RENDER_WARN_CLIPPED) != 0, "black at the edge is said");
    struct box box = black_box(&got.bits);
    EXPECT(near(812, box.right - box.left, 2), "it is as wide as the stock");
    finish(paper, &got);
}

static void a_white_margin_is_left_away_before_that(void)
{
    struct paper *paper = paper_pdf(105 * POINT_PER_MM, 148 * POINT_PER_MM);
    draw_label(paper->cairo, 4 * POINT_PER_MM, 4 * POINT_PER_MM, 97 * POINT_PER_MM,
               140 * POINT_PER_MM, AWB);
    struct render_request request = request_of(203, 812, 1218);
    struct drawing got = draw(&request, paper_bytes(paper));
    struct box box = black_box(&got.bits);
    EXPECT_I64(1000000, got.answer.scale_ppm, "its size is its own");
    EXPECT_I64(0, got.answer.warnings, "and nothing is lost");
    EXPECT(near(97 * 8, box.right - box.left, 1) && near(140 * 8, box.bottom - box.top, 1),
           "97 by 140 mm");
    finish(paper, &got);
}

/* A label on A4, at this place, in this size; what came of it must be the same in its own size. */
static struct drawing draw_on_a4(double x_mm, double y_mm, double width_mm, double height_mm,
                                 bool with_text_below, struct paper **out_paper)
{
    struct paper *paper = paper_pdf(A4_WIDTH, A4_HEIGHT);
    draw_label(paper->cairo, x_mm * POINT_PER_MM, y_mm * POINT_PER_MM, width_mm * POINT_PER_MM,
               height_mm * POINT_PER_MM, AWB);
    for (int i = 0; with_text_below && i < 9; i++)
        draw_text(paper->cairo, 60, 660 + i * 14, 10,
                  "Fold here. Put the label into the pouch, and the pouch onto the parcel. Thank "
                  "you.");
    struct render_request request = request_of(203, 812, 1218);
    *out_paper = paper;
    return draw(&request, paper_bytes(paper));
}

static void a_label_on_a_sheet_is_cut_out(void)
{
    static const struct {
        double x_mm, y_mm;
        bool text;
        const char *where;
    } places[] = {
        {0, 0, true, "the upper left corner"},
        {10, 10, true, "near the upper left corner"},
        {55, 30, true, "the middle of the upper half"},
        {108, 5, true, "the upper right"},
        {10, 140, false, "below"},
        {55, 70, false, "the middle"},
    };
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct paper *paper;
        struct drawing got =
            draw_on_a4(places[i].x_mm, places[i].y_mm, 100, 148, places[i].text, &paper);
        if (!EXPECT(got.drawn, places[i].where)) continue;
        struct box box = black_box(&got.bits);
        EXPECT(near(800, box.right - box.left, 2) && near(148 * 8, box.bottom - box.top, 2),
               places[i].where);
        EXPECT_TEXT("A4", got.answer.cropped_from, places[i].where);
        EXPECT_I64(1000000, got.answer.scale_ppm, places[i].where);
        EXPECT_I64(0, got.answer.warnings & ~(uint32_t)RENDER_WARN_CLIPPED, places[i].where);
        finish(paper, &got);
    }
}

static void what_was_found_is_remembered(void)
{
    struct paper *paper, *again;
    struct drawing got = draw_on_a4(40, 20, 95, 140, true, &paper);
    struct render_request request = request_of(203, 812, 1218);
    request.crop = got.answer.crop;
    struct drawing same = draw(&request, bytes_of(paper->data, paper->len));
    EXPECT(same.drawn && memcmp(&same.answer.crop, &got.answer.crop, sizeof same.answer.crop) == 0,
           "the same place is taken");
    struct box first = black_box(&got.bits), second = black_box(&same.bits);
    EXPECT(near(first.right - first.left, second.right - second.left, 2) &&
               near(first.left, second.left, 2) && first.top == second.top,
           "and the same label comes out, where it was to a tenth of a millimetre");
    free(same.bits.rows);
    finish(paper, &got);
    got = draw_on_a4(60, 40, 95, 140, true, &again);
    same = draw(&request, bytes_of(again->data, again->len));
    EXPECT(memcmp(&same.answer.crop, &got.answer.crop, sizeof same.answer.crop) == 0,
           "where it would cut the label, it is looked for afresh");
    free(same.bits.rows);
    finish(again, &got);
}

static void a_label_on_its_side_is_turned(void)
{
    for (int clockwise = 0; clockwise < 2; clockwise++) {
        struct paper *paper = paper_pdf(A4_WIDTH, A4_HEIGHT);
        cairo_save(paper->cairo);
        if (clockwise == 0) {
            cairo_translate(paper->cairo, 100, 400);
            cairo_rotate(paper->cairo, -3.14159265358979 / 2);
        } else {
            cairo_translate(paper->cairo, 500, 100);
            cairo_rotate(paper->cairo, 3.14159265358979 / 2);
        }
        draw_label(paper->cairo, 0, 0, 270, 410, AWB);
        cairo_restore(paper->cairo);
        struct render_request request = request_of(203, 812, 1218);
        struct drawing got = draw(&request, paper_bytes(paper));
        EXPECT_I64(clockwise == 0 ? 90 : 270, got.answer.crop.turn,
                   "until its text stands upright");
        /* A line of text is at the top, and none so far from the bottom. */
        struct box box = black_box(&got.bits);
        unsigned top = 0, bottom = 0;
        for (unsigned x = box.left + 20; x < box.right - 20; x++) {
            for (unsigned y = 40; y < 100; y++) {
                top += bits_black(&got.bits, x, box.top + y);
                bottom += bits_black(&got.bits, x, box.bottom - 40 - y);
            }
        }
        EXPECT(top > bottom, "the address is above");

        EXPECT(near(761, box.right - box.left, 2), "270 points are 761 dots");
        EXPECT(zbar_reads(&got.bits, AWB), "its barcode is read");
        finish(paper, &got);
    }
}

static void draw_four(struct paper *paper, bool cut_lines)
{
    static const char *const awbs[] = {"PKD11111111", "PKD22222222", "PKD33333333", "PKD44444444"};
    for (int i = 0; i < 4; i++)
        draw_label(paper->cairo, i % 2 == 0 ? 14 : A4_WIDTH / 2 + 14,
                   i < 2 ? 10 : A4_HEIGHT / 2 + 10, 270, 400, awbs[i]);
    if (!cut_lines) return;
    static const double dashes[] = {6, 4};
    cairo_set_line_width(paper->cairo, 0.5);
    cairo_set_dash(paper->cairo, dashes, 2, 0);
    cairo_move_to(paper->cairo, 0, A4_HEIGHT / 2);
    cairo_line_to(paper->cairo, A4_WIDTH, A4_HEIGHT / 2);
    cairo_move_to(paper->cairo, A4_WIDTH / 2, 0);
    cairo_line_to(paper->cairo, A4_WIDTH / 2, A4_HEIGHT);
    cairo_stroke(paper->cairo);
}

static void of_four_labels_the_wanted_one_is_taken(void)
{
    for (int cut_lines = 0; cut_lines < 2; cut_lines++) {
        struct paper *paper = paper_pdf(A4_WIDTH, A4_HEIGHT);
        draw_four(paper, cut_lines == 1);
        struct render_request request = request_of(203, 812, 1218);
        snprintf(request.wanted[1], sizeof request.wanted[1], "PKD33333333");
        struct drawing got = draw(&request, paper_bytes(paper));
        EXPECT(got.answer.crop.y_dmm > 1400 && got.answer.crop.x_dmm < 200, "the third");
        struct box box = black_box(&got.bits);

        EXPECT(near(761, box.right - box.left, 2) && near(1129, box.bottom - box.top, 2),
               "whole, and nothing of its neighbours");
        EXPECT(cut_lines == 0 || zbar_reads(&got.bits, "PKD33333333"), "it is read");
        free(got.bits.rows);
        request.wanted[1][0] = '\0';
        got = draw(&request, bytes_of(paper->data, paper->len));
        EXPECT(got.answer.crop.y_dmm < 200 && got.answer.crop.x_dmm < 200, "else the first");
        EXPECT((got.answer.warnings & RENDER_WARN_MORE_LABELS) != 0, "and that is said");
        finish(paper, &got);
    }
}

static void the_page_with_the_label_is_taken(void)
{
    struct paper *paper = paper_pdf(288, 432);
    cairo_show_page(paper->cairo);
    draw_label(paper->cairo, 9, 9, 270, 414, "PKD11111111");
    cairo_show_page(paper->cairo);
    draw_label(paper->cairo, 9, 9, 270, 414, "PKD22222222");
    cairo_show_page(paper->cairo);
    struct render_request request = request_of(203, 812, 1218);
    struct drawing got = draw(&request, paper_bytes(paper));
    EXPECT_I64(2, got.answer.page, "the first that is not white");
    EXPECT_I64(3, got.answer.pages, "of three");
    EXPECT_I64(RENDER_WARN_MORE_PAGES, got.answer.warnings, "and that there are more is said");
    free(got.bits.rows);
    snprintf(request.wanted[0], sizeof request.wanted[0], "PKD22222222");
    got = draw(&request, bytes_of(paper->data, paper->len));
    EXPECT_I64(3, got.answer.page, "the one with the wanted text");
    free(got.bits.rows);
    request.page = 2;
    got = draw(&request, bytes_of(paper->data, paper->len));
    EXPECT_I64(2, got.answer.page, "or the one that is asked for");
    free(got.bits.rows);
    request.page = 4;
    got = draw(&request, bytes_of(paper->data, paper->len));
    EXPECT_TEXT("no_such_page", got.answer.word, "if there is one");
    request.page = 1;
    got = draw(&request, bytes_of(paper->data, paper->len));
    EXPECT_TEXT("white", got.answer.word, "a white page is no label");
    paper_free(paper);
}

/* How far the edges of bars are at most from where the document has them, in 1/1000 of a dot. */
static unsigned worst_edge(const struct bits *bits, unsigned y, double x, double module,
                           const char *text)
{
    struct zint_symbol *symbol = ZBarcode_Create();
    if (symbol == NULL) abort();
    symbol->symbology = BARCODE_CODE128;
    if (ZBarcode_Encode(symbol, (const unsigned char *)text, 0) >= ZINT_ERROR) abort();
    double worst = 0;
    unsigned at = 1;
    int before = 0;
    for (int i = 0; i <= symbol->width; i++) {
        int now = i < symbol->width ? symbol->encoded_data[0][i / 8] >> i % 8 & 1 : 0;
        if (now == before) continue;
        before = now;
        while (at < bits->width && bits_black(bits, at, y) == bits_black(bits, at - 1, y)) at++;
        double off = (double)at - (x + i * module);
        if (off < 0) off = -off;
        if (off > worst) worst = off;
        at++;
    }
    ZBarcode_Delete(symbol);
    return (unsigned)(worst * 1000);
}

static void bars_end_at_the_nearest_dot(void)
{
    static const double modules[] = {1.3, 1.7, 2.0, 2.96, 3.1};
    for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
        struct paper *paper = paper_pdf(288, 432);
        double dot = 288.0 / 812.0;
        draw_bars(paper->cairo, 30.13, 100, modules[i] * dot, 100, AWB);
        struct render_request request = request_of(203, 812, 1218);
        struct drawing got = draw(&request, paper_bytes(paper));
        EXPECT(worst_edge(&got.bits, 400, 30.13 / dot, modules[i], AWB) <= 560,
               "no edge is more than about half a dot away");
        finish(paper, &got);
    }
}

int main(void)
{
    EXPECT(document_warm(), "poppler draws here");
    EXPECT_RUN(a_label_is_drawn_as_it_is);
    EXPECT_RUN(a_smaller_one_is_not_made_larger);
    EXPECT_RUN(a_larger_one_is_made_smaller_and_said);
    EXPECT_RUN(a_white_margin_is_left_away_before_that);
    EXPECT_RUN(a_label_on_a_sheet_is_cut_out);
    EXPECT_RUN(what_was_found_is_remembered);
    EXPECT_RUN(a_label_on_its_side_is_turned);
    EXPECT_RUN(of_four_labels_the_wanted_one_is_taken);
    EXPECT_RUN(the_page_with_the_label_is_taken);
    EXPECT_RUN(bars_end_at_the_nearest_dot);
    return expect_result();
}
