/* Guards: one batch is one transaction; keys are unique, numbers gapless and never used again;
 * every refusal leaves the journal as it was. (That it survives power cuts: tests/crash.) */
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/journal_bench.h"

static void a_batch_is_read_back_in_order(void)
{
    struct journal *journal = open_named("order");
    struct journal_fact facts[] = {fact("a", "{\"n\":1}"), fact("b", "{\"n\":2}"),
                                   fact("c", "{\"n\":3}")};
    struct journal_batch batch = {.at = {.wall_ms = 1770110411000,
                                         .boot_ms = 77,
                                         .wall_trusted = true},
                                  .facts = facts,
                                  .fact_count = 3};
    int64_t first = 0;
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &first), "three facts go in");
    EXPECT_I64(1, first, "numbers begin at 1");
    struct seen seen = read_all(journal, 0, 64);
    EXPECT_I64(3, seen.count, "three facts come out");
    EXPECT(seen.seqs[0] == 1 && seen.seqs[1] == 2 && seen.seqs[2] == 3, "in their order");
    EXPECT_TEXT("{\"n\":3}", seen.last_body, "with their bodies");
    EXPECT_TEXT("c", seen.last_key, "and keys");
    EXPECT_I64(1770110411000, seen.last_at.wall_ms, "and wall time");
    EXPECT_I64(77, seen.last_at.boot_ms, "and boot time");
    EXPECT(seen.last_at.wall_trusted, "and whether the clock was right");
    EXPECT_I64(1, read_all(journal, 2, 64).count, "reading goes on after a number");
    EXPECT_I64(2, read_all(journal, 0, 2).count, "a limit is kept");
    struct seen stopped = {.stop_at = 1};
    EXPECT_I64(ERR_NONE, journal_read_after(journal, 0, 64, see, &stopped), "a reader may stop");
    EXPECT_I64(1, stopped.count, "and gets no more");
    struct seen one = {0};
    EXPECT_I64(ERR_NONE, journal_read_key(journal, BYTES_LITERAL("b"), see, &one), "found by key");
    EXPECT_I64(2, one.seqs[0], "the right one");
    EXPECT_I64(ERR_NOT_FOUND, journal_read_key(journal, BYTES_LITERAL("z"), see, &one), "or not");
    journal_close(journal);
}

static void a_taken_key_writes_nothing(void)
{
    struct journal *journal = open_named("taken");
    int64_t seq = 0;
    EXPECT_I64(ERR_NONE, append(journal, "booked/P1/1", &seq), "the first booking");
    struct journal_fact facts[] = {fact("fresh", "{}"), fact("booked/P1/1", "{}")};
    struct journal_blob blob = {BYTES_LITERAL("label"), BYTES_LITERAL("^XA")};
    struct journal_cursor cursor = {"oms", 1};
    struct journal_batch batch = {.facts = facts,
                                  .fact_count = 2,
                                  .blobs = &blob,
                                  .blob_count = 1,
                                  .cursors = &cursor,
                                  .cursor_count = 1};
    int64_t untouched = -7;
    EXPECT_I64(ERR_EXISTS, journal_append(journal, &batch, &untouched), "the second is refused");
    EXPECT_I64(-7, untouched, "outputs are untouched on failure");
    EXPECT_I64(1, read_all(journal, 0, 64).count, "not even the fact before it was written");
    uint8_t storage[8];
    size_t len = 0;
    EXPECT_I64(ERR_NOT_FOUND,
               journal_read_blob(journal, BYTES_LITERAL("label"), storage, sizeof(storage), &len),
               "nor its blob");
    EXPECT_I64(ERR_NONE, journal_read_cursor(journal, "oms", &seq), "a cursor can be read");
    EXPECT_I64(0, seq, "and was not moved");
    EXPECT_I64(ERR_NONE, append(journal, "booked/P1/2", &seq), "another key goes in");
    EXPECT_I64(2, seq, "with the next number: a refusal leaves no gap");
    facts[0] = fact("twice", "{}");
    facts[1] = fact("twice", "{}");
    EXPECT_I64(ERR_EXISTS, journal_append(journal, &batch, &seq), "twice in one batch is as bad");
    EXPECT_I64(2, read_all(journal, 0, 64).count, "and writes nothing");
    EXPECT(journal_trouble(journal)[0] != '\0', "there is a sentence about it");
    journal_close(journal);
}

static void blobs_are_kept_replaced_and_dropped(void)
{
    struct journal *journal = open_named("blobs");
    static uint8_t big[JOURNAL_BLOB_MAX], back[JOURNAL_BLOB_MAX];
    memset(big, 0xa5, sizeof(big));
    struct journal_blob blob = {BYTES_LITERAL("label/P1"), bytes_of(big, sizeof(big))};
    struct journal_batch put = {.blobs = &blob, .blob_count = 1};
    int64_t untouched = -7;
    EXPECT_I64(ERR_NONE, journal_append(journal, &put, &untouched), "the largest blob goes in");
    EXPECT_I64(-7, untouched, "without a fact there is no number");
    size_t len = 0;
    EXPECT_I64(ERR_NONE, journal_read_blob(journal, blob.key, back, sizeof(back), &len), "read");
    EXPECT(len == sizeof(big) && memcmp(big, back, len) == 0, "whole");
    EXPECT_I64(ERR_TOO_BIG, journal_read_blob(journal, blob.key, back, sizeof(back) - 1, &len),
               "a storage one byte short is refused");
    blob.data = BYTES_LITERAL("short");
    EXPECT_I64(ERR_NONE, journal_append(journal, &put, &untouched), "it is replaced");
    EXPECT_I64(ERR_NONE, journal_read_blob(journal, blob.key, back, sizeof(back), &len), "read");
    EXPECT_BYTES(BYTES_LITERAL("short"), bytes_of(back, len), "the new one");
    struct bytes gone[] = {BYTES_LITERAL("label/P1"), BYTES_LITERAL("never there")};
    struct journal_batch drop = {.blobs_gone = gone, .blob_gone_count = 2};
    EXPECT_I64(ERR_NONE, journal_append(journal, &drop, &untouched), "it is dropped");
    EXPECT_I64(ERR_NOT_FOUND, journal_read_blob(journal, blob.key, back, sizeof(back), &len),
               "and gone");
    journal_close(journal);
}

static void cursors_move_both_ways(void)
{
    struct journal *journal = open_named("cursors");
    int64_t seq = -1;
    EXPECT_I64(ERR_NONE, journal_read_cursor(journal, "oms", &seq), "a cursor never moved");
    EXPECT_I64(0, seq, "stands at 0");
    struct journal_cursor cursors[] = {{"oms", 9}, {"settled", 4}};
    struct journal_batch batch = {.cursors = cursors, .cursor_count = 2};
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "two move at once");
    cursors[0].seq = 3;
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "and back");
    EXPECT_I64(ERR_NONE, journal_read_cursor(journal, "oms", &seq), "read");
    EXPECT_I64(3, seq, "the latest place");
    EXPECT_I64(ERR_NONE, journal_read_cursor(journal, "settled", &seq), "read");
    EXPECT_I64(4, seq, "each its own");
    journal_close(journal);
}

static void a_subject_s_facts_are_found(void)
{
    struct journal *journal = open_named("subject");
    static const char *const subjects[] = {"P1", "P2", "", "P1", "P10", "P1"};
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%zu", i);
        struct journal_fact one = fact(key, "{}");
        one.subject = bytes_of_text(subjects[i]);
        struct journal_batch batch = {.facts = &one, .fact_count = 1};
        int64_t seq;
        EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "a fact");
    }
    struct seen seen = {0};
    EXPECT_I64(ERR_NONE, journal_read_subject(journal, BYTES_LITERAL("P1"), 0, see, &seen), "read");
    EXPECT(seen.count == 3 && seen.seqs[0] == 1 && seen.seqs[1] == 4 && seen.seqs[2] == 6,
           "all of that subject and no other, in order");
    seen = (struct seen){0};
    EXPECT_I64(ERR_NONE, journal_read_subject(journal, BYTES_LITERAL("P1"), 1, see, &seen), "read");
    EXPECT(seen.count == 2 && seen.seqs[0] == 4, "after a number");
    seen = (struct seen){0};
    EXPECT_I64(ERR_NONE, journal_read_subject(journal, BYTES_LITERAL("P9"), 0, see, &seen), "read");
    EXPECT_I64(0, seen.count, "nothing of one that is not there");
    journal_close(journal);
}

static void what_breaks_a_limit_is_refused(void)
{
    struct journal *journal = open_named("limits");
    static char key[JOURNAL_KEY_MAX + 1], body[JOURNAL_BODY_MAX + 1];
    memset(key, 'k', sizeof(key));
    memset(body, ' ', sizeof(body));
    const struct {
        struct journal_fact fact;
        enum err wanted;
        const char *promise;
    } rows[] = {
        {{bytes_of(key, JOURNAL_KEY_MAX), BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, 1)},
         ERR_NONE,
         "the longest key"},
        {{bytes_of(key, JOURNAL_KEY_MAX + 1), BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, 1)},
         ERR_INVALID,
         "one longer"},
        {{BYTES_NONE, BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, 1)}, ERR_INVALID, "no key"},
        {{BYTES_LITERAL("a\nb"), BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, 1)},
         ERR_INVALID,
         "a line end in a key"},
        {{BYTES_LITERAL("a\xff"), BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, 1)},
         ERR_INVALID,
         "a key that is not UTF-8"},
        {{BYTES_LITERAL("big"), BYTES_LITERAL("k"), BYTES_NONE, bytes_of(body, JOURNAL_BODY_MAX)},
         ERR_NONE,
         "the longest body"},
        {{BYTES_LITERAL("more"), BYTES_LITERAL("k"), BYTES_NONE,
          bytes_of(body, JOURNAL_BODY_MAX + 1)},
         ERR_INVALID,
         "one longer"},
        {{BYTES_LITERAL("none"), BYTES_LITERAL("k"), BYTES_NONE, BYTES_NONE},
         ERR_INVALID,
         "no body"},
        {{BYTES_LITERAL("nul"), BYTES_LITERAL("k"), BYTES_NONE, BYTES_LITERAL("{\0}")},
         ERR_INVALID,
         "a NUL in a body"},
        {{BYTES_LITERAL("kind"), BYTES_NONE, BYTES_NONE, bytes_of(body, 1)},
         ERR_INVALID,
         "no kind"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct journal_batch batch = {.facts = &rows[i].fact, .fact_count = 1};
        int64_t seq;
        EXPECT_I64(rows[i].wanted, journal_append(journal, &batch, &seq), rows[i].promise);
    }
    EXPECT_I64(2, read_all(journal, 0, 64).count, "only the good ones are there");
    struct journal_batch many = {.fact_count = JOURNAL_BATCH_MAX + 1};
    int64_t seq;
    EXPECT_I64(ERR_INVALID, journal_append(journal, &many, &seq), "too large a batch");
    journal_close(journal);
}

static void it_is_all_there_after_a_restart(void)
{
    struct journal *journal = open_named("restart");
    int64_t seq = 0;
    EXPECT_I64(ERR_NONE, append(journal, "one", &seq), "a fact");
    char epoch[JOURNAL_EPOCH_SIZE];
    memcpy(epoch, journal_epoch(journal), sizeof(epoch));
    EXPECT_I64(16, strlen(epoch), "the epoch has 16 digits");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it opens again in the same boot");
    EXPECT_TEXT(epoch, journal_epoch(journal), "with the same epoch");
    EXPECT_I64(ERR_NONE, append(journal, "two", &seq), "and goes on");
    journal_close(journal);
    struct journal_settings later = {.boot_id = "boot-two", .pad_sectors = true};
    EXPECT_I64(ERR_NONE, open_with(&later, &journal), "it opens in the next boot");
    EXPECT_I64(ERR_NONE, append(journal, "three", &seq), "and goes on");
    EXPECT_I64(3, seq, "with the next number");
    struct seen seen = read_all(journal, 0, 64);
    EXPECT(seen.boots[0] == seen.boots[1], "the first two were made in one boot");
    EXPECT(seen.boots[1] != seen.boots[2], "the third in another");
    journal_close(journal);
    struct stat info;
    EXPECT(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600, "it is for us alone");
}

/* In a child process, because locks are a process's: gives the result of opening. */
static enum err open_in_child(bool reading)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct journal *journal = NULL;
        textbuf_init(&why, why_storage, sizeof(why_storage));
        _exit(reading ? (int)journal_open_reading(path, &why, &journal)
                      : (int)open_with(&usual, &journal));
    }
    int status = 0;
    waitpid(child, &status, 0);
    return (enum err)WEXITSTATUS(status);
}

static void a_second_process_is_turned_away(void)
{
    struct journal *journal = open_named("owner");
    int64_t seq;
    EXPECT_I64(ERR_BUSY, open_in_child(false), "nobody else may write");
    EXPECT_I64(ERR_BUSY, open_in_child(true), "nor read");
    EXPECT_I64(ERR_NONE, append(journal, "still", &seq), "the owner goes on");
    EXPECT_I64(ERR_BUSY, open_in_child(true), "also with something in the log");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_in_child(false), "when the owner is gone the next one opens");
}

static void a_full_quota_is_refused_and_pruning_helps(void)
{
    temp_path(path, "quota");
    struct journal_settings small = {.boot_id = "boot-one", .quota_pages = 64};
    struct journal *journal = NULL;
    EXPECT_I64(ERR_NONE, open_with(&small, &journal), "a journal of 256 KiB");
    struct journal_space space = {0};
    EXPECT_I64(ERR_NONE, journal_measure(journal, &space), "its space is told");
    EXPECT_I64(64 * 4096, space.quota_bytes, "the quota");
    EXPECT(space.free_bytes > 128 * 1024, "most of it free");
    static char body[16384];
    memset(body, 'x', sizeof(body) - 1);
    enum err problem = ERR_NONE;
    int64_t seq = 0, kept = 0;
    for (int i = 0; problem == ERR_NONE && i < 100; i++) {
        char key[16];
        snprintf(key, sizeof(key), "fill/%d", i);
        problem = append_at(journal, key, body, 1000, &seq);
        if (problem == ERR_NONE) kept++;
    }
    EXPECT_I64(ERR_NO_SPACE, problem, "the quota is kept");
    EXPECT(kept >= 8, "after a good many facts");
    EXPECT_I64(kept, (int64_t)read_all(journal, 0, 64).count, "what was accepted is there");
    EXPECT_I64(ERR_NONE, journal_measure(journal, &space), "its space is told");
    EXPECT(space.free_bytes < sizeof(body) + 8192, "next to nothing is free");
    struct journal_prune prune = {.before_seq = 5, .before_wall_ms = 2000, .rows_max = 100};
    size_t removed = 0;
    EXPECT_I64(ERR_NONE, journal_prune(journal, &prune, &removed), "old facts can go");
    EXPECT_I64(4, removed, "those before the fifth");
    EXPECT_I64(ERR_NONE, append_at(journal, "after", body, 1000, &seq), "and there is room again");
    EXPECT_I64(kept + 1, seq, "with the next number");
    journal_close(journal);
}

int main(void)
{
    temp_make();
    EXPECT_RUN(a_batch_is_read_back_in_order);
    EXPECT_RUN(a_taken_key_writes_nothing);
    EXPECT_RUN(blobs_are_kept_replaced_and_dropped);
    EXPECT_RUN(cursors_move_both_ways);
    EXPECT_RUN(a_subject_s_facts_are_found);
    EXPECT_RUN(what_breaks_a_limit_is_refused);
    EXPECT_RUN(it_is_all_there_after_a_restart);
    EXPECT_RUN(a_second_process_is_turned_away);
    EXPECT_RUN(a_full_quota_is_refused_and_pruning_helps);
    return expect_result();
}
