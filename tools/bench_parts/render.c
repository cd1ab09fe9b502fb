/* render.c - what packd-render costs: documents to the bytes of a ZPL job, by hal/render.h as packd
 * itself asks.
 *
 *   bench_render PACKD-RENDER RUNS OUT <LIST    one line of JSON a document
 *
 * LIST has a line a document: path, wanted AWB (or nothing), name; parted by tabs. The dots of the
 * last run are left as OUT/NAME.pbm. Times are medians in microseconds: whole_us from the question
 * to the last byte of the ZPL job, without reading back; of it draw_us, bits_us in the child and
 * zpl_us here; read_us is apart. Of a label found on a sheet whole_us has its place remembered, as
 * it is for a courier's second label; found_us has it looked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drivers/printer_zpl.h"
#include "hal/base/deflate.h"
#include "hal/loop.h"
#include "hal/render.h"
#include "tools/bench_parts/spans.h"

#define RUNS_MAX 200u
#define DPI 203u
#define WIDTH_DOTS 812u
#define HEIGHT_DOTS 1218u
#define ZPL_MAX (1024u * 1024u)
#define DEADLINE_MS 20000 /* on a machine with others on it */

struct asked { /* one question and what came of it */
    bool done;
    enum err error;
    struct render_answer answer;
    size_t zpl_bytes;
    int64_t begun_ns, drawn_ns, ended_ns;
};

struct spans { /* microseconds, a run each */
    double whole[RUNS_MAX], draw[RUNS_MAX], bits[RUNS_MAX], zpl[RUNS_MAX], read[RUNS_MAX];
};

static uint8_t document[RENDER_INPUT_MAX];
static uint8_t dots[RENDER_OUTPUT_MAX];
static char zpl[ZPL_MAX];
static max_align_t deflate_memory[DEFLATE_MEMORY / sizeof(max_align_t) + 1];
static struct asked asked;
static struct loop *loop;
static struct render *render;

static void fail(const char *what)
{
    fprintf(stderr, "bench_render: %s\n", what);
    exit(1);
}

static size_t to_zpl(const struct render_answer *answer)
{
    struct picture picture = {answer->width_dots, answer->height_dots, answer->bytes_per_row, dots};
    struct printer_setup setup = {.dpi = DPI, .width_dmm = 1016, .height_dmm = 1524};
    struct scratch scratch = {deflate_memory, sizeof deflate_memory};
    struct textbuf out;
    textbuf_init(&out, zpl, sizeof zpl);
    if (!zpl_encode_picture(&picture, &setup, scratch, &out)) fail("the picture is no ZPL");
    return textbuf_bytes(&out).len;
}

/* The dots are copied first, as packd does: the child could still write to them. */
static void answered(void *context, uint32_t ticket, enum err error,
                     const struct render_answer *answer, struct bytes output)
{
    (void)context;
    (void)ticket;
    asked.done = true;
    asked.error = error;
    asked.ended_ns = asked.drawn_ns = spans_now_ns();
    if (error != ERR_NONE) return;
    asked.answer = *answer;
    if (answer->result != RENDER_DONE) return;
    memcpy(dots, output.data, output.len);
    asked.drawn_ns = spans_now_ns();
    asked.zpl_bytes = to_zpl(answer);
    asked.ended_ns = spans_now_ns();
}

static void ask(struct bytes input, const char *wanted, const struct render_crop *crop, bool read)
{
    struct render_request request = {.kind = RENDER_DOCUMENT,
                                     .form = RENDER_PICTURE,
                                     .dpi = DPI,
                                     .width_dots = WIDTH_DOTS,
                                     .height_dots = HEIGHT_DOTS,
                                     .copy = 1,
                                     .read_back = read,
                                     .anew = 1,
                                     .crop = *crop};
    snprintf(request.wanted[0], sizeof request.wanted[0], "%s", wanted);
    asked = (struct asked){.begun_ns = spans_now_ns()};
    if (render_ask(render, 1, &request, input) != ERR_NONE) fail("it is not asked");
    while (!asked.done) loop_turn(loop, -1);
}

static bool is_drawn(void)
{
    return asked.error == ERR_NONE && asked.answer.result == RENDER_DONE;
}

static double median(double *values, size_t count)
{
    spans_sort(values, count);
    return values[count / 2];
}

static double us(int64_t ns)
{
    return (double)ns / 1000.0;
}

static void put_times(struct bytes input, const char *wanted, size_t runs,
                      const struct render_crop *kept)
{
    static struct spans spans;
    const struct render_crop unknown = {0};
    bool is_sheet = asked.answer.cropped_from[0] != '\0';
    for (size_t i = 0; i < runs; i++) {
        ask(input, wanted, kept, true);
        spans.read[i] = asked.answer.read_us;
    }
    if (is_sheet) {
        for (size_t i = 0; i < runs; i++) {
            ask(input, wanted, &unknown, false);
            spans.whole[i] = us(asked.ended_ns - asked.begun_ns);
        }
        printf(",\"found_us\":%.0f", median(spans.whole, runs));
    }
    for (size_t i = 0; i < runs; i++) {
        ask(input, wanted, kept, false);
        if (!is_drawn()) fail("it is drawn once and not again");
        spans.whole[i] = us(asked.ended_ns - asked.begun_ns);
        spans.draw[i] = asked.answer.draw_us;
        spans.bits[i] = asked.answer.bits_us;
        spans.zpl[i] = us(asked.ended_ns - asked.drawn_ns);
    }
    printf(",\"runs\":%zu,\"whole_us\":%.0f,\"draw_us\":%.0f,\"bits_us\":%.0f,\"zpl_us\":%.0f,"
           "\"read_us\":%.0f,\"zpl_bytes\":%zu",
           runs, median(spans.whole, runs), median(spans.draw, runs), median(spans.bits, runs),
           median(spans.zpl, runs), median(spans.read, runs), asked.zpl_bytes);
}

static void keep_dots(const char *folder, const char *name)
{
    char path[512];
    const struct render_answer *answer = &asked.answer;
    snprintf(path, sizeof path, "%s/%s.pbm", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) fail(path);
    fprintf(file, "P4\n%u %u\n", answer->width_dots, answer->height_dots);
    for (unsigned y = 0; y < answer->height_dots; y++) {
        fwrite(dots + y * (size_t)answer->bytes_per_row, 1, (answer->width_dots + 7u) / 8, file);
    }
    if (fclose(file) != 0) fail(path);
}

static void put_codes(const struct render_answer *answer)
{
    unsigned warned = 0;
    fputs(",\"codes\":[", stdout);
    for (uint32_t i = 0; i < answer->code_count; i++) {
        const struct render_code *code = &answer->codes[i];
        warned |= code->warnings;
        printf("%s\"%s\"", i == 0 ? "" : ",", code->type);
    }
    printf("],\"warnings\":%u,\"code_warnings\":%u", answer->warnings, warned);
}

static void measure(const char *path, const char *wanted, const char *name, size_t runs,
                    const char *folder)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path);
    struct bytes input = {document, fread(document, 1, sizeof document, file)};
    fclose(file);
    const struct render_crop unknown = {0};
    ask(input, wanted, &unknown, true);
    printf("{\"file\":\"%s\",\"result\":\"%s\"", name,
           asked.error != ERR_NONE ? "failed"
           : is_drawn()            ? "done"
                                   : "refused");
    if (asked.error == ERR_NONE) {
        const struct render_answer answer = asked.answer;
        printf(",\"word\":\"%s\",\"cropped_from\":\"%s\",\"turn\":%u,\"scale_ppm\":%u", answer.word,
               answer.cropped_from, answer.crop.turn, answer.scale_ppm);
        put_codes(&answer);
        if (is_drawn()) keep_dots(folder, name);
        if (is_drawn() && runs > 1) put_times(input, wanted, runs, &answer.crop);
    }
    printf(",\"first_us\":%.0f", us(asked.ended_ns - asked.begun_ns));
    printf(",\"resident_kib\":%lld}\n", (long long)render_resident_kib(render));
    fflush(stdout);
}

static void said(void *context, struct bytes line)
{
    (void)context;
    fprintf(stderr, "packd-render: %.*s\n", (int)line.len, (const char *)line.data);
}

int main(int argc, char *argv[])
{
    unsigned long runs = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        fputs("usage: bench_render PACKD-RENDER RUNS OUT <LIST\n", stderr);
        return 2;
    }
    struct render_settings settings = {.program = argv[1], .deadline_ms = DEADLINE_MS};
    if (loop_open(&loop) != ERR_NONE) fail("no loop");
    if (render_open(loop, &settings, answered, NULL, &render) != ERR_NONE) fail("no child");
    render_listen(render, said, NULL);
    char line[1024];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *wanted = strchr(line, '\t');
        char *name = wanted == NULL ? NULL : strchr(wanted + 1, '\t');
        if (name == NULL) fail("a line of the list is not path, wanted and name");
        *wanted++ = *name++ = '\0';
        measure(line, wanted, name, runs, argv[3]);
    }
    render_close(render);
    loop_close(loop);
    return 0;
}
