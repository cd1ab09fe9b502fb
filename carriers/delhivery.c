/* delhivery.c - Delhivery B2C, from Delhivery's developer documentation (order creation, package
 * lifecycle, cancellation, waybills, charges) and recorded answers of public integrations; [U]
 * marks what neither confirms yet.
 *
 * Its own rules: a refusal comes with HTTP 200 and may even carry a waybill; a refusal that says
 * "partially saved" has to be looked up before another courier is used; the same order id again is
 * refused, the same waybill too, so every retry carries our waybill and the same bytes; going too
 * fast shows as 429 or 403 and blocks the address for about a minute. Grams rounded up, centimetres
 * rounded up, rupees. The label is a PDF behind a link, which is a second exchange. */
#include "carriers/clean.h"
#include "carriers/label_data.h"
#include "carriers/reply.h"
#include "carriers/request.h"
#include "hal/base/units.h"

#define FORBIDDEN "&#%;\\\"" /* the quote too: escaping it would put a backslash into the data */
#define BLOCKED_S 60         /* going too fast: "blocked about a minute" */
#define NAME_CHARACTERS 100
#define ADDRESS_CHARACTERS 400
#define JSON_MAX 4096 /* a booking before URL-encoding; its longest fields are far below */
#define SAID_MAX 1024
#define MM_PER_CM 10

/* Parts of what it says when it refuses. */
static const struct refusal refusals[] = {
    {"duplicate order id", CARRIER_UNKNOWN, REASON_DUPLICATE_REFERENCE},
    {"duplicate waybill", CARRIER_UNKNOWN, REASON_AWB_USED},
    {"unable to consume waybill", CARRIER_UNKNOWN, REASON_AWB_USED},
    {"credentials were not provided", CARRIER_REJECT, REASON_CREDENTIALS},
    {"clientwarehouse matching query does not exist", CARRIER_REJECT, REASON_CONFIG},
    {"client-warehouse is not active", CARRIER_REJECT, REASON_CONFIG},
    {"shipment list contains no data", CARRIER_REJECT, REASON_CONFIG}, /* client name's case */
    {"format key missing", CARRIER_REJECT, REASON_CONFIG},
    {"not serviceable for this account", CARRIER_REJECT, REASON_CONFIG},
    {"non serviceable pincode", CARRIER_REJECT, REASON_NOT_SERVICEABLE},
    {"insufficient balance", CARRIER_REJECT, REASON_ACCOUNT_FUNDS},
    {"capacity exceeded", CARRIER_REJECT, REASON_EMBARGO}, /* of the pincode, until midnight */
    {"unterminated string", CARRIER_REJECT, REASON_BAD_ADDRESS},
    {"suspicious", CARRIER_REJECT, REASON_OTHER},
    {"does not pass the validator", CARRIER_REJECT, REASON_OTHER},
};

/* Where labels are stored, as links show; the list is not documented [U]. */
static const char *const label_domains[] = {".delhivery.com", ".amazonaws.com"};

/* Words that admit that something may have been kept. */
static bool says_partial(struct bytes said)
{
    return reply_says(said, "partially saved") || reply_says(said, "internal error");
}

static int64_t cm_rounded_up(int32_t length_mm)
{
    return ((int64_t)length_mm + MM_PER_CM - 1) / MM_PER_CM;
}

static void write_clean(struct json_writer *writer, const char *key, const char *value, size_t max)
{
    char storage[2 * sizeof(((struct party *)0)->line1) + 2];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    (void)clean_put(&text, bytes_of_text(value), FORBIDDEN, max);
    if (text.len > 0) json_write_bytes(writer, key, textbuf_bytes(&text));
}

static void write_address(struct json_writer *writer, const struct party *to)
{
    char storage[sizeof to->line1 + sizeof to->line2 + 1];
    struct textbuf both;
    textbuf_init(&both, storage, sizeof storage);
    textbuf_text(&both, to->line1);
    textbuf_char(&both, ' ');
    textbuf_text(&both, to->line2);
    write_clean(writer, "add", storage, ADDRESS_CHARACTERS);
}

static void write_rupees(struct json_writer *writer, const char *key, int64_t minor)
{
    char storage[32];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    minor_write(&text, minor, 2);
    json_write_number(writer, key, textbuf_bytes(&text));
}

static void write_size(struct json_writer *writer, const struct shipment *shipment)
{
    bool known = shipment->length_mm > 0 && shipment->width_mm > 0 && shipment->height_mm > 0;
    if (!known) return;
    json_write_i64(writer, "shipment_length", cm_rounded_up(shipment->length_mm));
    json_write_i64(writer, "shipment_width", cm_rounded_up(shipment->width_mm));
    json_write_i64(writer, "shipment_height", cm_rounded_up(shipment->height_mm));
}

static bool is_express(const struct shipment *shipment)
{
    return bytes_equal_ignore_case(bytes_of_text(shipment->service), "express");
}

static void write_booking(struct json_writer *writer, const struct shipment *shipment,
                          const char *phone, const char *pincode)
{
    bool cod = shipment->payment == PAYMENT_COD;
    write_clean(writer, "name", shipment->to.name, NAME_CHARACTERS);
    write_address(writer, &shipment->to);
    json_write_text(writer, "pin", pincode);
    write_clean(writer, "city", shipment->to.city, NAME_CHARACTERS);
    write_clean(writer, "state", shipment->to.state, NAME_CHARACTERS);
    json_write_text(writer, "country", "India");
    json_write_text(writer, "phone", phone);
    json_write_text(writer, "order", shipment->reference);
    json_write_text(writer, "payment_mode", cod ? "COD" : "Prepaid");
    if (cod) write_rupees(writer, "cod_amount", shipment->collect_minor);
    write_rupees(writer, "total_amount", shipment->value_minor);
    json_write_i64(writer, "weight", mass_g_rounded_up(shipment->mass_mg));
    write_size(writer, shipment);
    if (shipment->awb[0] != '\0') json_write_text(writer, "waybill", shipment->awb);
    json_write_text(writer, "shipping_mode", is_express(shipment) ? "Express" : "Surface");
    write_clean(writer, "products_desc", shipment->contents, NAME_CHARACTERS);
}

/* What keeps this shipment from being said to Delhivery; NULL when nothing does. */
static const char *booking_fault(const struct shipment *shipment)
{
    const struct party *to = &shipment->to;
    bool rupees = bytes_equal_text(BYTES_LITERAL("INR"), shipment->currency);
    if (!rupees) return "the currency is not INR";
    if (!clean_is(shipment->reference, FORBIDDEN)) return "the reference has a forbidden character";
    if (clean_is_empty(to->name, FORBIDDEN)) return "the receiver's name is missing";
    if (clean_is_empty(to->line1, FORBIDDEN)) return "the receiver's address is missing";
    return NULL;
}

/* The body is literally format=json&data=<JSON>; encoded, since '&' and '%' end the data. */
static const char *put_booking(const struct shipment *shipment, const char *pincode,
                               const struct carrier_account *account, struct textbuf *body)
{
    char json[JSON_MAX];
    struct textbuf text;
    struct json_writer writer;
    char phone[CLEAN_PHONE_SIZE];
    const char *fault = booking_fault(shipment);
    if (fault != NULL) return fault;
    if (!clean_phone(bytes_of_text(shipment->to.phone), phone)) return "the phone is not Indian";
    textbuf_init(&text, json, sizeof json);
    json_write_init(&writer, &text);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "shipments", '[');
    json_write_open(&writer, NULL, '{');
    write_booking(&writer, shipment, phone, pincode);
    json_write_close(&writer, '}');
    json_write_close(&writer, ']');
    json_write_open(&writer, "pickup_location", '{');
    json_write_text(&writer, "name", account->pickup_location); /* exact in case and blanks */
    json_write_close(&writer, '}');
    json_write_close(&writer, '}');
    textbuf_text(body, "format=json&data=");
    textbuf_url(body, textbuf_bytes(&text));
    return textbuf_ok(&text) ? NULL : "the shipment's texts are too long";
}

static void put_edit(const struct carrier_task *task, struct textbuf *body)
{
    struct json_writer writer;
    json_write_init(&writer, body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "waybill", task->shipment.awb);
    if (task->operation == CARRIER_WEIGHT) {
        json_write_i64(&writer, "weight", mass_g_rounded_up(task->shipment.mass_mg));
        write_size(&writer, &task->shipment);
    } else {
        json_write_text(&writer, "cancellation", "true");
    }
    json_write_close(&writer, '}');
}

static void put_query(struct textbuf *url, const char *before, const char *value)
{
    textbuf_text(url, before);
    textbuf_url(url, bytes_of_text(value));
}

static void put_rate(struct textbuf *url, const struct shipment *shipment, const char *pincode,
                     const struct carrier_account *account)
{
    put_query(url, "/api/kinko/v1/invoice/charges/.json?md=", is_express(shipment) ? "E" : "S");
    textbuf_text(url, "&cgm=");
    textbuf_i64(url, mass_g_rounded_up(shipment->mass_mg));
    put_query(url, "&o_pin=", account->pickup_postcode);
    put_query(url, "&d_pin=", pincode);
    put_query(url, "&ss=Delivered&pt=", shipment->payment == PAYMENT_COD ? "COD" : "Pre-paid");
}

static void put_path(const struct carrier_task *task, const char *pincode,
                     const struct carrier_account *account, struct textbuf *url)
{
    const struct shipment *shipment = &task->shipment;
    bool by_reference = task->operation == CARRIER_LOOKUP && shipment->reference[0] != '\0';
    switch (task->operation) {
    case CARRIER_SERVICEABILITY:
        put_query(url, "/c/api/pin-codes/json/?filter_codes=", pincode);
        return;
    case CARRIER_RATE: put_rate(url, shipment, pincode, account); return;
    case CARRIER_POOL:
        textbuf_text(url, "/waybill/api/bulk/json/?count=");
        textbuf_u64(url, task->count);
        return;
    case CARRIER_BOOK: textbuf_text(url, "/api/cmu/create.json"); return;
    case CARRIER_LOOKUP:
    case CARRIER_TRACK:
        textbuf_text(url, "/api/v1/packages/json/");
        if (by_reference) put_query(url, "?ref_ids=", shipment->reference);
        else put_query(url, "?waybill=", shipment->awb);
        return;
    case CARRIER_LABEL:
        put_query(url, "/api/p/packing_slip?wbns=", shipment->awb);
        textbuf_text(url, "&pdf=True&pdf_size=4R"); /* 4 x 6 inches */
        return;
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL: textbuf_text(url, "/api/p/edit"); return;
    }
}

/* The label's link leads to storage, not to the API's host; our token does not go there. */
static bool build_download(const struct carrier_task *task, const struct carrier_account *account,
                           struct http_request *request, const char **out_why)
{
    struct bytes link = bytes_of_text(task->note);
    char storage[CARRIER_TASK_NOTE_SIZE];
    struct textbuf url;
    textbuf_init(&url, storage, sizeof storage);
    textbuf_bytes_put(&url, link);
    *out_why = "the label's link leads to a host that is not Delhivery's";
    return request_may_follow(link, account->base_url, label_domains, ARRAY_LEN(label_domains)) &&
           http_request_url(request, &url);
}

static bool needs_pincode(enum carrier_operation operation)
{
    return operation == CARRIER_SERVICEABILITY || operation == CARRIER_RATE ||
           operation == CARRIER_BOOK;
}

static bool delhivery_build(const struct carrier_task *task, const struct carrier_account *account,
                            struct http_request *request, const char **out_why)
{
    bool posts = carrier_operation_writes(task->operation), books = task->operation == CARRIER_BOOK;
    struct bytes json_type = BYTES_LITERAL("application/json");
    struct bytes form_type = BYTES_LITERAL("application/x-www-form-urlencoded");
    char storage[HTTP_URL_MAX];
    struct textbuf url;
    char pincode[CLEAN_PINCODE_SIZE] = "";
    const char *why = request_lack(task);
    request_start(request, posts ? HTTP_POST : HTTP_GET, account);
    if (task->operation == CARRIER_LABEL) request->reply_max = LABEL_DATA_MAX;
    if (task->operation == CARRIER_LABEL && task->round > 0) {
        return build_download(task, account, request, out_why);
    }
    textbuf_init(&url, storage, sizeof storage);
    textbuf_text(&url, account->base_url);
    if (!clean_pincode(bytes_of_text(task->shipment.to.postcode), pincode) && why == NULL) {
        why = needs_pincode(task->operation) ? "the pincode is wrong" : NULL;
    }
    put_path(task, pincode, account, &url);
    if (books && why == NULL) why = put_booking(&task->shipment, pincode, account, &request->body);
    else if (posts) put_edit(task, &request->body);
    *out_why = why != NULL ? why : "the request does not fit";
    return why == NULL && (!posts || textbuf_ok(&request->body)) &&
           http_request_url(request, &url) &&
           request_token(request, "Token", account->credential) &&
           http_request_header(request, "Accept", json_type) &&
           (!posts || http_request_header(request, "Content-Type", books ? form_type : json_type));
}

/* Everything it says in words, wherever the answer has them. */
static void gather_all(struct json root, struct textbuf *said)
{
    static const char *const keys[] = {"rmk", "error", "Error", "detail", "remark", "message"};
    reply_gather(json_get(json_at(json_get(root, "packages"), 0), "remarks"), said);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) reply_gather(json_get(root, keys[i]), said);
}

/* A plausible number. One with an exponent says something else than its letters. */
static bool is_awb(struct json value)
{
    struct bytes awb;
    uint64_t unused;
    if (json_number_text(value, &awb) && !bytes_to_u64(awb, UINT64_MAX, &unused)) return false;
    return json_number_or_text(value, &awb) && reply_is_awb(awb);
}

static bool is_silent(struct json value)
{
    return json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
}

/* Exactly one package, a success, our reference, a plausible number: ours where we sent it. */
static bool is_proof(const struct shipment *ours, struct json root)
{
    struct json packages = json_get(root, "packages");
    struct json package = json_at(packages, 0);
    struct bytes reference;
    return json_count(packages) == 1 && reply_is(json_get(package, "status"), "success") &&
           is_awb(json_get(package, "waybill")) &&
           reply_agrees(json_get(package, "waybill"), ours->awb) &&
           json_number_or_text(json_get(package, "refnum"), &reference) &&
           reply_agrees(json_get(package, "refnum"), ours->reference);
}

static void take_success(const struct carrier_task *task, struct json root,
                         struct carrier_outcome *out)
{
    struct json package = json_at(json_get(root, "packages"), 0);
    bool proved = is_proof(&task->shipment, root) &&
                  reply_copy(json_get(package, "waybill"), out->awb, sizeof out->awb) &&
                  reply_copy(json_get(package, "refnum"), out->reference, sizeof out->reference);
    if (!proved) {
        reply_unclear(task->operation, "the answer does not prove the booking", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
    (void)reply_copy(json_get(package, "sort_code"), out->route, sizeof out->route);
}

/* in_doubt: beside the words, something says that it may have happened. */
static void take_failure(const struct carrier_task *task, struct json root, struct bytes said,
                         bool in_doubt, struct carrier_outcome *out)
{
    struct json package = json_at(json_get(root, "packages"), 0);
    struct json refnum = json_get(package, "refnum");
    struct bytes unused;
    char named[SHIPMENT_REFERENCE_SIZE];
    bool contradicts = reply_is(json_get(package, "status"), "success") ||
                       json_count(json_get(root, "packages")) > 1;
    bool names_another =
        json_number_or_text(refnum, &unused) && !reply_agrees(refnum, task->shipment.reference);
    bool names_it = reply_copy(refnum, named, sizeof named);
    if (contradicts || names_another) {
        reply_unclear(task->operation, "the answer contradicts itself", out);
        return;
    }
    const char *reference = names_it ? named : task->shipment.reference;
    const struct refusal *row = reply_refusal(refusals, ARRAY_LEN(refusals), said);
    bool unclear = row == NULL ? in_doubt || says_partial(said) : row->result == CARRIER_UNKNOWN;
    if (!unclear) reply_reject(row == NULL ? REASON_OTHER : row->reason, out);
    else if (row != NULL) out->reason = row->reason;
    char *where = unclear ? out->lookup_reference : out->verify_absent;
    bool copied = (!unclear && !says_partial(said)) ||
                  bytes_to_text(bytes_of_text(reference), where, SHIPMENT_REFERENCE_SIZE);
    ENSURE(copied);
}

static void take_booking(const struct carrier_task *task, int status, struct json root,
                         struct bytes said, struct carrier_outcome *out)
{
    bool success = false;
    bool stated = reply_flag(json_get(root, "success"), &success);
    bool conflict = status == 409 && !stated; /* with what? it may be our own first attempt */
    if (stated && success && status < 300) take_success(task, root, out);
    else if (!success && (stated || status >= 400)) take_failure(task, root, said, conflict, out);
    else reply_unclear(task->operation, "the answer states no success and no failure", out);
}

/* Edit and cancel share a path and an answer. After a cancel before pickup the status stays
 * UD/Manifested, so this answer is the only sign of it. */
static void take_edit(const struct carrier_task *task, struct json root, struct bytes said,
                      struct carrier_outcome *out)
{
    bool done = false;
    struct json waybill = json_get(root, "waybill");
    bool stated = reply_flag(json_get(root, "status"), &done);
    bool named = !is_silent(waybill) && !reply_is(waybill, "");
    bool ours = is_awb(waybill) && reply_agrees(waybill, task->shipment.awb);
    if (stated && done && ours) {
        reply_accept(CARRIER_OK, out);
        out->updated = task->operation == CARRIER_WEIGHT;
    } else if (stated && !done && (ours || !named)) {
        const struct refusal *row = reply_refusal(refusals, ARRAY_LEN(refusals), said);
        bool refused = row != NULL && row->result == CARRIER_REJECT;
        reply_reject(refused ? row->reason : REASON_OTHER, out);
    } else {
        reply_unclear(task->operation, "the answer does not prove the change", out);
    }
}

static struct json find_pincode(struct json codes, const char *asked)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json each;
    while (json_each(codes, &walk, &key, &each)) {
        struct json found = json_get(each, "postal_code");
        bool ours = reply_agrees(json_get(found, "pin"), asked);
        if (ours && json_kind(found) == JSON_OBJECT) return found;
    }
    return (struct json){NULL};
}

static void take_serviceability(const struct carrier_task *task, struct json root,
                                struct carrier_outcome *out)
{
    char asked[CLEAN_PINCODE_SIZE] = "";
    struct json codes = json_get(root, "delivery_codes");
    struct bytes amount;
    int64_t cod_max_minor = 0;
    bool known = clean_pincode(bytes_of_text(task->shipment.to.postcode), asked);
    struct json code = find_pincode(codes, known ? asked : "");
    if (json_kind(codes) == JSON_ARRAY && json_count(codes) == 0) {
        reply_reject(REASON_BAD_PINCODE_OR_NOT_SERVICEABLE, out);
        return;
    }
    if (json_kind(code) != JSON_OBJECT) {
        reply_unclear(task->operation, "the answer is not about our pincode", out);
        return;
    }
    out->prepaid = reply_is(json_get(code, "pre_paid"), "Y");
    out->cod = reply_is(json_get(code, "cod"), "Y");
    out->oda = reply_is(json_get(code, "is_oda"), "Y");
    reply_accept(CARRIER_SERVICEABLE, out);
    /* 0 means that no limit is stated. */
    if (json_number_or_text(json_get(code, "max_amount"), &amount) &&
        minor_from_text(amount, 2, &cod_max_minor) && cod_max_minor > 0) {
        out->cod_max_minor = cod_max_minor;
    }
    if (reply_is(json_get(code, "remarks"), "embargo")) reply_reject(REASON_EMBARGO, out);
    else if (!out->prepaid && !out->cod) reply_reject(REASON_NOT_SERVICEABLE, out);
}

/* An estimate, so a fraction of a paisa is dropped. */
static void take_rate(const struct carrier_task *task, struct json root,
                      struct carrier_outcome *out)
{
    struct bytes rupees;
    bool good = json_number_or_text(json_get(json_at(root, 0), "total_amount"), &rupees);
    if (good) rupees.len = bytes_slice(rupees, 0, bytes_find_byte(rupees, '.') + 3).len;
    if (!good || !minor_from_text(rupees, 2, &out->cost_minor) || out->cost_minor < 0) {
        out->cost_minor = -1;
        reply_unclear(task->operation, "the answer holds no price", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
}

/* One text with commas between the numbers [U]. A foreign piece spoils the batch: numbers that
 * were lost cost nothing, a wrong one would. */
static void take_pool(const struct carrier_task *task, struct json root,
                      struct carrier_outcome *out)
{
    struct bytes list = BYTES_NONE, piece;
    bool good = json_text(root, &list);
    while (good && bytes_split(&list, ',', &piece)) {
        struct bytes awb = bytes_trim(piece);
        good = out->awb_count < CARRIER_POOL_BATCH_MAX && reply_is_awb(awb) &&
               bytes_to_text(awb, out->awbs[out->awb_count], sizeof out->awbs[0]);
        if (good) out->awb_count++;
    }
    if (!good || out->awb_count == 0) {
        out->awb_count = 0;
        reply_unclear(task->operation, "the answer is not a list of numbers", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
}

static bool is_ours(const struct carrier_task *task, struct json shipment)
{
    bool by_reference = task->operation == CARRIER_LOOKUP && task->shipment.reference[0] != '\0';
    return by_reference ? reply_agrees(json_get(shipment, "ReferenceNo"), task->shipment.reference)
                        : reply_agrees(json_get(shipment, "AWB"), task->shipment.awb);
}

/* Ours with a number and a state; what has neither proves nothing. */
static bool is_whole(struct json shipment)
{
    struct bytes type;
    return is_awb(json_get(shipment, "AWB")) &&
           json_text(json_get(json_get(shipment, "Status"), "StatusType"), &type) && type.len > 0;
}

/* A cancelled one does not stand; but before pickup a cancelled one still looks manifested. */
static void take_shipment(struct json shipment, bool stands, struct carrier_outcome *out)
{
    struct json status = json_get(json_get(shipment, "Status"), "Status");
    (void)reply_copy(json_get(shipment, "AWB"), out->awb, sizeof out->awb);
    (void)reply_copy(json_get(shipment, "ReferenceNo"), out->reference, sizeof out->reference);
    (void)reply_copy(status, out->status, sizeof out->status);
    reply_accept(CARRIER_OK, out);
    if (!stands) reply_reject(REASON_REFERENCE_CANCELLED, out);
}

/* The words, no shipment at all, and no flag that says success: this no allows another booking. */
static bool says_none(struct json root, struct bytes said)
{
    struct json flag = json_get(root, "Success");
    bool success = true;
    return reply_says(said, "no such waybill or order id found") &&
           json_count(json_get(root, "ShipmentData")) == 0 &&
           (is_silent(flag) || (reply_flag(flag, &success) && !success));
}

/* Two shipments under one reference that both stand are for a person to see. Only a list of nothing
 * but ours, each of them whole, proves that it was cancelled. */
static void take_tracked(const struct carrier_task *task, struct json root, struct bytes said,
                         struct carrier_outcome *out)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json each;
    size_t found = 0, standing = 0, foreign = 0, broken = 0;
    while (json_each(json_get(root, "ShipmentData"), &walk, &key, &each)) {
        struct json shipment = json_get(each, "Shipment");
        if (!is_ours(task, shipment) || !is_whole(shipment)) {
            if (is_ours(task, shipment)) broken++;
            else foreign++;
            continue;
        }
        bool stands = !reply_is(json_get(json_get(shipment, "Status"), "StatusType"), "CN");
        if (stands) standing++;
        if (found++ == 0 || (stands && standing == 1)) take_shipment(shipment, stands, out);
    }
    if (found == 0 && says_none(root, said)) {
        reply_reject(REASON_NOT_FOUND, out);
    } else if (found == 0 || broken > 0 || (standing == 0 && foreign > 0)) {
        reply_nothing(task->operation, "the answer is not about our shipment", out);
    } else if (standing > 1) {
        out->result = CARRIER_UNKNOWN;
        out->reason = REASON_DUPLICATE_REFERENCE;
        out->lookup = true;
    }
}

static enum carrier_step take_label_link(struct carrier_task *task, int status, struct json root,
                                         struct carrier_outcome *out)
{
    struct json package = json_at(json_get(root, "packages"), 0);
    struct json link = json_get(package, "pdf_download_link");
    bool ours = status < 300 && json_kind(json_get(package, "wbn")) != JSON_MISSING &&
                reply_agrees(json_get(package, "wbn"), task->shipment.awb);
    if (ours && json_text_copy(link, task->note, sizeof task->note)) return CARRIER_MORE;
    task->round = 0;
    reply_unclear(task->operation, "the answer holds no link to our label", out);
    return CARRIER_DONE;
}

/* A link that has run out, or a cut file: the same task again begins with a fresh link. */
static void take_label_file(struct carrier_task *task, const struct http_response *response,
                            struct carrier_outcome *out)
{
    if (response->status != 200 || label_data_sniff(response->body) != LABEL_FORMAT_PDF) {
        task->round = 0;
        reply_unclear(task->operation, "what the link gave is not a whole PDF", out);
        return;
    }
    reply_accept(CARRIER_OK, out);
    out->label_format = LABEL_FORMAT_PDF;
    out->label = response->body;
}

/* What status and login texts settle. 403 is how tracking shows that we were too fast; that booking
 * shows it the same way is [U]. A write believes a 401 only with a whole answer under it. */
static bool is_turned_away(const struct carrier_task *task, const struct http_response *response,
                           bool opened, struct bytes said, struct carrier_outcome *out)
{
    int status = response->status;
    bool answered = (status >= 200 && status < 300) || (status >= 400 && status < 500);
    bool no_login =
        answered && reply_says(bytes_slice(response->body, 0, 64), "login or api key required");
    bool credentials = reply_says(said, "credentials were not provided");
    bool asks = !carrier_operation_writes(task->operation);
    if (no_login || (status == 401 && (opened || asks)) || (status == 403 && credentials)) {
        reply_reject(REASON_CREDENTIALS, out);
        return true;
    }
    if (status != 403 && status != 429) return false;
    reply_throttled(response, BLOCKED_S, out);
    return true;
}

/* A yes under a status that says no, and a no in so many words that some were not heard. */
static void doubt(enum carrier_operation operation, int status, const struct textbuf *said,
                  struct carrier_outcome *out)
{
    bool yes = out->result == CARRIER_OK || out->result == CARRIER_SERVICEABLE;
    if (yes && status >= 400) reply_nothing(operation, "the status says no", out);
    if (out->result == CARRIER_REJECT && !textbuf_ok(said))
        reply_nothing(operation, "too much is said to be sure", out);
}

static enum carrier_step delhivery_take(struct carrier_task *task,
                                        const struct http_response *response,
                                        struct scratch scratch, struct carrier_outcome *out)
{
    char storage[SAID_MAX];
    struct textbuf text;
    struct json root = {NULL};
    carrier_outcome_init(out);
    if (task->operation == CARRIER_LABEL && task->round > 0) {
        take_label_file(task, response, out);
        return CARRIER_DONE;
    }
    task->round++;
    textbuf_init(&text, storage, sizeof storage);
    bool opened = reply_open(task->operation, response, scratch, out, &root);
    if (opened) gather_all(root, &text);
    struct bytes said = textbuf_bytes(&text);
    if (is_turned_away(task, response, opened, said, out) || !opened) return CARRIER_DONE;
    reply_message(said, out);
    switch (task->operation) {
    case CARRIER_SERVICEABILITY: take_serviceability(task, root, out); break;
    case CARRIER_RATE: take_rate(task, root, out); break;
    case CARRIER_POOL: take_pool(task, root, out); break;
    case CARRIER_BOOK: take_booking(task, response->status, root, said, out); break;
    case CARRIER_LABEL: return take_label_link(task, response->status, root, out);
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL: take_edit(task, root, said, out); break;
    case CARRIER_LOOKUP:
    case CARRIER_TRACK: take_tracked(task, root, said, out); break;
    }
    doubt(task->operation, response->status, &text, out);
    return CARRIER_DONE;
}

/* clang-format off */
const struct carrier carrier_delhivery = {
    .name = "delhivery",
    .title = "Delhivery",
    .promises = {
        .repeat = REPEAT_REFUSED,
        .lookup_reference = true,
        .lookup_lag_s = 30, /* "not found" counts twice, half a minute apart */
        .settle_s = 30,     /* booking's published P99 is 1.6 s */
        .pool = true,
        .pool_min_age_s = 300, /* a number is not at once usable; how long is [U] */
        .pool_batch_max = CARRIER_POOL_BATCH_MAX, /* they allow 10,000 */
        .label_url = true,
        .label_self_drawn = true,
        .label_format = LABEL_FORMAT_PDF,
        .weight_edit = WEIGHT_EDIT_UNTIL_DISPATCH,
        .cancel = CANCEL_SYNC,
        .rates = RATES_ESTIMATE,
        .cod = true,
        .reference_max = SHIPMENT_REFERENCE_SIZE - 1,
        .forbidden = FORBIDDEN,
    },
    .supports = {
        [CARRIER_SERVICEABILITY] = true, [CARRIER_RATE] = true, [CARRIER_POOL] = true,
        [CARRIER_BOOK] = true, [CARRIER_LOOKUP] = true, [CARRIER_LABEL] = true,
        [CARRIER_WEIGHT] = true, [CARRIER_CANCEL] = true, [CARRIER_TRACK] = true,
    },
    .build = delhivery_build,
    .take = delhivery_take,
};
/* clang-format on */
