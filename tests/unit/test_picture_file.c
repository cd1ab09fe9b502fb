/* Guards: a picture file holds the label dot for dot and nothing else: PNG is read back with zlib's
 * own inflate and sums, by the chunks of the W3C Recommendation; PBM by netpbm's words about it; a
 * picture that lies about its size is refused, and so is one that does not fit. That programs not
 * ours read the files is shown by tests/integration/render_out.sh. */
#include "drivers/picture_file.h"

#include <stdlib.h>
#include <zlib.h>

#include "hal/base/deflate.h"
#include "tests/support/expect.h"

#define WIDTH_MAX 2438u
#define HEIGHT_MAX 3657u
#define ROW_BYTES ((WIDTH_MAX + 7) / 8 + 3) /* more than the dots need */
#define FILE_SIZE (2u * 1024u * 1024u)

static char storage[FILE_SIZE];
static struct textbuf file;
static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
static uint8_t rows[HEIGHT_MAX * ROW_BYTES];
static struct picture picture;
static uint8_t seen[HEIGHT_MAX * (1 + ROW_BYTES)];

enum drawing { WHITE, BLACK, NOISE, BARS, DRAWINGS };

static void draw(enum drawing drawing, unsigned width, unsigned height)
{
    uint32_t random = 7;
    picture = (struct picture){width, height, ROW_BYTES, rows};
    for (size_t i = 0; i < sizeof rows; i++) {
        random = random * 1664525u + 1013904223u;
        uint8_t bars = i % ROW_BYTES % 3 == 0 ? 0xE3 : 0x1C;
        const uint8_t byte[] = {0, 0xFF, (uint8_t)(random >> 24), bars};
        rows[i] = byte[drawing];
    }
}

static bool is_black(unsigned x, unsigned y)
{
    return (rows[y * ROW_BYTES + x / 8] & 0x80u >> x % 8) != 0;
}

static uint32_t take_u32(struct bytes at)
{
    if (at.len < 4) return 0;
    return (uint32_t)at.data[0] << 24 | (uint32_t)at.data[1] << 16 | (uint32_t)at.data[2] << 8 |
           at.data[3];
}

static bool write_png(unsigned dpi)
{
    textbuf_init(&file, storage, sizeof storage);
    return picture_file_png(&picture, dpi, (struct scratch){memory, sizeof memory}, &file);
}

/* One chunk off the front, its sum checked. */
static struct bytes take_chunk(struct bytes *rest, const char *name)
{
    if (!EXPECT(rest->len >= 12 && take_u32(*rest) <= rest->len - 12, "a whole chunk"))
        return BYTES_NONE;
    size_t len = take_u32(*rest);
    struct bytes chunk = bytes_slice(*rest, 4, 4 + len), data = bytes_from(chunk, 4);
    uint32_t sum = (uint32_t)crc32(0, chunk.data, (unsigned)chunk.len);
    EXPECT(bytes_start_with(chunk, name), name);
    EXPECT_I64(sum, take_u32(bytes_from(*rest, 8 + len)), "with its sum");
    *rest = bytes_from(*rest, 12 + len);
    return data;
}

static void expect_png(unsigned dpi, unsigned dots_per_metre)
{
    unsigned width = picture.width_dots, height = picture.height_dots, wrong = 0;
    size_t row = 1 + (width + 7) / 8;
    uLongf len = sizeof seen;
    if (!EXPECT(write_png(dpi), "written")) return;
    struct bytes rest = textbuf_bytes(&file);
    EXPECT(bytes_start_with(rest, "\x89PNG\r\n\x1A\n"), "the mark of PNG");
    rest = bytes_from(rest, 8);
    struct bytes head = take_chunk(&rest, "IHDR");
    EXPECT_I64(13, head.len, "a head of 13 bytes");
    EXPECT(take_u32(head) == width && take_u32(bytes_from(head, 4)) == height, "of this size");
    EXPECT(head.len == 13 && memcmp(head.data + 8, "\1\0\0\0\0", 5) == 0, "one bit of grey");
    struct bytes scale = take_chunk(&rest, "pHYs");
    EXPECT(scale.len == 9 && take_u32(scale) == dots_per_metre && scale.data[8] == 1,
           "in the printer's resolution");
    struct bytes dots = take_chunk(&rest, "IDAT");
    EXPECT_I64(Z_OK, uncompress(seen, &len, dots.data, dots.len), "one stream");
    EXPECT_I64(row * height, len, "of all rows");
    (void)take_chunk(&rest, "IEND");
    EXPECT_I64(0, rest.len, "and nothing behind it");
    for (unsigned y = 0; y < height; y++) {
        wrong += seen[y * row] != 0; /* no filter */
        for (unsigned x = 0; x < width; x++)
            wrong += is_black(x, y) == ((seen[y * row + 1 + x / 8] & 0x80u >> x % 8) != 0);
    }
    EXPECT_I64(0, wrong, "every dot");
}

static void expect_pbm(void)
{
    unsigned width = picture.width_dots, height = picture.height_dots, wrong = 0;
    size_t row = (width + 7) / 8;
    char head[40];
    textbuf_init(&file, storage, sizeof storage);
    if (!EXPECT(picture_file_pbm(&picture, &file), "written")) return;
    snprintf(head, sizeof head, "P4\n%u %u\n", width, height);
    struct bytes dots = bytes_from(textbuf_bytes(&file), strlen(head));
    EXPECT(bytes_start_with(textbuf_bytes(&file), head), "its head");
    if (!EXPECT_I64(row * height, dots.len, "all rows and nothing more")) return;
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < 8 * row; x++) {
            bool black = x < width && is_black(x, y);
            wrong += black != ((dots.data[y * row + x / 8] & 0x80u >> x % 8) != 0);
        }
    }
    EXPECT_I64(0, wrong, "every dot, and white beyond the edge");
}

static void every_dot_is_in_the_file(void)
{
    static const struct {
        unsigned width, height, dpi, dots_per_metre;
    } sizes[] = {{812, 1218, 203, 8000}, {1219, 1828, 300, 12000}, {2438, 3657, 600, 24000},
                 {800, 1200, 203, 8000}, {1, 1, 203, 8000},        {9, 3, 203, 8000}};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (enum drawing drawing = WHITE; drawing < DRAWINGS; drawing++) {
            if (sizes[i].dpi == 600 && drawing < NOISE) continue;
            draw(drawing, sizes[i].width, sizes[i].height);
            expect_png(sizes[i].dpi, sizes[i].dots_per_metre);
            expect_pbm();
        }
    }
}

static void what_cannot_be_written_is_refused(void)
{
    struct scratch scratch = {memory, sizeof memory};
    const struct picture wrong[] = {{0, 9, 2, rows},
                                    {9, 0, 2, rows},
                                    {9, 9, 1, rows},
                                    {9, 9, 2, NULL},
                                    {PICTURE_DOTS_MAX + 1, 9, ROW_BYTES * 8, rows}};
    textbuf_init(&file, storage, sizeof storage);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        EXPECT(!picture_file_png(&wrong[i], 203, scratch, &file), "a picture that lies, as PNG");
        EXPECT(!picture_file_pbm(&wrong[i], &file), "and as PBM");
    }
    draw(NOISE, 812, 1218);
    scratch.size = DEFLATE_MEMORY / 2;
    EXPECT(!picture_file_png(&picture, 203, scratch, &file), "too little memory");
    scratch.size = sizeof memory;
    for (size_t size = 1; size < 124000; size += 1 + size / 3) {
        textbuf_init(&file, storage, size);
        EXPECT(!picture_file_png(&picture, 203, scratch, &file), "a PNG that does not fit");
        textbuf_init(&file, storage, size);
        EXPECT(!picture_file_pbm(&picture, &file), "a PBM that does not fit");
    }
}

static void a_label_is_small(void)
{
    draw(BARS, 812, 1218);
    EXPECT(write_png(203) && file.len < 4096, "rows that repeat cost nothing");
    draw(NOISE, 2438, 3657);
    EXPECT(write_png(600) && file.len < 1200000, "nor does what cannot be packed grow");
}

int main(void)
{
    EXPECT_RUN(every_dot_is_in_the_file);
    EXPECT_RUN(what_cannot_be_written_is_refused);
    EXPECT_RUN(a_label_is_small);
    return expect_result();
}
