/* Guards: the first rule that fits chooses the courier; an order that demands one gets that one
 * or none. */
#include "firmware/station/rating.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static void set_rules(void)
{
    static const struct config_rule rules[] = {
        {.carrier = "delhivery",
         .service = "express",
         .payment = CONFIG_COD,
         .max_mass_mg = 500000,
         .price_minor = 9900},
        {.carrier = "sandbox",
         .service = "surface",
         .payment = CONFIG_ANY_PAYMENT,
         .max_mass_mg = 2000000,
         .price_minor = 5000},
        {.carrier = "delhivery",
         .service = "surface",
         .payment = CONFIG_ANY_PAYMENT,
         .min_mass_mg = 2000001,
         .price_minor = 12000},
    };
    memcpy(bench.config.rules, rules, sizeof rules);
    bench.config.rule_count = ARRAY_LEN(rules);
}

static void the_first_fitting_rule_wins(void)
{
    static const struct {
        int64_t mass_mg;
        enum payment payment;
        const char *demanded;
        unsigned rule; /* 0: no courier */
        const char *promise;
    } rows[] = {
        {400000, PAYMENT_COD, "", 1, "COD and light: the first rule"},
        {500000, PAYMENT_COD, "", 1, "the upper limit belongs to the rule"},
        {500001, PAYMENT_COD, "", 2, "a milligram more does not"},
        {400000, PAYMENT_PREPAID, "", 2, "prepaid passes the COD rule by"},
        {2000001, PAYMENT_PREPAID, "", 3, "heavy"},
        {400000, PAYMENT_PREPAID, "delhivery", 0,
         "a demanded courier without a fitting rule is asked anyway"},
    };
    bench_init();
    set_rules();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct step step = bench_step(1000);
        struct order order = {.payment = rows[i].payment};
        struct choice choice = {0};
        snprintf(order.carrier, sizeof order.carrier, "%s", rows[i].demanded);
        EXPECT(rating_choose(&step, &order, rows[i].mass_mg, &choice), rows[i].promise);
        EXPECT_I64(rows[i].rule, choice.rule, rows[i].promise);
        if (rows[i].demanded[0] != '\0') EXPECT_I64(1, choice.carrier, rows[i].promise);
    }
}

static void what_nobody_may_take_is_said_to_be_so(void)
{
    bench_init();
    set_rules();
    bench.config.rule_count = 2;
    struct step step = bench_step(1000);
    struct order order = {.payment = PAYMENT_PREPAID};
    struct choice choice;
    EXPECT(!rating_choose(&step, &order, 2000001, &choice), "no rule fits");
    memcpy(order.carrier, "bluedart", 9);
    EXPECT(!rating_choose(&step, &order, 400000, &choice),
           "a demanded courier that is not configured");
}

static void without_rules_the_first_courier_takes_all(void)
{
    bench_init();
    struct step step = bench_step(1000);
    struct order order = {0};
    struct choice choice;
    EXPECT(rating_choose(&step, &order, 400000, &choice) && choice.carrier == 0, "the first one");
    bench.config.carrier_count = 0;
    step = bench_step(1000);
    EXPECT(!rating_choose(&step, &order, 400000, &choice), "and none when none is configured");
}

int main(void)
{
    EXPECT_RUN(the_first_fitting_rule_wins);
    EXPECT_RUN(what_nobody_may_take_is_said_to_be_so);
    EXPECT_RUN(without_rules_the_first_courier_takes_all);
    return expect_result();
}
