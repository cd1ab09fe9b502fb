/* document_place.c - see document_sheet.h. A sheet that is about as large as the stock is drawn
 * whole; of a larger one the label is found and cut out, by what was found last time if that still
 * holds. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "firmware/render/document_sheet.h"

#define LOOK_DPI 72.0      /* of the drawing that the finder looks at */
#define LABEL_PPM 1100000u /* a sheet up to this through the stock is a label, not a sheet */
#define SAME_PPM 6000u     /* so much more or less counts as the same size */
#define SHEET_NEAR_DMM 5   /* the remembered sheet and this one */
#define BLACK_PERCENT 85u  /* of all dots: no label is so black */
#define NOTHING_DOTS 8u    /* fewer black dots than this are nothing */
#define DMM_UM 100

struct job {
    const struct render_request *request;
    const struct sheet *sheet;
    struct grey *grey;
    struct render_answer *answer;
    double dpi;
    int32_t stock_width_um, stock_height_um;
};

double document_true_dpi(unsigned dpi)
{
    return dpi == 203 ? 203.2 : (double)dpi;
}

static int32_t to_um(double dots, double dpi)
{
    return (int32_t)lround(dots * 25400.0 / dpi);
}

static unsigned to_dots(int32_t um, double dpi)
{
    double dots = (double)um * dpi / 25400.0;
    return dots < 1.0 ? 1u : (unsigned)lround(dots);
}

/* Of one row. Eight sums side by side in a word; each has room for 255. */
static unsigned black_in_row(const uint8_t *row, unsigned width)
{
    unsigned count = 0, x = 0;
    while (x + 8 <= width) {
        uint64_t sums = 0;
        for (unsigned turn = 0; turn < 255 && x + 8 <= width; turn++, x += 8)
            sums += grey_dark_eight(row + x);
        for (; sums != 0; sums >>= 8) count += (unsigned)(sums & 255);
    }
    for (; x < width; x++) count += row[x] < 128;
    return count;
}

uint64_t document_black(const struct grey *grey)
{
    uint64_t count = 0;
    for (unsigned y = 0; y < grey->height; y++)
        count += black_in_row(grey->rows + y * grey->bytes_per_row, grey->width);
    return count;
}

/* More dots in a row than a speck has. */
static bool row_is_black(const uint8_t *at, size_t step, unsigned count, unsigned speck_dots)
{
    unsigned run = 0;
    for (unsigned i = 0; i < count; i++) {
        run = at[i * step] < 128 ? run + 1 : 0;
        if (run > speck_dots) return true;
    }
    return false;
}

bool document_edge_is_black(const struct grey *grey, unsigned speck_dots)
{
    const uint8_t *first = grey->rows;
    const uint8_t *last = grey->rows + (grey->height - 1) * grey->bytes_per_row;
    size_t down = grey->bytes_per_row;
    return row_is_black(first, 1, grey->width, speck_dots) ||
           row_is_black(last, 1, grey->width, speck_dots) ||
           row_is_black(first, down, grey->height, speck_dots) ||
           row_is_black(first + grey->width - 1, down, grey->height, speck_dots);
}

/* The size of the area through that of the stock, the larger side of the two, in millionths. */
static uint64_t size_ppm(const struct job *job, const struct area *area, bool sideways)
{
    int64_t width = sideways ? area->height : area->width;
    int64_t height = sideways ? area->width : area->height;
    uint64_t across = (uint64_t)(width * 1000000 / job->stock_width_um);
    uint64_t down = (uint64_t)(height * 1000000 / job->stock_height_um);
    return across > down ? across : down;
}

/* On its side only where that makes it fit, or fit better, and then as its text wants it. */
static unsigned choose_turn(const struct job *job, const struct area *area, bool ask_text)
{
    uint64_t upright = size_ppm(job, area, false), on_side = size_ppm(job, area, true);
    bool sideways = upright > 1000000 + SAME_PPM && on_side < upright - upright / 50;
    unsigned turn = 0;
    bool known = (sideways || ask_text) && job->sheet->upright_turn != NULL &&
                 job->sheet->upright_turn(job->sheet->source, area, &turn);
    if (known && turn % 180 == 90 && on_side <= 1000000 + SAME_PPM) return turn;
    if (known && (turn % 180 == 90) == sideways) return turn;
    return sideways ? 90 : 0;
}

static struct grey window_of(struct grey *grey, unsigned width, unsigned height)
{
    struct grey window = *grey;
    window.width = width < grey->width ? width : grey->width;
    window.height = height < grey->height ? height : grey->height;
    size_t down = (grey->height - window.height) / 2, right = (grey->width - window.width) / 2;
    window.rows += down * grey->bytes_per_row + right;
    return window;
}

static void make_white(struct grey *grey)
{
    for (unsigned y = 0; y < grey->height; y++)
        memset(grey->rows + y * grey->bytes_per_row, 255, grey->width);
}

/* In the middle of the stock, `ppm` of its size. */
static bool draw_scaled(struct job *job, const struct area *area, unsigned turn, uint64_t ppm)
{
    double dpi = job->dpi * (double)ppm / 1e6;
    bool swapped = turn % 180 == 90;
    struct grey window = window_of(job->grey, to_dots(swapped ? area->height : area->width, dpi),
                                   to_dots(swapped ? area->width : area->height, dpi));
    struct sheet_part part = {*area, turn, dpi};
    make_white(job->grey);
    if (!job->sheet->draw(job->sheet->source, &part, &window)) return false;
    job->answer->scale_ppm = job->sheet->size_known ? (uint32_t)ppm : 1000000;
    if (ppm < 1000000 - SAME_PPM && job->sheet->size_known)
        job->answer->warnings |= RENDER_WARN_SCALED;
    return true;
}

/* Where black begins and ends along one side. False: nowhere. */
static bool black_span(const struct grey *grey, bool lying, unsigned *out_begin, unsigned *out_end)
{
    unsigned lines = lying ? grey->height : grey->width;
    unsigned length = lying ? grey->width : grey->height;
    size_t line_step = lying ? grey->bytes_per_row : 1, step = lying ? 1 : grey->bytes_per_row;
    unsigned begin = lines, end = 0;
    for (unsigned line = 0; line < lines; line++) {
        const uint8_t *at = grey->rows + line * line_step;
        for (unsigned i = 0; i < length; i++) {
            if (at[i * step] >= 128) continue;
            if (begin == lines) begin = line;
            end = line + 1;
            break;
        }
    }
    *out_begin = begin;
    *out_end = end;
    return end > 0;
}

/* Where to begin to copy `room` of `side` dots so that all black is in it: as near to the middle as
 * can be. False: it does not fit. */
static bool place_span(unsigned begin, unsigned end, unsigned side, unsigned room,
                       unsigned *out_from)
{
    unsigned from = side > room ? (side - room) / 2 : 0;
    if (end - begin > room) return false;
    if (from > begin) from = begin;
    if (from + room < end) from = end - room;
    *out_from = from;
    return true;
}

static bool copy_middle(const struct grey *large, struct grey *grey)
{
    unsigned left, right, top, bottom, x, y;
    if (!black_span(large, true, &top, &bottom) || !black_span(large, false, &left, &right))
        return true;
    if (!place_span(left, right, large->width, grey->width, &x) ||
        !place_span(top, bottom, large->height, grey->height, &y))
        return false;
    struct grey window = window_of(grey, large->width, large->height);
    for (unsigned row = 0; row < window.height; row++)
        memcpy(window.rows + row * window.bytes_per_row,
               large->rows + (y + row) * large->bytes_per_row + x, window.width);
    return true;
}

/* A little larger than the stock: drawn as it is, and its white margin left away. */
static bool draw_without_margin(struct job *job, const struct area *area, unsigned turn)
{
    bool swapped = turn % 180 == 90;
    struct grey large;
    if (!grey_make(&large, to_dots(swapped ? area->height : area->width, job->dpi),
                   to_dots(swapped ? area->width : area->height, job->dpi)))
        return false;
    struct sheet_part part = {*area, turn, job->dpi};
    bool drawn = job->sheet->draw(job->sheet->source, &part, &large);
    make_white(job->grey);
    bool fits = drawn && copy_middle(&large, job->grey);
    grey_free(&large);
    job->answer->scale_ppm = 1000000;
    return fits;
}

/* The area onto the stock, in its own size if that can be. A whole page of nearly the stock's size
 * is meant to be just that: 4 inches are 812 dots, and would be 812.8. */
static bool draw_area(struct job *job, const struct area *area, unsigned turn, bool whole)
{
    uint64_t ppm = size_ppm(job, area, turn % 180 == 90);
    bool same = whole && ppm > 1000000 - SAME_PPM && ppm < 1000000 + SAME_PPM;
    if (!job->sheet->size_known || same) return draw_scaled(job, area, turn, 1000000000000u / ppm);
    if (ppm < 1000000 + SAME_PPM / 4) return draw_scaled(job, area, turn, 1000000);
    if (ppm <= LABEL_PPM && draw_without_margin(job, area, turn)) return true;
    return draw_scaled(job, area, turn, 1000000000000u / ppm);
}

static bool find_wanted(const struct job *job, struct area *out_area)
{
    if (job->sheet->find_text == NULL) return false;
    for (unsigned i = 0; i < RENDER_WANTED_MAX; i++) {
        const char *text = job->request->wanted[i];
        if (text[0] != '\0' && job->sheet->find_text(job->sheet->source, text, out_area))
            return true;
    }
    return false;
}

static bool is_near(int32_t um, unsigned dmm)
{
    int32_t difference = um / DMM_UM - (int32_t)dmm;
    return difference >= -SHEET_NEAR_DMM && difference <= SHEET_NEAR_DMM;
}

static void name_sheet(struct job *job)
{
    static const struct {
        const char *name;
        unsigned width, height;
    } known[] = {{"A3", 2970, 4200},     {"A4", 2100, 2970},     {"A5", 1480, 2100},
                 {"A6", 1050, 1480},     {"letter", 2159, 2794}, {"legal", 2159, 3556},
                 {"tabloid", 2794, 4318}};
    char *name = job->answer->cropped_from;
    int32_t width = job->sheet->width_um, height = job->sheet->height_um;
    snprintf(name, RENDER_TYPE_SIZE, "%dx%dmm", (int)((width + 500) / 1000),
             (int)((height + 500) / 1000));
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if ((is_near(width, known[i].width) && is_near(height, known[i].height)) ||
            (is_near(width, known[i].height) && is_near(height, known[i].width)))
            snprintf(name, RENDER_TYPE_SIZE, "%s", known[i].name);
    }
}

static uint16_t dmm_down(int32_t um)
{
    return (uint16_t)(um / DMM_UM);
}

static uint16_t dmm_up(int32_t um)
{
    return (uint16_t)((um + DMM_UM - 1) / DMM_UM);
}

/* The area as it can be remembered: all of the ink is in it. */
static struct render_crop crop_of(const struct job *job, const struct area *area,
                                  const struct area *ink, unsigned turn)
{
    struct render_crop crop = {
        .sheet_width_dmm = dmm_down(job->sheet->width_um),
        .sheet_height_dmm = dmm_down(job->sheet->height_um),
        .x_dmm = dmm_down(area->x),
        .y_dmm = dmm_down(area->y),
        .width_dmm = dmm_up(area->width),
        .height_dmm = dmm_up(area->height),
        .turn = (uint16_t)turn,
    };
    if ((crop.x_dmm + crop.width_dmm) * DMM_UM < ink->x + ink->width) crop.width_dmm++;
    if ((crop.y_dmm + crop.height_dmm) * DMM_UM < ink->y + ink->height) crop.height_dmm++;
    return crop;
}

/* What is remembered may end beyond the sheet by less than the smallest step. */
static int32_t side_within(int32_t at, int32_t size, int32_t sheet)
{
    int32_t over = at + size - sheet;
    return over > 0 && over < DMM_UM ? size - over : size;
}

static struct area area_of(const struct job *job, const struct render_crop *crop)
{
    struct area area = {crop->x_dmm * DMM_UM, crop->y_dmm * DMM_UM, crop->width_dmm * DMM_UM,
                        crop->height_dmm * DMM_UM};
    area.width = side_within(area.x, area.width, job->sheet->width_um);
    area.height = side_within(area.y, area.height, job->sheet->height_um);
    return area;
}

static void say_crop(struct job *job, const struct render_crop *crop)
{
    name_sheet(job);
    job->answer->crop = *crop;
}

static bool is_inside(const struct area *outer, const struct area *inner)
{
    return inner->x >= outer->x && inner->y >= outer->y &&
           inner->x + inner->width <= outer->x + outer->width &&
           inner->y + inner->height <= outer->y + outer->height;
}

/* The label is where it was last time: something is there, nothing is cut by its sides, and the
 * wanted text is not elsewhere. */
static bool draw_remembered(struct job *job, const struct area *wanted)
{
    const struct render_crop *crop = &job->request->crop;
    struct area whole = {0, 0, job->sheet->width_um, job->sheet->height_um};
    struct area area = area_of(job, crop);
    if (area.width == 0 || area.height == 0 || !is_inside(&whole, &area)) return false;
    if (!is_near(whole.width, crop->sheet_width_dmm) ||
        !is_near(whole.height, crop->sheet_height_dmm))
        return false;
    if (wanted->width > 0 && !is_inside(&area, wanted)) return false;
    if (!draw_area(job, &area, crop->turn, false)) return false;
    struct grey window = *job->grey;
    bool swapped = crop->turn % 180 == 90;
    double dpi = job->dpi * job->answer->scale_ppm / 1e6;
    window = window_of(job->grey, to_dots(swapped ? area.height : area.width, dpi),
                       to_dots(swapped ? area.width : area.height, dpi));
    uint64_t black = document_black(&window);
    if (black < (uint64_t)window.width * window.height / 500 ||
        document_edge_is_black(&window, job->sheet->speck_dots)) {
        job->answer->warnings &= ~(uint32_t)RENDER_WARN_SCALED;
        return false;
    }
    say_crop(job, crop);
    return true;
}

static struct area to_um_area(const struct area *dots, const struct area *whole)
{
    struct area area = {to_um(dots->x, LOOK_DPI), to_um(dots->y, LOOK_DPI),
                        to_um(dots->width, LOOK_DPI), to_um(dots->height, LOOK_DPI)};
    if (area.x + area.width > whole->width) area.width = whole->width - area.x;
    if (area.y + area.height > whole->height) area.height = whole->height - area.y;
    return area;
}

/* Less room around the ink, until it is as large as the stock. */
static void shrink(int32_t *at, int32_t *size, int32_t ink_at, int32_t ink_size, int32_t stock)
{
    int32_t wish = ink_size > stock ? ink_size : stock;
    if (*size <= wish) return;
    int32_t begin = ink_at - (wish - ink_size) / 2, end = *at + *size;
    if (begin < *at) begin = *at;
    if (begin + wish > end) begin = end - wish;
    *at = begin;
    *size = wish;
}

static bool find_and_draw(struct job *job, const struct area *wanted)
{
    struct area whole = {0, 0, job->sheet->width_um, job->sheet->height_um};
    struct grey look;
    if (!grey_make(&look, to_dots(whole.width, LOOK_DPI), to_dots(whole.height, LOOK_DPI)))
        return document_refuse(job->answer, "cannot_draw", "There is no memory for this page.");
    struct sheet_part part = {whole, 0, LOOK_DPI};
    struct crop_question question = {
        .sheet = &look,
        .dot_um = (uint32_t)(25400 / LOOK_DPI),
        .stock_width_um = (uint32_t)job->stock_width_um,
        .stock_height_um = (uint32_t)job->stock_height_um,
        .wanted = {(int32_t)(wanted->x * LOOK_DPI / 25400), (int32_t)(wanted->y * LOOK_DPI / 25400),
                   (int32_t)(wanted->width * LOOK_DPI / 25400),
                   (int32_t)(wanted->height * LOOK_DPI / 25400)},
    };
    struct crop_found found;
    enum crop_result result = CROP_FAILED;
    if (job->sheet->draw(job->sheet->source, &part, &look)) result = crop_find(&question, &found);
    grey_free(&look);
    if (result == CROP_FAILED)
        return document_refuse(job->answer, "cannot_draw", "This page cannot be drawn.");
    if (result == CROP_BLANK)
        return document_refuse(job->answer, "white", "Nothing is printed on this page.");
    struct area ink = to_um_area(&found.ink, &whole), area = to_um_area(&found.room, &whole);
    unsigned turn = choose_turn(job, &ink, true);
    bool swapped = turn % 180 == 90;
    shrink(&area.x, &area.width, ink.x, ink.width,
           swapped ? job->stock_height_um : job->stock_width_um);
    shrink(&area.y, &area.height, ink.y, ink.height,
           swapped ? job->stock_width_um : job->stock_height_um);
    if (found.labels > 1) job->answer->warnings |= RENDER_WARN_MORE_LABELS;
    /* Drawn as it will be when it is remembered: the second print has the same dots. */
    const struct render_crop crop = crop_of(job, &area, &ink, turn);
    area = area_of(job, &crop);
    if (!draw_area(job, &area, turn, false))
        return document_refuse(job->answer, "cannot_draw", "This page cannot be drawn.");
    say_crop(job, &crop);
    return true;
}

static bool draw_sheet(struct job *job)
{
    struct area whole = {0, 0, job->sheet->width_um, job->sheet->height_um};
    uint64_t upright = size_ppm(job, &whole, false), on_side = size_ppm(job, &whole, true);
    if (!job->sheet->size_known || upright <= LABEL_PPM || on_side <= LABEL_PPM) {
        if (draw_area(job, &whole, choose_turn(job, &whole, false), true)) return true;
        return document_refuse(job->answer, "cannot_draw", "This page cannot be drawn.");
    }
    struct area wanted = {.width = 0};
    if (!find_wanted(job, &wanted)) wanted = (struct area){.width = 0};
    return draw_remembered(job, &wanted) || find_and_draw(job, &wanted);
}

bool document_place(const struct render_request *request, const struct sheet *sheet,
                    struct grey *out_grey, struct render_answer *answer)
{
    struct job job = {request, sheet, out_grey, answer, document_true_dpi(request->dpi), 0, 0};
    job.stock_width_um = to_um(out_grey->width, job.dpi);
    job.stock_height_um = to_um(out_grey->height, job.dpi);
    if (!draw_sheet(&job)) return false;
    uint64_t black = document_black(out_grey);
    uint64_t dots = (uint64_t)out_grey->width * out_grey->height;
    if (black < NOTHING_DOTS)
        return document_refuse(answer, "white", "Nothing is printed on this page.");
    if (black * 100 >= dots * BLACK_PERCENT)
        return document_refuse(answer, "black", "Nearly all of this page is black.");
    if (document_edge_is_black(out_grey, sheet->speck_dots))
        answer->warnings |= RENDER_WARN_CLIPPED;
    out_grey->speck_dots = sheet->speck_dots;
    return true;
}
