/* Guards: a label is printed only when its AWB was read back from its own dots, or a person answers
 * for it with a name; what cannot be read is drawn anew where the courier lets us, and whoever
 * draws may die without a parcel being lost. */
#include "tests/sim/scenario.h"

static struct world *begin(void)
{
    struct world *world = scenario_begin();
    world->pages = true;
    world->keyless = true; /* the courier of the scenario, whose promises it may change */
    world->station->carriers[0] = &world->plain;
    return world;
}

/* What the fact of the label that was begun says. */
static bool print_says(const struct world *world, const char *part)
{
    for (size_t i = 0; i < world->disk.count; i++) {
        const struct sim_fact *fact = &world->disk.facts[i];
        if (strcmp(fact->kind, "print") == 0 && strstr(fact->body, part) != NULL) return true;
    }
    return false;
}

static void a_document_that_reads_is_printed_and_known_by_its_dots(void)
{
    struct world *world = begin();
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->report.labels, "the label is out");
    EXPECT(print_says(world, "\"label_by\":\"document\""), "it is the courier's");
    EXPECT(print_says(world, "\"picture\":\"0"), "and known by its dots");
    scenario_end(world, 1, "one booking");
}

static void a_document_that_does_not_read_is_drawn_by_us(void)
{
    struct world *world = begin();
    world->render_blind = true;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->report.labels, "the label is out");
    EXPECT(print_says(world, "\"label_by\":\"template\""), "it is ours");
    scenario_end(world, 1, "one booking");
}

static void our_own_label_bears_the_sort_code_also_after_a_cut(void)
{
    struct world *world = begin();
    world->render_blind = true;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until_printer(world, PRINTING_DRAWING);
    sim_pass(world, 3000);
    EXPECT_TEXT("SIM", world->drawn_route, "as the courier said it with the booking");
    world->drawn_route[0] = '\0';
    sim_cut_power(world);
    sim_pass(world, 20000);
    bench_lay(world, 0);
    sim_pass(world, 5000);
    bench_scan(world, "WEB-1");
    sim_pass(world, 3000);
    bench_label(world, "SBX000000001")->allowed = 2;
    bench_press(world, PRESS_REPRINT, "torn");
    sim_pass(world, 60000);
    EXPECT_TEXT("SIM", world->drawn_route, "and a reprint after the cut knows it from the disk");
    scenario_judge(world);
}

static void what_is_odd_about_a_label_is_said_and_stands_in_its_fact(void)
{
    struct world *world = begin();
    world->render_warns = RENDER_WARN_SCALED | RENDER_WARN_TEXT_CUT;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until_printer(world, PRINTING_PROVING);
    EXPECT(scenario_shows(world, "\"notes\":[\"scaled\",\"text_cut\"]"), "the page says what");
    sim_pass(world, 8000);
    EXPECT_I64(1, world->report.labels, "it is printed all the same");
    EXPECT(print_says(world, "\"label_notes\":\"scaled text_cut\""), "its fact says what");
    EXPECT_I64(2, world->label_logs, "the log says both");
    bench_lay(world, 0);
    sim_pass(world, 3000);
    scenario_pack(world, "WEB-2", 742000);
    EXPECT_I64(3, world->label_logs, "once a courier, but a cut address always");
    scenario_end(world, 2, "two bookings");
}

static void where_nobody_draws_the_printer_does(void)
{
    struct world *world = begin();
    world->render_gone = true;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->report.labels, "the label is out");
    EXPECT(print_says(world, "\"label_by\":\"plain\""), "in the printer's letters");
    scenario_end(world, 1, "one booking");
}

static void a_label_nobody_may_draw_waits_for_a_name(void)
{
    struct world *world = begin();
    world->plain.promises.label_self_drawn = false;
    world->render_blind = true;
    scenario_pack(world, "WEB-1", 742000);
    expect_held(world, HELD_LABEL_UNREAD, "it cannot be read");
    EXPECT_I64(0, world->report.labels, "and is not printed");
    bench_scan(world, "WEB-2");
    sim_pass(world, 500);
    expect_held(world, HELD_LABEL_UNREAD, "the parcel is not forgotten over another scan");
    bench_press(world, PRESS_LABEL_ANYWAY, "");
    sim_pass(world, 3000);
    expect_held(world, HELD_LABEL_UNREAD, "nobody is no name");
    bench_press(world, PRESS_TRY_AGAIN, "");
    sim_pass(world, 3000);
    expect_held(world, HELD_LABEL_UNREAD, "and it reads no better the second time");
    bench_press(world, PRESS_LABEL_ANYWAY, "Meera");
    sim_pass(world, 5000);
    EXPECT_I64(1, world->report.labels, "with a name it is printed");
    EXPECT(print_says(world, "\"anyway_by\":\"Meera\""), "which stands in the fact");
    scenario_end(world, 1, "one booking");
}

static void another_parcels_document_is_never_printed(void)
{
    struct world *world = begin();
    world->plain.promises.label_self_drawn = false;
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until_printer(world, PRINTING_DRAWING);
    struct event event = {.kind = EVENT_RENDERED};
    struct render_answer answer = {.warnings = RENDER_WARN_WANTED};
    event.rendered.ticket = world->station->printing.ticket;
    event.rendered.answer = &answer;
    sim_give(world, &event);
    expect_held(world, HELD_LABEL_UNREAD, "its number is not on the picture");
    sim_pass(world, 3000);
    EXPECT_I64(0, world->report.labels, "the late answer finds nobody");
    scenario_end(world, 1, "one booking");
}

static void a_cut_while_it_is_drawn_costs_nothing(void)
{
    struct world *world = begin();
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    bench_lay(world, 742000);
    pass_until_printer(world, PRINTING_DRAWING);
    sim_cut_power(world);
    sim_pass(world, 60000);
    EXPECT_I64(1, world->report.labels, "the start draws it anew");
    scenario_judge(world);
}

static void a_hold_label_is_drawn_too(void)
{
    struct world *world = begin();
    begin_slow(world, "WEB-1");
    bench_press(world, PRESS_SET_ASIDE, "");
    pass_until_printer(world, PRINTING_DRAWING);
    expect_state(world, PACKING_PRINTING, "it is being drawn");
    sim_pass(world, 3000);
    EXPECT_I64(1, world->report.hold_labels, "and is out");
    expect_state(world, PACKING_IDLE, "the bench is free");
    scenario_end(world, 1, "booked all the same");
}

int main(void)
{
    EXPECT_RUN(a_document_that_reads_is_printed_and_known_by_its_dots);
    EXPECT_RUN(a_document_that_does_not_read_is_drawn_by_us);
    EXPECT_RUN(our_own_label_bears_the_sort_code_also_after_a_cut);
    EXPECT_RUN(what_is_odd_about_a_label_is_said_and_stands_in_its_fact);
    EXPECT_RUN(where_nobody_draws_the_printer_does);
    EXPECT_RUN(a_label_nobody_may_draw_waits_for_a_name);
    EXPECT_RUN(another_parcels_document_is_never_printed);
    EXPECT_RUN(a_cut_while_it_is_drawn_costs_nothing);
    EXPECT_RUN(a_hold_label_is_drawn_too);
    return expect_result();
}
