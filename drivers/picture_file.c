/* picture_file.c - see picture_file.h. PNG: W3C Recommendation of 10 November 2003, one IHDR, pHYs
 * and IDAT, rows without a filter (the rows of bars repeat, which zlib sees by itself). There a 1
 * is white. PBM: netpbm's "P4", where it is black. */
#include "drivers/picture_file.h"

#include "drivers/label_fit.h"
#include "hal/base/crc.h"
#include "hal/base/deflate.h"

#define ROW_BYTES_MAX (PICTURE_DOTS_MAX / 8)

static void put_u32(struct textbuf *out, uint32_t value)
{
    for (unsigned shift = 32; shift > 0; shift -= 8)
        textbuf_char(out, (char)(value >> (shift - 8) & 0xFF));
}

/* A chunk is its length, its name, its data and their sum; the length is known at its end. */
static size_t open_chunk(struct textbuf *out, const char *name)
{
    size_t at = out->len;
    put_u32(out, 0);
    textbuf_text(out, name);
    return at;
}

static void close_chunk(struct textbuf *out, size_t at)
{
    if (!textbuf_ok(out)) return;
    size_t len = out->len - at - 8;
    for (size_t i = 0; i < 4; i++) out->data[at + i] = (char)(len >> (24 - 8 * i) & 0xFF);
    put_u32(out, crc32_add(0, bytes_of(out->data + at + 4, len + 4)));
}

static void put_head(const struct picture *picture, struct textbuf *out)
{
    static const uint8_t form[] = {1, 0, 0, 0, 0}; /* bits, grey, deflate, filters, no interlace */
    size_t at = open_chunk(out, "IHDR");
    put_u32(out, picture->width_dots);
    put_u32(out, picture->height_dots);
    textbuf_bytes_put(out, bytes_of(form, sizeof form));
    close_chunk(out, at);
}

static void put_resolution(unsigned dots_per_mm, struct textbuf *out)
{
    if (dots_per_mm == 0) return;
    size_t at = open_chunk(out, "pHYs");
    put_u32(out, dots_per_mm * 1000);
    put_u32(out, dots_per_mm * 1000);
    textbuf_char(out, 1); /* by metre */
    close_chunk(out, at);
}

static void put_piece(void *to, struct bytes piece)
{
    textbuf_bytes_put(to, piece);
}

static bool put_dots(const struct picture *picture, struct scratch scratch, struct textbuf *out)
{
    uint8_t row[1 + ROW_BYTES_MAX] = {0}; /* filter 0 and the dots */
    size_t columns = (picture->width_dots + 7) / 8;
    size_t at = open_chunk(out, "IDAT");
    struct deflate *deflate = deflate_begin(scratch, put_piece, out);
    if (deflate == NULL) return false;
    for (unsigned y = 0; y < picture->height_dots; y++) {
        for (unsigned i = 0; i < columns; i++) row[1 + i] = (uint8_t)~picture_byte(picture, y, i);
        deflate_add(deflate, bytes_of(row, 1 + columns), false);
    }
    deflate_add(deflate, BYTES_NONE, true);
    close_chunk(out, at);
    return true;
}

bool picture_file_png(const struct picture *picture, unsigned dpi, struct scratch scratch,
                      struct textbuf *out)
{
    if (!picture_is_sound(picture)) return false;
    textbuf_text(out, "\x89PNG\r\n\x1A\n");
    put_head(picture, out);
    put_resolution(label_dots_per_mm(dpi), out);
    if (!put_dots(picture, scratch, out)) return false;
    close_chunk(out, open_chunk(out, "IEND"));
    return textbuf_ok(out);
}

bool picture_file_pbm(const struct picture *picture, struct textbuf *out)
{
    if (!picture_is_sound(picture)) return false;
    textbuf_format(out, "P4\n%u %u\n", picture->width_dots, picture->height_dots);
    unsigned last = (picture->width_dots - 1) / 8;
    for (unsigned y = 0; y < picture->height_dots; y++) {
        textbuf_bytes_put(out, bytes_of(picture->rows + y * picture->bytes_per_row, last));
        textbuf_char(out, (char)picture_byte(picture, y, last));
    }
    return textbuf_ok(out);
}
