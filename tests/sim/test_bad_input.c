/* Guards: whatever a packer, a device, a courier, the clock or the disk does wrong, the screen says one
 * thing about it, the parcel is held or refused, and nothing is booked, printed or half-done. */
#include <stdlib.h>

#include "tests/sim/world.h"
#include "tests/support/expect.h"

static struct world *begin(void)
{
    struct sim_options options = {.seed = 2, .parcels = 12, .faults = SIM_QUIET};
    struct world *world = sim_open(&options);
    for (unsigned i = 0; i < world->oms.count; i++) { /* plain orders; a scenario spoils its own */
        world->oms.orders[i].packages = 1;
        world->oms.orders[i].cod = world->oms.orders[i].cancelled = false;
        world->oms.orders[i].bad_pincode = false;
        world->oms.orders[i].carrier = 0;
    }
    world->oms.published = world->oms.count;
    sim_pass(world, 3000);
    return world;
}

static size_t booked(const struct world *world)
{
    return world->couriers[0].count + world->couriers[1].count;
}

static void expect_says(const struct world *world, const char *id, const char *promise)
{
    EXPECT_TEXT(id, world->station->message_id, promise);
    EXPECT_I64(0, world->report.violations, world->report.first_violation);
}

static void pack(struct world *world, const char *scan, int64_t mass_mg)
{
    bench_scan(world, scan);
    sim_pass(world, 500);
    bench_lay(world, mass_mg);
    sim_pass(world, 8000);
}

static void end(struct world *world, size_t wanted_bookings, const char *promise)
{
    EXPECT_I64(wanted_bookings, booked(world), promise);
    sim_close(world);
}

static void a_good_parcel_is_booked_and_printed_once(void)
{
    struct world *world = begin();
    expect_says(world, "scan_order", "an idle bench asks for a scan");
    pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "one parcel is closed");
    EXPECT_I64(1, world->report.labels, "one label came out");
    EXPECT_I64(742, world->couriers[0].shipments[0].mass_g, "the courier has the scale's weight");
    expect_says(world, "lift_parcel", "then the packer takes it away");
    end(world, 1, "one booking");
}

static void an_unknown_scan_is_held(void)
{
    struct world *world = begin();
    bench_scan(world, "NO-SUCH-ORDER");
    sim_pass(world, 2000);
    expect_says(world, "unknown_scan", "the code is named");
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    EXPECT(world->station->packing.state == PACKING_WEIGHING, "the next scan simply goes on");
    end(world, 0, "nothing was booked");
}

static void an_order_is_not_packed_twice(void)
{
    struct world *world = begin();
    pack(world, "WEB-1", 742000);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    pack(world, "WEB-1", 742000);
    expect_says(world, "already_packed", "the order is known to be packed");
    bench_press(world, PRESS_REPRINT, "");
    expect_says(world, "already_packed", "no second label without a reason");
    end(world, 1, "still one booking");
}

static void orders_that_may_not_go_are_refused(void)
{
    struct world *world = begin();
    world->oms.orders[2].cancelled = true;
    pack(world, "WEB-3", 742000);
    expect_says(world, "cancelled", "a cancelled order is said to be cancelled");
    end(world, 0, "nothing was booked");
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
        struct world *world = begin();
        pack(world, "WEB-1", rows[i].mass_mg);
        expect_says(world, rows[i].message, rows[i].promise);
        end(world, 0, rows[i].promise);
    }
}

static void a_moving_weight_is_waited_for(void)
{
    struct world *world = begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    world->bench.still_ms = world->now_ms + 60000;
    sim_pass(world, 9000);
    expect_says(world, "wait_stable", "a swinging scale asks for patience");
    end(world, 0, "a moving weight is never booked");
}

static void a_plate_that_was_not_emptied_is_noticed(void)
{
    struct world *world = begin();
    pack(world, "WEB-1", 742000);
    bench_scan(world, "WEB-2");
    sim_pass(world, 5000);
    expect_says(world, "not_emptied", "the last parcel still lies there");
    bench_lay(world, 0);
    sim_pass(world, 2000);
    bench_lay(world, 500000);
    sim_pass(world, 8000);
    EXPECT_I64(500, world->couriers[0].shipments[1].mass_g, "the second parcel has its own weight");
    end(world, 2, "two parcels, two bookings");
}

static void a_printer_without_paper_waits(void)
{
    struct world *world = begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 20000;
    pack(world, "WEB-1", 742000);
    expect_says(world, "printer_paper_out", "the packer is asked for paper");
    EXPECT_I64(0, world->report.labels, "nothing is sent to a printer that cannot print");
    sim_pass(world, 20000);
    EXPECT_I64(1, world->report.labels, "with paper the label comes by itself");
    EXPECT_I64(1, world->station->packing.parcels, "and the parcel is closed");
    end(world, 1, "one booking");
}

static void a_refused_pincode_is_said(void)
{
    struct world *world = begin();
    world->oms.orders[0].bad_pincode = true;
    pack(world, "WEB-1", 742000);
    expect_says(world, "refused_not_serviceable", "the courier's no is told");
    EXPECT_I64(0, world->report.labels, "no label");
    end(world, 0, "no booking");
}

/* Answers the one exchange with the courier that is under way, in place of the courier. */
static void spoil_answer(struct world *world, enum exchange_end how, const char *body)
{
    struct booking *booking = &world->station->bookings[0];
    EXPECT(booking->state == BOOKING_SENDING, "a request is out");
    line_answer(world, booking->ticket, 0, how, 200, "text/html", body);
    sim_pass(world, 1);
}

static void start_booking(struct world *world)
{
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    for (unsigned i = 0; i < 400 && world->station->bookings[0].state != BOOKING_SENDING; i++) {
        sim_pass(world, 10);
    }
}

static void an_answer_that_is_not_json_is_unknown(void)
{
    struct world *world = begin();
    start_booking(world);
    spoil_answer(world, EXCHANGE_ANSWERED, "<html><body>Welcome to the hotel</body></html>");
    EXPECT(world->station->bookings[0].unsure, "a page of a hotel is neither yes nor no");
    sim_pass(world, 20000);
    EXPECT_I64(1, world->station->packing.parcels, "the same key again ends it");
    end(world, 1, "and there is one booking");
}

static void a_wrong_certificate_stops_the_booking(void)
{
    struct world *world = begin();
    start_booking(world);
    spoil_answer(world, EXCHANGE_UNTRUSTED, "");
    expect_says(world, "untrusted", "the screen says that the server is not who it says");
    EXPECT(!world->station->bookings[0].unsure, "nothing was sent");
    sim_close(world);
}

static void a_clock_in_the_past_stops_the_booking(void)
{
    struct world *world = begin();
    start_booking(world);
    spoil_answer(world, EXCHANGE_NO_CLOCK, "");
    expect_says(world, "no_clock", "the screen says that the clock is wrong");
    sim_close(world);
}

static void a_full_disk_refuses_new_parcels(void)
{
    struct world *world = begin();
    struct event event = {.kind = EVENT_DISK};
    event.disk.below_reserve = true;
    sim_give(world, &event);
    pack(world, "WEB-1", 742000);
    expect_says(world, "disk_full", "a new parcel is not begun");
    event = (struct event){.kind = EVENT_DISK};
    sim_give(world, &event);
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 8000);
    EXPECT_I64(1, world->station->packing.parcels, "with space it goes on");
    end(world, 1, "one booking");
}

static void wrong_settings_are_said_and_the_old_ones_stay(void)
{
    struct world *world = begin();
    struct event event = {.kind = EVENT_CONFIG_REFUSED};
    event.refused.line = 12;
    snprintf(event.refused.text, sizeof event.refused.text, "the baud rate is wrong");
    sim_give(world, &event);
    expect_says(world, "config_wrong", "the line is named on the screen");
    pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->station->packing.parcels, "packing goes on with the old settings");
    end(world, 1, "one booking");
}

static void an_intent_that_cannot_be_stored_books_nothing(void)
{
    struct world *world = begin();
    world->disk.full_batches = 1;
    start_booking(world);
    sim_pass(world, 3000);
    expect_says(world, "disk_full", "the packer is told");
    EXPECT_I64(0, booked(world), "nothing was sent");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 8000);
    end(world, 1, "with space it is booked, once");
}

static void two_of_the_same_scan_are_one(void)
{
    struct world *world = begin();
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
    struct world *world = begin();
    start_booking(world);
    bench_scan(world, "WEB-2");
    sim_pass(world, 5);
    EXPECT_I64(1, world->station->packing.scans_not_taken, "it is counted, with a sound");
    sim_pass(world, 8000);
    EXPECT_TEXT("WEB-1", world->station->packing.last.order_no, "the first parcel is finished");
    end(world, 1, "and only that one is booked");
}

static void the_scan_of_the_label_answers_the_question(void)
{
    struct world *world = begin();
    start_booking(world);
    for (unsigned i = 0; i < 600 && world->station->printing.state != PRINTING_PROVING; i++) {
        sim_pass(world, 10);
    }
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 500;
    sim_pass(world, 3000);
    expect_says(world, "label_unknown", "paper ran out in the middle: one question");
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
