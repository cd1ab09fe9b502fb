/* step.c - the few things every machine does with its step. */
#include "firmware/station/step.h"

#include <string.h>

#define FACTS_BEGUN_MAX 4u
#define ARENA_BEGUN_MAX (128u * 1024u)

/* The sums behind these limits. Commands: whoever begins below one half adds three at most; what
 * comes afterwards, packing, the shelf, new settings and the screen, is under thirty. Requests:
 * each fact pair in a batch may ask for one when it is stored, so two machines that store here, the
 * answer that came in and the parcel in hand make four. Arena: an answer keeps 512 KiB at most (a
 * label; a page 160) and nobody begins after it; below 128, one request adds 40 KiB; an intent
 * and the screen add 30. */
bool step_has_room(const struct step *step)
{
    return step->commands->request_count < 2 && step->commands->count < COMMANDS_MAX / 2 &&
           step->commands->batch.fact_count < FACTS_BEGUN_MAX &&
           step->commands->arena_used < ARENA_BEGUN_MAX;
}

uint32_t step_store(struct step *step)
{
    if (step->commands->batch_ticket == 0) {
        step->commands->batch_ticket = tickets_take(step->tickets, OWNER_BATCH, 0);
    }
    return step->commands->batch_ticket;
}

uint32_t step_exchange(struct step *step, enum owner owner, unsigned index, unsigned server,
                       const struct http_request *request)
{
    struct command *command = commands_add(step->commands, COMMAND_EXCHANGE);
    command->exchange.ticket = tickets_take(step->tickets, owner, index);
    command->exchange.server = server;
    command->exchange.request = request;
    return command->exchange.ticket;
}

void step_exchange_cancel(struct step *step, uint32_t ticket)
{
    if (ticket == 0) return;
    tickets_drop(step->tickets, ticket);
    commands_add(step->commands, COMMAND_EXCHANGE_CANCEL)->exchange.ticket = ticket;
}

uint32_t step_read_blob(struct step *step, enum owner owner, unsigned index, struct bytes key)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_BLOB);
    command->read.ticket = tickets_take(step->tickets, owner, index);
    command->read.key = commands_keep(step->commands, key);
    return command->read.ticket;
}

struct http_request *step_request(struct step *step, size_t body_size)
{
    struct http_request *request = commands_request(step->commands);
    http_request_init(request, HTTP_GET, commands_room(step->commands, body_size), body_size);
    return request;
}

uint64_t step_random(struct step *step)
{
    /* splitmix64: one word of state, good enough to spread retries, and the same on every
     * machine */
    uint64_t word = (*step->random += 0x9E3779B97F4A7C15u);
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

unsigned step_carrier_index(const struct step *step, const char *name)
{
    for (unsigned i = 0; i < step->config->carrier_count; i++) {
        if (step->carriers[i] != NULL && strcmp(step->config->carriers[i].name, name) == 0)
            return i;
    }
    return CONFIG_CARRIERS_MAX;
}

struct carrier_account step_carrier_account(const struct step *step, unsigned index)
{
    const struct config_carrier *carrier = &step->config->carriers[index];
    return (struct carrier_account){
        .base_url = carrier->base_url,
        .credential = step->secrets->carriers[index],
        .client = carrier->client,
        .pickup_location = carrier->pickup_location,
        .pickup_postcode = carrier->pickup_postcode,
        .timeout_ms = carrier->timeout_ms,
    };
}

struct oms_account step_oms_account(const struct step *step)
{
    return (struct oms_account){
        .base_url = step->config->oms.base_url,
        .token = step->secrets->oms_token,
        .station = step->config->station,
        .timeout_ms = step->config->oms.timeout_ms,
    };
}
