/* document_png.c - PNG to grey, row by row. Colour, palette, 16 bits and transparency are brought
 * to eight bits of grey over white paper; one that is interlaced needs all of its colours at once.
 */
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/render/document_inside.h"

#define CHUNK_MAX (4u * 1024u * 1024u)
#define INCH_PER_METRE 39.3700787

struct reading {
    struct bytes rest;
    png_structp png;
    png_infop info;
    struct image *image;
    uint8_t *rows; /* one, or all of them when interlaced */
    enum image_result result;
};

static void read_bytes(png_structp png, png_bytep into, size_t count)
{
    struct reading *reading = png_get_io_ptr(png);
    if (reading->rest.len < count) png_error(png, "cut off");
    memcpy(into, reading->rest.data, count);
    reading->rest = bytes_from(reading->rest, count);
}

static void give_up(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void make_grey_row(const uint8_t *from, unsigned channels, unsigned width, uint8_t *to)
{
    for (unsigned x = 0; x < width; x++, from += channels) {
        uint8_t grey = channels < 3 ? from[0] : image_grey(from[0], from[1], from[2]);
        bool see_through = channels % 2 == 0;
        to[x] = see_through ? image_over_white(grey, from[channels - 1]) : grey;
    }
}

static void take_density(struct reading *reading)
{
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(reading->png, reading->info, &x, &y, &unit) != 0 &&
        unit == PNG_RESOLUTION_METER) {
        reading->image->x_dpi = x / INCH_PER_METRE;
        reading->image->y_dpi = y / INCH_PER_METRE;
    }
}

static void read_rows(struct reading *reading, unsigned channels, int passes)
{
    struct grey *grey = &reading->image->grey;
    size_t row_bytes = (size_t)grey->width * channels;
    for (int pass = 0; pass < passes; pass++) {
        for (unsigned y = 0; y < grey->height; y++) {
            uint8_t *row = reading->rows + (passes > 1 ? y * row_bytes : 0);
            png_read_row(reading->png, row, NULL);
            if (pass == passes - 1)
                make_grey_row(row, channels, grey->width, grey->rows + y * grey->bytes_per_row);
        }
    }
}

/* Everything that may jump out. */
static enum image_result read_all(struct reading *reading)
{
    png_structp png = reading->png;
    png_read_info(png, reading->info);
    unsigned width = png_get_image_width(png, reading->info);
    unsigned height = png_get_image_height(png, reading->info);
    enum image_result sides = image_check_sides(width, height);
    if (sides != IMAGE_READ) return sides;
    png_set_expand(png);
    png_set_scale_16(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reading->info);
    unsigned channels = png_get_channels(png, reading->info);
    size_t row_bytes = png_get_rowbytes(png, reading->info);
    if (channels < 1 || channels > 4 || row_bytes != (size_t)width * channels) return IMAGE_BROKEN;
    size_t rows = passes > 1 ? height : 1;
    if (rows * row_bytes > IMAGE_DOTS_MAX) return IMAGE_TOO_LARGE;
    reading->rows = calloc(rows, row_bytes);
    if (reading->rows == NULL || !grey_make(&reading->image->grey, width, height))
        return IMAGE_NO_MEMORY;
    take_density(reading);
    read_rows(reading, channels, passes);
    return IMAGE_READ;
}

static void try_to_read(struct reading *reading)
{
    if (setjmp(png_jmpbuf(reading->png)) != 0) { /* NOLINT(cert-err52-cpp) */
        reading->result = IMAGE_BROKEN;
        return;
    }
    png_set_read_fn(reading->png, reading, read_bytes);
    png_set_user_limits(reading->png, IMAGE_SIDE_MAX * 8, IMAGE_SIDE_MAX * 8);
    png_set_chunk_malloc_max(reading->png, CHUNK_MAX);
    png_set_chunk_cache_max(reading->png, 64);
    reading->result = read_all(reading);
}

enum image_result document_read_png(struct bytes document, struct image *out_image)
{
    struct reading reading = {.rest = document, .image = out_image, .result = IMAGE_NO_MEMORY};
    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, ignore);
    if (reading.png == NULL) return IMAGE_NO_MEMORY;
    reading.info = png_create_info_struct(reading.png);
    if (reading.info != NULL) try_to_read(&reading);
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    free(reading.rows);
    return reading.result;
}
