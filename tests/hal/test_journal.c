/* Guards: one batch is one transaction; keys are unique, numbers gapless and never used again;
 * every refusal leaves the journal as it was. (That it survives power cuts: tests/crash.) */
#include "hal/journal.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

static char path[TEMP_PATH_SIZE];
static char why_storage[300];
static struct textbuf why;

static const struct journal_settings usual = {.boot_id = "boot-one"};

static enum err open_with(const struct journal_settings *settings, struct journal **out_journal)
{
    textbuf_init(&why, why_storage, sizeof(why_storage));
    return journal_open(path, settings, &why, out_journal);
}

static struct journal *open_named(const char *name)
{
    struct journal *journal = NULL;
    temp_path(path, name);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "a journal opens");
    return journal;
}

static struct journal_fact fact(const char *key, const char *body)
{
    return (struct journal_fact){.key = bytes_of_text(key),
                                 .kind = BYTES_LITERAL("booked"),
                                 .subject = BYTES_LITERAL("P4711"),
                                 .body = bytes_of_text(body)};
}

static enum err append_at(struct journal *journal, const char *key, const char *body,
                          int64_t wall_ms, int64_t *out_seq)
{
    struct journal_fact one = fact(key, body);
    struct journal_batch batch = {.at = {.wall_ms = wall_ms, .boot_ms = 5, .wall_trusted = true},
                                  .facts = &one,
                                  .fact_count = 1};
    return journal_append(journal, &batch, out_seq);
}

static enum err append(struct journal *journal, const char *key, int64_t *out_seq)
{
    return append_at(journal, key, "{\"v\":1}", 1000, out_seq);
}

struct seen {
    size_t count, stop_at;
    int64_t seqs[64], boots[64];
    char last_body[64], last_key[64];
    struct journal_stamp last_at;
};

static bool see(void *context, const struct journal_row *row)
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

static struct seen read_all(struct journal *journal, int64_t after, size_t limit)
{
    struct seen seen = {0};
    EXPECT_I64(ERR_NONE, journal_read_after(journal, after, limit, see, &seen), "reading works");
    return seen;
}

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

static void pruning_takes_a_prefix(void)
{
    struct journal *journal = open_named("prune");
    int64_t seq = 0, first = 0, last = 0;
    EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "extent of an empty journal");
    EXPECT(first == 1 && last == 0, "begins after its end");
    for (int i = 1; i <= 10; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%d", i);
        EXPECT_I64(ERR_NONE, append_at(journal, key, "{}", i * 100, &seq), "a fact");
    }
    struct journal_blob blobs[] = {{BYTES_LITERAL("old"), BYTES_LITERAL("1")}};
    struct journal_batch blob = {.blobs = blobs, .blob_count = 1};
    EXPECT_I64(ERR_NONE, journal_append(journal, &blob, &seq), "a blob that belongs to fact 10");
    static const struct {
        struct journal_prune prune;
        size_t removed;
        int64_t first;
        const char *promise;
    } rows[] = {
        {{.before_seq = 1, .before_wall_ms = 9999, .rows_max = 9}, 0, 1, "nothing settled"},
        {{.before_seq = 99, .before_wall_ms = 100, .rows_max = 9}, 0, 1, "nothing old enough"},
        {{.before_seq = 99, .before_wall_ms = 9999, .rows_max = 2}, 2, 3, "at most so many"},
        {{.before_seq = 5, .before_wall_ms = 9999, .rows_max = 9}, 2, 5, "only what is settled"},
        {{.before_seq = 99, .before_wall_ms = 700, .rows_max = 9}, 2, 7, "only what is old"},
        {{.before_seq = 99, .before_wall_ms = 9999, .rows_max = 9}, 4, 11, "all of it"},
    };
    uint8_t storage[4];
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum err there = journal_read_blob(journal, blobs[0].key, storage, sizeof(storage), &len);
        EXPECT_I64(ERR_NONE, there, "a blob stays as long as its fact");
        size_t removed = 99;
        EXPECT_I64(ERR_NONE, journal_prune(journal, &rows[i].prune, &removed), rows[i].promise);
        EXPECT_I64(rows[i].removed, removed, rows[i].promise);
        EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "extent");
        EXPECT_I64(rows[i].first, first, rows[i].promise);
        EXPECT_I64(10, last, "the last number is remembered");
    }
    EXPECT_I64(ERR_NOT_FOUND,
               journal_read_blob(journal, blobs[0].key, storage, sizeof(storage), &len),
               "the blob goes with its fact");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it opens again, empty");
    EXPECT_I64(ERR_NONE, append(journal, "k1", &seq), "a pruned key may come again");
    EXPECT_I64(11, seq, "a number never");
    journal_close(journal);
}

static bool file_holds(const char *file, const char *text)
{
    static char content[1 << 20];
    FILE *in = fopen(file, "rb");
    if (in == NULL) return false;
    size_t len = fread(content, 1, sizeof(content), in);
    fclose(in);
    return bytes_find(bytes_of(content, len), bytes_of_text(text)) < len;
}

static void what_was_pruned_is_overwritten(void)
{
    struct journal *journal = open_named("forget");
    int64_t seq;
    EXPECT_I64(ERR_NONE, append_at(journal, "k", "{\"name\":\"Asha Rao Canary\"}", 1, &seq), "in");
    struct journal_blob blob = {BYTES_LITERAL("label"), BYTES_LITERAL("Canary Street 7")};
    struct journal_batch batch = {.blobs = &blob, .blob_count = 1};
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "in");
    EXPECT_I64(ERR_NONE, journal_checkpoint(journal), "it reaches the main file");
    journal_close(journal); /* the files are opened by other means only while no one holds them */
    EXPECT(file_holds(path, "Canary Street") && file_holds(path, "Asha Rao"), "and can be seen");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "open again");
    struct journal_prune prune = {.before_seq = 99, .before_wall_ms = 99, .rows_max = 9};
    size_t removed;
    EXPECT_I64(ERR_NONE, journal_prune(journal, &prune, &removed), "pruned");
    EXPECT_I64(ERR_NONE, journal_checkpoint(journal), "checkpointed");
    journal_close(journal);
    EXPECT(!file_holds(path, "Canary"), "no byte of it is left");
}

/* Runs SQL on a closed journal behind its back. */
static void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    EXPECT(sqlite3_open(path, &db) == SQLITE_OK, "the file opens");
    EXPECT(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
    sqlite3_close(db);
}

static void foreign_and_newer_files_are_left_alone(void)
{
    struct journal *journal = open_named("newer");
    journal_close(journal);
    tamper("PRAGMA user_version=2");
    EXPECT_I64(ERR_UNSUPPORTED, open_with(&usual, &journal), "a newer format is refused");
    EXPECT(why.len > 0, "with a sentence");
    tamper("PRAGMA user_version=1");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "nothing was changed in it");
    journal_close(journal);

    temp_path(path, "foreign");
    tamper("CREATE TABLE theirs(x)");
    EXPECT_I64(ERR_REFUSED, open_with(&usual, &journal), "another program's file is refused");

    char link[TEMP_PATH_SIZE];
    temp_path(path, "newer");
    EXPECT(symlink(path, temp_path(link, "link")) == 0, "a link is made");
    temp_path(path, "link");
    EXPECT_I64(ERR_REFUSED, open_with(&usual, &journal), "a symbolic link is refused");
    temp_path(path, "no-folder/journal");
    EXPECT_I64(ERR_NOT_FOUND, open_with(&usual, &journal),
               "a missing folder is said to be missing");
}

/* A journal whose process died without closing. */
static void leave_hard_stopped(const char *name, int facts)
{
    temp_path(path, name);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct journal *journal = NULL;
        int64_t seq;
        if (open_with(&usual, &journal) != ERR_NONE) _exit(1);
        for (int i = 0; i < facts; i++) {
            char key[16];
            snprintf(key, sizeof(key), "k%d", i);
            if (append(journal, key, &seq) != ERR_NONE) _exit(1);
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_I64(0, status, "the child did its work");
}

static void overwrite(const char *file, long from, size_t len)
{
    FILE *out = fopen(file, "r+b");
    EXPECT(out != NULL, "the file is there");
    fseek(out, from, SEEK_SET);
    for (size_t i = 0; i < len; i++) fputc((int)(i * 37 % 251), out);
    fclose(out);
}

static void a_damaged_file_is_kept_and_set_aside(void)
{
    leave_hard_stopped("damaged", 20);
    struct journal *journal = NULL;
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it recovers");
    EXPECT_I64(20, read_all(journal, 0, 64).count, "everything acknowledged is there");
    char epoch[JOURNAL_EPOCH_SIZE];
    memcpy(epoch, journal_epoch(journal), sizeof(epoch));
    journal_close(journal);
    overwrite(path, 4096, 3 * 4096);
    char log[TEMP_PATH_SIZE];
    snprintf(log, sizeof(log), "%.100s-wal", path);
    FILE *made = fopen(log, "wb"); /* as after a stop that was not clean */
    fclose(made);
    EXPECT_I64(ERR_CORRUPT, open_with(&usual, &journal), "damage is found at the start");
    EXPECT(access(path, F_OK) == 0, "the file is kept");
    char name[TEMP_PATH_SIZE];
    struct textbuf set_aside;
    textbuf_init(&set_aside, name, sizeof(name));
    EXPECT_I64(ERR_NONE, journal_set_aside(path, &set_aside), "it is set aside");
    EXPECT(access(name, F_OK) == 0 && access(path, F_OK) != 0, "under another name");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "a new one begins");
    EXPECT(strcmp(epoch, journal_epoch(journal)) != 0, "with another epoch");
    EXPECT_I64(0, read_all(journal, 0, 64).count, "and nothing in it");
    journal_close(journal);
}

static char finding[300];

static void note_finding(void *context, const char *sentence)
{
    (void)context;
    snprintf(finding, sizeof(finding), "%s", sentence);
}

static size_t findings_of_closed(void)
{
    struct journal *journal = NULL;
    size_t count = 99;
    finding[0] = '\0';
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, journal_open_reading(path, &why, &journal), "it opens for reading");
    EXPECT_I64(ERR_NONE, journal_verify(journal, note_finding, NULL, &count), "it can be checked");
    journal_close(journal);
    return count;
}

static void checking_finds_what_is_wrong(void)
{
    static const struct {
        const char *sql, *finding;
    } rows[] = {
        {"DELETE FROM facts WHERE seq = 3", "numbers are missing before fact: 4"},
        {"DELETE FROM facts WHERE seq = 5", "the last fact is not the last number given, but: 4"},
        {"INSERT INTO cursors VALUES('oms', 6)", "a cursor stands past the last fact: oms"},
        {"INSERT INTO blobs VALUES('label', 6, x'00')",
         "a blob belongs to no fact that was ever written: label"},
        {"PRAGMA foreign_keys=OFF; UPDATE facts SET boot = 9 WHERE seq = 2",
         "a fact names a boot that is not known: row 2 of facts"},
        {"PRAGMA ignore_check_constraints=ON; UPDATE facts SET body = '' WHERE seq = 1",
         "the file is damaged: CHECK constraint failed in facts"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char name[16];
        snprintf(name, sizeof(name), "verify%zu", i);
        leave_hard_stopped(name, 5);
        EXPECT_I64(0, findings_of_closed(), "a sound journal has no findings");
        tamper(rows[i].sql);
        EXPECT_I64(1, findings_of_closed(), rows[i].finding);
        EXPECT_TEXT(rows[i].finding, finding, rows[i].sql);
    }
    leave_hard_stopped("verify-pruned", 5);
    tamper("DELETE FROM facts WHERE seq < 4");
    EXPECT_I64(0, findings_of_closed(), "a pruned journal is sound");
}

static uint64_t sum_of(const char *ending)
{
    char file[TEMP_PATH_SIZE];
    snprintf(file, sizeof(file), "%.100s%s", path, ending);
    FILE *in = fopen(file, "rb");
    if (in == NULL) return 0;
    uint64_t sum = 14695981039346656037u; /* FNV-1a */
    for (int byte = fgetc(in); byte != EOF; byte = fgetc(in)) {
        sum = (sum ^ (uint64_t)byte) * 1099511628211u;
    }
    fclose(in);
    return sum;
}

static void reading_changes_nothing(void)
{
    leave_hard_stopped("witness", 7);
    uint64_t file = sum_of(""), log = sum_of("-wal");
    EXPECT(log != 0, "the log is there, as after a crash");
    struct journal *journal = NULL;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, journal_open_reading(path, &why, &journal), "it opens for reading");
    EXPECT_I64(7, read_all(journal, 0, 64).count, "with what is in the log");
    int64_t seq;
    EXPECT_I64(ERR_REFUSED, append(journal, "x", &seq), "it takes nothing");
    struct journal_prune prune = {.before_seq = 9, .before_wall_ms = 9999, .rows_max = 9};
    size_t removed;
    EXPECT_I64(ERR_REFUSED, journal_prune(journal, &prune, &removed), "and gives nothing away");
    journal_close(journal);
    EXPECT(sum_of("") == file && sum_of("-wal") == log, "not a byte was changed");
    temp_path(path, "nothing-here");
    EXPECT_I64(ERR_NOT_FOUND, journal_open_reading(path, &why, &journal), "no file is made");
    EXPECT(access(path, F_OK) != 0, "really");
}

static void a_snapshot_is_a_whole_journal(void)
{
    struct journal *journal = open_named("source");
    int64_t seq;
    EXPECT_I64(ERR_NONE, append(journal, "one", &seq), "a fact");
    char copy[TEMP_PATH_SIZE], epoch[JOURNAL_EPOCH_SIZE];
    memcpy(epoch, journal_epoch(journal), sizeof(epoch));
    temp_path(copy, "copy");
    EXPECT_I64(ERR_NONE, journal_snapshot(journal, copy), "a snapshot is made");
    EXPECT_I64(ERR_NONE, append(journal, "two", &seq), "the journal goes on");
    EXPECT_I64(ERR_NONE, journal_snapshot(journal, copy), "and a newer one replaces it");
    char nowhere[TEMP_PATH_SIZE];
    EXPECT_I64(ERR_NOT_FOUND, journal_snapshot(journal, temp_path(nowhere, "no/copy")), "or not");
    EXPECT_I64(ERR_NONE, append(journal, "three", &seq), "which harms nobody");
    journal_close(journal);
    struct stat info;
    EXPECT(stat(copy, &info) == 0 && (info.st_mode & 0777) == 0600, "it is for us alone");
    memcpy(path, copy, sizeof(path));
    EXPECT_I64(0, findings_of_closed(), "it is sound");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "and can go on as a journal");
    EXPECT_I64(2, read_all(journal, 0, 64).count, "with all there was");
    EXPECT_TEXT(epoch, journal_epoch(journal), "under the same epoch");
    journal_close(journal);
}

int main(void)
{
    temp_make();
    EXPECT_RUN(a_batch_is_read_back_in_order);
    EXPECT_RUN(a_taken_key_writes_nothing);
    EXPECT_RUN(blobs_are_kept_replaced_and_dropped);
    EXPECT_RUN(cursors_move_both_ways);
    EXPECT_RUN(what_breaks_a_limit_is_refused);
    EXPECT_RUN(it_is_all_there_after_a_restart);
    EXPECT_RUN(a_second_process_is_turned_away);
    EXPECT_RUN(a_full_quota_is_refused_and_pruning_helps);
    EXPECT_RUN(pruning_takes_a_prefix);
    EXPECT_RUN(what_was_pruned_is_overwritten);
    EXPECT_RUN(foreign_and_newer_files_are_left_alone);
    EXPECT_RUN(a_damaged_file_is_kept_and_set_aside);
    EXPECT_RUN(checking_finds_what_is_wrong);
    EXPECT_RUN(reading_changes_nothing);
    EXPECT_RUN(a_snapshot_is_a_whole_journal);
    return expect_result();
}
