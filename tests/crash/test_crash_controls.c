/* Guards: the bench has teeth. The same cuts and the same judgement must find losses where SQLite
 * promises less, where the disk breaks its word, and where the books say something else. */
#include "tests/crash/cuts.h"
#include "tests/support/expect.h"

static const struct day_settings usual = {.seed = 3, .parcels = 14};

static struct tally cut(enum disk_lie lie)
{
    struct tally tally = {0};
    struct sweep sweep = {.cuts = SIZE_MAX / 2, .apart = 9, .chance = 5};
    disk_lie(lie);
    tally_say_each(false);
    cuts_sweep(&sweep, &tally);
    tally_say_each(true);
    disk_lie(DISK_HONEST);
    return tally;
}

static void print_tally(const char *what, const struct tally *tally)
{
    printf("    %s: %zu cuts: %zu lost, %zu torn, %zu damaged, %zu stuck, %zu copies lost\n", what,
           tally->cuts, tally->acknowledged_lost, tally->torn, tally->damaged, tally->stuck,
           tally->copies_lost);
}

/* sqlite.org/pragma.html#pragma_synchronous: NORMAL keeps the file sound, but not each commit. */
static void less_than_full_is_found(void)
{
    struct day_settings weakened = usual;
    weakened.weakened = true;
    EXPECT(day_record(&weakened), "the day is recorded");
    struct tally tally = cut(DISK_HONEST);
    print_tally("synchronous=NORMAL", &tally);
    EXPECT(tally.acknowledged_lost > 100, "without a flush at each commit the cuts find losses");
    EXPECT_I64(0, tally.damaged, "though the file stays sound");
}

static void a_disk_that_lies_is_found(void)
{
    EXPECT(day_record(&usual), "the day is recorded");
    struct tally honest = cut(DISK_HONEST);
    print_tally("an honest disk", &honest);
    EXPECT_I64(0, tally_violations(&honest), "nothing is found where nothing is wrong");
    struct tally log = cut(DISK_LIE_LOG_FLUSH);
    print_tally("no flush of the log", &log);
    EXPECT(log.acknowledged_lost > 100, "a log that is not flushed loses what was acknowledged");
    struct tally main_file = cut(DISK_LIE_MAIN_FLUSH);
    print_tally("no flush of the file", &main_file);
    EXPECT(main_file.damaged > 0, "a file that is not flushed after the log was moved is damaged");
    struct tally folder = cut(DISK_LIE_FOLDER_FLUSH);
    print_tally("no flush of the folder", &folder);
    EXPECT(folder.acknowledged_lost + folder.damaged + folder.torn > 100, "names that may vanish");
    EXPECT(folder.copies_lost > 0, "copies too");
    struct tally order = cut(DISK_LIE_LAST_WRITE);
    print_tally("a write that passes a flush", &order);
    EXPECT(order.acknowledged_lost > 100, "writes that come out of order lose commits");
    struct tally copied = cut(DISK_LIE_COPY_FLUSH);
    print_tally("no flush of the copy", &copied);
    EXPECT(copied.copies_lost > 0, "a copy that is not flushed before it is renamed is half");
    EXPECT_I64(0, copied.acknowledged_lost + copied.damaged, "which harms no journal");
}

static void the_books_are_compared(void)
{
    struct journal *journal = NULL;
    uint64_t chance = 1;
    size_t compared = 0, told_apart = 0;
    EXPECT(day_record(&usual), "the day is recorded");
    int last = day_steps() - 1;
    disk_cut(DISK_DAY, disk_tape_len(DISK_DAY), DISK_KEPT_NONE, &chance);
    EXPECT_I64(ERR_NONE, day_open("end", &journal), "the day's end is opened");
    EXPECT(day_matches(journal, day_books(last)), "it is what the books say");
    struct books books = *day_books(last);
    for (int i = 0; i <= last; i++) {
        bool quiet = day_kind(i) != DAY_BATCH; /* a step that may have changed nothing */
        if (quiet || i == last) continue;
        compared++;
        told_apart += !day_matches(journal, day_books(i));
    }
    EXPECT(compared > 40, "most steps are batches");
    EXPECT(told_apart >= compared - 1, "no other step's books will do");
    books.oms--;
    EXPECT(!day_matches(journal, &books), "a cursor that stands one too far is seen");
    books = *day_books(last);
    for (int i = 0; i < DAY_SLOTS; i++) {
        struct books other = books;
        other.slots[i].version = other.slots[i].version == 0 ? 1 : 0;
        EXPECT(!day_matches(journal, &other), "a blob that is there or is not is seen");
        if (books.slots[i].version < 2) continue;
        other.slots[i].version = books.slots[i].version - 1;
        EXPECT(!day_matches(journal, &other), "another blob under its key is seen");
    }
    journal_close(journal);
}

int main(void)
{
    disk_init();
    EXPECT_RUN(less_than_full_is_found);
    EXPECT_RUN(a_disk_that_lies_is_found);
    EXPECT_RUN(the_books_are_compared);
    disk_finish();
    return expect_result();
}
