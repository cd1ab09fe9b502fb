/* tally.c - see tally.h. */
#include "tests/sim/tally.h"

#include <string.h>

const char *tally_kind_word(unsigned kind)
{
    return kind == TALLY_CUT ? "power_cut" : event_kind_word((enum event_kind)kind);
}

/* An answer or a deadline belongs to one slot; anything else happens while it is in its state. */
static bool is_for(const struct booking *booking, const struct event *event)
{
    bool answers = event->kind == EVENT_STORED || event->kind == EVENT_STORE_FAILED;
    bool news = !answers && event->kind != EVENT_EXCHANGE && event->kind != EVENT_DEADLINE;
    if (news) return true;
    if (event->kind == EVENT_DEADLINE) return booking->deadline_ms <= event->now_ms;
    if (booking->ticket == 0) return false;
    if (event->kind == EVENT_EXCHANGE) return event->exchange.ticket == booking->ticket;
    return event->store.ticket == booking->ticket;
}

void tally_before(struct tally *tally, const struct station *station, const struct event *event,
                  struct tally_mark *out_mark)
{
    tally->packing[station->packing.state][event->kind]++;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &station->bookings[slot];
        out_mark->unsure[slot] = booking->unsure;
        if (booking->state == BOOKING_FREE || !is_for(booking, event)) continue;
        tally->booking[booking->state][event->kind]++;
    }
    out_mark->reason = station->packing.reason;
}

void tally_after(struct tally *tally, const struct station *station, const struct tally_mark *mark)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        if (station->bookings[slot].unsure && !mark->unsure[slot]) tally->unknown++;
    }
    bool asked = station->packing.state == PACKING_HELD &&
                 station->packing.reason == HELD_LABEL_UNKNOWN &&
                 mark->reason != HELD_LABEL_UNKNOWN;
    if (asked) tally->questions++;
}

void tally_cut(struct tally *tally, const struct station *station)
{
    tally->packing[station->packing.state][TALLY_CUT]++;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        enum booking_state state = station->bookings[slot].state;
        if (state != BOOKING_FREE) tally->booking[state][TALLY_CUT]++;
    }
}

void tally_fact(struct tally *tally, const char *word, const struct parcel *parcel)
{
    enum fact_kind kind;
    if (!fact_kind_parse(bytes_of_text(word), &kind)) return;
    if (kind == FACT_INTENT) {
        tally->intents++;
        if (parcel->generation > 1) tally->rebooked++;
    }
    if (kind == FACT_PRINT) {
        tally->prints++;
        if (parcel->copy > 1) tally->reprints++;
    }
    if (kind == FACT_BOOKED) tally->booked++;
    if (kind == FACT_REFUSED) tally->refused++;
    if (kind == FACT_ABSENT) tally->absent++;
    if (kind == FACT_ASIDE) tally->asides++;
    if (kind == FACT_CLOSED) tally->closed++;
}

void tally_add(struct tally *sum, const struct tally *more)
{
    uint64_t *to = (uint64_t *)sum; /* nothing but counts, all of one kind */
    const uint64_t *from = (const uint64_t *)more;
    _Static_assert(sizeof *sum % sizeof *to == 0, "a tally is a run of counts");
    for (size_t i = 0; i < sizeof *sum / sizeof *to; i++) to[i] += from[i];
}

/* {"held":{"press":12,...},...} */
static void write_pairs(struct json_writer *json, const char *key,
                        const uint64_t (*pairs)[TALLY_KINDS], unsigned states,
                        const char *(*state_word)(unsigned))
{
    json_write_open(json, key, '{');
    for (unsigned state = 0; state < states; state++) {
        json_write_open(json, state_word(state), '{');
        for (unsigned kind = 0; kind < TALLY_KINDS; kind++) {
            if (pairs[state][kind] == 0) continue;
            json_write_i64(json, tally_kind_word(kind), (int64_t)pairs[state][kind]);
        }
        json_write_close(json, '}');
    }
    json_write_close(json, '}');
}

typedef bool can_be_fn(unsigned state, unsigned kind);

/* A start finds only a machine that has done nothing yet, and that asks for nothing but its journal
 * before it knows what is in it. A batch is answered before anything else is given, and CLOSING
 * waits for one. */
static bool packing_can(unsigned state, unsigned kind)
{
    bool batch = kind == EVENT_STORED || kind == EVENT_STORE_FAILED;
    bool later =
        batch || kind == EVENT_EXCHANGE || kind == EVENT_CACHE_FOUND || kind == EVENT_CACHE_STORED;
    if (state == PACKING_RECOVERING) return !later;
    if (state == PACKING_CLOSING) return batch || kind == TALLY_CUT;
    return kind != EVENT_STARTED;
}

/* By what is true in the state (booking.h): who waits for what. STORING and REFUSING may wait for
 * space, so anything but an exchange can come meanwhile; INTENDING has no such pause. */
static bool booking_can(unsigned state, unsigned kind)
{
    bool stores =
        state == BOOKING_INTENDING || state == BOOKING_STORING || state == BOOKING_REFUSING;
    bool asks = state == BOOKING_SENDING || state == BOOKING_ASKING || state == BOOKING_LABELLING;
    bool rests = state == BOOKING_BOOKED || state == BOOKING_REFUSED || state == BOOKING_PERSON;
    if (state == BOOKING_FREE || kind == EVENT_STARTED) return false;
    if (kind == EVENT_STORED || kind == EVENT_STORE_FAILED) return stores;
    if (kind == EVENT_EXCHANGE) return asks;
    if (kind == EVENT_DEADLINE) return !rests && state != BOOKING_INTENDING;
    return state != BOOKING_INTENDING || kind == TALLY_CUT;
}

static void write_never(struct json_writer *json, const char *key,
                        const uint64_t (*pairs)[TALLY_KINDS], unsigned states,
                        const char *(*state_word)(unsigned), can_be_fn *can_be)
{
    json_write_open(json, key, '[');
    for (unsigned state = 0; state < states; state++) {
        for (unsigned kind = 0; kind < TALLY_KINDS; kind++) {
            char storage[80];
            struct textbuf text;
            if (pairs[state][kind] != 0 || !can_be(state, kind)) continue;
            textbuf_init(&text, storage, sizeof storage);
            textbuf_format(&text, "%s x %s", state_word(state), tally_kind_word(kind));
            json_write_text(json, NULL, storage);
        }
    }
    json_write_close(json, ']');
}

static const char *packing_word(unsigned state)
{
    return packing_state_word((enum packing_state)state);
}

static const char *booking_word(unsigned state)
{
    return booking_state_word((enum booking_state)state);
}

void tally_write(const struct tally *tally, struct json_writer *json)
{
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {
        {"intents", tally->intents},     {"booked", tally->booked},
        {"refused", tally->refused},     {"declared_absent", tally->absent},
        {"rebooked", tally->rebooked},   {"unknown_outcomes", tally->unknown},
        {"set_aside", tally->asides},    {"late_effects", tally->late_effects},
        {"labels_begun", tally->prints}, {"reprints", tally->reprints},
        {"questions", tally->questions}, {"closed", tally->closed},
    };
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        json_write_i64(json, counts[i].name, (int64_t)counts[i].count);
    }
    json_write_open(json, "faults", '{');
    for (unsigned i = 0; i < FAULTS; i++) {
        json_write_i64(json, sim_fault_word((enum sim_fault)i), (int64_t)tally->faults[i]);
    }
    json_write_close(json, '}');
    write_pairs(json, "packing", tally->packing, PACKING_STATES, packing_word);
    write_pairs(json, "booking", tally->booking, BOOKING_STATES, booking_word);
    write_never(json, "packing_never", tally->packing, PACKING_STATES, packing_word, packing_can);
    write_never(json, "booking_never", tally->booking, BOOKING_STATES, booking_word, booking_can);
}
