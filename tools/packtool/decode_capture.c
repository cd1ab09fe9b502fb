/* decode_capture.c - `packtool decode scale|scanner|printer FILE.cap`: a recording with its times,
 * as the station hears it: a code that breaks off is forgotten after a pause, a scale that says
 * nothing for long is silent. With --expect, the first form of the .expect file of tests/replay. */
#include <stdio.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "tests/support/capture.h"
#include "tests/support/device_words.h"
#include "tests/support/scale_words.h"
#include "tools/packtool/decode.h"

#define WORDS_SIZE 4096u

struct options {
    const char *profile; /* a file that describes the scale; NULL: none */
    const char *path;
    const char *driver; /* NULL: as the recording says */
    size_t chunk;       /* 0: as recorded */
    bool expect;
};

struct listener { /* one of three, and its state */
    const struct scale_driver *scale;
    const struct scanner_driver *scanner;
    const struct printer_driver *printer;
    struct scale_state scale_state;
    struct scanner_state scanner_state;
    struct printer_state printer_state;
    int64_t heard_us;
    bool expect;
};

static bool options_take(int argc, char **argv, struct options *out)
{
    *out = (struct options){.path = NULL};
    for (int i = 0; i < argc; i++) {
        uint64_t chunk;
        bool value_follows = i + 1 < argc;
        if (strcmp(argv[i], "--expect") == 0) {
            out->expect = true;
        } else if (strcmp(argv[i], "--auto") == 0) {
            out->driver = "auto";
        } else if (strcmp(argv[i], "--driver") == 0 && value_follows) {
            out->driver = argv[++i];
        } else if (strcmp(argv[i], "--profile") == 0 && value_follows) {
            out->profile = argv[++i];
        } else if (strcmp(argv[i], "--chunk") == 0 && value_follows) {
            if (!bytes_to_u64(bytes_of_text(argv[++i]), CAPTURE_BYTES_MAX, &chunk)) return false;
            if (chunk == 0) return false;
            out->chunk = (size_t)chunk;
        } else if (argv[i][0] != '-' && out->path == NULL) {
            out->path = argv[i];
        } else {
            return false;
        }
    }
    return out->path != NULL;
}

bool decode_names_a_capture(int argc, char **argv)
{
    bool named = false;
    for (int i = 0; i < argc; i++) {
        size_t len = strlen(argv[i]);
        if (strcmp(argv[i], "--hex") == 0) return false;
        named = named || (len > 4 && strcmp(argv[i] + len - 4, ".cap") == 0);
    }
    return named;
}

/* ---- who listens ----------------------------------------------------------------------------- */

static const char *guess_scanner(const struct capture *capture)
{
    struct device_identity identity = {.report_descriptor =
                                           bytes_of(capture->descriptor, capture->descriptor_len)};
    if (capture->descriptor_len == 0) return "line";
    const struct scanner_driver *driver = decode_hid_scanner(&identity);
    return driver != NULL ? driver->name : NULL;
}

/* What a recording without a driver's name lets us guess. */
static const char *guess(const char *kind, const struct capture *capture)
{
    struct printer_identity identity;
    static char dialect[sizeof identity.dialect];
    if (strcmp(kind, "scale") == 0) {
        if (capture->descriptor_len > 0) return "hid-scale";
        struct bytes heard = bytes_of(capture->heard, capture->heard_len);
        const struct scale_driver *found = decode_scale_find(heard);
        return found != NULL ? found->name : NULL;
    }
    if (strcmp(kind, "scanner") == 0) return guess_scanner(capture);
    struct bytes device_id = bytes_of(capture->device_id, capture->device_id_len);
    if (!printer_identity_parse(device_id, &identity)) return NULL;
    snprintf(dialect, sizeof dialect, "%s", identity.dialect);
    return dialect;
}

/* A sentence when the device is none of the driver's. */
static const char *describe(struct listener *listener, const struct capture *capture)
{
    struct device_identity identity = {
        .is_hid = true,
        .report_descriptor = bytes_of(capture->descriptor, capture->descriptor_len),
    };
    if (listener->scale != NULL && listener->scale->describe != NULL)
        return listener->scale->describe(&listener->scale_state, &identity);
    if (listener->scanner != NULL && listener->scanner->describe != NULL)
        return listener->scanner->describe(&listener->scanner_state, &identity);
    return NULL;
}

static bool listener_init(struct listener *listener, const char *kind, const char *driver,
                          const struct capture *capture)
{
    struct bytes name = bytes_of_text(driver);
    memset(listener, 0, sizeof *listener);
    if (strcmp(kind, "scale") == 0) listener->scale = scale_driver_find(decode_scales(), name);
    if (strcmp(kind, "scanner") == 0) listener->scanner = scanner_driver_find(name);
    if (strcmp(kind, "printer") == 0) listener->printer = printer_driver_find(name);
    scale_state_init(&listener->scale_state, listener->scale);
    scanner_state_init(&listener->scanner_state, NULL);
    printer_state_init(&listener->printer_state);
    if (listener->scale == NULL && listener->scanner == NULL && listener->printer == NULL) {
        fprintf(stderr, "packtool: no %s driver %s\n", kind, driver);
        return false;
    }
    const char *sentence = describe(listener, capture);
    if (sentence == NULL) return true;
    fprintf(stderr, "packtool: %s\n", sentence);
    return false;
}

/* ---- what it hears --------------------------------------------------------------------------- */

static void words_print(const struct textbuf *words)
{
    fputs(words->data, stdout);
}

static size_t feed_scale(struct listener *listener, struct bytes input, struct textbuf *words)
{
    struct scale_output output;
    size_t used = listener->scale->feed(&listener->scale_state, input, &output);
    if (listener->expect) scale_words_say(words, &output);
    else decode_scale_print(listener->scale, &output);
    return used;
}

static size_t feed_scanner(struct listener *listener, struct bytes input, struct textbuf *words)
{
    enum scan_result result;
    struct scan scan;
    size_t used = listener->scanner->feed(&listener->scanner_state, input, &result, &scan);
    if (listener->expect) scan_words_say(words, result, &scan);
    else decode_scan_print(result, &scan);
    return used;
}

static size_t feed_printer(struct listener *listener, struct bytes input, struct textbuf *words)
{
    enum printer_result result;
    struct printer_answer answer;
    size_t used = listener->printer->feed(&listener->printer_state, input, &result, &answer);
    if (listener->expect) status_words_say(words, result, &answer);
    else (void)decode_answer_print(result, &answer);
    return used;
}

static void feed(struct listener *listener, struct bytes input)
{
    while (input.len > 0) {
        char storage[WORDS_SIZE];
        struct textbuf words;
        size_t used;
        textbuf_init(&words, storage, sizeof storage);
        if (listener->scale != NULL) used = feed_scale(listener, input, &words);
        else if (listener->scanner != NULL) used = feed_scanner(listener, input, &words);
        else used = feed_printer(listener, input, &words);
        words_print(&words);
        input = bytes_from(input, used);
    }
}

static void tell_number(const struct listener *listener, const char *key, int64_t value)
{
    if (listener->expect) return;
    struct json_writer *out = decode_line_open();
    json_write_i64(out, key, value);
    decode_line_print();
}

static void half_code_ends(struct listener *listener)
{
    size_t bytes = listener->scanner_state.used;
    scanner_state_break(&listener->scanner_state);
    if (bytes > 0) tell_number(listener, "broke_off_after_bytes", (int64_t)bytes);
}

static void time_passes(struct listener *listener, int64_t at_us)
{
    int64_t pause_ms = (at_us - listener->heard_us) / 1000;
    bool silent = listener->scale != NULL && listener->scale->silent_after_ms > 0 &&
                  pause_ms > (int64_t)listener->scale->silent_after_ms;
    if (silent) tell_number(listener, "silent_ms", pause_ms);
    if (listener->scanner != NULL && pause_ms > SCAN_PAUSE_MAX_MS) half_code_ends(listener);
    listener->heard_us = at_us;
}

static void play(struct listener *listener, const struct capture *capture, size_t chunk)
{
    bool whole_reports = (listener->scanner != NULL && listener->scanner->is_hid) ||
                         (listener->scale != NULL && listener->scale->is_hid);
    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_piece *piece = &capture->pieces[i];
        struct bytes rest = capture_bytes(capture, piece);
        if (piece->sent) continue;
        if (capture->timed) decode_line_time(piece->at_us / 1000);
        time_passes(listener, piece->at_us);
        while (rest.len > 0) {
            struct bytes front =
                bytes_slice(rest, 0, chunk > 0 && !whole_reports ? chunk : rest.len);
            feed(listener, front);
            rest = bytes_from(rest, front.len);
        }
    }
    if (listener->scanner != NULL) half_code_ends(listener);
}

static int decode(const char *kind, const struct options *options, const struct capture *capture)
{
    static struct listener listener;
    const char *driver = options->driver != NULL ? options->driver : capture->driver;
    if (capture->kind[0] != '\0' && strcmp(capture->kind, kind) != 0) {
        fprintf(stderr, "packtool: this is the recording of a %s\n", capture->kind);
        return PACKTOOL_BAD_INPUT;
    }
    if (driver[0] == '\0' || strcmp(driver, "auto") == 0) driver = guess(kind, capture);
    if (driver == NULL) {
        fprintf(stderr, "packtool: no driver knows this for certain: name one with --driver\n");
        return PACKTOOL_BAD_INPUT;
    }
    if (!listener_init(&listener, kind, driver, capture)) return PACKTOOL_BAD_INPUT;
    listener.expect = options->expect;
    play(&listener, capture, options->chunk);
    if (capture->cut) fprintf(stderr, "packtool: the last line is cut and was left out\n");
    return PACKTOOL_DONE;
}

int decode_capture(const char *kind, int argc, char **argv)
{
    struct options options;
    struct capture capture;
    if (!options_take(argc, argv, &options)) {
        fprintf(
            stderr,
            "packtool: decode scale|scanner|printer FILE.cap [--driver NAME|auto] [--profile FILE] "
            "[--chunk N] [--expect]\n");
        return PACKTOOL_USAGE;
    }
    if (options.profile != NULL) {
        const struct scale_driver *driver = decode_scale_profile(options.profile);
        if (driver == NULL) return PACKTOOL_BAD_INPUT;
        options.driver = driver->name;
    }
    if (!capture_read(options.path, &capture)) return PACKTOOL_BAD_INPUT;
    int code = decode(kind, &options, &capture);
    capture_free(&capture);
    return code;
}
