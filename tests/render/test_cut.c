/* Guards: a document of whatever kind that was cut off or in which a bit was turned over on its way
 * never crashes or hangs what draws it: it is refused with a sentence, or drawn with a warning, or
 * drawn with an AWB that reads, and then zbarimg reads it too.
 *
 * Each is cut at every fiftieth of its length, and has bits turned over. With "all" that is so for
 * every document of the set: tools/cut. */
#include "drivers/printer_zpl.h"
#include "hal/files.h"
#include "tests/support/label_bench.h"
#include "tests/support/render_bench.h"

#define FOLDER PACKD_SOURCE_DIR "/tests/render/documents/"
#define CUTS 50u
#define FLIPS_FEW 5u
#define FLIPS_MANY 50u

struct sum {
    unsigned asked, drawn, warned, refused;
};

static struct render_bench *bench;
static struct sum sum;
static bool all;
static uint8_t whole[RENDER_INPUT_MAX], spoilt[RENDER_INPUT_MAX];

static void broken(const char *name, const char *how, size_t at, const char *promise)
{
    char text[200];
    snprintf(text, sizeof text, "%s, %s %zu: %s", name, how, at, promise);
    EXPECT(false, text);
}

static bool others_read(const char *awb)
{
    const struct bits bits = {.width = bench->answer.width_dots,
                              .height = bench->answer.height_dots,
                              .bytes_per_row = bench->answer.bytes_per_row,
                              .rows = bench->output};
    return zbar_reads(&bits, awb);
}

/* `judge`: the whole document is one that others read. */
static void ask(const char *name, const char *how, size_t at, struct bytes input, const char *awb,
                bool judge)
{
    struct render_request request = render_bench_label();
    snprintf(request.wanted[0], sizeof request.wanted[0], "%s", awb);
    sum.asked++;
    render_bench_ask(bench, &request, input);
    const struct render_answer *answer = &bench->answer;
    if (bench->error != ERR_NONE) {
        broken(name, how, at, "it costs no child");
    } else if (answer->result == RENDER_REFUSED) {
        sum.refused++;
        if (answer->word[0] == '\0' || answer->sentence[0] == '\0')
            broken(name, how, at, "a refusal is a sentence");
    } else if (answer->warnings != 0) {
        sum.warned++;
    } else {
        sum.drawn++;
        if (judge && !others_read(awb)) broken(name, how, at, "what is taken for good is read");
    }
}

/* The same ones each time. */
static size_t turn_a_bit(struct bytes from, unsigned turn)
{
    uint32_t chance = (turn + 1) * 2654435761u;
    size_t at = (size_t)((uint64_t)from.len * turn / FLIPS_MANY) + chance % (from.len / 50 + 1);
    if (at >= from.len) at = from.len - 1;
    memcpy(spoilt, from.data, from.len);
    spoilt[at] ^= (uint8_t)(1u << (chance >> 8) % 8);
    return at;
}

static void try_document(const char *name, const char *awb, bool fair)
{
    char path[300];
    size_t len = 0;
    snprintf(path, sizeof path, FOLDER "%s", name);
    EXPECT_I64(ERR_NONE, files_read(path, whole, sizeof whole, &len), path);
    if (len == 0) return;
    struct bytes document = bytes_of(whole, len);
    ask(name, "whole", len, document, awb, false);
    bool judge = fair && bench->answer.result == RENDER_DONE && others_read(awb);
    for (size_t cut = 0; cut < CUTS; cut++)
        ask(name, "cut at", len * cut / CUTS, bytes_slice(document, 0, len * cut / CUTS), awb,
            judge);
    unsigned step = all ? 1 : FLIPS_MANY / FLIPS_FEW;
    for (unsigned turn = step / 2; turn < FLIPS_MANY; turn += step) {
        size_t at = turn_a_bit(document, turn);
        ask(name, "bit turned at", at, bytes_of(spoilt, len), awb, judge);
    }
}

static void filter(const char *name, const char *how, size_t at, struct bytes input)
{
    static char storage[2u * RENDER_INPUT_MAX];
    static const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
    struct textbuf job;
    const char *why = "";
    textbuf_init(&job, storage, sizeof storage);
    sum.asked++;
    if (printer_zpl.encode_document(input, &setup, &job, &why)) {
        sum.drawn++;
        if (job.len == 0) broken(name, how, at, "a job is a job");
    } else {
        sum.refused++;
        if (why[0] == '\0') broken(name, how, at, "a refusal is a sentence");
    }
}

static void try_zpl(const char *name)
{
    char path[300];
    size_t len = 0;
    snprintf(path, sizeof path, FOLDER "%s", name);
    EXPECT_I64(ERR_NONE, files_read(path, whole, sizeof whole, &len), path);
    struct bytes document = bytes_of(whole, len);
    for (size_t cut = 0; cut < len; cut++) {
        filter(name, "cut at", cut, bytes_slice(document, 0, cut));
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(spoilt, whole, len);
            spoilt[cut] ^= (uint8_t)(1u << bit);
            filter(name, "bit turned at", cut, bytes_of(spoilt, len));
        }
    }
}

/* One of each producer and kind, the quickest to draw. */
static bool is_chosen(const char *name)
{
    static const char *const names[] = {
        "cairo_100x150.pdf",
        "chromium_4x6.pdf",
        "ghostscript_4x6.pdf",
        "hand_bars_path.pdf",
        "libreoffice_writer.pdf",
        "reportlab_own_bars.pdf",
        "reportlab_jpeg_150.pdf",
        "png_1bit_203.png",
        "png_interlaced.png",
        "jpeg_150_q75.jpg",
        "gif_96.gif",
        "zpl_plain.zpl",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) return true;
    }
    return false;
}

/* file, expect, want */
static void try_line(struct bytes line, bool zpl)
{
    struct bytes columns[3];
    char name[64], awb[RENDER_WANTED_SIZE];
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (!bytes_split(&line, '\t', &columns[i])) columns[i] = BYTES_NONE;
    }
    ENSURE(bytes_to_text(columns[0], name, sizeof name));
    ENSURE(bytes_to_text(columns[2], awb, sizeof awb));
    if (!all && !is_chosen(name)) return;
    if (zpl) try_zpl(name);
    else try_document(name, awb, bytes_equal_text(columns[1], "label"));
}

static void try_table(const char *path, bool zpl)
{
    static char text[64 * 1024];
    size_t len = 0;
    ENSURE(files_read(path, text, sizeof text, &len) == ERR_NONE);
    struct bytes rest = bytes_of(text, len), line;
    (void)bytes_split(&rest, '\n', &line); /* what the columns are */
    while (bytes_split(&rest, '\n', &line)) {
        if (line.len > 0) try_line(line, zpl);
    }
}

static void what_is_spoilt_does_no_harm(void)
{
    try_table(FOLDER "documents.tsv", false);
    try_table(FOLDER "zpl.tsv", true);
}

int main(int argc, char *argv[])
{
    all = argc == 2 && strcmp(argv[1], "all") == 0;
    bench = render_bench_open(PACKD_RENDER, NULL, 0);
    EXPECT_RUN(what_is_spoilt_does_no_harm);
    render_bench_close(bench);
    printf("%u asked: %u drawn and read, %u drawn with a warning, %u refused\n", sum.asked,
           sum.drawn, sum.warned, sum.refused);
    return expect_result();
}
