/* decode_scale.c - `packtool decode scale`: a recorded line as readings, one a line.
 *
 * With "auto" every driver hears the whole recording, and the one that read most frames is the
 * scale's; it needs DECODE_FRAMES_SURE of them when another driver read something too. When none
 * read a frame, a driver that knew the frames well enough to refuse them for a reason will do.
 * Drivers that only people can choose take no part (scale.h, by_name_only).
 *
 * Profiles are read as packd reads them; one can be tried before it is put there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "firmware/profiles.h"
#include "tools/packtool/decode.h"

#define DECODE_INPUT_MAX (64u * 1024u * 1024u)
#define DECODE_FRAMES_SURE 3u

struct options {
    const char *driver;
    const char *profile; /* a file; it is the driver */
    const char *scales;  /* a folder instead of the usual ones */
    bool hex;
    size_t chunk; /* 0: all at once */
    const char *path;
};

struct tally {
    const struct scale_driver *driver;
    uint64_t read;
    uint64_t known; /* refused, but not for their shape */
};

static void print_reading(const struct scale_driver *driver, const struct scale_reading *reading)
{
    char hex[SCALE_RAW_MAX * 2 + 1];
    struct textbuf raw;
    textbuf_init(&raw, hex, sizeof hex);
    textbuf_hex(&raw, bytes_of(reading->raw, reading->raw_len));
    struct json_writer *out = decode_line_open();
    json_write_text(out, "driver", driver->name);
    json_write_i64(out, "mass_mg", reading->mass_mg);
    json_write_text(out, "shown", reading->shown);
    json_write_text(out, "unit", reading->unit);
    json_write_boolean(out, "stable", reading->stable);
    json_write_boolean(out, "net", reading->net);
    json_write_i64(out, "tare_mg", reading->tare_mg);
    json_write_boolean(out, "overload", reading->overload);
    json_write_boolean(out, "underload", reading->underload);
    json_write_boolean(out, "zero", reading->zero);
    json_write_boolean(out, "usable", reading->usable);
    json_write_text(out, "raw", hex);
    decode_line_print();
}

static void print_refusal(const struct scale_driver *driver, const struct scale_output *output)
{
    char hex[SCALE_RAW_MAX * 2 + 1];
    struct textbuf raw;
    textbuf_init(&raw, hex, sizeof hex);
    textbuf_hex(&raw, bytes_of(output->reading.raw, output->reading.raw_len));
    struct json_writer *out = decode_line_open();
    json_write_text(out, "driver", driver->name);
    json_write_text(out, "rejected", scale_reject_word(output->reject));
    json_write_text(out, "raw", hex);
    decode_line_print();
}

static void hear(struct tally *tally, const struct scale_output *output, bool print)
{
    switch (output->result) {
    case SCALE_NOTHING:
    case SCALE_ANSWER: return; /* a recording holds what came, not what we send */
    case SCALE_READING:
        tally->read++;
        if (print) print_reading(tally->driver, &output->reading);
        return;
    case SCALE_REJECTED:
        if (output->reject != SCALE_REJECT_SHAPE) tally->known++;
        if (print) print_refusal(tally->driver, output);
        return;
    }
}

static struct tally listen(const struct scale_driver *driver, struct bytes input, size_t chunk,
                           bool print)
{
    struct tally tally = {.driver = driver};
    struct scale_state state;
    struct scale_output output;
    scale_state_init(&state, driver);
    while (input.len > 0) {
        struct bytes piece = bytes_slice(input, 0, chunk > 0 ? chunk : input.len);
        input = bytes_from(input, piece.len);
        while (piece.len > 0) {
            piece = bytes_from(piece, driver->feed(&state, piece, &output));
            hear(&tally, &output, print);
        }
    }
    return tally;
}

static bool is_better(const struct tally *one, const struct tally *other)
{
    return one->read != other->read ? one->read > other->read : one->known > other->known;
}

static struct scale_catalogue catalogue;
static bool catalogue_is_read;

static void complain(void *context, const char *path, const struct scale_complaint *complaint)
{
    char storage[512];
    struct textbuf text;
    (void)context;
    textbuf_init(&text, storage, sizeof storage);
    profiles_complaint_write(&text, path, complaint);
    fprintf(stderr, "%s\n", storage);
}

const struct scale_catalogue *decode_scales(void)
{
    if (!catalogue_is_read) profiles_load(&catalogue, NULL, complain, NULL);
    catalogue_is_read = true;
    return &catalogue;
}

const struct scale_driver *decode_scale_profile(const char *path)
{
    return profiles_load_file(&catalogue, path, complain, NULL);
}

/* NULL when no driver knows the frames, or two know them equally well. */
static const struct scale_driver *find_driver(struct bytes input, size_t chunk)
{
    struct tally best = {.driver = NULL}, second = {.driver = NULL};
    const struct scale_driver *driver;
    for (size_t i = 0; (driver = scale_driver_at(decode_scales(), i)) != NULL; i++) {
        if (driver->by_name_only || driver->is_hid) continue;
        struct tally tally = listen(driver, input, chunk, false);
        if (is_better(&tally, &best)) {
            second = best;
            best = tally;
        } else if (is_better(&tally, &second)) {
            second = tally;
        }
    }
    bool alone = second.read == 0 && (best.read > 0 || second.known == 0);
    bool sure = best.read >= DECODE_FRAMES_SURE && best.read > second.read;
    return alone || sure ? best.driver : NULL;
}

const struct scale_driver *decode_scale_find(struct bytes input)
{
    return find_driver(input, 0);
}

void decode_scale_print(const struct scale_driver *driver, const struct scale_output *output)
{
    if (output->result == SCALE_READING) print_reading(driver, &output->reading);
    if (output->result == SCALE_REJECTED) print_refusal(driver, output);
}

static bool parse_options(int argc, char **argv, struct options *out)
{
    *out = (struct options){.path = "-"};
    bool path_given = false;
    for (int i = 0; i < argc; i++) {
        uint64_t chunk;
        bool value_follows = i + 1 < argc;
        if (strcmp(argv[i], "--hex") == 0) {
            out->hex = true;
        } else if (strcmp(argv[i], "--driver") == 0 && value_follows) {
            out->driver = argv[++i];
        } else if (strcmp(argv[i], "--profile") == 0 && value_follows) {
            out->profile = argv[++i];
        } else if (strcmp(argv[i], "--scales") == 0 && value_follows) {
            out->scales = argv[++i];
        } else if (strcmp(argv[i], "--chunk") == 0 && value_follows) {
            if (!bytes_to_u64(bytes_of_text(argv[++i]), DECODE_INPUT_MAX, &chunk)) return false;
            if (chunk == 0) return false;
            out->chunk = (size_t)chunk;
        } else if (!path_given && strncmp(argv[i], "--", 2) != 0) {
            out->path = argv[i];
            path_given = true;
        } else {
            return false;
        }
    }
    if (out->driver != NULL && out->profile != NULL) return false;
    if (out->driver == NULL) out->driver = "auto";
    return true;
}

/* The recording; a program run decodes one. */
static uint8_t *recording;

/* False with a sentence. */
static bool read_input(const char *path, struct bytes *out_input)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    recording = file != NULL ? malloc(DECODE_INPUT_MAX + 1) : NULL;
    if (recording == NULL) {
        fprintf(stderr, "packtool: %s cannot be read\n", path);
        if (file != NULL && file != stdin) fclose(file);
        return false;
    }
    size_t len = fread(recording, 1, DECODE_INPUT_MAX + 1, file);
    bool good = ferror(file) == 0 && len <= DECODE_INPUT_MAX;
    if (!good) fprintf(stderr, "packtool: %s cannot be read or is too big\n", path);
    if (file != stdin) fclose(file);
    *out_input = bytes_of(recording, len);
    return good;
}

/* In its place: a byte never stands behind its own digits. */
static bool unhex(struct bytes *input)
{
    size_t len;
    bool good = decode_hex(*input, recording, input->len, &len);
    if (!good) fprintf(stderr, "packtool: the input is not hex\n");
    else input->len = len;
    return good;
}

static int name_the_drivers(void)
{
    fprintf(stderr, "packtool: no such driver; there is: auto");
    const struct scale_driver *driver;
    for (size_t i = 0; (driver = scale_driver_at(decode_scales(), i)) != NULL; i++) {
        fprintf(stderr, " %s", driver->name);
    }
    fprintf(stderr, "\n");
    return PACKTOOL_USAGE;
}

/* What was asked for; NULL: any, or a mistake that was told, with its exit code. */
static const struct scale_driver *choose_driver(const struct options *options, int *out_code)
{
    const struct scale_driver *driver;
    *out_code = PACKTOOL_DONE;
    if (options->profile != NULL) {
        driver = decode_scale_profile(options->profile);
        if (driver == NULL) *out_code = PACKTOOL_BAD_INPUT;
        return driver;
    }
    if (options->scales != NULL) {
        profiles_load(&catalogue, options->scales, complain, NULL);
        catalogue_is_read = true;
    }
    if (strcmp(options->driver, "auto") == 0) return NULL;
    driver = scale_driver_find(decode_scales(), bytes_of_text(options->driver));
    if (driver == NULL) *out_code = name_the_drivers();
    return driver;
}

int decode_scale(int argc, char **argv)
{
    struct options options;
    struct bytes input;
    int code;
    if (!parse_options(argc, argv, &options)) {
        fprintf(stderr,
                "packtool: decode scale [--driver NAME|auto] [--profile FILE] [--scales DIR] "
                "[--hex] [--chunk N] [FILE|-]\n");
        return PACKTOOL_USAGE;
    }
    const struct scale_driver *driver = choose_driver(&options, &code);
    if (code != PACKTOOL_DONE) return code;
    if (!read_input(options.path, &input)) return PACKTOOL_BAD_INPUT;
    if (options.hex && !unhex(&input)) return PACKTOOL_BAD_INPUT;
    if (driver == NULL) driver = find_driver(input, options.chunk);
    if (driver == NULL) {
        fprintf(stderr, "packtool: no driver knows these frames for certain\n");
        return PACKTOOL_BAD_INPUT;
    }
    (void)listen(driver, input, options.chunk, true);
    return PACKTOOL_DONE;
}
