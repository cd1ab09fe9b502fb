/* judge_delhivery.c - Delhivery as its documents and the recorded answers show it: a refusal may
 * come with 200 and with a waybill, and may admit that something was kept. */
#include <string.h>

#include "tests/hostile/judge.h"

static const char *const refusals_that_may_be_ours[] = {"duplicate order id", "duplicate waybill",
                                                        "unable to consume waybill"};
static const char *const admissions[] = {"partially saved", "internal error"};

static bool flag(struct json value, bool *out_flag)
{
    if (json_boolean(value, out_flag)) return true;
    *out_flag = judge_says_in_any_case(value, "true") || judge_says_in_any_case(value, "success");
    return *out_flag || judge_says_in_any_case(value, "false") ||
           judge_says_in_any_case(value, "fail");
}

static bool value_holds(struct json value, const char *words)
{
    struct json_walk walk = {0};
    struct bytes unused, text;
    struct json each;
    if (json_text(value, &text)) return judge_holds(text, words);
    if (json_kind(value) != JSON_ARRAY) return false;
    while (json_each(value, &walk, &unused, &each)) {
        if (json_text(each, &text) && judge_holds(text, words)) return true;
    }
    return false;
}

/* Where it says things in words. */
static bool says(struct json root, const char *words)
{
    static const char *const keys[] = {"rmk", "error", "Error", "detail", "remark", "message"};
    struct json package = json_at(json_get(root, "packages"), 0);
    if (value_holds(json_get(package, "remarks"), words)) return true;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (value_holds(json_get(root, keys[i]), words)) return true;
    }
    return false;
}

static const char *judge_yes_to_booking(const struct carrier_claim *claim, struct json root)
{
    bool success = false;
    struct json packages = json_get(root, "packages"), package = json_at(packages, 0);
    const struct shipment *ours = &claim->task->shipment;
    if (!flag(json_get(root, "success"), &success) || !success) return "its flag says success";
    if (json_kind(packages) != JSON_ARRAY || json_count(packages) != 1)
        return "one parcel was booked, one package is answered";
    if (!judge_says_in_any_case(json_get(package, "status"), "success"))
        return "the package's own status says success";
    if (!judge_is_number_of(json_get(package, "refnum"), ours->reference))
        return "our reference is echoed";
    if (!judge_is_awb(json_get(package, "waybill"), claim->outcome->awb))
        return "the AWB is plausible and taken as it stands";
    if (ours->awb[0] != '\0' && strcmp(ours->awb, claim->outcome->awb) != 0)
        return "the AWB is the one we sent";
    return NULL;
}

static const char *judge_no_to_booking(const struct carrier_claim *claim, struct json root)
{
    bool success = false;
    bool stated = flag(json_get(root, "success"), &success);
    struct json packages = json_get(root, "packages"), package = json_at(packages, 0);
    struct json refnum = json_get(package, "refnum");
    struct bytes named = BYTES_NONE;
    int status = claim->spoilt->response.status;
    if (success || (!stated && status < 400)) return "its own flag, or the status, says no";
    if (json_count(packages) > 1 || judge_says_in_any_case(json_get(package, "status"), "success"))
        return "an answer that contradicts itself is no no";
    if (json_number_or_text(refnum, &named) &&
        !judge_is_number_of(refnum, claim->task->shipment.reference))
        return "a no to another reference is none to ours";
    for (size_t i = 0; i < ARRAY_LEN(refusals_that_may_be_ours); i++) {
        if (says(root, refusals_that_may_be_ours[i])) return "a duplicate may be our own booking";
    }
    for (size_t i = 0; i < ARRAY_LEN(admissions); i++) {
        if (says(root, admissions[i]) && claim->outcome->verify_absent[0] == '\0')
            return "what may have been kept is looked up before the no is believed";
    }
    if (status == 409 && claim->outcome->reason == REASON_OTHER && !stated)
        return "a conflict that nobody knows is looked up";
    return NULL;
}

struct list {
    size_t all, ours, standing, cancelled;
    bool found; /* the one that was taken, and it stands */
};

static struct list count(const struct carrier_claim *claim, struct json data)
{
    const struct shipment *ours = &claim->task->shipment;
    bool by_reference = claim->task->operation == CARRIER_LOOKUP && ours->reference[0] != '\0';
    struct list list = {0};
    struct json_walk walk = {0};
    struct bytes unused, word;
    struct json each;
    while (json_each(data, &walk, &unused, &each)) {
        struct json shipment = json_get(each, "Shipment");
        struct json type = json_get(json_get(shipment, "Status"), "StatusType");
        list.all++;
        bool is_ours = by_reference
                           ? judge_is_number_of(json_get(shipment, "ReferenceNo"), ours->reference)
                           : judge_is_number_of(json_get(shipment, "AWB"), ours->awb);
        if (!is_ours) continue;
        list.ours++;
        if (judge_says_in_any_case(type, "CN")) list.cancelled++;
        else if (json_text(type, &word) && word.len > 0) {
            list.standing++;
            if (judge_is_awb(json_get(shipment, "AWB"), claim->outcome->awb)) list.found = true;
        }
    }
    return list;
}

static const char *judge_tracked(const struct carrier_claim *claim, struct json root)
{
    const struct carrier_outcome *outcome = claim->outcome;
    struct json data = json_get(root, "ShipmentData");
    struct list list = count(claim, data);
    bool success = false;
    if (judge_claims_yes(claim))
        return list.found && list.standing == 1
                   ? NULL
                   : "what is found is one shipment of ours that stands, with its AWB";
    if (outcome->result != CARRIER_REJECT) return NULL;
    if (outcome->reason == REASON_NOT_FOUND) {
        if (!says(root, "no such waybill or order id found")) return "not found is said in words";
        if (list.all > 0) return "not found comes without a shipment";
        bool stated = flag(json_get(root, "Success"), &success);
        return stated ? (success ? "not found is no success" : NULL)
               : judge_is_silent(json_get(root, "Success")) ? NULL
                                                            : "not found is no success";
    }
    if (outcome->reason == REASON_REFERENCE_CANCELLED)
        return list.cancelled > 0 && list.cancelled == list.all
                   ? NULL
                   : "cancelled are all that it names, ours, in its own word";
    return NULL;
}

static const char *judge_edit(const struct carrier_claim *claim, struct json root)
{
    bool done = false;
    struct json waybill = json_get(root, "waybill");
    bool stated = flag(json_get(root, "status"), &done);
    bool ours = judge_is_number_of(waybill, claim->task->shipment.awb);
    if (judge_claims_yes(claim))
        return stated && done && ours ? NULL : "a change is done when it says so of our AWB";
    if (!stated || done) return "a change is refused when it says so";
    bool unnamed = judge_is_silent(waybill) || judge_says(waybill, "");
    return ours || unnamed ? NULL : "a no to another AWB is none to ours";
}

static bool is_y(struct json code, const char *key)
{
    return judge_says_in_any_case(json_get(code, key), "Y");
}

static const char *judge_pincode(const struct carrier_claim *claim, struct json root)
{
    struct json codes = json_get(root, "delivery_codes");
    const struct carrier_outcome *outcome = claim->outcome;
    struct json_walk walk = {0};
    struct bytes unused;
    struct json each;
    char digits[16] = "";
    size_t len = 0;
    const char *asked = claim->task->shipment.to.postcode;
    for (; *asked != '\0' && len < sizeof digits - 1; asked++) {
        if (*asked != ' ') digits[len++] = *asked;
    }
    if (outcome->reason == REASON_BAD_PINCODE_OR_NOT_SERVICEABLE)
        return json_kind(codes) == JSON_ARRAY && json_count(codes) == 0
                   ? NULL
                   : "an unknown pincode is an empty list";
    while (json_each(codes, &walk, &unused, &each)) {
        struct json code = json_get(each, "postal_code");
        if (len > 0 && !judge_is_number_of(json_get(code, "pin"), digits)) continue;
        if (outcome->result == CARRIER_REJECT) return NULL;
        bool same = outcome->prepaid == is_y(code, "pre_paid") &&
                    outcome->cod == is_y(code, "cod") && outcome->oda == is_y(code, "is_oda");
        return same ? NULL : "what is served is what it says with a Y";
    }
    return "the answer is about our pincode";
}

static const char *judge_pool(const struct carrier_claim *claim, struct json root)
{
    struct bytes list, piece;
    size_t at = 0;
    if (!json_text(root, &list)) return "the numbers are one text";
    while (bytes_split(&list, ',', &piece)) {
        if (at == claim->outcome->awb_count ||
            !bytes_equal_text(bytes_trim(piece), claim->outcome->awbs[at++]))
            return "each number is taken as it stands";
    }
    return at == claim->outcome->awb_count && at > 0 ? NULL : "as many numbers as were given";
}

/* Whole paise, what is behind them dropped, without any help of the units' code. */
static const char *judge_rate(const struct carrier_claim *claim, struct json root)
{
    struct bytes text;
    int64_t paise = 0, decimals = -1;
    if (!json_number_or_text(json_get(json_at(root, 0), "total_amount"), &text))
        return "a price is stated";
    for (size_t i = 0; i < text.len && decimals < 2; i++) {
        if (text.data[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (text.data[i] == '-' && i == 0) continue; /* -0 is nothing, and the only one below */
        if (text.data[i] < '0' || text.data[i] > '9') return "a price is a number of rupees";
        if (decimals >= 0) decimals++;
        paise = paise * 10 + (text.data[i] - '0');
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++) paise *= 10;
    return paise == claim->outcome->cost_minor ? NULL : "a price is taken to the paisa";
}

static const char *judge_label(const struct carrier_claim *claim)
{
    const struct http_response *response = &claim->spoilt->response;
    if (claim->task->round == 0) {
        struct json package = json_at(json_get(judge_body(response), "packages"), 0);
        if (!judge_is_number_of(json_get(package, "wbn"), claim->task->shipment.awb))
            return "the link is our parcel's";
        return claim->step == CARRIER_MORE ? NULL : "a link is not yet a label";
    }
    struct bytes body = bytes_trim(response->body);
    bool whole = bytes_start_with(body, "%PDF-") && judge_holds(body, "%%EOF");
    return response->status == 200 && whole ? NULL : "a label is a whole PDF";
}

/* "Login or API Key Required" comes as plain text. */
static bool is_turned_away(const struct carrier_claim *claim, struct json root)
{
    int status = claim->spoilt->response.status;
    struct bytes front = bytes_slice(claim->spoilt->response.body, 0, 64);
    if (claim->outcome->reason != REASON_CREDENTIALS) return false;
    if (judge_holds(front, "login or api key required")) return true;
    bool asks = !carrier_operation_writes(claim->task->operation);
    bool readable = json_kind(root) != JSON_MISSING;
    return (status == 401 && (readable || asks)) ||
           (status == 403 && says(root, "credentials were not provided"));
}

const char *judge_delhivery(const struct carrier_claim *claim)
{
    const char *broken = judge_carrier(claim);
    bool yes = judge_claims_yes(claim), no = claim->outcome->result == CARRIER_REJECT;
    if (broken != NULL || (!yes && !no)) return broken;
    if (claim->task->operation == CARRIER_LABEL && yes) return judge_label(claim);
    struct json root = judge_body(&claim->spoilt->response);
    if (no && is_turned_away(claim, root)) return NULL;
    if (json_kind(root) == JSON_MISSING) return "what cannot be read is neither yes nor no";
    switch (claim->task->operation) {
    case CARRIER_BOOK:
        return yes ? judge_yes_to_booking(claim, root) : judge_no_to_booking(claim, root);
    case CARRIER_LOOKUP:
    case CARRIER_TRACK: return judge_tracked(claim, root);
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL: return judge_edit(claim, root);
    case CARRIER_SERVICEABILITY: return judge_pincode(claim, root);
    case CARRIER_POOL: return yes ? judge_pool(claim, root) : NULL;
    case CARRIER_RATE: return yes ? judge_rate(claim, root) : NULL;
    case CARRIER_LABEL: return NULL;
    }
    return NULL;
}
