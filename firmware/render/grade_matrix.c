/* grade_matrix.c - matrix codes; see grade.h. The library says where a symbol is, not of how many
 * modules it is: that is counted here, in the part of each kind that tells it. */
#include "firmware/render/grade.h"

#define SPECKS 20u /* one dot of so many beside the symbol is dirt */

static unsigned right_of(const struct region *box)
{
    return box->x + box->width;
}

static unsigned bottom_of(const struct region *box)
{
    return box->y + box->height;
}

static unsigned black_in_column(const struct bits *bits, unsigned x, unsigned top, unsigned bottom)
{
    unsigned count = 0;
    for (unsigned y = top; y < bottom; y++) count += bits_black(bits, x, y);
    return count;
}

/* Black dots of the line `out` dots outside of one side (0 the innermost); true: off the label. */
static bool line_outside(const struct bits *bits, const struct region *box, unsigned side,
                         unsigned out, unsigned *black)
{
    unsigned right = right_of(box), bottom = bottom_of(box);
    switch (side) {
    case 0:
        if (out + 1 > box->y) return true;
        *black = bits_black_in_row(bits, box->y - 1 - out, box->x, right);
        return false;
    case 1:
        if (right + out >= bits->width) return true;
        *black = black_in_column(bits, right + out, box->y, bottom);
        return false;
    case 2:
        if (bottom + out >= bits->height) return true;
        *black = bits_black_in_row(bits, bottom + out, box->x, right);
        return false;
    default:
        if (out + 1 > box->x) return true;
        *black = black_in_column(bits, box->x - 1 - out, box->y, bottom);
        return false;
    }
}

static void move_side(struct region *box, unsigned side, bool outwards)
{
    unsigned *length = side % 2 == 0 ? &box->height : &box->width;
    unsigned *begin = side == 0 ? &box->y : &box->x;
    *length = outwards ? *length + 1 : *length - 1;
    if (side == 0 || side == 3) *begin = outwards ? *begin - 1 : *begin + 1;
}

/* The reader's box is right to a dot or two; the dots say where black ends. */
static struct region fit_box(const struct bits *bits, struct region box)
{
    unsigned reach = 2 + box.width / 64, black = 0;
    for (unsigned side = 0; side < 4; side++) {
        for (unsigned i = 0; i < reach && box.width > 8 && box.height > 8; i++) {
            move_side(&box, side, false);
            bool off = line_outside(bits, &box, side, 0, &black);
            move_side(&box, side, true);
            if (off || black > 0) break;
            move_side(&box, side, false);
        }
        for (unsigned i = 0; i < reach; i++) {
            unsigned across = side % 2 == 0 ? box.width : box.height;
            if (line_outside(bits, &box, side, 0, &black) || black * SPECKS <= across + SPECKS)
                break;
            move_side(&box, side, true);
        }
    }
    return box;
}

static unsigned quiet_of(const struct bits *bits, const struct region *box, unsigned most)
{
    unsigned least = most;
    for (unsigned side = 0; side < 4; side++) {
        unsigned across = side % 2 == 0 ? box->width : box->height, black = 0, out = 0;
        while (out < least && !line_outside(bits, box, side, out, &black) &&
               black * SPECKS <= across + SPECKS)
            out++;
        if (out < least) least = out;
    }
    return least;
}

/* The length of the run of black that holds this dot, along the row or the column. */
static unsigned run_at(const struct bits *bits, unsigned x, unsigned y, bool down)
{
    unsigned begin = down ? y : x, end = begin, most = down ? bits->height : bits->width;
    if (!bits_black(bits, x, y)) return 0;
    while (begin > 0 && bits_black(bits, down ? x : begin - 1, down ? begin - 1 : y)) begin--;
    while (end < most && bits_black(bits, down ? x : end, down ? end : y)) end++;
    return end - begin;
}

/* The longest run at a corner, along either side; the first dots of it may be dirty. */
static unsigned corner_run(const struct bits *bits, unsigned x, unsigned y, bool right, bool bottom)
{
    unsigned longest = 0;
    for (unsigned i = 0; i < 3; i++) {
        unsigned in_x = right ? x - i : x + i, in_y = bottom ? y - i : y + i;
        for (unsigned j = 0; j < 3; j++) {
            unsigned along_x = right ? x - j : x + j, along_y = bottom ? y - j : y + j;
            unsigned across = run_at(bits, along_x, in_y, false);
            unsigned down = run_at(bits, in_x, along_y, true);
            if (across > longest) longest = across;
            if (down > longest) longest = down;
        }
    }
    return longest;
}

/* Three corners have a finder whose outer side is seven modules; the second longest of the four
 * runs is one of them. */
static unsigned qr_modules(const struct bits *bits, const struct region *box)
{
    unsigned first = 0, second = 0;
    for (unsigned i = 0; i < 4; i++) {
        bool right = i % 2 == 1, bottom = i >= 2;
        unsigned x = right ? right_of(box) - 1 : box->x, y = bottom ? bottom_of(box) - 1 : box->y;
        unsigned run = corner_run(bits, x, y, right, bottom);
        if (run > first) {
            second = first;
            first = run;
        } else if (run > second) {
            second = run;
        }
    }
    if (second < 7) return 0;
    unsigned modules = (box->width * 7 + second / 2) / second;
    return modules < 19 ? 21 : 17 + (modules - 17 + 2) / 4 * 4;
}

/* Runs of black along a line: two modules each in the clock track of a DataMatrix. */
static unsigned runs_along(const struct bits *bits, const struct region *box, bool down, bool far)
{
    unsigned count = 0, length = down ? box->height : box->width;
    bool before = false;
    for (unsigned i = 0; i < length; i++) {
        unsigned x = down ? (far ? right_of(box) - 1 : box->x) : box->x + i;
        unsigned y = down ? box->y + i : (far ? bottom_of(box) - 1 : box->y);
        bool black = bits_black(bits, x, y);
        count += black && !before;
        before = black;
    }
    return count;
}

static unsigned datamatrix_modules(const struct bits *bits, const struct region *box)
{
    unsigned near = runs_along(bits, box, false, false), far = runs_along(bits, box, false, true);
    return 2 * (near > far ? near : far);
}

/* From the middle of the bullseye five edges to each side enclose nine modules. */
static unsigned aztec_modules(const struct bits *bits, const struct region *box)
{
    unsigned x = box->x + box->width / 2, y = box->y + box->height / 2;
    unsigned left = x, right = x;
    if (!bits_black(bits, x, y)) return 0;
    for (unsigned edges = 0; left > 0 && edges < 5; left--)
        edges += bits_black(bits, left, y) != bits_black(bits, left - 1, y);
    for (unsigned edges = 0; right + 1 < bits->width && edges < 5; right++)
        edges += bits_black(bits, right, y) != bits_black(bits, right + 1, y);
    unsigned nine = right - left - 1;
    return nine < 9 ? 0 : ((box->width * 9 + nine / 2) / nine) | 1u;
}

/* The first bar of the start is eight modules, the whole 17 for each sign and one more. */
static unsigned pdf417_modules(const struct bits *bits, const struct region *box, bool down)
{
    unsigned length = down ? box->height : box->width, eight = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned across = (down ? box->width : box->height) * (i / 2 * 2 + 1) / 4;
        unsigned along = i % 2 == 0 ? 0 : length - 1;
        unsigned run = down ? run_at(bits, box->x + across, box->y + along, true)
                            : run_at(bits, box->x + along, box->y + across, false);
        if (run > eight && run * 8 < length) eight = run;
    }
    return eight < 8 ? 0 : 1 + 17 * ((length * 8 / eight + 8) / 17);
}

static unsigned modules_of(const struct bits *bits, enum code_kind kind, const struct region *box,
                           bool down)
{
    if (kind == CODE_QR) return qr_modules(bits, box);
    if (kind == CODE_DATAMATRIX) return datamatrix_modules(bits, box);
    if (kind == CODE_AZTEC) return aztec_modules(bits, box);
    if (kind == CODE_PDF417) return pdf417_modules(bits, box, down);
    return kind == CODE_MAXICODE ? 30 : 0;
}

static unsigned quiet_modules(enum code_kind kind) /* ISO/IEC 18004, 16022, 15438, 24778, 16023 */
{
    if (kind == CODE_QR) return 4;
    if (kind == CODE_PDF417) return 2;
    return kind == CODE_AZTEC ? 0 : 1;
}

void grade_matrix(const struct bits *bits, unsigned dpi, const struct seen *seen,
                  struct grade *out_grade)
{
    struct grade grade = {.box = fit_box(bits, seen->box)};
    enum code_kind kind = seen->kind;
    bool down = seen->down && kind == CODE_PDF417;
    unsigned modules = modules_of(bits, kind, &grade.box, down);
    unsigned warnings = 0;
    if (modules > 0) {
        unsigned length = down ? grade.box.height : grade.box.width;
        grade.module_mdots = length * 1000 / modules;
        if (grade.module_mdots < GRADE_THIN_MDOTS ||
            (uint64_t)grade.module_mdots * 25400 < (uint64_t)GRADE_THIN_UM * 1000 * dpi)
            warnings |= RENDER_CODE_THIN;
        unsigned wanted_mdots = quiet_modules(kind) * grade.module_mdots;
        grade.quiet[0] = quiet_of(bits, &grade.box, wanted_mdots / 1000 + 2);
        if ((grade.quiet[0] + 1) * 1000 < wanted_mdots) warnings |= RENDER_CODE_QUIET;
    }
    grade.warnings = (uint16_t)warnings;
    *out_grade = grade;
}
