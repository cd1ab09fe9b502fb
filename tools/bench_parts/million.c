/* million.c - what a full journal costs: the same batch of one fact made durable in an empty
 * journal and in one that holds many facts, in turns on the same disk.
 *
 *   million FOLDER [FACTS [ROUNDS]]   one line of JSON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hal/journal.h"
#include "tools/bench_parts/spans.h"

#define BODY_SIZE 400 /* a fact of a parcel, its event included */
#define ROUNDS_MAX 10000

static int64_t empty_ns[ROUNDS_MAX], full_ns[ROUNDS_MAX];
static char body[BODY_SIZE + 1];

static void fail(const char *what)
{
    fprintf(stderr, "million: %s\n", what);
    exit(1);
}

static struct journal *open_journal(const char *folder, const char *name)
{
    const struct journal_settings settings = {.boot_id = "bench"};
    struct journal *journal;
    char path[3200], why_text[200];
    struct textbuf why;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    textbuf_init(&why, why_text, sizeof why_text);
    if (journal_open(path, &settings, &why, &journal) != ERR_NONE) fail(why_text);
    return journal;
}

/* Keys as they come: one prefix a kind, then what no order can foresee (an AWB, an order's id). */
static void append(struct journal *journal, size_t number, size_t count)
{
    struct journal_fact facts[JOURNAL_BATCH_MAX];
    char keys[JOURNAL_BATCH_MAX][48], subjects[JOURNAL_BATCH_MAX][24];
    int64_t first_seq;
    for (size_t i = 0; i < count; i++) {
        uint64_t mixed = (uint64_t)(number + i) * 0x9E3779B97F4A7C15u;
        snprintf(keys[i], sizeof keys[i], "booked/sandbox/%016llx", (unsigned long long)mixed);
        snprintf(subjects[i], sizeof subjects[i], "SH-%llu", (unsigned long long)(mixed >> 20));
        facts[i] = (struct journal_fact){.key = bytes_of_text(keys[i]),
                                         .kind = BYTES_LITERAL("booked"),
                                         .subject = bytes_of_text(subjects[i]),
                                         .body = bytes_of_text(body)};
    }
    const struct journal_batch batch = {.at = {1790000000000, 1, true},
                                        .facts = facts,
                                        .fact_count = count};
    if (journal_append(journal, &batch, &first_seq) != ERR_NONE) fail("the journal refuses");
}

static int64_t timed(struct journal *journal, size_t number)
{
    int64_t begin_ns = spans_now_ns();
    append(journal, number, 1);
    return spans_now_ns() - begin_ns;
}

static double rank_us(const int64_t *sorted, size_t count, size_t per_mille)
{
    size_t place = count * per_mille / 1000;
    return (double)sorted[place] / 1000;
}

int main(int argc, char *argv[])
{
    size_t facts = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : ROUNDS_MAX;
    if (argc < 2 || rounds == 0 || rounds > ROUNDS_MAX) {
        fputs("usage: million FOLDER [FACTS [ROUNDS, at most 10000]]\n", stderr);
        return 2;
    }
    memset(body, 'x', BODY_SIZE);
    memcpy(body, "{\"v\":1,\"text\":\"", 15);
    memcpy(body + BODY_SIZE - 2, "\"}", 2);
    struct journal *empty = open_journal(argv[1], "empty.db");
    struct journal *full = open_journal(argv[1], "full.db");
    for (size_t i = 0; i < facts; i += JOURNAL_BATCH_MAX) append(full, i, JOURNAL_BATCH_MAX);
    for (size_t i = 0; i < rounds; i++) { /* in turns, and each first as often as the other */
        if (i % 2 == 0) empty_ns[i] = timed(empty, facts + 1000 + i);
        full_ns[i] = timed(full, facts + 1000 + i);
        if (i % 2 == 1) empty_ns[i] = timed(empty, facts + 1000 + i);
    }
    spans_sort_whole(empty_ns, rounds);
    spans_sort_whole(full_ns, rounds);
    printf("{\"facts\":%zu,\"rounds\":%zu,\"empty_median_us\":%.0f,\"full_median_us\":%.0f,"
           "\"empty_p99_us\":%.0f,\"full_p99_us\":%.0f,\"ratio_p99\":%.2f}\n",
           facts, rounds, rank_us(empty_ns, rounds, 500), rank_us(full_ns, rounds, 500),
           rank_us(empty_ns, rounds, 990), rank_us(full_ns, rounds, 990),
           rank_us(full_ns, rounds, 990) / rank_us(empty_ns, rounds, 990));
    journal_close(full);
    journal_close(empty);
    return 0;
}
