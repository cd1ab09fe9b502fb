/* Guards: whatever a packer, a device, a courier, the clock or the disk does wrong, the screen says
 * one thing about it, the parcel is held or refused, and nothing is booked, printed or half-done.
 * */
#include <stdlib.h>

#include "tests/sim/scenario.h"

static void a_good_parcel_is_booked_and_printed_once(void)
{
    struct world *world = scenario_begin();
    scenario_says(world, "scan_order", "an idle bench asks for a scan");
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "one parcel is closed");
    EXPECT_I64(1, world->report.labels, "one label came out");
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "the courier has the scale's weight");
    scenario_says(world, "lift_parcel", "then the packer takes it away");
    scenario_end(world, 1, "one booking");
}

static void an_unknown_scan_is_held(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "NO-SUCH-ORDER");
    sim_pass(world, 2000);
    scenario_says(world, "unknown_scan", "the code is named");
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    EXPECT(world->station->packing.state == PACKING_WEIGHING, "the next scan simply goes on");
    scenario_end(world, 0, "nothing was booked");
}

static void an_order_is_not_packed_twice(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-1", 742000);
    scenario_says(world, "already_packed", "the order is known to be packed");
    bench_press(world, PRESS_REPRINT, "");
    scenario_says(world, "already_packed", "no second label without a reason");
    scenario_end(world, 1, "still one booking");
}

static void orders_that_may_not_go_are_refused(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[2].cancelled = true;
    scenario_pack(world, "WEB-3", 742000);
    scenario_says(world, "cancelled", "a cancelled order is said to be cancelled");
    scenario_end(world, 0, "nothing was booked");
}

static void weights_that_may_not_be_taken_are_said(void)
{
    static const struct {
        int64_t mass_mg;
        const char *message;
        const char *promise;
    } rows[] = {
        {0, "put_parcel", "zero on the plate asks for the parcel"},
        {10000, "too_light", "below the least weight"},
        {31000000, "overload", "over capacity"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world *world = scenario_begin();
        scenario_pack(world, "WEB-1", rows[i].mass_mg);
        scenario_says(world, rows[i].message, rows[i].promise);
        scenario_end(world, 0, rows[i].promise);
    }
}

static void a_plate_that_shows_zero_for_long_may_be_overloaded(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 0);
    sim_pass(world, PACKING_STILL_ZERO_MS);
    scenario_says(world, "still_zero", "some scales show their overload as zeros");
    bench_lay(world, 742000);
    sim_pass(world, 3000);
    sim_pass(world, 6000);
    scenario_end(world, 1, "once");
}

static void a_moving_weight_is_waited_for(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    world->bench.still_ms = world->now_ms + 60000;
    sim_pass(world, 9000);
    scenario_says(world, "wait_stable", "a swinging scale asks for patience");
    scenario_end(world, 0, "a moving weight is never booked");
}

static void a_plate_that_was_not_emptied_is_noticed(void)
{
    struct world *world = scenario_begin();
    scenario_pack(world, "WEB-1", 742000);
    bench_scan(world, "WEB-2");
    sim_pass(world, 5000);
    scenario_says(world, "not_emptied", "the last parcel still lies there");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    bench_lay(world, 500000);
    sim_pass(world, 8000);
    EXPECT_I64(500, world->couriers[0].shipments[1].mass_g, "the second parcel has its own weight");
    scenario_end(world, 2, "two parcels, two bookings");
}

static void a_printer_without_paper_waits(void)
{
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 20000;
    scenario_pack(world, "WEB-1", 742000);
    scenario_says(world, "printer_paper_out", "the packer is asked for paper");
    EXPECT_I64(0, world->report.labels, "nothing is sent to a printer that cannot print");
    sim_pass(world, 20000);
    EXPECT_I64(1, world->report.labels, "with paper the label comes by itself");
    EXPECT_I64(1, world->station->packing.parcels, "and the parcel is closed");
    scenario_end(world, 1, "one booking");
}

static void a_refused_pincode_is_said(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].bad_pincode = true;
    scenario_pack(world, "WEB-1", 742000);
    scenario_says(world, "refused_not_serviceable", "the courier's no is told");
    EXPECT_I64(0, world->report.labels, "no label");
    scenario_end(world, 0, "no booking");
}

/* Answers the one exchange with the courier that is under way, in place of the courier. */
static void spoil_answer(struct world *world, enum exchange_end how, const char *body)
{
    struct booking *booking = &world->station->bookings[0];
    EXPECT(booking->state == BOOKING_SENDING, "a request is out");
    line_answer(world, booking->ticket, 0, how, 200, "text/html", body);
    sim_pass(world, 1);
}

static void an_answer_that_is_not_json_is_unknown(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    spoil_answer(world, EXCHANGE_ANSWERED, "<html><body>Welcome to the hotel</body></html>");
    EXPECT(world->station->bookings[0].unsure, "a page of a hotel is neither yes nor no");
    sim_pass(world, 20000);
    EXPECT_I64(1, world->station->packing.parcels, "the same key again ends it");
    scenario_end(world, 1, "and there is one booking");
}

static void a_wrong_certificate_stops_the_booking(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    spoil_answer(world, EXCHANGE_UNTRUSTED, "");
    scenario_says(world, "untrusted", "the screen says that the server is not who it says");
    EXPECT(!world->station->bookings[0].unsure, "nothing was sent");
    sim_close(world);
}

static void a_clock_in_the_past_stops_the_booking(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    spoil_answer(world, EXCHANGE_NO_CLOCK, "");
    scenario_says(world, "no_clock", "the screen says that the clock is wrong");
    sim_close(world);
}

static void a_full_disk_refuses_new_parcels(void)
{
    struct world *world = scenario_begin();
    struct event event = {.kind = EVENT_DISK};
    event.disk.below_reserve = true;
    sim_give(world, &event);
    scenario_pack(world, "WEB-1", 742000);
    scenario_says(world, "disk_full", "a new parcel is not begun");
    event = (struct event){.kind = EVENT_DISK};
    sim_give(world, &event);
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 8000);
    EXPECT_I64(1, world->station->packing.parcels, "with space it goes on");
    scenario_end(world, 1, "one booking");
}

static void wrong_settings_are_said_and_the_old_ones_stay(void)
{
    struct world *world = scenario_begin();
    struct event event = {.kind = EVENT_CONFIG_REFUSED};
    event.refused.line = 12;
    snprintf(event.refused.text, sizeof event.refused.text, "the baud rate is wrong");
    sim_give(world, &event);
    scenario_says(world, "config_wrong", "the line is named on the screen");
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "packing goes on with the old settings");
    scenario_end(world, 1, "one booking");
}

static void an_intent_that_cannot_be_stored_books_nothing(void)
{
    struct world *world = scenario_begin();
    world->disk.full_batches = 1;
    scenario_start_booking(world);
    sim_pass(world, 3000);
    scenario_says(world, "disk_full", "the packer is told");
    EXPECT_I64(0, scenario_booked(world), "nothing was sent");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 8000);
    scenario_end(world, 1, "with space it is booked, once");
}

static void two_of_the_same_scan_are_one(void)
{
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 100);
    uint32_t sounds = world->station->packing.sound_number;
    bench_scan(world, "WEB-1");
    sim_pass(world, 100);
    EXPECT_I64(sounds, world->station->packing.sound_number, "the second is not heard at all");
    EXPECT(world->station->packing.state == PACKING_WEIGHING, "the order stays");
    sim_close(world);
}

static void a_scan_while_booking_is_not_taken(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    bench_scan(world, "WEB-2");
    sim_pass(world, 5);
    EXPECT_I64(1, world->station->packing.scans_not_taken, "it is counted, with a sound");
    sim_pass(world, 8000);
    EXPECT_TEXT("WEB-1", world->station->packing.last.order_no, "the first parcel is finished");
    scenario_end(world, 1, "and only that one is booked");
}

static void the_scan_of_the_label_answers_the_question(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    for (unsigned i = 0; i < 600 && world->station->printing.state != PRINTING_PROVING; i++) {
        sim_pass(world, 10);
    }
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 500;
    sim_pass(world, 3000);
    scenario_says(world, "label_unknown", "paper ran out in the middle: one question");
    bench_scan(world, world->station->packing.parcel.awb);
    sim_pass(world, 500);
    EXPECT_I64(1, world->station->packing.parcels, "the label's own code is the answer");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(a_good_parcel_is_booked_and_printed_once);
    EXPECT_RUN(an_unknown_scan_is_held);
    EXPECT_RUN(an_order_is_not_packed_twice);
    EXPECT_RUN(orders_that_may_not_go_are_refused);
    EXPECT_RUN(weights_that_may_not_be_taken_are_said);
    EXPECT_RUN(a_plate_that_shows_zero_for_long_may_be_overloaded);
    EXPECT_RUN(a_moving_weight_is_waited_for);
    EXPECT_RUN(a_plate_that_was_not_emptied_is_noticed);
    EXPECT_RUN(a_printer_without_paper_waits);
    EXPECT_RUN(a_refused_pincode_is_said);
    EXPECT_RUN(an_answer_that_is_not_json_is_unknown);
    EXPECT_RUN(a_wrong_certificate_stops_the_booking);
    EXPECT_RUN(a_clock_in_the_past_stops_the_booking);
    EXPECT_RUN(a_full_disk_refuses_new_parcels);
    EXPECT_RUN(wrong_settings_are_said_and_the_old_ones_stay);
    EXPECT_RUN(an_intent_that_cannot_be_stored_books_nothing);
    EXPECT_RUN(two_of_the_same_scan_are_one);
    EXPECT_RUN(a_scan_while_booking_is_not_taken);
    EXPECT_RUN(the_scan_of_the_label_answers_the_question);
    return expect_result();
}
