/* Guards: every state of packing has a way out that the packer is offered, nothing that is not offered is
 * obeyed, and no way leads to a second booking or a label nobody asked for. */
#include "tests/sim/scenario.h"

static const struct packing *packing_of(const struct world *world)
{
    return &world->station->packing;
}

static void expect_state(const struct world *world, enum packing_state wanted, const char *promise)
{
    EXPECT_TEXT(packing_state_word(wanted), packing_state_word(packing_of(world)->state), promise);
}

static void expect_held(const struct world *world, enum held_reason wanted, const char *promise)
{
    EXPECT_TEXT(held_reason_word(wanted), held_reason_word(packing_of(world)->reason), promise);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
}

/* The courier's answer never comes; what it did, it did. */
static void lose_answer(struct world *world)
{
    tickets_drop(&world->station->tickets,
                 world->station->bookings[packing_of(world)->slot].ticket);
}

static void pass_until(struct world *world, enum packing_state wanted)
{
    for (unsigned i = 0; i < 2000 && packing_of(world)->state != wanted; i++) sim_pass(world, 10);
    expect_state(world, wanted, "it comes there");
}

/* Scanned, laid down, the request is out and its answer lost. */
static void begin_slow(struct world *world, const char *order_no)
{
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, order_no);
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    sim_pass(world, 1);
    lose_answer(world);
    sim_pass(world, 5100);
    EXPECT(packing_of(world)->slow, "the packer has waited enough");
}

static void set_aside(struct world *world)
{
    bench_press(world, PRESS_SET_ASIDE, "");
    sim_pass(world, 1);
    expect_state(world, PACKING_IDLE, "the bench is free");
}

static void semi_manual_waits_for_the_press(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_RATING, "all is known");
    scenario_says(world, "press_print", "and the packer is asked");
    EXPECT_I64(0, scenario_booked(world), "nothing is booked before the press");
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 6000);
    EXPECT_I64(1, packing_of(world)->parcels, "then it goes its way");
    scenario_end(world, 1, "once");
}

static void what_is_booked_still_lies_on_the_plate(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    expect_state(world, PACKING_RATING, "weighed");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    expect_state(world, PACKING_WEIGHING, "lifted: its weight counts no more");
    bench_press(world, PRESS_PRINT, "");
    EXPECT_I64(0, scenario_booked(world), "and it is not booked");
    bench_lay(world, 900000);
    sim_pass(world, 4000);
    expect_state(world, PACKING_RATING, "another lies there");
    world->bench.scale_port = 0; /* the scale says nothing more */
    sim_pass(world, WEIGHT_FRESH_MS + 200);
    bench_press(world, PRESS_PRINT, "");
    expect_state(world, PACKING_WEIGHING, "a weight that is old is not booked");
    scenario_end(world, 0, "nothing was");

    world = scenario_begin();
    world->config.automatic = false;
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 900000);
    sim_pass(world, 4000);
    bench_press(world, PRESS_PRINT, "");
    sim_pass(world, 6000);
    EXPECT_I64(900, world->couriers[0].shipments[0].mass_g, "the courier has what lay there then");
    scenario_end(world, 1, "once");
}

static void a_newer_scan_replaces_an_order_while_nothing_is_spent(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    bench_scan(world, "WEB-2");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-2", packing_of(world)->order.order_no, "while it is looked for");
    bench_scan(world, "WEB-3");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-3", packing_of(world)->order.order_no, "while it is weighed");
    bench_lay(world, 742000);
    sim_pass(world, 4000);
    bench_scan(world, "WEB-4");
    sim_pass(world, 4000);
    EXPECT_TEXT("WEB-4", packing_of(world)->order.order_no, "while the press is awaited");
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    bench_scan(world, "WEB-5");
    sim_pass(world, 1000);
    EXPECT_TEXT("WEB-5", packing_of(world)->order.order_no, "while a reason is shown");
    bench_scan(world, "bad\001code");
    sim_pass(world, 1000);
    expect_held(world, HELD_BAD_SCAN, "a code that cannot be read is said");
    scenario_end(world, 0, "nothing was booked");
}

/* Every press that is not on the screen, in the state the world is in. */
static void press_what_is_not_offered(struct world *world, const char *promise)
{
    enum press offered[PACKING_PRESSES_MAX];
    size_t count = packing_presses(packing_of(world), &world->station->floor, offered);
    for (unsigned press = 0; press < PRESSES; press++) {
        bool on_screen = false;
        for (size_t i = 0; i < count; i++) on_screen = on_screen || offered[i] == press;
        if (on_screen) continue;
        enum packing_state state = packing_of(world)->state;
        size_t facts = world->disk.count;
        bench_press(world, (enum press)press, "why");
        EXPECT(packing_of(world)->state == state && world->disk.count == facts, promise);
    }
}

static void what_is_not_offered_is_not_obeyed(void)
{
    struct world *world = scenario_begin();
    press_what_is_not_offered(world, "idle");
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    press_what_is_not_offered(world, "finding");
    sim_pass(world, 500);
    press_what_is_not_offered(world, "weighing");
    bench_lay(world, 742000);
    pass_until(world, PACKING_BOOKING);
    press_what_is_not_offered(world, "booking");
    pass_until(world, PACKING_PRINTING);
    press_what_is_not_offered(world, "printing");
    pass_until(world, PACKING_IDLE);
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    press_what_is_not_offered(world, "held");
    bench_press(world, PRESS_REPRINT, "");
    scenario_end(world, 1, "and one parcel went its way in spite of it");
}

static void giving_up_is_free_until_booking(void)
{
    struct world *world = scenario_begin();
    world->config.automatic = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 2);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while it is looked for");
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while the press is awaited");
    bench_scan(world, "NOBODY");
    sim_pass(world, 1000);
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "while a reason is shown");
    scenario_end(world, 0, "nothing was spent");
}

static void two_packages_are_two_parcels(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].packages = 2;
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 500000);
    EXPECT_I64(2, packing_of(world)->parcels, "each is closed");
    EXPECT_I64(500, world->couriers[0].shipments[1].mass_g, "with its own weight");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 300000);
    expect_held(world, HELD_ALREADY_PACKED, "a third is one too many");
    scenario_end(world, 2, "two bookings");
}

static void a_slow_courier_leaves_the_bench_free(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    scenario_says(world, "booking_long", "the packer is told");
    set_aside(world);
    EXPECT_I64(1, world->station->bookings[0].aside, "the booking goes on");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    scenario_pack(world, "WEB-2", 500000);
    EXPECT_I64(1, packing_of(world)->parcels, "the next parcel is packed meanwhile");
    sim_pass(world, 30000);
    EXPECT_I64(BOOKING_FREE, world->station->bookings[0].state, "the first is booked by itself");
    EXPECT_I64(1, world->report.labels, "without a label nobody stands for");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 6000);
    EXPECT_I64(2, packing_of(world)->parcels, "its order's scan brings the label");
    EXPECT_I64(2, world->report.labels, "one");
    scenario_end(world, 2, "two parcels, two bookings");
}

static void a_parcel_may_go_to_the_shelf_twice(void)
{
    struct world *world = scenario_begin();
    begin_slow(world, "WEB-1");
    set_aside(world);
    bench_scan(world, "WEB-1");
    sim_pass(world, 50);
    expect_state(world, PACKING_BOOKING, "it comes back from the shelf");
    EXPECT(!world->station->bookings[0].aside, "and is waited for");
    sim_pass(world, 5100);
    bench_press(world, PRESS_TRY_AGAIN, "");
    EXPECT(!packing_of(world)->slow, "patience once more");
    sim_pass(world, 1);
    world->station->bookings[0].deadline_ms = world->now_ms + 60000; /* the courier stays silent */
    lose_answer(world);
    sim_pass(world, 5100);
    set_aside(world);
    sim_pass(world, 90000);
    scenario_end(world, 1, "and it is booked once");
}

static void too_many_on_the_shelf_are_said(void)
{
    struct world *world = scenario_begin();
    for (unsigned i = 0; i < BOOKINGS_MAX; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i + 1);
        begin_slow(world, order_no);
        for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) { /* none comes to an end */
            if (world->station->bookings[slot].state != BOOKING_SENDING) continue;
            tickets_drop(&world->station->tickets, world->station->bookings[slot].ticket);
            world->station->bookings[slot].deadline_ms = world->now_ms + 600000;
        }
        set_aside(world);
    }
    bench_lay(world, 0);
    sim_pass(world, 2500);
    scenario_pack(world, "WEB-9", 742000);
    expect_held(world, HELD_TOO_MANY_OPEN, "the ninth is not begun");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "and can be left");
    scenario_end(world, BOOKINGS_MAX, "eight bookings");
}

static void a_reprint_needs_a_word_why(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    bench_press(world, PRESS_REPRINT, "");
    sim_pass(world, 3000);
    EXPECT_I64(1, world->report.labels, "no word, no label");
    bench_label(world, packing_of(world)->last.awb)->allowed = 2;
    bench_press(world, PRESS_REPRINT, "the label is torn, says the packer who tore it, at length");
    sim_pass(world, 5000);
    EXPECT_I64(2, world->report.labels, "with one, one");
    EXPECT_I64(1, packing_of(world)->parcels, "it is no second parcel");
    scenario_says(world, "lift_parcel", "and the bench is free");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 1000);
    expect_held(world, HELD_ALREADY_PACKED, "a closed order's scan");
    bench_label(world, packing_of(world)->last.awb)->allowed = 3;
    bench_press(world, PRESS_REPRINT, "lost");
    sim_pass(world, 5000);
    EXPECT_I64(3, world->report.labels, "offers the same");
    scenario_end(world, 1, "and never a second booking");
}

static void a_reprint_may_be_given_up_while_the_printer_waits(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    sim_pass(world, 4000);
    bench_press(world, PRESS_REPRINT, "torn");
    sim_pass(world, 1000);
    scenario_says(world, "printer_paper_out", "no paper");
    bench_press(world, PRESS_GIVE_UP, "");
    expect_state(world, PACKING_IDLE, "then not");
    EXPECT_I64(1, world->report.labels, "one label");
    scenario_end(world, 1, "one booking");
}

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
    bench_press(world, PRESS_NOT_BOOKED, "");
    sim_pass(world, 10);
    expect_held(world, HELD_REFUSED, "a person has asked the courier: it is over");
    EXPECT(disk_find(world, "absent/bay-1-01234567-1-1") != NULL, "and the word is a fact");
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

int main(void)
{
    EXPECT_RUN(semi_manual_waits_for_the_press);
    EXPECT_RUN(what_is_booked_still_lies_on_the_plate);
    EXPECT_RUN(a_newer_scan_replaces_an_order_while_nothing_is_spent);
    EXPECT_RUN(what_is_not_offered_is_not_obeyed);
    EXPECT_RUN(giving_up_is_free_until_booking);
    EXPECT_RUN(two_packages_are_two_parcels);
    EXPECT_RUN(a_slow_courier_leaves_the_bench_free);
    EXPECT_RUN(a_parcel_may_go_to_the_shelf_twice);
    EXPECT_RUN(too_many_on_the_shelf_are_said);
    EXPECT_RUN(a_reprint_needs_a_word_why);
    EXPECT_RUN(a_reprint_may_be_given_up_while_the_printer_waits);
    EXPECT_RUN(a_parcel_without_its_label_goes_to_the_shelf);
    EXPECT_RUN(a_missing_label_is_printed_again_on_a_word);
    EXPECT_RUN(a_label_that_cannot_be_made_goes_to_the_shelf);
    EXPECT_RUN(a_full_disk_at_the_end_loses_nothing);
    EXPECT_RUN(a_full_disk_does_not_lose_the_shelf);
    EXPECT_RUN(a_full_disk_while_booking_is_waited_out);
    EXPECT_RUN(a_refusal_after_a_power_cut_can_be_tried_again);
    EXPECT_RUN(where_nobody_can_know_a_person_decides);
    EXPECT_RUN(a_courier_that_will_not_tell_leaves_it_to_a_person);
    EXPECT_RUN(an_order_that_got_an_intent_elsewhere_is_not_booked);
    return expect_result();
}
