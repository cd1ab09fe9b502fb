/* day.c - day.h. Bodies and blobs are stretches of one text, told by number, so that they are
 * compared and never made again. */
#include "tests/crash/day.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "hal/journal_inside.h"
#include "tests/crash/day_lines.h"

#define BATCH_LINES_MAX 4

struct step {
    enum day_kind kind;
    size_t begun, done;
    struct books books;
};

static struct {
    struct day_settings settings;
    struct journal *journal;
    struct step steps[DAY_STEPS_MAX];
    int count, boots;
    uint64_t chance;
    char epoch[JOURNAL_EPOCH_SIZE];
    bool good;
} day;

int day_steps(void)
{
    return day.count;
}

enum day_kind day_kind(int step)
{
    return day.steps[step].kind;
}

const char *day_kind_word(enum day_kind kind)
{
    static const char *const words[] = {"opening", "batch",   "pruning",    "dropping",
                                        "copying", "passive", "truncating", "restart"};
    return words[kind];
}

size_t day_begun_at(int step)
{
    return day.steps[step].begun;
}

size_t day_done_at(int step)
{
    return day.steps[step].done;
}

const struct books *day_books(int step)
{
    return &day.steps[step].books;
}

const char *day_epoch(void)
{
    return day.epoch;
}

enum err day_open_why(const char *path, const char *boot_id, struct textbuf *why,
                      struct journal **out_journal)
{
    const struct journal_settings settings = {.boot_id = boot_id,
                                              .pad_sectors = day.settings.pad_sectors,
                                              .vfs = DISK_VFS};
    return journal_open(path, &settings, why, out_journal);
}

enum err day_open(const char *boot_id, struct journal **out_journal)
{
    char sentence[300];
    struct textbuf why;
    textbuf_init(&why, sentence, sizeof(sentence));
    return day_open_why(DAY_JOURNAL, boot_id, &why, out_journal);
}

/* --- steps: begin, do, end --- */

static size_t chance_below(size_t limit)
{
    return (size_t)(disk_chance(&day.chance) >> 20) % limit;
}

static bool one_in(size_t n)
{
    return chance_below(n) == 0;
}

/* The books to be changed by the step. */
static struct books *begin(enum day_kind kind)
{
    ENSURE(day.count < DAY_STEPS_MAX);
    struct step *step = &day.steps[day.count];
    step->kind = kind;
    step->begun = disk_tape_len(DISK_DAY);
    if (day.count > 0) step->books = step[-1].books;
    return &step->books;
}

static void end(enum err problem)
{
    struct step *step = &day.steps[day.count++];
    step->done = disk_tape_len(DISK_DAY);
    if (problem == ERR_NONE) return;
    if (day.good) {
        fprintf(stderr, "    step %d (%s) was refused: %s\n", day.count - 1,
                day_kind_word(step->kind), err_word(problem));
    }
    day.good = false;
}

/* The books of the day so far, which the next step will change. */
static const struct books *latest(void)
{
    return &day.steps[day.count - 1].books;
}

static enum err start(void)
{
    char boot_id[24];
    snprintf(boot_id, sizeof(boot_id), "boot-%d", ++day.boots);
    enum err problem = day_open(boot_id, &day.journal);
    if (problem == ERR_NONE && day.settings.weakened) {
        sqlite3_exec(day.journal->db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    }
    return problem;
}

static void put_slot(struct books *books, int slot)
{
    books->slots[slot].version = line_new_version();
    books->slots[slot].seq = books->last;
}

struct plan { /* a batch; slot -1: no blob; cursors of -1 stay */
    const char *kinds[BATCH_LINES_MAX + 1];
    int parcel, slot;
    int64_t oms;
    bool settles;
};

static void batch(const struct plan *plan)
{
    struct books *books = begin(DAY_BATCH);
    struct journal_fact facts[BATCH_LINES_MAX];
    size_t count = 0;
    for (; plan->kinds[count] != NULL; count++) {
        facts[count] =
            line_make(++books->last, plan->kinds[count], plan->parcel, (int64_t)day.count * 1000);
    }
    struct journal_cursor cursors[2];
    size_t cursor_count = 0;
    if (plan->settles) {
        books->settled = books->last;
        cursors[cursor_count++] = (struct journal_cursor){"settled", books->settled};
    }
    if (plan->oms >= 0) {
        books->oms = plan->oms;
        cursors[cursor_count++] = (struct journal_cursor){"oms", books->oms};
    }
    struct journal_blob blob = {BYTES_NONE, BYTES_NONE};
    if (plan->slot >= 0) {
        put_slot(books, plan->slot);
        blob = line_blob(plan->slot, books->slots[plan->slot].version);
    }
    struct journal_batch to = {.at = {.wall_ms = (int64_t)day.count * 1000},
                               .facts = facts,
                               .fact_count = count,
                               .blobs = &blob,
                               .blob_count = plan->slot >= 0,
                               .cursors = cursors,
                               .cursor_count = cursor_count};
    int64_t first = books->last - (int64_t)count + 1, wanted = first;
    enum err problem = journal_append(day.journal, &to, &first);
    end(problem == ERR_NONE && first != wanted ? ERR_CORRUPT : problem);
}

/* --- what a bench does all day --- */

static void pack(int parcel)
{
    int task = 2 * parcel, label = task + 1;
    batch(&(struct plan){{"intent", "event"}, parcel, task, -1, false});
    if (one_in(8)) { /* refused, and tried again under the same shipment's key */
        batch(&(struct plan){{"refused", "event"}, parcel, -1, -1, false});
        batch(&(struct plan){{"intent", "event"}, parcel, task, -1, false});
    }
    bool late = one_in(8);
    batch(&(struct plan){{"booked", "event"}, parcel, late ? -1 : label, -1, false});
    if (late) batch(&(struct plan){{"label"}, parcel, label, -1, false});
    batch(&(struct plan){{"print"}, parcel, -1, -1, false});
    if (one_in(10)) batch(&(struct plan){{NULL}, parcel, -1, latest()->last - 1, false});
    int64_t told = latest()->last - (int64_t)chance_below(4);
    batch(&(struct plan){{"printed", "event", "closed"}, parcel, -1, told, true});
    if (one_in(12)) batch(&(struct plan){{NULL}, parcel, LINE_POOL_SLOT, -1, false});
}

/* Removes what is settled, told and older than some steps, as the daemon does. */
static void prune(void)
{
    struct books *books = begin(DAY_PRUNING);
    int64_t before_ms = ((int64_t)day.count - 25) * 1000;
    int64_t before = books->settled < books->oms ? books->settled : books->oms;
    struct journal_prune wanted = {before, before_ms, 16};
    int64_t end_seq = books->first + (int64_t)wanted.rows_max;
    while (books->first < end_seq && books->first < before && books->first <= books->last &&
           line_at_ms(books->first) < before_ms) {
        books->first++;
    }
    for (int i = 0; i < DAY_SLOTS; i++) {
        if (books->slots[i].seq < books->first) books->slots[i].version = 0;
    }
    int64_t first_before = day.count > 0 ? latest()->first : 1;
    size_t removed = 0;
    enum err problem = journal_prune(day.journal, &wanted, &removed);
    bool right = (int64_t)removed == books->first - first_before;
    if (removed == 0) { /* a pruning that removes nothing leaves the blobs too */
        for (int i = 0; i < DAY_SLOTS; i++) books->slots[i] = latest()->slots[i];
    }
    end(problem == ERR_NONE && !right ? ERR_CORRUPT : problem);
}

/* Deletes one kind of blob of parcels that were closed some steps ago. */
static void drop(int which)
{
    struct books *books = begin(DAY_DROPPING);
    struct journal_drop wanted = {INT64_MAX, which == 0 ? "task/" : "label/", "closed/",
                                  ((int64_t)day.count - 12) * 1000, 64};
    int64_t dropped = 0;
    for (int64_t seq = books->first; seq <= books->last; seq++) {
        int parcel = line_closes(seq);
        if (parcel < 0 || line_at_ms(seq) >= wanted.before_wall_ms) continue;
        int slot = 2 * parcel + which;
        dropped += books->slots[slot].version != 0;
        books->slots[slot].version = 0;
    }
    size_t removed = 0;
    enum err problem = journal_drop_done(day.journal, &wanted, &removed);
    end(problem == ERR_NONE && (int64_t)removed != dropped ? ERR_CORRUPT : problem);
}

static void copy(void)
{
    begin(DAY_COPYING)->copied = day.count - 1;
    bool done = false;
    enum err problem = journal_copy_begin(day.journal, DAY_COPY, 0);
    while (problem == ERR_NONE && !done) problem = journal_copy_step(day.journal, &done);
    end(problem);
}

static void move_log(void)
{
    begin(DAY_PASSIVE);
    day.journal->log_pages = 1 << 20; /* as if it were as long as it may be */
    journal_tend_log(day.journal);
    end(day.journal->broken);
}

static void empty_log(void)
{
    begin(DAY_TRUNCATING);
    end(journal_checkpoint(day.journal));
}

static void restart(void)
{
    begin(DAY_RESTART);
    enum err problem = one_in(4) ? ERR_NONE : journal_checkpoint(day.journal);
    journal_close(day.journal);
    day.journal = NULL;
    if (problem == ERR_NONE) problem = start();
    end(problem);
}

static void look_after(void)
{
    bool quiet = day.settings.long_log;
    if (one_in(3)) drop((int)chance_below(2));
    if (one_in(4)) prune();
    if (one_in(9)) copy();
    if (!quiet && one_in(7)) move_log();
    if (!quiet && one_in(12)) empty_log();
    if (!quiet && one_in(10)) restart();
}

bool day_record(const struct day_settings *settings)
{
    day.settings = *settings;
    day.chance = settings->seed * 0x9e3779b97f4a7c15u | 1;
    day.count = day.boots = 0;
    day.good = true;
    lines_begin(settings->seed);
    disk_format();
    disk_record(DISK_DAY);
    *begin(DAY_OPENING) = (struct books){.first = 1, .copied = -1};
    end(start());
    if (!day.good) return false;
    snprintf(day.epoch, sizeof(day.epoch), "%s", journal_epoch(day.journal));
    for (int parcel = 0; parcel < settings->parcels && day.good; parcel++) {
        pack(parcel);
        if (day.good) look_after();
    }
    disk_stop();
    journal_close(day.journal);
    day.journal = NULL;
    return day.good;
}

/* --- the batch of a start, and the comparison --- */

enum err day_append_start(struct journal *journal, struct books *books)
{
    int64_t seq = ++books->last;
    struct journal_fact fact = line_make_start(seq);
    books->starts++;
    books->oms = seq - 1;
    put_slot(books, LINE_START_SLOT);
    struct journal_blob blob = line_blob(LINE_START_SLOT, books->slots[LINE_START_SLOT].version);
    struct journal_cursor cursor = {"oms", books->oms};
    struct journal_batch to = {.facts = &fact,
                               .fact_count = 1,
                               .blobs = &blob,
                               .blob_count = 1,
                               .cursors = &cursor,
                               .cursor_count = 1};
    int64_t first = 0;
    enum err problem = journal_append(journal, &to, &first);
    return problem == ERR_NONE && first != seq ? ERR_CORRUPT : problem;
}

struct reading {
    int64_t next, starts_from;
    bool good;
};

static bool check_row(void *context, const struct journal_row *row)
{
    struct reading *reading = context;
    reading->good = reading->good && row->seq == reading->next &&
                    line_is(row, row->seq >= reading->starts_from);
    reading->next++;
    return reading->good;
}

static bool facts_match(struct journal *journal, const struct books *books)
{
    int64_t first = 0, last = 0;
    if (journal_extent(journal, &first, &last) != ERR_NONE) return false;
    if (first != books->first || last != books->last) return false;
    struct reading reading = {books->first, books->last - books->starts + 1, true};
    if (journal_read_after(journal, 0, 100000, check_row, &reading) != ERR_NONE) return false;
    return reading.good && reading.next == books->last + 1;
}

static bool cursors_match(struct journal *journal, const struct books *books)
{
    int64_t oms = -1, settled = -1;
    return journal_read_cursor(journal, "oms", &oms) == ERR_NONE && oms == books->oms &&
           journal_read_cursor(journal, "settled", &settled) == ERR_NONE &&
           settled == books->settled;
}

static int64_t count_blobs(struct journal *journal)
{
    static const char *const sql[] = {"SELECT count(*) FROM blobs"};
    struct sqlite3_stmt *count = NULL;
    int64_t blobs = -1;
    if (sqlite3_prepare_v2(journal->db, sql[0], -1, &count, NULL) != SQLITE_OK) return -1;
    if (sqlite3_step(count) == SQLITE_ROW) blobs = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    return blobs;
}

static bool blobs_match(struct journal *journal, const struct books *books)
{
    static uint8_t storage[LINE_BLOB_MAX];
    int64_t there = 0;
    for (int i = 0; i < DAY_SLOTS; i++) {
        if (books->slots[i].version == 0) continue;
        there++;
        struct journal_blob wanted = line_blob(i, books->slots[i].version);
        size_t len = 0;
        enum err problem = journal_read_blob(journal, wanted.key, storage, sizeof(storage), &len);
        if (problem != ERR_NONE || !bytes_equal(wanted.data, bytes_of(storage, len))) return false;
    }
    return count_blobs(journal) == there;
}

bool day_matches(struct journal *journal, const struct books *books)
{
    return cursors_match(journal, books) && facts_match(journal, books) &&
           blobs_match(journal, books);
}
