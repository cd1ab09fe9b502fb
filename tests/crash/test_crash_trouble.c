/* Guards: a full disk takes nothing of a batch and the journal goes on; after a flush that failed
 * the journal is used no more, its files are left to the next start, and that finds everything
 * acknowledged. At every write and at every flush of a batch. */
#include <sqlite3.h>

#include "tests/crash/day.h"
#include "tests/support/expect.h"

static struct books books;

static struct journal *begin(uint64_t seed)
{
    struct journal *journal = NULL;
    EXPECT(day_record(&(struct day_settings){.seed = seed, .parcels = 3}), "a day is recorded");
    uint64_t chance = 1;
    disk_cut(DISK_DAY, disk_tape_len(DISK_DAY), DISK_KEPT_ALL, &chance);
    books = *day_books(day_steps() - 1);
    EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "it is opened");
    return journal;
}

static void a_full_disk_takes_nothing_and_goes_on(void)
{
    struct journal *journal = begin(6);
    int refused = 0;
    for (int step = 1; step <= 80; step++) {
        enum err problem = ERR_NO_SPACE;
        struct books after = books;
        for (int n = 0; problem != ERR_NONE && n < 200; n++) {
            after = books;
            disk_fail_write(n, SQLITE_FULL);
            problem = day_append_start(journal, &after);
            bool failed = disk_failed(); /* moving the log into the file may fail without harm */
            EXPECT(failed || problem == ERR_NONE, "with room it goes in");
            if (problem == ERR_NONE) break;
            refused++;
            EXPECT_I64(ERR_NO_SPACE, problem, "a full disk is said to be full");
            EXPECT(day_matches(journal, &books), "and nothing of the batch is there");
        }
        books = after;
        EXPECT(day_matches(journal, &books), "what went in is there");
    }
    EXPECT(refused > 200, "it was refused at many places");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, day_open("boot-2", &journal), "it opens again");
    EXPECT(day_matches(journal, &books), "with all that went in");
    journal_close(journal);
}

/* First each commit's own flush fails, then one that only moving a long log gets to. */
static void a_failed_flush_ends_the_use(void)
{
    struct journal *journal = begin(7);
    int commits = 0, moves = 0;
    for (int step = 1; step <= 300; step++) {
        struct books after = books;
        disk_fail_sync(step < 40 ? 0 : 2, SQLITE_IOERR_FSYNC);
        enum err problem = day_append_start(journal, &after);
        if (!disk_failed()) {
            EXPECT_I64(ERR_NONE, problem, "with all flushes good it goes in");
            books = after;
            continue;
        }
        if (problem == ERR_NONE) moves++;
        else commits++;
        EXPECT(problem == ERR_NONE || problem == ERR_IO, "a commit's failed flush is told");
        int64_t first, last;
        EXPECT_I64(ERR_IO, journal_extent(journal, &first, &last), "no more use, not even to read");
        struct books never = books;
        EXPECT_I64(ERR_IO, day_append_start(journal, &never), "nor to write");
        size_t log_len = disk_content(DAY_JOURNAL "-wal").len;
        journal_close(journal);
        EXPECT_I64(log_len, disk_content(DAY_JOURNAL "-wal").len, "its log is left as it is");
        EXPECT_I64(ERR_NONE, day_open("boot-1", &journal), "the next start recovers");
        bool there = day_matches(journal, &after);
        EXPECT(there || (problem == ERR_IO && day_matches(journal, &books)),
               "what was acknowledged is there; what was not is there whole or not at all");
        if (there) books = after;
    }
    EXPECT(commits >= 39, "many commits failed");
    EXPECT(moves > 0, "moving the log into the file failed too");
    journal_close(journal);
}

int main(void)
{
    disk_init();
    EXPECT_RUN(a_full_disk_takes_nothing_and_goes_on);
    EXPECT_RUN(a_failed_flush_ends_the_use);
    disk_finish();
    return expect_result();
}
