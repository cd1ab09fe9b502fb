/* request.c - see request.h. */
#include "carriers/request.h"

void request_start(struct http_request *request, enum http_method method,
                   const struct carrier_account *account)
{
    http_request_init(request, method, request->body.data, request->body.size);
    request->timeout_ms = account->timeout_ms;
    request->reply_max = JSON_TEXT_MAX;
}

bool request_token(struct http_request *request, const char *scheme, const char *credential)
{
    char storage[HTTP_HEADER_VALUE_MAX];
    struct textbuf value;
    textbuf_init(&value, storage, sizeof storage);
    textbuf_text(&value, scheme);
    textbuf_char(&value, ' ');
    textbuf_text(&value, credential);
    return textbuf_ok(&value) &&
           http_request_header(request, "Authorization", textbuf_bytes(&value));
}

static const char *booking_lack(const struct shipment *shipment)
{
    if (shipment->reference[0] == '\0') return "the reference is missing";
    if (shipment->mass_mg <= 0) return "the weight is missing";
    if (shipment->payment == PAYMENT_PREPAID) return NULL;
    return shipment->collect_minor <= 0 ? "the amount to collect is missing" : NULL;
}

const char *request_lack(const struct carrier_task *task)
{
    const struct shipment *shipment = &task->shipment;
    bool no_awb = shipment->awb[0] == '\0', no_mass = shipment->mass_mg <= 0;
    bool no_reference = shipment->reference[0] == '\0';
    bool no_postcode = shipment->to.postcode[0] == '\0';
    bool no_count = task->count == 0 || task->count > CARRIER_POOL_BATCH_MAX;
    switch (task->operation) {
    case CARRIER_SERVICEABILITY: return no_postcode ? "the postcode is missing" : NULL;
    case CARRIER_RATE: return no_postcode || no_mass ? "postcode or weight is missing" : NULL;
    case CARRIER_POOL: return no_count ? "the count of numbers is out of range" : NULL;
    case CARRIER_BOOK: return booking_lack(shipment);
    case CARRIER_LOOKUP: return no_awb && no_reference ? "reference and AWB are missing" : NULL;
    case CARRIER_WEIGHT: return no_awb || no_mass ? "AWB or weight is missing" : NULL;
    case CARRIER_LABEL:
    case CARRIER_CANCEL:
    case CARRIER_TRACK: return no_awb ? "the AWB is missing" : NULL;
    }
    return NULL;
}

/* Host and port of an https address; empty for any other, and for one with a user name in it. */
static struct bytes authority_of(struct bytes url)
{
    struct bytes rest = bytes_from(url, sizeof "https://" - 1);
    size_t len = bytes_find_byte(rest, '/');
    size_t query = bytes_find_byte(rest, '?');
    size_t fragment = bytes_find_byte(rest, '#');
    if (!bytes_start_with(url, "https://")) return BYTES_NONE;
    if (query < len) len = query;
    if (fragment < len) len = fragment;
    struct bytes authority = bytes_slice(rest, 0, len);
    bool plain = bytes_find_byte(authority, '@') == authority.len &&
                 bytes_find_byte(authority, '\\') == authority.len;
    return plain ? authority : BYTES_NONE;
}

static bool ends_with(struct bytes text, const char *ending)
{
    struct bytes wanted = bytes_of_text(ending);
    return text.len > wanted.len &&
           bytes_equal_ignore_case(bytes_from(text, text.len - wanted.len), ending);
}

bool request_may_follow(struct bytes link, const char *base_url, const char *const *domains,
                        size_t domain_count)
{
    struct bytes authority = authority_of(link);
    if (authority.len == 0) return false;
    if (bytes_equal(authority, authority_of(bytes_of_text(base_url)))) return true;
    for (size_t i = 0; i < domain_count; i++) {
        if (ends_with(authority, domains[i])) return true;
    }
    return false;
}
