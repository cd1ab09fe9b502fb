/* Guards: when label, disk, courier or power fail in the middle of a parcel, it comes to its end,
 * or to the shelf, or to a person, with one booking and the labels that somebody asked for. */
#include "tests/sim/scenario.h"

static void a_parcel_without_its_label_goes_to_the_shelf(void)
{
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(PRINTING_WAITING, world->station->printing.state, "nothing was sent");
    set_aside(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_state(world, PACKING_PRINTING, "its scan brings it back");
    world->bench.paper_out = false;
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "and with paper it is done");
    EXPECT_I64(1, world->report.labels, "one label");
    scenario_end(world, 1, "one booking");
}

static void a_missing_label_is_printed_again_on_a_word(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    for (unsigned i = 0; i < 600 && world->station->printing.state != PRINTING_PROVING; i++)
        sim_pass(world, 10);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 2000;
    sim_pass(world, 4000);
    expect_held(world, HELD_LABEL_UNKNOWN, "one question");
    bench_scan(world, "WEB-2");
    sim_pass(world, 100);
    expect_held(world, HELD_LABEL_UNKNOWN, "another code is no answer to it");
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 5000);
    EXPECT_I64(1, world->report.labels, "the one label");
    EXPECT_I64(1, packing_of(world)->parcels, "and the parcel is closed");
    scenario_end(world, 1, "one booking");
}

static void a_label_that_cannot_be_made_goes_to_the_shelf(void)
{
    struct world *world = scenario_begin();
    world->config.printer.width_dmm = world->config.printer.height_dmm = 100; /* tiny stock */
    world->config.printer.dpi = 203;
    world->oms.orders[0].carrier = 1; /* its label is drawn by us */
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, 5000);
    expect_held(world, HELD_LABEL_BROKEN, "it does not fit");
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    expect_held(world, HELD_LABEL_BROKEN, "the parcel is not forgotten over another scan");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 500);
    expect_held(world, HELD_LABEL_BROKEN, "still");
    set_aside(world);
    world->config.printer.width_dmm = 1016;
    world->config.printer.height_dmm = 1524;
    sim_pass(world, 500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "on other stock it is finished");
    scenario_end(world, 1, "one booking");
}

static void a_full_disk_at_the_end_loses_nothing(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    for (unsigned i = 0; i < 600 && world->station->printing.state != PRINTING_PROVING; i++)
        sim_pass(world, 10);
    world->disk.full_batches = 50;
    sim_pass(world, 3000);
    expect_held(world, HELD_DISK_FULL, "the closing is not on disk");
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    expect_held(world, HELD_DISK_FULL, "no other parcel begins on top of it");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 100);
    expect_held(world, HELD_DISK_FULL, "still full");
    world->disk.full_batches = 0;
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 100);
    EXPECT_I64(1, packing_of(world)->parcels, "with space it is closed");
    EXPECT_I64(1, world->report.labels, "with its one label");
    sim_pass(world, 3000);
    EXPECT_I64(world->station->next_event_seq, world->oms.next_seq,
               "what was not stored has no number: the order system sees no gap");
    scenario_end(world, 1, "and one booking");
}

static void a_full_disk_does_not_lose_the_shelf(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    world->disk.full_batches = 1;
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 1);
    expect_held(world, HELD_DISK_FULL, "not on the shelf yet");
    sim_pass(world, 60000);
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 10);
    expect_state(world, PACKING_IDLE, "now it is, booked meanwhile or not");
    EXPECT_I64(BOOKING_FREE, world->station->bookings[0].state, "its slot is free");
    scenario_end(world, 1, "one booking");
}

static void a_full_disk_while_booking_is_waited_out(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    world->disk.full_batches = 3;
    for (unsigned i = 0; i < 1000 && world->disk.full_batches == 3; i++) sim_pass(world, 10);
    scenario_says(world, "disk_full", "the packer is told why it does not go on");
    sim_pass(world, 15000);
    EXPECT_I64(1, packing_of(world)->parcels, "the yes is stored when there is space");
    EXPECT_I64(1, world->report.labels, "then the label comes");
    scenario_end(world, 1, "one booking");
}

static void a_refusal_after_a_power_cut_can_be_tried_again(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].bad_pincode = true;
    scenario_start_booking(world);
    sim_cut_power(world);
    sim_pass(world, 90000);
    expect_held(world, HELD_REFUSED, "the parcel in hand is refused");
    EXPECT_TEXT("WEB-1", packing_of(world)->order.order_no, "by name");
    world->oms.orders[0].bad_pincode = false; /* the order was mended */
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 500);
    EXPECT_TEXT("WEB-1", packing_of(world)->order.order_no, "the same order is found again");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    EXPECT_I64(1, packing_of(world)->parcels, "and packed");
    scenario_end(world, 1, "one booking");
}

/* A courier that promises nothing: neither a key nor a look-up. */
static void promise_nothing(struct world *world)
{
    world->plain.promises.repeat = REPEAT_UNKNOWN;
    world->plain.promises.lookup_reference = false;
    world->station->carriers[0] = &world->plain;
}

static void where_nobody_can_know_a_person_decides(void)
{
    struct world *world = scenario_begin();
    promise_nothing(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    sim_pass(world, 1);
    line_answer(world, world->station->bookings[0].ticket, 0, EXCHANGE_MAYBE_SENT, 0, "", "");
    sim_pass(world, 1);
    expect_held(world, HELD_NEEDS_PERSON, "it may be booked");
    scenario_says(world, "needs_person", "and that is said");
    set_aside(world);
    sim_pass(world, 60000);
    EXPECT_I64(BOOKING_PERSON, world->station->bookings[0].state, "for as long as it takes");
    bench_scan(world, "WEB-1");
    sim_pass(world, 100);
    expect_held(world, HELD_NEEDS_PERSON, "its scan brings the question back");
    size_t before = scenario_booked(world);
    char absent[20 + SHIPMENT_REFERENCE_SIZE];
    snprintf(absent, sizeof absent, "absent/%s", world->station->bookings[0].parcel.reference);
    bench_press(world, PRESS_NOT_BOOKED, "");
    sim_pass(world, 10);
    expect_held(world, HELD_REFUSED, "a person has asked the courier: it is over");
    EXPECT(disk_find(world, absent) != NULL, "and the word is a fact");
    EXPECT_I64(before, scenario_booked(world), "nothing is sent on it");
    sim_close(world);
}

static void a_courier_that_will_not_tell_leaves_it_to_a_person(void)
{
    struct world *world = scenario_begin();
    world->plain.promises.settle_s = 2;
    world->station->carriers[0] = &world->plain; /* no key: the look-up decides */
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    sim_pass(world, 1);
    struct booking *booking = &world->station->bookings[0];
    line_answer(world, booking->ticket, 0, EXCHANGE_MAYBE_SENT, 0, "", "");
    sim_pass(world, 1);
    for (unsigned i = 0; i < 5000 && !packing_of(world)->slow; i++) {
        if (booking->state == BOOKING_ASKING)
            line_answer(world, booking->ticket, 0, EXCHANGE_ANSWERED, 401, "application/json",
                        "{\"error\":{\"code\":\"credentials\"}}");
        sim_pass(world, 2);
    }
    EXPECT(booking->not_told >= BOOKING_NOT_TOLD_MIN, "the courier refuses to answer");
    bench_press(world, PRESS_NOT_BOOKED, "");
    sim_pass(world, 10);
    expect_held(world, HELD_REFUSED, "and may say what the courier said on the phone");
    sim_close(world);
}

static void a_print_begun_on_the_shelf_is_a_question(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    for (unsigned i = 0; i < 600 && world->station->printing.state != PRINTING_PROVING; i++)
        sim_pass(world, 10);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 60000;
    sim_pass(world, 3000);
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 500);
    set_aside(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_held(world, HELD_LABEL_UNKNOWN, "a label may lie there: the packer looks");
    sim_pass(world, 60000);
    bench_press(world, PRESS_LABEL_MISSING, "");
    sim_pass(world, 5000);
    EXPECT_I64(1, packing_of(world)->parcels, "then it is printed and closed");
    EXPECT_I64(1, world->report.labels, "with one label");
    scenario_end(world, 1, "one booking");
}

static void a_disk_that_fills_up_stops_before_money_is_spent(void)
{
    struct world *world = scenario_begin();
    struct event full = {.kind = EVENT_DISK};
    full.disk.below_reserve = true;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    sim_give(world, &full);
    bench_lay(world, 742000);
    sim_pass(world, 5000);
    expect_held(world, HELD_DISK_FULL, "not begun");
    scenario_end(world, 0, "not booked");
}

static void an_order_that_got_an_intent_elsewhere_is_not_booked(void)
{
    struct world *world = scenario_begin();
    struct batch batch = {.fact_count = 1};
    struct event none = {.kind = EVENT_DISK};
    bench_scan(world, "WEB-1");
    sim_pass(world, 500); /* its past is read; then the intent appears: only the disk can know */
    batch.facts[0] = (struct batch_fact){.key = BYTES_LITERAL("intent/SH-1/1/1"),
                                         .kind = BYTES_LITERAL("event_refused"),
                                         .subject = BYTES_LITERAL(""),
                                         .body = BYTES_LITERAL("{}")};
    struct command command = {.kind = COMMAND_STORE};
    command.store.batch = &batch;
    command.store.ticket = 0xFFFFFFu; /* nobody's */
    disk_store(world, &command);
    sim_give(world, &none);
    bench_lay(world, 742000);
    sim_pass(world, 4000);
    expect_held(world, HELD_ALREADY_PACKED, "the disk refuses a second intent");
    enum press presses[PACKING_PRESSES_MAX];
    EXPECT_I64(1, packing_presses(packing_of(world), &world->station->floor, presses),
               "there is no label to print again");
    scenario_end(world, 0, "and nothing was sent");
}

/* Packed, and the courier taken out of the settings since: nobody knows how its label looks. */
static void a_reprint_for_a_courier_that_is_gone_can_be_left(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].carrier = 1;
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 0);
    EXPECT_I64(1, packing_of(world)->parcels, "packed");
    world->config.carrier_count = 1;
    sim_cut_power(world);
    sim_pass(world, 30000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_ALREADY_PACKED, "it is known");
    bench_press(world, PRESS_REPRINT, "torn");
    expect_held(world, HELD_LABEL_BROKEN, "it cannot be made");
    bench_press(world, PRESS_TRY_AGAIN, "");
    expect_held(world, HELD_LABEL_BROKEN, "still not");
    bench_press(world, PRESS_SET_ASIDE, "");
    expect_held(world, HELD_LABEL_BROKEN, "a closed parcel does not go to the shelf");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "but may be left");
    EXPECT_I64(1, world->report.labels, "with its one label");
    scenario_end(world, 1, "and one booking");
}

static void a_slow_disk_is_said(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    EXPECT(scenario_shows(world, "\"disk\":\"ok\""), "tens of milliseconds are no news");
    world->disk.flush_ms = 5000;
    for (unsigned i = 0; i < 1000 && !scenario_shows(world, "\"disk\":\"slow\""); i++)
        sim_pass(world, 10);
    EXPECT(scenario_shows(world, "\"disk\":\"slow\""), "five seconds are");
    world->disk.flush_ms = 20;
    sim_pass(world, 15000);
    EXPECT(scenario_shows(world, "\"disk\":\"slow\""), "long enough to be read");
    sim_pass(world, STORE_SLOW_SHOWN_MS);
    EXPECT(scenario_shows(world, "\"disk\":\"ok\""), "until it has been quick for a while");
    scenario_end(world, 1, "one booking");
}

/* Two worlds have the same journal: so has a box whose journal was put back from a copy. */
static void reference_of_first(const char *scan, char *out, size_t size)
{
    struct world *world = scenario_begin();
    scenario_pack(world, scan, 742000);
    EXPECT_I64(1, world->couriers[0].count, "it is booked");
    snprintf(out, size, "%s", world->couriers[0].shipments[0].reference);
    sim_close(world);
}

static void a_place_in_the_journal_twice_is_no_reference_twice(void)
{
    char first[SHIPMENT_REFERENCE_SIZE], other[sizeof first], same[sizeof first];
    reference_of_first("WEB-1", first, sizeof first);
    reference_of_first("WEB-2", other, sizeof other);
    reference_of_first("WEB-1", same, sizeof same);
    EXPECT(strcmp(first, other) != 0, "another order never finds this one's booking");
    EXPECT_TEXT(first, same, "the same order finds its own");
}

int main(void)
{
    EXPECT_RUN(a_parcel_without_its_label_goes_to_the_shelf);
    EXPECT_RUN(a_missing_label_is_printed_again_on_a_word);
    EXPECT_RUN(a_label_that_cannot_be_made_goes_to_the_shelf);
    EXPECT_RUN(a_full_disk_at_the_end_loses_nothing);
    EXPECT_RUN(a_full_disk_does_not_lose_the_shelf);
    EXPECT_RUN(a_full_disk_while_booking_is_waited_out);
    EXPECT_RUN(a_refusal_after_a_power_cut_can_be_tried_again);
    EXPECT_RUN(where_nobody_can_know_a_person_decides);
    EXPECT_RUN(a_courier_that_will_not_tell_leaves_it_to_a_person);
    EXPECT_RUN(a_print_begun_on_the_shelf_is_a_question);
    EXPECT_RUN(a_disk_that_fills_up_stops_before_money_is_spent);
    EXPECT_RUN(an_order_that_got_an_intent_elsewhere_is_not_booked);
    EXPECT_RUN(a_reprint_for_a_courier_that_is_gone_can_be_left);
    EXPECT_RUN(a_slow_disk_is_said);
    EXPECT_RUN(a_place_in_the_journal_twice_is_no_reference_twice);
    return expect_result();
}
