/* facts.c - what the journal costs beside the disk itself: batches of facts made durable, and the
 * very same bytes appended to a file with one fdatasync each, in turns, so that both meet the same
 * disk in the same mood.
 *
 *   facts FOLDER [ROUNDS]   one line of JSON for batches of one fact, one for batches of eight */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hal/journal.h"
#include "tools/bench_parts/spans.h"

#define BODY_SIZE 400 /* a fact of a parcel, its event included */
#define FACTS_MAX 8
#define ROUNDS_MAX 2000

struct series {
    int64_t spans_ns[ROUNDS_MAX];
};

static struct series journal_series, bare_series;
static char folder_path[3000];

static void fail(const char *what)
{
    fprintf(stderr, "facts: %s\n", what);
    exit(1);
}

static const char *in_folder(const char *name)
{
    static char path[3200];
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    return path;
}

static double median_s(struct series *series, unsigned rounds)
{
    const size_t middle = rounds / 2;
    spans_sort_whole(series->spans_ns, rounds);
    return (double)series->spans_ns[middle] / 1e9;
}

struct texts {
    char keys[FACTS_MAX][40];
    char subject[20];
    char body[BODY_SIZE + 1];
};

static int64_t append_to_journal(struct journal *journal, const struct texts *texts, size_t count)
{
    struct journal_fact facts[FACTS_MAX];
    int64_t first_seq, begin_ns = spans_now_ns();
    for (size_t i = 0; i < count; i++) {
        facts[i] = (struct journal_fact){.key = bytes_of_text(texts->keys[i]),
                                         .kind = BYTES_LITERAL("booked"),
                                         .subject = bytes_of_text(texts->subject),
                                         .body = bytes_of_text(texts->body)};
    }
    const struct journal_batch batch = {.at = {1790000000000, begin_ns / 1000000, true},
                                        .facts = facts,
                                        .fact_count = count};
    if (journal_append(journal, &batch, &first_seq) != ERR_NONE) fail("the journal refuses");
    return spans_now_ns() - begin_ns;
}

static int64_t append_to_file(int file, const struct texts *texts, size_t count)
{
    char all[FACTS_MAX * (sizeof *texts)];
    size_t len = 0;
    int64_t begin_ns = spans_now_ns();
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(all + len, sizeof all - len, "%s booked %s %s\n", texts->keys[i],
                                texts->subject, texts->body);
    }
    if (write(file, all, len) != (ssize_t)len || fdatasync(file) != 0) fail("the disk refuses");
    return spans_now_ns() - begin_ns;
}

static void measure(struct journal *journal, int file, size_t count, unsigned rounds)
{
    static struct texts texts;
    memset(texts.body, 'x', BODY_SIZE);
    memcpy(texts.body, "{\"v\":1,\"text\":\"", 15);
    memcpy(texts.body + BODY_SIZE - 2, "\"}", 2);
    for (unsigned round = 0; round < rounds; round++) {
        snprintf(texts.subject, sizeof texts.subject, "P%zu-%u", count, round);
        for (size_t i = 0; i < count; i++) {
            snprintf(texts.keys[i], sizeof texts.keys[i], "booked/%s/%zu", texts.subject, i);
        }
        journal_series.spans_ns[round] = append_to_journal(journal, &texts, count);
        bare_series.spans_ns[round] = append_to_file(file, &texts, count);
    }
    double own_s = median_s(&journal_series, rounds), bare_s = median_s(&bare_series, rounds);
    printf("{\"facts_per_batch\":%zu,\"rounds\":%u,\"journal_per_s\":%.0f,\"bare_per_s\":%.0f,"
           "\"ratio\":%.2f}\n",
           count, rounds, (double)count / own_s, (double)count / bare_s, bare_s / own_s);
}

int main(int argc, char *argv[])
{
    struct journal *journal;
    char why_text[200];
    struct textbuf why;
    const struct journal_settings settings = {.boot_id = "bench"};
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000;
    if (argc < 2 || rounds == 0 || rounds > ROUNDS_MAX) {
        fputs("usage: facts FOLDER [ROUNDS, at most 2000]\n", stderr);
        return 2;
    }
    snprintf(folder_path, sizeof folder_path, "%s", argv[1]);
    textbuf_init(&why, why_text, sizeof why_text);
    if (journal_open(in_folder("journal.db"), &settings, &why, &journal) != ERR_NONE)
        fail(why_text);
    int file = open(in_folder("bare"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0) fail("no file beside the journal");
    measure(journal, file, 1, rounds);
    measure(journal, file, FACTS_MAX, rounds);
    close(file);
    journal_close(journal);
    return 0;
}
