/* Guards: the bytes that real devices sent give the readings, scans and states that were on their
 * displays, however the bytes are cut into pieces, after garbage, and again when repeated; and the
 * frames of one protocol never give a usable weight to the driver of another.
 *
 * captures/NAME.cap is "# key: value" lines and bytes in hex; captures/NAME.expect is one line a
 * result, written by hand from what the capture's source says it means. See README.md. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "drivers/driver_list.h"
#include "tests/support/expect.h"
#include "tests/support/scale_words.h"

#define CAPTURE_BYTES_MAX 4096u
#define CAPTURE_LINES_MAX 64u
#define TEXT_SIZE 8192u

struct capture {
    char path[512];
    char kind[16];
    char driver[32];
    uint8_t bytes[CAPTURE_BYTES_MAX];
    size_t len;
    size_t line_ends[CAPTURE_LINES_MAX]; /* a report a line, where reports matter */
    size_t lines;
    char expected[TEXT_SIZE];
};

/* ---- reading the files ---------------------------------------------------------------------- */

static void read_text(const char *path, char *out_text, size_t size)
{
    FILE *file = fopen(path, "r");
    out_text[0] = '\0';
    if (!EXPECT(file != NULL, path)) return;
    size_t len = fread(out_text, 1, size - 1, file);
    out_text[len] = '\0';
    fclose(file);
}

/* Ends the first line of *rest and moves *rest behind it; NULL when nothing is left. Lines without
 * a character are passed over. */
static char *next_line(char **rest)
{
    char *line = *rest + strspn(*rest, "\n");
    if (*line == '\0') return NULL;
    char *end = line + strcspn(line, "\n");
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return line;
}

static size_t read_hex(const char *text, uint8_t *out_bytes, size_t max)
{
    size_t len = 0;
    unsigned byte;
    int used = 0;
    while (len < max && sscanf(text, "%2x%n", &byte, &used) == 1) {
        out_bytes[len++] = (uint8_t)byte;
        text += used;
    }
    return len;
}

static void read_capture_line(struct capture *capture, const char *line)
{
    (void)sscanf(line, "# kind: %15s", capture->kind);
    (void)sscanf(line, "# driver: %31s", capture->driver);
    if (line[0] == '#' || line[0] == '\0') return;
    size_t room = sizeof capture->bytes - capture->len;
    capture->len += read_hex(line, capture->bytes + capture->len, room);
    ENSURE(capture->lines < CAPTURE_LINES_MAX);
    capture->line_ends[capture->lines++] = capture->len;
}

static void read_capture(const char *path, struct capture *out)
{
    char text[TEXT_SIZE * 2];
    memset(out, 0, sizeof *out);
    snprintf(out->path, sizeof out->path, "%s", path);
    read_text(path, text, sizeof text);
    char *rest = text;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        read_capture_line(out, line);
    }
    char expect_path[512];
    snprintf(expect_path, sizeof expect_path, "%.*s.expect", (int)(strlen(path) - 4), path);
    read_text(expect_path, out->expected, sizeof out->expected);
    EXPECT(out->len > 0 && out->kind[0] != '\0' && out->driver[0] != '\0', path);
}

/* ---- saying what a driver gave
 * --------------------------------------------------------------- */

static void say_scan(struct textbuf *text, enum scan_result result, const struct scan *scan)
{
    if (result == SCAN_TOO_LONG) textbuf_text(text, "too-long\n");
    if (result == SCAN_UNCLEAN) textbuf_text(text, "unclean\n");
    if (result != SCAN_READ) return;
    textbuf_format(text, "scan %s%s", scan->aim, scan->aim[0] != '\0' ? " " : "");
    for (size_t i = 0; i < scan->len; i++) {
        if (scan->text[i] == 0x1D) textbuf_text(text, "<GS>");
        else textbuf_char(text, (char)scan->text[i]);
    }
    textbuf_char(text, '\n');
}

static void say_status(struct textbuf *text, enum printer_result result,
                       const struct printer_status *status)
{
    if (result == PRINTER_REJECTED) textbuf_text(text, "rejected\n");
    if (result != PRINTER_STATUS) return;
    const struct {
        bool set;
        const char *word;
    } flags[] = {
        {status->ready, " ready"},
        {status->paper_out, " paper_out"},
        {status->ribbon_out, " ribbon_out"},
        {status->head_open, " head_open"},
        {status->paused, " paused"},
        {status->too_hot, " too_hot"},
        {status->too_cold, " too_cold"},
        {status->busy, " busy"},
        {status->buffer_full, " buffer_full"},
        {status->label_waiting, " label_waiting"},
        {status->fault, " fault"},
    };
    textbuf_text(text, "status");
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (flags[i].set) textbuf_text(text, flags[i].word);
    }
    textbuf_format(text, " queued=%u\n", status->queued);
}

/* ---- one driver with its state
 * --------------------------------------------------------------- */

struct bench {
    const struct scale_driver *scale;
    const struct scanner_driver *scanner;
    const struct printer_driver *printer;
    struct scale_state scale_state;
    struct scanner_state scanner_state;
    struct printer_state printer_state;
    struct textbuf said;
    char storage[TEXT_SIZE];
};

static bool bench_init(struct bench *bench, const char *kind, const char *driver)
{
    struct bytes name = bytes_of_text(driver);
    memset(bench, 0, sizeof *bench);
    scanner_state_init(&bench->scanner_state);
    printer_state_init(&bench->printer_state);
    textbuf_init(&bench->said, bench->storage, sizeof bench->storage);
    if (strcmp(kind, "scale") == 0) bench->scale = scale_driver_find(name);
    if (strcmp(kind, "scanner") == 0) bench->scanner = scanner_driver_find(name);
    if (strcmp(kind, "printer") == 0) bench->printer = printer_driver_find(name);
    scale_state_init(&bench->scale_state, bench->scale);
    return bench->scale != NULL || bench->scanner != NULL || bench->printer != NULL;
}

static size_t feed_once(struct bench *bench, struct bytes input)
{
    if (bench->scale != NULL) {
        struct scale_output output;
        size_t used = bench->scale->feed(&bench->scale_state, input, &output);
        scale_words_say(&bench->said, &output);
        return used;
    }
    if (bench->scanner != NULL) {
        enum scan_result result;
        struct scan scan;
        size_t used = bench->scanner->feed(&bench->scanner_state, input, &result, &scan);
        say_scan(&bench->said, result, &scan);
        return used;
    }
    enum printer_result result;
    struct printer_status status;
    size_t used = bench->printer->feed(&bench->printer_state, input, &result, &status);
    say_status(&bench->said, result, &status);
    return used;
}

static void feed_all(struct bench *bench, struct bytes input)
{
    while (input.len > 0) {
        size_t used = feed_once(bench, input);
        if (!EXPECT(used > 0 && used <= input.len, "a driver uses what it says")) return;
        input = bytes_from(input, used);
    }
}

static bool is_hid(const struct bench *bench)
{
    return bench->scanner != NULL && bench->scanner->is_hid;
}

static void feed_reports(struct bench *bench, const struct capture *capture)
{
    size_t from = 0;
    for (size_t i = 0; i < capture->lines; i++) {
        feed_all(bench, bytes_of(capture->bytes + from, capture->line_ends[i] - from));
        from = capture->line_ends[i];
    }
}

static void feed_capture(struct bench *bench, const struct capture *capture)
{
    if (is_hid(bench)) feed_reports(bench, capture);
    else feed_all(bench, bytes_of(capture->bytes, capture->len));
}

/* ---- the promises
 * ---------------------------------------------------------------------------- */

static void expect_said(const struct bench *bench, const char *wanted, const char *path,
                        const char *promise)
{
    char sentence[640];
    snprintf(sentence, sizeof sentence, "%s: %s", path, promise);
    EXPECT(textbuf_ok(&bench->said), sentence);
    EXPECT_TEXT(wanted, bench->storage, sentence);
}

static void in_pieces(const struct capture *capture)
{
    struct bytes whole = bytes_of(capture->bytes, capture->len);
    struct bench bench;
    bench_init(&bench, capture->kind, capture->driver);
    for (size_t i = 0; i < whole.len; i++) feed_all(&bench, bytes_slice(whole, i, 1));
    expect_said(&bench, capture->expected, capture->path, "byte by byte");
    for (size_t cut = 1; cut < whole.len; cut++) {
        bench_init(&bench, capture->kind, capture->driver);
        feed_all(&bench, bytes_slice(whole, 0, cut));
        feed_all(&bench, bytes_from(whole, cut));
        expect_said(&bench, capture->expected, capture->path, "cut once, anywhere");
    }
}

/* Without the lines about refused frames: garbage may be refused, it may not change what is
 * read. */
static void drop_refusals(char *text)
{
    char storage[TEXT_SIZE];
    struct textbuf kept;
    textbuf_init(&kept, storage, sizeof storage);
    char *rest = text;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        bool refusal = strncmp(line, "rejected", 8) == 0 || strcmp(line, "unclean") == 0 ||
                       strcmp(line, "too-long") == 0;
        if (refusal) continue;
        textbuf_format(&kept, "%s\n", line);
    }
    memcpy(text, storage, kept.len + 1);
}

static void after_garbage(const struct capture *capture)
{
    static const struct bytes garbage[] = {
        BYTES_LITERAL("\0\xFF\x7F\x80\x55\r"),
        BYTES_LITERAL("\x02\x02\x41\x02\r"),
        BYTES_LITERAL("000 kg\r\n"),
        BYTES_LITERAL("\x02,ST,GS,+  1.2\x03\r\n"),
    };
    char wanted[TEXT_SIZE];
    snprintf(wanted, sizeof wanted, "%s", capture->expected);
    drop_refusals(wanted);
    for (size_t i = 0; i < ARRAY_LEN(garbage) + 1; i++) {
        struct bench bench;
        bench_init(&bench, capture->kind, capture->driver);
        /* The last garbage is the second half of what comes next: a reader that joined late. */
        if (i < ARRAY_LEN(garbage)) feed_all(&bench, garbage[i]);
        else feed_all(&bench, bytes_from(bytes_of(capture->bytes, capture->len), capture->len - 7));
        textbuf_reset(&bench.said);
        bool half_scan = bench.scanner != NULL; /* a half scan cannot be told from a whole one */
        if (half_scan && i == ARRAY_LEN(garbage)) continue;
        feed_capture(&bench, capture);
        drop_refusals(bench.storage);
        expect_said(&bench, wanted, capture->path, "after garbage");
    }
}

static void repeated(const struct capture *capture)
{
    char wanted[TEXT_SIZE * 2];
    uint8_t glued[CAPTURE_BYTES_MAX * 2];
    struct bench bench;
    bench_init(&bench, capture->kind, capture->driver);
    snprintf(wanted, sizeof wanted, "%s%s", capture->expected, capture->expected);
    memcpy(glued, capture->bytes, capture->len);
    memcpy(glued + capture->len, capture->bytes, capture->len);
    if (is_hid(&bench)) {
        feed_reports(&bench, capture);
        feed_reports(&bench, capture);
    } else {
        feed_all(&bench, bytes_of(glued, capture->len * 2));
    }
    expect_said(&bench, wanted, capture->path, "twice, without a gap");
}

static void replay(const char *path)
{
    struct capture capture;
    struct bench bench;
    read_capture(path, &capture);
    if (!EXPECT(bench_init(&bench, capture.kind, capture.driver), path)) return;
    feed_capture(&bench, &capture);
    expect_said(&bench, capture.expected, path, "all at once");
    if (!is_hid(&bench)) in_pieces(&capture);
    if (!is_hid(&bench)) after_garbage(&capture);
    repeated(&capture);
}

/* Calls `visit` for every file of captures/ whose name ends so; returns how many. */
static unsigned each_file(const char *ending, void (*visit)(const char *path))
{
    static const char folder[] = PACKD_SOURCE_DIR "/tests/replay/captures";
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    unsigned count = 0;
    if (!EXPECT(listing != NULL, folder)) return 0;
    while ((entry = readdir(listing)) != NULL) {
        char path[512];
        size_t len = strlen(entry->d_name);
        if (len < strlen(ending) || strcmp(entry->d_name + len - strlen(ending), ending) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%.200s", folder, entry->d_name);
        visit(path);
        count++;
    }
    closedir(listing);
    return count;
}

static void every_capture_reads_as_its_source_says(void)
{
    EXPECT(each_file(".cap", replay) >= 10, "there are captures to replay");
}

/* ---- strangers
 * ------------------------------------------------------------------------------- */

static void feed_to_strangers(const char *path, const char *own_driver, struct bytes frame)
{
    for (size_t i = 0; scale_driver_at(i) != NULL; i++) {
        struct bench bench;
        char sentence[640];
        if (strcmp(scale_driver_at(i)->name, own_driver) == 0) continue;
        bench_init(&bench, "scale", scale_driver_at(i)->name);
        for (unsigned times = 0; times < 5; times++) feed_all(&bench, frame);
        snprintf(sentence, sizeof sentence, "%s gives %s no usable weight: %.80s", path,
                 scale_driver_at(i)->name, bench.storage);
        EXPECT(strstr(bench.storage, "usable") == NULL, sentence);
    }
}

static void a_capture_for_strangers(const char *path)
{
    struct capture capture;
    read_capture(path, &capture);
    feed_to_strangers(path, capture.driver, bytes_of(capture.bytes, capture.len));
}

static void a_table_for_strangers(const char *path)
{
    char text[TEXT_SIZE * 2];
    unsigned rows = 0;
    read_text(path, text, sizeof text);
    char *rest = text;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        char id[16], hex[512];
        uint8_t bytes[256];
        if (sscanf(line, "%15[^#\t]\t%*[^\t]\t%*[^\t]\t%511[^\t]", id, hex) != 2) continue;
        size_t len = read_hex(hex, bytes, sizeof bytes);
        feed_to_strangers(id, "", bytes_of(bytes, len));
        rows++;
    }
    EXPECT(rows > 5, "the table of strangers was read");
}

static void no_driver_weighs_with_another_protocol(void)
{
    EXPECT(each_file(".cap", a_capture_for_strangers) > 0, "captures are strangers to each other");
    EXPECT(each_file("foreign-scales.tsv", a_table_for_strangers) == 1, "and so is the table");
}

int main(void)
{
    EXPECT_RUN(every_capture_reads_as_its_source_says);
    EXPECT_RUN(no_driver_weighs_with_another_protocol);
    return expect_result();
}
