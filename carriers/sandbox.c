/* sandbox.c - the neutral courier of training mode and tests, as tools/packsim/README.md states it.
 *
 * It is what a courier should be: a true idempotency key, look-up by reference, its own pool of
 * numbers, the label inside the booking answer. Success still needs proof: status word, our
 * reference and an AWB, and our AWB where we sent one. */
#include "carriers/label_data.h"
#include "carriers/reply.h"
#include "carriers/request.h"
#include "hal/base/units.h"

#define POSITIVE_STATUS(status) ((status) == 200 || (status) == 201)

static const struct refusal refusals[] = {
    /* key_reused: the first booking stands, so it may be ours. */
    {"key_reused", CARRIER_UNKNOWN, REASON_DUPLICATE_REFERENCE},
    {"duplicate_reference", CARRIER_UNKNOWN, REASON_DUPLICATE_REFERENCE},
    {"awb_used", CARRIER_UNKNOWN, REASON_AWB_USED},
    {"credentials", CARRIER_REJECT, REASON_CREDENTIALS},
    {"account_funds", CARRIER_REJECT, REASON_ACCOUNT_FUNDS},
    {"too_late", CARRIER_REJECT, REASON_TOO_LATE},
    {"bad_pincode", CARRIER_REJECT, REASON_BAD_PINCODE},
    {"cod_not_serviceable", CARRIER_REJECT, REASON_COD_NOT_SERVICEABLE},
    {"not_serviceable", CARRIER_REJECT, REASON_NOT_SERVICEABLE},
    {"embargo", CARRIER_REJECT, REASON_EMBARGO},
    {"bad_weight", CARRIER_REJECT, REASON_BAD_WEIGHT},
    {"bad_address", CARRIER_REJECT, REASON_BAD_ADDRESS},
    {"not_found", CARRIER_REJECT, REASON_NOT_FOUND},
    {"config", CARRIER_REJECT, REASON_CONFIG},
};

/* What leads to the request's path and query, after the account's base address. */
static void put_path(struct textbuf *url, const struct carrier_task *task)
{
    const struct shipment *shipment = &task->shipment;
    struct bytes awb = bytes_of_text(shipment->awb);
    struct bytes reference = bytes_of_text(shipment->reference);
    switch (task->operation) {
    case CARRIER_SERVICEABILITY:
        textbuf_text(url, "/serviceability?pincode=");
        textbuf_url(url, bytes_of_text(shipment->to.postcode));
        textbuf_text(url, shipment->payment == PAYMENT_COD ? "&cod=1" : "&cod=0");
        return;
    case CARRIER_RATE: /* not offered; refused before */ return;
    case CARRIER_POOL: textbuf_text(url, "/waybills"); return;
    case CARRIER_BOOK: textbuf_text(url, "/shipments"); return;
    case CARRIER_LOOKUP:
        textbuf_text(url, reference.len > 0 ? "/shipments?reference=" : "/shipments/");
        textbuf_url(url, reference.len > 0 ? reference : awb);
        return;
    case CARRIER_TRACK:
        textbuf_text(url, "/track?awb=");
        textbuf_url(url, awb);
        return;
    case CARRIER_LABEL:
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL:
        textbuf_text(url, "/shipments/");
        textbuf_url(url, awb);
        if (task->operation == CARRIER_LABEL) textbuf_text(url, "/label");
        if (task->operation == CARRIER_WEIGHT) textbuf_text(url, "/weight");
        if (task->operation == CARRIER_CANCEL) textbuf_text(url, "/cancel");
        return;
    }
}

static void write_party(struct json_writer *writer, const struct party *to)
{
    json_write_open(writer, "to", '{');
    json_write_text(writer, "name", to->name);
    json_write_text(writer, "phone", to->phone);
    json_write_text(writer, "line1", to->line1);
    json_write_text(writer, "line2", to->line2);
    json_write_text(writer, "city", to->city);
    json_write_text(writer, "state", to->state);
    json_write_text(writer, "postcode", to->postcode);
    json_write_text(writer, "country", to->country);
    json_write_close(writer, '}');
}

static void write_lengths(struct json_writer *writer, const struct shipment *shipment)
{
    bool known = shipment->length_mm > 0 && shipment->width_mm > 0 && shipment->height_mm > 0;
    if (!known) return;
    json_write_i64(writer, "length_mm", shipment->length_mm);
    json_write_i64(writer, "width_mm", shipment->width_mm);
    json_write_i64(writer, "height_mm", shipment->height_mm);
}

static void write_booking(struct json_writer *writer, const struct shipment *shipment,
                          const struct carrier_account *account)
{
    bool cod = shipment->payment == PAYMENT_COD;
    json_write_text(writer, "reference", shipment->reference);
    json_write_text(writer, "order_no", shipment->order_no);
    if (shipment->awb[0] != '\0') json_write_text(writer, "awb", shipment->awb);
    if (shipment->service[0] != '\0') json_write_text(writer, "service", shipment->service);
    json_write_i64(writer, "mass_g", mass_g_rounded_up(shipment->mass_mg));
    write_lengths(writer, shipment);
    json_write_text(writer, "payment", cod ? "cod" : "prepaid");
    if (cod) json_write_i64(writer, "collect_minor", shipment->collect_minor);
    json_write_i64(writer, "value_minor", shipment->value_minor);
    json_write_text(writer, "currency", shipment->currency);
    json_write_text(writer, "contents", shipment->contents);
    if (shipment->fragile) json_write_boolean(writer, "fragile", true);
    if (shipment->dangerous[0] != '\0') json_write_text(writer, "dangerous", shipment->dangerous);
    json_write_text(writer, "pickup", account->pickup_location);
    write_party(writer, &shipment->to);
}

static void write_body(struct json_writer *writer, const struct carrier_task *task,
                       const struct carrier_account *account)
{
    json_write_open(writer, NULL, '{');
    if (task->operation == CARRIER_BOOK) write_booking(writer, &task->shipment, account);
    if (task->operation == CARRIER_POOL) json_write_i64(writer, "count", task->count);
    if (task->operation == CARRIER_WEIGHT) {
        json_write_i64(writer, "mass_g", mass_g_rounded_up(task->shipment.mass_mg));
        write_lengths(writer, &task->shipment);
    }
    json_write_close(writer, '}');
}

static bool put_headers(const struct carrier_task *task, const struct carrier_account *account,
                        struct http_request *request)
{
    struct bytes json_type = BYTES_LITERAL("application/json");
    struct bytes key = bytes_of_text(task->shipment.reference);
    return request_token(request, "Bearer", account->credential) &&
           http_request_header(request, "Accept", json_type) &&
           (request->method == HTTP_GET ||
            http_request_header(request, "Content-Type", json_type)) &&
           (task->operation != CARRIER_BOOK ||
            http_request_header(request, "Idempotency-Key", key));
}

static bool sandbox_build(const struct carrier_task *task, const struct carrier_account *account,
                          struct http_request *request, const char **out_why)
{
    bool posts = carrier_operation_writes(task->operation) || task->operation == CARRIER_POOL;
    char url_storage[HTTP_URL_MAX];
    struct textbuf url;
    const char *why = request_lack(task);
    if (task->operation == CARRIER_RATE) why = "the sandbox courier states no prices";
    if (why != NULL) {
        *out_why = why;
        return false;
    }
    request_start(request, posts ? HTTP_POST : HTTP_GET, account);
    textbuf_init(&url, url_storage, sizeof url_storage);
    textbuf_text(&url, account->base_url);
    put_path(&url, task);
    if (posts) {
        struct json_writer writer;
        json_write_init(&writer, &request->body);
        write_body(&writer, task, account);
    }
    *out_why = "the request does not fit";
    return textbuf_ok(&url) && http_request_url(request, &url) &&
           put_headers(task, account, request) && (!posts || textbuf_ok(&request->body));
}

/* Where the path names no AWB, "not found" is about the path: a wrong base address must never look
 * like "no such shipment", which would allow a second booking. */
static bool names_awb(const struct carrier_task *task)
{
    switch (task->operation) {
    case CARRIER_LABEL:
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL:
    case CARRIER_TRACK: return true;
    case CARRIER_LOOKUP: return task->shipment.reference[0] == '\0';
    case CARRIER_SERVICEABILITY:
    case CARRIER_RATE:
    case CARRIER_POOL:
    case CARRIER_BOOK: return false;
    }
    return false;
}

/* A conflict in words that nobody knows may be one with our own first attempt. */
static void take_refusal(const struct carrier_task *task, int status, struct json root,
                         struct carrier_outcome *out)
{
    struct bytes code, message;
    struct json error = json_get(root, "error");
    if (!json_text(json_get(error, "code"), &code) || code.len == 0) {
        reply_unclear(task->operation, "a refusal without a code", out);
        return;
    }
    if (json_text(json_get(error, "message"), &message)) reply_message(message, out);
    const struct refusal *row = reply_refusal(refusals, ARRAY_LEN(refusals), code);
    if (row == NULL && status == 409) {
        reply_unclear(task->operation, "an unknown conflict", out);
        return;
    }
    reply_reject(row == NULL ? REASON_OTHER : row->reason, out);
    if (out->reason == REASON_NOT_FOUND && !names_awb(task)) out->reason = REASON_CONFIG;
    if (row == NULL || row->result == CARRIER_REJECT) return;
    out->result = row->result;
    out->lookup = row->result == CARRIER_UNKNOWN;
}

/* Reads label:{format,data}. A label that is not what it says it is, is none. */
static void take_label_data(struct json label, struct carrier_outcome *out)
{
    struct bytes word, data;
    if (!json_text(json_get(label, "format"), &word) || !json_text(json_get(label, "data"), &data))
        return;
    enum label_format format = label_data_sniff(data);
    if (format == LABEL_FORMAT_NONE || format != label_data_format(word)) {
        reply_message(BYTES_LITERAL("the label is not what it says it is"), out);
        return;
    }
    out->label_format = format;
    out->label = data;
}

/* Copies awb, reference and route of one shipment; false when they cannot be ours. */
static bool take_identity(const struct carrier_task *task, struct json shipment,
                          struct carrier_outcome *out)
{
    struct bytes awb;
    const struct shipment *ours = &task->shipment;
    bool good =
        json_text(json_get(shipment, "awb"), &awb) && reply_is_awb(awb) &&
        json_text_copy(json_get(shipment, "reference"), out->reference, sizeof out->reference);
    good = good && (ours->reference[0] == '\0' ||
                    bytes_equal_text(bytes_of_text(out->reference), ours->reference));
    if (!good || !bytes_to_text(awb, out->awb, sizeof out->awb)) return false;
    (void)reply_copy(json_get(shipment, "route"), out->route, sizeof out->route);
    return true;
}

static void take_booking(const struct carrier_task *task, int status, struct json root,
                         struct carrier_outcome *out)
{
    struct carrier_outcome seen = *out;
    bool good = reply_is(json_get(root, "status"), "booked") && take_identity(task, root, &seen);
    bool awb_ours = task->shipment.awb[0] == '\0' ||
                    bytes_equal_text(bytes_of_text(seen.awb), task->shipment.awb);
    if (!good || !awb_ours) {
        reply_unclear(task->operation, "the answer does not prove the booking", out);
        return;
    }
    *out = seen;
    reply_accept(status == 200 ? CARRIER_OK_EXISTING : CARRIER_OK, out);
    take_label_data(json_get(root, "label"), out);
}

/* Cancelled, or one of the words of a shipment that stands; false when neither is said. */
static bool take_standing(struct json shipment, bool *out_stands)
{
    static const char *const words[] = {"booked", "picked_up", "in_transit", "delivered"};
    struct json status = json_get(shipment, "status");
    *out_stands = false;
    for (size_t i = 0; i < ARRAY_LEN(words) && !*out_stands; i++) {
        *out_stands = reply_is(status, words[i]);
    }
    return *out_stands || reply_is(status, "cancelled");
}

/* One live shipment is ours; a cancelled one does not stand; two live ones are for a person. */
static void take_found(const struct carrier_task *task, struct json list,
                       struct carrier_outcome *out)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json one;
    struct carrier_outcome found = *out;
    size_t live = 0, cancelled = 0;
    while (json_each(list, &walk, &key, &one)) {
        struct carrier_outcome seen = *out;
        bool stands = false;
        if (!take_identity(task, one, &seen) || !take_standing(one, &stands)) {
            reply_unclear(task->operation, "the list holds what is not a shipment of ours", out);
            return;
        }
        if (!stands) cancelled++;
        else if (live++ == 0) found = seen;
    }
    if (live > 1) {
        out->result = CARRIER_UNKNOWN;
        out->reason = REASON_DUPLICATE_REFERENCE;
        return;
    }
    *out = found;
    reply_accept(CARRIER_OK, out);
    if (live == 0) reply_reject(cancelled > 0 ? REASON_REFERENCE_CANCELLED : REASON_NOT_FOUND, out);
}

static void take_lookup(const struct carrier_task *task, struct json root,
                        struct carrier_outcome *out)
{
    struct json list = json_get(root, "shipments");
    bool by_reference = task->shipment.reference[0] != '\0';
    if (by_reference && json_kind(list) == JSON_ARRAY) {
        take_found(task, list, out);
        return;
    }
    struct carrier_outcome seen = *out;
    bool stands = false;
    bool good = !by_reference && take_identity(task, root, &seen) && take_standing(root, &stands) &&
                bytes_equal_text(bytes_of_text(seen.awb), task->shipment.awb);
    if (!good) {
        reply_unclear(task->operation, "the answer is not about our shipment", out);
        return;
    }
    *out = seen;
    reply_accept(CARRIER_OK, out);
    if (!stands) reply_reject(REASON_REFERENCE_CANCELLED, out);
}

static void take_serviceability(const struct carrier_task *task, struct json root,
                                struct carrier_outcome *out)
{
    bool serviceable;
    struct bytes reason;
    int64_t cod_max_minor;
    const char *asked = task->shipment.to.postcode;
    if (!json_boolean(json_get(root, "serviceable"), &serviceable) ||
        (asked[0] != '\0' && !reply_is(json_get(root, "pincode"), asked))) {
        reply_unclear(task->operation, "the answer is about another pincode", out);
        return;
    }
    if (!serviceable) {
        const struct refusal *row = NULL;
        if (json_text(json_get(root, "reason"), &reason)) {
            row = reply_refusal(refusals, ARRAY_LEN(refusals), reason);
        }
        reply_reject(row == NULL ? REASON_NOT_SERVICEABLE : row->reason, out);
        return;
    }
    reply_accept(CARRIER_SERVICEABLE, out);
    if (!json_boolean(json_get(root, "prepaid"), &out->prepaid)) out->prepaid = false;
    if (!json_boolean(json_get(root, "cod"), &out->cod)) out->cod = false;
    if (!json_boolean(json_get(root, "oda"), &out->oda)) out->oda = false;
    if (json_i64(json_get(root, "cod_max_minor"), 1, INT64_MAX, &cod_max_minor)) {
        out->cod_max_minor = cod_max_minor;
    }
}

static void take_pool(const struct carrier_task *task, struct json root,
                      struct carrier_outcome *out)
{
    struct json list = json_get(root, "awbs");
    size_t count = json_count(list);
    bool good = json_kind(list) == JSON_ARRAY && count > 0 && count <= CARRIER_POOL_BATCH_MAX;
    for (size_t i = 0; good && i < count; i++) {
        struct bytes awb;
        good = json_text(json_at(list, i), &awb) && reply_is_awb(awb) &&
               bytes_to_text(awb, out->awbs[i], sizeof out->awbs[i]);
    }
    if (!good) {
        reply_unclear(task->operation, "the answer is not a list of numbers", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
    out->awb_count = count;
}

/* Answers that name the shipment by its AWB: label, weight, cancel, track. */
static void take_of_awb(const struct carrier_task *task, struct json root,
                        struct carrier_outcome *out)
{
    const struct shipment *ours = &task->shipment;
    int64_t mass_g = 0;
    bool updated = false;
    if (ours->awb[0] != '\0' && !reply_is(json_get(root, "awb"), ours->awb)) {
        reply_unclear(task->operation, "the answer is about another shipment", out);
        return;
    }
    bool good = json_text_copy(json_get(root, "awb"), out->awb, sizeof out->awb);
    if (task->operation == CARRIER_LABEL) {
        take_label_data(json_get(root, "label"), out);
        good = good && out->label_format != LABEL_FORMAT_NONE;
    } else if (task->operation == CARRIER_WEIGHT) {
        good = good && json_boolean(json_get(root, "updated"), &updated) && updated &&
               json_i64(json_get(root, "mass_g"), 1, INT64_MAX, &mass_g) &&
               (ours->mass_mg == 0 || mass_g == mass_g_rounded_up(ours->mass_mg));
        out->updated = good;
    } else if (task->operation == CARRIER_CANCEL) {
        good = good && reply_is(json_get(root, "status"), "cancelled");
    } else {
        good = good && json_text_copy(json_get(root, "status"), out->status, sizeof out->status);
    }
    if (!good) {
        reply_unclear(task->operation, "the answer does not prove what was asked", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
}

static enum carrier_step sandbox_take(struct carrier_task *task,
                                      const struct http_response *response, struct scratch scratch,
                                      struct carrier_outcome *out)
{
    struct json root;
    carrier_outcome_init(out);
    task->round++;
    if (!reply_open(task->operation, response, scratch, out, &root)) return CARRIER_DONE;
    if (!POSITIVE_STATUS(response->status)) {
        take_refusal(task, response->status, root, out);
        return CARRIER_DONE;
    }
    switch (task->operation) {
    case CARRIER_SERVICEABILITY: take_serviceability(task, root, out); break;
    case CARRIER_RATE: reply_unclear(task->operation, "prices are not offered", out); break;
    case CARRIER_POOL: take_pool(task, root, out); break;
    case CARRIER_BOOK: take_booking(task, response->status, root, out); break;
    case CARRIER_LOOKUP: take_lookup(task, root, out); break;
    case CARRIER_LABEL:
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL:
    case CARRIER_TRACK: take_of_awb(task, root, out); break;
    }
    return CARRIER_DONE;
}

/* clang-format off */
const struct carrier carrier_sandbox = {
    .name = "sandbox",
    .title = "Sandbox (no parcel moves)",
    .promises = {
        .repeat = REPEAT_SAFE_KEY,
        .lookup_reference = true,
        .lookup_lag_s = 5,
        .settle_s = 15,
        .pool = true,
        .pool_batch_max = 100,
        .label_inline = true,
        .label_self_drawn = true,
        .label_format = LABEL_FORMAT_ZPL,
        .weight_edit = WEIGHT_EDIT_UNTIL_PICKUP,
        .cancel = CANCEL_SYNC,
        .rates = RATES_NONE,
        .cod = true,
        .reference_max = SHIPMENT_REFERENCE_SIZE - 1,
        .forbidden = "",
    },
    .supports = {
        [CARRIER_SERVICEABILITY] = true, [CARRIER_POOL] = true, [CARRIER_BOOK] = true,
        [CARRIER_LOOKUP] = true, [CARRIER_LABEL] = true, [CARRIER_WEIGHT] = true,
        [CARRIER_CANCEL] = true, [CARRIER_TRACK] = true,
    },
    .build = sandbox_build,
    .take = sandbox_take,
};
/* clang-format on */
