/* render_options.c - the words of `packtool render`. */
#include <stdio.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "drivers/label_fit.h"
#include "hal/files.h"
#include "hal/process.h"
#include "tools/packtool/render.h"

#define TEMPLATES_BESIDE "share/packd/labels" /* of the folder the program is in */
#define USUAL_SIZE "4x6in"
#define SIDE_MIN_DOTS 16u
#define DMM_MAX 9999u

static const struct render_language *find_language(struct bytes name)
{
    static struct render_language languages[] = {
        {"zpl", NULL}, {"tspl", NULL}, {"epl", NULL}, {"escpos", NULL},
        {"pbm", NULL}, {"png", NULL},  {"pdf", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        if (!bytes_equal_text(name, languages[i].name)) continue;
        languages[i].printer = printer_driver_find(name);
        return &languages[i];
    }
    return NULL;
}

/* By the ending of the file, else ZPL. */
static const struct render_language *usual_language(const char *path)
{
    struct bytes name = bytes_of_text(path);
    size_t at = name.len;
    while (at > 0 && name.data[at - 1] != '.' && name.data[at - 1] != '/') at--;
    const struct render_language *language = find_language(bytes_from(name, at));
    return language != NULL ? language : find_language(BYTES_LITERAL("zpl"));
}

const char *render_usual_folder(void)
{
    static char path[FILES_PATH_MAX];
    process_beside(TEMPLATES_BESIDE, path, sizeof path);
    return path[0] != '\0' && files_is_there(path) ? path : NULL;
}

static bool wrong(const char *what, const char *value)
{
    fprintf(stderr, "packtool: %s %s is not understood\n", what, value);
    return false;
}

/* "101.6" to 10160. */
static bool take_hundredths(struct bytes *rest, uint64_t *out_hundredths)
{
    size_t len = 0, point = 0;
    uint64_t whole, part = 0;
    while (len < rest->len && rest->data[len] >= '0' && rest->data[len] <= '9') len++;
    if (!bytes_to_u64(bytes_slice(*rest, 0, len), DMM_MAX, &whole)) return false;
    if (len < rest->len && rest->data[len] == '.') {
        struct bytes digits = bytes_from(*rest, len + 1);
        while (point < digits.len && digits.data[point] >= '0' && digits.data[point] <= '9')
            point++;
        if (point > 2 || !bytes_to_u64(bytes_slice(digits, 0, point), 99, &part)) return false;
        if (point == 1) part *= 10;
        len += 1 + point;
    }
    *rest = bytes_from(*rest, len);
    *out_hundredths = whole * 100 + part;
    return *out_hundredths > 0 && *out_hundredths <= UINT32_MAX / 600;
}

/* Inches are counted in dots as everybody does, 812 x 1218 for 4 x 6 at 203; millimetres in whole
 * dots of the head. The paper is as large as that, or a little larger. */
static bool take_size(struct render_options *options)
{
    struct bytes rest = bytes_of_text(options->size);
    uint64_t sides[2];
    unsigned dots[2], dmm[2];
    bool read = take_hundredths(&rest, &sides[0]) && bytes_start_with(rest, "x");
    rest = bytes_from(rest, 1);
    read = read && take_hundredths(&rest, &sides[1]);
    bool inches = bytes_equal_text(rest, "in");
    if (!read || (!inches && !bytes_equal_text(rest, "mm"))) return wrong("--size", options->size);
    for (size_t i = 0; i < 2; i++) {
        unsigned side = (unsigned)sides[i];
        dmm[i] = inches ? (side * 254 + 99) / 100 : side / 10;
        if (dmm[i] > DMM_MAX) return wrong("--size", options->size);
        dots[i] = inches ? side * options->dpi / 100
                         : label_dots(dmm[i], label_dots_per_mm(options->dpi));
        if (dots[i] < SIDE_MIN_DOTS || dots[i] > RENDER_SIDE_MAX_DOTS)
            return wrong("--size", options->size);
    }
    options->width_dots = dots[0];
    options->height_dots = dots[1];
    options->width_dmm = (uint16_t)dmm[0];
    options->height_dmm = (uint16_t)dmm[1];
    return (uint64_t)(dots[0] + 7) / 8 * dots[1] <= RENDER_OUTPUT_MAX ||
           wrong("--size", options->size);
}

/* As the report writes it: "2100x2970+100,125,1016x1524@90", in tenths of a millimetre. */
static bool take_crop(const char *text, struct render_crop *out)
{
    int end = 0;
    int count = sscanf(text, "%5hux%5hu+%5hu,%5hu,%5hux%5hu@%3hu%n", &out->sheet_width_dmm,
                       &out->sheet_height_dmm, &out->x_dmm, &out->y_dmm, &out->width_dmm,
                       &out->height_dmm, &out->turn, &end);
    bool turns = out->turn % 90 == 0 && out->turn < 360;
    return (count == 7 && text[end] == '\0' && turns) || wrong("--crop", text);
}

static bool take_number(const char *option, const char *value, unsigned min, unsigned max,
                        unsigned *out_number)
{
    uint64_t number;
    if (!bytes_to_u64(bytes_of_text(value), max, &number) || number < min)
        return wrong(option, value);
    *out_number = (unsigned)number;
    return true;
}

static bool take_wanted(struct render_options *options, const char *text)
{
    if (options->wanted_count == RENDER_WANTED_MAX || strlen(text) >= RENDER_WANTED_SIZE)
        return wrong("--want", text);
    options->wanted[options->wanted_count++] = text;
    return true;
}

static bool take_folder(struct render_options *options, const char *path)
{
    if (options->folder_count == RENDER_FOLDERS_MAX) return wrong("--templates", path);
    options->folders[options->folder_count++] = path;
    return true;
}

static const char **place_of(struct render_options *options, const char *option)
{
    const struct {
        const char *option;
        const char **place;
    } places[] = {{"--in", &options->in},
                  {"--out", &options->out},
                  {"--template", &options->template_name},
                  {"--fields", &options->fields},
                  {"--size", &options->size},
                  {"--renderer", &options->renderer}};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (strcmp(option, places[i].option) == 0) return places[i].place;
    }
    return NULL;
}

static bool take_option(struct render_options *options, const char *option, const char *value)
{
    const char **place = place_of(options, option);
    if (place != NULL) *place = value;
    if (place != NULL) return true;
    if (strcmp(option, "--dpi") == 0) {
        bool known = take_number(option, value, 100, 600, &options->dpi);
        return known && (label_dots_per_mm(options->dpi) != 0 || wrong(option, value));
    }
    if (strcmp(option, "--page") == 0)
        return take_number(option, value, 1, UINT16_MAX, &options->page);
    if (strcmp(option, "--copy") == 0)
        return take_number(option, value, 1, UINT16_MAX, &options->copy);
    if (strcmp(option, "--repeat") == 0)
        return take_number(option, value, 1, RENDER_REPEAT_MAX, &options->repeat);
    if (strcmp(option, "--want") == 0) return take_wanted(options, value);
    if (strcmp(option, "--templates") == 0) return take_folder(options, value);
    if (strcmp(option, "--crop") == 0) return take_crop(value, &options->crop);
    if (strcmp(option, "--language") != 0) return wrong("", option);
    options->language = find_language(bytes_of_text(value));
    return options->language != NULL || wrong(option, value);
}

/* What must be there, and what does not go together. */
static bool is_whole(const struct render_options *options)
{
    const char *missing = NULL;
    bool pdf = options->language != NULL && strcmp(options->language->name, "pdf") == 0;
    if (options->list) return true;
    if (options->out == NULL) missing = "--out is needed";
    else if (options->in == NULL && options->template_name == NULL)
        missing = "--in, or --template and --fields, is needed";
    else if (options->in != NULL && options->template_name != NULL)
        missing = "--in and --template do not go together";
    else if (options->template_name != NULL && options->fields == NULL)
        missing = "--fields is needed";
    else if (options->template_name != NULL && strlen(options->template_name) >= RENDER_NAME_SIZE)
        missing = "there is no template of so long a name";
    else if (pdf && options->template_name == NULL) missing = "pdf is for templates";
    if (missing != NULL) fprintf(stderr, "packtool: %s\n", missing);
    return missing == NULL;
}

bool render_options_read(int argc, char **argv, struct render_options *out)
{
    *out = (struct render_options){.size = USUAL_SIZE, .dpi = 203, .repeat = 1};
    if (render_usual_folder() != NULL) (void)take_folder(out, render_usual_folder());
    for (int i = 0; i < argc; i++) {
        bool alone = strcmp(argv[i], "--list") == 0;
        if (alone) out->list = true;
        else if (i + 1 == argc) return wrong("", argv[i]);
        else if (!take_option(out, argv[i], argv[i + 1])) return false;
        if (!alone) i++;
    }
    if (out->language == NULL && out->out != NULL) out->language = usual_language(out->out);
    return is_whole(out) && take_size(out);
}
