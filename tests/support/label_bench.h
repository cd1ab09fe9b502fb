/* label_bench.h - labels and sheets of labels as couriers send them, made by Cairo (PDF and
 * pictures) and zint (the widths of the bars), and what came of them looked at by zbarimg: none of
 * these is used by what is tested. Lengths are points, from the upper left corner. */
#ifndef PACKD_TESTS_SUPPORT_LABEL_BENCH_H
#define PACKD_TESTS_SUPPORT_LABEL_BENCH_H

#include <cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zint.h>

#include "firmware/render/bits.h"
#include "firmware/render/document.h"

#define POINT_PER_MM (72.0 / 25.4)
#define BENCH_BYTES_MAX (8u * 1024u * 1024u)

/* What fontconfig keeps for ever is not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

struct paper {
    cairo_surface_t *surface;
    cairo_t *cairo;
    uint8_t *data;
    size_t len;
};

__attribute__((unused)) static cairo_status_t paper_write(void *context, const unsigned char *data,
                                                          unsigned len)
{
    struct paper *paper = context;
    if (paper->len + len > BENCH_BYTES_MAX) return CAIRO_STATUS_WRITE_ERROR;
    memcpy(paper->data + paper->len, data, len);
    paper->len += len;
    return CAIRO_STATUS_SUCCESS;
}

__attribute__((unused)) static struct paper *paper_of(cairo_surface_t *surface, struct paper *paper)
{
    paper->surface = surface;
    paper->cairo = cairo_create(surface);
    return paper;
}

__attribute__((unused)) static struct paper *paper_make(void)
{
    struct paper *paper = calloc(1, sizeof *paper);
    if (paper == NULL) abort();
    paper->data = malloc(BENCH_BYTES_MAX);
    if (paper->data == NULL) abort();
    return paper;
}

__attribute__((unused)) static struct paper *paper_pdf(double width, double height)
{
    struct paper *paper = paper_make();
    return paper_of(cairo_pdf_surface_create_for_stream(paper_write, paper, width, height), paper);
}

/* Dots, drawn on in points. */
__attribute__((unused)) static struct paper *paper_picture(int width, int height, double dpi)
{
    struct paper *paper = paper_make();
    paper_of(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), paper);
    cairo_set_source_rgb(paper->cairo, 1, 1, 1);
    cairo_paint(paper->cairo);
    cairo_set_source_rgb(paper->cairo, 0, 0, 0);
    cairo_scale(paper->cairo, dpi / 72.0, dpi / 72.0);
    return paper;
}

/* The finished PDF. */
__attribute__((unused)) static struct bytes paper_bytes(struct paper *paper)
{
    cairo_surface_finish(paper->surface);
    return bytes_of(paper->data, paper->len);
}

__attribute__((unused)) static struct bytes paper_png(struct paper *paper)
{
    paper->len = 0;
    cairo_surface_write_to_png_stream(paper->surface, paper_write, paper);
    return bytes_of(paper->data, paper->len);
}

__attribute__((unused)) static void paper_free(struct paper *paper)
{
    cairo_destroy(paper->cairo);
    cairo_surface_destroy(paper->surface);
    free(paper->data);
    free(paper);
}

/* Code 128; all bars in one path, as many producers do. */
__attribute__((unused)) static void draw_bars(cairo_t *cairo, double x, double y, double module,
                                              double height, const char *text)
{
    struct zint_symbol *symbol = ZBarcode_Create();
    if (symbol == NULL) abort();
    symbol->symbology = BARCODE_CODE128;
    if (ZBarcode_Encode(symbol, (const unsigned char *)text, 0) >= ZINT_ERROR) abort();
    for (int i = 0; i < symbol->width; i++) {
        int end = i;
        while (end < symbol->width && (symbol->encoded_data[0][end / 8] >> end % 8 & 1) != 0) end++;
        if (end > i) cairo_rectangle(cairo, x + i * module, y, (end - i) * module, height);
        if (end > i) i = end - 1;
    }
    cairo_fill(cairo);
    ZBarcode_Delete(symbol);
}

__attribute__((unused)) static void draw_text(cairo_t *cairo, double x, double y, double size,
                                              const char *text)
{
    cairo_set_font_size(cairo, size);
    cairo_move_to(cairo, x, y);
    cairo_show_text(cairo, text);
}

/* A label: a frame of 1.4 points whose outer edge is the box, lines of an address, bars, and their
 * text below them. */
__attribute__((unused)) static void draw_label(cairo_t *cairo, double x, double y, double width,
                                               double height, const char *awb)
{
    cairo_set_line_width(cairo, 1.4);
    cairo_rectangle(cairo, x + 0.7, y + 0.7, width - 1.4, height - 1.4);
    cairo_stroke(cairo);
    for (int i = 0; i < 6; i++)
        draw_text(cairo, x + 12, y + 24 + i * 11, 9, "Flat 12, Some long road, Bengaluru 560001");
    double module = (width - 60) / 130.0;
    draw_bars(cairo, x + 30, y + height / 2, module, height / 5, awb);
    draw_text(cairo, x + 30, y + height * 0.7 + 12, 9, awb);
    draw_text(cairo, x + 12, y + height - 20, 14, "COD 1,299");
}

struct drawing { /* what document_draw() and the threshold made of it */
    struct render_answer answer;
    struct bits bits;
    bool drawn;
};

__attribute__((unused)) static struct render_request request_of(unsigned dpi, unsigned width,
                                                                unsigned height)
{
    return (struct render_request){.version = RENDER_VERSION,
                                   .dpi = (uint16_t)dpi,
                                   .width_dots = (uint16_t)width,
                                   .height_dots = (uint16_t)height};
}

__attribute__((unused)) static struct drawing draw(const struct render_request *request,
                                                   struct bytes document)
{
    struct drawing drawing = {.drawn = false};
    struct grey grey;
    drawing.drawn = document_draw(request, document, &grey, &drawing.answer);
    if (!drawing.drawn) return drawing;
    drawing.bits = (struct bits){.width = grey.width,
                                 .height = grey.height,
                                 .bytes_per_row = (grey.width + 7) / 8};
    drawing.bits.rows = calloc(drawing.bits.bytes_per_row, grey.height);
    if (drawing.bits.rows == NULL) abort();
    bits_threshold(&grey, &drawing.bits);
    bits_despeckle(&drawing.bits, grey.speck_dots);
    grey_free(&grey);
    return drawing;
}

struct box {
    unsigned left, top, right, bottom; /* right and bottom are beyond */
};

/* Around all that is black. */
__attribute__((unused)) static struct box black_box(const struct bits *bits)
{
    struct box box = {bits->width, bits->height, 0, 0};
    for (unsigned y = 0; y < bits->height; y++) {
        for (unsigned x = 0; x < bits->width; x++) {
            if (!bits_black(bits, x, y)) continue;
            if (x < box.left) box.left = x;
            if (y < box.top) box.top = y;
            if (x + 1 > box.right) box.right = x + 1;
            if (y + 1 > box.bottom) box.bottom = y + 1;
        }
    }
    return box;
}

__attribute__((unused)) static bool near(unsigned wanted, unsigned got, unsigned by)
{
    return wanted <= got + by && got <= wanted + by;
}

/* Does zbarimg read this text, and stand the code upright or on its side? */
__attribute__((unused)) static bool zbar_reads(const struct bits *bits, const char *text)
{
    char path[] = "/tmp/packd-label-XXXXXX", command[128], line[256];
    int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (file == NULL) abort();
    fprintf(file, "P4\n%u %u\n", bits->width, bits->height);
    fwrite(bits->rows, bits->bytes_per_row, bits->height, file);
    fclose(file);
    snprintf(command, sizeof command, "zbarimg -q --raw --nodbus 'pbm:%s' 2>/dev/null", path);
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): the command is the test's own
    bool read = false;
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        read = read || strcmp(line, text) == 0;
    }
    if (pipe != NULL) pclose(pipe);
    unlink(path);
    return read;
}

#endif
