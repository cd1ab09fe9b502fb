/* code_gs1.c - see code_gs1.h. Each value is looked at part by part, as its row says; what only the
 * fields together can tell comes last. */
#include "drivers/code_gs1.h"

#include <string.h>

#include "drivers/code_digits.h"
#include "drivers/code_gs1_table.h"

struct part { /* of a value, as its row writes it */
    char set;
    size_t least, most;
    char mark; /* 0: none */
    bool may_be_absent;
};

const char *gs1_problem_word(enum gs1_problem problem)
{
    switch (problem) {
    case GS1_OK: return "";
    case GS1_NOT_GS1: return "not_gs1";
    case GS1_NO_DATA: return "no_data";
    case GS1_UNKNOWN_AI: return "unknown_ai";
    case GS1_EMPTY: return "empty";
    case GS1_TOO_SHORT: return "too_short";
    case GS1_TOO_LONG: return "too_long";
    case GS1_CHARACTER: return "character";
    case GS1_CHECK_DIGIT: return "check_digit";
    case GS1_DATE: return "date";
    case GS1_VALUE: return "value";
    case GS1_TOO_MANY: return "too_many";
    case GS1_TWICE: return "twice";
    case GS1_NOT_TOGETHER: return "not_together";
    case GS1_PARTNER: return "partner_missing";
    case GS1_UNSPLITTABLE: return "unsplittable";
    }
    return "";
}

bool gs1_is_marked(const char *aim)
{
    static const char *const ids[] = {"]C1", "]e0", "]d2", "]Q3", "]J1"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        if (strcmp(aim, ids[i]) == 0) return true;
    }
    return false;
}

static bool is_digit(uint8_t one)
{
    return one >= '0' && one <= '9';
}

/* --- rows: which identifier, and what its value is made of */

/* Does the identifier of this row stand at the front? Its length, or 0. */
static size_t match_ai(const char *pattern, struct bytes text)
{
    size_t used = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        if (used == text.len) return 0;
        uint8_t one = text.data[used++];
        if (*at != '[') {
            if (one != (uint8_t)*at) return 0;
            continue;
        }
        return one >= (uint8_t)at[1] && one <= (uint8_t)at[3] ? used : 0;
    }
    return used;
}

static const struct gs1_ai *find_row(struct bytes text, size_t *out_len)
{
    for (size_t i = 0; i < gs1_table_len; i++) {
        *out_len = match_ai(gs1_table[i].ai, text);
        if (*out_len > 0) return &gs1_table[i];
    }
    return NULL;
}

/* General Specifications 7.8.5: these need no separator, and their lengths never change. */
static bool is_predefined(struct bytes ai)
{
    static const char two[][3] = {"00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16",
                                  "17", "18", "19", "20", "31", "32", "33", "34", "35", "36", "41"};
    for (size_t i = 0; i < ARRAY_LEN(two); i++) {
        if (ai.data[0] == (uint8_t)two[i][0] && ai.data[1] == (uint8_t)two[i][1]) return true;
    }
    return false;
}

static size_t take_length(const char **at)
{
    size_t length = 0;
    while (is_digit((uint8_t) * *at)) length = length * 10 + (size_t)(*(*at)++ - '0');
    return length;
}

/* The next part of a row; false at its end. */
static bool next_part(const char **at, struct part *out)
{
    while (**at == ' ') (*at)++;
    if (**at == '\0') return false;
    *out = (struct part){.set = *(*at)++};
    out->least = out->most = take_length(at);
    if (**at == '-') {
        (*at)++;
        out->most = take_length(at);
    }
    for (; **at != '\0' && **at != ' '; (*at)++) {
        if (**at == '?') out->may_be_absent = true;
        else out->mark = **at;
    }
    return true;
}

static size_t fixed_length(const struct gs1_ai *row)
{
    const char *at = row->parts;
    struct part part;
    size_t length = 0;
    while (next_part(&at, &part)) length += part.most;
    return length;
}

/* --- one part of a value */

/* Set 82 and set 39 of the General Specifications, 7.11; base 64 as used in addresses. */
static bool is_of_set(char set, uint8_t one)
{
    bool digit = is_digit(one);
    bool capital = one >= 'A' && one <= 'Z', small = one >= 'a' && one <= 'z';
    switch (set) {
    case 'N': return digit;
    case 'Y': return digit || capital || one == '#' || one == '-' || one == '/';
    case 'Z': return digit || capital || small || one == '-' || one == '_' || one == '=';
    default:
        return digit || capital || small ||
               (one > ' ' && one < 0x7F && strchr("!\"%&'()*+,-./:;<=>?_", one) != NULL);
    }
}

static int number_at(struct bytes digits, size_t from, size_t len)
{
    int number = 0;
    for (size_t i = from; i < from + len; i++) number = number * 10 + (digits.data[i] - '0');
    return number;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Six digits have no century: the years in question that end in 00 are leap years only as 2000. */
static bool is_day(struct bytes digits, bool day_may_be_0)
{
    size_t year_len = digits.len - 4;
    int year = number_at(digits, 0, year_len) + (year_len == 2 ? 2000 : 0);
    int month = number_at(digits, year_len, 2), day = number_at(digits, year_len + 2, 2);
    if (month < 1 || month > 12 || day > days_in(year, month)) return false;
    return day > 0 || day_may_be_0;
}

static bool is_percent_encoded(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '%') continue;
        bool pair = i + 2 < text.len;
        for (size_t n = 1; n <= 2 && pair; n++) {
            uint8_t one = text.data[i + n];
            pair = is_digit(one) || (one >= 'A' && one <= 'F') || (one >= 'a' && one <= 'f');
        }
        if (!pair) return false;
    }
    return true;
}

static enum gs1_problem check_mark(char mark, struct bytes text)
{
    int number = mark != 'p' && mark != 'c' && text.len <= 8 ? number_at(text, 0, text.len) : 0;
    bool good = true;
    switch (mark) {
    case 'c': return code_gs1_digit_fits(text) ? GS1_OK : GS1_CHECK_DIGIT;
    case 'd': return is_day(text, true) ? GS1_OK : GS1_DATE;
    case 'D':
    case 'L': return is_day(text, false) ? GS1_OK : GS1_DATE;
    case 't': return number / 100 < 24 && number % 100 < 60 ? GS1_OK : GS1_DATE;
    case 'h': return number < 24 ? GS1_OK : GS1_DATE;
    case 'm': return number < 60 ? GS1_OK : GS1_DATE;
    case 'y': good = number <= 1; break;
    case 'n': good = number > 0; break;
    case 'z': good = number == 0; break;
    case 'p': good = is_percent_encoded(text); break;
    case 'o': good = number / 100 > 0 && number / 100 <= number % 100; break;
    default: break;
    }
    return good ? GS1_OK : GS1_VALUE;
}

/* *out_at: where in the value. */
static enum gs1_problem check_value(const struct gs1_ai *row, struct bytes value, size_t *out_at)
{
    const char *at = row->parts;
    struct part part;
    size_t used = 0;
    while (next_part(&at, &part)) {
        struct bytes piece = bytes_slice(value, used, part.most);
        *out_at = used;
        if (piece.len == 0 && part.may_be_absent) break;
        for (size_t i = 0; i < piece.len; i++) {
            *out_at = used + i;
            if (!is_of_set(part.set, piece.data[i])) return GS1_CHARACTER;
        }
        *out_at = used + piece.len;
        if (piece.len < part.least) return GS1_TOO_SHORT;
        *out_at = part.mark == 'c' ? used + piece.len - 1 : used;
        enum gs1_problem problem = part.mark != 0 ? check_mark(part.mark, piece) : GS1_OK;
        if (problem != GS1_OK) return problem;
        used += piece.len;
    }
    *out_at = used;
    return used < value.len ? GS1_TOO_LONG : GS1_OK;
}

/* --- fields, one after the other */

/* Takes one field off the text at *at. */
static enum gs1_problem take_field(struct bytes text, size_t *at, struct gs1_code *out)
{
    size_t ai_len = 0;
    struct bytes rest = bytes_from(text, *at);
    const struct gs1_ai *row = find_row(rest, &ai_len);
    out->at = *at;
    if (rest.data[0] == GS1_SEPARATOR) return GS1_EMPTY;
    if (row == NULL) return GS1_UNKNOWN_AI;
    if (out->count == GS1_FIELDS_MAX) return GS1_TOO_MANY;
    size_t start = *at + ai_len, inside = 0;
    struct bytes value = bytes_from(text, start);
    value = bytes_slice(value, 0, bytes_find_byte(value, GS1_SEPARATOR));
    if (is_predefined(rest)) value = bytes_slice(value, 0, fixed_length(row));
    out->at = start;
    if (value.len == 0) return GS1_EMPTY;
    enum gs1_problem problem = check_value(row, value, &inside);
    out->at = start + inside;
    if (problem != GS1_OK) return problem;
    struct gs1_field *field = &out->fields[out->count++];
    ENSURE(bytes_to_text(bytes_slice(rest, 0, ai_len), field->ai, sizeof field->ai));
    field->value = value;
    *at = start + value.len;
    if (*at < text.len && text.data[*at] == GS1_SEPARATOR) (*at)++;
    return GS1_OK;
}

/* --- what the fields together must be */

/* "31nn": any digit for an n. The pattern ends at one of ", " or with its text. */
static bool is_like(const char *pattern, size_t len, const char *ai)
{
    for (size_t i = 0; i < len; i++) {
        if (pattern[i] != ai[i] && !(pattern[i] == 'n' && is_digit((uint8_t)ai[i]))) return false;
    }
    return ai[len] == '\0';
}

/* Any field but `except` that is like one of the list, which ends at a blank or with its text. */
static bool has_one_of(const struct gs1_code *code, const char *list, const char *except)
{
    while (*list != '\0' && *list != ' ') {
        size_t len = strcspn(list, ", ");
        for (size_t i = 0; i < code->count; i++) {
            const char *ai = code->fields[i].ai;
            if (strcmp(ai, except) != 0 && is_like(list, len, ai)) return true;
        }
        list += len;
        if (*list == ',') list++;
    }
    return false;
}

static bool has_partners(const struct gs1_code *code, const char *needs)
{
    while (*needs != '\0') {
        if (!has_one_of(code, needs, "")) return false;
        needs += strcspn(needs, " ");
        if (*needs == ' ') needs++;
    }
    return true;
}

static bool has_other_value(const struct gs1_code *code, const struct gs1_field *field)
{
    const struct gs1_field *first = gs1_find(code, field->ai);
    return !bytes_equal(first->value, field->value);
}

/* Contradictions first: a partner may stand in another bar code of the label. */
static enum gs1_problem check_together(struct bytes text, struct gs1_code *code)
{
    enum gs1_problem found = GS1_OK;
    for (size_t i = 0; i < code->count && found != GS1_NOT_TOGETHER && found != GS1_TWICE; i++) {
        const struct gs1_field *field = &code->fields[i];
        size_t ai_len = 0;
        const struct gs1_ai *row = find_row(bytes_of_text(field->ai), &ai_len);
        size_t at = (size_t)(field->value.data - text.data) - ai_len;
        enum gs1_problem problem = GS1_OK;
        if (has_other_value(code, field)) problem = GS1_TWICE;
        else if (has_one_of(code, row->not_with, field->ai)) problem = GS1_NOT_TOGETHER;
        else if (found == GS1_OK && !has_partners(code, row->needs)) problem = GS1_PARTNER;
        if (problem == GS1_OK) continue;
        found = problem;
        code->at = at;
    }
    return found;
}

enum gs1_problem gs1_parse(struct bytes text, struct gs1_code *out)
{
    *out = (struct gs1_code){.count = 0};
    if (text.len == 0) return GS1_NO_DATA;
    if (text.len > GS1_TEXT_MAX) return GS1_TOO_LONG;
    for (size_t at = 0; at < text.len;) {
        enum gs1_problem problem = take_field(text, &at, out);
        if (problem != GS1_OK) return problem;
    }
    out->at = text.len;
    return check_together(text, out);
}

/* --- a scanner that says nothing */

/* Of the field that begins at `from`: the first place after `after` where its value may end, or
 * one past the text. *out_open: the value has no predefined length. */
static size_t next_end(struct bytes text, size_t from, size_t after, bool *out_open)
{
    size_t ai_len = 0, inside = 0;
    struct bytes rest = bytes_from(text, from);
    const struct gs1_ai *row = find_row(rest, &ai_len);
    if (row == NULL) return text.len + 1;
    size_t most = fixed_length(row), start = from + ai_len;
    *out_open = !is_predefined(rest);
    for (size_t len = after > start ? after - start + 1 : 1; len <= most; len++) {
        if (start + len > text.len) break;
        if (!*out_open && len < most) continue;
        if (check_value(row, bytes_slice(rest, ai_len, len), &inside) == GS1_OK) return start + len;
    }
    return text.len + 1;
}

/* Is there a way to take the text apart in which a value without a predefined length ends before
 * the text does? First from the end: from where on can it be taken apart at all; then from the
 * front: which of these places are reached. */
static bool may_be_split(struct bytes text)
{
    bool good[GS1_TEXT_MAX + 1] = {false}, reached[GS1_TEXT_MAX + 1] = {true};
    bool open = false;
    good[text.len] = true;
    for (size_t from = text.len; from-- > 0;) {
        size_t end = next_end(text, from, from, &open);
        while (end <= text.len && !good[end]) end = next_end(text, from, end, &open);
        good[from] = end <= text.len;
    }
    for (size_t from = 0; from < text.len; from++) {
        if (!reached[from] || !good[from]) continue;
        for (size_t end = next_end(text, from, from, &open); end <= text.len;
             end = next_end(text, from, end, &open)) {
            reached[end] = true;
            if (open && good[end] && end < text.len) return true;
        }
    }
    return false;
}

enum gs1_problem gs1_parse_unmarked(struct bytes text, struct gs1_code *out)
{
    *out = (struct gs1_code){.count = 0};
    if (text.len > GS1_TEXT_MAX) return GS1_TOO_LONG;
    if (text.len > 0 && text.data[0] == GS1_SEPARATOR) text = bytes_from(text, 1);
    bool separated = bytes_find_byte(text, GS1_SEPARATOR) < text.len;
    if (!separated && may_be_split(text)) return GS1_UNSPLITTABLE;
    return gs1_parse(text, out);
}

const struct gs1_field *gs1_find(const struct gs1_code *code, const char *ai)
{
    for (size_t i = 0; i < code->count; i++) {
        if (strcmp(code->fields[i].ai, ai) == 0) return &code->fields[i];
    }
    return NULL;
}

/* --- values */

bool gs1_decimal(const struct gs1_field *field, struct decimal *out_value)
{
    bool measure = strlen(field->ai) == 4 && field->ai[0] == '3' && field->ai[1] <= '6';
    if (!measure || field->value.len != 6) return false;
    *out_value = (struct decimal){.digits = number_at(field->value, 0, 6),
                                  .decimals = (unsigned)(field->ai[3] - '0')};
    return true;
}

bool gs1_mass_mg(const struct gs1_field *field, int64_t *out_mass_mg)
{
    struct decimal value;
    bool kilograms = strncmp(field->ai, "310", 3) == 0 || strncmp(field->ai, "330", 3) == 0;
    bool pounds = strncmp(field->ai, "320", 3) == 0 || strncmp(field->ai, "340", 3) == 0;
    if ((!kilograms && !pounds) || !gs1_decimal(field, &value)) return false;
    return mass_mg_from_decimal(value, kilograms ? MASS_KG : MASS_LB, out_mass_mg);
}

bool gs1_date(const struct gs1_field *field, int year_now, struct gs1_date *out_date)
{
    size_t ai_len = 0;
    const struct gs1_ai *row = find_row(bytes_of_text(field->ai), &ai_len);
    bool dated =
        row != NULL && (strncmp(row->parts, "N6d", 3) == 0 || strncmp(row->parts, "N6D", 3) == 0);
    if (!dated) return false;
    int short_year = number_at(field->value, 0, 2);
    int year = year_now - year_now % 100 + short_year;
    if (year - year_now > 50) year -= 100;
    if (year_now - year > 49) year += 100;
    int month = number_at(field->value, 2, 2), day = number_at(field->value, 4, 2);
    if (day > days_in(year, month)) return false; /* 29 February of 2100 */
    *out_date = (struct gs1_date){year, month, day > 0 ? day : days_in(year, month)};
    return true;
}
