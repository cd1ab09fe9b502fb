/* decode_code.c - `packtool decode gs1` and `packtool check-digit`: codes typed in, no scanner.
 *
 * A separator is the byte 1D; in a text that has none, "<GS>" will do, which a shell can type. */
#include "tools/packtool/decode_code.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "drivers/code_awb.h"
#include "drivers/code_digits.h"
#include "drivers/code_gs1.h"
#include "tools/packtool/decode.h"

static int year_now(void)
{
    time_t now = time(NULL);
    struct tm parts;
    return gmtime_r(&now, &parts) != NULL ? parts.tm_year + 1900 : 2026;
}

static void write_fields(struct json_writer *out, const struct gs1_code *code)
{
    json_write_open(out, "fields", '{');
    for (size_t i = 0; i < code->count; i++) {
        bool again = false;
        for (size_t before = 0; before < i; before++)
            again = again || strcmp(code->fields[before].ai, code->fields[i].ai) == 0;
        if (!again) json_write_bytes(out, code->fields[i].ai, code->fields[i].value);
    }
    json_write_close(out, '}');
}

static void write_dates(struct json_writer *out, const struct gs1_code *code)
{
    bool open = false;
    for (size_t i = 0; i < code->count; i++) {
        struct gs1_date date;
        char text[16];
        if (!gs1_date(&code->fields[i], year_now(), &date)) continue;
        if (!open) json_write_open(out, "dates", '{');
        open = true;
        snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
        json_write_text(out, code->fields[i].ai, text);
    }
    if (open) json_write_close(out, '}');
}

static void write_mass(struct json_writer *out, const struct gs1_code *code)
{
    int64_t mass_mg;
    for (size_t i = 0; i < code->count; i++) {
        if (!gs1_mass_mg(&code->fields[i], &mass_mg)) continue;
        bool gross = code->fields[i].ai[1] >= '3';
        json_write_i64(out, gross ? "gross_mg" : "net_mg", mass_mg);
    }
}

/* Bars of a product carry a GTIN without saying so: EAN-13, EAN-8 and the fourteen digits of an ITF
 * are identifier 01 with zeros in front. */
static enum gs1_problem read_gtin(struct bytes text, char storage[17], struct gs1_code *out)
{
    size_t zeros = text.len <= 14 ? 14 - text.len : 0;
    memcpy(storage, "01", 2);
    memset(storage + 2, '0', zeros);
    if (!bytes_to_text(bytes_slice(text, 0, 14), storage + 2 + zeros, 15 - zeros))
        return GS1_TOO_LONG;
    return gs1_parse(bytes_of_text(storage), out);
}

static enum gs1_problem read_code(const char *aim, struct bytes text, char storage[17],
                                  struct gs1_code *out)
{
    *out = (struct gs1_code){.count = 0};
    if (gs1_is_marked(aim)) return gs1_parse(text, out);
    if (aim[0] != '\0' && text.len == 0) return GS1_NO_DATA;
    if (strcmp(aim, "]E3") == 0) text = bytes_slice(text, 0, 13); /* without its add-on */
    bool ean = aim[0] != '\0' && strncmp(aim, "]E", 2) == 0 && (text.len == 13 || text.len == 8);
    bool upc = strcmp(aim, "]E0") == 0 && text.len == 12;
    bool itf = strncmp(aim, "]I", 2) == 0 && text.len == 14;
    return ean || upc || itf ? read_gtin(text, storage, out) : GS1_NOT_GS1;
}

void decode_code_write(struct json_writer *out, const char *aim, struct bytes text)
{
    struct gs1_code code;
    if (aim[0] != '\0') json_write_text(out, "symbology", code_symbology_word(aim));
    if (!gs1_is_marked(aim)) return;
    enum gs1_problem problem = gs1_parse(text, &code);
    json_write_open(out, "gs1", '{');
    write_fields(out, &code);
    json_write_boolean(out, "valid", problem == GS1_OK);
    json_write_close(out, '}');
}

static void print_code(const char *aim, struct bytes text, const struct gs1_code *code,
                       enum gs1_problem problem)
{
    struct json_writer *out = decode_line_open();
    json_write_text(out, "symbology", code_symbology_word(aim));
    write_fields(out, code);
    json_write_boolean(out, "valid", problem == GS1_OK);
    if (problem != GS1_OK) {
        json_write_text(out, "error", gs1_problem_word(problem));
        json_write_i64(out, "at", (int64_t)(strlen(aim) + code->at));
    }
    json_write_text(out, "kind", code_kind_word(code_kind_of(text, aim)));
    write_mass(out, code);
    write_dates(out, code);
    decode_line_print();
}

/* "<GS>" to the byte itself, in place. */
static void put_separators(char *text)
{
    if (strchr(text, GS1_SEPARATOR) != NULL) return;
    for (char *mark = strstr(text, "<GS>"); mark != NULL; mark = strstr(mark, "<GS>")) {
        *mark = GS1_SEPARATOR;
        memmove(mark + 1, mark + 4, strlen(mark + 4) + 1);
    }
}

static bool take_aim(const char *text, char aim[4])
{
    bool there = text[0] == ']' && text[1] != '\0' && text[2] != '\0';
    snprintf(aim, 4, "%s", there ? text : "");
    return there;
}

int decode_gs1(int argc, char **argv)
{
    char text[GS1_TEXT_MAX + 4], aim[4], storage[17];
    struct gs1_code code;
    if (argc != 2 || strcmp(argv[0], "--text") != 0) {
        fprintf(stderr, "packtool: decode gs1 --text TEXT, with its AIM id in front\n");
        return PACKTOOL_USAGE;
    }
    if (!bytes_to_text(bytes_of_text(argv[1]), text, sizeof text)) {
        fprintf(stderr, "packtool: a code is at most %u characters long\n", GS1_TEXT_MAX);
        return PACKTOOL_BAD_INPUT;
    }
    put_separators(text);
    struct bytes rest = bytes_from(bytes_of_text(text), take_aim(text, aim) ? 3 : 0);
    enum gs1_problem problem = read_code(aim, rest, storage, &code);
    if (aim[0] == '\0' && rest.len > 0 && rest.data[0] == GS1_SEPARATOR)
        problem = gs1_parse_unmarked(rest, &code); /* some scanners say it so */
    print_code(aim, rest, &code, problem);
    return problem == GS1_OK ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

static int name_the_schemes(void)
{
    fprintf(stderr, "packtool: check-digit --scheme NAME --text TEXT; schemes:");
    for (size_t i = 0; code_scheme_at(i) != NULL; i++)
        fprintf(stderr, " %s", code_scheme_at(i)->name);
    fprintf(stderr, "\n");
    return PACKTOOL_USAGE;
}

int packtool_check_digit(int argc, char **argv)
{
    const char *values[2] = {NULL, NULL};
    for (int i = 0; i + 1 < argc; i += 2) {
        bool scheme = strcmp(argv[i], "--scheme") == 0;
        if (!scheme && strcmp(argv[i], "--text") != 0) return name_the_schemes();
        values[scheme ? 0 : 1] = argv[i + 1];
    }
    if (argc != 4 || values[0] == NULL || values[1] == NULL) return name_the_schemes();
    const struct code_scheme *scheme = code_scheme_find(bytes_of_text(values[0]));
    if (scheme == NULL) return name_the_schemes();
    bool valid = false;
    char expected[2] = "";
    if (!code_check(scheme, bytes_of_text(values[1]), &valid, &expected[0])) {
        fprintf(stderr, "packtool: not of the form of %s: %s\n", scheme->name, scheme->form);
        return PACKTOOL_BAD_INPUT;
    }
    struct json_writer *out = decode_line_open();
    json_write_boolean(out, "valid", valid);
    json_write_text(out, "expected", expected);
    decode_line_print();
    return PACKTOOL_DONE;
}
