/* sim_config.c - see sim_config.h. */
#include "tests/sim/sim_config.h"

#include <stdio.h>
#include <string.h>

static void put(char *field, size_t size, const char *text)
{
    snprintf(field, size, "%s", text);
}
#define PUT(field, text) put((field), sizeof(field), (text))

void sim_config(struct config *config, struct secrets *secrets)
{
    memset(config, 0, sizeof *config);
    memset(secrets, 0, sizeof *secrets);
    config->number = 1;
    PUT(config->station, "bay-1");
    PUT(config->language, "en");
    config->mode = CONFIG_LIVE;
    config->automatic = true;
    PUT(config->scale.address, "tcp:127.0.0.1:1");
    PUT(config->scale.driver, "toledo-continuous");
    config->scale.division_mg = 1000;
    config->scale.capacity_mg = 30000000;
    config->scale.min_mass_mg = 20000;
    config->scale.max_mass_mg = 30000000;
    config->scale.empty_below_mg = 5000;
    config->scale.stable_for_ms = 300;
    PUT(config->scanners[0].address, "tcp:127.0.0.1:2");
    PUT(config->scanners[0].driver, "line");
    config->scanner_count = 1;
    PUT(config->printer.address, "tcp:127.0.0.1:3");
    PUT(config->printer.driver, "zpl");
    config->printer.dpi = 203;
    config->printer.width_dmm = 1016;
    config->printer.height_dmm = 1524;
    config->printer.draw = CONFIG_DRAW_RENDER;
    config->carrier_count = 2;
    PUT(config->carriers[0].name, "sandbox");
    PUT(config->carriers[1].name, "delhivery");
    for (size_t i = 0; i < 2; i++) {
        PUT(config->carriers[i].base_url, "https://courier.example");
        PUT(config->carriers[i].pickup_location, "SIM-WH-1");
        PUT(config->carriers[i].pickup_postcode, "560001");
        config->carriers[i].timeout_ms = 8000;
        config->carriers[i].pool_low = 20;
        PUT(secrets->carriers[i], "sim-token");
    }
    PUT(config->oms.kind, "custom");
    PUT(config->oms.base_url, "https://oms.example/packd/v1");
    config->oms.timeout_ms = 5000;
    config->oms.poll_ms = 5000;
    PUT(secrets->oms_token, "sim-token");
    config->limits.double_scan_ms = 300;
    config->limits.order_wait_ms = 5000;
    config->limits.booking_wait_ms = 5000;
    config->limits.print_wait_ms = 15000;
}
