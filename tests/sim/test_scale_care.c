/* Guards: the scale is zeroed and tared only by a person's word and never under a parcel; the day's
 * check comes before the first parcel, each result is a fact, and a bad one stops the bench until a
 * good one or a name. */
#include "drivers/scale_cas.h"
#include "tests/sim/scenario.h"

#define REFERENCE_MG 5000000

static void zero_is_set_on_an_empty_plate_only(void)
{
    struct world *world = scenario_begin();
    world->bench.zero_mg = 9000; /* it has wandered */
    sim_pass(world, 2000);
    scenario_says(world, "zero_drift", "the packer is asked");
    bench_scan(world, "packd:zero");
    sim_pass(world, 2000);
    EXPECT_I64(0, world->bench.zero_mg, "a command bar code sets it");
    EXPECT_TEXT("ok", packing_of(world)->sound, "and it is heard");
    bench_lay(world, 742000);
    sim_pass(world, 3000);
    bench_press(world, PRESS_ZERO, "");
    sim_pass(world, 1000);
    EXPECT_I64(0, world->bench.zero_mg, "not with a parcel on the plate");
    EXPECT_TEXT("error", packing_of(world)->sound, "which is heard");
    bench_scan(world, "WEB-1");
    sim_pass(world, 100);
    bench_press(world, PRESS_ZERO, "");
    EXPECT_I64(0, world->bench.zero_mg, "nor while it is weighed");
    sim_pass(world, 8000);
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "its weight is its own");
    scenario_judge(world);
}

static void zero_is_near_zero(void)
{
    struct world *world = scenario_begin();
    world->bench.zero_mg = -1300000; /* more than 4 % of 30 kg */
    sim_pass(world, 2000);
    bench_press(world, PRESS_ZERO, "");
    EXPECT_I64(-1300000, world->bench.zero_mg, "a scale that far off is not zeroed from here");
    world->bench.zero_mg = -1100000;
    sim_pass(world, 2000);
    bench_press(world, PRESS_ZERO, "");
    EXPECT_I64(0, world->bench.zero_mg, "within 4 % it is");
    scenario_judge(world);
}

static void a_net_weight_says_its_tare(void)
{
    struct world *world = scenario_begin();
    bench_lay(world, 300000); /* a tray */
    sim_pass(world, 4000);
    bench_scan(world, "packd:tare");
    sim_pass(world, 2000);
    EXPECT_I64(300000, world->bench.tare_mg, "the tray is tared");
    EXPECT(scenario_shows(world, "\"net\":true"), "and the page says net");
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 1042000);
    sim_pass(world, 8000);
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "the net weight is booked");
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "weighed/%s", packing_of(world)->last.reference);
    const struct sim_fact *fact = disk_find(world, key);
    EXPECT(fact != NULL && strstr(fact->body, "\"net\":true,\"tare_mg\":300000") != NULL,
           "with its tare beside it");
    bench_lay(world, 0);
    sim_pass(world, 4000);
    bench_press(world, PRESS_CLEAR_TARE, "");
    sim_pass(world, 1000);
    EXPECT_I64(0, world->bench.tare_mg, "and taken off again");
    scenario_judge(world);
}

static void a_scale_without_a_command_is_not_sent_one(void)
{
    static const struct scale_driver *const drivers[] = {&scale_cas};
    struct world *world = scenario_begin();
    world->bench.zero_mg = 9000;
    sim_pass(world, 2000);
    world->station->devices.scale_state.driver = drivers[0];
    bench_press(world, PRESS_ZERO, "");
    EXPECT_I64(9000, world->bench.zero_mg, "nothing was sent");
    EXPECT_TEXT("error", packing_of(world)->sound, "and it is heard");
    sim_close(world);
}

static struct world *bench_with_a_check(void)
{
    struct world *world = scenario_begin();
    world->config.scale.check_mass_mg = REFERENCE_MG;
    world->config.scale.check_tolerance_mg = 2000;
    world->config.scale.utc_offset_min = 330;
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_SCALE_CHECK, "the first order of the day waits for the check");
    scenario_says(world, "scale_check", "and the mass is asked for");
    return world;
}

static unsigned count_facts(const struct world *world, const char *kind, const char *part)
{
    unsigned count = 0;
    for (size_t i = 0; i < world->disk.count; i++) {
        const struct sim_fact *fact = &world->disk.facts[i];
        count += strcmp(fact->kind, kind) == 0 && strstr(fact->body, part) != NULL;
    }
    return count;
}

static void the_check_comes_before_the_first_parcel(void)
{
    struct world *world = bench_with_a_check();
    bench_lay(world, REFERENCE_MG + 1000);
    sim_pass(world, 4000);
    EXPECT_I64(1, count_facts(world, "scale_check", "\"deviation_mg\":1000"), "it is a fact");
    EXPECT_I64(1, count_facts(world, "scale_check", "\"ok\":true"), "a good one");
    EXPECT_I64(1, count_facts(world, "scale_check", "\"raw\":\"02"), "with its frame");
    expect_state(world, PACKING_WEIGHING, "and the order goes on by itself");
    scenario_says(world, "not_emptied", "when the mass is taken off");
    EXPECT_I64(0, scenario_booked(world), "the mass is no parcel");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "the parcel is");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    sim_cut_power(world);
    sim_pass(world, 20000);
    bench_scan(world, "WEB-2");
    sim_pass(world, 1000);
    expect_state(world, PACKING_WEIGHING, "once a day is enough, whatever the power does");
    bench_press(world, PRESS_GIVE_UP, "");
    sim_pass(world, 86400000);
    bench_scan(world, "WEB-3");
    sim_pass(world, 1000);
    expect_held(world, HELD_SCALE_CHECK, "and the next day is another");
    scenario_judge(world);
}

static void a_bad_check_stops_the_bench(void)
{
    struct world *world = bench_with_a_check();
    bench_press(world, PRESS_TRUST_SCALE, "Meera");
    expect_held(world, HELD_SCALE_CHECK, "nobody trusts it before it was tried");
    bench_lay(world, REFERENCE_MG + 30000);
    sim_pass(world, 4000);
    scenario_says(world, "scale_check_failed", "thirty grams too much");
    EXPECT_I64(1, count_facts(world, "scale_check", "\"ok\":false"), "is a fact");
    sim_pass(world, 10000);
    EXPECT_I64(1, count_facts(world, "scale_check", ""), "and one try is one fact");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, REFERENCE_MG);
    sim_pass(world, 4000);
    EXPECT_I64(1, count_facts(world, "scale_check", "\"ok\":true"), "the next one may be good");
    expect_state(world, PACKING_WEIGHING, "then it goes on");
    bench_press(world, PRESS_GIVE_UP, "");
    scenario_judge(world);
}

static void a_name_takes_it_on(void)
{
    struct world *world = bench_with_a_check();
    bench_lay(world, 4000000); /* far off: by itself it is not taken for the mass */
    sim_pass(world, 4000);
    EXPECT_I64(0, count_facts(world, "scale_check", ""), "it might be a parcel");
    bench_press(world, PRESS_CHECK_SCALE, "");
    sim_pass(world, 1000);
    scenario_says(world, "scale_check_failed", "a person says that it is the mass");
    bench_press(world, PRESS_TRUST_SCALE, "");
    expect_held(world, HELD_SCALE_CHECK, "without a name nobody takes it on");
    bench_press(world, PRESS_TRUST_SCALE, "Meera");
    sim_pass(world, 1000);
    EXPECT_I64(1, count_facts(world, "scale_trusted", "\"who\":\"Meera\""), "the name is a fact");
    expect_state(world, PACKING_WEIGHING, "and the bench goes on");
    bench_press(world, PRESS_GIVE_UP, "");
    scenario_judge(world);
}

static void a_result_counts_when_it_is_stored(void)
{
    struct world *world = bench_with_a_check();
    world->disk.full_batches = 1;
    bench_lay(world, REFERENCE_MG);
    sim_pass(world, 4000);
    expect_held(world, HELD_SCALE_CHECK, "a good check that is not on disk is none");
    world->station->disk_low = false;
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, REFERENCE_MG);
    sim_pass(world, 4000);
    EXPECT_I64(1, count_facts(world, "scale_check", "\"ok\":true"), "once more, and it is");
    bench_press(world, PRESS_GIVE_UP, "");
    scenario_judge(world);
}

static void the_last_results_are_kept(void)
{
    struct world *world = bench_with_a_check();
    for (unsigned i = 0; i < CARE_RESULTS_MAX + 2; i++) {
        bench_lay(world, REFERENCE_MG + 10000 + 1000 * (int64_t)i);
        sim_pass(world, 4000);
        bench_lay(world, 0);
        sim_pass(world, 3000);
    }
    sim_cut_power(world);
    sim_pass(world, 20000);
    const struct scale_care *care = &world->station->care;
    EXPECT_I64(CARE_RESULTS_MAX, care->count, "so many");
    EXPECT_I64(REFERENCE_MG + 12000, care->results[0].mass_mg, "the oldest of them");
    EXPECT_I64(REFERENCE_MG + 21000, care->results[care->count - 1].mass_mg, "and the newest");
    EXPECT(care_failed(care, &(struct step){.config = &world->config,
                                            .wall_ms = care->results[care->count - 1].at_ms,
                                            .wall_trusted = true}) != NULL,
           "which was bad, and is after a start");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(zero_is_set_on_an_empty_plate_only);
    EXPECT_RUN(zero_is_near_zero);
    EXPECT_RUN(a_net_weight_says_its_tare);
    EXPECT_RUN(a_scale_without_a_command_is_not_sent_one);
    EXPECT_RUN(the_check_comes_before_the_first_parcel);
    EXPECT_RUN(a_bad_check_stops_the_bench);
    EXPECT_RUN(a_name_takes_it_on);
    EXPECT_RUN(a_result_counts_when_it_is_stored);
    EXPECT_RUN(the_last_results_are_kept);
    return expect_result();
}
