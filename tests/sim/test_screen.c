/* Guards: the packer reads what is wrong and not merely that something is: which flap of the
 * printer, what the scale means, why the courier refused; and a long list is shown by its first
 * entries and its length, never cut off in the middle. */
#include "tests/sim/scenario.h"

/* Nothing happens; the screen is made anew. */
static void look(struct world *world)
{
    struct event turn = {.kind = EVENT_DEADLINE};
    sim_give(world, &turn);
}

static void give_bytes(struct world *world, uint32_t port, struct bytes bytes)
{
    struct event event = {.kind = EVENT_PORT_BYTES};
    event.port.port = port;
    event.port.bytes = bytes;
    sim_give(world, &event);
}

/* ~HS: ZPL II Programming Guide, Host Status Return. */
static void the_printer_says_what_it_wants(void)
{
    static const struct {
        const char *status, *message;
    } rows[] = {
        {"\x02"
         "030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02"
         "000,0,1,0,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_head_open"},
        {"\x02"
         "030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02"
         "000,0,0,1,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_ribbon_out"},
        {"\x02"
         "030,0,1,1245,000,0,0,0,000,0,0,0\x03\r\n\x02"
         "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_paused"},
        {"\x02"
         "030,0,0,1245,000,0,0,0,000,0,0,1\x03\r\n\x02"
         "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_hot"},
        {"\x02"
         "030,0,0,1245,000,0,1,0,000,0,0,0\x03\r\n\x02"
         "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_not_ready"}, /* diagnostic mode */
        {"\x02"
         "030,1,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02"
         "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n",
         "printer_paper_out"},
    };
    struct world *world = scenario_begin();
    world->bench.paper_out = true;
    world->bench.paper_back_ms = world->now_ms + 600000;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(PRINTING_WAITING, world->station->printing.state, "a label waits for it");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        give_bytes(world, world->bench.printer_port, bytes_of_text(rows[i].status));
        scenario_says(world, rows[i].message, "what the printer says");
    }
    EXPECT_I64(0, world->report.labels, "and nothing is sent to it meanwhile");
    scenario_end(world, 1, "one booking");
}

static void the_scale_says_what_it_means(void)
{
    static const struct {
        struct scale_reading reading;
        const char *message;
    } rows[] = {
        {{.mass_mg = -400000, .underload = true}, "underload"},
        {{.mass_mg = 742000, .stable = true}, "unusable"},
        {{.mass_mg = 742000}, "wait_stable"},
    };
    static const uint8_t noise[SCALE_WRONG_LINE_BYTES + 100];
    struct world *world = scenario_begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        weighing_reading(&world->station->weighing, &world->config.scale, &rows[i].reading,
                         world->now_ms);
        look(world);
        scenario_says(world, rows[i].message, "of this reading");
    }
    give_bytes(world, world->bench.scale_port, bytes_of(noise, sizeof noise));
    scenario_says(world, "scale_wrong_line", "noise is wrong settings of the line");
    scenario_end(world, 0, "nothing was booked");
}

static void a_refusal_says_whose_turn_it_is(void)
{
    static const struct {
        enum carrier_reason reason;
        const char *message;
    } rows[] = {
        {REASON_BAD_PINCODE, "refused_bad_pincode"},
        {REASON_BAD_PINCODE_OR_NOT_SERVICEABLE, "refused_bad_pincode"},
        {REASON_NOT_SERVICEABLE, "refused_not_serviceable"},
        {REASON_EMBARGO, "refused_not_serviceable"},
        {REASON_COD_NOT_SERVICEABLE, "refused_cod"},
        {REASON_COD_LIMIT, "refused_cod"},
        {REASON_ACCOUNT_FUNDS, "refused_account"},
        {REASON_CREDENTIALS, "refused_credentials"},
        {REASON_CONFIG, "refused_config"},
        {REASON_BAD_ADDRESS, "refused_address"},
        {REASON_BAD_WEIGHT, "refused_weight"},
        {REASON_OTHER, "refused_other"},
        {REASON_TOO_LATE, "refused_other"},
    };
    struct world *world = scenario_begin();
    world->oms.orders[0].bad_pincode = true;
    scenario_pack(world, "WEB-1", 742000);
    expect_held(world, HELD_REFUSED, "the courier says no");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        world->station->packing.refusal = rows[i].reason;
        look(world);
        scenario_says(world, rows[i].message, carrier_reason_word(rows[i].reason));
    }
    scenario_end(world, 0, "nothing was booked");
}

static void an_order_system_that_counts_otherwise_is_said(void)
{
    struct world *world = scenario_begin();
    world->station->sync.stopped = true; /* test_sync.c says when */
    look(world);
    scenario_says(world, "event_numbers", "somebody has to look");
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_state(world, PACKING_WEIGHING, "but the bench goes on");
    sim_close(world);
}

static void a_long_list_is_shown_by_its_first_entries(void)
{
    struct world *world = scenario_begin();
    struct parcel_list *recalls = &world->station->recalls;
    struct parcel parcel = {.package_no = 1, .generation = 1};
    struct oms_event event = {.type = OMS_EVENT_BOOKED};
    look(world);
    EXPECT(!scenario_shows(world, "\"recalls\"") && !scenario_shows(world, "\"letters\""),
           "none, and no list");
    for (unsigned i = 0; i < 6; i++) {
        struct listed listed;
        snprintf(parcel.reference, sizeof parcel.reference, "bay-1-%u", i);
        snprintf(parcel.awb, sizeof parcel.awb, "AWB%u", i);
        listed_of(&listed, &parcel, "embargo");
        parcel_list_put_back(recalls, &listed);
        event.seq = 100 + i;
        EXPECT(letters_add(&world->station->letters, &event, "unknown_shipment"), "there is room");
        look(world);
        EXPECT(i > 0 || scenario_shows(world, "\"letters\":{\"count\":1,"), "one is one");
    }
    look(world);
    EXPECT(scenario_shows(world, "\"recalls\":{\"count\":6,"), "six are called back");
    EXPECT(scenario_shows(world, "\"AWB4\"") && !scenario_shows(world, "\"AWB5\""), "five stand");
    EXPECT(scenario_shows(world, "\"letters\":{\"count\":6,"), "six events were refused");
    EXPECT(scenario_shows(world, "\"number\":104") && !scenario_shows(world, "\"number\":105"),
           "five stand");
    scenario_says(world, "recall_waiting", "and the idle screen tells the first");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(the_printer_says_what_it_wants);
    EXPECT_RUN(the_scale_says_what_it_means);
    EXPECT_RUN(a_refusal_says_whose_turn_it_is);
    EXPECT_RUN(an_order_system_that_counts_otherwise_is_said);
    EXPECT_RUN(a_long_list_is_shown_by_its_first_entries);
    return expect_result();
}
