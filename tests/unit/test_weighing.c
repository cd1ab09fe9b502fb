/* Guards: a mass is taken only when usable readings have stood long enough within a division, after
 * the scan, fresh, in range, and from a plate that was empty in between; and what is wrong with the
 * scale (faults S05 to S09, S11, S13, S14) has a name before it can do harm. Where the numbers are
 * from: OIML R 76-1 (Min 20 e, Max + 9 e), and 500 ms as what a weight may be old. */
#include "firmware/station/weighing.h"
#include "tests/support/expect.h"

static const struct config_scale scale = {.min_mass_mg = 20000,
                                          .max_mass_mg = 30000000,
                                          .empty_below_mg = 5000,
                                          .stable_for_ms = 300};
/* A scale of 15 kg by 5 g. */
static const struct config_scale stamped = {.division_mg = 5000,
                                            .capacity_mg = 15000000,
                                            .min_mass_mg = 100000,
                                            .max_mass_mg = 30000000,
                                            .empty_below_mg = 20000,
                                            .stable_for_ms = 500};

struct shown {
    int64_t at_ms;
    int64_t mass_mg;
    bool stable;
};

static void show_on(struct weighing *weighing, const struct config_scale *on, struct shown shown)
{
    struct scale_reading reading = {.mass_mg = shown.mass_mg,
                                    .stable = shown.stable,
                                    .usable = shown.stable};
    weighing_reading(weighing, on, &reading, shown.at_ms);
}

static void show(struct weighing *weighing, struct shown shown)
{
    show_on(weighing, &scale, shown);
}

static const struct {
    struct shown shown[7];
    int64_t scan_ms, now_ms;
    int64_t taken_mg; /* 0: none */
    const char *promise;
} rows[] = {
    {{{0, 0, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "the plain case"},
    {{{0, 0, true}, {1000, 742000, true}, {1150, 742000, true}, {1299, 742000, true}},
     500,
     1299,
     0,
     "a millisecond too short"},
    {{{0, 0, true}, {1000, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     0,
     "two readings are too few: one may answer an earlier question (S11)"},
    {{{0, 0, true}, {100, 742000, true}, {250, 742000, true}, {400, 742000, true}},
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
    {{{0, 0, true},
      {100, 742000, true},
      {400, 742000, true},
      {700, 742000, true},
      {800, 742000, true}},
     600,
     800,
     0,
     "not long enough after the scan"},
    {{{0, 0, true},
      {1000, 742000, true},
      {1200, 743000, true},
      {1300, 742000, true},
      {1400, 742000, true}},
     500,
     1400,
     0,
     "another mass in between starts the time again"},
    {{{0, 0, true},
      {1000, 742000, true},
      {1200, 742000, false},
      {1300, 742000, true},
      {1400, 742000, true}},
     500,
     1400,
     0,
     "motion in between starts the time again"},
    {{{1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     0,
     "the plate was never seen empty"},
    {{{0, 0, false}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     0,
     "a swing through zero is no empty plate"},
    {{{0, 5000, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "crumbs on the plate are empty enough"},
    {{{0, -5000, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     742000,
     "and so is a little less than nothing"},
    {{{0, -6000, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1300,
     0,
     "but not more: every weight on it would be too low"},
    {{{0, 0, true},
      {200, -200000, true},
      {1000, 300000, true},
      {1150, 300000, true},
      {1300, 300000, true}},
     500,
     1300,
     0,
     "nor is one that was empty before"},
    {{{0, 0, true}, {1000, 19999, true}, {1150, 19999, true}, {1300, 19999, true}},
     500,
     1300,
     0,
     "below the least weight"},
    {{{0, 0, true}, {1000, 30000001, true}, {1150, 30000001, true}, {1300, 30000001, true}},
     500,
     1300,
     0,
     "over the limit"},
    {{{0, 0, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1800,
     742000,
     "half a second old"},
    {{{0, 0, true}, {1000, 742000, true}, {1150, 742000, true}, {1300, 742000, true}},
     500,
     1801,
     0,
     "older than that (S09)"},
    {{{0, 0, true}, {300, 0, true}, {600, 742000, true}, {900, 742000, true}, {2500, 742000, true}},
     500,
     2500,
     0,
     "a gap in the frames starts the time again"},
    {{{0, 0, true},
      {500, 0, true},
      {1000, 742000, true},
      {1510, 742000, true},
      {2020, 742000, true}},
     700,
     2020,
     742000,
     "two readings a second are slow, and good"},
};

static void a_mass_is_taken_when_all_is_right(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct weighing weighing;
        struct scale_reading reading = {0};
        weighing_init(&weighing);
        for (size_t n = 0; n < ARRAY_LEN(rows[i].shown); n++) {
            bool given = n == 0 || rows[i].shown[n].at_ms > 0;
            if (given) show(&weighing, rows[i].shown[n]);
        }
        bool taken = weighing_take(&weighing, &scale, rows[i].scan_ms, rows[i].now_ms, &reading);
        EXPECT_I64(rows[i].taken_mg, taken ? reading.mass_mg : 0, rows[i].promise);
    }
}

/* Shows one mass for a while, five readings a second. */
static int64_t show_for(struct weighing *weighing, const struct config_scale *on, int64_t from_ms,
                        int64_t for_ms, int64_t mass_mg)
{
    for (int64_t at_ms = from_ms; at_ms <= from_ms + for_ms; at_ms += 200)
        show_on(weighing, on, (struct shown){at_ms, mass_mg, true});
    return from_ms + for_ms;
}

static void the_next_parcel_needs_an_empty_plate(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    show(&weighing, (struct shown){1000, 742000, true});
    weighing_closed(&weighing);
    show_for(&weighing, &scale, 1200, 600, 742000);
    EXPECT(!weighing_take(&weighing, &scale, 1100, 1800, &reading),
           "the old parcel is not weighed again");
    EXPECT_I64(WEIGHT_NOT_EMPTIED, weighing_hint(&weighing, &scale, 1800),
               "and the reason is named");
    show(&weighing, (struct shown){2000, 0, true});
    show_for(&weighing, &scale, 2200, 600, 500000);
    EXPECT(weighing_take(&weighing, &scale, 1100, 2800, &reading),
           "after an empty plate the next one is");
}

static void a_lost_scale_says_nothing(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    show_for(&weighing, &scale, 1000, 600, 742000);
    EXPECT(weighing_take(&weighing, &scale, 500, 1600, &reading), "it would be taken");
    weighing_lost(&weighing);
    EXPECT(!weighing_take(&weighing, &scale, 500, 1600, &reading),
           "what an unplugged scale said is gone");
}

/* OIML R 76-1: two adjacent values may take turns. */
static void a_division_of_play_is_rest(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show_on(&weighing, &stamped, (struct shown){0, 0, true});
    for (int64_t n = 0; n < 5; n++)
        show_on(&weighing, &stamped, (struct shown){1000 + 200 * n, 740000 + n % 2 * 5000, true});
    EXPECT(weighing_take(&weighing, &stamped, 500, 1800, &reading),
           "within a division it is taken");
    EXPECT_I64(740000, reading.mass_mg, "as it is shown now, never an average");
    EXPECT(weighing_holds(&weighing, &stamped, 745000, 1800), "and its neighbour is the same");
    show_on(&weighing, &stamped, (struct shown){2000, 750000, true});
    EXPECT(!weighing_take(&weighing, &stamped, 500, 2000, &reading),
           "three values are no rest: the window begins again");
    EXPECT(!weighing_holds(&weighing, &stamped, 740000, 2000), "two divisions are another mass");
}

static void a_scale_without_a_flag_is_judged_by_the_window(void)
{
    struct weighing weighing;
    struct scale_reading reading = {.unflagged = true, .usable = true}, taken;
    weighing_init(&weighing);
    for (int64_t at_ms = 0; at_ms <= 1000; at_ms += 250)
        weighing_reading(&weighing, &stamped, &reading, at_ms);
    EXPECT(weighing.emptied, "five readings of nothing in a second are an empty plate");
    reading.mass_mg = 740000;
    for (int64_t at_ms = 1250; at_ms <= 2000; at_ms += 250)
        weighing_reading(&weighing, &stamped, &reading, at_ms);
    EXPECT_I64(WEIGHT_MOVING, weighing_hint(&weighing, &stamped, 2000), "four are too few");
    weighing_reading(&weighing, &stamped, &reading, 2250);
    EXPECT(weighing_take(&weighing, &stamped, 1100, 2250, &taken), "five over a second are rest");
    reading.mass_mg = 760000;
    weighing_reading(&weighing, &stamped, &reading, 2500);
    EXPECT_I64(WEIGHT_MOVING, weighing_hint(&weighing, &stamped, 2500), "a jump is motion");
}

static void the_range_is_the_scale_s_own(void)
{
    static const struct {
        int64_t mass_mg;
        enum weight_hint hint;
        const char *promise;
    } cases[] = {
        {95000, WEIGHT_TOO_LIGHT, "below 20 divisions"},
        {100000, WEIGHT_GOOD, "20 divisions"},
        {15045000, WEIGHT_GOOD, "Max + 9 e"},
        {15050000, WEIGHT_OVERLOAD, "above Max + 9 e"},
        {-25000, WEIGHT_UNDERLOAD, "less than nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct weighing weighing;
        weighing_init(&weighing);
        show_on(&weighing, &stamped, (struct shown){0, 0, true});
        show_on(&weighing, &stamped, (struct shown){500, 500000, false});
        int64_t now_ms = show_for(&weighing, &stamped, 1000, 600, cases[i].mass_mg);
        EXPECT_I64(cases[i].hint, weighing_hint(&weighing, &stamped, now_ms), cases[i].promise);
    }
}

static void a_load_that_never_rests_is_told(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    int64_t at_ms = 200;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    for (; at_ms < WEIGHT_RESTLESS_MS; at_ms += 200)
        show(&weighing, (struct shown){at_ms, 742000 + at_ms, at_ms % 400 == 0});
    EXPECT(weighing_hint(&weighing, &scale, at_ms) != WEIGHT_RESTLESS, "not at once");
    for (; at_ms < WEIGHT_RESTLESS_MS + 1000; at_ms += 200)
        show(&weighing, (struct shown){at_ms, 742000 + at_ms, at_ms % 400 == 0});
    EXPECT_I64(WEIGHT_RESTLESS, weighing_hint(&weighing, &scale, at_ms), "after ten seconds (S06)");
    EXPECT(!weighing_take(&weighing, &scale, 100, at_ms, &reading), "and it is never taken");
    at_ms = show_for(&weighing, &scale, at_ms, 600, 742000);
    EXPECT(weighing_take(&weighing, &scale, 100, at_ms, &reading), "at rest it is");
}

static void the_same_mass_order_after_order_is_told(void)
{
    struct weighing weighing;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    int64_t at_ms = show_for(&weighing, &scale, 1000, 600, 742000);
    weighing_closed(&weighing);
    for (unsigned orders = 0; orders < WEIGHT_STUCK_ASKS; orders++) {
        EXPECT_I64(WEIGHT_NOT_EMPTIED, weighing_hint(&weighing, &scale, at_ms),
                   "the packer is asked to clear the plate");
        at_ms = show_for(&weighing, &scale, at_ms + 200, 600, 742000);
        weighing_asked(&weighing);
    }
    EXPECT_I64(WEIGHT_STUCK, weighing_hint(&weighing, &scale, at_ms), "the third time it is (S07)");
    show(&weighing, (struct shown){at_ms + 200, 741000, true});
    EXPECT_I64(WEIGHT_NOT_EMPTIED, weighing_hint(&weighing, &scale, at_ms + 200),
               "a scale that moves is not stuck");
    show(&weighing, (struct shown){at_ms + 400, 0, true});
    at_ms = show_for(&weighing, &scale, at_ms + 600, 600, 742000);
    weighing_asked(&weighing);
    EXPECT_I64(WEIGHT_GOOD, weighing_hint(&weighing, &scale, at_ms),
               "the same mass from an empty plate is only the same thing once more");
}

static void an_empty_plate_that_wanders_is_told(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    int64_t at_ms = 0;
    weighing_init(&weighing);
    for (int64_t mass_mg = 0; mass_mg <= 2000; mass_mg += 1000)
        at_ms = show_for(&weighing, &scale, at_ms + 200, 1000, mass_mg);
    EXPECT(!weighing_drifts(&weighing, &scale), "two grams are little");
    for (int64_t mass_mg = 3000; mass_mg <= 5000; mass_mg += 1000)
        at_ms = show_for(&weighing, &scale, at_ms + 200, 1000, mass_mg);
    EXPECT(weighing_drifts(&weighing, &scale), "half of what counts as empty is told");
    at_ms = show_for(&weighing, &scale, at_ms + 200, 1000, 6000);
    EXPECT_I64(WEIGHT_ZERO_DRIFT, weighing_hint(&weighing, &scale, at_ms), "more is no zero (S08)");
    at_ms = show_for(&weighing, &scale, at_ms + 200, 1000, 742000);
    EXPECT(!weighing_take(&weighing, &scale, 100, at_ms, &reading), "and nothing is taken from it");
    show(&weighing, (struct shown){at_ms + 200, 0, true});
    at_ms = show_for(&weighing, &scale, at_ms + 400, 1000, 742000);
    EXPECT(weighing_take(&weighing, &scale, 100, at_ms, &reading), "until it was at zero again");
}

static void a_plate_that_does_not_come_back_is_told(void)
{
    struct weighing weighing;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    int64_t at_ms = show_for(&weighing, &scale, 1000, 600, 742000);
    weighing_closed(&weighing);
    at_ms = show_for(&weighing, &scale, at_ms + 200, 600, 8000);
    EXPECT_I64(WEIGHT_ZERO_DRIFT, weighing_hint(&weighing, &scale, at_ms),
               "less than any parcel, and not nothing");
    at_ms = show_for(&weighing, &scale, at_ms + 200, 600, -8000);
    EXPECT_I64(WEIGHT_UNDERLOAD, weighing_hint(&weighing, &scale, at_ms), "nor on the other side");
}

static void what_is_added_or_taken_away_is_noticed(void)
{
    struct weighing weighing;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    int64_t at_ms = show_for(&weighing, &scale, 1000, 600, 742000);
    weighing_taken(&weighing, 742000);
    at_ms = show_for(&weighing, &scale, at_ms + 200, 600, 743000);
    EXPECT(!weighing.changed, "a twentieth of the least mass is play");
    show(&weighing, (struct shown){at_ms + 200, 790000, false});
    EXPECT(!weighing.changed, "a swing is no change");
    at_ms = show_for(&weighing, &scale, at_ms + 400, 600, 790000);
    EXPECT(weighing.changed, "something was added (S14)");
    at_ms = show_for(&weighing, &scale, at_ms + 200, 600, 742000);
    EXPECT(!weighing.changed, "and taken away again");
    at_ms = show_for(&weighing, &scale, at_ms + 200, 600, 700000);
    EXPECT(weighing.changed, "something was taken out");
    show(&weighing, (struct shown){at_ms + 200, 3000, false});
    EXPECT(!weighing.changed && !weighing.watching, "the parcel was lifted: that is its way");
    show_for(&weighing, &scale, at_ms + 400, 600, 500000);
    EXPECT(!weighing.changed, "what lies there then is another one");
}

/* A thousand readings a second: the newest counts, and nothing grows. */
static void a_flood_of_readings_is_one_weight(void)
{
    struct weighing weighing;
    struct scale_reading reading;
    weighing_init(&weighing);
    show(&weighing, (struct shown){0, 0, true});
    for (int64_t at_ms = 1000; at_ms < 3000; at_ms++)
        show(&weighing, (struct shown){at_ms, at_ms < 2000 ? 500000 : 742000, true});
    EXPECT(weighing_take(&weighing, &scale, 500, 2999, &reading), "it is taken (S13)");
    EXPECT_I64(742000, reading.mass_mg, "the latest");
    EXPECT_I64(WEIGHT_TRACE_MAX, weighing.trace_count, "the trace is full");
    EXPECT(weighing.trace[0].at_ms <= 2400, "and still tells of more than some milliseconds");
}

static void a_silent_scale_is_told_by_its_own_pace(void)
{
    struct weighing weighing;
    weighing_init(&weighing);
    for (int64_t at_ms = 0; at_ms <= 2000; at_ms += 200)
        show(&weighing, (struct shown){at_ms, 742000, true});
    EXPECT(weighing_hint(&weighing, &scale, 3000) != WEIGHT_OLD, "a second may pass");
    EXPECT_I64(WEIGHT_OLD, weighing_hint(&weighing, &scale, 3001), "and no more, of a quick scale");
    for (int64_t at_ms = 2500; at_ms <= 12000; at_ms += 500)
        show(&weighing, (struct shown){at_ms, 742000, true});
    EXPECT(weighing_hint(&weighing, &scale, 13200) != WEIGHT_OLD, "a slow one has longer");
    EXPECT_I64(WEIGHT_OLD, weighing_hint(&weighing, &scale, 14100),
               "but no longer than two seconds");
}

int main(void)
{
    EXPECT_RUN(a_mass_is_taken_when_all_is_right);
    EXPECT_RUN(the_next_parcel_needs_an_empty_plate);
    EXPECT_RUN(a_lost_scale_says_nothing);
    EXPECT_RUN(a_division_of_play_is_rest);
    EXPECT_RUN(a_scale_without_a_flag_is_judged_by_the_window);
    EXPECT_RUN(the_range_is_the_scale_s_own);
    EXPECT_RUN(a_load_that_never_rests_is_told);
    EXPECT_RUN(the_same_mass_order_after_order_is_told);
    EXPECT_RUN(an_empty_plate_that_wanders_is_told);
    EXPECT_RUN(a_plate_that_does_not_come_back_is_told);
    EXPECT_RUN(what_is_added_or_taken_away_is_noticed);
    EXPECT_RUN(a_flood_of_readings_is_one_weight);
    EXPECT_RUN(a_silent_scale_is_told_by_its_own_pace);
    return expect_result();
}
