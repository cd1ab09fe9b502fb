/* script.c - control commands by the clock or by what has happened.
 *
 * A line is WHEN COMMAND: "+1500ms scan WEB-1001", "+2s lift", "bookings=2 printer paper-out 50".
 * Lines do not wait for one another; each is carried out once. # begins a comment. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/control.h"
#include "tools/packsim/world.h"

#define LINES_MAX 200
#define LINE_SIZE 300
#define LOOK_EVERY_MS 5

struct script_line {
    int64_t after_ms; /* -1: by counter */
    char counter[16];
    uint64_t count;
    char command[LINE_SIZE];
    bool done;
};

static struct script_line script[LINES_MAX];
static size_t line_count;

static bool when_parse(struct bytes when, struct script_line *line)
{
    struct bytes name;
    uint64_t number;
    size_t digits = 1;
    if (bytes_start_with(when, "+")) {
        while (digits < when.len && when.data[digits] >= '0' && when.data[digits] <= '9') digits++;
        struct bytes unit = bytes_from(when, digits);
        if (!bytes_to_u64(bytes_slice(when, 1, digits - 1), 86400000, &number)) return false;
        line->after_ms = (int64_t)number * (bytes_equal_text(unit, "ms") ? 1 : 1000);
        return bytes_equal_text(unit, "ms") || bytes_equal_text(unit, "s");
    }
    line->after_ms = -1;
    return bytes_split(&when, '=', &name) &&
           bytes_to_text(name, line->counter, sizeof line->counter) &&
           bytes_to_u64(when, 1000000, &line->count) && control_counter(name, &number);
}

static bool line_parse(struct bytes text)
{
    struct script_line line = {0};
    struct bytes when;
    text = bytes_trim(text);
    if (text.len == 0 || text.data[0] == '#') return true;
    if (line_count == LINES_MAX || !bytes_split(&text, ' ', &when) || !when_parse(when, &line))
        return false;
    if (!bytes_to_text(bytes_trim(text), line.command, sizeof line.command)) return false;
    script[line_count++] = line;
    return true;
}

static bool is_due(const struct script_line *line, int64_t age_ms)
{
    uint64_t count;
    if (line->after_ms >= 0) return age_ms >= line->after_ms;
    return control_counter(bytes_of_text(line->counter), &count) && count >= line->count;
}

static void line_run(struct script_line *line)
{
    struct textbuf lines;
    text_open(&lines, 1024 * 1024);
    enum control_result result = control_run(bytes_of_text(line->command), &lines);
    if (result == CONTROL_BAD)
        fprintf(stderr, "packsim: script: %s: %s", line->command, lines.data);
    text_close(&lines);
    line->done = true;
}

static void *script_run(void *unused)
{
    (void)unused;
    int64_t started_ms = world_tick_ms();
    while (!world_ending()) {
        world_lock();
        for (size_t i = 0; i < line_count; i++) {
            if (!script[i].done && is_due(&script[i], world_tick_ms() - started_ms))
                line_run(&script[i]);
        }
        world_unlock();
        world_sleep_ms(LOOK_EVERY_MS);
    }
    return NULL;
}

static bool file_read(const char *path)
{
    char text[LINE_SIZE + 2];
    FILE *file = fopen(path, "r");
    unsigned number = 0;
    bool good = file != NULL;
    while (good && fgets(text, sizeof text, file) != NULL) {
        number++;
        good = line_parse(bytes_of_text(text));
    }
    if (!good) fprintf(stderr, "packsim: %s:%u: not WHEN COMMAND\n", path, number);
    if (file != NULL) fclose(file);
    return good;
}

bool script_start(const char *path)
{
    pthread_t thread;
    world_lock();
    bool good = file_read(path);
    world_unlock();
    if (!good || pthread_create(&thread, NULL, script_run, NULL) != 0) return false;
    pthread_detach(thread);
    return true;
}
