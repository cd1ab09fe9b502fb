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

int packtool_journal(int argc, char **argv)
{
    char sentence[SENTENCE_SIZE];
    struct textbuf why;
    struct journal *journal = NULL;
    bool checking = argc == 2 && strcmp(argv[0], "check") == 0;
    if (!checking && (argc != 2 || strcmp(argv[0], "export") != 0)) {
        fputs("usage: packtool journal check|export FILE\n", stderr);
        return PACKTOOL_USAGE;
    }
    textbuf_init(&why, sentence, sizeof(sentence));
    if (journal_open_reading(argv[1], &why, &journal) != ERR_NONE) {
        fprintf(stderr, "packtool: %s\n", sentence);
        return PACKTOOL_BAD_INPUT;
    }
    int code = checking ? check(journal) : export(journal);
    journal_close(journal);
    return code;
}
