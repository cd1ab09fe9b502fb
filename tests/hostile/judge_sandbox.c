/* judge_sandbox.c - the sandbox courier as tools/packsim/README.md states it. */
#include "tests/hostile/judge.h"

static bool is_positive(const struct carrier_claim *claim)
{
    int status = claim->spoilt->response.status;
    return status == 200 || status == 201;
}

static bool stands(struct json shipment)
{
    static const char *const words[] = {"booked", "picked_up", "in_transit", "delivered"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (judge_says_in_any_case(json_get(shipment, "status"), words[i])) return true;
    }
    return false;
}

static bool is_ours(const struct carrier_task *task, struct json shipment, const char *awb)
{
    bool awb_ours =
        task->shipment.awb[0] == '\0' || judge_says(json_get(shipment, "awb"), task->shipment.awb);
    bool reference_ours = task->shipment.reference[0] == '\0' ||
                          judge_says(json_get(shipment, "reference"), task->shipment.reference);
    return awb_ours && reference_ours && json_kind(json_get(shipment, "awb")) == JSON_TEXT &&
           judge_is_awb(json_get(shipment, "awb"), awb);
}

static const char *judge_label(struct json label, const struct carrier_outcome *outcome)
{
    struct bytes data = BYTES_NONE;
    if (outcome->label_format == LABEL_FORMAT_NONE) return NULL;
    bool zpl = outcome->label_format == LABEL_FORMAT_ZPL;
    if (!zpl) return "no recorded label of the sandbox is anything but ZPL";
    if (!judge_says_in_any_case(json_get(label, "format"), "zpl") ||
        !json_text(json_get(label, "data"), &data) || !bytes_equal(data, outcome->label))
        return "a label is the bytes that came as its data, of the kind they were said to be";
    struct bytes whole = bytes_trim(data);
    bool framed = bytes_start_with(whole, "^XA") && judge_holds(whole, "^XZ");
    return framed ? NULL : "a ZPL label begins and ends as one";
}

static const char *judge_yes_to_booking(const struct carrier_claim *claim, struct json root)
{
    const struct carrier_outcome *outcome = claim->outcome;
    bool first = claim->spoilt->response.status == 201;
    if (!judge_says_in_any_case(json_get(root, "status"), "booked"))
        return "the courier's own word for a yes is \"booked\"";
    if (!is_ours(claim->task, root, outcome->awb))
        return "a booking names our reference and a plausible AWB, ours where we sent it";
    if (outcome->result != (first ? CARRIER_OK : CARRIER_OK_EXISTING))
        return "201 is a new booking, 200 an old one";
    return judge_label(json_get(root, "label"), outcome);
}

struct list {
    size_t all, ours, standing, cancelled;
};

static struct list count(const struct carrier_claim *claim, struct json shipments, bool *out_found)
{
    struct list list = {0};
    struct json_walk walk = {0};
    struct bytes unused, awb;
    struct json each;
    *out_found = false;
    while (json_each(shipments, &walk, &unused, &each)) {
        list.all++;
        bool ours = judge_says(json_get(each, "reference"), claim->task->shipment.reference);
        if (!ours || !json_text(json_get(each, "awb"), &awb)) continue;
        list.ours++;
        if (judge_says_in_any_case(json_get(each, "status"), "cancelled")) list.cancelled++;
        if (!stands(each)) continue;
        list.standing++;
        if (judge_is_awb(json_get(each, "awb"), claim->outcome->awb)) *out_found = true;
    }
    return list;
}

static const char *judge_lookup(const struct carrier_claim *claim, struct json root)
{
    const struct carrier_outcome *outcome = claim->outcome;
    struct json shipments = json_get(root, "shipments");
    bool found = false, by_awb = claim->task->shipment.reference[0] == '\0';
    struct list list = count(claim, shipments, &found);
    if (judge_claims_yes(claim)) {
        if (by_awb)
            return is_ours(claim->task, root, outcome->awb) && stands(root)
                       ? NULL
                       : "what is found by its AWB is that one, and it stands";
        return found && list.standing == 1 && list.ours == list.all
                   ? NULL
                   : "what is found is one shipment of ours that stands, with its AWB";
    }
    if (outcome->result != CARRIER_REJECT) return NULL;
    if (outcome->reason == REASON_NOT_FOUND && by_awb) {
        struct bytes code = BYTES_NONE;
        bool told = json_text(json_get(json_get(root, "error"), "code"), &code);
        return told && judge_holds(code, "not_found") ? NULL : "not found is said by its code";
    }
    if (outcome->reason == REASON_NOT_FOUND)
        return is_positive(claim) && json_kind(shipments) == JSON_ARRAY && list.all == 0
                   ? NULL
                   : "not found is an empty list and nothing else";
    if (outcome->reason == REASON_REFERENCE_CANCELLED && by_awb)
        return judge_says_in_any_case(json_get(root, "status"), "cancelled")
                   ? NULL
                   : "cancelled is said by its word";
    if (outcome->reason == REASON_REFERENCE_CANCELLED)
        return list.all > 0 && list.cancelled == list.all
                   ? NULL
                   : "cancelled is a list of nothing but cancelled ones of ours";
    return NULL;
}

static const char *judge_yes_about_awb(const struct carrier_claim *claim, struct json root)
{
    int64_t mass_g = 0;
    bool updated = false;
    const struct shipment *ours = &claim->task->shipment;
    const struct carrier_outcome *outcome = claim->outcome;
    if (!judge_says(json_get(root, "awb"), ours->awb)) return "the answer names our AWB";
    if (claim->task->operation == CARRIER_LABEL) {
        if (outcome->label_format == LABEL_FORMAT_NONE) return "a yes to a label has a label";
        return judge_label(json_get(root, "label"), outcome);
    }
    if (claim->task->operation == CARRIER_WEIGHT) {
        bool changed = json_boolean(json_get(root, "updated"), &updated) && updated &&
                       json_i64(json_get(root, "mass_g"), 1, INT64_MAX, &mass_g) &&
                       mass_g == (ours->mass_mg + 999) / 1000;
        return changed ? NULL : "a weight is changed when it says so and names our grams";
    }
    if (claim->task->operation == CARRIER_CANCEL) {
        bool cancelled = judge_says_in_any_case(json_get(root, "status"), "cancelled");
        return cancelled ? NULL : "cancelled is said by its word";
    }
    bool same = judge_says(json_get(root, "status"), outcome->status);
    return same ? NULL : "a parcel's state is the courier's own word";
}

static const char *judge_pool(const struct carrier_claim *claim, struct json root)
{
    struct json list = json_get(root, "awbs");
    if (json_kind(list) != JSON_ARRAY || json_count(list) != claim->outcome->awb_count)
        return "the numbers are those of the list";
    for (size_t i = 0; i < claim->outcome->awb_count; i++) {
        if (!judge_is_awb(json_at(list, i), claim->outcome->awbs[i]))
            return "each number of the list is plausible and taken as it stands";
    }
    return claim->outcome->awb_count > 0 ? NULL : "an empty list is no numbers";
}

static const char *judge_serviceable(const struct carrier_claim *claim, struct json root)
{
    bool yes = false;
    if (!judge_says(json_get(root, "pincode"), claim->task->shipment.to.postcode))
        return "the answer is about our pincode";
    return json_boolean(json_get(root, "serviceable"), &yes) && yes
               ? NULL
               : "a pincode is served when it says so";
}

/* A refusal has a code; "the key", "the reference", "the number is used" may be our own booking. */
static const char *judge_no(const struct carrier_claim *claim, struct json root)
{
    struct bytes code = BYTES_NONE;
    int status = claim->spoilt->response.status;
    if (is_positive(claim)) return "200 and 201 refuse no write";
    if (!json_text(json_get(json_get(root, "error"), "code"), &code) || code.len == 0)
        return "a refusal has a code";
    if (judge_holds(code, "key_reused") || judge_holds(code, "duplicate_reference") ||
        judge_holds(code, "awb_used"))
        return "what is used already may be our own booking";
    bool known = judge_holds(code, "too_late") || claim->outcome->reason != REASON_OTHER;
    if (status == 409 && !known) return "a conflict that nobody knows is looked up";
    return NULL;
}

const char *judge_sandbox(const struct carrier_claim *claim)
{
    enum carrier_operation operation = claim->task->operation;
    const char *broken = judge_carrier(claim);
    bool yes = judge_claims_yes(claim), no = claim->outcome->result == CARRIER_REJECT;
    if (broken != NULL || (!yes && !no)) return broken;
    struct json root = judge_body(&claim->spoilt->response);
    if (json_kind(root) == JSON_MISSING) return "what cannot be read is neither yes nor no";
    if (yes && !is_positive(claim)) return "a yes comes with 200 or 201";
    if (operation == CARRIER_LOOKUP) return judge_lookup(claim, root);
    if (no) return carrier_operation_writes(operation) ? judge_no(claim, root) : NULL;
    switch (operation) {
    case CARRIER_BOOK: return judge_yes_to_booking(claim, root);
    case CARRIER_POOL: return judge_pool(claim, root);
    case CARRIER_SERVICEABILITY: return judge_serviceable(claim, root);
    case CARRIER_RATE: return "the sandbox names no prices";
    case CARRIER_LOOKUP:
    case CARRIER_LABEL:
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL:
    case CARRIER_TRACK: return judge_yes_about_awb(claim, root);
    }
    return NULL;
}
