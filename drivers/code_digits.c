/* code_digits.c - one function a scheme; see code_digits.h for where they come from. */
#include "drivers/code_digits.h"

#include <string.h>

static bool is_digit(uint8_t one)
{
    return one >= '0' && one <= '9';
}

static bool is_capital(uint8_t one)
{
    return one >= 'A' && one <= 'Z';
}

static bool are_digits(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.data[i])) return false;
    }
    return text.len > 0;
}

/* From the right, the check digit's neighbour first: 3, 1, 3, 1 ... */
static char gs1_digit(struct bytes before)
{
    unsigned sum = 0;
    for (size_t i = 0; i < before.len; i++) {
        unsigned digit = before.data[before.len - 1 - i] - '0';
        sum += i % 2 == 0 ? digit * 3 : digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

/* All digits, a length that is in the list: the last one checks. */
static bool expect_gs1(struct bytes text, const char *lengths, char *out_expected, size_t *out_at)
{
    bool known = text.len < 32 && strchr(lengths, (int)('@' + text.len)) != NULL && text.len > 0;
    if (!known || !are_digits(bytes_slice(text, 0, text.len - 1))) return false;
    *out_expected = gs1_digit(bytes_slice(text, 0, text.len - 1));
    *out_at = text.len - 1;
    return true;
}

/* Lengths as letters: H is 8, L 12, M 13, N 14, Q 17, R 18. */
static bool expect_any_gs1(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_gs1(text, "HLMNQR", out_expected, out_at);
}

static bool expect_gtin(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_gs1(text, "HLMN", out_expected, out_at);
}

static bool expect_gln(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_gs1(text, "M", out_expected, out_at);
}

static bool expect_gsin(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_gs1(text, "Q", out_expected, out_at);
}

static bool expect_sscc(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_gs1(text, "R", out_expected, out_at);
}

/* UPU S10: weights over the eight digits; 11 minus the sum mod 11, where 10 is 0 and 11 is 5. */
static char s10_digit(const uint8_t digits[8])
{
    static const unsigned weights[8] = {8, 6, 4, 2, 3, 5, 9, 7};
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++) sum += weights[i] * (unsigned)(digits[i] - '0');
    unsigned check = 11 - sum % 11;
    if (check == 10) check = 0;
    if (check == 11) check = 5;
    return (char)('0' + check);
}

static bool is_s10_place(size_t place, uint8_t one)
{
    return place < 2 || place > 10 ? is_capital(one) : is_digit(one);
}

static bool expect_s10(struct bytes text, char *out_expected, size_t *out_at)
{
    if (text.len != CODE_S10_LEN) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (i != 10 && !is_s10_place(i, text.data[i])) return false;
    }
    *out_expected = s10_digit(text.data + 2);
    *out_at = 10;
    return true;
}

/* "1Z", fifteen letters or digits, the check digit. A letter counts as its place in ASCII less 63,
 * the last digit of that; every second character counts twice. */
static bool expect_ups(struct bytes text, char *out_expected, size_t *out_at)
{
    unsigned sum = 0;
    if (text.len != 18 || !bytes_start_with(text, "1Z")) return false;
    for (size_t i = 2; i < 17; i++) {
        uint8_t one = text.data[i];
        if (!is_digit(one) && !is_capital(one)) return false;
        unsigned value = (unsigned)(is_digit(one) ? one - '0' : (one - 63) % 10);
        sum += i % 2 == 0 ? value : value * 2;
    }
    *out_expected = (char)('0' + (10 - sum % 10) % 10);
    *out_at = 17;
    return true;
}

/* FedEx Express, twelve digits: weights 3, 1, 7 from the left, mod 11, where 10 is 0. */
static bool expect_fedex(struct bytes text, char *out_expected, size_t *out_at)
{
    static const unsigned weights[3] = {3, 1, 7};
    unsigned sum = 0;
    if (text.len != 12 || !are_digits(bytes_slice(text, 0, 11))) return false;
    for (size_t i = 0; i < 11; i++) sum += weights[i % 3] * (unsigned)(text.data[i] - '0');
    *out_expected = (char)('0' + sum % 11 % 10);
    *out_at = 11;
    return true;
}

/* The last digit is what the number before it leaves when divided by seven. */
static bool expect_mod7(struct bytes text, size_t len, char *out_expected, size_t *out_at)
{
    uint64_t number = 0;
    if (text.len != len || !bytes_to_u64(bytes_slice(text, 0, len - 1), UINT64_MAX, &number))
        return false;
    *out_expected = (char)('0' + number % 7);
    *out_at = len - 1;
    return true;
}

static bool expect_bluedart(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_mod7(text, 11, out_expected, out_at);
}

static bool expect_dhl(struct bytes text, char *out_expected, size_t *out_at)
{
    return expect_mod7(text, 10, out_expected, out_at);
}

static const struct code_scheme schemes[] = {
    {"gs1", "8, 12, 13, 14, 17 or 18 digits", expect_any_gs1},
    {"gtin", "8, 12, 13 or 14 digits", expect_gtin},
    {"gln", "13 digits", expect_gln},
    {"gsin", "17 digits", expect_gsin},
    {"sscc", "18 digits", expect_sscc},
    {"s10", "two letters, nine digits, two letters", expect_s10},
    {"ups", "1Z, fifteen letters or digits, a digit", expect_ups},
    {"fedex", "12 digits", expect_fedex},
    {"bluedart", "11 digits", expect_bluedart},
    {"dhl", "10 digits", expect_dhl},
};

const struct code_scheme *code_scheme_at(size_t index)
{
    return index < ARRAY_LEN(schemes) ? &schemes[index] : NULL;
}

const struct code_scheme *code_scheme_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (bytes_equal_text(name, schemes[i].name)) return &schemes[i];
    }
    return NULL;
}

bool code_check(const struct code_scheme *scheme, struct bytes text, bool *out_valid,
                char *out_expected)
{
    char expected = '\0';
    size_t at = 0;
    if (!scheme->expect(text, &expected, &at)) return false;
    *out_valid = text.data[at] == (uint8_t)expected;
    *out_expected = expected;
    return true;
}

bool code_gs1_digit_fits(struct bytes digits)
{
    if (digits.len < 2 || !are_digits(digits)) return false;
    return digits.data[digits.len - 1] ==
           (uint8_t)gs1_digit(bytes_slice(digits, 0, digits.len - 1));
}

bool code_is_s10_form(struct bytes text)
{
    for (size_t i = 0; i < text.len && i < CODE_S10_LEN; i++) {
        if (!is_s10_place(i, text.data[i])) return false;
    }
    return text.len == CODE_S10_LEN;
}

bool code_is_s10(struct bytes text)
{
    return code_is_s10_form(text) && text.data[10] == (uint8_t)s10_digit(text.data + 2);
}

/* What a hand has written in this place of an S10 number. */
static uint8_t by_place(size_t place, uint8_t one)
{
    bool letter = place < 2 || place > 10;
    if (one >= 'a' && one <= 'z') one = (uint8_t)(one - 'a' + 'A');
    if (letter && one == '0') return 'O';
    if (letter && one == '1') return 'I';
    if (!letter && one == 'O') return '0';
    if (!letter && (one == 'I' || one == 'L')) return '1';
    return one;
}

bool code_s10_from_hand(struct bytes text, char out_number[CODE_S10_LEN + 1])
{
    uint8_t number[CODE_S10_LEN];
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ') continue;
        if (len == sizeof number) return false;
        number[len] = by_place(len, text.data[i]);
        len++;
    }
    if (!code_is_s10(bytes_of(number, len))) return false;
    return bytes_to_text(bytes_of(number, len), out_number, CODE_S10_LEN + 1);
}
