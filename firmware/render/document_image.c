/* document_image.c - a decoded picture as a sheet. How large it is, is the question: many say
 * 72 or 96 dots an inch only because a program had to write something. */
#include <math.h>
#include <string.h>

#include "firmware/render/document_inside.h"
#include "firmware/render/scale.h"

#define NEAR_PERMILLE 20 /* sides that are meant to be those of the stock, or of a sheet */
#define SHEET_DPI_MIN 60.0
#define SHEET_DPI_MAX 1300.0
#define ONE 65536.0

static const double usual_dpi[] = {203.2, 203.0, 300.0, 600.0, 200.0, 150.0};
static const double usual_sheet_dpi[] = {72.0, 96.0, 100.0, 150.0, 200.0, 203.2, 300.0, 600.0};
static const struct {
    double width_mm, height_mm;
} usual_sheets[] = {{210.0, 297.0}, {215.9, 279.4}, {148.0, 210.0}, {215.9, 355.6}};

static bool near_to(double a, double b)
{
    return fabs(a - b) * 1000.0 <= b * NEAR_PERMILLE;
}

static bool sides_near(double width, double height, double to_width, double to_height)
{
    return (near_to(width, to_width) && near_to(height, to_height)) ||
           (near_to(width, to_height) && near_to(height, to_width));
}

/* The resolution at which a picture of these sides is exactly the stock, if one is usual. */
static double dpi_of_stock(const struct grey *grey, double stock_width, double stock_height)
{
    for (size_t i = 0; i < ARRAY_LEN(usual_dpi); i++) {
        double dpi = usual_dpi[i];
        if (sides_near(grey->width, grey->height, stock_width * dpi, stock_height * dpi))
            return dpi;
    }
    return 0.0;
}

static double dpi_of_sheet(const struct grey *grey)
{
    for (size_t i = 0; i < ARRAY_LEN(usual_sheets) * ARRAY_LEN(usual_sheet_dpi); i++) {
        double dpi = usual_sheet_dpi[i % ARRAY_LEN(usual_sheet_dpi)];
        size_t sheet = i / ARRAY_LEN(usual_sheet_dpi);
        if (sides_near(grey->width, grey->height, usual_sheets[sheet].width_mm * dpi / 25.4,
                       usual_sheets[sheet].height_mm * dpi / 25.4))
            return dpi;
    }
    return 0.0;
}

static bool says_size(const struct image *image)
{
    return image->x_dpi >= SHEET_DPI_MIN && image->x_dpi <= SHEET_DPI_MAX &&
           image->y_dpi >= SHEET_DPI_MIN && image->y_dpi <= SHEET_DPI_MAX;
}

static bool is_default(double dpi)
{
    return fabs(dpi - 72.0) < 1.0 || fabs(dpi - 96.0) < 1.0;
}

/* Not only because a program had to say something. */
static bool means_size(const struct image *image)
{
    return says_size(image) && !(is_default(image->x_dpi) && is_default(image->y_dpi));
}

/* Dots an inch along both sides: what is said if it is a size that can be meant, else what the
 * number of dots means; 0: the picture fills the stock. As many dots as the stock has at a usual
 * resolution are the stock, whatever is said. */
static void find_size(const struct render_request *request, const struct image *image,
                      double *out_x_dpi, double *out_y_dpi)
{
    double dpi = document_true_dpi(request->dpi);
    double width = request->width_dots / dpi, height = request->height_dots / dpi;
    const struct grey *grey = &image->grey;
    *out_x_dpi = image->x_dpi;
    *out_y_dpi = image->y_dpi;
    if (says_size(image) &&
        sides_near(grey->width / image->x_dpi, grey->height / image->y_dpi, width, height))
        return;
    *out_x_dpi = *out_y_dpi = dpi_of_stock(grey, width, height);
    if (*out_x_dpi > 0.0) return;
    *out_x_dpi = image->x_dpi;
    *out_y_dpi = image->y_dpi;
    if (means_size(image)) return;
    *out_x_dpi = *out_y_dpi = dpi_of_sheet(grey);
}

/* The first dot, of those drawn, whose middle lies beyond this place. */
static unsigned first_dot(double place, unsigned side)
{
    double dot = ceil(place - 0.5);
    if (!(dot > 0.0)) return 0;
    return dot >= side ? side : (unsigned)dot;
}

/* Upright: as much of the picture as lies in the part, where it lies. */
static bool draw_upright(const struct placed_image *placed, const struct sheet_part *part,
                         struct grey *into)
{
    const struct grey *grey = &placed->image->grey;
    double dots = part->dpi / 25400.0; /* drawn ones a um */
    double across = grey->width / placed->width_um, down = grey->height / placed->height_um;
    double x = placed->x_um - part->area.x, y = placed->y_um - part->area.y;
    unsigned left = first_dot(x * dots, into->width), top = first_dot(y * dots, into->height);
    unsigned right = first_dot((x + placed->width_um) * dots, into->width);
    unsigned bottom = first_dot((y + placed->height_um) * dots, into->height);
    if (right <= left || bottom <= top) return true; /* it is white */
    struct grey window = *into;
    window.rows += top * into->bytes_per_row + left;
    window.width = right - left;
    window.height = bottom - top;
    struct scale_window from = {
        .x = (int64_t)llround((left / dots - x) * across * ONE),
        .y = (int64_t)llround((top / dots - y) * down * ONE),
        .width = (int64_t)llround(window.width / dots * across * ONE),
        .height = (int64_t)llround(window.height / dots * down * ONE),
    };
    return scale_grey(grey, &from, &window);
}

static bool draw_part(void *source, const struct sheet_part *part, struct grey *into)
{
    bool swapped = part->turn % 180 == 90;
    if (part->turn == 0) return draw_upright(source, part, into);
    struct grey upright;
    if (!grey_make(&upright, swapped ? into->height : into->width,
                   swapped ? into->width : into->height))
        return false;
    bool good = draw_upright(source, part, &upright);
    if (good) scale_turn(&upright, part->turn, into);
    grey_free(&upright);
    return good;
}

static void mirror(struct grey *grey)
{
    for (unsigned y = 0; y < grey->height; y++) {
        uint8_t *row = grey->rows + y * grey->bytes_per_row;
        for (unsigned x = 0; x < grey->width / 2; x++) {
            uint8_t other = row[grey->width - 1 - x];
            row[grey->width - 1 - x] = row[x];
            row[x] = other;
        }
    }
}

static bool turn_image(struct image *image)
{
    if (image->mirrored) mirror(&image->grey);
    if (image->turn == 0) return true;
    struct grey turned;
    bool swapped = image->turn % 180 == 90;
    if (!grey_make(&turned, swapped ? image->grey.height : image->grey.width,
                   swapped ? image->grey.width : image->grey.height))
        return false;
    scale_turn(&image->grey, image->turn, &turned);
    grey_free(&image->grey);
    image->grey = turned;
    if (swapped) {
        double x_dpi = image->x_dpi;
        image->x_dpi = image->y_dpi;
        image->y_dpi = x_dpi;
    }
    return true;
}

/* A dot of noise is no larger than an eighth of a millimetre, the dot of the coarsest printer: no
 * point or comma is so small. Any picture may be a scan. */
static unsigned speck_of(const struct render_request *request)
{
    return (unsigned)request->dpi * request->dpi / (203u * 203u);
}

bool document_place_image(const struct render_request *request, const struct placed_image *placed,
                          struct sheet *sheet, struct grey *out_grey, struct render_answer *answer)
{
    struct placed_image copy = *placed;
    sheet->source = &copy;
    sheet->draw = draw_part;
    sheet->speck_dots = speck_of(request);
    return document_place(request, sheet, out_grey, answer);
}

bool document_draw_image(const struct render_request *request, struct image *image,
                         struct grey *out_grey, struct render_answer *answer)
{
    if (request->page > 1)
        return document_refuse(answer, "no_such_page", "A picture has one page only.");
    if (!turn_image(image))
        return document_refuse(answer, "cannot_draw", "There is no memory for this picture.");
    double x_dpi, y_dpi;
    find_size(request, image, &x_dpi, &y_dpi);
    struct sheet sheet = {.size_known = x_dpi > 0.0 && y_dpi > 0.0};
    if (!sheet.size_known) x_dpi = y_dpi = document_true_dpi(request->dpi);
    sheet.width_um = (int32_t)lround(image->grey.width * 25400.0 / x_dpi);
    sheet.height_um = (int32_t)lround(image->grey.height * 25400.0 / y_dpi);
    if (sheet.size_known && (sheet.width_um > SHEET_UM_MAX || sheet.height_um > SHEET_UM_MAX))
        return document_refuse(answer, "too_large",
                               "The picture is larger than 600 mm: that is no label.");
    struct placed_image placed = {image, 0.0, 0.0, sheet.width_um, sheet.height_um};
    if (!document_place_image(request, &placed, &sheet, out_grey, answer)) return false;
    if (means_size(image) && sheet.size_known && !near_to(image->x_dpi, x_dpi)) {
        answer->scale_ppm = (uint32_t)(answer->scale_ppm * image->x_dpi / x_dpi);
        answer->warnings |= RENDER_WARN_SCALED;
    }
    return true;
}
