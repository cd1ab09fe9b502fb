/* document_jpeg.c - JPEG to grey, row by row. One that ends too early is refused: the library would
 * fill the rest with grey, and a half label is worse than none. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "firmware/render/document_inside.h"

#define SCANS_MAX 100                          /* of a progressive one: each is a whole pass */
#define COEFFICIENTS_MAX (64u * 1024u * 1024u) /* bytes that a progressive one keeps */
#define EXIF_MARKER (JPEG_APP0 + 1)
#define EXIF_MAX 4096u
#define EXIF_TAGS_MAX 64u
#define EXIF_ORIENTATION 0x0112u

struct reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    bool damaged;
    unsigned need_side;
    struct image *image;
    uint8_t *row;
    enum image_result result;
};

static void give_up(j_common_ptr jpeg)
{
    struct reading *reading = jpeg->client_data;
    longjmp(reading->out, 1);
}

/* Level -1 is a warning: what is said of lost data counts, what is said of habits does not. */
static void take_message(j_common_ptr jpeg, int level)
{
    struct reading *reading = jpeg->client_data;
    int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER ||
                      code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC))
        reading->damaged = true;
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void watch_scans(j_common_ptr jpeg)
{
    struct reading *reading = jpeg->client_data;
    if (reading->jpeg.input_scan_number > SCANS_MAX) longjmp(reading->out, 1);
}

static unsigned exif_number(const uint8_t *at, size_t bytes, bool big)
{
    unsigned number = 0;
    for (size_t i = 0; i < bytes; i++) number = number << 8 | at[big ? i : bytes - 1 - i];
    return number;
}

/* Exif 2.32, 4.6: a TIFF header, then tags of twelve bytes each. 1 when it does not say. */
static unsigned exif_orientation(struct bytes marker)
{
    if (!bytes_start_with(marker, "Exif") || marker.len < 14) return 1;
    struct bytes tiff = bytes_from(marker, 6);
    bool big = tiff.data[0] == 'M';
    size_t at = exif_number(tiff.data + 4, 4, big);
    if (tiff.len < 2 || at > tiff.len - 2) return 1;
    unsigned count = exif_number(tiff.data + at, 2, big);
    if (count > EXIF_TAGS_MAX) count = EXIF_TAGS_MAX;
    for (unsigned i = 0; i < count; i++) {
        struct bytes tag = bytes_slice(tiff, at + 2 + i * 12u, 12);
        if (tag.len < 12) return 1;
        if (exif_number(tag.data, 2, big) == EXIF_ORIENTATION)
            return exif_number(tag.data + 8, 2, big);
    }
    return 1;
}

static void take_orientation(struct reading *reading)
{
    static const struct {
        unsigned turn;
        bool mirrored;
    } ways[] = {{0, false},  {0, true},   {180, false}, {180, true},
                {270, true}, {90, false}, {90, true},   {270, false}};
    for (jpeg_saved_marker_ptr marker = reading->jpeg.marker_list; marker != NULL;
         marker = marker->next) {
        if (marker->marker != EXIF_MARKER) continue;
        unsigned way = exif_orientation(bytes_of(marker->data, marker->data_length));
        if (way < 1 || way > ARRAY_LEN(ways)) continue;
        reading->image->turn = ways[way - 1].turn;
        reading->image->mirrored = ways[way - 1].mirrored;
    }
}

static void take_density(struct reading *reading)
{
    const struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    double unit = jpeg->density_unit == 1 ? 1.0 : jpeg->density_unit == 2 ? 2.54 : 0.0;
    double scale = (double)jpeg->scale_num / jpeg->scale_denom;
    reading->image->x_dpi = jpeg->X_density * unit * scale;
    reading->image->y_dpi = jpeg->Y_density * unit * scale;
}

/* A half, a quarter or an eighth, as long as twice the dots remain that are needed. */
static void choose_scale(struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    unsigned side = jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    jpeg->scale_num = 8;
    jpeg->scale_denom = 8;
    while (jpeg->scale_num > 1 && side * (jpeg->scale_num / 2) / 8 >= reading->need_side * 2)
        jpeg->scale_num /= 2;
}

/* CMYK: Adobe writes it inverted, and everybody else does as Adobe. */
static void make_grey_row(const uint8_t *from, bool inverted, unsigned width, uint8_t *to)
{
    for (unsigned x = 0; x < width; x++, from += 4) {
        unsigned ink[4];
        for (unsigned i = 0; i < 4; i++) ink[i] = inverted ? from[i] : 255u - from[i];
        to[x] = image_grey(ink[0] * ink[3] / 255, ink[1] * ink[3] / 255, ink[2] * ink[3] / 255);
    }
}

static void read_rows(struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    struct grey *grey = &reading->image->grey;
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = grey->rows + jpeg->output_scanline * grey->bytes_per_row;
        JSAMPROW row = jpeg->output_components == 1 ? to : reading->row;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (row != to) make_grey_row(row, jpeg->saw_Adobe_marker, grey->width, to);
    }
    jpeg_finish_decompress(jpeg);
}

static enum image_result read_all(struct reading *reading, struct bytes document)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->client_data = reading;
    jpeg->progress = &reading->progress;
    jpeg_mem_src(jpeg, document.data, (unsigned long)document.len);
    jpeg_save_markers(jpeg, EXIF_MARKER, EXIF_MAX);
    jpeg_read_header(jpeg, TRUE);
    enum image_result sides = image_check_sides(jpeg->image_width, jpeg->image_height);
    if (sides != IMAGE_READ) return sides;
    uint64_t kept = (uint64_t)jpeg->image_width * jpeg->image_height * 2;
    if (jpeg_has_multiple_scans(jpeg) && kept * (unsigned)jpeg->num_components > COEFFICIENTS_MAX)
        return IMAGE_TOO_LARGE;
    bool four = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
    reading->image->four_inks = four;
    reading->image->full_width = jpeg->image_width;
    reading->image->full_height = jpeg->image_height;
    choose_scale(reading);
    jpeg_start_decompress(jpeg);
    if (jpeg->output_components != (four ? 4 : 1)) return IMAGE_BROKEN;
    reading->row = calloc(jpeg->output_width, 4);
    if (reading->row == NULL ||
        !grey_make(&reading->image->grey, jpeg->output_width, jpeg->output_height))
        return IMAGE_NO_MEMORY;
    take_density(reading);
    take_orientation(reading);
    read_rows(reading);
    return reading->damaged ? IMAGE_BROKEN : IMAGE_READ;
}

static void try_to_read(struct reading *reading, struct bytes document)
{
    if (setjmp(reading->out) != 0) { /* NOLINT(cert-err52-cpp) */
        reading->result = IMAGE_BROKEN;
        return;
    }
    reading->result = read_all(reading, document);
}

enum image_result document_read_jpeg(struct bytes document, unsigned need_side,
                                     struct image *out_image)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL) return IMAGE_NO_MEMORY;
    reading->jpeg.err = jpeg_std_error(&reading->errors);
    reading->errors.error_exit = give_up;
    reading->errors.emit_message = take_message;
    reading->errors.output_message = say_nothing;
    reading->progress.progress_monitor = watch_scans;
    reading->jpeg.client_data = reading;
    reading->need_side = need_side;
    reading->image = out_image;
    try_to_read(reading, document);
    jpeg_destroy_decompress(&reading->jpeg);
    enum image_result result = reading->result;
    free(reading->row);
    free(reading);
    return result;
}
