/* journal_bench.h - a journal in a private folder, and the few moves every test of it makes. */
#ifndef PACKD_TESTS_SUPPORT_JOURNAL_BENCH_H
#define PACKD_TESTS_SUPPORT_JOURNAL_BENCH_H

#include "hal/journal.h"
#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

static char path[TEMP_PATH_SIZE];
static char why_storage[300];
static struct textbuf why;

static const struct journal_settings usual = {.boot_id = "boot-one"};

__attribute__((unused)) static enum err open_with(const struct journal_settings *settings,
                                                  struct journal **out_journal)
{
    textbuf_init(&why, why_storage, sizeof(why_storage));
    return journal_open(path, settings, &why, out_journal);
}

__attribute__((unused)) static struct journal *open_named(const char *name)
{
    struct journal *journal = NULL;
    temp_path(path, name);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "a journal opens");
    return journal;
}

__attribute__((unused)) static struct journal_fact fact(const char *key, const char *body)
{
    return (struct journal_fact){.key = bytes_of_text(key),
                                 .kind = BYTES_LITERAL("booked"),
                                 .subject = BYTES_LITERAL("P4711"),
                                 .body = bytes_of_text(body)};
}

__attribute__((unused)) static enum err append_at(struct journal *journal, const char *key,
                                                  const char *body, int64_t wall_ms,
                                                  int64_t *out_seq)
{
    struct journal_fact one = fact(key, body);
    struct journal_batch batch = {.at = {.wall_ms = wall_ms, .boot_ms = 5, .wall_trusted = true},
                                  .facts = &one,
                                  .fact_count = 1};
    return journal_append(journal, &batch, out_seq);
}

__attribute__((unused)) static enum err append(struct journal *journal, const char *key,
                                               int64_t *out_seq)
{
    return append_at(journal, key, "{\"v\":1}", 1000, out_seq);
}

struct seen {
    size_t count, stop_at;
    int64_t seqs[64], boots[64];
    char last_body[64], last_key[64];
    struct journal_stamp last_at;
};

__attribute__((unused)) static bool see(void *context, const struct journal_row *row)
{
    struct seen *seen = context;
    seen->seqs[seen->count] = row->seq;
    seen->boots[seen->count] = row->boot;
    seen->count++;
    bytes_to_text(row->body, seen->last_body, sizeof(seen->last_body));
    bytes_to_text(row->key, seen->last_key, sizeof(seen->last_key));
    seen->last_at = row->at;
    return seen->count != seen->stop_at;
}

__attribute__((unused)) static struct seen read_all(struct journal *journal, int64_t after,
                                                    size_t limit)
{
    struct seen seen = {0};
    EXPECT_I64(ERR_NONE, journal_read_after(journal, after, limit, see, &seen), "reading works");
    return seen;
}

#endif
