/* rating.c - see rating.h. */
#include "firmware/station/rating.h"

#include <string.h>

static bool payment_fits(enum config_payment rule, enum payment payment)
{
    switch (rule) {
    case CONFIG_ANY_PAYMENT: return true;
    case CONFIG_PREPAID: return payment == PAYMENT_PREPAID;
    case CONFIG_COD: return payment == PAYMENT_COD;
    }
    return false;
}

static bool rule_fits(const struct config_rule *rule, const struct order *order, int64_t mass_mg)
{
    if (order->carrier[0] != '\0' && strcmp(order->carrier, rule->carrier) != 0) return false;
    bool heavy_enough = mass_mg >= rule->min_mass_mg;
    bool light_enough = rule->max_mass_mg == 0 || mass_mg <= rule->max_mass_mg;
    return heavy_enough && light_enough && payment_fits(rule->payment, order->payment);
}

bool rating_choose(const struct step *step, const struct order *order, int64_t mass_mg,
                   struct choice *out_choice)
{
    for (unsigned i = 0; i < step->config->rule_count; i++) {
        const struct config_rule *rule = &step->config->rules[i];
        unsigned carrier = step_carrier_index(step, rule->carrier);
        if (carrier == CONFIG_CARRIERS_MAX || !rule_fits(rule, order, mass_mg)) continue;
        *out_choice =
            (struct choice){.carrier = carrier, .price_minor = rule->price_minor, .rule = i + 1};
        const char *service = order->service[0] != '\0' ? order->service : rule->service;
        ENSURE(
            bytes_to_text(bytes_of_text(service), out_choice->service, sizeof out_choice->service));
        return true;
    }
    if (step->config->rule_count > 0 && order->carrier[0] == '\0') return false;
    *out_choice = (struct choice){0};
    ENSURE(bytes_to_text(bytes_of_text(order->service), out_choice->service,
                         sizeof out_choice->service));
    if (order->carrier[0] != '\0') out_choice->carrier = step_carrier_index(step, order->carrier);
    return out_choice->carrier < step->config->carrier_count &&
           step->carriers[out_choice->carrier] != NULL;
}
