/* Guards: however often the power goes again while the box starts, the end is a journal that has
 * everything acknowledged and takes the next batch; two renamings of a damaged journal never leave
 * its file to be opened without its log; a journal of an older format is the old one or the new. */
#include <sqlite3.h>

#include "tests/crash/cuts.h"
#include "tests/support/expect.h"

#define FLICKERS 20

static void note_finding(void *context, const char *sentence)
{
    (void)context;
    printf("    finding: %s\n", sentence);
}

static void flicker_at_start_ends_ready(void)
{
    struct tally tally = {0};
    uint64_t chance = 11;
    EXPECT(day_record(&(struct day_settings){.seed = 4, .parcels = 10}), "the day is recorded");
    size_t end = disk_tape_len(DISK_DAY);
    for (size_t i = 0; i < 40; i++) {
        enum disk_kept kept = (enum disk_kept)(i % DISK_KEPT_KINDS);
        cuts_chain(1 + i * (end - 1) / 39, kept, FLICKERS, true, &chance, &tally);
    }
    printf("    power flicker: %zu cuts in 40 starts\n", tally.cuts);
    EXPECT_I64(40 * (FLICKERS + 1), tally.cuts, "no start failed before the last cut");
    EXPECT_I64(0, tally_violations(&tally), "and each ended with all there was");
}

static void a_first_start_may_be_cut_again_and_again(void)
{
    struct tally tally = {0};
    uint64_t chance = 13;
    EXPECT(day_record(&(struct day_settings){.seed = 5, .parcels = 0}), "a journal is made");
    for (size_t place = 0; place <= disk_tape_len(DISK_DAY); place++) {
        enum disk_kept kept = (enum disk_kept)(place % DISK_KEPT_KINDS);
        cuts_chain(place, kept, 5, place % 2 == 0, &chance, &tally);
    }
    printf("    first start: %zu cuts\n", tally.cuts);
    EXPECT_I64(0, tally_violations(&tally), "a journal comes of it, empty and with an epoch");
}

/* As it is after a hard stop, and beyond use. */
static void put_damaged(struct bytes log)
{
    static uint8_t rubbish[3000];
    for (size_t i = 0; i < sizeof(rubbish); i++) rubbish[i] = (uint8_t)(i * 7);
    disk_format();
    disk_put(DAY_JOURNAL, bytes_of(rubbish, sizeof(rubbish)));
    disk_put(DAY_JOURNAL "-wal", log);
}

static bool is_whole(const char *name, size_t len)
{
    return disk_content(name).len == len;
}

static void setting_aside_may_be_cut(void)
{
    static const uint8_t log[2000] = {1};
    size_t bad = 0, cuts = 0;
    uint64_t chance = 17;
    char storage[80];
    struct textbuf name;
    struct journal *journal = NULL;
    put_damaged(bytes_of(log, sizeof(log)));
    disk_record(DISK_START);
    textbuf_init(&name, storage, sizeof(storage));
    EXPECT_I64(ERR_NONE, journal_set_aside(DAY_JOURNAL, &name), "it is set aside");
    size_t done = disk_tape_len(DISK_START);
    EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "and a new one made");
    disk_stop();
    journal_close(journal);
    for (size_t i = 0; i < 40 * (disk_tape_len(DISK_START) + 1); i++) {
        size_t place = i / 40;
        disk_cut(DISK_START, place, (enum disk_kept)(i % DISK_KEPT_KINDS), &chance);
        cuts++;
        bool there = is_whole(DAY_JOURNAL, 3000), aside = is_whole(DAY_JOURNAL ".damaged-1", 3000);
        bool log_there = is_whole(DAY_JOURNAL "-wal", sizeof(log));
        bool log_aside = is_whole(DAY_JOURNAL ".damaged-1-wal", sizeof(log));
        if (there == aside || (there && !log_there)) bad++;
        if (place >= done && !(aside && log_aside)) bad++;
    }
    printf("    setting aside: %zu cuts\n", cuts);
    EXPECT_I64(0, bad, "the damaged file is there with its log, or it is aside");
}

/* As the firmware before the sums left it. */
static void make_older(void)
{
    static const char sql[] =
        "PRAGMA locking_mode=EXCLUSIVE;"
        "ALTER TABLE facts DROP COLUMN sum; ALTER TABLE blobs DROP COLUMN sum;"
        "PRAGMA user_version=1";
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(DAY_JOURNAL, &db, SQLITE_OPEN_READWRITE, DISK_VFS);
    if (code == SQLITE_OK) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    EXPECT_I64(SQLITE_OK, code, "it is made older");
    sqlite3_close(db);
}

static void a_change_of_format_may_be_cut(void)
{
    size_t bad = 0, cuts = 0;
    uint64_t chance = 19;
    struct journal *journal = NULL;
    EXPECT(day_record(&(struct day_settings){.seed = 6, .parcels = 6}), "the day is recorded");
    disk_cut(DISK_DAY, disk_tape_len(DISK_DAY), DISK_KEPT_ALL, &chance);
    make_older();
    disk_record(DISK_START);
    EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "it is brought to our format");
    disk_stop();
    EXPECT(day_matches(journal, day_books(day_steps() - 1)), "with all there was");
    journal_close(journal);
    for (size_t i = 0; i < 20 * (disk_tape_len(DISK_START) + 1); i++) {
        size_t findings = 0;
        disk_cut(DISK_START, i / 20, (enum disk_kept)(i % DISK_KEPT_KINDS), &chance);
        cuts++;
        bool good = day_open("boot-1", &journal) == ERR_NONE;
        good = good && day_matches(journal, day_books(day_steps() - 1)) &&
               journal_verify(journal, note_finding, NULL, &findings) == ERR_NONE && findings == 0;
        if (!good) bad++;
        journal_close(journal);
        journal = NULL;
    }
    printf("    change of format: %zu cuts\n", cuts);
    EXPECT(cuts > 200, "in many places");
    EXPECT_I64(0, bad, "each start after that has all there was, in our format");
}

int main(void)
{
    disk_init();
    EXPECT_RUN(flicker_at_start_ends_ready);
    EXPECT_RUN(a_first_start_may_be_cut_again_and_again);
    EXPECT_RUN(setting_aside_may_be_cut);
    EXPECT_RUN(a_change_of_format_may_be_cut);
    disk_finish();
    return expect_result();
}
