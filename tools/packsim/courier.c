/* courier.c - the sandbox courier of README.md: its REST face, its rules, its switchable habits.
 *
 * The rule that makes it worth testing against: a request that reaches the handler has its effect
 * in the ledger before there is an answer, and nothing here takes a booking back by itself. */
#include "tools/packsim/courier.h"

#include <stdio.h>
#include <string.h>

#include "tools/packsim/label.h"
#include "tools/packsim/ledger.h"
#include "tools/packsim/world.h"

#define BASE "/sandbox/v1"
#define MASS_MAX_G 30000
#define COD_MAX_MINOR 5000000
#define POOL_CALL_MAX 100
#define LABEL_MAX 16384u

static struct courier_modes modes;
static char token[WORLD_TOKEN_SIZE];
static uint16_t listening;

struct courier_modes *courier_modes(void)
{
    return &modes;
}

const char *courier_token(void)
{
    return token;
}

uint16_t courier_port(void)
{
    return listening;
}

static bool word_find(struct bytes word, const char *const *words, size_t count,
                      unsigned *out_index)
{
    for (unsigned i = 0; i < count; i++) {
        if (!bytes_equal_text(word, words[i])) continue;
        *out_index = i;
        return true;
    }
    return false;
}

bool courier_mode_set(struct bytes name, struct bytes value)
{
    static const char *const repeats[] = {"key", "existing", "refuse", "duplicate"};
    static const char *const labels[] = {"good", "missing", "wrong-awb"};
    static const char *const funds[] = {"good", "empty"};
    static const char *const warehouses[] = {"good", "unknown"};
    unsigned index;
    uint64_t seconds;
    if (bytes_equal_text(name, "repeat") && word_find(value, repeats, ARRAY_LEN(repeats), &index))
        modes.repeat = (enum repeat_mode)index;
    else if (bytes_equal_text(name, "label") && word_find(value, labels, ARRAY_LEN(labels), &index))
        modes.label = (enum label_mode)index;
    else if (bytes_equal_text(name, "funds") && word_find(value, funds, ARRAY_LEN(funds), &index))
        modes.funds_empty = index == 1;
    else if (bytes_equal_text(name, "warehouse") &&
             word_find(value, warehouses, ARRAY_LEN(warehouses), &index))
        modes.warehouse_unknown = index == 1;
    else if (bytes_equal_text(name, "lookup-lag") && bytes_to_u64(value, 86400, &seconds))
        modes.lookup_lag_ms = (int64_t)seconds * 1000;
    else if (bytes_equal_text(name, "pool-age") && bytes_to_u64(value, 86400, &seconds))
        modes.pool_age_ms = (int64_t)seconds * 1000;
    else return false;
    return true;
}

struct pincode pincode_find(const char *postcode)
{
    static const struct {
        const char *postcode;
        struct pincode answer;
    } special[] = {
        {"799999", {PINCODE_NOT_SERVED, false, false}},
        {"194103", {PINCODE_SERVED, false, true}},
        {"781001", {PINCODE_EMBARGO, false, false}},
    };
    uint64_t digits;
    bool shaped = strlen(postcode) == 6 && bytes_to_u64(bytes_of_text(postcode), 899999, &digits) &&
                  digits >= 100000;
    if (!shaped) return (struct pincode){PINCODE_BAD, false, false};
    for (size_t i = 0; i < ARRAY_LEN(special); i++) {
        if (strcmp(postcode, special[i].postcode) == 0) return special[i].answer;
    }
    return (struct pincode){PINCODE_SERVED, true, false};
}

static bool allow(const struct call *call, struct reply *reply)
{
    char wanted[WORLD_TOKEN_SIZE + 8];
    snprintf(wanted, sizeof wanted, "Bearer %s", token);
    if (strcmp(call->authorization, wanted) == 0) return true;
    reply_error(reply, 401, "credentials", "the token is not known");
    return false;
}

static void serviceability(const struct call *call, struct reply *reply)
{
    char postcode[16] = "", cod[4] = "0", route[16];
    (void)call_query(call, "pincode", postcode, sizeof postcode);
    (void)call_query(call, "cod", cod, sizeof cod);
    struct pincode pincode = pincode_find(postcode);
    if (pincode.answer == PINCODE_BAD) {
        reply_error(reply, 422, "bad_pincode", "a pincode is six digits, the first 1 to 8");
        return;
    }
    const char *reason = pincode.answer == PINCODE_NOT_SERVED ? "not_serviceable" : NULL;
    if (pincode.answer == PINCODE_EMBARGO) reason = "embargo";
    if (reason == NULL && strcmp(cod, "1") == 0 && !pincode.cod) reason = "cod_not_serviceable";
    route_write(postcode, route, sizeof route);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "pincode", postcode);
    json_write_boolean(&writer, "serviceable", reason == NULL);
    if (reason != NULL) json_write_text(&writer, "reason", reason);
    json_write_boolean(&writer, "prepaid", pincode.answer == PINCODE_SERVED);
    json_write_boolean(&writer, "cod", pincode.answer == PINCODE_SERVED && pincode.cod);
    json_write_boolean(&writer, "oda", pincode.oda);
    if (pincode.cod) json_write_i64(&writer, "cod_max_minor", COD_MAX_MINOR);
    json_write_text(&writer, "route", route);
    json_write_close(&writer, '}');
}

static void label_put(struct json_writer *writer, const struct booking *booking)
{
    char storage[LABEL_MAX], shown[48];
    if (modes.label == LABEL_MISSING) return;
    struct textbuf label;
    textbuf_init(&label, storage, sizeof storage);
    snprintf(shown, sizeof shown, "%s%s", booking->awb, modes.label == LABEL_WRONG_AWB ? "9" : "");
    label_zpl(booking, shown, &label);
    ENSURE(textbuf_ok(&label));
    json_write_open(writer, "label", '{');
    json_write_text(writer, "format", "zpl");
    json_write_bytes(writer, "data", textbuf_bytes(&label));
    json_write_close(writer, '}');
}

static void reply_booking(struct reply *reply, int status, const struct booking *booking)
{
    char route[16];
    route_write(booking->postcode, route, sizeof route);
    reply->status = status;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "awb", booking->awb);
    json_write_text(&writer, "reference", booking->reference);
    json_write_text(&writer, "status", "booked");
    json_write_i64(&writer, "mass_g", booking->booked_mass_g);
    json_write_text(&writer, "route", route);
    label_put(&writer, booking);
    json_write_close(&writer, '}');
}

static bool reference_is_good(const char *reference)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/#";
    return reference[0] != '\0' && reference[strspn(reference, allowed)] == '\0';
}

static bool phone_is_good(const char *phone)
{
    size_t digits = 0;
    for (const char *one = phone; *one != '\0'; one++) digits += *one >= '0' && *one <= '9';
    return digits >= 10;
}

struct refusal {
    int status;
    const char *code;
    const char *message;
};
static const struct refusal fine = {0, NULL, NULL};

static struct refusal address_take(struct json to, struct booking *row)
{
    char country[4];
    bool whole = member_text(to, "name", row->name, sizeof row->name) &&
                 member_text(to, "phone", row->phone, sizeof row->phone) &&
                 member_text(to, "line1", row->line1, sizeof row->line1) &&
                 member_text(to, "city", row->city, sizeof row->city) &&
                 member_text(to, "country", country, sizeof country);
    (void)member_text(to, "line2", row->line2, sizeof row->line2);
    (void)member_text(to, "state", row->state, sizeof row->state);
    (void)member_text(to, "postcode", row->postcode, sizeof row->postcode);
    if (!whole || row->name[0] == '\0' || row->line1[0] == '\0' || row->city[0] == '\0' ||
        !phone_is_good(row->phone))
        return (struct refusal){422, "bad_address",
                                "name, phone, line1, city and country are needed"};
    struct pincode pincode = pincode_find(row->postcode);
    switch (pincode.answer) {
    case PINCODE_BAD:
        return (struct refusal){422, "bad_pincode", "a pincode is six digits, the first 1 to 8"};
    case PINCODE_NOT_SERVED:
        return (struct refusal){422, "not_serviceable", "the pincode is not served"};
    case PINCODE_EMBARGO: return (struct refusal){422, "embargo", "the pincode is closed for now"};
    case PINCODE_SERVED: break;
    }
    if (row->cod && !pincode.cod)
        return (struct refusal){422, "cod_not_serviceable", "no cash on delivery there"};
    return fine;
}

static struct refusal shipment_take(struct json root, struct booking *row)
{
    char payment[10], currency[4];
    if (!member_text(root, "reference", row->reference, sizeof row->reference) ||
        !reference_is_good(row->reference))
        return (struct refusal){422, "bad_reference", "1 to 50 of letters, digits and . _ - / #"};
    if (!member_text(root, "payment", payment, sizeof payment) ||
        !member_text(root, "currency", currency, sizeof currency))
        return (struct refusal){400, "bad_request", "payment and currency are needed"};
    row->cod = strcmp(payment, "cod") == 0;
    row->collect_minor = member_i64(root, "collect_minor", 0);
    if (!row->cod && strcmp(payment, "prepaid") != 0)
        return (struct refusal){400, "bad_request", "payment is prepaid or cod"};
    if (row->cod && row->collect_minor <= 0)
        return (struct refusal){400, "bad_request", "collect_minor is needed for cod"};
    row->mass_g = member_i64(root, "mass_g", 0);
    if (row->mass_g < 1 || row->mass_g > MASS_MAX_G)
        return (struct refusal){422, "bad_weight", "1 to 30000 whole grams"};
    row->length_mm = member_i64(root, "length_mm", 0);
    row->width_mm = member_i64(root, "width_mm", 0);
    row->height_mm = member_i64(root, "height_mm", 0);
    row->fragile = member_is_true(root, "fragile");
    (void)member_text(root, "dangerous", row->dangerous, sizeof row->dangerous);
    (void)member_text(root, "order_no", row->order_no, sizeof row->order_no);
    (void)member_text(root, "awb", row->awb, sizeof row->awb);
    if (!member_text(root, "pickup", row->pickup, sizeof row->pickup) || modes.warehouse_unknown)
        return (struct refusal){422, "config", "the pickup location is not registered"};
    return address_take(json_get(root, "to"), row);
}

/* What an earlier booking makes of this request. True: the reply is ready. */
static bool answered_by_the_past(const struct booking *row, struct reply *reply)
{
    const struct booking *same_key = modes.repeat == REPEAT_KEY ? ledger_find_key(row->key) : NULL;
    const struct booking *same_reference = ledger_find_live(row->reference);
    if (same_key != NULL && same_key->body_hash != row->body_hash) {
        reply_error(reply, 409, "key_reused", "the key was used with another body");
        return true;
    }
    if (same_key != NULL) {
        reply_booking(reply, 200, same_key);
        return true;
    }
    if (modes.repeat == REPEAT_EXISTING && same_reference != NULL) {
        reply_booking(reply, 200, same_reference);
        return true;
    }
    if (modes.repeat == REPEAT_REFUSE && same_reference != NULL) {
        reply_error(reply, 409, "duplicate_reference", "the reference has a booking");
        return true;
    }
    return false;
}

static struct refusal awb_take(const struct booking *row)
{
    if (row->awb[0] == '\0') return fine;
    if (ledger_find_awb(row->awb) != NULL)
        return (struct refusal){409, "awb_used", "the AWB has a booking"};
    if (!ledger_pool_has(row->awb, modes.pool_age_ms))
        return (struct refusal){422, "awb_unknown", "the AWB was not handed out"};
    return fine;
}

static void book(const struct call *call, struct reply *reply)
{
    struct document document;
    struct booking row = {.carrier = "sandbox",
                          .body_hash = hash_bytes(call_body(call)),
                          .visible_tick_ms = world_tick_ms() + modes.lookup_lag_ms};
    struct bytes key = bytes_of_text(call->idempotency_key);
    if (key.len == 0 || !bytes_to_text(key, row.key, sizeof row.key)) {
        reply_error(reply, 400, "bad_request",
                    "an Idempotency-Key of 1 to 128 characters is needed");
        return;
    }
    if (!document_open(&document, call_body(call))) {
        reply_error(reply, 400, "bad_request", "the body is not JSON");
        return;
    }
    struct refusal refusal = shipment_take(document.root, &row);
    document_close(&document);
    if (refusal.status == 0 && answered_by_the_past(&row, reply)) return;
    if (refusal.status == 0) refusal = awb_take(&row);
    if (refusal.status == 0 && modes.funds_empty)
        refusal = (struct refusal){402, "account_funds", "the balance is used up"};
    if (refusal.status != 0) reply_error(reply, refusal.status, refusal.code, refusal.message);
    else reply_booking(reply, 201, ledger_book(&row));
}

static void shipment_put(struct json_writer *writer, const char *key_or_null,
                         const struct booking *booking)
{
    char route[16];
    route_write(booking->postcode, route, sizeof route);
    json_write_open(writer, key_or_null, '{');
    json_write_text(writer, "awb", booking->awb);
    json_write_text(writer, "reference", booking->reference);
    json_write_text(writer, "status", booking_status_word(booking->status));
    json_write_i64(writer, "mass_g", booking->mass_g);
    json_write_text(writer, "route", route);
    json_write_time(writer, "booked_at", booking->booked_ms);
    json_write_close(writer, '}');
}

static void lookup(const struct call *call, struct reply *reply)
{
    char reference[51] = "";
    (void)call_query(call, "reference", reference, sizeof reference);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "shipments", '[');
    for (size_t i = 0; i < ledger_count(); i++) {
        const struct booking *booking = ledger_at(i);
        if (strcmp(booking->reference, reference) != 0 ||
            booking->visible_tick_ms > world_tick_ms())
            continue;
        shipment_put(&writer, NULL, booking);
    }
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

/* The booking named in the path (third segment), or NULL with the reply made. */
static const struct booking *booking_of_path(const struct call *call, struct reply *reply)
{
    const struct booking *booking = ledger_find_awb(call->segments[3]);
    if (booking == NULL) reply_error(reply, 404, "not_found", "no such AWB");
    return booking;
}

static void shipment(const struct call *call, struct reply *reply)
{
    const struct booking *booking = booking_of_path(call, reply);
    if (booking == NULL) return;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    shipment_put(&writer, NULL, booking);
}

static void label(const struct call *call, struct reply *reply)
{
    const struct booking *booking = booking_of_path(call, reply);
    if (booking == NULL) return;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "awb", booking->awb);
    label_put(&writer, booking);
    json_write_close(&writer, '}');
}

static bool is_too_late(const struct booking *booking)
{
    return booking->status != BOOKING_BOOKED;
}

static void cancel(const struct call *call, struct reply *reply)
{
    const struct booking *booking = booking_of_path(call, reply);
    if (booking == NULL) return;
    if (is_too_late(booking) && booking->status != BOOKING_CANCELLED) {
        reply_error(reply, 409, "too_late", "the parcel has been picked up");
        return;
    }
    if (booking->status != BOOKING_CANCELLED) ledger_status(booking->awb, BOOKING_CANCELLED);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "awb", booking->awb);
    json_write_text(&writer, "status", "cancelled");
    json_write_close(&writer, '}');
}

static void weight(const struct call *call, struct reply *reply)
{
    const struct booking *booking = booking_of_path(call, reply);
    struct document document;
    if (booking == NULL) return;
    int64_t mass_g = 0;
    if (document_open(&document, call_body(call))) {
        mass_g = member_i64(document.root, "mass_g", 0);
        document_close(&document);
    }
    if (mass_g < 1 || mass_g > MASS_MAX_G) {
        reply_error(reply, 422, "bad_weight", "1 to 30000 whole grams");
        return;
    }
    if (is_too_late(booking)) {
        reply_error(reply, 409, "too_late", "the parcel is no longer ours to change");
        return;
    }
    ledger_mass(booking->awb, mass_g);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "awb", booking->awb);
    json_write_i64(&writer, "mass_g", mass_g);
    json_write_boolean(&writer, "updated", true);
    json_write_close(&writer, '}');
}

static void track(const struct call *call, struct reply *reply)
{
    char awb[41] = "", route[16];
    (void)call_query(call, "awb", awb, sizeof awb);
    const struct booking *booking = ledger_find_awb(awb);
    if (booking == NULL) {
        reply_error(reply, 404, "not_found", "no such AWB");
        return;
    }
    route_write(booking->postcode, route, sizeof route);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "awb", booking->awb);
    json_write_text(&writer, "reference", booking->reference);
    json_write_text(&writer, "status", booking_status_word(booking->status));
    json_write_open(&writer, "events", '[');
    json_write_open(&writer, NULL, '{');
    json_write_time(&writer, "at", booking->booked_ms);
    json_write_text(&writer, "status", "booked");
    json_write_bytes(&writer, "place", bytes_of(route, 3));
    json_write_close(&writer, '}');
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static void pool_number_put(void *context, const char *awb)
{
    json_write_text(context, NULL, awb);
}

static void waybills(const struct call *call, struct reply *reply)
{
    struct document document;
    int64_t count = 0;
    if (document_open(&document, call_body(call))) {
        count = member_i64(document.root, "count", 0);
        document_close(&document);
    }
    if (count < 1 || count > POOL_CALL_MAX) {
        reply_error(reply, 400, "bad_request", "count is 1 to 100");
        return;
    }
    reply->status = 201;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "awbs", '[');
    ledger_pool("sandbox", (unsigned)count, pool_number_put, &writer);
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static const struct route sandbox_routes[] = {
    {"GET", BASE "/serviceability", "serviceability", allow, serviceability},
    {"POST", BASE "/shipments", "book", allow, book},
    {"GET", BASE "/shipments", "lookup", allow, lookup},
    {"GET", BASE "/shipments/{}", "lookup", allow, shipment},
    {"GET", BASE "/shipments/{}/label", "label", allow, label},
    {"POST", BASE "/shipments/{}/cancel", "cancel", allow, cancel},
    {"POST", BASE "/shipments/{}/weight", "weight", allow, weight},
    {"PATCH", BASE "/shipments/{}/weight", "weight", allow, weight},
    {"GET", BASE "/track", "track", allow, track},
    {"POST", BASE "/waybills", "pool", allow, waybills},
};

bool courier_open(uint16_t port, uint16_t *out_port)
{
    static struct route routes[40];
    static struct service service = {.name = "courier", .tls = true, .routes = routes};
    size_t imitated;
    const struct route *delhivery = delhivery_routes(&imitated);
    ENSURE(ARRAY_LEN(sandbox_routes) + imitated <= ARRAY_LEN(routes));
    memcpy(routes, sandbox_routes, sizeof sandbox_routes);
    memcpy(routes + ARRAY_LEN(sandbox_routes), delhivery, imitated * sizeof *delhivery);
    service.route_count = ARRAY_LEN(sandbox_routes) + imitated;
    world_token("courier-token", token);
    if (!server_open(&service, port, &listening)) return false;
    *out_port = listening;
    return true;
}
