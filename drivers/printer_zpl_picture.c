/* printer_zpl_picture.c - a picture in ZPL: ^GFA, ZPL II Programming Guide P1099958, and its
 * appendix on compressed graphics.
 *
 * Rules. The numbers of a ^GF are documented up to 99999, so a picture goes in strips of so many
 * bytes, each without the white around it. A strip is written in the shorter of two forms: a zlib
 * stream in base64 with its CRC, or hex with repeat counts, which is then measured as far as it is
 * not longer. "!", ones to the end of the row, is not used: not every reader knows it. */
#include "drivers/printer_zpl.h"

#include <string.h>

#include "hal/base/crc.h"
#include "hal/base/deflate.h"

#define STRIP_BYTES_MAX 99999u
#define ROW_BYTES_MAX (PICTURE_DOTS_MAX / 8)

struct pen { /* writes, or only counts where `out` is NULL */
    struct textbuf *out;
    size_t len;
    uint16_t crc;
    uint8_t kept[3]; /* bytes that do not yet make four letters of base64 */
    size_t kept_count;
};

static void put(struct pen *pen, char one)
{
    if (pen->out != NULL) textbuf_char(pen->out, one);
    pen->len++;
}

/* ---- hex with repeat counts
 * ------------------------------------------------------------------- */

static void put_run(struct pen *pen, char digit, unsigned count)
{
    unsigned rest = count;
    if (count < 3) {
        for (; rest > 0; rest--) put(pen, digit);
        return;
    }
    for (; rest >= 400; rest -= 400) put(pen, 'z');
    if (rest >= 20) put(pen, (char)('g' + rest / 20 - 1));
    rest %= 20;
    if (rest > 0) put(pen, (char)('G' + rest - 1));
    put(pen, digit);
}

static unsigned digit_at(const uint8_t *row, unsigned place)
{
    return place % 2 == 0 ? row[place / 2] >> 4 : row[place / 2] & 15u;
}

/* How many digits, from this one on, are the same. */
static unsigned run_at(const uint8_t *row, unsigned place, unsigned places)
{
    unsigned digit = digit_at(row, place), end = place + 1;
    uint8_t twice = (uint8_t)(digit << 4 | digit);
    if (end % 2 == 1 && end < places) {
        if (digit_at(row, end) != digit) return 1;
        end++;
    }
    while (end + 1 < places && row[end / 2] == twice) end += 2;
    if (end < places && digit_at(row, end) == digit) end++;
    return end - place;
}

static void put_hex_row(struct pen *pen, const uint8_t *row, unsigned width)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned used = width; /* white at the end of a row goes as a comma */
    while (used > 0 && row[used - 1] == 0) used--;
    for (unsigned at = 0; at < 2 * used;) {
        unsigned run = run_at(row, at, 2 * used);
        put_run(pen, digits[digit_at(row, at)], run);
        at += run;
    }
    if (used < width) put(pen, ',');
}

static void copy_row(const struct picture *picture, const struct picture_band *band, unsigned row,
                     uint8_t *out)
{
    unsigned last = band->width - 1; /* what lies behind the last dot is not of the picture */
    memcpy(out, picture->rows + row * picture->bytes_per_row + band->left, last);
    out[last] = picture_byte(picture, row, band->left + last);
}

/* Until it is done, or as long as `most`. */
static void put_hex(struct pen *pen, const struct picture *picture, const struct picture_band *band,
                    size_t most)
{
    uint8_t rows[2][ROW_BYTES_MAX];
    for (unsigned i = 0; i < band->rows && pen->len < most; i++) {
        uint8_t *row = rows[i % 2];
        copy_row(picture, band, band->top + i, row);
        if (i > 0 && memcmp(row, rows[(i + 1) % 2], band->width) == 0) put(pen, ':');
        else put_hex_row(pen, row, band->width);
    }
}

/* ---- zlib in base64
 * --------------------------------------------------------------------------- */

static void put_letter(struct pen *pen, char letter)
{
    pen->crc = crc16_add(pen->crc, bytes_of(&letter, 1));
    put(pen, letter);
}

/* Of three bytes four letters; what two or one do not fill is "=". */
static void put_quartet(struct pen *pen, size_t count)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned all = (unsigned)pen->kept[0] << 16 | (unsigned)pen->kept[1] << 8 | pen->kept[2];
    for (size_t i = 0; i < 4; i++) {
        if (i <= count) put_letter(pen, letters[all >> (18 - 6 * i) & 63]);
        else put_letter(pen, '=');
    }
    pen->kept_count = 0;
}

static void put_base64(void *to, struct bytes piece)
{
    struct pen *pen = to;
    for (size_t i = 0; i < piece.len; i++) {
        pen->kept[pen->kept_count++] = piece.data[i];
        if (pen->kept_count == 3) put_quartet(pen, 3);
    }
}

static void put_text(struct pen *pen, const char *text)
{
    for (; *text != '\0'; text++) put(pen, *text);
}

/* False when the memory is too small for it. */
static bool put_packed(struct pen *pen, const struct picture *picture,
                       const struct picture_band *band, struct scratch scratch)
{
    struct deflate *deflate = deflate_begin(scratch, put_base64, pen);
    if (deflate == NULL) return false;
    put_text(pen, ":Z64:");
    for (unsigned row = band->top; row < band->top + band->rows; row++) {
        uint8_t bytes[ROW_BYTES_MAX];
        copy_row(picture, band, row, bytes);
        deflate_add(deflate, bytes_of(bytes, band->width), false);
    }
    deflate_add(deflate, BYTES_NONE, true);
    size_t rest = pen->kept_count;
    for (size_t i = rest; i < 3; i++) pen->kept[i] = 0;
    if (rest > 0) put_quartet(pen, rest);
    uint16_t crc = pen->crc;
    char sum[] = {':', 0, 0, 0, 0, '\0'};
    for (unsigned i = 0; i < 4; i++) sum[1 + i] = "0123456789ABCDEF"[crc >> (12 - 4 * i) & 15];
    put_text(pen, sum);
    return true;
}

/* ---- the job
 * ---------------------------------------------------------------------------------- */

static void put_strip(const struct picture *picture, const struct picture_band *band,
                      struct scratch scratch, struct textbuf *out)
{
    struct pen hex = {.out = NULL}, packed = {.out = out};
    unsigned bytes = band->width * band->rows;
    textbuf_format(out, "^FO%u,%u^GFA,%u,%u,%u,", band->left * 8, band->top, bytes, bytes,
                   band->width);
    struct textbuf before = *out;
    bool is_packed = put_packed(&packed, picture, band, scratch);
    if (is_packed) put_hex(&hex, picture, band, packed.len + 1);
    if (!is_packed || packed.len >= hex.len) {
        hex = (struct pen){.out = out};
        *out = before;
        put_hex(&hex, picture, band, SIZE_MAX);
    }
    textbuf_text(out, "^FS\n");
}

bool zpl_encode_picture(const struct picture *picture, const struct printer_setup *setup,
                        struct scratch scratch, struct textbuf *out)
{
    struct picture_band band;
    if (!picture_fits(picture, setup)) return false;
    unsigned step = STRIP_BYTES_MAX / ((picture->width_dots + 7) / 8);
    zpl_open(setup, out);
    for (unsigned top = 0; top < picture->height_dots && textbuf_ok(out); top += step) {
        unsigned left = picture->height_dots - top;
        if (picture_crop(picture, top, left < step ? left : step, &band))
            put_strip(picture, &band, scratch, out);
    }
    textbuf_text(out, ZPL_CLOSE);
    return textbuf_ok(out);
}
