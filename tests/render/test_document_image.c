/* Guards: a PNG, JPEG or GIF of whatever kind is drawn as it looks, in the size it says or must
 * mean, upright; one that is cut off is refused, and one too large before anything is made for it.
 * */
#include "tests/support/label_bench.h"
#include "tests/support/picture_bench.h"

#include "tests/support/expect.h"

/* A picture in which no turn, mirror or shift of it looks the same: a frame, and a block in the
 * upper left. Only black and white, so that every kind can hold it. */
static struct grey made(unsigned width, unsigned height)
{
    struct grey grey;
    if (!grey_make(&grey, width, height)) abort();
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            bool edge = x == 8 || y == 8 || x == width - 9 || y == height - 9;
            bool frame = edge && x >= 8 && y >= 8 && x < width - 8 && y < height - 8;
            bool block = x >= 24 && x < 64 && y >= 40 && y < 120;
            bool bars = x >= 80 && x < width - 30 && y >= 40 && y < 100 && x / 3 % 3 == 0;
            grey.rows[y * grey.bytes_per_row + x] = frame || block || bars ? 0 : 255;
        }
    }
    return grey;
}

static unsigned different(const struct bits *bits, const struct grey *grey)
{
    unsigned count = 0;
    for (unsigned y = 0; y < bits->height; y++) {
        for (unsigned x = 0; x < bits->width; x++)
            count += bits_black(bits, x, y) != (grey->rows[y * grey->bytes_per_row + x] < 128);
    }
    return count;
}

/* The stock is as large as the picture. */
static void expect_same(const struct file *file, const struct grey *grey, unsigned may_differ,
                        const char *promise)
{
    struct render_request request = request_of(203, grey->width, grey->height);
    struct drawing got = draw(&request, bytes_of(file->data, file->len));
    if (!EXPECT(got.drawn, promise)) return;
    unsigned count = different(&got.bits, grey);
    if (!EXPECT(count <= may_differ, promise)) fprintf(stderr, "    %u dots differ\n", count);
    EXPECT(near(1000000, got.answer.scale_ppm, 1500), promise);
    free(got.bits.rows);
}

static void every_png_is_read(void)
{
    static const struct png_kind kinds[] = {
        {1, 0, false, 0}, {2, 0, false, 0},    {4, 0, false, 0},  {8, 0, false, 8000},
        {16, 0, true, 0}, {8, 2, false, 2835}, {16, 2, false, 0}, {1, 3, false, 0},
        {2, 3, true, 0},  {4, 3, false, 0},    {8, 3, false, 0},  {8, 4, false, 0},
        {16, 4, true, 0}, {8, 6, true, 8000},  {16, 6, false, 0},
    };
    struct grey grey = made(253, 381);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char promise[64];
        struct file file = png_of(&grey, &kinds[i]);
        snprintf(promise, sizeof promise, "PNG, %u bits, colour type %u, interlaced %d",
                 kinds[i].depth, kinds[i].colour, kinds[i].interlaced);
        expect_same(&file, &grey, 0, promise);
        file_free(&file);
    }
    grey_free(&grey);
}

static void the_first_frame_of_a_gif_is_read(void)
{
    struct grey grey = made(200, 300);
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct file file = gif_of(&grey, interlaced == 1);
        expect_same(&file, &grey, 0, interlaced == 1 ? "interlaced" : "line after line");
        file_free(&file);
    }
    grey_free(&grey);
}

static void every_jpeg_is_read(void)
{
    static const struct jpeg_kind kinds[] = {
        {JCS_GRAYSCALE, 90, 0, 0, false}, {JCS_RGB, 90, 203, 0, false}, {JCS_RGB, 80, 72, 0, true},
        {JCS_GRAYSCALE, 90, 0, 1, true},  {JCS_CMYK, 95, 0, 0, false},
    };
    struct grey grey = made(256, 384);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char promise[64];
        struct file file = jpeg_of(&grey, &kinds[i]);
        snprintf(promise, sizeof promise, "JPEG, kind %zu", i);
        expect_same(&file, &grey, 40, promise);
        file_free(&file);
    }
    grey_free(&grey);
}

/* What EXIF says must be done is done: the block comes to lie where it belongs. */
static void exif_turns_a_jpeg(void)
{
    static const bool left[] = {true, false, false, true, true, false, false, true};
    static const bool top[] = {true, true, false, false, true, true, false, false};
    struct grey grey = made(256, 384);
    for (unsigned way = 1; way <= 8; way++) {
        struct jpeg_kind kind = {JCS_GRAYSCALE, 90, 0, way, false};
        struct file file = jpeg_of(&grey, &kind);
        bool swapped = way > 4;
        struct render_request request = request_of(203, swapped ? 384 : 256, swapped ? 256 : 384);
        struct drawing got = draw(&request, bytes_of(file.data, file.len));
        unsigned x = swapped ? 80 : 44, y = swapped ? 44 : 80;
        x = left[way - 1] ? x : request.width_dots - x;
        y = top[way - 1] ? y : request.height_dots - y;
        EXPECT(got.drawn && bits_black(&got.bits, x, y), "the block is in its corner");
        free(got.bits.rows);
        file_free(&file);
    }
    grey_free(&grey);
}

struct sized {
    unsigned width, height; /* of the picture, dots */
    uint32_t dots_a_metre;
    unsigned wanted_width, wanted_height; /* on stock of 4 x 6 inches, 812 by 1218 dots */
    const char *promise;
};

/* The frame of `made` is 8 dots from the edge, so the picture's own size can be told from it. */
static void a_picture_has_the_size_it_says_or_means(void)
{
    static const struct sized rows[] = {
        {812, 1218, 0, 812, 1218, "the dots of the stock"},
        {812, 1218, 3780, 812, 1218, "the dots of the stock, and 96 an inch because it had to"},
        {1200, 1800, 0, 812, 1218, "the stock at 300"},
        {600, 900, 0, 812, 1218, "the stock at 150"},
        {1000, 1500, 11811, 677, 1016, "300 dots an inch: smaller than the stock, and stays so"},
        {800, 1200, 8000, 800, 1200, "100 by 150 mm"},
        {500, 750, 0, 812, 1218, "nothing said and nothing usual: it fills the stock"},
        {500, 500, 0, 812, 812, "or as much of it as it can"},
        {1218, 812, 0, 812, 1218, "on its side: it is turned"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct grey grey = made(rows[i].width, rows[i].height);
        struct png_kind kind = {1, 0, false, rows[i].dots_a_metre};
        struct file file = png_of(&grey, &kind);
        struct render_request request = request_of(203, 812, 1218);
        struct drawing got = draw(&request, bytes_of(file.data, file.len));
        if (EXPECT(got.drawn, rows[i].promise)) {
            struct box box = black_box(&got.bits);
            unsigned inner = rows[i].wanted_width -
                             16 * rows[i].wanted_width /
                                 (rows[i].width < rows[i].height ? rows[i].width : rows[i].height);
            EXPECT(near(inner, box.right - box.left, 4), rows[i].promise);
            EXPECT(near(box.top, 1218 - box.bottom, 2), "in the middle");
            EXPECT_I64(0, got.answer.warnings, rows[i].promise);
        }
        free(got.bits.rows);
        file_free(&file);
        grey_free(&grey);
    }
}

static void what_it_says_and_does_not_mean_is_said(void)
{
    struct grey grey = made(812, 1218);
    struct png_kind kind = {1, 0, false, 11811};
    struct file file = png_of(&grey, &kind);
    struct render_request request = request_of(203, 812, 1218);
    struct drawing got = draw(&request, bytes_of(file.data, file.len));
    EXPECT(got.drawn && different(&got.bits, &grey) == 0, "the dots of the stock are its dots");
    EXPECT(near(1476378, got.answer.scale_ppm, 3000) && got.answer.warnings == RENDER_WARN_SCALED,
           "and that it said 300 an inch");
    free(got.bits.rows);
    file_free(&file);
    grey_free(&grey);
}

/* A label drawn by Cairo at some resolution, as PNG and as JPEG, alone and in a PDF: its barcode is
 * read from our dots. */
static struct bytes jpeg_in_pdf(const struct file *jpeg, unsigned width, unsigned height,
                                struct file *pdf)
{
    char text[640];
    snprintf(text, sizeof text,
             "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
             "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
             "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources"
             "<</XObject<</I 5 0 R>>>>>>endobj\n"
             "4 0 obj<</Length 31>>stream\nq 288 0 0 432 0 0 cm /I Do Q   \nendstream endobj\n"
             "5 0 obj<</Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/DeviceGray"
             "/BitsPerComponent 8/Filter/DCTDecode/Length %zu>>stream\n",
             width, height, jpeg->len);
    file_add(pdf, text, strlen(text));
    file_add(pdf, jpeg->data, jpeg->len);
    file_add(pdf, "\nendstream endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF\n", 53);
    return bytes_of(pdf->data, pdf->len);
}

static void barcodes_of_pictures_are_read(void)
{
    static const unsigned resolutions[] = {150, 200, 300};
    for (size_t i = 0; i < ARRAY_LEN(resolutions); i++) {
        unsigned dpi = resolutions[i];
        struct paper *paper = paper_picture((int)dpi * 4, (int)dpi * 6, dpi);
        draw_label(paper->cairo, 9, 9, 270, 414, "PKD12345678");
        cairo_surface_flush(paper->surface);
        struct grey grey;
        if (!grey_make(&grey, dpi * 4, dpi * 6)) abort();
        const unsigned char *from = cairo_image_surface_get_data(paper->surface);
        size_t step = (size_t)cairo_image_surface_get_stride(paper->surface);
        for (size_t y = 0; y < dpi * 6; y++)
            for (size_t x = 0; x < dpi * 4; x++)
                grey.rows[y * grey.bytes_per_row + x] = from[y * step + x * 4 + 1];
        struct jpeg_kind kind = {JCS_GRAYSCALE, 75, dpi, 0, false};
        struct file jpeg = jpeg_of(&grey, &kind), pdf = {.data = NULL};
        struct render_request request = request_of(203, 812, 1218);
        struct drawing alone = draw(&request, bytes_of(jpeg.data, jpeg.len));
        struct drawing inside = draw(&request, jpeg_in_pdf(&jpeg, dpi * 4, dpi * 6, &pdf));
        EXPECT(alone.drawn && zbar_reads(&alone.bits, "PKD12345678"), "read from a JPEG");
        EXPECT(inside.drawn && memcmp(alone.bits.rows, inside.bits.rows,
                                      alone.bits.bytes_per_row * alone.bits.height) == 0,
               "and the same dots from the JPEG in a PDF");
        /* A comment makes no simple PDF of it: then poppler draws. */
        file_add(&pdf, "junk", 4);
        free(inside.bits.rows);
        inside = draw(&request, bytes_of(pdf.data, pdf.len));
        EXPECT(inside.drawn && zbar_reads(&inside.bits, "PKD12345678"), "by poppler, too");
        free(alone.bits.rows);
        free(inside.bits.rows);
        file_free(&jpeg);
        file_free(&pdf);
        grey_free(&grey);
        paper_free(paper);
    }
}

/* Every fiftieth: what is cut off is refused, but for bytes that say nothing. */
static void expect_refused_when_cut(const struct file *file, size_t tail, const char *promise)
{
    struct render_request request = request_of(203, 253, 381);
    for (size_t part = 0; part < 50; part++) {
        size_t len = file->len * part / 50;
        if (len + tail > file->len) continue;
        uint8_t *cut = malloc(len > 0 ? len : 1); /* its own block: one byte too far is seen */
        if (cut == NULL) abort();
        if (len > 0) memcpy(cut, file->data, len);
        struct drawing got = draw(&request, bytes_of(cut, len));
        EXPECT(!got.drawn && got.answer.word[0] != '\0' && got.answer.sentence[0] != '\0', promise);
        free(got.bits.rows);
        free(cut);
    }
}

static void half_a_picture_is_none(void)
{
    struct grey grey = made(253, 381);
    struct png_kind png = {8, 2, false, 0}, interlaced = {8, 0, true, 0};
    struct jpeg_kind jpeg = {JCS_RGB, 90, 0, 0, false}, progressive = {JCS_RGB, 90, 0, 0, true};
    struct file files[] = {png_of(&grey, &png), png_of(&grey, &interlaced), jpeg_of(&grey, &jpeg),
                           jpeg_of(&grey, &progressive), gif_of(&grey, false)};
    files[4].len /= 2; /* the second frame is nothing that is looked at */
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        expect_refused_when_cut(&files[i], 40, "cut off: no half label");
        file_free(&files[i]);
    }
    grey_free(&grey);
}

static void too_many_dots_are_refused_by_the_header(void)
{
    static const uint8_t gif[] = "GIF89a\377\377\377\377\0\0\0,\0\0\0\0\377\377\377\377\0\10\0;";
    struct render_request request = request_of(203, 812, 1218);
    struct file png = {.data = NULL}, head = {.data = NULL};
    add_u32(&head, 30000);
    add_u32(&head, 30000);
    file_add(&head, "\10\6\0\0\0", 5);
    file_add(&png, "\211PNG\r\n\032\n", 8);
    add_chunk(&png, "IHDR", head.data, head.len);
    add_chunk(&png, "IDAT", head.data, 0);
    struct drawing got = draw(&request, bytes_of(png.data, png.len));
    EXPECT_TEXT("too_large", got.answer.word, "a PNG of 30000 x 30000");
    got = draw(&request, bytes_of(gif, sizeof gif - 1));
    EXPECT_TEXT("too_large", got.answer.word, "a GIF of 65535 x 65535");
    struct grey grey = made(2000, 8);
    struct jpeg_kind kind = {JCS_GRAYSCALE, 50, 0, 0, false};
    struct file jpeg = jpeg_of(&grey, &kind);
    for (size_t i = 0; i + 9 < jpeg.len; i++) { /* SOF0: its sides are not those of its rows */
        if (jpeg.data[i] == 0xFF && jpeg.data[i + 1] == 0xC0)
            memcpy(jpeg.data + i + 5, "ÿÜÿÜ", 4); /* as many as there can be */
    }
    got = draw(&request, bytes_of(jpeg.data, jpeg.len));
    EXPECT_TEXT("too_large", got.answer.word, "a JPEG of 65500 x 65500");
    file_free(&jpeg);
    file_free(&png);
    file_free(&head);
    grey_free(&grey);
}

int main(void)
{
    EXPECT(document_warm(), "poppler draws here");
    EXPECT_RUN(every_png_is_read);
    EXPECT_RUN(the_first_frame_of_a_gif_is_read);
    EXPECT_RUN(every_jpeg_is_read);
    EXPECT_RUN(exif_turns_a_jpeg);
    EXPECT_RUN(a_picture_has_the_size_it_says_or_means);
    EXPECT_RUN(what_it_says_and_does_not_mean_is_said);
    EXPECT_RUN(barcodes_of_pictures_are_read);
    EXPECT_RUN(half_a_picture_is_none);
    EXPECT_RUN(too_many_dots_are_refused_by_the_header);
    return expect_result();
}
