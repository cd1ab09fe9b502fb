/* Guards: a journal whose files rotted, were cut short, exchanged or lost is said to be damaged and
 * left as it is, or it reads back right; it is never taken for good where SQLite can tell.
 *
 * SQLite keeps no sums of its pages (only of its log); the journal keeps one of each fact and blob.
 * A bit that flips in a cursor is beyond both; such flips are counted, and shown to have changed
 * nothing but that value.
 *
 *     test_crash_rot [FLIPS]      so many bits of every page and of every KiB of the log, 8 */
#include <stdlib.h>

#include "hal/journal_inside.h"
#include "tests/crash/day.h"
#include "tests/crash/day_lines.h"
#include "tests/support/expect.h"

#define LOG DAY_JOURNAL "-wal"
#define ASIDE DAY_JOURNAL ".damaged-1"
#define PAGE 1024u
#define FILE_MAX (1u << 20)

struct image { /* the journal's files at one moment */
    struct bytes main, log;
    uint8_t main_data[FILE_MAX], log_data[FILE_MAX];
};

static struct image sound, hard, passive, other, third; /* see take_images */
static size_t flips_a_page = 8;
static char sentence[300];
static struct textbuf why;

enum outcome {
    SAID_AT_OPENING,
    SAID_BY_VERIFY,
    READS_RIGHT,
    READS_OLDER, /* a whole state of before: the rest was in the log */
    VALUE_CHANGED,
    ANOTHER_LIFE, /* under another epoch, which tells the order system */
    TAKEN_FOR_GOOD,
    OUTCOMES
};
static size_t outcomes[OUTCOMES];

static void keep(struct image *image)
{
    struct bytes now[] = {disk_content(DAY_JOURNAL), disk_content(LOG)};
    ENSURE(now[0].len <= FILE_MAX && now[1].len <= FILE_MAX);
    memcpy(image->main_data, now[0].data, now[0].len);
    if (now[1].len > 0) memcpy(image->log_data, now[1].data, now[1].len);
    image->main = bytes_of(image->main_data, now[0].len);
    image->log = bytes_of(image->log_data, now[1].len);
}

static void put(struct bytes main_file, struct bytes log)
{
    disk_format();
    disk_put(DAY_JOURNAL, main_file);
    if (log.len > 0) disk_put(LOG, log);
}

/* What the tape's end leaves: everything written, and a log with the day since the last start. */
static void stop_hard(uint64_t seed)
{
    uint64_t chance = 1;
    const struct day_settings settings = {.seed = seed, .parcels = 9, .long_log = seed == 29};
    EXPECT(day_record(&settings), "a day is recorded");
    disk_cut(DISK_DAY, disk_tape_len(DISK_DAY), DISK_KEPT_ALL, &chance);
}

static void reopen(bool move_log)
{
    struct journal *journal = NULL;
    EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "it opens");
    if (move_log) {
        int64_t first;
        struct journal_cursor cursor = {"oms", day_books(day_steps() - 1)->oms};
        struct journal_batch batch = {.cursors = &cursor, .cursor_count = 1};
        EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &first), "it takes a batch");
        journal->log_pages = 1 << 20;
        journal_tend_log(journal);
        keep(&passive);
    }
    journal_close(journal);
}

/* other, third: other journals, stopped hard; the log of one is all of it. hard: ours, stopped
 * hard. passive: its log is in the file and still there. sound: stopped cleanly. */
static void take_images(void)
{
    stop_hard(29);
    keep(&other);
    stop_hard(31);
    keep(&third);
    stop_hard(23);
    keep(&hard);
    reopen(true);
    reopen(false);
    keep(&sound);
    EXPECT(hard.log.len > 50 * PAGE && other.log.len > 10 * PAGE && third.log.len > 10 * PAGE,
           "the logs are long");
    EXPECT(sound.log.len == 0, "and none after a clean stop");
    printf("    %zu pages, logs of %zu, %zu and %zu KiB\n", sound.main.len / PAGE,
           hard.log.len / 1024, passive.log.len / 1024, other.log.len / 1024);
}

/* --- what is said of it --- */

struct row_check {
    int64_t next;
    size_t changed;
    bool good;
};

static bool check_place(void *context, const struct journal_row *row)
{
    struct row_check *check = context;
    const char *key, *subject;
    line_names(check->next, &key, &subject);
    check->good = check->good && row->seq == check->next && bytes_equal_text(row->key, key) &&
                  bytes_equal_text(row->subject, subject);
    check->changed += !line_is(row, false);
    check->next++;
    return check->good;
}

static size_t blobs_changed(struct journal *journal, const struct books *books, bool *out_good)
{
    static uint8_t storage[LINE_BLOB_MAX];
    size_t changed = 0;
    *out_good = true;
    for (int i = 0; i < DAY_SLOTS; i++) {
        struct journal_blob blob = line_blob(i, books->slots[i].version);
        bool wanted = books->slots[i].version != 0;
        size_t len = 0;
        enum err problem = journal_read_blob(journal, blob.key, storage, sizeof(storage), &len);
        if ((problem == ERR_NONE) != wanted) *out_good = false;
        changed += wanted && !bytes_equal(blob.data, bytes_of(storage, len));
    }
    return changed;
}

/* Are all facts and blobs there under their numbers and keys, and at most one value is another? */
static bool one_value_differs(struct journal *journal, const struct books *books)
{
    struct row_check check = {.next = books->first, .good = true};
    int64_t oms = -1, settled = -1;
    bool good = false;
    if (journal_read_after(journal, 0, 100000, check_place, &check) != ERR_NONE) return false;
    if (!check.good || check.next != books->last + 1) return false;
    size_t changed = check.changed + blobs_changed(journal, books, &good);
    if (journal_read_cursor(journal, "oms", &oms) != ERR_NONE ||
        journal_read_cursor(journal, "settled", &settled) != ERR_NONE)
        return false;
    changed += oms != books->oms;
    changed += settled != books->settled;
    changed += strcmp(journal_epoch(journal), day_epoch()) != 0;
    return good && changed <= 1;
}

static void count_finding(void *context, const char *text)
{
    (void)context, (void)text;
}

static enum outcome outcome_of_opened(struct journal *journal)
{
    const struct books *books = day_books(day_steps() - 1);
    size_t findings = 0;
    enum err problem = journal_verify(journal, count_finding, NULL, &findings);
    if (problem != ERR_NONE || findings > 0) return SAID_BY_VERIFY;
    if (strcmp(journal_epoch(journal), day_epoch()) == 0) {
        if (day_matches(journal, books)) return READS_RIGHT;
        for (int i = day_steps() - 1; i >= 0; i--) {
            if (day_matches(journal, day_books(i))) return READS_OLDER;
        }
    }
    if (one_value_differs(journal, books)) return VALUE_CHANGED;
    bool another = strcmp(journal_epoch(journal), day_epoch()) != 0;
    return another ? ANOTHER_LIFE : TAKEN_FOR_GOOD;
}

/* The files are as they were; set aside they are kept, and a new journal can be made. */
static void a_refusal_changes_nothing(enum err problem, struct bytes main_file, struct bytes log)
{
    EXPECT(why.len > 0, "there is a sentence why");
    EXPECT_BYTES(main_file, disk_content(DAY_JOURNAL), "a refused file is left as it was");
    EXPECT_BYTES(log, disk_content(LOG), "and so is its log");
    if (problem != ERR_CORRUPT) return;
    char name[80];
    struct textbuf aside;
    struct journal *journal = NULL;
    textbuf_init(&aside, name, sizeof(name));
    EXPECT_I64(ERR_NONE, journal_set_aside(DAY_JOURNAL, &aside), "it can be set aside");
    EXPECT_TEXT(ASIDE, name, "under the name that is told");
    EXPECT_BYTES(main_file, disk_content(ASIDE), "with every byte");
    EXPECT_BYTES(log, disk_content(ASIDE "-wal"), "and its log");
    EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "and a new one begun");
    EXPECT(strcmp(journal_epoch(journal), day_epoch()) != 0, "under a new epoch");
    journal_close(journal);
}

/* Opens what was put on the disk. */
static enum outcome try(struct bytes main_file, struct bytes log)
{
    struct journal *journal = NULL;
    put(main_file, log);
    textbuf_init(&why, sentence, sizeof(sentence));
    enum err problem = day_open_why(DAY_JOURNAL, "boot-1", &why, &journal);
    enum outcome outcome = SAID_AT_OPENING;
    if (problem == ERR_NONE) outcome = outcome_of_opened(journal);
    else a_refusal_changes_nothing(problem, main_file, log);
    journal_close(journal);
    outcomes[outcome]++;
    return outcome;
}

static void print_outcomes(const char *what)
{
    static const char *const words[OUTCOMES] = {"said at opening", "said by verify", "reads right",
                                                "reads older",     "value changed",  "another life",
                                                "taken for good"};
    printf("    %s:", what);
    for (int i = 0; i < OUTCOMES; i++) {
        if (outcomes[i] > 0) printf(" %s %zu", words[i], outcomes[i]);
        outcomes[i] = 0;
    }
    printf("\n");
}

/* --- rot --- */

/* Half of the flips of a page go to its first bytes, where its structure is. */
static size_t place_in(size_t page, size_t flip, uint64_t *chance)
{
    size_t reach = flip % 2 == 0 ? 40 : PAGE;
    return page * PAGE + disk_chance(chance) % reach;
}

static void a_flipped_bit_in_a_page(void)
{
    uint64_t chance = 41;
    for (size_t page = 0; page < sound.main.len / PAGE; page++) {
        size_t flips = page == 0 ? 16 * flips_a_page : flips_a_page;
        for (size_t flip = 0; flip < flips; flip++) {
            uint8_t *byte = &sound.main_data[place_in(page, flip, &chance)];
            uint8_t bit = (uint8_t)(1u << disk_chance(&chance) % 8);
            *byte ^= bit;
            enum outcome outcome = try(sound.main, BYTES_NONE);
            EXPECT(outcome != TAKEN_FOR_GOOD && outcome != READS_OLDER, "the damage is not seen");
            *byte ^= bit;
        }
    }
    EXPECT(outcomes[SAID_AT_OPENING] > 0 && outcomes[SAID_BY_VERIFY] > 0, "some of it is said");
    EXPECT(outcomes[VALUE_CHANGED] * 50 <= outcomes[SAID_BY_VERIFY], "only a cursor has no sum");
    print_outcomes("bits of the file");
}

static void flip_log(struct image *image, const char *what)
{
    uint64_t chance = 43;
    for (size_t at = 0; at < image->log.len; at += PAGE) {
        for (size_t flip = 0; flip < flips_a_page; flip++) {
            size_t place = at + disk_chance(&chance) % PAGE;
            if (place >= image->log.len) continue;
            uint8_t bit = (uint8_t)(1u << disk_chance(&chance) % 8);
            image->log_data[place] ^= bit;
            enum outcome outcome = try(image->main, image->log);
            EXPECT(outcome != TAKEN_FOR_GOOD && outcome != VALUE_CHANGED && outcome != ANOTHER_LIFE,
                   "a log is taken up to where its sums are right, and no further");
            image->log_data[place] ^= bit;
        }
    }
    print_outcomes(what);
}

static void a_flipped_bit_in_the_log(void)
{
    flip_log(&hard, "bits of the log");
    flip_log(&passive, "bits of a log that was moved");
}

static void a_file_cut_short(void)
{
    for (size_t len = 1; len < sound.main.len; len += 341) {
        enum outcome outcome = try(bytes_of(sound.main_data, len), BYTES_NONE);
        EXPECT(outcome == SAID_AT_OPENING || outcome == SAID_BY_VERIFY, "a short file is said");
    }
    print_outcomes("cut short");
    for (size_t len = 0; len < hard.log.len; len += 341) {
        enum outcome outcome = try(hard.main, bytes_of(hard.log_data, len));
        EXPECT(outcome != TAKEN_FOR_GOOD && outcome != VALUE_CHANGED && outcome != ANOTHER_LIFE,
               "a short log is a log of before");
    }
    EXPECT_I64(READS_RIGHT, try(passive.main, BYTES_NONE), "a log that was moved is not missed");
    print_outcomes("log cut short, or deleted");
    EXPECT_I64(ANOTHER_LIFE, try(BYTES_NONE, BYTES_NONE), "an emptied file is a first start");
    print_outcomes("emptied");
}

static void something_else_in_its_place(void)
{
    static const char poem[] = "Where the mind is without fear and the head is held high";
    static uint8_t text[5000];
    for (size_t i = 0; i < sizeof(text); i++) text[i] = (uint8_t)poem[i % (sizeof(poem) - 1)];
    static const size_t lengths[] = {1, 20, 99, 100, 511, 512, 1024, 5000};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        struct bytes page = bytes_of(text, lengths[i]);
        EXPECT_I64(SAID_AT_OPENING, try(page, BYTES_NONE), "a text is no journal");
        EXPECT_I64(SAID_AT_OPENING, try(page, hard.log), "nor with a log beside it");
    }
    print_outcomes("texts");
    /* A log does not say whose it is. One that holds all of its journal is that journal. */
    EXPECT_I64(ANOTHER_LIFE, try(sound.main, other.log), "a foreign log with a whole journal");
    EXPECT_I64(ANOTHER_LIFE, try(hard.main, other.log), "the same in the place of its own");
    EXPECT_I64(SAID_AT_OPENING, try(sound.main, third.log), "a foreign log with a part of one");
    EXPECT_I64(SAID_AT_OPENING, try(hard.main, third.log), "the same in the place of its own");
    print_outcomes("exchanged logs");
    hard.main_data[63] = 9; /* user_version, big-endian at 60: sqlite.org/fileformat2.html */
    EXPECT_I64(SAID_AT_OPENING, try(hard.main, BYTES_NONE), "a newer format is refused");
    hard.main_data[63] = 1;
}

int main(int argc, char **argv)
{
    if (argc > 1) flips_a_page = (size_t)strtoul(argv[1], NULL, 10);
    disk_init();
    EXPECT_RUN(take_images);
    EXPECT_RUN(a_flipped_bit_in_a_page);
    EXPECT_RUN(a_flipped_bit_in_the_log);
    EXPECT_RUN(a_file_cut_short);
    EXPECT_RUN(something_else_in_its_place);
    disk_finish();
    return expect_result();
}
