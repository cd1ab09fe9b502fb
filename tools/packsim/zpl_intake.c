/* zpl_intake.c - bytes into formats and commands; see zpl_intake.h (ZPL II Programming Guide). */
#include "tools/packsim/zpl_intake.h"

#include <stdlib.h>
#include <string.h>

void zpl_intake_init(struct zpl_intake *intake)
{
    *intake = (struct zpl_intake){.format = malloc(ZPL_FORMAT_MAX)};
    ENSURE(intake->format != NULL);
}

void zpl_intake_drop(struct zpl_intake *intake)
{
    intake->state = ZPL_OUTSIDE;
    intake->format_len = 0;
    intake->binary_left = 0;
    intake->command_len = 0;
}

bool zpl_intake_is_partial(const struct zpl_intake *intake)
{
    return intake->state == ZPL_FORMAT ||
           (intake->state == ZPL_TILDE && intake->before_tilde == ZPL_FORMAT);
}

static struct bytes format_bytes(const struct zpl_intake *intake)
{
    return bytes_of(intake->format, intake->format_len);
}

static bool format_ends_with(const struct zpl_intake *intake, const char *text)
{
    size_t len = strlen(text);
    return intake->format_len >= len &&
           bytes_equal_text(bytes_from(format_bytes(intake), intake->format_len - len), text);
}

/* After the fourth comma of ^GFB,b,c,d, exactly b bytes follow. */
static void binary_look(struct zpl_intake *intake)
{
    static const char command[] = "^GFB,";
    size_t from = intake->format_len > 60 ? intake->format_len - 60 : 0;
    struct bytes tail = bytes_from(format_bytes(intake), from);
    size_t at = bytes_find(tail, BYTES_LITERAL(command));
    if (at == tail.len) return;
    struct bytes rest = bytes_from(tail, at + sizeof command - 1), count, part;
    size_t commas = 0;
    for (size_t i = 0; i < rest.len; i++) commas += rest.data[i] == ',';
    bool just_now = commas == 3 && rest.data[rest.len - 1] == ',';
    if (just_now && bytes_split(&rest, ',', &count) && bytes_split(&rest, ',', &part))
        if (!bytes_to_u64(count, ZPL_FORMAT_MAX, &intake->binary_left)) intake->binary_left = 0;
}

static void format_feed(struct zpl_intake *intake, uint8_t one, const struct zpl_sink *sink)
{
    if (intake->format_len < ZPL_FORMAT_MAX) intake->format[intake->format_len++] = (char)one;
    if (intake->binary_left > 0) {
        intake->binary_left--;
        return;
    }
    if (one == ',') binary_look(intake);
    if (!format_ends_with(intake, "^XZ")) return;
    intake->state = ZPL_OUTSIDE;
    sink->format(format_bytes(intake));
    intake->format_len = 0;
}

/* Tilde commands have two letters, ~HQ.. four. */
static void tilde_feed(struct zpl_intake *intake, uint8_t one, const struct zpl_sink *sink)
{
    intake->command[intake->command_len++] = (char)one;
    intake->command[intake->command_len] = '\0';
    size_t wanted = intake->command_len >= 2 && strncmp(intake->command, "HQ", 2) == 0 ? 4 : 2;
    if (intake->command_len < wanted) return;
    intake->state = intake->before_tilde;
    intake->command_len = 0;
    sink->tilde(intake->command);
}

static void outside_feed(struct zpl_intake *intake, uint8_t one)
{
    if (one == '!') {
        intake->state = ZPL_LINE;
        intake->command_len = 0;
        return;
    }
    /* Anything that is not ^XA is thrown away, as a printer does. */
    static const char start[] = "^XA";
    if (one != (uint8_t)start[intake->format_len]) intake->format_len = 0;
    if (one == (uint8_t)start[intake->format_len]) intake->format[intake->format_len++] = (char)one;
    if (intake->format_len == sizeof start - 1) intake->state = ZPL_FORMAT;
}

static void line_feed(struct zpl_intake *intake, uint8_t one, const struct zpl_sink *sink)
{
    if (one != '\n' && one != '\r') {
        if (intake->command_len + 1 < ZPL_COMMAND_MAX)
            intake->command[intake->command_len++] = (char)one;
        return;
    }
    intake->command[intake->command_len] = '\0';
    intake->command_len = 0;
    intake->state = ZPL_OUTSIDE;
    intake->format_len = 0;
    sink->line(intake->command);
}

void zpl_intake_feed(struct zpl_intake *intake, uint8_t one, const struct zpl_sink *sink)
{
    if (one == '~' && intake->binary_left == 0 && intake->state != ZPL_TILDE) {
        intake->before_tilde = intake->state == ZPL_LINE ? ZPL_OUTSIDE : intake->state;
        intake->state = ZPL_TILDE;
        intake->command_len = 0;
        return;
    }
    switch (intake->state) {
    case ZPL_OUTSIDE: outside_feed(intake, one); break;
    case ZPL_FORMAT: format_feed(intake, one, sink); break;
    case ZPL_TILDE: tilde_feed(intake, one, sink); break;
    case ZPL_LINE: line_feed(intake, one, sink); break;
    }
}

/* Where the last such command's parameters begin; format.len when there is none. */
static size_t command_find(struct bytes format, const char *command)
{
    size_t found = format.len;
    for (size_t from = 0; from < format.len;) {
        struct bytes rest = bytes_from(format, from);
        size_t at = bytes_find(rest, bytes_of_text(command));
        if (at == rest.len) break;
        found = from + at + strlen(command);
        from = found;
    }
    return found;
}

bool zpl_has(struct bytes format, const char *command)
{
    return bytes_find(format, bytes_of_text(command)) < format.len;
}

int64_t zpl_number(struct bytes format, const char *command, int64_t absent)
{
    size_t at = command_find(format, command), end = at;
    uint64_t value;
    while (end < format.len && format.data[end] >= '0' && format.data[end] <= '9') end++;
    return bytes_to_u64(bytes_slice(format, at, end - at), 1000000, &value) ? (int64_t)value
                                                                            : absent;
}

bool zpl_prints(struct bytes format)
{
    static const char *const commands[] = {"^FD", "^FV", "^GB", "^GF", "^GC",
                                           "^GD", "^GE", "^XG", "^SN"};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (zpl_has(format, commands[i])) return true;
    }
    return false;
}
