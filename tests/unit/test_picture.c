/* Guards: a picture comes out of every printer dot for dot as it went in, in jobs that stay within
 * the limits of each language; a pair of bytes that would be a command in the middle of one is
 * never sent; what is larger than the label is refused. TSPL, EPL2 and ESC/POS are read back by
 * packsim's interpreters, written from the makers' manuals; ZPL here, with zlib's own inflate. */
#include "drivers/picture.h"

#include <stdlib.h>
#include <zlib.h>

#include "drivers/driver_list.h"
#include "hal/base/crc.h"
#include "hal/base/deflate.h"
#include "tests/support/expect.h"
#include "tools/packsim/tongue.h"

#define JOB_SIZE (2560u * 1024u)
#define WIDTH_MAX 2438u
#define HEIGHT_MAX 3657u
#define ROW_BYTES ((WIDTH_MAX + 7) / 8 + 3) /* more than the dots need */

static char job_storage[JOB_SIZE];
static struct textbuf job;
static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
static uint8_t rows[HEIGHT_MAX * ROW_BYTES];
static struct picture picture;
static struct canvas canvas;
static uint32_t random_state = 1;

static unsigned below(unsigned limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static void blank(unsigned width, unsigned height)
{
    memset(rows, 0, sizeof rows);
    picture = (struct picture){.width_dots = width,
                               .height_dots = height,
                               .bytes_per_row = ROW_BYTES,
                               .rows = rows};
}

static void fill(unsigned x, unsigned y, unsigned width, unsigned height)
{
    for (unsigned row = y; row < y + height; row++) {
        for (unsigned column = x; column < x + width; column++)
            rows[row * ROW_BYTES + column / 8] |= (uint8_t)(0x80u >> column % 8);
    }
}

static bool is_black(unsigned x, unsigned y)
{
    return (rows[y * ROW_BYTES + x / 8] & 0x80u >> x % 8) != 0;
}

/* A label as labels are: lines, bars of three dots, letters. */
static void draw_label(void)
{
    unsigned width = picture.width_dots, height = picture.height_dots;
    for (unsigned i = 1; i < 5; i++) fill(16, height * i / 5, width - 32, 4);
    for (unsigned x = 60; x + 12 < width - 60; x += 6 + 3 * below(3)) fill(x, height / 10, 3, 200);
    for (unsigned i = 0; i < 400; i++)
        fill(40 + below(width - 80), height / 2 + below(height / 3), 2 + below(12), 2 + below(3));
}

static void draw_noise(void)
{
    for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)below(256);
}

static bool encode(const struct printer_driver *driver, unsigned dpi)
{
    const struct printer_setup setup = {.dpi = dpi, .width_dmm = 1016, .height_dmm = 1524};
    textbuf_init(&job, job_storage, sizeof job_storage);
    return driver->encode_picture(&picture, &setup, (struct scratch){memory, sizeof memory}, &job);
}

/* ---- ZPL read back
 * ---------------------------------------------------------------------------- */

static size_t take_base64(struct bytes text, uint8_t *out_bytes)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = 0;
    unsigned kept = 0, bits = 0;
    for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
        const char *at = strchr(letters, text.data[i]);
        if (!EXPECT(at != NULL, "only letters of base64")) return 0;
        kept = kept << 6 | (unsigned)(at - letters);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out_bytes[len++] = (uint8_t)(kept >> bits);
    }
    return len;
}

static void inflate_strip(struct bytes data, size_t size, uint8_t *out_strip)
{
    static uint8_t packed[JOB_SIZE];
    struct bytes text = bytes_from(data, 5);
    size_t end = bytes_find_byte(text, ':');
    char crc[8];
    snprintf(crc, sizeof crc, "%04X", crc16_add(0, bytes_slice(text, 0, end)));
    EXPECT_BYTES(bytes_of_text(crc), bytes_from(text, end + 1), "the sum over the base64 text");
    size_t packed_len = take_base64(bytes_slice(text, 0, end), packed);
    uLongf out_len = size;
    EXPECT_I64(Z_OK, uncompress(out_strip, &out_len, packed, packed_len), "a zlib stream");
    EXPECT_I64(size, out_len, "of the size that was said");
}

/* The manual's appendix on compressed graphics. */
static void unpack_strip(struct bytes data, unsigned row_bytes, size_t size, uint8_t *out_strip)
{
    unsigned row = 2 * row_bytes, repeat = 0;
    size_t at = 0;
    static char digits[JOB_SIZE];
    for (size_t i = 0; i < data.len && at < 2 * size; i++) {
        char one = (char)data.data[i];
        bool hex = (one >= '0' && one <= '9') || (one >= 'A' && one <= 'F');
        if (hex) {
            for (unsigned n = repeat > 0 ? repeat : 1; n > 0; n--) digits[at++] = one;
            repeat = 0;
        } else if (one >= 'G' && one <= 'Y') repeat += (unsigned)(one - 'G') + 1;
        else if (one >= 'g' && one <= 'z') repeat += 20 * ((unsigned)(one - 'g') + 1);
        else if (one == ',' && row > 0) {
            do digits[at++] = '0';
            while (at % row != 0);
        } else if (EXPECT(row > 0 && one == ':' && at >= row, "nothing else")) {
            memcpy(digits + at, digits + at - row, row);
            at += row;
        }
    }
    EXPECT_I64(2 * size, at, "every dot is said");
    for (size_t i = 0; i < size; i++) {
        char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
        out_strip[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static unsigned strips_packed, strips_hex;

static void read_zpl(void)
{
    static uint8_t strip[100000];
    struct bytes rest = textbuf_bytes(&job);
    for (;;) {
        unsigned x, y, sent, size, row;
        int head = 0;
        size_t at = bytes_find(rest, BYTES_LITERAL("^FO"));
        if (at == rest.len) return;
        rest = bytes_from(rest, at);
        if (!EXPECT(sscanf((const char *)rest.data, "^FO%u,%u^GFA,%u,%u,%u,%n", &x, &y, &sent,
                           &size, &row, &head) == 5,
                    "a place and a picture"))
            return;
        EXPECT(sent == size && size <= 99999 && size % row == 0, "within the manual's limits");
        rest = bytes_from(rest, (size_t)head);
        struct bytes data = bytes_slice(rest, 0, bytes_find(rest, BYTES_LITERAL("^FS")));
        bool packed = bytes_start_with(data, ":Z64:");
        if (packed) inflate_strip(data, size, strip);
        else unpack_strip(data, row, size, strip);
        strips_packed += packed;
        strips_hex += !packed;
        const unsigned place[] = {x, y, row};
        tongue_raster(&canvas, place, bytes_of(strip, size), true);
    }
}

/* ---- all of them
 * ------------------------------------------------------------------------------ */

static void read_back(const struct printer_driver *driver)
{
    const struct tongue *tongue = tongue_find(bytes_of_text(driver->name));
    canvas_clear(&canvas);
    if (tongue != NULL) tongue_draw(tongue, textbuf_bytes(&job), &canvas);
    else read_zpl();
}

static unsigned dots_wrong(void)
{
    unsigned wrong = 0;
    for (unsigned y = 0; y < picture.height_dots; y++) {
        for (unsigned x = 0; x < picture.width_dots; x++)
            wrong += is_black(x, y) != canvas_black(&canvas, x, y);
    }
    return wrong;
}

static void expect_same_everywhere(unsigned dpi, const char *promise)
{
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        if (!EXPECT(encode(driver, dpi), driver->name)) continue;
        read_back(driver);
        if (!EXPECT_I64(0, dots_wrong(), promise)) fprintf(stderr, "    %s\n", driver->name);
        if (strcmp(promise, "a label") != 0) continue;
        printf("%-7s %-7s %4ux%-4u %7zu bytes, raw %zu\n", promise, driver->name,
               picture.width_dots, picture.height_dots, job.len,
               (size_t)((picture.width_dots + 7) / 8) * picture.height_dots);
    }
}

static void every_dot_arrives(void)
{
    static const struct {
        unsigned width, height, dpi;
    } sizes[] = {{812, 1218, 203}, {1219, 1828, 300}, {2438, 3657, 600},
                 {575, 800, 203},  {9, 3, 203},       {1, 1, 203}};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        blank(sizes[i].width, sizes[i].height);
        if (sizes[i].dpi < 600) expect_same_everywhere(sizes[i].dpi, "white");
        fill(0, 0, sizes[i].width, sizes[i].height);
        if (sizes[i].dpi < 600) expect_same_everywhere(sizes[i].dpi, "black");
        if (sizes[i].width < 500) continue;
        blank(sizes[i].width, sizes[i].height);
        draw_label();
        expect_same_everywhere(sizes[i].dpi, "a label");
    }
    EXPECT(strips_packed > 0 && strips_hex > 0, "ZPL took the shorter of both its forms");
}

static bool starts_trap(const char *name, uint8_t a, uint8_t b)
{
    if (strcmp(name, "tspl") == 0) return a == 0x1B && b == '!';
    if (strcmp(name, "epl") == 0) return a == '^' && (b == '@' || b == 'e' || b == 'd');
    return a == 0x10 && (b == 0x04 || b == 0x05 || b == 0x14);
}

static unsigned traps_in(const char *name)
{
    unsigned traps = 0;
    for (size_t i = 0; i + 1 < job.len; i++)
        traps += starts_trap(name, (uint8_t)job.data[i], (uint8_t)job.data[i + 1]);
    return traps;
}

/* Noise holds each of the pairs a few times in a hundred kilobytes. */
static void no_dot_is_a_command(void)
{
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        blank(812, 1218);
        draw_noise();
        if (!EXPECT(encode(driver, 203), driver->name)) continue;
        read_back(driver);
        if (strcmp(driver->name, "zpl") == 0) {
            EXPECT_I64(0, dots_wrong(), "letters and digits are no commands");
            EXPECT(bytes_find_byte(textbuf_bytes(&job), '~') == job.len, "and no direct ones");
            continue;
        }
        EXPECT_I64(0, traps_in(driver->name), "never sent");
        EXPECT(dots_wrong() > 0 && dots_wrong() < 30, "for the price of a dot each");
    }
}

static void what_does_not_fit_is_refused(void)
{
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        static const struct {
            unsigned width, height, dpi;
        } sizes[] = {{813, 10, 203}, {10, 1220, 203}, {0, 10, 203}, {10, 0, 203}, {10, 10, 111}};
        for (size_t j = 0; j < ARRAY_LEN(sizes); j++) {
            blank(sizes[j].width, sizes[j].height);
            EXPECT(!encode(driver, sizes[j].dpi), driver->name);
        }
        blank(800, 1000);
        picture.bytes_per_row = 99;
        EXPECT(!encode(driver, 203), "rows shorter than their dots");
        blank(800, 1000);
        draw_noise();
        const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
        textbuf_init(&job, job_storage, 5000);
        EXPECT(!driver->encode_picture(&picture, &setup, (struct scratch){memory, sizeof memory},
                                       &job),
               "a job that does not fit");
    }
}

static void without_memory_it_is_only_longer(void)
{
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
    const struct printer_driver *zpl = printer_driver_find(BYTES_LITERAL("zpl"));
    blank(812, 1218);
    draw_label();
    EXPECT(encode(zpl, 203), "with memory");
    size_t len = job.len;
    textbuf_init(&job, job_storage, sizeof job_storage);
    EXPECT(zpl->encode_picture(&picture, &setup, (struct scratch){memory, 100}, &job), "without");
    EXPECT(job.len > len, "longer");
    read_back(zpl);
    EXPECT_I64(0, dots_wrong(), "and the same");
}

int main(void)
{
    canvas_open(&canvas);
    EXPECT_RUN(every_dot_arrives);
    EXPECT_RUN(no_dot_is_a_command);
    EXPECT_RUN(what_does_not_fit_is_refused);
    EXPECT_RUN(without_memory_it_is_only_longer);
    canvas_close(&canvas);
    return expect_result();
}
