/* picture_bench.h - PNG, GIF and JPEG files of every kind, written by hand and zlib (PNG, GIF) or
 * by libjpeg, from one picture in grey: what is read from them must be that picture. */
#ifndef PACKD_TESTS_SUPPORT_PICTURE_BENCH_H
#define PACKD_TESTS_SUPPORT_PICTURE_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <jpeglib.h>

#include "firmware/render/grey.h"

struct file {
    uint8_t *data;
    size_t len, room;
};

__attribute__((unused)) static void file_add(struct file *file, const void *data, size_t len)
{
    if (file->len + len > file->room) { /* a picture grows by its rows: not copied for each */
        file->room = 2 * (file->len + len);
        file->data = realloc(file->data, file->room);
    }
    if (file->data == NULL && len > 0) abort();
    if (len > 0) memcpy(file->data + file->len, data, len);
    file->len += len;
}

__attribute__((unused)) static void file_free(struct file *file)
{
    free(file->data);
    *file = (struct file){.data = NULL};
}

static void add_u32(struct file *file, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                             (uint8_t)value};
    file_add(file, bytes, 4);
}

static void add_chunk(struct file *file, const char *type, const uint8_t *data, size_t len)
{
    add_u32(file, (uint32_t)len);
    file_add(file, type, 4);
    file_add(file, data, len);
    uLong sum = crc32(crc32(0, (const uint8_t *)type, 4), data, (uInt)len);
    add_u32(file, (uint32_t)sum);
}

struct png_kind { /* PNG, 11.2.2 */
    unsigned depth, colour;
    bool interlaced;
    uint32_t dots_a_metre; /* 0: not said */
};

/* One dot of the picture in this kind, appended as bits. */
static void add_dot(uint8_t *row, size_t *bit, const struct png_kind *kind, unsigned grey)
{
    static const unsigned channels[] = {1, 0, 3, 1, 2, 0, 4};
    bool see_through = kind->colour >= 4;
    unsigned count = channels[kind->colour], most = (1u << kind->depth) - 1u;
    for (unsigned i = 0; i < count; i++) {
        unsigned value = kind->depth == 16 ? grey * 257u : grey * most / 255u;
        /* Half of what is seen through is black under white that is not to be seen. */
        if (see_through && i + 1 == count) value = grey > 127 ? 0 : most;
        else if (see_through) value = 0;
        for (unsigned k = kind->depth; k-- > 0; (*bit)++) {
            if ((value >> k & 1) != 0) row[*bit / 8] = (uint8_t)(row[*bit / 8] | 0x80u >> *bit % 8);
        }
    }
}

static void add_pass(struct file *raw, const struct grey *grey, const struct png_kind *kind,
                     const unsigned pass[4])
{
    if (pass[0] >= grey->width) return;
    for (unsigned y = pass[1]; y < grey->height; y += pass[3]) {
        uint8_t *row = calloc((size_t)grey->width * 8 + 2, 1);
        size_t bit = 8; /* the filter is none */
        if (row == NULL) abort();
        for (unsigned x = pass[0]; x < grey->width; x += pass[2])
            add_dot(row, &bit, kind, grey->rows[y * grey->bytes_per_row + x]);
        file_add(raw, row, (bit + 7) / 8);
        free(row);
    }
}

__attribute__((unused)) static struct file png_of(const struct grey *grey,
                                                  const struct png_kind *kind)
{
    static const unsigned whole[4] = {0, 0, 1, 1};
    static const unsigned adam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                         {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    struct file file = {.data = NULL}, raw = {.data = NULL}, head = {.data = NULL};
    for (unsigned i = 0; i < (kind->interlaced ? 7u : 1u); i++)
        add_pass(&raw, grey, kind, kind->interlaced ? adam7[i] : whole);
    uLongf len = compressBound(raw.len);
    uint8_t *packed = malloc(len);
    if (packed == NULL || compress2(packed, &len, raw.data, raw.len, 6) != Z_OK) abort();
    add_u32(&head, grey->width);
    add_u32(&head, grey->height);
    const uint8_t rest[] = {(uint8_t)kind->depth, (uint8_t)kind->colour, 0, 0, kind->interlaced};
    file_add(&head, rest, sizeof rest);
    file_add(&file, "\211PNG\r\n\032\n", 8);
    add_chunk(&file, "IHDR", head.data, head.len);
    file_free(&head);
    if (kind->dots_a_metre > 0) {
        add_u32(&head, kind->dots_a_metre);
        add_u32(&head, kind->dots_a_metre);
        file_add(&head, "\1", 1);
        add_chunk(&file, "pHYs", head.data, head.len);
    }
    uint8_t colours[768];
    unsigned most = kind->depth < 8 ? (1u << kind->depth) - 1u : 255u;
    for (unsigned i = 0; i < 768; i++) colours[i] = (uint8_t)(i / 3 * 255 / most);
    if (kind->colour == 3) add_chunk(&file, "PLTE", colours, (most + 1u) * 3u);
    add_chunk(&file, "IDAT", packed, len);
    add_chunk(&file, "IEND", packed, 0);
    file_free(&raw);
    file_free(&head);
    free(packed);
    return file;
}

/* Codes of nine bits, and the table cleared before it could grow: GIF89a, appendix F. */
static void add_codes(struct file *file, const uint8_t *dots, size_t count)
{
    uint32_t kept = 0;
    unsigned bits = 0;
    struct file codes = {.data = NULL};
    for (size_t i = 0; i <= count; i++) {
        for (unsigned k = i % 200 == 0 ? 0 : 1; k < 2; k++) {
            uint32_t code = k == 0 ? 256u : i < count ? dots[i] : 257u;
            kept |= code << bits;
            for (bits += 9; bits >= 8; bits -= 8, kept >>= 8) file_add(&codes, &kept, 1);
        }
    }
    file_add(&codes, &kept, 1);
    for (size_t at = 0; at < codes.len; at += 255) {
        size_t part = codes.len - at < 255 ? codes.len - at : 255;
        uint8_t len = (uint8_t)part;
        file_add(file, &len, 1);
        file_add(file, codes.data + at, part);
    }
    file_add(file, "", 1);
    file_free(&codes);
}

static void add_u16_low(struct file *file, unsigned value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};
    file_add(file, bytes, 2);
}

/* Two frames: the picture, and one that is black. White is what is seen through. */
__attribute__((unused)) static struct file gif_of(const struct grey *grey, bool interlaced)
{
    static const unsigned begins[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    struct file file = {.data = NULL};
    size_t count = (size_t)grey->width * grey->height;
    uint8_t *dots = calloc(count, 1), colours[768];
    if (dots == NULL) abort();
    size_t at = 0;
    for (unsigned pass = 0; pass < (interlaced ? 4u : 1u); pass++) {
        for (unsigned y = interlaced ? begins[pass] : 0; y < grey->height;
             y += interlaced ? steps[pass] : 1, at += grey->width)
            memcpy(dots + at, grey->rows + y * grey->bytes_per_row, grey->width);
    }
    for (unsigned i = 0; i < 768; i++) colours[i] = (uint8_t)(i < 765 ? i / 3 : 0);
    file_add(&file, "GIF89a", 6);
    add_u16_low(&file, grey->width);
    add_u16_low(&file, grey->height);
    file_add(&file, "\367\0\0", 3);
    file_add(&file, colours, sizeof colours);
    for (unsigned frame = 0; frame < 2; frame++) {
        file_add(&file, "\041\371\4\1\0\0\377\0,\0\0\0\0", 13);
        add_u16_low(&file, grey->width);
        add_u16_low(&file, grey->height);
        file_add(&file, interlaced ? "\100\10" : "\0\10", 2);
        add_codes(&file, dots, count);
        memset(dots, 0, count);
    }
    file_add(&file, ";", 1);
    free(dots);
    return file;
}

struct jpeg_kind {
    J_COLOR_SPACE space;
    int quality;
    unsigned dpi;         /* 0: not said */
    unsigned orientation; /* EXIF; 0: not said */
    bool progressive;
};

static void add_exif(struct jpeg_compress_struct *jpeg, unsigned orientation)
{
    uint8_t exif[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0?\0\0\0\0\0";
    exif[25] = (uint8_t)orientation;
    jpeg_write_marker(jpeg, JPEG_APP0 + 1, exif, 32);
}

__attribute__((unused)) static struct file jpeg_of(const struct grey *grey,
                                                   const struct jpeg_kind *kind)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long len = 0;
    unsigned count = kind->space == JCS_GRAYSCALE ? 1 : kind->space == JCS_CMYK ? 4 : 3;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &len);
    jpeg.image_width = grey->width;
    jpeg.image_height = grey->height;
    jpeg.input_components = (int)count;
    jpeg.in_color_space = kind->space;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, kind->quality, TRUE);
    if (kind->progressive) jpeg_simple_progression(&jpeg);
    jpeg.density_unit = kind->dpi > 0;
    jpeg.X_density = jpeg.Y_density = (UINT16)(kind->dpi > 0 ? kind->dpi : 1);
    jpeg_start_compress(&jpeg, TRUE);
    if (kind->orientation > 0) add_exif(&jpeg, kind->orientation);
    uint8_t *row = malloc((size_t)grey->width * count);
    if (row == NULL) abort();
    while (jpeg.next_scanline < jpeg.image_height) {
        const uint8_t *from = grey->rows + jpeg.next_scanline * grey->bytes_per_row;
        for (unsigned x = 0; x < grey->width * count; x++)
            row[x] =
                count == 4 && x % 4 != 3 ? 255 : from[x / count]; /* inverted: only black ink */
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct file file = {.data = NULL};
    file_add(&file, data, len);
    free(row);
    free(data);
    return file;
}

#endif
