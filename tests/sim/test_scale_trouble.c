/* Guards: what goes wrong at the scale is said before it does harm, and no weight that is not the
 * parcel's is booked or labelled (faults S06 to S09, S11, S13, S14); what was booked has its frame,
 * its settling and the scale's plate beside it on disk. */
#include "tests/sim/scenario.h"

static void a_scale_that_never_rests_is_told(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    world->bench.still_ms = world->now_ms + 60000;
    sim_pass(world, 5000);
    scenario_says(world, "wait_stable", "a swinging scale asks for patience");
    sim_pass(world, 8000);
    scenario_says(world, "scale_restless", "and after a while for help");
    EXPECT(scenario_shows(world, "\"hint\":\"restless\""), "the page shows it");
    world->bench.still_ms = world->now_ms;
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "at rest it goes its way");
    scenario_judge(world);
}

static void a_stuck_scale_is_told(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    for (unsigned i = 2; i < 2 + WEIGHT_STUCK_ASKS; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        bench_scan(world, order_no);
        sim_pass(world, 3000);
        bool last = i == 1 + WEIGHT_STUCK_ASKS;
        scenario_says(world, last ? "scale_stuck" : "not_emptied", "the plate is to be cleared");
    }
    scenario_end(world, 1, "nothing was booked with it");
}

/* A gram a minute, five readings a second. */
static void a_zero_that_wanders_is_told(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    for (int64_t mass_mg = 0; mass_mg <= 3000; mass_mg += 1000) {
        world->bench.plate_mg = mass_mg;
        sim_pass(world, 60000);
    }
    scenario_says(world, "zero_drift", "the packer is told in time");
    for (int64_t mass_mg = 4000; mass_mg <= 6000; mass_mg += 1000) {
        world->bench.plate_mg = mass_mg;
        sim_pass(world, 60000);
    }
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    scenario_says(world, "zero_drift", "and then nothing is weighed");
    bench_lay(world, 506000);
    sim_pass(world, 8000);
    EXPECT_I64(1, scenario_booked(world), "from a plate that is not at zero");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, 500000);
    sim_pass(world, 8000);
    EXPECT_I64(2, packing_of(world)->parcels, "at zero it goes on");
    scenario_judge(world);
}

static void a_scale_that_falls_silent_gives_no_weight(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    sim_pass(world, 150);
    world->bench.still_ms = world->now_ms;
    sim_pass(world, 250);
    world->bench.scale_port = 0; /* not a word more, and the port is still there */
    sim_pass(world, 10000);
    scenario_says(world, "scale_silent", "it is told");
    scenario_end(world, 0, "and what it said last is not booked");
}

static void give_frame(struct world *world, int64_t mass_g)
{
    uint8_t frame[18];
    snprintf((char *)frame, sizeof frame, "\x02-0 %06lld000000\r", (long long)mass_g);
    frame[1] = 0x2D;
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) sum += frame[i];
    frame[17] = (uint8_t)((0x80u - (sum & 0x7Fu)) & 0x7Fu);
    struct event event = {.kind = EVENT_PORT_BYTES};
    event.port.port = world->station->devices.slots[DEVICE_SCALE].port;
    event.port.bytes = bytes_of(frame, sizeof frame);
    world->bench.shown_mg = mass_g * 1000;
    world->bench.shown_moving = false;
    rules_at_frame(world, true, true);
    sim_give(world, &event);
}

/* Each answer is the one to the question before: the first after the scan is the last parcel's. */
static void a_scale_one_answer_late_is_not_believed_at_once(void)
{
    struct world *world = scenario_begin();
    world->bench.scale_port = 0; /* the frames below are all there are */
    give_frame(world, 0);
    bench_scan(world, "WEB-1");
    sim_pass(world, 50);
    give_frame(world, 500);
    sim_pass(world, 300);
    give_frame(world, 742);
    sim_pass(world, 300);
    give_frame(world, 742);
    EXPECT_I64(0, scenario_booked(world), "two answers are too few");
    sim_pass(world, 300);
    give_frame(world, 742);
    sim_pass(world, 3000);
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "three that agree are the parcel's");
    scenario_end(world, 1, "once");
}

static void a_flood_of_frames_is_one_step(void)
{
    struct world *world = scenario_begin();
    static uint8_t flood[1000 * 18];
    world->bench.scale_port = 0;
    give_frame(world, 0);
    for (size_t i = 0; i < 1000; i++) {
        static const uint8_t frame[] = "\x02-0 000742000000\r";
        memcpy(flood + i * 18, frame, 17);
        unsigned sum = 0;
        for (size_t n = 0; n < 17; n++) sum += frame[n];
        flood[i * 18 + 17] = (uint8_t)((0x80u - (sum & 0x7Fu)) & 0x7Fu);
    }
    uint64_t before = world->station->steps;
    struct event event = {.kind = EVENT_PORT_BYTES};
    event.port.port = world->station->devices.slots[DEVICE_SCALE].port;
    event.port.bytes = bytes_of(flood, sizeof flood);
    sim_give(world, &event);
    EXPECT_I64(1, world->station->steps - before, "a thousand readings are one step");
    EXPECT_I64(742000, world->station->weighing.last.mass_mg, "and the latest counts");
    EXPECT(world->commands->count <= 2, "with nothing to do but to show it");
    sim_close(world);
}

/* Booked, the printer has no paper yet, and somebody adds something. */
static struct world *booked_and_waiting(void)
{
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 3600000;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_PRINTING, "booked");
    world->bench.plate_mg = 800000;
    sim_pass(world, 3000);
    scenario_says(world, "weight_changed", "that the parcel has another weight is said");
    world->bench.paper_back_ms = world->now_ms;
    sim_pass(world, 5000);
    EXPECT_I64(0, world->report.labels, "and no label is printed in silence");
    return world;
}

static void what_was_added_is_noticed_before_the_label(void)
{
    struct world *world = booked_and_waiting();
    world->bench.plate_mg = 742000;
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "taken off again, the label comes");
    scenario_judge(world);

    world = booked_and_waiting();
    bench_lay(world, 0);
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "lifted, the label comes");
    scenario_judge(world);

    world = booked_and_waiting();
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "and a person's word will do");
    const char *reference = packing_of(world)->last.reference;
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "weight_kept/%s", reference);
    EXPECT(disk_find(world, key) != NULL, "which is a fact");
    scenario_judge(world);
}

static void the_word_counts_only_when_it_is_stored(void)
{
    struct world *world = booked_and_waiting();
    world->disk.full_batches = 1;
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 3000);
    EXPECT_I64(0, world->report.labels, "the disk did not take it: no label");
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 8000);
    EXPECT_I64(1, world->report.labels, "said once more it counts");
    scenario_judge(world);
}

static void a_booked_mass_has_its_evidence(void)
{
    struct world *world = scenario_begin();
    struct json root;
    snprintf(world->config.scale.serial, sizeof world->config.scale.serial, "B1234567");
    snprintf(world->config.scale.stamp_date, sizeof world->config.scale.stamp_date, "2026-02-01");
    scenario_pack(world, "WEB-1", 742000);
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "weighed/%s", packing_of(world)->last.reference);
    const struct sim_fact *fact = disk_find(world, key);
    if (!EXPECT(fact != NULL, "there is a fact of it")) return;
    struct scratch scratch = {world->json_memory, world->json_size};
    EXPECT_I64(JSON_OK, json_parse(bytes_of_text(fact->body), scratch, &root), "that can be read");
    int64_t mass_mg = 0, age_ms = -1, division_mg = 0, capacity_mg = 0;
    char raw[SCALE_RAW_MAX * 2 + 1] = "", shown[SCALE_SHOWN_SIZE] = "", serial[33] = "";
    EXPECT(json_i64(json_get(root, "mass_mg"), 0, INT64_MAX, &mass_mg) && mass_mg == 742000,
           "the mass");
    EXPECT(json_text_copy(json_get(root, "shown"), shown, sizeof shown), "as it was shown");
    EXPECT_TEXT("0.742", shown, "to the last digit");
    EXPECT(json_text_copy(json_get(root, "raw"), raw, sizeof raw), "the frame");
    EXPECT(strncmp(raw, "022d3020303030373432", 20) == 0, "as the scale sent it");
    EXPECT(json_i64(json_get(root, "age_ms"), 0, 500, &age_ms), "its age");
    EXPECT(json_count(json_get(root, "trace")) >= 3, "how it settled");
    struct json scale = json_get(root, "scale");
    EXPECT(json_i64(json_get(scale, "division_mg"), 1, INT64_MAX, &division_mg), "the division");
    EXPECT(json_i64(json_get(scale, "capacity_mg"), 1, INT64_MAX, &capacity_mg), "the capacity");
    EXPECT(json_text_copy(json_get(scale, "serial"), serial, sizeof serial), "the serial number");
    EXPECT_TEXT("B1234567", serial, "of the settings");
    sim_cut_power(world);
    sim_pass(world, 20000);
    expect_state(world, PACKING_IDLE, "and a start is not troubled by such facts");
    scenario_judge(world);
}

int main(void)
{
    EXPECT_RUN(a_scale_that_never_rests_is_told);
    EXPECT_RUN(a_stuck_scale_is_told);
    EXPECT_RUN(a_zero_that_wanders_is_told);
    EXPECT_RUN(a_scale_that_falls_silent_gives_no_weight);
    EXPECT_RUN(a_scale_one_answer_late_is_not_believed_at_once);
    EXPECT_RUN(a_flood_of_frames_is_one_step);
    EXPECT_RUN(what_was_added_is_noticed_before_the_label);
    EXPECT_RUN(the_word_counts_only_when_it_is_stored);
    EXPECT_RUN(a_booked_mass_has_its_evidence);
    return expect_result();
}
