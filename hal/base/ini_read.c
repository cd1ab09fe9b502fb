/* ini_read.c - one line at a time; see ini_read.h for the grammar. A line that is not understood is
 * reported and left behind, so that one run shows every mistake in a file. */
#include "hal/base/ini_read.h"

#include <string.h>

void ini_init(struct ini_reader *reader, struct bytes text)
{
    memset(reader, 0, sizeof *reader);
    reader->rest = bytes_skip_mark(text);
}

static bool is_word(struct bytes run)
{
    for (size_t i = 0; i < run.len; i++) {
        uint8_t one = run.data[i];
        bool letter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
        bool digit = one >= '0' && one <= '9';
        if (!letter && !digit && one != '_' && one != '-' && one != '.') return false;
    }
    return run.len > 0;
}

/* Takes the quotes and escapes off a text that begins with a quote. */
static const char *unquote(struct bytes quoted, char *out_text, size_t size)
{
    size_t len = 0;
    size_t at = 1;
    for (; at < quoted.len && quoted.data[at] != '"'; at++) {
        uint8_t one = quoted.data[at];
        if (one == '\\') {
            one = ++at < quoted.len ? quoted.data[at] : 0;
            if (one != '"' && one != '\\') return "A backslash may only stand before \" or \\.";
        }
        if (len + 1 >= size) return "The text in quotes is too long.";
        out_text[len++] = (char)one;
    }
    out_text[len] = '\0';
    if (at >= quoted.len) return "The closing quote is missing.";
    return at + 1 == quoted.len ? NULL : "Nothing may follow the closing quote.";
}

/* [section] or [section "name"]. After a header that is wrong, no section is open: what follows it
 * must not be taken for settings of the section before. */
static const char *read_section(struct ini_reader *reader, struct bytes line)
{
    reader->section[0] = '\0';
    reader->section_name[0] = '\0';
    if (line.data[line.len - 1] != ']') return "A section must end with ].";
    struct bytes inside = bytes_trim(bytes_slice(line, 1, line.len - 2));
    size_t quote = bytes_find_byte(inside, '"');
    struct bytes word = bytes_trim(bytes_slice(inside, 0, quote));
    if (!is_word(word)) return "A section is a word in brackets, with an optional name in quotes.";
    if (quote < inside.len) {
        char name[sizeof reader->section_name];
        const char *why = unquote(bytes_from(inside, quote), name, sizeof name);
        if (why != NULL) return why;
        if (name[0] == '\0') return "The name of the section is empty.";
        memcpy(reader->section_name, name, sizeof name);
    }
    if (bytes_to_text(word, reader->section, sizeof reader->section)) return NULL;
    reader->section_name[0] = '\0';
    return "The name of the section is too long.";
}

static const char *read_entry(struct ini_reader *reader, struct bytes line)
{
    size_t equals = bytes_find_byte(line, '=');
    if (equals == line.len) return "This is neither [section] nor key = value.";
    struct bytes key = bytes_trim(bytes_slice(line, 0, equals));
    struct bytes value = bytes_trim(bytes_from(line, equals + 1));
    if (!is_word(key)) return "A key consists of letters, digits, '_', '-' and '.'.";
    if (!bytes_to_text(key, reader->key, sizeof reader->key)) return "The key is too long.";
    if (bytes_start_with(value, "\"")) return unquote(value, reader->value, sizeof reader->value);
    /* It is shorter than its line, and a line with a NUL in it does not come here. */
    bool copied = bytes_to_text(value, reader->value, sizeof reader->value);
    ENSURE(copied);
    return NULL;
}

static bool is_comment(struct bytes line)
{
    return bytes_start_with(line, "#") || bytes_start_with(line, ";");
}

enum ini_step ini_next(struct ini_reader *reader, const char **out_why)
{
    struct bytes raw;
    while (bytes_split(&reader->rest, '\n', &raw)) {
        reader->line++;
        struct bytes line = bytes_trim(raw);
        const char *why = NULL;
        bool header = bytes_start_with(line, "[");
        if (raw.len > INI_LINE_MAX) {
            why = "The line is too long.";
        } else if (!bytes_are_utf8_text(line) || bytes_find_byte(line, '\r') < line.len) {
            why = "The line holds bytes that are not UTF-8 text.";
        } else if (line.len == 0 || is_comment(line)) {
            continue;
        } else {
            why = header ? read_section(reader, line) : read_entry(reader, line);
            if (why == NULL && header) continue;
        }
        if (why == NULL) return INI_ENTRY;
        *out_why = why;
        return INI_BAD;
    }
    return INI_END;
}
