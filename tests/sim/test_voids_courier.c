/* Guards: an order that was cancelled after it was packed is voided at its courier until there is a
 * clear word. A no is a fact and a person's matter; a password that ran out is no word at all; and
 * new settings never lend one courier's ears to another's answer. */
#include "tests/sim/scenario.h"

static struct {
    int status; /* the courier's answer to a void; 0: as the model does */
    const char *body;
    unsigned asked;
} said;

static bool says(struct world *world, uint32_t ticket, unsigned carrier,
                 const struct http_request *request)
{
    (void)carrier;
    if (strstr(request->url, "/cancel") == NULL) return false;
    said.asked++;
    if (said.status == 0) return false;
    line_answer(world, ticket, 1, EXCHANGE_ANSWERED, said.status, "application/json", said.body);
    return true;
}

/* Packed, and then cancelled; the courier answers so. */
static struct world *cancel(int status, const char *body)
{
    struct world *world = scenario_begin();
    said.status = status;
    said.body = body;
    said.asked = 0;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, packing_of(world)->parcels, "it is closed");
    world->courier_says = says;
    world->carrier_down[0] = status != 0; /* the model does not void it behind the answer */
    oms_cancel(world, 0);
    return world;
}

static const struct sim_fact *fact(const struct world *world, const char *kind)
{
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "%s/%s", kind, world->couriers[0].shipments[0].reference);
    return disk_find(world, key);
}

/* It stands, for good: who is to do what about it is known. */
static void expect_refused(struct world *world, const char *why)
{
    const struct sim_fact *refused = fact(world, "void_refused");
    EXPECT(refused != NULL && strstr(refused->body, why) != NULL, "the no is a fact, and why");
    EXPECT(fact(world, "voided") == NULL, "nobody is told that it is void");
    EXPECT_I64(0, (int64_t)world->station->voids.count, "it is not asked for ever");
    EXPECT_I64(1, world->station->voids.refused, "and counted");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "the label is called back all the same");
    unsigned asked = said.asked;
    sim_cut_power(world);
    sim_pass(world, 120000);
    EXPECT_I64(asked, said.asked, "nor asked again after a start");
    bench_scan(world, "WEB-1");
    sim_pass(world, 500);
    expect_held(world, HELD_RECALLED, "whoever has it in hand is stopped");
    sim_close(world);
}

static void a_no_is_a_fact_and_a_persons_matter(void)
{
    struct world *world =
        cancel(409, "{\"error\":{\"code\":\"too_late\",\"message\":\"it was picked up\"}}");
    sim_pass(world, 120000);
    EXPECT_I64(1, said.asked, "one clear word is enough");
    expect_refused(world, "too_late");
}

static void what_no_courier_can_do_is_known_at_once(void)
{
    struct world *world = cancel(0, "");
    world->plain.supports[CARRIER_CANCEL] = false;
    world->station->carriers[0] = &world->plain;
    sim_pass(world, 120000);
    EXPECT_I64(0, said.asked, "it is not asked for what it does not know");
    expect_refused(world, "not_supported");
}

static bool cannot_say(const struct carrier_task *task, const struct carrier_account *account,
                       struct http_request *request, const char **out_why)
{
    (void)task;
    (void)account;
    (void)request;
    *out_why = "a setting is missing";
    return false;
}

static void nor_is_what_cannot_be_said(void)
{
    struct world *world = cancel(0, "");
    world->plain.build = cannot_say;
    world->station->carriers[0] = &world->plain;
    sim_pass(world, 120000);
    EXPECT_I64(0, said.asked, "nothing can be sent");
    expect_refused(world, "cannot_be_said");
}

/* Its courier has been taken out of the settings. */
static void a_courier_that_is_gone_is_a_persons_matter(void)
{
    struct world *world = scenario_begin();
    world->oms.orders[0].carrier = 1;
    scenario_pack(world, "WEB-1", 742000);
    EXPECT_I64(1, world->couriers[1].count, "packed for the second courier");
    world->config.carrier_count = 1;
    sim_cut_power(world);
    sim_pass(world, 30000);
    oms_cancel(world, 0);
    sim_pass(world, 120000);
    EXPECT_I64(1, world->station->voids.refused, "nobody can be asked");
    EXPECT_I64(0, (int64_t)world->station->voids.count, "so the others have their turn");
    EXPECT_I64(1, (int64_t)world->station->recalls.count, "and the label is called back");
    sim_close(world);
}

static void a_password_that_ran_out_is_no_word(void)
{
    struct world *world =
        cancel(401, "{\"error\":{\"code\":\"credentials\",\"message\":\"who are you?\"}}");
    sim_pass(world, 300000);
    EXPECT(said.asked > 1, "it is asked again");
    EXPECT(fact(world, "void_refused") == NULL, "the AWB was not judged");
    EXPECT_I64(1, (int64_t)world->station->voids.count, "it is still to be voided");
    said.status = 0; /* somebody has put in the new one */
    world->carrier_down[0] = false;
    sim_pass(world, 900000);
    EXPECT(world->couriers[0].shipments[0].cancelled, "then it is");
    EXPECT(fact(world, "voided") != NULL, "and known");
    EXPECT_I64(0, (int64_t)world->station->voids.count, "nothing is left to do");
    sim_close(world);
}

/* The answer comes when another courier stands in that place. */
static void new_settings_do_not_lend_their_ears(void)
{
    static struct config fresh;
    struct event offered = {.kind = EVENT_CONFIG_OFFERED};
    struct world *world = cancel(0, "");
    for (unsigned i = 0; i < 12000 && world->station->voids.state != VOIDS_SENDING; i++)
        sim_pass(world, 10);
    EXPECT_I64(VOIDS_SENDING, world->station->voids.state, "it is on its way");
    uint32_t ticket = world->station->voids.ticket;
    fresh = world->config;
    fresh.number = 2;
    fresh.carriers[0] = world->config.carriers[1];
    fresh.carriers[1] = world->config.carriers[0];
    offered.config.config = &fresh;
    sim_give(world, &offered);
    EXPECT_I64(2, world->station->config->number, "the bench is free: they are adopted");
    EXPECT(world->station->voids.state != VOIDS_SENDING, "the answer is not waited for");
    line_answer(world, ticket, 1, EXCHANGE_ANSWERED, 401, "application/json", "{}");
    sim_pass(world, 5);
    EXPECT(fact(world, "void_refused") == NULL, "nor taken for another courier's");
    EXPECT_I64(1, (int64_t)world->station->voids.count, "it is asked again");
    sim_close(world);
}

int main(void)
{
    EXPECT_RUN(a_no_is_a_fact_and_a_persons_matter);
    EXPECT_RUN(what_no_courier_can_do_is_known_at_once);
    EXPECT_RUN(nor_is_what_cannot_be_said);
    EXPECT_RUN(a_courier_that_is_gone_is_a_persons_matter);
    EXPECT_RUN(a_password_that_ran_out_is_no_word);
    EXPECT_RUN(new_settings_do_not_lend_their_ears);
    return expect_result();
}
