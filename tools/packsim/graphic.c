/* graphic.c - see graphic.h. */
#include "tools/packsim/graphic.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BYTES_MAX 300000u /* of one picture: more than a label at 300 dpi */
#define COORDINATE_MAX 32000u

struct strip {
    unsigned x, y;
    size_t bytes, row_bytes;
    uint8_t *dots; /* BYTES_MAX */
};

/* A number in front of the byte `end`, and past that. */
static bool number_take(struct bytes *rest, uint8_t end, uint64_t max, uint64_t *out)
{
    size_t len = bytes_find_byte(*rest, end);
    if (len == rest->len || !bytes_to_u64(bytes_slice(*rest, 0, len), max, out)) return false;
    *rest = bytes_from(*rest, len + 1);
    return true;
}

static int digit_of(uint8_t one)
{
    if (one >= '0' && one <= '9') return one - '0';
    return one >= 'A' && one <= 'F' ? one - 'A' + 10 : -1;
}

static unsigned repeats_of(uint8_t letter)
{
    if (letter >= 'G' && letter <= 'Y') return (unsigned)(letter - 'G' + 1);
    return letter >= 'g' && letter <= 'z' ? 20u * (unsigned)(letter - 'g' + 1) : 0;
}

/* "," fills the row with white, "!" with black, ":" repeats the one above. */
static bool fill_row(struct strip *strip, size_t *at, uint8_t mark)
{
    size_t row = 2 * strip->row_bytes, rest = row - *at % row;
    if (mark == ':' && (*at % row != 0 || *at < row)) return false;
    if (*at + rest > 2 * strip->bytes) return false;
    if (mark == ':') {
        memcpy(strip->dots + *at / 2, strip->dots + *at / 2 - strip->row_bytes, strip->row_bytes);
        *at += row;
        return true;
    }
    for (; rest > 0; rest--, (*at)++)
        if (mark == '!') strip->dots[*at / 2] |= (uint8_t)(*at % 2 == 0 ? 0xF0 : 0x0F);
    return true;
}

static bool hex_take(struct strip *strip, struct bytes data)
{
    size_t at = 0;
    unsigned repeats = 0;
    for (size_t i = 0; i < data.len; i++) {
        uint8_t one = data.data[i];
        int digit = digit_of(one);
        if (one == ',' || one == '!' || one == ':') {
            if (!fill_row(strip, &at, one)) return false;
        } else if (digit >= 0) {
            for (unsigned n = repeats == 0 ? 1 : repeats; n > 0 && at < 2 * strip->bytes; n--, at++)
                strip->dots[at / 2] |= (uint8_t)(at % 2 == 0 ? digit << 4 : digit);
            repeats = 0;
        } else if (repeats_of(one) > 0) {
            repeats += repeats_of(one);
        } else if (one > ' ') {
            return false;
        }
    }
    return true;
}

static int letter_of(uint8_t one)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = one == '\0' ? NULL : strchr(letters, one);
    return at == NULL ? -1 : (int)(at - letters);
}

/* :Z64: and a zlib stream in base64; what stands behind the last colon is its sum. */
static bool packed_take(struct strip *strip, struct bytes data)
{
    static uint8_t raw[BYTES_MAX];
    size_t len = 0;
    unsigned kept = 0, bits = 0;
    uLongf size = (uLongf)strip->bytes;
    for (size_t i = 5; i < data.len && data.data[i] != ':' && data.data[i] != '='; i++) {
        int value = letter_of(data.data[i]);
        if (value < 0 || len == BYTES_MAX) return false;
        kept = kept << 6 | (unsigned)value;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        raw[len++] = (uint8_t)(kept >> bits);
    }
    return uncompress(strip->dots, &size, raw, (uLong)len) == Z_OK && size == strip->bytes;
}

static bool strip_take(struct bytes rest, struct strip *strip)
{
    uint64_t sent, bytes, row_bytes;
    bool good = number_take(&rest, ',', UINT32_MAX, &sent) &&
                number_take(&rest, ',', BYTES_MAX, &bytes) &&
                number_take(&rest, ',', CANVAS_WIDTH_MAX / 8, &row_bytes) && row_bytes > 0 &&
                bytes % row_bytes == 0;
    if (!good) return false;
    strip->bytes = (size_t)bytes;
    strip->row_bytes = (size_t)row_bytes;
    memset(strip->dots, 0, strip->bytes);
    struct bytes data = bytes_slice(rest, 0, bytes_find(rest, BYTES_LITERAL("^FS")));
    return bytes_start_with(data, ":Z64:") ? packed_take(strip, data) : hex_take(strip, data);
}

static void strip_draw(const struct strip *strip, struct canvas *canvas)
{
    for (size_t i = 0; i < strip->bytes * 8; i++) {
        if ((strip->dots[i / 8] >> (7 - i % 8) & 1) == 0) continue;
        size_t row = strip->row_bytes * 8;
        canvas_dot(canvas, strip->x + (unsigned)(i % row), strip->y + (unsigned)(i / row), true);
    }
}

/* The digits in front; 0: there are none. */
static unsigned digits_take(struct bytes rest)
{
    uint64_t value = 0;
    size_t len = 0;
    while (len < rest.len && rest.data[len] >= '0' && rest.data[len] <= '9') len++;
    return bytes_to_u64(bytes_slice(rest, 0, len), COORDINATE_MAX, &value) ? (unsigned)value : 0;
}

/* ^PW and ^LL: how large the label is. */
static void sides_take(struct bytes rest, struct canvas *canvas)
{
    unsigned value = digits_take(bytes_from(rest, 3));
    if (bytes_start_with(rest, "^PW") && value <= CANVAS_WIDTH_MAX) canvas->width = value;
    if (bytes_start_with(rest, "^LL") && value <= CANVAS_HEIGHT_MAX) canvas->height = value;
}

bool graphic_draw(struct bytes format, struct canvas *canvas)
{
    struct strip strip = {.dots = malloc(BYTES_MAX)};
    uint64_t x, y;
    bool good = strip.dots != NULL, any = false;
    for (size_t i = 0; good && i + 4 < format.len; i++) {
        struct bytes rest = bytes_from(format, i);
        sides_take(rest, canvas);
        if (bytes_start_with(rest, "^FO")) {
            struct bytes place = bytes_from(rest, 3);
            good = number_take(&place, ',', COORDINATE_MAX, &x) &&
                   number_take(&place, '^', COORDINATE_MAX, &y);
            strip.x = good ? (unsigned)x : 0;
            strip.y = good ? (unsigned)y : 0;
        } else if (bytes_start_with(rest, "^GFA,")) {
            good = strip_take(bytes_from(rest, 5), &strip);
            if (good) strip_draw(&strip, canvas);
            any = good;
        }
    }
    free(strip.dots);
    return good && any;
}
