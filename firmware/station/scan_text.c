/* scan_text.c - see scan_text.h. One function a kind of code; each gives a text or says why not. */
#include "firmware/station/scan_text.h"

#include <string.h>

#include "drivers/code_digits.h"
#include "drivers/code_gs1.h"

/* What order systems, shops and couriers call it, the surest first; marks and case do not count. */
static const char *const usual_names[] = {"orderno", "ordernumber", "ordernum", "order",
                                          "orderid", "orderref",    "reference"};

static enum scan_verdict take(struct bytes text, struct scan_text *out)
{
    text = bytes_trim(text);
    if (text.len == 0 || !bytes_to_text(text, out->text, sizeof out->text)) return SCAN_BAD;
    return SCAN_GOOD;
}

/* The name in lower case and without '_', '-' and '.'; what does not fit has no usual name. */
static bool is_named(struct bytes name, const char *usual)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t one = name.data[i];
        if (one == '_' || one == '-' || one == '.') continue;
        if (one >= 'A' && one <= 'Z') one = (uint8_t)(one - 'A' + 'a');
        if (one != (uint8_t)*usual || *usual == '\0') return false;
        usual++;
    }
    return *usual == '\0';
}

/* --- GS1 */

static enum scan_verdict take_gs1(struct bytes text, bool marked, struct scan_text *out)
{
    struct gs1_code code;
    enum gs1_problem problem = marked ? gs1_parse(text, &code) : gs1_parse_unmarked(text, &code);
    if (problem == GS1_UNSPLITTABLE) return SCAN_UNCLEAR;
    if (problem == GS1_CHECK_DIGIT && marked) return SCAN_BAD_CHECK_DIGIT;
    /* What it should stand with may be in the label's next bar code. */
    bool good = problem == GS1_OK || problem == GS1_PARTNER;
    const struct gs1_field *order = good ? gs1_find(&code, "400") : NULL;
    if (good && order == NULL) order = gs1_find(&code, "00");
    return take(order != NULL ? order->value : text, out);
}

/* --- JSON */

/* A text, or a whole number; nothing that a screen or a key could not show. */
static enum scan_verdict take_member(struct json value, struct scan_text *out)
{
    struct bytes text;
    if (!json_number_or_text(value, &text)) return SCAN_NO_ORDER;
    bool number = json_kind(value) == JSON_NUMBER;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (text.data[i] < ' ' || text.data[i] == 0x7F || (number && !digit)) return SCAN_NO_ORDER;
    }
    return take(text, out) == SCAN_GOOD ? SCAN_GOOD : SCAN_NO_ORDER;
}

/* "order.number": the settings say where it is. */
static struct json find_by_path(struct json root, const char *path)
{
    struct bytes rest = bytes_of_text(path), name;
    struct json value = root;
    while (bytes_split(&rest, '.', &name)) {
        char key[CONFIG_SCAN_RULE_SIZE];
        if (!bytes_to_text(name, key, sizeof key)) return (struct json){NULL};
        value = json_get(value, key);
    }
    return value;
}

static struct json find_by_usual_name(struct json root)
{
    for (size_t i = 0; i < ARRAY_LEN(usual_names); i++) {
        struct json_walk walk = {0};
        struct bytes key;
        struct json value;
        while (json_each(root, &walk, &key, &value)) {
            enum json_kind kind = json_kind(value);
            bool plain = kind == JSON_TEXT || kind == JSON_NUMBER;
            if (plain && is_named(key, usual_names[i])) return value;
        }
    }
    return (struct json){NULL};
}

static enum scan_verdict take_json(const struct config_scan *rules, struct bytes text,
                                   struct scratch scratch, struct scan_text *out)
{
    struct json root;
    if (json_parse(text, scratch, &root) != JSON_OK) return SCAN_NO_ORDER;
    bool ruled = rules->json_key[0] != '\0';
    return take_member(ruled ? find_by_path(root, rules->json_key) : find_by_usual_name(root), out);
}

/* --- addresses */

struct address {
    struct bytes path, query; /* without their first '/' and '?' */
};

static struct address split_address(struct bytes text)
{
    struct address address;
    text = bytes_from(text, bytes_find(text, BYTES_LITERAL("://")) + 3);
    text = bytes_slice(text, 0, bytes_find_byte(text, '#'));
    size_t mark = bytes_find_byte(text, '?');
    address.query = bytes_from(text, mark + 1);
    text = bytes_slice(text, 0, mark);
    address.path = bytes_from(text, bytes_find_byte(text, '/') + 1);
    return address;
}

static int hex_digit(uint8_t one)
{
    if (one >= '0' && one <= '9') return one - '0';
    one |= 0x20;
    return one >= 'a' && one <= 'f' ? one - 'a' + 10 : -1;
}

/* Percent codes become bytes, in a query '+' a blank. What is not text then is no order number. */
static enum scan_verdict take_encoded(struct bytes text, bool query, struct scan_text *out)
{
    uint8_t plain[SCAN_TEXT_MAX];
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i];
        if (query && one == '+') one = ' ';
        if (one == '%') {
            int high = i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.data[i + 2]) : -1;
            if (high < 0 || low < 0) return SCAN_NO_ORDER;
            one = (uint8_t)(high * 16 + low);
            i += 2;
        }
        if (one < ' ' || one == 0x7F) return SCAN_NO_ORDER;
        plain[len++] = one;
    }
    struct bytes decoded = bytes_of(plain, len);
    if (!bytes_are_utf8_text(decoded)) return SCAN_NO_ORDER;
    return take(decoded, out) == SCAN_GOOD ? SCAN_GOOD : SCAN_NO_ORDER;
}

/* The value of a name in the query: by the settings exactly, else by a usual name. */
static bool find_in_query(struct bytes query, struct bytes wanted, const char *usual,
                          struct bytes *out_value)
{
    struct bytes pair;
    while (bytes_split(&query, '&', &pair)) {
        size_t mark = bytes_find_byte(pair, '=');
        struct bytes name = bytes_slice(pair, 0, mark);
        if (usual != NULL ? !is_named(name, usual) : !bytes_equal(name, wanted)) continue;
        *out_value = bytes_from(pair, mark + 1);
        return true;
    }
    return false;
}

/* The n-th part of the path, from 1; 0 is the last one. */
static bool find_in_path(struct bytes path, uint64_t nth, struct bytes *out_part)
{
    struct bytes part;
    uint64_t count = 0;
    while (bytes_split(&path, '/', &part)) {
        if (part.len == 0) continue;
        count++;
        *out_part = part;
        if (count == nth) return true;
    }
    return nth == 0 && count > 0;
}

/* ".../orders/WEB-1001". */
static bool find_behind_order(struct bytes path, struct bytes *out_part)
{
    bool named = false;
    while (bytes_split(&path, '/', out_part)) {
        if (named && out_part->len > 0) return true;
        named = is_named(*out_part, "order") || is_named(*out_part, "orders");
    }
    return false;
}

/* "query:NAME" or "path:N"; config_read.c has looked at the form. */
static enum scan_verdict take_by_rule(const char *rule, const struct address *address,
                                      struct scan_text *out)
{
    struct bytes rest = bytes_of_text(rule), kind, value;
    uint64_t nth = 0;
    (void)bytes_split(&rest, ':', &kind);
    bool query = bytes_equal_text(kind, "query");
    bool numbered = bytes_equal_text(rest, "last") || bytes_to_u64(rest, UINT32_MAX, &nth);
    bool found = query ? find_in_query(address->query, rest, NULL, &value)
                       : numbered && find_in_path(address->path, nth, &value);
    return found ? take_encoded(value, query, out) : SCAN_NO_ORDER;
}

static enum scan_verdict take_address(const struct config_scan *rules, struct bytes text,
                                      struct scan_text *out)
{
    struct address address = split_address(text);
    struct bytes value;
    if (rules->url_part[0] != '\0') return take_by_rule(rules->url_part, &address, out);
    for (size_t i = 0; i < ARRAY_LEN(usual_names); i++) {
        if (find_in_query(address.query, BYTES_NONE, usual_names[i], &value))
            return take_encoded(value, true, out);
    }
    if (find_behind_order(address.path, &value)) return take_encoded(value, false, out);
    /* Perhaps the order system knows the address itself. */
    return take(text, out) == SCAN_GOOD ? SCAN_GOOD : SCAN_NO_ORDER;
}

/* --- all of them */

static enum scan_verdict take_plain(struct bytes text, struct scan_text *out)
{
    char number[CODE_S10_LEN + 1];
    if (code_is_s10_form(text) && !code_is_s10(text)) return SCAN_BAD_CHECK_DIGIT;
    bool by_hand = bytes_find_byte(text, ' ') < text.len && code_s10_from_hand(text, number);
    return take(by_hand ? bytes_of_text(number) : text, out);
}

void scan_text_read(const struct config_scan *rules, const struct scan *scan,
                    struct scratch scratch, struct scan_text *out)
{
    struct bytes text = bytes_trim(bytes_of(scan->text, scan->len));
    bool marked = gs1_is_marked(scan->aim);
    memset(out, 0, sizeof *out);
    out->kind = code_kind_of(text, scan->aim);
    if (marked) out->verdict = take_gs1(text, true, out);
    else if (out->kind == CODE_JSON) out->verdict = take_json(rules, text, scratch, out);
    else if (out->kind == CODE_URL) out->verdict = take_address(rules, text, out);
    else if (rules->gs1_without_aim && scan->aim[0] == '\0')
        out->verdict = take_gs1(text, false, out);
    else out->verdict = take_plain(text, out);
    if (out->verdict != SCAN_GOOD)
        (void)bytes_to_text(bytes_slice(text, 0, sizeof out->text - 1), out->text,
                            sizeof out->text);
}

bool scan_is_press(const struct scan *scan, enum press *out_press)
{
    static const enum press by_code[] = {PRESS_PRINT,     PRESS_GIVE_UP,    PRESS_TRY_AGAIN,
                                         PRESS_SET_ASIDE, PRESS_LABEL_OK,   PRESS_ZERO,
                                         PRESS_TARE,      PRESS_CLEAR_TARE, PRESS_CHECK_SCALE};
    static const char prefix[] = "packd:";
    struct bytes text = bytes_of(scan->text, scan->len);
    enum press press;
    if (!bytes_start_with(text, prefix)) return false;
    if (!press_parse(bytes_from(text, sizeof prefix - 1), &press)) return false;
    for (size_t i = 0; i < ARRAY_LEN(by_code); i++) {
        if (by_code[i] != press) continue;
        *out_press = press;
        return true;
    }
    return false;
}

bool scan_of_text(const char *text, struct scan *out)
{
    struct bytes whole = bytes_of_text(text);
    memset(out, 0, sizeof *out);
    if (whole.len > SCAN_TEXT_MAX) return false;
    memcpy(out->text, whole.data, whole.len);
    out->len = whole.len;
    return true;
}
