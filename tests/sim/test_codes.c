/* Guards: whatever kind of code an order is scanned by, the same order is found; a code that was
 * misread (fault B06) is refused with a tone and a sentence and moves nothing that is going on. */
#include "tests/sim/scenario.h"

static void an_order_is_found_by_each_kind_of_code(void)
{
    static const struct {
        const char *scan, *promise;
    } rows[] = {
        {"]C0WEB-1", "plain bars"},
        {"]C1400WEB-1", "GS1-128 with the customer's order number"},
        {"]d2400WEB-1\035420560038", "GS1 Data Matrix with more in it"},
        {"]Q1{\"order_no\":\"WEB-1\"}", "a QR code with an object"},
        {"]Q1https://s.example/orders/WEB-1", "a QR code with an address"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world *world = scenario_begin();
        bench_scan(world, rows[i].scan);
        sim_pass(world, 500);
        expect_state(world, PACKING_WEIGHING, rows[i].promise);
        EXPECT_TEXT("WEB-1", packing_of(world)->order.order_no, rows[i].promise);
        bench_lay(world, 742000);
        sim_pass(world, 8000);
        EXPECT_I64(1, packing_of(world)->parcels, "and its parcel goes its way");
        scenario_judge(world);
    }
}

static void a_misread_code_is_refused(void)
{
    static const struct {
        const char *scan, *message;
    } rows[] = {
        {"EE123456784IN", "bad_check_digit"},       {"]C100006141411234567891", "bad_check_digit"},
        {"]Q1{\"sku\":\"X\"}", "no_order_in_code"}, {"]Q1{\"order\":", "no_order_in_code"},
        {"]E04006381333931", "unknown_product"},    {"560038", "unknown_pincode"},
        {"EE123456785IN", "unknown_awb"},
    };
    struct world *world = scenario_begin();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t sounds = packing_of(world)->sound_number;
        bench_scan(world, rows[i].scan);
        sim_pass(world, 1000);
        scenario_says(world, rows[i].message, rows[i].scan);
        EXPECT(packing_of(world)->sound_number > sounds, "it is heard");
        EXPECT_TEXT("error", packing_of(world)->sound, "as an error");
    }
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_state(world, PACKING_WEIGHING, "the next good scan simply goes on");
    scenario_end(world, 0, "nothing was booked");
}

static void a_scanner_that_eats_separators_is_told(void)
{
    struct world *world = scenario_begin();
    world->config.scan.gs1_without_aim = true;
    bench_scan(world, "10AB100006141411234567890");
    sim_pass(world, 500);
    scenario_says(world, "code_unclear", "two readings are none");
    bench_scan(world, "400WEB-1");
    sim_pass(world, 500);
    EXPECT_TEXT("WEB-1", packing_of(world)->order.order_no, "one that is clear is taken");
    sim_close(world);
}

static void a_misread_code_does_not_disturb_a_booking(void)
{
    struct world *world = scenario_begin();
    scenario_start_booking(world);
    lose_answer(world);
    sim_pass(world, 100);
    uint32_t sounds = packing_of(world)->sound_number;
    bench_scan(world, "EE123456784IN");
    sim_pass(world, 100);
    expect_state(world, PACKING_BOOKING, "it goes on");
    EXPECT(packing_of(world)->sound_number > sounds, "and it is heard that the code was not taken");
    sim_pass(world, 60000);
    scenario_judge(world);
}

int main(void)
{
    EXPECT_RUN(an_order_is_found_by_each_kind_of_code);
    EXPECT_RUN(a_misread_code_is_refused);
    EXPECT_RUN(a_scanner_that_eats_separators_is_told);
    EXPECT_RUN(a_misread_code_does_not_disturb_a_booking);
    return expect_result();
}
