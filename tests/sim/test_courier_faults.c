/* Guards: whatever a courier answers or leaves unanswered, and for however long, a parcel has one
 * booking, one label of its own, and the bench goes on with other parcels. */
#include <stdlib.h>

#include "tests/sim/scenario.h"

#define HOUR_MS 3600000

/* What the scenario's courier says; set by each scenario, counted by all. */
static struct {
    int64_t until_ms; /* of the trouble */
    int status;
    const char *body;
    unsigned bookings, look_ups; /* requests seen */
    unsigned in_second, in_second_max;
    int64_t second;
} said;

static void count(struct world *world, bool books, bool asks)
{
    said.bookings += books;
    said.look_ups += asks;
    if (!books) return;
    if (said.second != world->now_ms / 1000) said.in_second = 0;
    said.second = world->now_ms / 1000;
    if (++said.in_second > said.in_second_max) said.in_second_max = said.in_second;
}

static bool is_booking(const struct http_request *request)
{
    const char *shipments = strstr(request->url, "/shipments");
    return request->method == HTTP_POST && shipments != NULL && strlen(shipments) == 10;
}

static bool is_look_up(const struct http_request *request)
{
    return request->method == HTTP_GET && strstr(request->url, "reference=") != NULL;
}

static void say(struct world *world, uint32_t ticket, int status, const char *body)
{
    line_answer(world, ticket, 1, EXCHANGE_ANSWERED, status, "application/json", body);
}

/* The reference that a booking request carries. */
static const char *reference_in(const struct http_request *request)
{
    static char reference[SHIPMENT_REFERENCE_SIZE];
    char *body = sim_copy(textbuf_bytes(&request->body));
    const char *at = strstr(body, "\"reference\":\"");
    ENSURE(at != NULL && sscanf(at + 13, "%47[^\"]", reference) == 1);
    free(body);
    return reference;
}

static bool first_booking_says_so(struct world *world, uint32_t ticket, unsigned carrier,
                                  const struct http_request *request)
{
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (!is_booking(request) || said.bookings > 1) return false;
    say(world, ticket, said.status, said.body);
    return true;
}

static bool every_booking_says_so(struct world *world, uint32_t ticket, unsigned carrier,
                                  const struct http_request *request)
{
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (!is_booking(request) || world->now_ms >= said.until_ms) return false;
    say(world, ticket, said.status, said.body);
    return true;
}

static bool everything_says_so(struct world *world, uint32_t ticket, unsigned carrier,
                               const struct http_request *request)
{
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (world->now_ms >= said.until_ms) return false;
    say(world, ticket, said.status, said.body);
    return true;
}

static bool first_answer_is_lost_and_look_ups_say_so(struct world *world, uint32_t ticket,
                                                     unsigned carrier,
                                                     const struct http_request *request)
{
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (is_booking(request) && said.bookings == 1) {
        line_answer(world, ticket, 1, EXCHANGE_MAYBE_SENT, 0, "", "");
        return true;
    }
    if (!is_look_up(request) || world->now_ms >= said.until_ms) return false;
    say(world, ticket, said.status, said.body);
    return true;
}

/* A world whose courier knows no key, so that only the look-up can tell. */
static struct world *begin(courier_fn *courier_says, int status, const char *body)
{
    struct world *world = scenario_begin();
    memset(&said, 0, sizeof said);
    said.status = status;
    said.body = body;
    world->keyless = true;
    world->station->carriers[0] = &world->plain;
    world->courier_says = courier_says;
    return world;
}

static void end(struct world *world, size_t wanted_bookings)
{
    EXPECT_I64(wanted_bookings, scenario_booked(world), "as many bookings as parcels");
    scenario_judge(world);
}

/* C03 */
static void a_server_error_may_have_booked(void)
{
    struct world *world = begin(first_booking_says_so, 500, "{}");
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, 60000);
    EXPECT_I64(1, packing_of(world)->parcels, "500, and booked: the look-up found it");
    EXPECT_I64(1, said.bookings, "nothing was sent twice");
    end(world, 1);
    world = begin(first_booking_says_so, 500, "{}");
    world->carrier_down[0] = true;
    scenario_pack(world, "WEB-1", 742000);
    world->carrier_down[0] = false;
    sim_pass(world, 90000);
    EXPECT_I64(1, packing_of(world)->parcels, "500, and not booked: sent again");
    EXPECT_I64(2, said.bookings, "once");
    EXPECT_I64(2, said.look_ups, "after two look-ups");
    end(world, 1);
}

/* C04 */
static void a_look_up_that_lags_is_no_second_booking(void)
{
    struct world *world = begin(first_answer_is_lost_and_look_ups_say_so, 200, "");
    scenario_start_booking(world);
    sim_pass(world, 1000);
    EXPECT_I64(1, (int64_t)world->couriers[0].count, "it is booked");
    world->couriers[0].shipments[0].visible_ms =
        world->now_ms + 24000; /* window: 20 s, lag: 10 s */
    sim_pass(world, 60000);
    EXPECT_I64(1, said.bookings, "the first \"not found\" is not believed");
    EXPECT_I64(2, said.look_ups, "the second look-up sees it");
    EXPECT_I64(1, packing_of(world)->parcels, "and the parcel is closed");
    end(world, 1);
}

/* C05 */
static void a_look_up_that_fails_for_an_hour_holds_up_nobody(void)
{
    struct world *world = begin(first_answer_is_lost_and_look_ups_say_so, 500, "{}");
    said.until_ms = world->now_ms + HOUR_MS;
    scenario_start_booking(world);
    sim_pass(world, 6000);
    set_aside(world);
    for (unsigned i = 2; i <= 5; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        bench_lay(world, 0);
        sim_pass(world, 2500);
        scenario_pack(world, order_no, 742000);
    }
    EXPECT_I64(4, packing_of(world)->parcels, "others are packed meanwhile");
    sim_pass(world, HOUR_MS - 120000);
    EXPECT_I64(1, world->station->backlog.waiting, "it is still unknown");
    EXPECT(said.look_ups > 30 && said.look_ups < 150, "asked again and again, not without pause");
    sim_pass(world, 300000);
    EXPECT_I64(0, world->station->backlog.waiting, "then it is found");
    EXPECT_I64(5, said.bookings, "none was sent twice");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-1");
    sim_pass(world, 6000);
    EXPECT_I64(5, packing_of(world)->parcels, "and its label comes with its scan");
    end(world, 5);
}

static bool books_under_another_number(struct world *world, uint32_t ticket, unsigned carrier,
                                       const struct http_request *request)
{
    char body[400];
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (world->now_ms >= said.until_ms) return false;
    if (is_booking(request)) {
        snprintf(body, sizeof body,
                 "{\"awb\":\"SBX999999999\",\"reference\":\"%s\",\"status\":\"booked\"}",
                 reference_in(request));
        say(world, ticket, 200, body);
        return true;
    }
    if (!is_look_up(request)) return false;
    snprintf(
        body, sizeof body,
        "{\"shipments\":[{\"awb\":\"SBX999999999\",\"reference\":\"%s\",\"status\":\"booked\"}]}",
        strstr(request->url, "reference=") + 10);
    say(world, ticket, 200, body);
    return true;
}

/* C06 */
static void a_repeat_under_another_number_is_not_taken(void)
{
    struct world *world = begin(books_under_another_number, 200, "");
    world->keyless = false; /* the key is known, and numbers lie on the box */
    world->config.carriers[0].pool_low = 20;
    sim_pass(world, 8000);
    sim_cut_power(world);
    sim_pass(world, 40000);
    EXPECT(pool_count(&world->station->pool, 0) > 0, "numbers lie on the box");
    said.until_ms = world->now_ms + HOUR_MS;
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, HOUR_MS - 60000);
    EXPECT(disk_find(world, "booked/sandbox/SBX999999999") == NULL, "it is not ours");
    EXPECT_I64(0, bench_label(world, "SBX999999999")->count, "and no label has it");
    EXPECT(said.look_ups > 0 && said.bookings <= 2 + BOOKING_RIDDLES_MAX, "it is asked, not told");
    sim_pass(world, 300000);
    EXPECT_I64(1, world->report.labels, "the label has the number that was chosen");
    EXPECT_I64(0, world->station->backlog.waiting, "when the courier says that number, it ends");
    end(world, 1);
}

static bool books_all_under_one_number(struct world *world, uint32_t ticket, unsigned carrier,
                                       const struct http_request *request)
{
    char body[400];
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (!is_booking(request)) return false;
    snprintf(body, sizeof body,
             "{\"awb\":\"SBX000000001\",\"reference\":\"%s\",\"status\":\"booked\"}",
             reference_in(request));
    say(world, ticket, 201, body);
    return true;
}

/* C07 */
static void one_number_for_two_parcels_is_for_a_person(void)
{
    struct world *world = begin(books_all_under_one_number, 201, "");
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, packing_of(world)->parcels, "the first is well");
    bench_lay(world, 0);
    sim_pass(world, 2500);
    scenario_pack(world, "WEB-2", 742000);
    expect_held(world, HELD_AWB_TWICE, "the disk refuses the second");
    EXPECT_I64(1, bench_label(world, "SBX000000001")->count, "its number comes out once");
    EXPECT_I64(1, world->report.labels, "and nothing else does");
    sim_close(world);
}

static bool labels_of_another(struct world *world, uint32_t ticket, unsigned carrier,
                              const struct http_request *request)
{
    char body[500];
    static const char label[] =
        "\"label\":{\"format\":\"zpl\",\"data\":\"^XA^FO40,40^BY3^BCN,200,Y,"
        "N,N,A^FDSBX777777777^FS^XZ\"}";
    const char *named = strstr(request->url, "/shipments/");
    (void)carrier;
    count(world, is_booking(request), is_look_up(request));
    if (is_booking(request)) {
        snprintf(body, sizeof body,
                 "{\"awb\":\"SBX%09llu\",\"reference\":\"%s\",\"status\":\"booked\",%s}",
                 (unsigned long long)world->couriers[0].next_awb + 1, reference_in(request), label);
    } else if (named != NULL && strstr(named, "/label") != NULL) {
        snprintf(body, sizeof body, "{\"awb\":\"%.12s\",%s}", named + 11, label);
    } else {
        return false;
    }
    say(world, ticket, is_booking(request) ? 201 : 200, body);
    return true;
}

/* C10 */
static void a_label_of_another_parcel_is_not_printed(void)
{
    struct world *world = begin(labels_of_another, 201, "");
    scenario_pack(world, "WEB-1", 742000);
    sim_pass(world, 4000);
    EXPECT_I64(1, packing_of(world)->parcels, "the parcel is closed");
    EXPECT_I64(0, bench_label(world, "SBX777777777")->count, "without the other's label");
    EXPECT_I64(1, bench_label(world, world->couriers[0].shipments[0].awb)->count,
               "with its own, that we draw");
    end(world, 1);
}

/* C12 */
static void credentials_that_run_out_at_noon_are_said(void)
{
    struct world *world = begin(everything_says_so, 401, "{\"error\":{\"code\":\"credentials\"}}");
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, packing_of(world)->parcels, "in the morning all is well");
    said.until_ms = world->now_ms + HOUR_MS;
    bench_lay(world, 0);
    sim_pass(world, 2500);
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    world->carrier_down[0] = true;
    sim_pass(world, HOUR_MS);
    expect_held(world, HELD_REFUSED, "then the courier turns us away");
    EXPECT_I64(2, said.bookings, "who hears no more of it");
    EXPECT(strstr(world->station->document, "credentials") != NULL, "the screen says why");
    world->carrier_down[0] = false;
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 500);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, 742000);
    sim_pass(world, 8000);
    EXPECT_I64(2, packing_of(world)->parcels, "with new ones it is packed");
    end(world, 2);
}

/* C13 */
static void eight_hours_of_503_end_without_a_rush(void)
{
    struct world *world = begin(everything_says_so, 503, "{\"error\":{\"code\":\"later\"}}");
    said.until_ms = world->now_ms + 8 * HOUR_MS;
    world->carrier_down[0] = true;
    for (unsigned i = 1; i <= 10; i++) {
        char order_no[16];
        snprintf(order_no, sizeof order_no, "WEB-%u", i);
        bench_lay(world, 0);
        sim_pass(world, 2500);
        bench_scan(world, order_no);
        sim_pass(world, 500);
        bench_lay(world, 742000);
        pass_until(world, PACKING_BOOKING);
        sim_pass(world, 6000);
        set_aside(world);
    }
    sim_pass(world, said.until_ms - world->now_ms);
    EXPECT_I64(10, world->station->backlog.waiting, "ten wait");
    EXPECT_I64(10, said.bookings, "each was sent once: a 503 may have booked");
    EXPECT(said.look_ups < 10 * 8 * 120, "and is asked about once in half a minute at most");
    world->carrier_down[0] = false;
    said.in_second_max = 0;
    sim_pass(world, 1800000);
    EXPECT_I64(0, world->station->backlog.waiting, "all are told when it is back");
    EXPECT(said.in_second_max <= 6, "a few in one second, not all at once");
    end(world, 10);
}

/* C19 */
static void a_weight_outside_the_plan_goes_to_another_courier(void)
{
    struct world *world =
        begin(every_booking_says_so, 422,
              "{\"error\":{\"code\":\"bad_weight\",\"message\":\"above 500 g\"}}");
    said.until_ms = INT64_MAX;
    world->carrier_down[0] = true;
    scenario_pack(world, "WEB-1", 742000);
    expect_held(world, HELD_REFUSED, "the courier says no");
    EXPECT(strstr(world->station->document, "above 500 g") != NULL, "and why, on the screen");
    world->oms.orders[0].carrier = 1;
    memset(world->cached, 0, world->oms.count);
    world->courier_says = NULL;
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 500);
    bench_lay(world, 0);
    sim_pass(world, 3000);
    bench_lay(world, 742000);
    sim_pass(world, 10000);
    EXPECT_I64(1, packing_of(world)->parcels, "another one takes it");
    EXPECT_I64(1, (int64_t)world->couriers[1].count, "with one booking");
    end(world, 1);
}

int main(void)
{
    EXPECT_RUN(a_server_error_may_have_booked);
    EXPECT_RUN(a_look_up_that_lags_is_no_second_booking);
    EXPECT_RUN(a_look_up_that_fails_for_an_hour_holds_up_nobody);
    EXPECT_RUN(a_repeat_under_another_number_is_not_taken);
    EXPECT_RUN(one_number_for_two_parcels_is_for_a_person);
    EXPECT_RUN(a_label_of_another_parcel_is_not_printed);
    EXPECT_RUN(credentials_that_run_out_at_noon_are_said);
    EXPECT_RUN(eight_hours_of_503_end_without_a_rush);
    EXPECT_RUN(a_weight_outside_the_plan_goes_to_another_courier);
    return expect_result();
}
