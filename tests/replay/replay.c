/* Guards: the bytes that real devices sent give the readings, scans and states that were on their
 * displays, however the bytes are cut into pieces, after garbage, and again when repeated; and the
 * frames of one protocol never give a usable weight to the driver of another.
 *
 * captures/NAME.cap is a recording, captures/NAME.expect one line a result, written by hand from
 * what the capture's source says it means; see README.md. With files as arguments those are
 * replayed; without one, every capture is a stranger to the drivers it does not belong to. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "drivers/driver_list.h"
#include "tests/replay/rows.h"
#include "tests/support/capture.h"
#include "tests/support/device_words.h"
#include "tests/support/expect.h"
#include "tests/support/scale_profiles.h"
#include "tests/support/scale_words.h"

#define TEXT_SIZE (1024u * 1024u)

static struct scale_catalogue catalogue; /* what board/scales describes */

struct recording {
    char path[512];
    struct capture capture;
    struct bytes heard; /* all in one run */
    char *expected;
};

static char *storage_make(void)
{
    char *storage = calloc(1, TEXT_SIZE);
    ENSURE(storage != NULL);
    return storage;
}

static bool read_text(const char *path, char *out_text)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    size_t len = fread(out_text, 1, TEXT_SIZE - 1, file);
    out_text[len] = '\0';
    fclose(file);
    return true;
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

static bool recording_open(struct recording *out, const char *path)
{
    *out = (struct recording){.heard = BYTES_NONE};
    snprintf(out->path, sizeof out->path, "%s", path);
    if (!EXPECT(capture_read(path, &out->capture), path)) return false;
    out->heard = bytes_of(out->capture.heard, out->capture.heard_len);
    out->expected = storage_make();
    return EXPECT(out->heard.len > 0, path);
}

static void recording_close(struct recording *recording)
{
    capture_free(&recording->capture);
    free(recording->expected);
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
    char *storage;
    int64_t heard_us;
};

/* The bench keeps its storage from one use to the next; the first time it is zeroed. */
static bool bench_init(struct bench *bench, const char *kind, const char *driver)
{
    struct bytes name = bytes_of_text(driver);
    char *storage = bench->storage != NULL ? bench->storage : storage_make();
    *bench = (struct bench){.storage = storage};
    scanner_state_init(&bench->scanner_state, NULL);
    printer_state_init(&bench->printer_state);
    textbuf_init(&bench->said, bench->storage, TEXT_SIZE);
    if (strcmp(kind, "scale") == 0) bench->scale = scale_driver_find(&catalogue, name);
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
        scan_words_say(&bench->said, result, &scan);
        return used;
    }
    enum printer_result result;
    struct printer_answer answer;
    size_t used = bench->printer->feed(&bench->printer_state, input, &result, &answer);
    status_words_say(&bench->said, result, &answer);
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
    return (bench->scanner != NULL && bench->scanner->is_hid) ||
           (bench->scale != NULL && bench->scale->is_hid);
}

/* A code that broke off must not be glued to the next one: so it is in the station. */
static void feed_at(struct bench *bench, struct bytes input, int64_t at_us)
{
    bool pause = at_us - bench->heard_us > SCAN_PAUSE_MAX_MS * INT64_C(1000);
    if (bench->scanner != NULL && pause) scanner_state_break(&bench->scanner_state);
    bench->heard_us = at_us;
    feed_all(bench, input);
}

/* Line by line as recorded; each in pieces of `size` bytes, 0: whole. */
static void feed_pieces(struct bench *bench, const struct capture *capture, size_t size)
{
    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_piece *piece = &capture->pieces[i];
        struct bytes rest = capture_bytes(capture, piece);
        while (rest.len > 0 && !piece->sent) {
            struct bytes front = bytes_slice(rest, 0, size > 0 ? size : rest.len);
            feed_at(bench, front, piece->at_us);
            rest = bytes_from(rest, front.len);
        }
    }
}

static void feed_recording(struct bench *bench, const struct recording *recording)
{
    if (is_hid(bench)) feed_pieces(bench, &recording->capture, 0);
    else feed_all(bench, recording->heard);
}

/* ---- the promises
 * ---------------------------------------------------------------------------- */

/* The device was opened: a HID device shows its report descriptor then. */
static void bench_describe(struct bench *bench, const struct recording *recording)
{
    const struct capture *capture = &recording->capture;
    struct device_identity identity = {
        .is_hid = true,
        .report_descriptor = bytes_of(capture->descriptor, capture->descriptor_len),
    };
    const char *sentence = NULL;
    if (!is_hid(bench)) return;
    if (bench->scale != NULL) sentence = bench->scale->describe(&bench->scale_state, &identity);
    else sentence = bench->scanner->describe(&bench->scanner_state, &identity);
    EXPECT_TEXT("", sentence != NULL ? sentence : "", recording->path);
}

static void bench_begin(struct bench *bench, const struct recording *recording)
{
    const struct capture *capture = &recording->capture;
    ENSURE(bench_init(bench, capture->kind, capture->driver));
    bench_describe(bench, recording);
}

static void expect_said(const struct bench *bench, const char *wanted, const char *path,
                        const char *promise)
{
    char sentence[640];
    snprintf(sentence, sizeof sentence, "%s: %s", path, promise);
    EXPECT(textbuf_ok(&bench->said), sentence);
    EXPECT_TEXT(wanted, bench->storage, sentence);
}

static void in_pieces(struct bench *bench, const struct recording *recording)
{
    struct bytes whole = recording->heard;
    bench_begin(bench, recording);
    for (size_t i = 0; i < whole.len; i++) feed_all(bench, bytes_slice(whole, i, 1));
    expect_said(bench, recording->expected, recording->path, "byte by byte");
    for (size_t cut = 1; cut < whole.len; cut++) {
        bench_begin(bench, recording);
        feed_all(bench, bytes_slice(whole, 0, cut));
        feed_all(bench, bytes_from(whole, cut));
        expect_said(bench, recording->expected, recording->path, "cut once, anywhere");
    }
}

/* Without the lines about refused frames and answers: garbage may be refused, and a handshake may
 * wait until it is sure again; neither may change what is read. */
static void drop_refusals(char *text)
{
    char *storage = storage_make();
    struct textbuf kept;
    textbuf_init(&kept, storage, TEXT_SIZE);
    char *rest = text;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        bool refusal = strncmp(line, "rejected", 8) == 0 || strcmp(line, "unclean") == 0 ||
                       strcmp(line, "too-long") == 0 || strncmp(line, "answer", 6) == 0;
        if (refusal) continue;
        textbuf_format(&kept, "%s\n", line);
    }
    memcpy(text, storage, kept.len + 1);
    free(storage);
}

static void after_garbage(struct bench *bench, const struct recording *recording)
{
    static const struct bytes garbage[] = {
        BYTES_LITERAL("\0\xFF\x7F\x80\x55\r"),
        BYTES_LITERAL("\x02\x02\x41\x02\r"),
        BYTES_LITERAL("000 kg\r\n"),
        BYTES_LITERAL("\x02,ST,GS,+  1.2\x03\r\n"),
    };
    char *wanted = storage_make();
    snprintf(wanted, TEXT_SIZE, "%s", recording->expected);
    drop_refusals(wanted);
    for (size_t i = 0; i < ARRAY_LEN(garbage) + 1; i++) {
        bench_begin(bench, recording);
        /* The last garbage is the second half of what comes next: a reader that joined late. */
        size_t late = recording->heard.len > 7 ? recording->heard.len - 7 : 0;
        if (i < ARRAY_LEN(garbage)) feed_all(bench, garbage[i]);
        else feed_all(bench, bytes_from(recording->heard, late));
        textbuf_reset(&bench->said);
        bool half_scan = bench->scanner != NULL; /* a half scan cannot be told from a whole one */
        if (half_scan && i == ARRAY_LEN(garbage)) continue;
        feed_recording(bench, recording);
        drop_refusals(bench->storage);
        expect_said(bench, wanted, recording->path, "after garbage");
    }
    free(wanted);
}

/* Wherever noise comes between, every usable reading is one that the source knows. */
static void noise_anywhere(struct bench *bench, const struct recording *recording)
{
    static const struct bytes noise[] = {BYTES_LITERAL("\0\xFF\x7F"), BYTES_LITERAL("\x02\x02")};
    struct bytes whole = recording->heard;
    char *wanted = storage_make();
    snprintf(wanted, TEXT_SIZE, "\n%s", recording->expected);
    for (size_t cut = 0; cut < 2 * whole.len; cut++) {
        bench_begin(bench, recording);
        feed_all(bench, bytes_slice(whole, 0, cut / 2));
        feed_all(bench, noise[cut % 2]);
        feed_all(bench, bytes_from(whole, cut / 2));
        char *rest = bench->storage;
        for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
            char known[256];
            snprintf(known, sizeof known, "\n%s\n", line);
            if (strstr(line, "usable") == NULL) continue;
            EXPECT(strstr(wanted, known) != NULL, recording->path);
        }
    }
    free(wanted);
}

static void repeated(struct bench *bench, const struct recording *recording)
{
    char *wanted = storage_make();
    snprintf(wanted, TEXT_SIZE, "%s%s", recording->expected, recording->expected);
    bench_begin(bench, recording);
    feed_recording(bench, recording);
    bench_describe(bench, recording); /* a HID scale's first report counts only once it was open */
    feed_recording(bench, recording);
    expect_said(bench, wanted, recording->path, "twice, without a gap");
    free(wanted);
}

/* Such a recording begins and ends anywhere, and its pauses mean something. */
static void with_its_times(struct bench *bench, const struct recording *recording)
{
    feed_pieces(bench, &recording->capture, 0);
    expect_said(bench, recording->expected, recording->path, "as it was recorded");
    if (is_hid(bench)) return;
    for (size_t size = 1; size < 20; size += 6) {
        bench_begin(bench, recording);
        feed_pieces(bench, &recording->capture, size);
        expect_said(bench, recording->expected, recording->path, "at its times, in small pieces");
    }
    if (bench->scanner != NULL) return;
    bench_begin(bench, recording);
    feed_all(bench, recording->heard);
    expect_said(bench, recording->expected, recording->path, "all at once");
}

static void without_times(struct bench *bench, const struct recording *recording)
{
    feed_recording(bench, recording);
    expect_said(bench, recording->expected, recording->path, "all at once");
    if (!is_hid(bench)) in_pieces(bench, recording);
    if (!is_hid(bench)) after_garbage(bench, recording);
    if (bench->scale != NULL && !is_hid(bench)) noise_anywhere(bench, recording);
    repeated(bench, recording);
}

/* captures/x.cap has its captures/x.expect. */
static bool read_expected(struct recording *recording)
{
    char path[512], sentence[1200];
    int stem = (int)strlen(recording->path) - 4;
    snprintf(path, sizeof path, "%.*s.expect", stem > 0 ? stem : 0, recording->path);
    snprintf(sentence, sizeof sentence,
             "%s is there: packtool decode %s --expect writes a first one", path, recording->path);
    return EXPECT(read_text(path, recording->expected), sentence);
}

static void replay(const char *path)
{
    struct recording recording;
    struct bench bench = {.storage = NULL};
    if (recording_open(&recording, path) && read_expected(&recording)) {
        bool known = bench_init(&bench, recording.capture.kind, recording.capture.driver);
        char sentence[640];
        snprintf(sentence, sizeof sentence, "%s: \"# kind:\" and \"# driver:\" name a driver",
                 path);
        if (EXPECT(known, sentence)) {
            bench_begin(&bench, &recording);
            if (recording.capture.timed) with_its_times(&bench, &recording);
            else without_times(&bench, &recording);
        }
    }
    free(bench.storage);
    recording_close(&recording);
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

/* ---- strangers
 * ------------------------------------------------------------------------------- */

/* Those that read the same frames; which one it is only people know. */
static bool are_kin(const struct scale_driver *driver, const char *own_driver)
{
    static const char *const kin[][2] = {{"ecr-icl", "ecr-pd2"}, {"st-gs", "dini-argeo"}};
    for (size_t i = 0; i < ARRAY_LEN(kin); i++) {
        for (size_t k = 0; k < 2; k++) {
            if (strcmp(driver->name, kin[i][k]) == 0 && strcmp(own_driver, kin[i][1 - k]) == 0)
                return true;
        }
    }
    return strcmp(driver->name, own_driver) == 0 ||
           (driver->profile != NULL && driver->profile->like[0] != '\0');
}

static void feed_to_strangers(const char *path, const char *own_driver, struct bytes frame)
{
    struct bench bench = {.storage = NULL};
    for (size_t i = 0; scale_driver_at(&catalogue, i) != NULL; i++) {
        char sentence[640];
        if (are_kin(scale_driver_at(&catalogue, i), own_driver)) continue;
        bench_init(&bench, "scale", scale_driver_at(&catalogue, i)->name);
        if (is_hid(&bench)) continue; /* whole reports of a device that described itself */
        for (unsigned times = 0; times < 5; times++) feed_all(&bench, frame);
        snprintf(sentence, sizeof sentence, "%s gives %s no usable weight: %.80s", path,
                 scale_driver_at(&catalogue, i)->name, bench.storage);
        EXPECT(strstr(bench.storage, "usable") == NULL, sentence);
    }
    free(bench.storage);
}

static void a_capture_for_strangers(const char *path)
{
    struct recording recording;
    if (recording_open(&recording, path)) {
        feed_to_strangers(path, recording.capture.driver, recording.heard);
    }
    recording_close(&recording);
}

static void a_table_for_strangers(const char *path)
{
    char *text = storage_make();
    unsigned rows = 0;
    EXPECT(read_text(path, text), path);
    char *rest = text;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        char id[16], hex[512];
        uint8_t bytes[256];
        size_t len;
        if (sscanf(line, "%15[^#\t]\t%*[^\t]\t%*[^\t]\t%511[^\t]", id, hex) != 2) continue;
        if (!EXPECT(capture_hex(bytes_of_text(hex), bytes, sizeof bytes, &len), id)) continue;
        feed_to_strangers(id, "", bytes_of(bytes, len));
        rows++;
    }
    EXPECT(rows > 3, "the table of strangers was read");
    free(text);
}

static void no_driver_weighs_with_another_protocol(void)
{
    EXPECT(each_file(".cap", a_capture_for_strangers) >= 10,
           "captures are strangers to each other");
    EXPECT(each_file("foreign-scales.tsv", a_table_for_strangers) == 1, "and so is the table");
}

static void has_its_capture(const char *path)
{
    char capture[512];
    snprintf(capture, sizeof capture, "%.*s.cap", (int)strlen(path) - 7, path);
    EXPECT(access(capture, R_OK) == 0, path);
}

static void every_expectation_has_its_capture(void)
{
    EXPECT(each_file(".expect", has_its_capture) >= 10, "there are captures to replay");
}

bool rows_expect(bool good, const char *promise)
{
    return EXPECT(good, promise);
}

bool rows_expect_text(const char *wanted, const char *got, const char *promise)
{
    return EXPECT_TEXT(wanted, got, promise);
}

static void every_single_frame_reads_as_its_source_says(void)
{
    rows_read(&catalogue);
}

int main(int argc, char **argv)
{
    expect_test = "replay";
    scale_profiles_load(&catalogue);
    for (int i = 1; i < argc; i++) replay(argv[i]);
    if (argc > 1) return expect_result();
    EXPECT_RUN(every_expectation_has_its_capture);
    EXPECT_RUN(every_single_frame_reads_as_its_source_says);
    EXPECT_RUN(no_driver_weighs_with_another_protocol);
    return expect_result();
}
