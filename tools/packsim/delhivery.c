/* delhivery.c - imitates Delhivery's B2C endpoints, as its developer documentation and
 * recorded answers show them, over the same ledger.
 *
 * What makes the real one hard is kept: refusals come with status 200, a refused package may carry
 * a waybill, an order id repeated with the same fields is refused and with changed fields books
 * again, a used waybill cannot be consumed, the label is a link, an unescaped & ends the data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/courier.h"
#include "tools/packsim/label.h"
#include "tools/packsim/ledger.h"
#include "hal/base/units.h"
#include "tools/packsim/world.h"

#define CLIENT "PACKSIM SURFACE"
#define INTERNAL_ERROR \
    "An internal Error has occurred, Please get in touch with client.support@delhivery.com"
#define POOL_CALL_MAX 10000
#define TRACK_MAX 50

struct verdict { /* on one package of a create call */
    bool success;
    bool serviceable;
    char remark[240];
    char waybill[41];
};

static bool allow(const struct call *call, struct reply *reply)
{
    char header[WORLD_TOKEN_SIZE + 8], given[WORLD_TOKEN_SIZE] = "";
    snprintf(header, sizeof header, "Token %s", courier_token());
    (void)call_query(call, "token", given, sizeof given);
    if (strcmp(call->authorization, header) == 0 || strcmp(given, courier_token()) == 0)
        return true;
    reply->status = 401;
    textbuf_text(&reply->body, "{\"detail\":\"Authentication credentials were not provided.\"}");
    return false;
}

static void pincode_put(struct json_writer *writer, const char *postcode,
                        const struct pincode *pincode)
{
    char route[16];
    route_write(postcode, route, sizeof route);
    json_write_open(writer, NULL, '{');
    json_write_open(writer, "postal_code", '{');
    json_write_text(writer, "district", "Sampleton");
    json_write_number(writer, "pin", bytes_of_text(postcode));
    json_write_number(writer, "max_amount", BYTES_LITERAL("0.0"));
    json_write_text(writer, "pre_paid", "Y");
    json_write_text(writer, "cash", "N");
    json_write_text(writer, "pickup", "Y");
    json_write_text(writer, "repl", "N");
    json_write_text(writer, "cod", pincode->cod ? "Y" : "N");
    json_write_text(writer, "is_oda", pincode->oda ? "Y" : "N");
    json_write_text(writer, "state_code", "KA");
    json_write_number(writer, "max_weight", BYTES_LITERAL("0.0"));
    json_write_text(writer, "country_code", "IN");
    json_write_text(writer, "remarks", pincode->answer == PINCODE_EMBARGO ? "Embargo" : "");
    json_write_text(writer, "sort_code", route);
    json_write_close(writer, '}');
    json_write_close(writer, '}');
}

static void pincodes(const struct call *call, struct reply *reply)
{
    char postcode[16] = "";
    (void)call_query(call, "filter_codes", postcode, sizeof postcode);
    struct pincode pincode = pincode_find(postcode);
    bool listed = pincode.answer == PINCODE_SERVED || pincode.answer == PINCODE_EMBARGO;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "delivery_codes", '[');
    if (listed) pincode_put(&writer, postcode, &pincode);
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static void waybill_put(void *context, const char *awb)
{
    struct textbuf *list = context;
    if (list->len > 1) textbuf_char(list, ',');
    textbuf_text(list, awb);
}

/* The answer is one JSON text, the numbers parted by commas. */
static void waybills_bulk(const struct call *call, struct reply *reply)
{
    char text[8] = "1";
    uint64_t count = 1;
    (void)call_query(call, "count", text, sizeof text);
    if (!bytes_to_u64(bytes_of_text(text), POOL_CALL_MAX, &count) || count == 0) {
        reply->status = 400;
        textbuf_text(&reply->body, "{\"error\":\"count should be between 1 and 10000\"}");
        return;
    }
    textbuf_char(&reply->body, '"');
    ledger_pool("delhivery", (unsigned)count, waybill_put, &reply->body);
    textbuf_char(&reply->body, '"');
}

static void waybill_one(const struct call *call, struct reply *reply)
{
    (void)call;
    textbuf_char(&reply->body, '"');
    ledger_pool("delhivery", 1, waybill_put, &reply->body);
    textbuf_char(&reply->body, '"');
}

/* Numbers come as numbers or as text, "742", "742.0" or even "742.0 gm"; grams, rounded up. */
static int64_t grams_of(struct json value)
{
    struct bytes text, digits;
    struct decimal decimal;
    int64_t mass_mg;
    if (!json_number_or_text(value, &text)) return 0;
    struct bytes rest = text;
    if (!bytes_split(&rest, ' ', &digits) || !decimal_parse(digits, &decimal)) return 0;
    return mass_mg_from_decimal(decimal, MASS_G, &mass_mg) && mass_mg > 0
               ? mass_g_rounded_up(mass_mg)
               : 0;
}

static bool is_yes(struct json value)
{
    struct bytes word;
    return json_text(value, &word) && bytes_equal_ignore_case(word, "true");
}

static void text_member(struct json object, const char *key, char *out_text, size_t size)
{
    struct bytes text;
    out_text[0] = '\0';
    if (json_number_or_text(json_get(object, key), &text))
        (void)bytes_to_text(text, out_text, size);
}

/* Which fields make a duplicate is not published; these six are our guess [U]. */
static uint64_t six_fields(const struct booking *row)
{
    char joined[512];
    snprintf(joined, sizeof joined, "%s|%s|%s|%s|%s|%d", row->reference, row->name, row->line1,
             row->postcode, row->phone, row->cod);
    return hash_bytes(bytes_of_text(joined));
}

static void package_read(struct json package, struct booking *row)
{
    char payment[16];
    struct bytes amount;
    text_member(package, "order", row->reference, sizeof row->reference);
    text_member(package, "name", row->name, sizeof row->name);
    text_member(package, "add", row->line1, sizeof row->line1);
    text_member(package, "city", row->city, sizeof row->city);
    text_member(package, "state", row->state, sizeof row->state);
    text_member(package, "pin", row->postcode, sizeof row->postcode);
    text_member(package, "phone", row->phone, sizeof row->phone);
    text_member(package, "waybill", row->awb, sizeof row->awb);
    text_member(package, "payment_mode", payment, sizeof payment);
    row->cod = bytes_equal_ignore_case(bytes_of_text(payment), "cod");
    if (!json_number_or_text(json_get(package, "cod_amount"), &amount) ||
        !minor_from_text(amount, 2, &row->collect_minor))
        row->collect_minor = 0;
    row->mass_g = grams_of(json_get(package, "weight"));
    row->length_mm =
        grams_of(json_get(package, "shipment_length")) * 10; /* cm; the same kind of number */
    row->width_mm = grams_of(json_get(package, "shipment_width")) * 10;
    row->height_mm = grams_of(json_get(package, "shipment_height")) * 10;
    row->fragile = is_yes(json_get(package, "fragile_shipment"));
    if (is_yes(json_get(package, "dangerous_good"))) /* it is not told which */
        snprintf(row->dangerous, sizeof row->dangerous, "yes");
    row->body_hash = six_fields(row);
}

static bool repeats_six_fields(const struct booking *row)
{
    for (size_t i = 0; i < ledger_count(); i++) {
        const struct booking *earlier = ledger_at(i);
        if (strcmp(earlier->carrier, "delhivery") == 0 &&
            strcmp(earlier->reference, row->reference) == 0 && earlier->body_hash == row->body_hash)
            return true;
    }
    return false;
}

static void refuse(struct verdict *verdict, const char *what, const char *why)
{
    snprintf(verdict->remark, sizeof verdict->remark,
             "Crashing while saving package due to exception '%s%s'. Package might have been "
             "partially saved.",
             what, why);
}

static void waybill_of_refusal(void *context, const char *awb)
{
    struct verdict *verdict = context;
    snprintf(verdict->waybill, sizeof verdict->waybill, "%s", awb);
}

/* Books one package, or says why not in the courier's own words. */
static struct verdict package_book(const struct booking *row)
{
    struct verdict verdict = {.serviceable = true};
    struct pincode pincode = pincode_find(row->postcode);
    const struct booking *used = row->awb[0] != '\0' ? ledger_find_awb(row->awb) : NULL;
    snprintf(verdict.waybill, sizeof verdict.waybill, "%s", row->awb);
    if (row->reference[0] == '\0') {
        refuse(&verdict, "", "oid does not pass the validator");
    } else if (pincode.answer == PINCODE_BAD || pincode.answer == PINCODE_NOT_SERVED) {
        verdict.serviceable = false;
        refuse(&verdict, row->postcode, " is non serviceable pincode");
    } else if (repeats_six_fields(row)) {
        refuse(&verdict, "", "Duplicate order id");
        /* Without a number of ours the courier fills in a fresh one, on a refusal: the old trap. */
        if (row->awb[0] == '\0') ledger_pool("delhivery", 1, waybill_of_refusal, &verdict);
    } else if (used != NULL ||
               (row->awb[0] != '\0' && !ledger_pool_has(row->awb, courier_modes()->pool_age_ms))) {
        snprintf(verdict.remark, sizeof verdict.remark, "Unable to consume waybill %s", row->awb);
    } else if (courier_modes()->funds_empty) {
        refuse(&verdict, "", "client manifest charge API failed due to insufficient balance");
    } else {
        verdict.success = true;
        snprintf(verdict.waybill, sizeof verdict.waybill, "%s", ledger_book(row)->awb);
    }
    return verdict;
}

static void verdict_put(struct json_writer *writer, const struct booking *row,
                        const struct verdict *verdict)
{
    char route[16];
    route_write(row->postcode, route, sizeof route);
    json_write_open(writer, NULL, '{');
    json_write_text(writer, "status", verdict->success ? "Success" : "Fail");
    json_write_text(writer, "client", CLIENT);
    if (verdict->success) json_write_text(writer, "sort_code", route);
    else json_write_null(writer, "sort_code");
    json_write_open(writer, "remarks", '[');
    json_write_text(writer, NULL, verdict->remark);
    json_write_close(writer, ']');
    json_write_text(writer, "waybill", verdict->waybill);
    char amount[24];
    struct textbuf money;
    textbuf_init(&money, amount, sizeof amount);
    minor_write(&money, row->collect_minor, 2);
    json_write_number(writer, "cod_amount", textbuf_bytes(&money));
    json_write_text(writer, "payment", row->cod ? "COD" : "Pre-paid");
    json_write_boolean(writer, "serviceable", verdict->serviceable);
    json_write_text(writer, "refnum", row->reference);
    json_write_close(writer, '}');
}

static void create_refused(struct reply *reply, const char *remark)
{
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_i64(&writer, "package_count", 0);
    json_write_null(&writer, "upload_wbn");
    json_write_text(&writer, "rmk", remark);
    json_write_open(&writer, "packages", '[');
    json_write_close(&writer, ']');
    json_write_boolean(&writer, "success", false);
    json_write_boolean(&writer, "error", true);
    json_write_close(&writer, '}');
}

static void create_packages(struct json root, struct reply *reply)
{
    char pickup[65];
    struct json shipments = json_get(root, "shipments"), package;
    struct json_walk walk = {0};
    struct bytes unused;
    struct json_writer writer;
    if (json_count(shipments) == 0) {
        create_refused(reply, "shipment list contains no data");
        return;
    }
    if (!member_text(json_get(root, "pickup_location"), "name", pickup, sizeof pickup) ||
        courier_modes()->warehouse_unknown) {
        create_refused(reply, "ClientWarehouse matching query does not exist.");
        return;
    }
    bool all_good = true;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_i64(&writer, "package_count", (int64_t)json_count(shipments));
    json_write_text(&writer, "upload_wbn", "UPL0000000000000000001");
    json_write_open(&writer, "packages", '[');
    while (json_each(shipments, &walk, &unused, &package)) {
        struct booking row = {.carrier = "delhivery",
                              .visible_tick_ms = world_tick_ms() + courier_modes()->lookup_lag_ms};
        package_read(package, &row);
        snprintf(row.pickup, sizeof row.pickup, "%s", pickup);
        struct verdict verdict = package_book(&row);
        verdict_put(&writer, &row, &verdict);
        all_good = all_good && verdict.success;
    }
    json_write_close(&writer, ']');
    json_write_boolean(&writer, "success", all_good);
    if (!all_good) json_write_text(&writer, "rmk", INTERNAL_ERROR);
    json_write_close(&writer, '}');
}

/* The body is literally format=json&data=<JSON>; an & inside unescaped data cuts it short. */
static void create(const struct call *call, struct reply *reply)
{
    char format[8];
    struct document document;
    if (!form_get(call_body(call), "format", format, sizeof format)) {
        create_refused(reply, "format key missing in the post");
        return;
    }
    char *data = malloc(call->body_len + 1);
    ENSURE(data != NULL);
    bool given = form_get(call_body(call), "data", data, call->body_len + 1);
    if (given && document_open(&document, bytes_of_text(data))) {
        create_packages(document.root, reply);
        document_close(&document);
    } else {
        create_refused(reply, "Unterminated string starting at: line 1 column 20 (char 19)");
    }
    free(data);
}

static void edit_reply(struct reply *reply, bool good, const struct booking *booking,
                       const char *why)
{
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_boolean(&writer, "status", good);
    if (booking != NULL) json_write_text(&writer, "waybill", booking->awb);
    if (booking != NULL) json_write_text(&writer, "order_id", booking->reference);
    if (why[0] != '\0') json_write_text(&writer, good ? "remark" : "error", why);
    json_write_close(&writer, '}');
}

static void edit_apply(struct json root, struct reply *reply)
{
    char waybill[41], cancellation[8];
    text_member(root, "waybill", waybill, sizeof waybill);
    text_member(root, "cancellation", cancellation, sizeof cancellation);
    const struct booking *booking = ledger_find_awb(waybill);
    int64_t mass_g = grams_of(json_get(root, "weight"));
    if (booking == NULL) {
        edit_reply(reply, false, NULL, "Invalid waybill");
    } else if (booking->status != BOOKING_BOOKED && booking->status != BOOKING_CANCELLED) {
        edit_reply(reply, false, booking, "Package can not be edited in its present status");
    } else if (strcmp(cancellation, "true") == 0) {
        if (booking->status != BOOKING_CANCELLED) ledger_status(booking->awb, BOOKING_CANCELLED);
        edit_reply(reply, true, booking, "Shipment has been cancelled.");
    } else if (mass_g > 0 && booking->status == BOOKING_BOOKED) {
        ledger_mass(booking->awb, mass_g);
        edit_reply(reply, true, booking, "");
    } else {
        edit_reply(reply, false, booking, "Nothing to change");
    }
}

static void edit(const struct call *call, struct reply *reply)
{
    struct document document;
    if (!document_open(&document, call_body(call))) {
        edit_reply(reply, false, NULL, "Invalid JSON");
        return;
    }
    edit_apply(document.root, reply);
    document_close(&document);
}

static void packing_slip(const struct call *call, struct reply *reply)
{
    char waybill[41] = "", wants_pdf[8] = "False", link[200], route[16];
    (void)call_query(call, "wbns", waybill, sizeof waybill);
    (void)call_query(call, "pdf", wants_pdf, sizeof wants_pdf);
    const struct booking *booking = ledger_find_awb(waybill);
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_i64(&writer, "packages_found", booking != NULL);
    json_write_open(&writer, "packages", '[');
    if (booking != NULL && courier_modes()->label != LABEL_MISSING) {
        route_write(booking->postcode, route, sizeof route);
        snprintf(link, sizeof link, "https://localhost:%u/files/%s.pdf", courier_port(),
                 booking->awb);
        json_write_open(&writer, NULL, '{');
        json_write_text(&writer, "wbn", booking->awb);
        json_write_text(&writer, "oid", booking->reference);
        json_write_text(&writer, "sort_code", route);
        json_write_text(&writer, "name", booking->name);
        json_write_text(&writer, "address", booking->line1);
        json_write_text(&writer, "pin", booking->postcode);
        json_write_text(&writer, "pt", booking->cod ? "COD" : "Pre-paid");
        if (strcmp(wants_pdf, "True") == 0) json_write_text(&writer, "pdf_download_link", link);
        json_write_close(&writer, '}');
    }
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static void file(const struct call *call, struct reply *reply)
{
    char waybill[41] = "";
    size_t dot = bytes_find(bytes_of_text(call->segments[1]), BYTES_LITERAL(".pdf"));
    (void)bytes_to_text(bytes_slice(bytes_of_text(call->segments[1]), 0, dot), waybill,
                        sizeof waybill);
    const struct booking *booking = ledger_find_awb(waybill);
    if (booking == NULL) {
        reply_error(reply, 404, "not_found", "no such file");
        return;
    }
    reply->type = "application/pdf";
    label_pdf(booking, &reply->body);
}

static void shipment_put(struct json_writer *writer, const struct booking *booking)
{
    bool cancelled = booking->status == BOOKING_CANCELLED;
    json_write_open(writer, NULL, '{');
    json_write_open(writer, "Shipment", '{');
    json_write_text(writer, "AWB", booking->awb);
    json_write_text(writer, "ReferenceNo", booking->reference);
    json_write_open(writer, "Status", '{');
    /* Before pickup a cancelled package stays Manifested; only its instructions tell. */
    json_write_text(writer, "Status",
                    booking->status == BOOKING_DELIVERED ? "Delivered" : "Manifested");
    json_write_text(writer, "StatusType", booking->status == BOOKING_DELIVERED ? "DL" : "UD");
    json_write_text(writer, "StatusCode", cancelled ? "DLYSU-100" : "X-UCI");
    json_write_time(writer, "StatusDateTime", booking->booked_ms);
    json_write_text(writer, "Instructions",
                    cancelled ? "Seller cancelled the order" : "Consignment Manifested");
    json_write_close(writer, '}');
    json_write_open(writer, "Scans", '[');
    json_write_close(writer, ']');
    json_write_close(writer, '}');
    json_write_close(writer, '}');
}

static bool is_asked_for(const struct booking *booking, const char *waybills,
                         const char *references)
{
    struct bytes rest = bytes_of_text(waybills), part;
    while (bytes_split(&rest, ',', &part)) {
        if (bytes_equal_text(part, booking->awb)) return true;
    }
    rest = bytes_of_text(references);
    while (bytes_split(&rest, ',', &part)) {
        if (bytes_equal_text(part, booking->reference)) return true;
    }
    return false;
}

static void track(const struct call *call, struct reply *reply)
{
    char waybills[2048] = "", references[2048] = "";
    (void)call_query(call, "waybill", waybills, sizeof waybills);
    (void)call_query(call, "ref_ids", references, sizeof references);
    size_t found = 0;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "ShipmentData", '[');
    for (size_t i = 0; i < ledger_count() && found < TRACK_MAX; i++) {
        const struct booking *booking = ledger_at(i);
        if (booking->visible_tick_ms > world_tick_ms() ||
            !is_asked_for(booking, waybills, references))
            continue;
        shipment_put(&writer, booking);
        found++;
    }
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
    if (found > 0) return;
    textbuf_reset(&reply->body);
    textbuf_text(&reply->body, "{\"Success\":false,\"Error\":\"No such waybill or order ID "
                               "found\",\"rmk\":\"Data does not exists "
                               "for provided Waybill(s)\"}");
}

const struct route *delhivery_routes(size_t *out_count)
{
    static const struct route routes[] = {
        {"GET", "/c/api/pin-codes/json", "serviceability", allow, pincodes},
        {"GET", "/waybill/api/bulk/json", "pool", allow, waybills_bulk},
        {"GET", "/waybill/api/fetch/json", "pool", allow, waybill_one},
        {"POST", "/api/cmu/create.json", "book", allow, create},
        {"POST", "/api/p/edit", "edit", allow, edit},
        {"GET", "/api/p/packing_slip", "label", allow, packing_slip},
        {"GET", "/files/{}", "label", NULL, file},
        {"GET", "/api/v1/packages/json", "lookup", allow, track},
    };
    *out_count = ARRAY_LEN(routes);
    return routes;
}
