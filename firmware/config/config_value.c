/* config_value.c - one function per kind of setting; see config_value.h. Nothing is guessed: a
 * value is what the row asks for to the last byte, or it is refused. */
#include "firmware/config/config_value.h"

#include <string.h>

#include "hal/base/units.h"

#define RULE_MASS_MAX_MG INT64_C(1000000000) /* a tonne: no bench weighs more */
#define RULE_PRICE_MAX_MINOR INT64_C(100000000)

static bool is_name(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i];
        bool letter = (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
        bool digit = one >= '0' && one <= '9';
        if (!letter && !digit && one != '-' && one != '_') return false;
    }
    return text.len > 0;
}

static bool is_graphic(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= 0x20 || text.data[i] >= 0x7F) return false;
    }
    return text.len > 0;
}

/* A '@' would carry a name and a password, and those do not belong into this file. */
static bool is_url(struct bytes text)
{
    static const char scheme[] = "https://";
    if (!is_graphic(text) || !bytes_start_with(text, scheme)) return false;
    struct bytes rest = bytes_from(text, strlen(scheme));
    size_t host_len = bytes_find_byte(rest, '/');
    bool bare = bytes_find_byte(rest, '@') == rest.len && bytes_find_byte(rest, '?') == rest.len &&
                bytes_find_byte(rest, '#') == rest.len;
    return host_len > 0 && bare && rest.data[rest.len - 1] != '/';
}

static bool is_hex4(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i] | 0x20;
        if (!(one >= '0' && one <= '9') && !(one >= 'a' && one <= 'f')) return false;
    }
    return text.len == 4;
}

/* VID:PID[:serial number] */
static bool is_usb(struct bytes text)
{
    struct bytes vendor, product;
    if (!bytes_split(&text, ':', &vendor) || !is_hex4(vendor)) return false;
    bool has_serial = bytes_find_byte(text, ':') < text.len;
    if (!bytes_split(&text, ':', &product) || !is_hex4(product)) return false;
    return !has_serial || text.len > 0;
}

/* host:port; the host may be an address in brackets and so hold colons of its own */
static bool is_host_and_port(struct bytes text)
{
    uint64_t port;
    size_t colon = text.len;
    while (colon > 0 && text.data[colon - 1] != ':') colon--;
    if (colon < 2 || !bytes_to_u64(bytes_from(text, colon), 65535, &port)) return false;
    return port > 0;
}

static bool is_address(struct bytes text)
{
    struct bytes kind;
    if (bytes_equal_text(text, "auto")) return true;
    if (!is_graphic(text) || !bytes_split(&text, ':', &kind)) return false;
    if (bytes_equal_text(kind, "serial")) return bytes_start_with(text, "/dev/");
    if (bytes_equal_text(kind, "usb")) return is_usb(text);
    return bytes_equal_text(kind, "tcp") && is_host_and_port(text);
}

/* Copies into a text field, whole or not at all. */
static bool store_text(struct bytes text, void *field, size_t size)
{
    return text.len < size && bytes_to_text(text, field, size);
}

static void store_integer(int64_t value, void *field, size_t size)
{
    uint8_t as_8 = (uint8_t)value;
    uint16_t as_16 = (uint16_t)value;
    uint32_t as_32 = (uint32_t)value;
    switch (size) {
    case 1: memcpy(field, &as_8, size); return;
    case 2: memcpy(field, &as_16, size); return;
    case 4: memcpy(field, &as_32, size); return;
    default: ENSURE(size == sizeof value); memcpy(field, &value, size);
    }
}

static bool read_number(struct bytes text, unsigned places, int64_t min, int64_t max,
                        int64_t *out_number)
{
    int64_t number;
    if (!minor_from_text(text, places, &number) || number < min || number > max) return false;
    *out_number = number;
    return true;
}

/* Place of the word in "a|b|c", or -1. */
static int choice_of(const char *choices, struct bytes word)
{
    struct bytes rest = bytes_of_text(choices), choice;
    for (int place = 0; bytes_split(&rest, '|', &choice); place++) {
        if (bytes_equal(choice, word)) return place;
    }
    return -1;
}

static bool store_number(const struct config_row *row, struct bytes text, void *field)
{
    int64_t number;
    if (!read_number(text, row->places, row->min, row->max, &number)) return false;
    store_integer(number, field, row->size);
    return true;
}

static bool store_choice(const struct config_row *row, struct bytes text, void *field)
{
    int place = choice_of(row->choices, text);
    if (place < 0) return false;
    store_integer(place, field, row->size);
    return true;
}

static bool store_size(const struct config_row *row, struct bytes text, void *field)
{
    int64_t number;
    if (choice_of(row->choices, text) < 0) return false;
    if (!read_number(text, 0, 0, UINT32_MAX, &number)) return false;
    store_integer(number, field, row->size);
    return true;
}

static bool is_known(const char *(*name_at)(size_t index), struct bytes name)
{
    for (size_t i = 0; name_at(i) != NULL; i++) {
        if (bytes_equal_text(name, name_at(i))) return true;
    }
    return false;
}

static bool is_driver(const char *(*name_at)(size_t index), struct bytes name)
{
    return bytes_equal_text(name, "auto") || is_known(name_at, name);
}

/* What is built in, or what a file describes. */
static bool is_scale(const struct config_names *names, struct bytes name)
{
    if (is_driver(names->scale_at, name)) return true;
    for (size_t i = 0; names->scales != NULL && i < names->scales->count; i++) {
        if (bytes_equal_text(name, names->scales->profiles[i].name)) return true;
    }
    return false;
}

static bool next_word(struct bytes *rest, struct bytes *out_word)
{
    *rest = bytes_trim(*rest);
    return bytes_split(rest, ' ', out_word);
}

/* What stands after the courier's name; each may be left out together with all that follow it. */
static bool read_rule_wishes(struct bytes rest, struct config_rule *rule)
{
    struct bytes word;
    if (next_word(&rest, &word) && !bytes_equal_text(word, "-")) {
        if (!is_name(word) || !store_text(word, rule->service, sizeof rule->service)) return false;
    }
    if (next_word(&rest, &word)) {
        int payment = choice_of("any|prepaid|cod", word);
        if (payment < 0) return false;
        rule->payment = (enum config_payment)payment;
    }
    int64_t *masses[] = {&rule->min_mass_mg, &rule->max_mass_mg};
    for (size_t i = 0; i < ARRAY_LEN(masses) && next_word(&rest, &word); i++) {
        if (!read_number(word, 3, 0, RULE_MASS_MAX_MG, masses[i])) return false;
    }
    if (next_word(&rest, &word)) {
        if (!read_number(word, 0, 0, RULE_PRICE_MAX_MINOR, &rule->price_minor)) return false;
    }
    bool fits_some = rule->max_mass_mg == 0 || rule->max_mass_mg > rule->min_mass_mg;
    return fits_some && bytes_trim(rest).len == 0;
}

static bool store_rule(struct bytes text, struct config *config)
{
    struct config_rule rule = {0};
    struct bytes carrier;
    ENSURE(config->rule_count < CONFIG_RULES_MAX);
    if (!next_word(&text, &carrier)) return false;
    if (!is_name(carrier) || !store_text(carrier, rule.carrier, sizeof rule.carrier)) return false;
    if (!read_rule_wishes(text, &rule)) return false;
    config->rules[config->rule_count++] = rule;
    return true;
}

bool config_value_store(const struct config_row *row, const struct config_names *names,
                        const char *text, void *element)
{
    struct bytes value = bytes_of_text(text);
    char *field = (char *)element + row->offset;
    bool good = false;
    switch (row->kind) {
    case CONFIG_KIND_TEXT: good = value.len > 0; break;
    case CONFIG_KIND_NAME: good = is_name(value); break;
    case CONFIG_KIND_PATH: good = value.len > 1 && value.data[0] == '/'; break;
    case CONFIG_KIND_URL: good = is_url(value); break;
    case CONFIG_KIND_ADDRESS: good = is_address(value); break;
    case CONFIG_KIND_NUMBER: return store_number(row, value, field);
    case CONFIG_KIND_ONE_OF: return store_choice(row, value, field);
    case CONFIG_KIND_WORD: good = choice_of(row->choices, value) >= 0; break;
    case CONFIG_KIND_SIZE: return store_size(row, value, field);
    case CONFIG_KIND_SCALE: good = is_scale(names, value); break;
    case CONFIG_KIND_SCANNER: good = is_driver(names->scanner_at, value); break;
    case CONFIG_KIND_PRINTER: good = is_driver(names->printer_at, value); break;
    case CONFIG_KIND_OMS: good = is_known(names->oms_at, value); break;
    case CONFIG_KIND_RULE: return store_rule(value, element);
    }
    return good && store_text(value, field, row->size);
}

static void describe_choices(const char *choices, struct textbuf *out)
{
    struct bytes rest = bytes_of_text(choices), choice;
    const char *before = "one of ";
    while (bytes_split(&rest, '|', &choice)) {
        textbuf_text(out, before);
        textbuf_bytes_put(out, choice);
        before = ", ";
    }
}

static void describe_names(const char *first, const char *(*name_at)(size_t index),
                           struct textbuf *out)
{
    textbuf_text(out, first);
    for (size_t i = 0; name_at(i) != NULL; i++)
        textbuf_format(out, "%s%s", i > 0 ? ", " : "", name_at(i));
}

static void describe_scales(const struct config_names *names, struct textbuf *out)
{
    describe_names("auto or one of ", names->scale_at, out);
    for (size_t i = 0; names->scales != NULL && i < names->scales->count; i++)
        textbuf_format(out, ", %s", names->scales->profiles[i].name);
}

/* Ranges are stated in whole units, so that they read as in the file. */
static void describe_number(const struct config_row *row, struct textbuf *out)
{
    int64_t one = 1;
    for (unsigned i = 0; i < row->places; i++) one *= 10;
    textbuf_text(out, "a number from ");
    textbuf_i64(out, row->min / one);
    textbuf_text(out, " to ");
    textbuf_i64(out, row->max / one);
    if (row->unit[0] != '\0') textbuf_format(out, " %s", row->unit);
    if (row->places > 0) textbuf_format(out, " with at most %u decimal places", row->places);
}

void config_value_describe(const struct config_row *row, const struct config_names *names,
                           struct textbuf *out)
{
    unsigned most = (unsigned)row->size - 1;
    switch (row->kind) {
    case CONFIG_KIND_TEXT: textbuf_format(out, "a text of 1 to %u bytes", most); return;
    case CONFIG_KIND_NAME:
        textbuf_format(out, "1 to %u of the characters A-Z a-z 0-9 - _", most);
        return;
    case CONFIG_KIND_PATH:
        textbuf_format(out, "a path from the root (/...) of at most %u bytes", most);
        return;
    case CONFIG_KIND_URL:
        textbuf_format(out,
                       "like https://host[:port][/path] without a slash at the end, "
                       "a name or a password, at most %u bytes",
                       most);
        return;
    case CONFIG_KIND_ADDRESS:
        textbuf_text(out, "auto, serial:/dev/..., usb:VVVV:PPPP[:serial number] or tcp:host:port");
        return;
    case CONFIG_KIND_NUMBER: describe_number(row, out); return;
    case CONFIG_KIND_ONE_OF:
    case CONFIG_KIND_WORD:
    case CONFIG_KIND_SIZE: describe_choices(row->choices, out); return;
    case CONFIG_KIND_SCALE: describe_scales(names, out); return;
    case CONFIG_KIND_SCANNER: describe_names("auto or one of ", names->scanner_at, out); return;
    case CONFIG_KIND_PRINTER: describe_names("auto or one of ", names->printer_at, out); return;
    case CONFIG_KIND_OMS: describe_names("one of ", names->oms_at, out); return;
    case CONFIG_KIND_RULE:
        textbuf_text(out, "COURIER [SERVICE or -] [any|prepaid|cod] [from g] [to g, 0 for any] "
                          "[price in minor units]");
        return;
    }
}
