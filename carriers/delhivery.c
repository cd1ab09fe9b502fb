/* delhivery.c - Delhivery B2C, from Delhivery's developer documentation (order creation, package
 * lifecycle, cancellation, waybills, charges) and recorded answers of public integrations; [U]
 * marks what neither confirms yet.
 *
 * Its own rules: a refusal comes with HTTP 200 and may even carry a waybill; a refusal that says
 * "partially saved" has to be looked up before another courier is used; the same order id again is
 * refused, the same waybill too, so every retry carries our waybill and the same bytes; going too
 * fast shows as 429 or 403 and blocks the address for about a minute. Grams rounded up, centimetres
 * rounded up, rupees. The label is a PDF behind a link, which is a second exchange. What it is told
 * is in delhivery_build.c, what its answers mean is here. */
#include "carriers/clean.h"
#include "carriers/delhivery_build.h"
#include "carriers/label_data.h"
#include "carriers/reply.h"
#include "hal/base/units.h"

#define BLOCKED_S 60 /* going too fast: "blocked about a minute" */
#define SAID_MAX 1024

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

/* Words that admit that something may have been kept. */
static bool says_partial(struct bytes said)
{
    return reply_says(said, "partially saved") || reply_says(said, "internal error");
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
        .forbidden = DELHIVERY_FORBIDDEN,
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
