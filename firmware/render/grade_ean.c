/* grade_ean.c - are these the elements of this EAN or UPC? See grade.h.
 *
 * Ink that spreads makes a 1 look like a 7 and a 2 like an 8, and one wrong reading in ten passes
 * the check digit. How much bars are too wide is known here, from all of them together; without it
 * each sign must be nearest to the one that was read. ISO/IEC 15420, tables 1 to 4. */
#include "firmware/render/grade.h"

#include <stdlib.h>

#define ELEMENTS_MAX 59u

/* Modules of set A (and C), in the order of the digits; B is A backwards. */
static const uint8_t set_a[10][4] = {{3, 2, 1, 1}, {2, 2, 2, 1}, {2, 1, 2, 2}, {1, 4, 1, 1},
                                     {1, 1, 3, 2}, {1, 2, 3, 1}, {1, 1, 1, 4}, {1, 3, 1, 2},
                                     {1, 2, 1, 3}, {3, 1, 1, 2}};
/* Which of the first six are of set B: by the first digit of an EAN-13; by the check digit of a
 * UPC-E of number system 0, the others for system 1. The leftmost is the highest bit. */
static const uint8_t ean13_sets[10] = {0x00, 0x0B, 0x0D, 0x0E, 0x13, 0x19, 0x1C, 0x15, 0x16, 0x1A};
static const uint8_t upce_sets[10] = {0x38, 0x34, 0x32, 0x31, 0x2C, 0x26, 0x23, 0x2A, 0x29, 0x25};

struct sign {
    size_t at; /* its first element */
    unsigned digit;
    bool backwards;
};
struct plan {
    struct sign signs[12];
    size_t count, elements;
    unsigned modules;
};

static unsigned digit_at(const char *text, size_t i)
{
    return (unsigned)(text[i] - '0');
}

static void plan_signs(struct plan *plan, const char *digits, size_t count, unsigned sets,
                       size_t at)
{
    for (size_t i = 0; i < count; i++)
        plan->signs[plan->count++] =
            (struct sign){at + 4 * i, digit_at(digits, i), (sets >> (count - 1 - i) & 1) != 0};
}

static bool plan_make(const struct claim *claim, struct plan *plan)
{
    const char *text = claim->text;
    *plan = (struct plan){.count = 0};
    for (size_t i = 0; i < claim->text_len; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    if (claim->kind == CODE_EAN8 && claim->text_len == 8) {
        plan_signs(plan, text, 4, 0, 3);
        plan_signs(plan, text + 4, 4, 0, 24);
        plan->elements = 43;
        plan->modules = 67;
        return true;
    }
    if (claim->kind == CODE_UPCE && claim->text_len == 8) {
        unsigned sets = upce_sets[digit_at(text, 7)];
        plan_signs(plan, text + 1, 6, text[0] == '0' ? sets : ~sets & 0x3Fu, 3);
        plan->elements = 33;
        plan->modules = 51;
        return true;
    }
    bool upca = claim->kind == CODE_UPCA && claim->text_len == 12;
    if (!upca && (claim->kind != CODE_EAN13 || claim->text_len != 13)) return false;
    unsigned first = upca ? 0 : digit_at(text, 0);
    plan_signs(plan, upca ? text : text + 1, 6, ean13_sets[first], 3);
    plan_signs(plan, upca ? text + 6 : text + 7, 6, 0, 32);
    plan->elements = 59;
    plan->modules = 95;
    return true;
}

static unsigned modules_at(const struct sign *sign, size_t i)
{
    return set_a[sign->digit][sign->backwards ? 3 - i : i];
}

/* How far four elements are from a sign, in thousandths of a module; bars are too wide by `gain`,
 * spaces too narrow by the same. */
static int distance(const int *mils, const struct sign *sign, int gain)
{
    int sum = 0;
    for (size_t i = 0; i < 4; i++) {
        bool bar = (sign->at + i) % 2 == 0;
        int off = mils[sign->at + i] - (int)modules_at(sign, i) * 1000 - (bar ? gain : -gain);
        sum += abs(off);
    }
    return sum;
}

static bool nearest(const int *mils, const struct sign *sign, int gain)
{
    int own = distance(mils, sign, gain);
    struct sign other = *sign;
    for (other.digit = 0; other.digit < 10; other.digit++)
        for (unsigned back = 0; back < 2; back++) {
            other.backwards = back == 1;
            bool same = other.digit == sign->digit && other.backwards == sign->backwards;
            if (!same && distance(mils, &other, gain) <= own) return false;
        }
    return true;
}

bool grade_ean(const struct claim *claim, const uint16_t *edges, size_t count)
{
    struct plan plan;
    int mils[ELEMENTS_MAX] = {0}, gain = 0;
    if (!plan_make(claim, &plan) || count != plan.elements) return false;
    int total = edges[count] - edges[0];
    for (size_t i = 0; i < count; i++) {
        size_t from = claim->reversed ? count - 1 - i : i;
        mils[i] = (edges[from + 1] - edges[from]) * (int)plan.modules * 1000 / total;
    }
    /* The bars at both ends are of one module whatever was read. */
    gain = mils[0] + mils[2] - 2000;
    gain += plan.elements == 33 ? mils[count - 1] - 1000 : mils[count - 1] + mils[count - 3] - 2000;
    gain /= plan.elements == 33 ? 3 : 4;
    for (size_t k = 0; k < plan.count; k++)
        if (!nearest(mils, &plan.signs[k], gain)) return false;
    return true;
}
