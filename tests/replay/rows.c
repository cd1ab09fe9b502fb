/* rows.c - each row's frame to its own driver, which must say what the row says; and to all others:
 * where one frame is enough to tell the driver, only its own may know it. */
#include "tests/replay/rows.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/scale_words.h"

#define ROWS_TEXT_MAX (64u * 1024u)
#define ROW_BYTES_MAX 64u

struct row {
    char id[8], hex[256], driver[32], tells[8], expected[160];
};

/* Readings, refusals for a reason, and both as words. */
struct told {
    unsigned read, known;
    char words[256];
};

static struct told tell(const struct scale_driver *driver, struct bytes frame)
{
    struct told told = {.read = 0};
    struct scale_state state;
    struct textbuf words;
    textbuf_init(&words, told.words, sizeof told.words);
    scale_state_init(&state, driver);
    while (frame.len > 0) {
        struct scale_output output;
        frame = bytes_from(frame, driver->feed(&state, frame, &output));
        if (output.result == SCALE_READING) told.read++;
        if (output.result == SCALE_REJECTED && output.reject != SCALE_REJECT_SHAPE) told.known++;
        if (output.result == SCALE_NOTHING) continue;
        if (words.len > 0) textbuf_text(&words, " / ");
        scale_words_say(&words, &output);
        if (words.len > 0) words.data[--words.len] = '\0'; /* the end of its line */
    }
    return told;
}

/* One driver that no other equals: `packtool decode scale --driver auto` goes by the same. */
static const struct scale_driver *only_one(const struct scale_catalogue *scales, struct bytes frame)
{
    const struct scale_driver *driver, *reader = NULL, *knower = NULL;
    unsigned readers = 0, knowers = 0;
    for (size_t i = 0; (driver = scale_driver_at(scales, i)) != NULL; i++) {
        if (driver->by_name_only || driver->is_hid) continue;
        struct told told = tell(driver, frame);
        if (told.read > 0) {
            reader = driver;
            readers++;
        } else if (told.known > 0) {
            knower = driver;
            knowers++;
        }
    }
    if (readers > 0) return readers == 1 ? reader : NULL;
    return knowers == 1 ? knower : NULL;
}

static size_t read_hex(const char *text, uint8_t *out_bytes)
{
    size_t len = 0;
    unsigned byte;
    int used = 0;
    while (len < ROW_BYTES_MAX && sscanf(text, "%2x%n", &byte, &used) == 1) {
        out_bytes[len++] = (uint8_t)byte;
        text += used;
    }
    return len;
}

static void check_row(const struct scale_catalogue *scales, const struct row *row)
{
    uint8_t storage[ROW_BYTES_MAX];
    char sentence[200];
    struct bytes frame = bytes_of(storage, read_hex(row->hex, storage));
    const struct scale_driver *driver = scale_driver_find(scales, bytes_of_text(row->driver));
    snprintf(sentence, sizeof sentence, "%s has a driver", row->id);
    if (!rows_expect(driver != NULL, sentence) || driver == NULL) return;
    struct told told = tell(driver, frame);
    snprintf(sentence, sizeof sentence, "%s is read as its source says", row->id);
    rows_expect_text(row->expected, told.words, sentence);
    const struct scale_driver *found = only_one(scales, frame);
    snprintf(sentence, sizeof sentence, "%s alone tells its driver", row->id);
    if (strcmp(row->tells, "yes") == 0)
        rows_expect_text(row->driver, found != NULL ? found->name : "(none)", sentence);
    else rows_expect(found == NULL || found == driver, "and never another one");
}

void rows_read(const struct scale_catalogue *scales)
{
    static char text[ROWS_TEXT_MAX];
    FILE *file = fopen(PACKD_SOURCE_DIR "/tests/replay/captures/serial-scales.tsv", "r");
    unsigned rows = 0;
    if (!rows_expect(file != NULL, "the table of frames is there")) return;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    for (char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        struct row row;
        if (sscanf(line, "%7[^#\t]\t%*[^\t]\t%*[^\t]\t%255[^\t]\t%31[^\t]\t%7[^\t]\t%159[^\t]",
                   row.id, row.hex, row.driver, row.tells, row.expected) != 5)
            continue;
        check_row(scales, &row);
        rows++;
    }
    rows_expect(rows >= 38, "and it was read");
}
