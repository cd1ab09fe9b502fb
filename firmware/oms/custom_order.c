/* custom_order.c - one shipment document of the custom contract (CONTRACT.md) to an order.
 *
 * What decides money or the wrong parcel is refused when it breaks the contract: id, scan keys,
 * payment, amounts. What is only shown is shortened. An unknown status is for a person, it is no
 * error. Unknown fields are ignored, null is absent. */
#include <string.h>

#include "firmware/oms/custom.h"
#include "hal/base/units.h"

#define LINES_MAX 500
#define CURRENCY_USUAL "INR" /* where the payment does not name one */
#define MG_PER_G 1000
#define MASS_MAX_G 1000000
#define LENGTH_MAX_MM 100000
#define MINOR_MAX 100000000000

struct status_row {
    const char *word;
    enum order_status status;
};

static const struct status_row statuses[] = {
    {"new", ORDER_NOT_READY},        {"ready", ORDER_READY},
    {"on_hold", ORDER_NOT_READY},    {"picking", ORDER_READY},
    {"picked", ORDER_READY},         {"packing", ORDER_READY},
    {"packed", ORDER_PACKED},        {"booked", ORDER_PACKED},
    {"label_printed", ORDER_PACKED}, {"manifested", ORDER_PACKED},
    {"handed_over", ORDER_PACKED},   {"picked_up", ORDER_PACKED},
    {"in_transit", ORDER_PACKED},    {"out_for_delivery", ORDER_PACKED},
    {"delivered", ORDER_PACKED},     {"undelivered", ORDER_PACKED},
    {"rto_initiated", ORDER_PACKED}, {"rto_in_transit", ORDER_PACKED},
    {"rto_delivered", ORDER_PACKED}, {"lost", ORDER_PACKED},
    {"damaged", ORDER_PACKED},       {"cancelled", ORDER_CANCELLED},
    {"exception", ORDER_UNCLEAR},
};

static bool is_absent(struct json value)
{
    return json_kind(value) == JSON_MISSING || json_kind(value) == JSON_NULL;
}

/* An integer as a number or as text, also as "742.0"; absent leaves *out_value alone. */
static bool take_integer(struct json value, int64_t min, int64_t max, int64_t *out_value)
{
    struct bytes text;
    struct decimal decimal;
    if (is_absent(value)) return true;
    if (!json_number_or_text(value, &text) || !decimal_parse(text, &decimal)) return false;
    for (; decimal.decimals > 0; decimal.decimals--) {
        if (decimal.digits % 10 != 0) return false;
        decimal.digits /= 10;
    }
    if (decimal.digits < min || decimal.digits > max) return false;
    *out_value = decimal.digits;
    return true;
}

static bool take_length(struct json value, int32_t *out_mm)
{
    int64_t mm = 0;
    if (!take_integer(value, 0, LENGTH_MAX_MM, &mm)) return false;
    *out_mm = (int32_t)mm;
    return true;
}

/* As much of the text as fits, cut between characters. */
static void copy_short(struct bytes text, char *out_text, size_t size)
{
    size_t len = 0;
    while (len < text.len && text.data[len] != '\0') {
        size_t next = bytes_utf8_sequence(bytes_from(text, len));
        if (next == 0 || len + next >= size) break;
        len += next;
    }
    bool copied = bytes_to_text(bytes_slice(text, 0, len), out_text, size);
    ENSURE(copied);
}

/* Absent is empty; false when it is no text. */
static bool take_short(struct json value, char *out_text, size_t size)
{
    struct bytes text = BYTES_NONE;
    bool good = is_absent(value) || json_text(value, &text);
    copy_short(text, out_text, size);
    return good;
}

static bool take_whole(struct json value, char *out_text, size_t size)
{
    return is_absent(value) || json_text_copy(value, out_text, size);
}

bool custom_id(struct json value, char *out_id)
{
    struct bytes text;
    if (!json_text(value, &text) || text.len == 0 || text.len >= ORDER_ID_SIZE) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool digit = byte >= '0' && byte <= '9';
        if (!letter && !digit && (byte == 0 || strchr("._-/#", byte) == NULL)) return false;
    }
    return bytes_to_text(text, out_id, ORDER_ID_SIZE);
}

static const char *take_identity(struct json root, struct order *order)
{
    int64_t total = 1;
    if (!custom_id(json_get(root, "id"), order->id)) return "the id is missing or malformed";
    if (!json_text_copy(json_get(root, "rev"), order->rev, sizeof order->rev)) {
        return "the rev is missing or too long";
    }
    if (!json_text_copy(json_get(root, "order_no"), order->order_no, sizeof order->order_no)) {
        return "the order number is missing or too long";
    }
    if (!take_integer(json_get(root, "packages_total"), 1, ORDER_PACKAGES_MAX, &total)) {
        return "packages_total is not 1 to 99";
    }
    order->packages_total = (unsigned)total;
    order->package_no = 1;
    return NULL;
}

static const char *take_keys(struct json keys, struct order *order)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json key;
    if (json_kind(keys) != JSON_ARRAY || json_count(keys) == 0) return "there is no scan key";
    if (json_count(keys) > ORDER_KEYS_MAX) return "there are more than 16 scan keys";
    while (json_each(keys, &walk, &unused, &key)) {
        char *place = order->keys[order->key_count];
        struct json value = json_get(key, "value");
        if (!json_text_copy(value, place, ORDER_KEY_SIZE) || place[0] == '\0') {
            return "a scan key is empty, too long or no text";
        }
        order->key_count++;
    }
    return NULL;
}

static const char *take_status(struct json root, struct order *order)
{
    struct bytes word;
    bool hold = false;
    if (!json_text(json_get(root, "status"), &word)) return "the status is missing";
    if (!is_absent(json_get(root, "hold")) && !json_boolean(json_get(root, "hold"), &hold)) {
        return "hold is neither true nor false";
    }
    copy_short(word, order->status_word, sizeof order->status_word);
    order->status = ORDER_UNCLEAR;
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (bytes_equal_text(word, statuses[i].word)) order->status = statuses[i].status;
    }
    if (hold && order->status == ORDER_READY) order->status = ORDER_NOT_READY;
    return NULL;
}

static bool is_currency(const char *text)
{
    for (size_t i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z') return false;
    }
    return text[3] == '\0';
}

static const char *take_payment(struct json payment, struct order *order)
{
    struct bytes mode = BYTES_LITERAL("prepaid");
    struct json word = json_get(payment, "mode");
    memcpy(order->currency, CURRENCY_USUAL, sizeof order->currency);
    if (!is_absent(payment) && json_kind(payment) != JSON_OBJECT) return "payment is no object";
    if (!is_absent(word) && !json_text(word, &mode)) return "the payment mode is no text";
    bool cod = bytes_equal_text(mode, "cod");
    if (!cod && !bytes_equal_text(mode, "prepaid")) return "the payment mode is not prepaid or cod";
    if (!take_whole(json_get(payment, "currency"), order->currency, sizeof order->currency) ||
        !is_currency(order->currency)) {
        return "the currency is not three capital letters";
    }
    int64_t collect_minor = 0;
    if (!take_integer(json_get(payment, "collect_minor"), 0, MINOR_MAX, &collect_minor)) {
        return "the amount to collect is no whole number";
    }
    if (cod && collect_minor == 0) return "the amount to collect is missing";
    order->payment = cod ? PAYMENT_COD : PAYMENT_PREPAID;
    order->collect_minor = cod ? collect_minor : 0;
    return NULL;
}

static const char *take_booking(struct json booking, struct order *order)
{
    bool good = take_whole(json_get(booking, "carrier"), order->carrier, sizeof order->carrier) &&
                take_whole(json_get(booking, "service"), order->service, sizeof order->service) &&
                take_whole(json_get(booking, "awb"), order->awb, sizeof order->awb);
    return good ? NULL : "carrier, service or AWB is too long";
}

static const char *take_expected(struct json expected, struct order *order)
{
    int64_t mass_g = 0, tolerance_pct = 0;
    bool good = take_integer(json_get(expected, "weight_g"), 0, MASS_MAX_G, &mass_g) &&
                take_integer(json_get(expected, "tolerance_pct"), 0, 100, &tolerance_pct) &&
                take_length(json_get(expected, "length_mm"), &order->length_mm) &&
                take_length(json_get(expected, "width_mm"), &order->width_mm) &&
                take_length(json_get(expected, "height_mm"), &order->height_mm);
    if (!good) return "an expected weight or length is no whole number in range";
    order->expected_mass_mg = mass_g * MG_PER_G;
    order->tolerance_pct = (unsigned)tolerance_pct;
    return NULL;
}

/* "UN" and four digits, as the UN's list of dangerous goods numbers them; an order that says
 * anything else is not packed, since the mark on the parcel would be a wrong one. */
static bool is_un_number(const char *text)
{
    if (text[0] != 'U' || text[1] != 'N') return false;
    for (size_t i = 2; i < 6; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    return text[6] == '\0';
}

static const char *take_handling(struct json handling, struct order *order)
{
    struct json fragile = json_get(handling, "fragile");
    if (!is_absent(handling) && json_kind(handling) != JSON_OBJECT) return "handling is no object";
    if (!is_absent(fragile) && !json_boolean(fragile, &order->fragile)) {
        return "fragile is neither true nor false";
    }
    if (!take_whole(json_get(handling, "dangerous"), order->dangerous, sizeof order->dangerous) ||
        (order->dangerous[0] != '\0' && !is_un_number(order->dangerous))) {
        return "dangerous is no UN number like UN3481";
    }
    return NULL;
}

/* Where to break a text of more than `max` bytes: after a blank if there is one, else between
 * characters. */
static size_t break_at(struct bytes text, size_t max)
{
    size_t at = 0, blank = 0;
    while (at < text.len) {
        size_t next = bytes_utf8_sequence(bytes_from(text, at));
        if (next == 0 || at + next > max) break;
        if (text.data[at] == ' ') blank = at + 1;
        at += next;
    }
    return blank > 0 ? blank : at;
}

/* An address line that is too long goes on in the second line; nothing of an address is dropped. */
static const char *take_address(struct json ship_to, struct party *to)
{
    struct bytes line1 = BYTES_NONE, line2 = BYTES_NONE, rest = BYTES_NONE;
    struct json one = json_get(ship_to, "line1"), two = json_get(ship_to, "line2");
    struct textbuf second;
    if (!is_absent(one) && !json_text(one, &line1)) return "an address line is no text";
    if (!is_absent(two) && !json_text(two, &line2)) return "an address line is no text";
    if (line1.len >= sizeof to->line1) {
        size_t at = break_at(line1, sizeof to->line1 - 1);
        rest = bytes_from(line1, at);
        line1 = bytes_slice(line1, 0, at);
    }
    textbuf_init(&second, to->line2, sizeof to->line2);
    textbuf_bytes_put(&second, rest);
    if (rest.len > 0 && line2.len > 0) textbuf_char(&second, ' ');
    textbuf_bytes_put(&second, line2);
    bool whole = bytes_to_text(line1, to->line1, sizeof to->line1) && textbuf_ok(&second) &&
                 bytes_find_byte(textbuf_bytes(&second), 0) == second.len;
    return whole ? NULL : "the address is too long";
}

static const char *take_ship_to(struct json ship_to, struct party *to)
{
    const char *why = take_address(ship_to, to);
    memcpy(to->country, "IN", sizeof to->country);
    if (why != NULL) return why;
    bool good = take_short(json_get(ship_to, "name"), to->name, sizeof to->name) &&
                take_short(json_get(ship_to, "phone"), to->phone, sizeof to->phone) &&
                take_short(json_get(ship_to, "city"), to->city, sizeof to->city) &&
                take_short(json_get(ship_to, "state"), to->state, sizeof to->state) &&
                take_whole(json_get(ship_to, "postcode"), to->postcode, sizeof to->postcode) &&
                take_whole(json_get(ship_to, "country"), to->country, sizeof to->country);
    return good ? NULL : "a field of the receiver is no text or too long";
}

/* "2 x Mug, 1 x Pen", as many lines as fit. */
static void add_contents(struct textbuf *contents, struct json line, int64_t qty)
{
    char name[sizeof((struct order *)0)->contents];
    struct bytes text = BYTES_NONE;
    size_t before = contents->len;
    bool named = json_text(json_get(line, "name"), &text) && text.len > 0;
    if (!named && !json_text(json_get(line, "sku"), &text)) return;
    copy_short(text, name, sizeof name - 8);
    if (contents->len > 0) textbuf_text(contents, ", ");
    textbuf_i64(contents, qty);
    textbuf_text(contents, " x ");
    textbuf_text(contents, name);
    if (textbuf_ok(contents)) return;
    contents->len = before; /* overflow stays set: no later, shorter line slips in */
    contents->data[before] = '\0';
}

static const char *take_lines(struct json lines, struct order *order)
{
    struct json_walk walk = {0};
    struct bytes unused;
    struct json line;
    struct textbuf contents;
    int64_t items = 0;
    textbuf_init(&contents, order->contents, sizeof order->contents);
    if (json_kind(lines) != JSON_ARRAY) return "the lines are missing";
    if (json_count(lines) > LINES_MAX) return "there are more than 500 lines";
    while (json_each(lines, &walk, &unused, &line)) {
        int64_t qty = 0, value_minor = 0;
        if (!take_integer(json_get(line, "qty"), 1, 1000000, &qty) || qty == 0) {
            return "a line's quantity is missing or no whole number";
        }
        if (!take_integer(json_get(line, "value_minor"), 0, MINOR_MAX, &value_minor)) {
            return "a line's value is no whole number";
        }
        items += qty;
        order->value_minor += value_minor;
        order->line_count++;
        add_contents(&contents, line, qty);
    }
    order->item_count = (unsigned)items;
    if (order->value_minor == 0)
        order->value_minor = order->collect_minor; /* worth that at least */
    return NULL;
}

bool custom_order_parse(struct bytes document, struct scratch scratch, struct order *out,
                        const char **out_why)
{
    struct json root;
    struct order order;
    memset(&order, 0, sizeof order);
    const char *why = NULL;
    if (document.len > OMS_DOCUMENT_MAX) why = "the order is longer than 16 KiB";
    else if (json_parse(document, scratch, &root) != JSON_OK) why = "the order is not JSON";
    if (why == NULL) why = take_identity(root, &order);
    if (why == NULL) why = take_keys(json_get(root, "scan_keys"), &order);
    if (why == NULL) why = take_status(root, &order);
    if (why == NULL) why = take_payment(json_get(root, "payment"), &order);
    if (why == NULL) why = take_booking(json_get(root, "booking"), &order);
    if (why == NULL) why = take_expected(json_get(root, "expected"), &order);
    if (why == NULL) why = take_handling(json_get(root, "handling"), &order);
    if (why == NULL) why = take_ship_to(json_get(root, "ship_to"), &order.to);
    if (why == NULL) why = take_lines(json_get(root, "lines"), &order);
    if (why == NULL) *out = order;
    else *out_why = why;
    return why == NULL;
}
