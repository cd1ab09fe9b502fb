/* trace.c - a run in words: virtual time, who, what. One line for what a person at the bench, at
 * the courier or at the order system would tell; events and commands by name are --trace=raw. */
#include <stdarg.h>
#include <string.h>

#include "tests/sim/world.h"

PRINTF_LIKE(3, 4)
static void line(struct world *world, const char *who, const char *format, ...)
{
    int64_t ms = world->now_ms;
    va_list arguments;
    fprintf(world->options.trace, "%3lld:%02lld:%02lld.%03lld  %-12s  ", (long long)(ms / 3600000),
            (long long)(ms / 60000 % 60), (long long)(ms / 1000 % 60), (long long)(ms % 1000), who);
    va_start(arguments, format);
    vfprintf(world->options.trace, format, arguments);
    va_end(arguments);
    fputc('\n', world->options.trace);
}

static bool wanted(const struct world *world)
{
    return world->options.trace != NULL && !world->options.trace_raw;
}

static void tell_parcel_fact(struct world *world, enum fact_kind kind, const struct parcel *parcel)
{
    const char *reference = parcel->reference;
    switch (kind) {
    case FACT_INTENT:
        line(world, "disk", "intent stored: %s, order %s, %lld g, by %s", reference,
             parcel->order_no, (long long)(parcel->mass_mg / 1000), parcel->carrier);
        break;
    case FACT_BOOKED:
        line(world, "disk", "booking stored: %s is %s", reference, parcel->awb);
        break;
    case FACT_REFUSED:
        line(world, "disk", "refusal stored: %s, %s", reference, parcel->note);
        break;
    case FACT_ABSENT:
        line(world, "disk", "stored: a person says that %s is not booked", reference);
        break;
    case FACT_LABEL: line(world, "disk", "the courier's label stored: %s", reference); break;
    case FACT_PRINT:
        line(world, "disk", "stored: label %u of %s goes to the printer", parcel->copy, reference);
        break;
    case FACT_PRINTED:
        line(world, "disk", "stored: label %u of %s is out", parcel->copy, reference);
        break;
    case FACT_ASIDE:
        line(world, "disk", "stored: %s leaves the bench before its booking, %s", reference,
             parcel->note);
        break;
    case FACT_SENDING:
        line(world, "disk", "stored: from now on something may be sent for %s", reference);
        break;
    case FACT_TAKEN_BACK:
        line(world, "disk", "stored: the label %s is destroyed", parcel->awb);
        break;
    case FACT_VOIDED:
        line(world, "disk", "stored: %s of %s is void", parcel->awb, reference);
        break;
    case FACT_VOID_REFUSED:
        line(world, "disk", "stored: the courier does not void %s", parcel->awb);
        break;
    case FACT_CLOSED:
        line(world, "disk", "closed: order %s, %s", parcel->order_no, reference);
        break;
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: break;
    }
}

static void tell_fact(struct world *world, const char *key)
{
    const struct sim_fact *fact = disk_find(world, key);
    enum fact_kind kind;
    struct parcel parcel;
    struct scratch scratch = {world->json_memory, world->json_size};
    if (fact == NULL || !fact_kind_parse(bytes_of_text(fact->kind), &kind)) return;
    if (kind == FACT_EVENT) return; /* told when it goes to the order system */
    if (!fact_is_of_parcel(kind) || !fact_parse(bytes_of_text(fact->body), scratch, &parcel)) {
        line(world, "disk", "stored: %s", key);
        return;
    }
    tell_parcel_fact(world, kind, &parcel);
}

static void tell_fault(struct world *world, const char *word)
{
    for (unsigned i = 0; i < FAULTS; i++) {
        enum sim_fault fault = (enum sim_fault)i;
        if (strcmp(sim_fault_word(fault), word) != 0) continue;
        line(world, "FAULT", "%s (%s@%u)", sim_fault_sentence(fault), word,
             (unsigned)world->asked[i]);
    }
}

void trace_tell(struct world *world, const char *what, const char *detail)
{
    static const struct {
        const char *what, *who, *words;
    } rows[] = {
        {"scan", "packer", "scans "},
        {"press", "packer", "presses "},
        {"label", "printer", "label out: "},
        {"booked", "courier", "has booked "},
        {"log", "station", "says "},
        {"world", "world", ""},
        {"power", "power", ""},
        {"VIOLATION", "BROKEN", ""},
    };
    if (strcmp(what, "fact") == 0) tell_fact(world, detail);
    if (strcmp(what, "fault") == 0) tell_fault(world, detail);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(what, rows[i].what) == 0)
            line(world, rows[i].who, "%s%s", rows[i].words, detail);
    }
}

static const struct booking *booking_of(const struct world *world, uint32_t ticket)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &world->station->bookings[slot];
        if (booking->state != BOOKING_FREE && booking->ticket == ticket) return booking;
    }
    return NULL;
}

static unsigned count_of(struct bytes text, const char *part)
{
    unsigned count = 0;
    for (;;) {
        size_t at = bytes_find(text, bytes_of_text(part));
        if (at == text.len) return count;
        text = bytes_from(text, at + 1);
        count++;
    }
}

static void tell_oms_request(struct world *world, const struct http_request *request)
{
    if (strstr(request->url, "/events") != NULL) {
        line(world, "station", "tells the order system %u events",
             count_of(textbuf_bytes(&request->body), "\"seq\":"));
    } else if (strstr(request->url, "/lookup") != NULL) {
        line(world, "station", "asks the order system for a code");
    }
}

void trace_request(struct world *world, const struct command *command)
{
    if (!wanted(world)) return;
    if (command->exchange.server == SERVER_OMS) {
        tell_oms_request(world, command->exchange.request);
        return;
    }
    const char *name = world->config.carriers[command->exchange.server - SERVER_CARRIER_FIRST].name;
    const struct booking *booking = booking_of(world, command->exchange.ticket);
    if (booking == NULL) {
        line(world, "station", "asks %s for AWB numbers", name);
    } else if (booking->task.operation == CARRIER_LOOKUP) {
        line(world, "station", "asks %s by reference: %s", name, booking->parcel.reference);
    } else {
        line(world, "station", "request to %s: %s %s", name,
             carrier_operation_word(booking->task.operation), booking->parcel.reference);
    }
}

void trace_answer(struct world *world, uint32_t ticket, enum exchange_end end, int status)
{
    if (!wanted(world)) return;
    const struct booking *booking = booking_of(world, ticket);
    if (booking == NULL) return;
    const char *reference = booking->parcel.reference;
    switch (end) {
    case EXCHANGE_ANSWERED:
        line(world, "line", "answer %d to %s of %s", status,
             carrier_operation_word(booking->task.operation), reference);
        break;
    case EXCHANGE_NOT_SENT: line(world, "line", "not sent: %s", reference); break;
    case EXCHANGE_MAYBE_SENT: line(world, "line", "no answer: %s", reference); break;
    case EXCHANGE_UNTRUSTED:
    case EXCHANGE_NO_CLOCK: line(world, "line", "not trusted: %s", reference); break;
    }
}

void trace_screen(struct world *world)
{
    const char *id = world->station->message_id;
    if (!wanted(world) || id == NULL || id == world->screen) return;
    world->screen = id;
    line(world, "screen", "%s", id);
}

void trace_scale(struct world *world)
{
    const struct sim_bench *bench = &world->bench;
    if (!wanted(world) || bench->shown_moving || bench->shown_mg == world->told_mg) return;
    world->told_mg = bench->shown_mg;
    line(world, "scale", "shows %lld g at rest", (long long)(bench->shown_mg / 1000));
}
