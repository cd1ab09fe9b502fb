/* Guards: what the journal acknowledged is there after a power cut at any moment, whole; what it
 * had not acknowledged is there whole or not at all; and the next start goes on from it.
 *
 * A recorded day in the life of a journal (facts, labels, cursors, prunings, checkpoints,
 * restarts) is cut at every write and flush in five ways (disk_model.h), opened by the real code
 * and compared with what was acknowledged. Without an argument 1,500 cuts; with one, that
 * many. The method is itself put to the test: with SQLite's NORMAL synchronisation, which does not
 * promise acknowledged commits (sqlite.org/pragma.html#pragma_synchronous), it must find losses. */
#include <sqlite3.h>
#include <stdlib.h>

#include "tests/crash/disk_model.h"
#include "hal/journal.h"
#include "hal/journal_inside.h"
#include "tests/support/expect.h"

#define PATH "/journal"
#define STEPS 160
#define BLOBS 6
#define CUTS_USUAL 1500u

struct state { /* what an acknowledged step left behind; bodies follow from the numbers */
    int64_t first, last, cursor;
    int64_t blob[BLOBS]; /* the version put last; 0: not there */
};

static struct state states[STEPS + 1];                 /* [n]: after n acknowledged steps */
static size_t begun_at[STEPS + 1], done_at[STEPS + 1]; /* places in the disk's log */
static size_t cuts_wanted = CUTS_USUAL;

static const struct journal_settings settings = {.boot_id = "boot-one", .vfs = DISK_VFS};

static enum err open_journal(struct journal **out_journal, bool weakened)
{
    char why[300];
    struct textbuf text;
    textbuf_init(&text, why, sizeof(why));
    enum err problem = journal_open(PATH, &settings, &text, out_journal);
    if (problem != ERR_NONE) return problem;
    if (weakened) {
        sqlite3_exec((*out_journal)->db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    }
    return ERR_NONE;
}

/* Bodies and blobs of a few lengths around page and sector, made from a number. */
static struct bytes made_of(char *storage, size_t size, int64_t number)
{
    static const size_t lengths[] = {40, 300, 511, 1500, 4000, 6000};
    size_t len = lengths[(size_t)number % ARRAY_LEN(lengths)];
    ENSURE(len <= size);
    for (size_t i = 0; i < len; i++) storage[i] = (char)('a' + ((size_t)number * 7 + i * i) % 26);
    return bytes_of(storage, len);
}

static struct bytes key_of(char *storage, size_t size, const char *what, int64_t number)
{
    int len = snprintf(storage, size, "%s/%lld", what, (long long)number);
    return bytes_of(storage, (size_t)len);
}

/* Steps append no fact to three, always a label, sometimes drop one, and move a cursor. */
static size_t facts_of(int step)
{
    return (size_t)step % 4;
}

static struct state after_append(int step, struct state state)
{
    state.cursor = state.last;
    state.last += (int64_t)facts_of(step);
    state.blob[step % BLOBS] = step;
    if (step % 5 == 0) state.blob[(step + 3) % BLOBS] = 0;
    return state;
}

static enum err append_step(struct journal *journal, int step, struct state *state)
{
    static char bodies[3][6000], keys[3][32], blob_data[6000], blob_key[32], gone_key[32];
    struct journal_fact facts[3];
    size_t count = facts_of(step);
    for (size_t i = 0; i < count; i++) {
        int64_t number = state->last + 1 + (int64_t)i;
        facts[i] = (struct journal_fact){
            .key = key_of(keys[i], sizeof(keys[i]), "fact", number),
            .kind = BYTES_LITERAL("booked"),
            .subject = BYTES_LITERAL("P1"),
            .body = made_of(bodies[i], sizeof(bodies[i]), number),
        };
    }
    int put = step % BLOBS, gone = (step + 3) % BLOBS;
    struct journal_blob blob = {key_of(blob_key, sizeof(blob_key), "label", put),
                                made_of(blob_data, sizeof(blob_data), step)};
    struct bytes gone_keys[] = {key_of(gone_key, sizeof(gone_key), "label", gone)};
    struct journal_cursor cursor = {"oms", state->last};
    struct journal_batch batch = {.at = {.wall_ms = step},
                                  .facts = facts,
                                  .fact_count = count,
                                  .blobs = &blob,
                                  .blob_count = 1,
                                  .blobs_gone = gone_keys,
                                  .blob_gone_count = step % 5 == 0,
                                  .cursors = &cursor,
                                  .cursor_count = 1};
    int64_t first = state->last + 1;
    enum err problem = journal_append(journal, &batch, &first);
    if (problem != ERR_NONE) return problem;
    ENSURE(count == 0 || first == state->last + 1);
    *state = after_append(step, *state);
    return ERR_NONE;
}

/* Blobs are pruned with the fact that was the last when they were put. */
static int64_t blob_fact[BLOBS];

static enum err prune_step(struct journal *journal, struct state *state)
{
    struct journal_prune prune = {.before_seq = state->last - 20,
                                  .before_wall_ms = INT64_MAX,
                                  .rows_max = 30};
    size_t removed = 0;
    enum err problem = journal_prune(journal, &prune, &removed);
    if (problem != ERR_NONE) return problem;
    state->first += (int64_t)removed;
    for (int i = 0; i < BLOBS; i++) {
        if (removed > 0 && blob_fact[i] < state->first) state->blob[i] = 0;
    }
    return ERR_NONE;
}

static void record_day(bool weakened)
{
    struct journal *journal = NULL;
    disk_record();
    EXPECT_I64(ERR_NONE, open_journal(&journal, weakened), "the journal is made");
    states[0] = (struct state){.first = 1};
    begun_at[0] = done_at[0] = disk_log_len();
    for (int step = 1; step <= STEPS; step++) {
        struct state state = states[step - 1];
        enum err problem = ERR_NONE;
        begun_at[step] = disk_log_len();
        if (step % 23 == 0) {
            problem = prune_step(journal, &state);
        } else if (step % 31 == 0) {
            problem = journal_checkpoint(journal);
        } else if (step % 53 == 0) {
            journal_close(journal);
            problem = open_journal(&journal, weakened);
        } else {
            problem = append_step(journal, step, &state);
            blob_fact[step % BLOBS] = state.last;
        }
        EXPECT_I64(ERR_NONE, problem, "a step of the day is acknowledged");
        states[step] = state;
        done_at[step] = disk_log_len();
    }
    disk_stop_recording();
    journal_close(journal);
}

struct reading {
    int64_t next;
    bool good;
};

static bool check_row(void *context, const struct journal_row *row)
{
    static char body[6000], key[32];
    struct reading *reading = context;
    bool good = row->seq == reading->next &&
                bytes_equal(row->key, key_of(key, sizeof(key), "fact", row->seq)) &&
                bytes_equal(row->body, made_of(body, sizeof(body), row->seq));
    reading->good = reading->good && good;
    reading->next = row->seq + 1;
    return reading->good;
}

static bool blobs_are(struct journal *journal, const struct state *state)
{
    static char wanted[6000], storage[6000], key[32];
    for (int i = 0; i < BLOBS; i++) {
        size_t len = 0;
        enum err problem = journal_read_blob(journal, key_of(key, sizeof(key), "label", i), storage,
                                             sizeof(storage), &len);
        if (state->blob[i] == 0) {
            if (problem != ERR_NOT_FOUND) return false;
            continue;
        }
        if (problem != ERR_NONE) return false;
        struct bytes made = made_of(wanted, sizeof(wanted), state->blob[i]);
        if (!bytes_equal(made, bytes_of(storage, len))) return false;
    }
    return true;
}

static bool state_is(struct journal *journal, const struct state *state)
{
    int64_t first = 0, last = 0, cursor = 0;
    if (journal_extent(journal, &first, &last) != ERR_NONE) return false;
    if (journal_read_cursor(journal, "oms", &cursor) != ERR_NONE) return false;
    if (first != state->first || last != state->last || cursor != state->cursor) return false;
    struct reading reading = {.next = first, .good = true};
    if (journal_read_after(journal, 0, 100000, check_row, &reading) != ERR_NONE) return false;
    return reading.good && reading.next == last + 1 && blobs_are(journal, state);
}

static void print_finding(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "    %s\n", sentence);
}

struct tally {
    size_t cuts, lost, damaged;
};

/* Opens what is left after a cut; step is the last one begun by then. */
static void judge(int step, size_t at, struct tally *tally)
{
    struct journal *journal = NULL;
    tally->cuts++;
    if (open_journal(&journal, false) != ERR_NONE) {
        tally->damaged++;
        return;
    }
    int acknowledged = at >= done_at[step] ? step : step - 1;
    size_t findings = 0;
    bool whole = state_is(journal, &states[step]);
    if (!whole && acknowledged < step) whole = state_is(journal, &states[step - 1]);
    if (journal_verify(journal, print_finding, NULL, &findings) != ERR_NONE) findings++;
    if (findings > 0) {
        tally->damaged++;
    } else if (!whole) {
        tally->lost++;
    } else {
        int64_t first = 0, last = 0, next = 0;
        struct journal_fact fact = {BYTES_LITERAL("next"), BYTES_LITERAL("k"), BYTES_NONE,
                                    BYTES_LITERAL("{}")};
        struct journal_batch batch = {.facts = &fact, .fact_count = 1};
        if (journal_extent(journal, &first, &last) != ERR_NONE ||
            journal_append(journal, &batch, &next) != ERR_NONE || next != last + 1) {
            tally->damaged++;
        }
    }
    journal_close(journal);
}

/* Cuts spread evenly over the log, each place in another way; as many rounds as are wanted. */
static struct tally cut_day(size_t cuts, uint64_t seed)
{
    struct tally tally = {0};
    size_t from = begun_at[0], places = disk_log_len() - from;
    size_t per_round = cuts < places ? cuts : places;
    for (size_t done = 0; done < cuts;) {
        disk_rewind();
        int step = 0;
        for (size_t i = 0; i < per_round && done < cuts; i++, done++) {
            size_t at = from + (i * places + (size_t)(disk_chance(&seed) % places)) / per_round;
            if (at > disk_log_len()) at = disk_log_len();
            while (step < STEPS && begun_at[step + 1] < at) step++;
            disk_cut(at, (enum disk_kept)(disk_chance(&seed) % DISK_KEPT_KINDS), &seed);
            judge(step, at, &tally);
        }
    }
    return tally;
}

static void nothing_acknowledged_is_lost(void)
{
    record_day(false);
    struct tally tally = cut_day(cuts_wanted, 1);
    printf("    %zu places, %zu cuts: %zu lost, %zu damaged\n", disk_log_len() - begun_at[0],
           tally.cuts, tally.lost, tally.damaged);
    EXPECT_I64(cuts_wanted, tally.cuts, "all cuts were made");
    EXPECT_I64(0, tally.lost, "no cut lost what was acknowledged or kept half a batch");
    EXPECT_I64(0, tally.damaged, "no cut left a journal that does not open, check and go on");
}

static void a_cut_while_it_is_made_leaves_nothing_or_all(void)
{
    disk_record();
    struct journal *journal = NULL;
    EXPECT_I64(ERR_NONE, open_journal(&journal, false), "the journal is made");
    size_t end = disk_log_len();
    disk_stop_recording();
    journal_close(journal);
    uint64_t seed = 7;
    size_t bad = 0;
    for (int round = 0; round < 8; round++) {
        disk_rewind();
        for (size_t at = 0; at <= end; at++) {
            disk_cut(at, (enum disk_kept)(disk_chance(&seed) % DISK_KEPT_KINDS), &seed);
            int64_t first = 0, last = 9;
            if (open_journal(&journal, false) != ERR_NONE) {
                bad++;
                continue;
            }
            if (journal_extent(journal, &first, &last) != ERR_NONE || last != 0) bad++;
            if (strlen(journal_epoch(journal)) != 16) bad++;
            journal_close(journal);
        }
    }
    EXPECT_I64(0, bad, "after any cut an empty journal with an epoch can be opened");
}

static void the_method_finds_missing_flushes(void)
{
    record_day(true);
    struct tally tally = cut_day(300, 3);
    printf("    synchronous=NORMAL: %zu cuts: %zu lost\n", tally.cuts, tally.lost);
    EXPECT(tally.lost > 30, "without a flush at each commit the cuts find losses");
    EXPECT_I64(0, tally.damaged, "though the file stays sound");
}

/* A disk that is full at the n-th write of a batch, for every n. */
static void a_full_disk_takes_nothing_and_goes_on(void)
{
    struct journal *journal = NULL;
    disk_record();
    disk_stop_recording();
    EXPECT_I64(ERR_NONE, open_journal(&journal, false), "the journal is made");
    struct state state = {.first = 1};
    int refused = 0;
    for (int step = 1; step <= 80; step++) {
        enum err problem = ERR_NO_SPACE;
        for (int n = 0; problem != ERR_NONE && n < 200; n++) {
            struct state before = state;
            disk_fail_write(n, SQLITE_FULL);
            problem = append_step(journal, step, &state);
            bool failed = disk_failed(); /* moving the log into the file may fail without harm */
            EXPECT(failed || problem == ERR_NONE, "with room it goes in");
            if (problem == ERR_NONE) break;
            refused++;
            EXPECT_I64(ERR_NO_SPACE, problem, "a full disk is said to be full");
            EXPECT(state_is(journal, &before), "and nothing of the batch is there");
        }
        EXPECT(state_is(journal, &state), "what went in is there");
    }
    EXPECT(refused > 200, "it was refused at many places");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_journal(&journal, false), "it opens again");
    EXPECT(state_is(journal, &state), "with all that went in");
    journal_close(journal);
}

/* First each commit's own flush fails, then one that only moving a long log gets to. */
static void a_failed_flush_ends_the_use(void)
{
    struct journal *journal = NULL;
    disk_record();
    disk_stop_recording();
    EXPECT_I64(ERR_NONE, open_journal(&journal, false), "the journal is made");
    struct state state = {.first = 1};
    int commits = 0, moves = 0;
    for (int step = 1; step <= 200; step++) {
        struct state before = state, after = after_append(step, state);
        disk_fail_sync(step < 40 ? 0 : 2, SQLITE_IOERR_FSYNC);
        enum err problem = append_step(journal, step, &state);
        if (!disk_failed()) {
            EXPECT_I64(ERR_NONE, problem, "with all flushes good it goes in");
            continue;
        }
        if (problem == ERR_NONE) moves++;
        else commits++;
        EXPECT(problem == ERR_NONE || problem == ERR_IO, "a commit's failed flush is told");
        int64_t first, last;
        EXPECT_I64(ERR_IO, journal_extent(journal, &first, &last), "no more use, not even to read");
        EXPECT_I64(ERR_IO, append_step(journal, step, &state), "nor to write");
        journal_close(journal);
        EXPECT_I64(ERR_NONE, open_journal(&journal, false), "the next start recovers");
        bool there = state_is(journal, &after);
        EXPECT(there || (problem == ERR_IO && state_is(journal, &before)),
               "what was acknowledged is there; what was not is there whole or not at all");
        state = there ? after : before;
    }
    EXPECT(commits >= 39, "many commits failed");
    EXPECT(moves > 0, "moving the log into the file failed too");
    journal_close(journal);
}

int main(int argc, char **argv)
{
    if (argc > 1) cuts_wanted = (size_t)strtoul(argv[1], NULL, 10);
    disk_init();
    EXPECT_RUN(nothing_acknowledged_is_lost);
    EXPECT_RUN(a_cut_while_it_is_made_leaves_nothing_or_all);
    EXPECT_RUN(the_method_finds_missing_flushes);
    EXPECT_RUN(a_full_disk_takes_nothing_and_goes_on);
    EXPECT_RUN(a_failed_flush_ends_the_use);
    disk_finish();
    return expect_result();
}
