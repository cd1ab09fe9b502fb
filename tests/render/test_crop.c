/* Guards: on a drawing of a sheet the label is found, whole and without what lies beside it,
 * whatever else is printed there; where there are several, the wanted one or the first; and what
 * is no label is not taken for one. */
#include <stdlib.h>

#include "firmware/render/crop.h"
#include "tests/support/expect.h"

#define DOT_UM 353u /* 72 dots an inch */
#define A4_WIDTH 595u
#define A4_HEIGHT 842u

static struct grey sheet_of(unsigned width, unsigned height)
{
    struct grey sheet;
    if (!grey_make(&sheet, width, height)) abort();
    return sheet;
}

static void fill(struct grey *sheet, struct area area, uint8_t grey)
{
    for (int32_t y = area.y; y < area.y + area.height; y++) {
        for (int32_t x = area.x; x < area.x + area.width; x++)
            sheet->rows[(size_t)y * sheet->bytes_per_row + (size_t)x] = grey;
    }
}

static void frame(struct grey *sheet, struct area area)
{
    fill(sheet, (struct area){area.x, area.y, area.width, 1}, 0);
    fill(sheet, (struct area){area.x, area.y + area.height - 1, area.width, 1}, 0);
    fill(sheet, (struct area){area.x, area.y, 1, area.height}, 0);
    fill(sheet, (struct area){area.x + area.width - 1, area.y, 1, area.height}, 0);
}

/* As they look in a small drawing: grey, uneven, the same from top to bottom. */
static void bars(struct grey *sheet, struct area area, bool lying)
{
    for (int32_t i = 0; i < (lying ? area.height : area.width); i++) {
        struct area bar = lying ? (struct area){area.x, area.y + i, area.width, 1}
                                : (struct area){area.x + i, area.y, 1, area.height};
        fill(sheet, bar, (uint8_t)(i * 97 % 5 * 45 + 20));
    }
}

/* Lines of words: small marks of various lengths. */
static void text(struct grey *sheet, struct area area)
{
    for (int32_t y = 0; y + 5 <= area.height; y += 9) {
        for (int32_t x = 0; x + 4 <= area.width; x += 4) {
            if ((x / 4 + y) % 7 != 0)
                fill(sheet, (struct area){area.x + x, area.y + y + x / 4 % 2, 2, 4}, 110);
        }
    }
}

static void label(struct grey *sheet, struct area area, bool framed)
{
    if (framed) frame(sheet, area);
    bars(sheet, (struct area){area.x + 20, area.y + area.height / 2, area.width - 60, 50}, false);
    text(sheet, (struct area){area.x + 6, area.y + 6, area.width - 12, 80});
    text(sheet, (struct area){area.x + 6, area.y + area.height - 40, area.width - 12, 32});
    if (framed) return;
    fill(sheet, (struct area){area.x, area.y, 3, 3}, 0); /* so that its corners are known */
    fill(sheet, (struct area){area.x + area.width - 3, area.y + area.height - 3, 3, 3}, 0);
}

static enum crop_result find(const struct grey *sheet, struct area wanted, struct crop_found *found)
{
    struct crop_question question = {.sheet = sheet,
                                     .dot_um = DOT_UM,
                                     .stock_width_um = 101600,
                                     .stock_height_um = 152400,
                                     .wanted = wanted};
    return crop_find(&question, found);
}

static void expect_area(struct area wanted, const struct area *got, const char *promise)
{
    bool same = abs(wanted.x - got->x) <= 1 && abs(wanted.y - got->y) <= 1 &&
                abs(wanted.width - got->width) <= 2 && abs(wanted.height - got->height) <= 2;
    if (EXPECT(same, promise)) return;
    fprintf(stderr, "    got %d,%d %dx%d\n", got->x, got->y, got->width, got->height);
}

static const struct area nowhere = {.width = 0};

static void one_label_is_found_wherever_it_lies(void)
{
    static const struct area places[] = {{0, 0, 280, 425},    {20, 20, 280, 425},
                                         {157, 30, 280, 425}, {300, 10, 285, 430},
                                         {20, 400, 280, 425}, {100, 200, 425, 280},
                                         {30, 30, 270, 270}};
    for (size_t i = 0; i < ARRAY_LEN(places) * 4; i++) {
        struct area at = places[i % ARRAY_LEN(places)];
        bool framed = i / ARRAY_LEN(places) % 2 == 0, with_text = i / ARRAY_LEN(places) / 2 == 1;
        struct grey sheet = sheet_of(A4_WIDTH, A4_HEIGHT);
        struct crop_found found;
        label(&sheet, at, framed);
        if (with_text && at.y < 100) text(&sheet, (struct area){60, 520, 480, 250});
        if (with_text && at.y >= 400) text(&sheet, (struct area){60, 30, 480, 300});
        EXPECT_I64(CROP_LABEL, find(&sheet, nowhere, &found), "there is a label");
        expect_area(at, &found.ink, framed ? "a framed one" : "one without a frame");
        EXPECT_I64(1, found.labels, "only one");
        bool room = found.room.x <= found.ink.x && found.room.y <= found.ink.y &&
                    found.room.x + found.room.width >= found.ink.x + found.ink.width &&
                    found.room.y + found.room.height >= found.ink.y + found.ink.height;
        EXPECT(room, "and room around it");
        grey_free(&sheet);
    }
}

static void lines_to_cut_along_belong_to_nothing(void)
{
    for (int dashed = 0; dashed < 2; dashed++) {
        struct grey sheet = sheet_of(A4_WIDTH, A4_HEIGHT);
        struct crop_found found;
        struct area at = {10, 10, 284, 405};
        label(&sheet, at, true);
        text(&sheet, (struct area){30, 440, 250, 380});
        text(&sheet, (struct area){320, 440, 250, 380});
        for (int32_t x = 0; x < (int32_t)A4_WIDTH; x++) {
            if (dashed == 0 || x % 9 < 5) fill(&sheet, (struct area){x, 421, 1, 1}, 60);
        }
        for (int32_t y = 0; y < (int32_t)A4_HEIGHT; y++) {
            if (dashed == 0 || y % 9 < 5) fill(&sheet, (struct area){298, y, 1, 1}, 60);
        }
        EXPECT_I64(CROP_LABEL, find(&sheet, nowhere, &found), "there is a label");
        expect_area(at, &found.ink, "above a line to fold or cut along");
        grey_free(&sheet);
    }
}

static void of_several_the_wanted_or_the_first(void)
{
    static const struct area places[] = {{5, 5, 284, 405},
                                         {306, 5, 284, 405},
                                         {5, 430, 284, 405},
                                         {306, 430, 284, 405}};
    struct grey sheet = sheet_of(A4_WIDTH, A4_HEIGHT);
    struct crop_found found;
    for (size_t i = 0; i < 4; i++) label(&sheet, places[i], true);
    EXPECT_I64(CROP_LABEL, find(&sheet, nowhere, &found), "there are labels");
    EXPECT_I64(4, found.labels, "four");
    expect_area(places[0], &found.ink, "the first of them");
    for (size_t i = 0; i < 4; i++) {
        struct area wanted = {places[i].x + 100, places[i].y + 300, 60, 8};
        EXPECT_I64(CROP_LABEL, find(&sheet, wanted, &found), "there is the wanted one");
        expect_area(places[i], &found.ink, "around the wanted text");
    }
    grey_free(&sheet);
}

static void a_larger_label_stays_whole(void)
{
    struct grey sheet = sheet_of(419, 595); /* A5 */
    struct crop_found found;
    struct area at = {15, 15, 390, 565};
    label(&sheet, at, false);
    text(&sheet, (struct area){40, 420, 200, 60});
    EXPECT_I64(CROP_LARGE, find(&sheet, nowhere, &found), "it is larger than the stock");
    expect_area(at, &found.ink, "and no part of it is taken");
    grey_free(&sheet);
    sheet = sheet_of(A4_WIDTH, A4_HEIGHT);
    at = (struct area){30, 30, 530, 370};
    label(&sheet, at, true);
    text(&sheet, (struct area){40, 480, 400, 300});
    EXPECT_I64(CROP_LARGE, find(&sheet, nowhere, &found), "half a sheet of A4");
    expect_area(at, &found.ink, "the half with the bars");
    grey_free(&sheet);
}

static void what_is_no_label_is_not_taken_for_one(void)
{
    struct grey sheet = sheet_of(A4_WIDTH, A4_HEIGHT);
    struct crop_found found;
    EXPECT_I64(CROP_BLANK, find(&sheet, nowhere, &found), "a white sheet");
    text(&sheet, (struct area){40, 40, 510, 760});
    EXPECT_I64(CROP_WHOLE, find(&sheet, nowhere, &found), "a letter");
    EXPECT(found.ink.width > 500 && found.ink.height > 740, "is all that is on it");
    bars(&sheet, (struct area){80, 100, 200, 40}, false);
    EXPECT(find(&sheet, nowhere, &found) != CROP_LABEL, "nor is an invoice with a barcode");
    grey_free(&sheet);
}

static void what_is_out_of_bounds_is_refused(void)
{
    struct grey sheet = sheet_of(CROP_SIDE_MAX + 1, 10);
    struct crop_found found;
    EXPECT_I64(CROP_FAILED, find(&sheet, nowhere, &found), "a drawing too large");
    grey_free(&sheet);
    sheet = sheet_of(1, 1);
    EXPECT_I64(CROP_BLANK, find(&sheet, nowhere, &found), "one dot is no fault");
    struct crop_question question = {.sheet = &sheet, .dot_um = 0};
    EXPECT_I64(CROP_FAILED, crop_find(&question, &found), "dots without a size are");
    grey_free(&sheet);
}

int main(void)
{
    EXPECT_RUN(one_label_is_found_wherever_it_lies);
    EXPECT_RUN(lines_to_cut_along_belong_to_nothing);
    EXPECT_RUN(of_several_the_wanted_or_the_first);
    EXPECT_RUN(a_larger_label_stays_whole);
    EXPECT_RUN(what_is_no_label_is_not_taken_for_one);
    EXPECT_RUN(what_is_out_of_bounds_is_refused);
    return expect_result();
}
