/* events.c - takes station events: exactly once, without gaps, conflicts kept but not applied.
 *
 * A batch is judged before anything is changed: a seq that comes back with other content refuses
 * the whole batch. Then it is applied up to the first gap, written to the book in one piece, and
 * answered. */
#include "tools/packsim/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/ledger.h"
#include "tools/packsim/orders.h"
#include "tools/packsim/world.h"

#define EPOCHS_MAX 64
#define ANSWERS_MAX 128
#define ANSWER_KEPT_MS (24 * 3600 * 1000)
#define EVENT_TEXT_MAX 65536u
#define BATCH_MAX 500

struct epoch {
    char station[33];
    char epoch[65];
    uint64_t acked;
    uint64_t *hashes; /* of the events 1..acked */
    size_t room;
    uint64_t conflicts, rejected;
};

struct stored_answer { /* for a repeated Idempotency-Key */
    char key[200];
    uint64_t body_hash;
    int status;
    char *body;
    int64_t kept_until_ms;
};

static struct epoch
    epochs[EPOCHS_MAX]; /* oldest first, so a station's last one is its present one */
static size_t epoch_count;
static struct stored_answer answers[ANSWERS_MAX];
static size_t answer_next;
static uint64_t event_total;

uint64_t events_count(void)
{
    return event_total;
}

static struct epoch *epoch_find(const char *station, const char *name)
{
    for (size_t i = 0; i < epoch_count; i++) {
        if (strcmp(epochs[i].station, station) == 0 && strcmp(epochs[i].epoch, name) == 0)
            return &epochs[i];
    }
    return NULL;
}

static struct epoch *epoch_present(const char *station)
{
    struct epoch *present = NULL;
    for (size_t i = 0; i < epoch_count; i++) {
        if (strcmp(epochs[i].station, station) == 0) present = &epochs[i];
    }
    return present;
}

static struct epoch *epoch_add(const char *station, const char *name)
{
    ENSURE(epoch_count < EPOCHS_MAX);
    struct epoch *epoch = &epochs[epoch_count++];
    *epoch = (struct epoch){0};
    snprintf(epoch->station, sizeof epoch->station, "%s", station);
    snprintf(epoch->epoch, sizeof epoch->epoch, "%s", name);
    return epoch;
}

static void hash_keep(struct epoch *epoch, uint64_t hash)
{
    if (epoch->acked == epoch->room) {
        epoch->room = epoch->room == 0 ? 256 : epoch->room * 2;
        epoch->hashes = realloc(epoch->hashes, epoch->room * sizeof *epoch->hashes);
        ENSURE(epoch->hashes != NULL);
    }
    epoch->hashes[epoch->acked++] = hash;
    event_total++;
}

/* The event's text without its layout, so that only content counts. */
static uint64_t event_hash(struct json event)
{
    struct textbuf text;
    struct json_writer writer;
    text_open(&text, EVENT_TEXT_MAX);
    json_write_init(&writer, &text);
    json_write_value(&writer, NULL, event);
    uint64_t hash = hash_bytes(textbuf_bytes(&text));
    text_close(&text);
    return hash;
}

struct verdict {
    const char *result; /* applied, duplicate, conflict, rejected */
    const char *code;   /* NULL: none */
};
static const struct verdict applied = {"applied", NULL};

static bool awb_live(const struct order_package *package, const char *awb)
{
    for (size_t i = 0; i < package->awb_count; i++) {
        if (strcmp(package->awbs[i], awb) == 0) return true;
    }
    return false;
}

static struct verdict apply_booked(struct order_package *package, struct json event)
{
    char awb[41], status[16];
    if (!member_text(event, "awb", awb, sizeof awb) || awb[0] == '\0')
        return (struct verdict){"rejected", "awb_missing"};
    bool other = package->awb_count > 0 && !awb_live(package, awb);
    if (!awb_live(package, awb) && package->awb_count < ORDER_AWBS_MAX)
        snprintf(package->awbs[package->awb_count++], sizeof package->awbs[0], "%s", awb);
    if (other)
        return (struct verdict){"conflict",
                                "awb_differs"}; /* remembered all the same: somebody paid for it */
    (void)member_text(event, "carrier", package->carrier, sizeof package->carrier);
    bool printed =
        member_text(event, "status", status, sizeof status) && strcmp(status, "label_printed") == 0;
    /* A label may be printed ahead of its booking: the word goes on, never back. */
    if (package->stage < STAGE_BOOKED) package->stage = STAGE_BOOKED;
    if (printed && package->stage < STAGE_LABEL_PRINTED) package->stage = STAGE_LABEL_PRINTED;
    return applied;
}

static struct verdict apply_void(struct order_package *package, struct json event)
{
    char awb[41];
    if (!member_text(event, "awb", awb, sizeof awb))
        return (struct verdict){"rejected", "awb_missing"};
    for (size_t i = 0; i < package->awb_count; i++) {
        if (strcmp(package->awbs[i], awb) != 0) continue;
        package->awb_count--;
        memmove(package->awbs[i], package->awbs[i + 1],
                (package->awb_count - i) * sizeof package->awbs[0]);
        break;
    }
    if (package->awb_count == 0) package->stage = package->weight_g > 0 ? STAGE_PACKED : STAGE_NONE;
    return applied;
}

static struct verdict apply_mass(struct order_package *package, struct json event)
{
    int64_t weight_g = member_i64(event, "weight_g", 0);
    if (weight_g <= 0) return (struct verdict){"rejected", "weight_missing"};
    package->weight_g = weight_g;
    return applied;
}

static struct verdict apply_to_package(struct order_package *package, const char *type,
                                       struct json event)
{
    if (strcmp(type, "packed") == 0) {
        struct verdict verdict = apply_mass(package, event);
        if (verdict.code == NULL && package->stage < STAGE_PACKED) package->stage = STAGE_PACKED;
        return verdict;
    }
    if (strcmp(type, "weight_corrected") == 0) return apply_mass(package, event);
    if (strcmp(type, "booked") == 0) return apply_booked(package, event);
    if (strcmp(type, "void") == 0) return apply_void(package, event);
    if (strcmp(type, "label_printed") == 0 || strcmp(type, "reprinted") == 0) {
        if (package->stage < STAGE_LABEL_PRINTED) package->stage = STAGE_LABEL_PRINTED;
        package->labels++;
    } else if (strcmp(type, "unpacked") == 0) {
        package->stage = STAGE_NONE;
        package->weight_g = 0;
    } else if (strcmp(type, "manifested") == 0) {
        package->stage = STAGE_MANIFESTED;
    } else if (strcmp(type, "handed_over") == 0) {
        package->stage = STAGE_HANDED_OVER;
    }
    return applied;
}

static bool type_is_known(const char *type)
{
    static const char *const types[] = {
        "scan",       "packed",      "booked",    "label_printed",    "reprinted", "void",
        "manifested", "handed_over", "exception", "weight_corrected", "unpacked"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(type, types[i]) == 0) return true;
    }
    return false;
}

static bool goes_forward(const char *type)
{
    return strcmp(type, "packed") == 0 || strcmp(type, "booked") == 0 ||
           strcmp(type, "label_printed") == 0 || strcmp(type, "manifested") == 0 ||
           strcmp(type, "handed_over") == 0;
}

static struct verdict apply(const char *station, struct json event)
{
    char type[20], id[65];
    int64_t at = member_i64(event, "package_no", 1);
    if (!member_text(event, "type", type, sizeof type) || !type_is_known(type))
        return (struct verdict){"rejected", "unknown_type"};
    enum json_kind mass = json_kind(json_get(event, "weight_g"));
    if (mass != JSON_MISSING && mass != JSON_NULL && member_i64(event, "weight_g", -1) < 0)
        return (struct verdict){"rejected", "malformed"};
    if (!member_text(event, "shipment_id", id, sizeof id) || id[0] == '\0') {
        bool alone = strcmp(type, "exception") == 0 ||
                     strcmp(type, "scan") == 0; /* may be about no order at all */
        return alone ? applied : (struct verdict){"rejected", "shipment_missing"};
    }
    struct order *order = order_find(id);
    if (order == NULL) return (struct verdict){"rejected", "unknown_shipment"};
    if (at < 1 || at > order->packages_total) return (struct verdict){"rejected", "package_no"};
    struct order_package *package = &order->packages[at - 1];
    if (goes_forward(type) && (strcmp(order->status, "cancelled") == 0 || order->deleted)) {
        if (strcmp(type, "booked") == 0)
            (void)apply_booked(package, event); /* stored: it has to be voided */
        package->stage = STAGE_NONE;
        return (struct verdict){"conflict", "order_cancelled"};
    }
    if (strcmp(type, "packed") == 0 && order->hold) return (struct verdict){"conflict", "on_hold"};
    bool claimed =
        order->claimed_until_ms > world_tick_ms() && strcmp(order->claimed_by, station) != 0;
    if (claimed && goes_forward(type)) return (struct verdict){"conflict", "claimed_by_other"};
    struct verdict verdict = apply_to_package(package, type, event);
    if (strcmp(verdict.result, "applied") == 0) order_touch(order);
    return verdict;
}

static void line_write(struct textbuf *book, const struct epoch *epoch, struct json event)
{
    struct json_writer writer;
    if (book->len > 0) textbuf_char(book, '\n');
    json_write_init(&writer, book);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "what", "event");
    json_write_text(&writer, "station", epoch->station);
    json_write_text(&writer, "epoch", epoch->epoch);
    json_write_value(&writer, "event", event);
    json_write_close(&writer, '}');
}

static struct verdict accept_next(struct epoch *epoch, struct json event)
{
    hash_keep(epoch, event_hash(event));
    struct verdict verdict = apply(epoch->station, event);
    epoch->conflicts += strcmp(verdict.result, "conflict") == 0;
    epoch->rejected += strcmp(verdict.result, "rejected") == 0;
    return verdict;
}

void events_load(struct json line)
{
    char station[33], name[65];
    if (!member_text(line, "station", station, sizeof station) ||
        !member_text(line, "epoch", name, sizeof name))
        return;
    struct epoch *epoch = epoch_find(station, name);
    if (epoch == NULL) epoch = epoch_add(station, name);
    (void)accept_next(epoch, json_get(line, "event"));
}

/* Refuses what can be refused without looking at any order. True: the reply is made. */
static bool batch_is_refused(struct json events, const struct epoch *epoch_or_null,
                             struct reply *reply)
{
    struct json event;
    struct json_walk walk = {0};
    struct bytes unused;
    int64_t before = 0;
    if (json_kind(events) != JSON_ARRAY || json_count(events) == 0 ||
        json_count(events) > BATCH_MAX) {
        reply_error(reply, 400, "malformed", "events is a list of 1 to 500");
        return true;
    }
    while (json_each(events, &walk, &unused, &event)) {
        int64_t seq = member_i64(event, "seq", 0);
        if (seq <= before) {
            reply_error(reply, 400, "malformed", "every event has a seq, rising within the batch");
            return true;
        }
        before = seq;
        bool seen = epoch_or_null != NULL && (uint64_t)seq <= epoch_or_null->acked;
        if (seen && epoch_or_null->hashes[seq - 1] != event_hash(event)) {
            reply_error(reply, 422, "seq_reused", "this seq was used for another event");
            return true;
        }
    }
    return false;
}

static void result_write(struct json_writer *writer, int64_t seq, struct verdict verdict)
{
    json_write_open(writer, NULL, '{');
    json_write_i64(writer, "seq", seq);
    json_write_text(writer, "result", verdict.result);
    if (verdict.code != NULL) json_write_text(writer, "code", verdict.code);
    json_write_close(writer, '}');
}

static void gap_write(struct reply *reply, uint64_t acked)
{
    struct json_writer writer;
    reply_reset(reply);
    reply->status = 409;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "error", '{');
    json_write_text(&writer, "code", "gap");
    json_write_text(&writer, "message", "an event before these is missing");
    json_write_open(&writer, "details", '{');
    json_write_i64(&writer, "acked_seq", (int64_t)acked);
    json_write_close(&writer, '}');
    json_write_close(&writer, '}');
    json_write_i64(&writer, "acked_seq", (int64_t)acked);
    json_write_close(&writer, '}');
}

static void state_members(struct json_writer *writer, const struct epoch *epoch)
{
    json_write_text(writer, "station", epoch->station);
    json_write_text(writer, "epoch", epoch->epoch);
    json_write_i64(writer, "acked_seq", (int64_t)epoch->acked);
}

static void batch_take(struct json events, struct epoch *epoch, struct reply *reply)
{
    struct json event;
    struct json_walk walk = {0};
    struct bytes unused;
    struct textbuf book, results;
    struct json_writer writer;
    bool gap = false;
    text_open(&book, HTTP_REPLY_MAX);
    text_open(&results, BATCH_MAX * 128);
    json_write_init(&writer, &results);
    json_write_open(&writer, NULL, '[');
    while (!gap && json_each(events, &walk, &unused, &event)) {
        int64_t seq = member_i64(event, "seq", 0);
        if ((uint64_t)seq <= epoch->acked) {
            result_write(&writer, seq, (struct verdict){"duplicate", NULL});
        } else if ((uint64_t)seq == epoch->acked + 1) {
            line_write(&book, epoch, event);
            result_write(&writer, seq, accept_next(epoch, event));
        } else {
            gap = true;
        }
    }
    json_write_close(&writer, ']');
    ENSURE(textbuf_ok(&book) && textbuf_ok(&results));
    if (book.len > 0) world_append(OMS_BOOK, textbuf_bytes(&book));
    if (gap) {
        gap_write(reply, epoch->acked);
    } else {
        json_write_init(&writer, &reply->body);
        json_write_open(&writer, NULL, '{');
        state_members(&writer, epoch);
        json_write_number(&writer, "results", textbuf_bytes(&results));
        json_write_close(&writer, '}');
    }
    text_close(&results);
    text_close(&book);
}

static bool answered_before(const struct call *call, struct reply *reply)
{
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        const struct stored_answer *answer = &answers[i];
        if (answer->body == NULL || answer->kept_until_ms < world_tick_ms()) continue;
        if (strcmp(answer->key, call->idempotency_key) != 0 ||
            answer->body_hash != hash_bytes(call_body(call)))
            continue;
        reply->status = answer->status;
        textbuf_text(&reply->body, answer->body);
        return true;
    }
    return false;
}

static void answer_keep(const struct call *call, const struct reply *reply)
{
    struct stored_answer *answer = &answers[answer_next];
    answer_next = (answer_next + 1) % ANSWERS_MAX;
    free(answer->body);
    snprintf(answer->key, sizeof answer->key, "%s", call->idempotency_key);
    answer->body_hash = hash_bytes(call_body(call));
    answer->status = reply->status;
    answer->body = strdup(reply->body.data);
    answer->kept_until_ms = world_tick_ms() + ANSWER_KEPT_MS;
}

static void batch_judge(struct json root, const char *station, struct reply *reply)
{
    char named[33], name[65];
    if (!member_text(root, "station", named, sizeof named) ||
        !member_text(root, "epoch", name, sizeof name) || name[0] == '\0') {
        reply_error(reply, 400, "malformed", "station and epoch are needed");
        return;
    }
    if (strcmp(named, station) != 0) {
        reply_error(reply, 403, "wrong_station", "the token belongs to another station");
        return;
    }
    struct epoch *epoch = epoch_find(station, name);
    if (batch_is_refused(json_get(root, "events"), epoch, reply)) return;
    if (epoch == NULL && member_i64(json_at(json_get(root, "events"), 0), "seq", 0) != 1) {
        gap_write(reply, 0); /* a new epoch starts at 1; nothing is noted of one that does not */
        return;
    }
    batch_take(json_get(root, "events"), epoch != NULL ? epoch : epoch_add(station, name), reply);
}

void events_post(const struct call *call, const char *station, struct reply *reply)
{
    struct document document;
    if (call->idempotency_key[0] != '\0' && answered_before(call, reply)) return;
    if (!document_open(&document, call_body(call))) {
        reply_error(reply, 400, "malformed", "the body is not JSON");
        return;
    }
    batch_judge(document.root, station, reply);
    document_close(&document);
    if (reply->status == 200 && call->idempotency_key[0] != '\0') answer_keep(call, reply);
}

void events_state(const char *station, struct reply *reply)
{
    const struct epoch *epoch = epoch_present(station);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    if (epoch != NULL) {
        state_members(&writer, epoch);
    } else {
        json_write_text(&writer, "station", station);
        json_write_null(&writer, "epoch");
        json_write_i64(&writer, "acked_seq", 0);
    }
    json_write_close(&writer, '}');
}

void events_write(struct json_writer *lines)
{
    for (size_t i = 0; i < epoch_count; i++) {
        lines->comma = false;
        json_write_open(lines, NULL, '{');
        state_members(lines, &epochs[i]);
        json_write_boolean(lines, "present", epoch_present(epochs[i].station) == &epochs[i]);
        json_write_i64(lines, "conflicts", (int64_t)epochs[i].conflicts);
        json_write_i64(lines, "rejected", (int64_t)epochs[i].rejected);
        json_write_close(lines, '}');
        textbuf_char(lines->text, '\n');
    }
}

static void problem_write(struct json_writer *lines, const struct order *order, int64_t package_no,
                          const char *problem)
{
    lines->comma = false;
    json_write_open(lines, NULL, '{');
    json_write_text(lines, "problem", problem);
    json_write_text(lines, "order_no", order->order_no);
    json_write_i64(lines, "package_no", package_no);
    json_write_close(lines, '}');
    textbuf_char(lines->text, '\n');
}

static size_t package_check(struct json_writer *lines, const struct order *order, int64_t index)
{
    const struct order_package *package = &order->packages[index];
    size_t problems = 0;
    if (package->awb_count > 1) {
        problem_write(lines, order, index + 1, "two_awbs_reported");
        problems++;
    }
    if (package->stage >= STAGE_LABEL_PRINTED && package->awb_count == 0) {
        problem_write(lines, order, index + 1, "label_without_booking");
        problems++;
    }
    for (size_t i = 0; i < package->awb_count; i++) {
        const struct booking *booking = ledger_find_awb(package->awbs[i]);
        if (booking != NULL && ledger_is_live(booking)) continue;
        problem_write(lines, order, index + 1,
                      booking == NULL ? "awb_unknown_to_courier" : "awb_cancelled_at_courier");
        problems++;
    }
    return problems;
}

size_t events_check(struct json_writer *lines)
{
    size_t problems = 0;
    for (size_t i = 0; i < order_count(); i++) {
        const struct order *order = order_at(i);
        for (int64_t package = 0; package < order->packages_total; package++)
            problems += package_check(lines, order, package);
    }
    return problems;
}
