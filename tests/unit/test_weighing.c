/* Guards: a mass is taken only when the same usable reading has stood long enough, after the
 * scan, fresh, in range, and from a plate that was empty in between. */
#include "firmware/station/weighing.h"
#include "tests/support/expect.h"

static const struct config_scale scale = {.min_mass_mg = 20000,
                                          .max_mass_mg = 30000000,
                                          .empty_below_mg = 5000,
                                          .stable_for_ms = 300};

struct shown {
    int64_t at_ms;
    int64_t mass_mg;
    bool stable;
};

static void show(struct weighing *weighing, struct shown shown)
{
    struct scale_reading reading = {.mass_mg = shown.mass_mg,
                                    .stable = shown.stable,
                                    .usable = shown.stable};
    weighing_reading(weighing, &scale, &reading, shown.at_ms);
}

static const struct {
    struct shown shown[6];
    int64_t scan_ms, now_ms;
    int64_t taken_mg; /* 0: none */
    const char *promise;
} rows[] = {
    {{{0, 0, true}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "the plain case"},
    {{{0, 0, true}, {1000, 742000, true}, {1299, 742000, true}},
     500,
     1299,
     0,
     "a millisecond too short"},
    {{{0, 0, true}, {100, 742000, true}, {400, 742000, true}},
     500,
     450,
     0,
     "all of it before the scan"},
    {{{0, 0, true},
      {100, 742000, true},
      {400, 742000, true},
      {700, 742000, true},
      {1000, 742000, true}},
     600,
     1000,
     742000,
     "lay there before, stood on after the scan"},
    {{{0, 0, true}, {100, 742000, true}, {700, 742000, true}, {800, 742000, true}},
     600,
     800,
     0,
     "not long enough after the scan"},
    {{{0, 0, true}, {1000, 742000, true}, {1200, 743000, true}, {1400, 742000, true}},
     500,
     1400,
     0,
     "another mass in between starts the time again"},
    {{{0, 0, true}, {1000, 742000, true}, {1200, 742000, false}, {1400, 742000, true}},
     500,
     1400,
     0,
     "motion in between starts the time again"},
    {{{1000, 742000, true}, {1300, 742000, true}}, 500, 1300, 0, "the plate was never seen empty"},
    {{{0, 0, false}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     0,
     "a swing through zero is no empty plate"},
    {{{0, 5000, true}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "crumbs on the plate are empty enough"},
    {{{0, -200000, true}, {1000, 300000, true}, {1300, 300000, true}},
     500,
     1300,
     0,
     "less than nothing is no empty plate: what is put on it is shown too light"},
    {{{0, 0, true}, {200, -200000, true}, {1000, 300000, true}, {1300, 300000, true}},
     500,
     1300,
     0,
     "nor is one that was empty before"},
    {{{0, -5000, true}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "as far below zero as crumbs are above is empty"},
    {{{0, 0, true}, {1000, 19999, true}, {1300, 19999, true}},
     500,
     1300,
     0,
     "below the least weight"},
    {{{0, 0, true}, {1000, 30000001, true}, {1300, 30000001, true}}, 500, 1300, 0, "over capacity"},
    {{{0, 0, true}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     2301,
     0,
     "older than a second"},
    {{{0, 0, true}, {1000, 742000, true}, {2500, 742000, true}},
     500,
     2500,
     0,
     "a gap in the frames starts the time again"},
};

static void a_mass_is_taken_when_all_is_right(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct weighing weighing;
        struct scale_reading reading = {0};
        weighing_init(&weighing);
        for (size_t n = 0; n < 6; n++) {
            bool given = n == 0 || rows[i].shown[n].at_ms > 0;
            if (given) show(&weighing, rows[i].shown[n]);
        }
        bool taken = weighing_take(&weighing, &scale, rows[i].scan_ms, rows[i].now_ms, &reading);
        EXPECT_I64(rows[i].taken_mg, taken ? reading.mass_mg : 0, rows[i].promise);
    }
}

static void the_next_parcel_needs_an_empty_plate(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    show(&weighing, (struct shown){1000, 742000, true});
    weighing_closed(&weighing);
    show(&weighing, (struct shown){1400, 742000, true});
    EXPECT(!weighing_take(&weighing, &scale, 1100, 1400, &reading),
           "the old parcel is not weighed again");
    EXPECT_I64(WEIGHT_NOT_EMPTIED, weighing_hint(&weighing, &scale, 1400),
               "and the reason is named");
    show(&weighing, (struct shown){1500, 0, true});
    show(&weighing, (struct shown){1600, 500000, true});
    show(&weighing, (struct shown){1900, 500000, true});
    EXPECT(weighing_take(&weighing, &scale, 1100, 1900, &reading),
           "after an empty plate the next one is");
}

static void a_wrong_zero_is_named(void)
{
    struct weighing weighing;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, -200000, true});
    EXPECT_I64(WEIGHT_UNDERLOAD, weighing_hint(&weighing, &scale, 0), "the scale needs its zero");
    show(&weighing, (struct shown){100, 0, true});
    show(&weighing, (struct shown){200, 742000, true});
    EXPECT_I64(WEIGHT_GOOD, weighing_hint(&weighing, &scale, 200), "and weighs once it has it");
}

static void a_lost_scale_says_nothing(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    show(&weighing, (struct shown){1000, 742000, true});
    show(&weighing, (struct shown){1300, 742000, true});
    weighing_lost(&weighing);
    EXPECT(!weighing_take(&weighing, &scale, 500, 1300, &reading),
           "what an unplugged scale said is gone");
}

int main(void)
{
    EXPECT_RUN(a_mass_is_taken_when_all_is_right);
    EXPECT_RUN(the_next_parcel_needs_an_empty_plate);
    EXPECT_RUN(a_wrong_zero_is_named);
    EXPECT_RUN(a_lost_scale_says_nothing);
    return expect_result();
}
