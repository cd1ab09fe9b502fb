/* step_bench.h - a step for one machine alone: settings, an arena for its commands, a clock that
 * the test turns. Storage is static: one bench a program. */
#ifndef PACKD_TESTS_SUPPORT_STEP_BENCH_H
#define PACKD_TESTS_SUPPORT_STEP_BENCH_H

#include <string.h>

#include "carriers/carrier_list.h"
#include "firmware/oms/oms_list.h"
#include "firmware/station/step.h"

static struct {
    struct config config;
    struct secrets secrets;
    struct commands commands;
    struct tickets tickets;
    uint64_t random;
    uint64_t next_event_seq;
    _Alignas(16) uint8_t scratch[256 * 1024];
} bench;

/* A fresh step at this time; the commands of the step before are gone, tickets and chance stay. */
__attribute__((unused)) static struct step bench_step(int64_t now_ms)
{
    commands_reset(&bench.commands);
    struct step step = {.config = &bench.config,
                        .secrets = &bench.secrets,
                        .oms = oms_find(BYTES_LITERAL("custom")),
                        .now_ms = now_ms,
                        .wall_ms = 1790000000000 + now_ms,
                        .wall_trusted = true,
                        .commands = &bench.commands,
                        .tickets = &bench.tickets,
                        .random = &bench.random,
                        .scratch = {bench.scratch, sizeof bench.scratch},
                        .next_event_seq = &bench.next_event_seq,
                        .epoch = "0123456789abcdef"};
    for (size_t i = 0; i < bench.config.carrier_count; i++) {
        step.carriers[i] = carrier_find(bytes_of_text(bench.config.carriers[i].name));
    }
    return step;
}

/* Two couriers, as training mode and a small seller would have them. */
__attribute__((unused)) static void bench_init(void)
{
    memset(&bench, 0, sizeof bench);
    bench.next_event_seq = 1;
    memcpy(bench.config.station, "bay-1", sizeof "bay-1");
    memcpy(bench.config.carriers[0].name, "sandbox", sizeof "sandbox");
    memcpy(bench.config.carriers[1].name, "delhivery", sizeof "delhivery");
    bench.config.carrier_count = 2;
    for (size_t i = 0; i < 2; i++) {
        memcpy(bench.config.carriers[i].base_url, "https://courier.example",
               sizeof "https://courier.example");
        memcpy(bench.config.carriers[i].pickup_location, "WH-1", sizeof "WH-1");
        memcpy(bench.secrets.carriers[i], "not-a-secret", sizeof "not-a-secret");
        bench.config.carriers[i].timeout_ms = 8000;
    }
    memcpy(bench.config.oms.base_url, "https://oms.example/packd/v1",
           sizeof "https://oms.example/packd/v1");
    bench.config.oms.timeout_ms = 5000;
    bench.config.oms.poll_ms = 5000;
    bench.config.limits.order_wait_ms = 5000;
    bench.config.limits.booking_wait_ms = 5000;
}

__attribute__((unused)) static const struct command *bench_command(enum command_kind kind)
{
    for (size_t i = 0; i < bench.commands.count; i++) {
        if (bench.commands.items[i].kind == kind) return &bench.commands.items[i];
    }
    return NULL;
}

#endif
