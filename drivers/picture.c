/* picture.c - see picture.h. White paper is not sent: a picture goes out as bands with edges of
 * their own, and a new one begins where that is shorter than a wider or longer one. */
#include "drivers/picture.h"

#include "drivers/label_fit.h"

bool picture_is_sound(const struct picture *picture)
{
    return picture->rows != NULL && picture->width_dots > 0 && picture->height_dots > 0 &&
           picture->width_dots <= PICTURE_DOTS_MAX && picture->height_dots <= PICTURE_DOTS_MAX &&
           picture->bytes_per_row >= (picture->width_dots + 7) / 8;
}

bool picture_fits(const struct picture *picture, const struct printer_setup *setup)
{
    unsigned dots_per_mm = label_dots_per_mm(setup->dpi);
    return picture_is_sound(picture) &&
           picture->width_dots <= label_dots(setup->width_dmm, dots_per_mm) &&
           picture->height_dots <= label_dots(setup->height_dmm, dots_per_mm);
}

uint8_t picture_byte(const struct picture *picture, unsigned row, unsigned column)
{
    unsigned first = column * 8;
    uint8_t byte = picture->rows[row * picture->bytes_per_row + column];
    if (first + 8 <= picture->width_dots) return byte;
    return (uint8_t)(byte & 0xFF00u >> (picture->width_dots - first));
}

static unsigned columns_of(const struct picture *picture)
{
    return (picture->width_dots + 7) / 8;
}

/* Widens [*left, *right) to the black of a row; *left >= *right: none so far. */
static void widen(const struct picture *picture, unsigned row, unsigned *left, unsigned *right)
{
    unsigned from = 0, to = columns_of(picture);
    while (to > from && picture_byte(picture, row, to - 1) == 0) to--;
    if (to == 0) return;
    while (picture_byte(picture, row, from) == 0) from++;
    bool none = *left >= *right;
    if (none || from < *left) *left = from;
    if (none || to > *right) *right = to;
}

bool picture_crop(const struct picture *picture, unsigned top, unsigned rows,
                  struct picture_band *out)
{
    unsigned left = 0, right = 0, first = top, last = top;
    for (unsigned row = top; row < top + rows; row++) {
        unsigned row_left = 0, row_right = 0;
        widen(picture, row, &row_left, &row_right);
        if (row_right == 0) continue;
        if (left >= right) first = row;
        last = row;
        widen(picture, row, &left, &right);
    }
    if (left >= right) return false;
    *out = (struct picture_band){.left = left,
                                 .width = right - left,
                                 .top = first,
                                 .rows = last + 1 - first};
    return true;
}

/* ---- bands
 * ------------------------------------------------------------------------------------ */

static bool row_band(const struct picture *picture, const struct picture_raster *raster,
                     unsigned row, struct picture_band *out)
{
    if (!picture_crop(picture, row, 1, out)) return false;
    if (raster->from_edge) {
        out->width += out->left;
        out->left = 0;
    }
    return true;
}

static struct picture_band both(const struct picture_band *a, const struct picture_band *b)
{
    unsigned left = a->left < b->left ? a->left : b->left;
    unsigned end_a = a->left + a->width, end_b = b->left + b->width;
    return (struct picture_band){.left = left,
                                 .width = (end_a > end_b ? end_a : end_b) - left,
                                 .top = a->top,
                                 .rows = b->top + b->rows - a->top};
}

static unsigned area(const struct picture_band *band)
{
    return band->width * band->rows;
}

static bool is_shorter_joined(const struct picture_band *band, const struct picture_band *row,
                              const struct picture_band *joined,
                              const struct picture_raster *raster)
{
    unsigned gap = row->top - (band->top + band->rows);
    unsigned apart = area(band) + raster->command_bytes + area(row);
    if (raster->from_edge && gap > 0) apart += raster->command_bytes + gap;
    return area(joined) <= raster->band_bytes_max && area(joined) <= apart;
}

/* The next band from this row on; false when the rest is white. */
static bool next_band(const struct picture *picture, const struct picture_raster *raster,
                      unsigned from, struct picture_band *out)
{
    struct picture_band row;
    while (from < picture->height_dots && !row_band(picture, raster, from, out)) from++;
    if (from == picture->height_dots) return false;
    for (unsigned y = from + 1; y < picture->height_dots; y++) {
        if (!row_band(picture, raster, y, &row)) continue;
        struct picture_band joined = both(out, &row);
        if (!is_shorter_joined(out, &row, &joined, raster)) break;
        *out = joined;
    }
    return true;
}

/* One dot other than it should be, where the byte would be a command. */
static uint8_t harmless(const struct picture_raster *raster, uint8_t before, uint8_t byte)
{
    uint8_t other = byte;
    for (unsigned bit = 0; bit < 8 && raster->is_trap(before, other); bit++)
        other = (uint8_t)(byte ^ 1u << bit);
    return other;
}

static void put_byte(const struct picture_raster *raster, uint8_t ink, struct textbuf *out)
{
    uint8_t before = out->len > 0 ? (uint8_t)out->data[out->len - 1] : 0;
    uint8_t byte = raster->zero_black ? (uint8_t)~ink : ink;
    textbuf_char(out, (char)harmless(raster, before, byte));
}

static void put_band(const struct picture *picture, const struct picture_raster *raster,
                     const struct picture_band *band, struct textbuf *out)
{
    raster->put_head(out, band);
    for (unsigned row = band->top; row < band->top + band->rows; row++) {
        for (unsigned i = 0; i < band->width; i++)
            put_byte(raster, picture_byte(picture, row, band->left + i), out);
    }
    textbuf_text(out, raster->tail);
}

/* White rows from the edge, one byte wide. */
static void put_white(const struct picture *picture, const struct picture_raster *raster,
                      unsigned top, unsigned rows, struct textbuf *out)
{
    while (rows > 0) {
        struct picture_band band = {.width = 1, .top = top};
        band.rows = rows < raster->band_bytes_max ? rows : raster->band_bytes_max;
        put_band(picture, raster, &band, out);
        top += band.rows;
        rows -= band.rows;
    }
}

void picture_put(const struct picture *picture, const struct picture_raster *raster,
                 struct textbuf *out)
{
    struct picture_band band;
    unsigned from = 0;
    while (textbuf_ok(out) && next_band(picture, raster, from, &band)) {
        if (raster->from_edge) put_white(picture, raster, from, band.top - from, out);
        put_band(picture, raster, &band, out);
        from = band.top + band.rows;
    }
}
