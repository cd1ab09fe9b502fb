/* Guards: what the journal acknowledged is there after a power cut at any moment, byte for byte;
 * what it had not acknowledged is there whole or not at all; numbers have no gaps, cursors stand
 * where they were put, what was pruned stays away; and the next start goes on from it.
 *
 *     test_crash_cuts                         two days, each place in each way: always-on
 *     test_crash_cuts CUTS [SEED [STRIDE]]    days of SEED, SEED + STRIDE ... (tools/crash) */
#include <stdlib.h>

#include "tests/crash/cuts.h"
#include "tests/support/expect.h"

#define CUTS_AT_LEAST 10000

static void print_tally(const char *name, const struct tally *tally)
{
    printf("    %s: %zu cuts (%zu of them while starting after a cut)", name, tally->cuts,
           tally->while_starting);
    for (int kind = 0; kind <= DAY_RESTART; kind++) {
        printf(", %s %zu", day_kind_word((enum day_kind)kind), tally->by_kind[kind]);
    }
    printf("\n    %zu acknowledged lost, %zu torn, %zu damaged, %zu stuck, %zu copies lost\n",
           tally->acknowledged_lost, tally->torn, tally->damaged, tally->stuck, tally->copies_lost);
}

static struct day_settings day_of(uint64_t seed)
{
    return (struct day_settings){.seed = seed,
                                 .parcels = 24 + (int)(seed % 3) * 8,
                                 .pad_sectors = seed % 4 == 2,
                                 .long_log = seed % 8 == 5};
}

static struct sweep sweep_of(const struct day_settings *settings, size_t cuts)
{
    return (struct sweep){.cuts = cuts,
                          .chain_every = 61,
                          .rubbish = settings->pad_sectors,
                          .chance = settings->seed * 2 + 1};
}

static struct tally total;

static void cut_day(const char *name, const struct day_settings *settings)
{
    struct tally tally = {0};
    EXPECT(day_record(settings), "every step of the day is acknowledged");
    struct sweep sweep = sweep_of(settings, SIZE_MAX / 2);
    EXPECT(!cuts_sweep(&sweep, &tally), "the day was cut to its end");
    print_tally(name, &tally);
    EXPECT_I64(0, tally.acknowledged_lost, "no cut lost what was acknowledged");
    EXPECT_I64(0, tally.torn, "no cut kept half a batch");
    EXPECT_I64(0, tally.damaged, "no cut left a journal that does not open or has findings");
    EXPECT_I64(0, tally.stuck, "after every cut the journal took the next batch");
    EXPECT_I64(0, tally.copies_lost, "no cut left half a copy");
    tally_add(&total, &tally);
}

static void nothing_acknowledged_is_lost(void)
{
    cut_day("a day", &(struct day_settings){.seed = 1, .parcels = 20});
    cut_day("a disk that ruins what lies beside",
            &(struct day_settings){.seed = 2, .parcels = 5, .pad_sectors = true});
    for (int kind = 0; kind <= DAY_RESTART; kind++) {
        EXPECT(total.by_kind[kind] > 0, day_kind_word((enum day_kind)kind));
    }
    printf("    %zu cuts in all\n", total.cuts);
    EXPECT(total.cuts >= CUTS_AT_LEAST, "as many cuts were made as are promised");
}

/* One line of totals for tools/crash, which adds up several runs. */
static int cut_many(size_t cuts, uint64_t seed, uint64_t stride)
{
    for (unsigned days = 1; total.cuts < cuts; seed += stride, days++) {
        struct day_settings settings = day_of(seed);
        if (!day_record(&settings)) total.stuck++;
        struct sweep sweep = sweep_of(&settings, cuts - total.cuts);
        cuts_sweep(&sweep, &total);
        printf("day %u of seed %llu: %zu cuts, %zu violations\n", days, (unsigned long long)seed,
               total.cuts, tally_violations(&total));
        fflush(stdout);
        if (tally_violations(&total) > 100) break;
    }
    printf("totals %zu %zu %zu %zu %zu %zu %zu\n", total.cuts, total.acknowledged_lost, total.torn,
           total.damaged, total.stuck, total.copies_lost, total.while_starting);
    return tally_violations(&total) == 0 ? 0 : 1;
}

static uint64_t number(int argc, char **argv, int position, uint64_t otherwise)
{
    return argc > position ? strtoull(argv[position], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    int result = 0;
    disk_init();
    if (argc > 1) {
        result = cut_many((size_t)number(argc, argv, 1, 0), number(argc, argv, 2, 1),
                          number(argc, argv, 3, 1));
    } else {
        EXPECT_RUN(nothing_acknowledged_is_lost);
        result = expect_result();
    }
    disk_finish();
    return result;
}
