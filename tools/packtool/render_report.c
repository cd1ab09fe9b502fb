/* render_report.c - what `packtool render` says about a label, in one line of JSON. There is no
 * floating point: millionths and microseconds are written with a point where it belongs. */
#include <stdio.h>
#include <string.h>

#include "hal/crypto.h"
#include "hal/files.h"
#include "tools/packtool/render.h"
#include "tools/packtool/talk.h"

#define TEMPLATES_MAX 128u
#define TEMPLATE_ENDING ".label"
#define TITLE "title "
#define TITLE_MAX 200

/* 110000 and 1000000 give 0.11; at least one digit stands behind the point. */
static void write_decimal(struct json_writer *writer, const char *key, uint64_t value, uint64_t one)
{
    char storage[48];
    struct textbuf text;
    unsigned digits = 0;
    for (uint64_t left = one; left > 1; left /= 10) digits++;
    textbuf_init(&text, storage, sizeof storage);
    textbuf_u64(&text, value / one);
    textbuf_char(&text, '.');
    textbuf_padded(&text, value % one, digits);
    size_t len = text.len;
    while (storage[len - 1] == '0' && storage[len - 2] != '.') len--;
    json_write_number(writer, key, bytes_of(storage, len));
}

static void write_hash(struct json_writer *writer, const char *key, struct bytes content)
{
    uint8_t digest[CRYPTO_SHA256_SIZE];
    char storage[2 * CRYPTO_SHA256_SIZE + 1];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    crypto_sha256(content, digest);
    textbuf_hex(&text, bytes_of(digest, sizeof digest));
    json_write_text(writer, key, storage);
}

struct word {
    uint32_t bit;
    const char *word;
};

static void write_words(struct json_writer *writer, uint32_t bits, const struct word *words,
                        size_t count)
{
    json_write_open(writer, "warnings", '[');
    for (size_t i = 0; i < count; i++) {
        if ((bits & words[i].bit) != 0) json_write_text(writer, NULL, words[i].word);
    }
    json_write_close(writer, ']');
}

static void write_code(struct json_writer *writer, const struct render_code *code)
{
    static const struct word words[] = {{RENDER_CODE_QUIET, "quiet_zone"},
                                        {RENDER_CODE_THIN, "thin_bars"},
                                        {RENDER_CODE_LOW, "low_bars"},
                                        {RENDER_CODE_HARD, "hard_to_read"}};
    json_write_open(writer, NULL, '{');
    json_write_text(writer, "type", code->type);
    json_write_bytes(writer, "text", bytes_of_text(code->text));
    if (code->text_bytes >= RENDER_CODE_TEXT_SIZE)
        json_write_i64(writer, "text_bytes", code->text_bytes);
    json_write_i64(writer, "x", code->x);
    json_write_i64(writer, "y", code->y);
    json_write_i64(writer, "width", code->width);
    json_write_i64(writer, "height", code->height);
    write_decimal(writer, "module", code->module_mdots, 1000);
    write_words(writer, code->warnings, words, ARRAY_LEN(words));
    json_write_close(writer, '}');
}

static void write_codes(struct json_writer *writer, const struct render_answer *answer)
{
    json_write_open(writer, "barcodes", '[');
    for (size_t i = 0; i < answer->code_count; i++) write_code(writer, &answer->codes[i]);
    json_write_close(writer, ']');
}

static bool was_read(const struct render_answer *answer, const char *text)
{
    for (size_t i = 0; i < answer->code_count; i++) {
        if (strcmp(answer->codes[i].text, text) == 0) return true;
    }
    return false;
}

/* By the texts themselves or, where the codes were too many to be told, by the child's word. */
static unsigned write_missing(struct json_writer *writer, const struct render_options *options,
                              const struct render_answer *answer)
{
    unsigned missing = 0;
    if (options->wanted_count == 0) return 0;
    bool all = answer != NULL && (answer->warnings & RENDER_WARN_MORE_CODES) != 0 &&
               (answer->warnings & RENDER_WARN_WANTED) == 0;
    json_write_open(writer, "missing", '[');
    for (size_t i = 0; i < options->wanted_count && !all; i++) {
        if (answer != NULL && was_read(answer, options->wanted[i])) continue;
        json_write_text(writer, NULL, options->wanted[i]);
        missing++;
    }
    json_write_close(writer, ']');
    return missing;
}

static void write_crop(struct json_writer *writer, const struct render_answer *answer)
{
    const struct render_crop *crop = &answer->crop;
    char text[80];
    if (answer->cropped_from[0] == '\0') {
        json_write_null(writer, "cropped_from");
        return;
    }
    snprintf(text, sizeof text, "%ux%u+%u,%u,%ux%u@%u", crop->sheet_width_dmm,
             crop->sheet_height_dmm, crop->x_dmm, crop->y_dmm, crop->width_dmm, crop->height_dmm,
             crop->turn);
    json_write_text(writer, "cropped_from", answer->cropped_from);
    json_write_text(writer, "crop", text);
}

static void write_times(struct json_writer *writer, const struct render_seen *seen)
{
    json_write_open(writer, "ms", '{');
    write_decimal(writer, "draw", seen->answer.draw_us, 1000);
    write_decimal(writer, "bits", seen->answer.bits_us, 1000);
    write_decimal(writer, "read", seen->answer.read_us, 1000);
    write_decimal(writer, "write", (uint64_t)seen->write_us, 1000);
    if (seen->round_us > 0) write_decimal(writer, "round", (uint64_t)seen->round_us, 1000);
    json_write_close(writer, '}');
}

static void write_job(struct json_writer *writer, const struct render_options *options,
                      struct bytes job)
{
    json_write_text(writer, "language", options->language->name);
    json_write_i64(writer, "bytes", (int64_t)job.len);
}

/* Of a PDF there are no dots to be counted, and nothing is read back. */
static void write_dots(struct json_writer *writer, const struct render_options *options,
                       const struct render_answer *answer)
{
    json_write_i64(writer, "page", answer->page);
    json_write_i64(writer, "width", answer->width_dots);
    json_write_i64(writer, "height", answer->height_dots);
    json_write_i64(writer, "dpi", options->dpi);
    write_crop(writer, answer);
    write_decimal(writer, "scale", answer->scale_ppm, 1000000);
    if (answer->codes_drawn > 0) json_write_i64(writer, "barcodes_drawn", answer->codes_drawn);
    write_codes(writer, answer);
}

unsigned render_report(const struct render_options *options, const struct render_seen *seen)
{
    static const struct word words[] = {
        {RENDER_WARN_SCALED, "scaled"},          {RENDER_WARN_CLIPPED, "clipped"},
        {RENDER_WARN_FONTS, "fonts_missing"},    {RENDER_WARN_TEXT_CUT, "text_cut"},
        {RENDER_WARN_MORE_PAGES, "more_pages"},  {RENDER_WARN_MORE_CODES, "more_codes"},
        {RENDER_WARN_WANTED, "wanted_not_read"}, {RENDER_WARN_MORE_LABELS, "more_labels"}};
    const struct render_answer *answer = &seen->answer;
    struct json_writer *writer = talk_line_open();
    bool dots = answer->width_dots > 0;
    json_write_i64(writer, "pages", answer->pages);
    if (dots) write_dots(writer, options, answer);
    unsigned missing = write_missing(writer, options, answer);
    if (dots) write_decimal(writer, "dark_ratio", answer->dark_ppm, 1000000);
    write_words(writer, answer->warnings, words, ARRAY_LEN(words));
    write_job(writer, options, seen->job);
    write_hash(writer, "sha256", seen->output);
    write_times(writer, seen);
    talk_line_print();
    return missing;
}

void render_report_refused(const char *word, const char *sentence)
{
    struct json_writer *writer = talk_line_open();
    json_write_text(writer, "refused", word);
    json_write_text(writer, "sentence", sentence);
    talk_line_print();
}

unsigned render_report_zpl(const struct render_options *options, const struct zpl_report *report,
                           struct bytes job, int64_t check_us)
{
    struct json_writer *writer = talk_line_open();
    json_write_i64(writer, "pages", 1);
    json_write_i64(writer, "width", options->width_dots);
    json_write_i64(writer, "height", options->height_dots);
    json_write_i64(writer, "dpi", options->dpi);
    json_write_boolean(writer, "passed_through", true);
    json_write_open(writer, "left_out", '[');
    for (size_t i = 0; i < report->count; i++) json_write_text(writer, NULL, report->left_out[i]);
    json_write_close(writer, ']');
    json_write_open(writer, "barcodes", '[');
    json_write_close(writer, ']');
    unsigned missing = write_missing(writer, options, NULL);
    write_job(writer, options, job);
    json_write_open(writer, "ms", '{');
    write_decimal(writer, "check", (uint64_t)check_us, 1000);
    json_write_close(writer, '}');
    talk_line_print();
    return missing;
}

/* Templates --------------------------------------------------------------------------------------
 */

/* What stands behind "title " at the beginning of a line. */
static struct bytes title_of(struct bytes text)
{
    struct bytes line;
    while (bytes_split(&text, '\n', &line)) {
        if (bytes_start_with(line, TITLE))
            return bytes_slice(bytes_trim(bytes_from(line, sizeof TITLE - 1)), 0, TITLE_MAX);
    }
    return BYTES_NONE;
}

/* A folder further behind has one of this name, and that one counts. */
static bool is_outdone(const struct render_options *options, size_t folder, const char *name)
{
    for (size_t i = folder + 1; i < options->folder_count; i++) {
        char path[FILES_PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", options->folders[i], name);
        if (files_is_there(path)) return true;
    }
    return false;
}

static bool list_folder(const struct render_options *options, size_t place)
{
    const char *folder = options->folders[place];
    static char names[TEMPLATES_MAX][FILES_NAME_SIZE];
    size_t count = 0;
    enum err error = files_list(folder, TEMPLATE_ENDING, names, TEMPLATES_MAX, &count);
    if (error != ERR_NONE && error != ERR_TOO_BIG) {
        fprintf(stderr, "packtool: %s: %s\n", folder, err_word(error));
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char path[FILES_PATH_MAX];
        struct bytes text;
        if (is_outdone(options, place, names[i])) continue;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (!talk_read(path, &text)) return false;
        struct bytes name = bytes_of_text(names[i]);
        struct json_writer *writer = talk_line_open();
        json_write_bytes(writer, "template",
                         bytes_slice(name, 0, name.len - (sizeof TEMPLATE_ENDING - 1)));
        json_write_bytes(writer, "title", title_of(text));
        json_write_text(writer, "file", path);
        talk_line_print();
    }
    return true;
}

int render_list_templates(const struct render_options *options)
{
    bool good = options->folder_count > 0;
    if (!good) fprintf(stderr, "packtool: there are no templates; say --templates DIR\n");
    for (size_t i = 0; i < options->folder_count; i++) good = list_folder(options, i) && good;
    return good ? 0 : 1;
}
