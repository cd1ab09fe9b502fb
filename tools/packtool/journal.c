/* journal.c - `packtool journal`: looks into a journal that no packd owns. Nothing in its files
 * changes, not even after a crash, so it can be used on the only copy there is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "firmware/journal_line.h"
#include "tools/packtool/packtool.h"

#define SENTENCE_SIZE 300

static bool print_row(void *context, const struct journal_row *row)
{
    static char storage[JOURNAL_LINE_SIZE];
    struct textbuf line;
    (void)context;
    textbuf_init(&line, storage, sizeof(storage));
    journal_line_write(&line, row);
    ENSURE(textbuf_ok(&line));
    return puts(storage) >= 0;
}

static int export(struct journal *journal)
{
    enum err problem = journal_read_after(journal, 0, SIZE_MAX >> 1, print_row, NULL);
    if (problem == ERR_NONE) return PACKTOOL_DONE;
    fprintf(stderr, "packtool: %s\n", journal_trouble(journal));
    return PACKTOOL_BAD_INPUT;
}

static void print_finding(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "packtool: %s\n", sentence);
}

struct counting {
    int64_t facts, gaps, seq;
};

static bool count_row(void *context, const struct journal_row *row)
{
    struct counting *counting = context;
    if (counting->facts > 0 && row->seq != counting->seq + 1) counting->gaps++;
    counting->facts++;
    counting->seq = row->seq;
    return true;
}

static int check(struct journal *journal)
{
    struct counting counting = {.facts = 0};
    size_t findings = 0;
    enum err problem = journal_verify(journal, print_finding, NULL, &findings);
    if (problem == ERR_NONE) {
        problem = journal_read_after(journal, 0, SIZE_MAX >> 1, count_row, &counting);
    }
    bool good = problem == ERR_NONE && findings == 0 && counting.gaps == 0;
    printf("{\"facts\":%" PRId64 ",\"gaps\":%" PRId64 ",\"ok\":%s}\n", counting.facts,
           counting.gaps, good ? "true" : "false");
    return good ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

/* Reads a blob whole as text; false when there is none. */
static bool read_text(struct journal *journal, const char *key, char *storage, size_t size)
{
    size_t len = 0;
    enum err problem = journal_read_blob(journal, bytes_of_text(key), storage, size - 1, &len);
    storage[problem == ERR_NONE ? len : 0] = '\0';
    return problem == ERR_NONE;
}

/* AWB numbers that lie on a dead box and were never given out (firmware/station/pool.h). */
static int numbers(struct journal *journal, const char *list)
{
    static char text[65536];
    char key[120];
    unsigned first = 0, used = 0, next = 0;
    snprintf(key, sizeof(key), "pool/%s", list);
    if (!read_text(journal, key, text, sizeof(text)) ||
        sscanf(text, "%u %u %u", &first, &used, &next) != 3) {
        fprintf(stderr, "packtool: there are no numbers of %s in this journal\n", list);
        return PACKTOOL_BAD_INPUT;
    }
    for (unsigned number = first; number < next; number++) {
        struct bytes rest, line;
        snprintf(key, sizeof(key), "pool/%s/%u", list, number);
        if (!read_text(journal, key, text, sizeof(text))) continue;
        rest = bytes_of_text(text);
        (void)bytes_split(&rest, '\n', &line); /* when it was fetched */
        for (unsigned i = 0; bytes_split(&rest, '\n', &line); i++) {
            if (number == first && i < used) continue;
            if (line.len > 0) printf("%.*s\n", (int)line.len, (const char *)line.data);
        }
    }
    return PACKTOOL_DONE;
}

int packtool_journal(int argc, char **argv)
{
    char sentence[SENTENCE_SIZE];
    struct textbuf why;
    struct journal *journal = NULL;
    bool checking = argc == 2 && strcmp(argv[0], "check") == 0;
    bool listing = argc == 3 && strcmp(argv[0], "numbers") == 0;
    bool exporting = argc == 2 && strcmp(argv[0], "export") == 0;
    if (!checking && !listing && !exporting) {
        fputs("usage: packtool journal check|export FILE\n"
              "       packtool journal numbers FILE COURIER[.cod]\n",
              stderr);
        return PACKTOOL_USAGE;
    }
    textbuf_init(&why, sentence, sizeof(sentence));
    if (journal_open_reading(argv[1], &why, &journal) != ERR_NONE) {
        fprintf(stderr, "packtool: %s\n", sentence);
        return PACKTOOL_BAD_INPUT;
    }
    int code = checking ? check(journal) : listing ? numbers(journal, argv[2]) : export(journal);
    journal_close(journal);
    return code;
}
