/* units.c - exact integer conversions between what scales, couriers and order systems write and
 * what we count in. Products are formed in 128 bits, so a refusal is always a matter of the result
 * and never of the way there. Factors: the international pound of 1959 and what follows from it. */
#include "hal/base/units.h"

#define DECIMALS_MAX 9u
#define DECIMAL_DIGITS_MAX 15u
#define MS_PER_DAY INT64_C(86400000)

/* A unit is numerator / 10^shift milligrams, with no rounding in it. */
struct mass_factor {
    const char *word;
    int64_t numerator;
    unsigned shift;
    bool metric; /* a remainder is then a value finer than we keep, and is refused */
};

static const struct mass_factor factors[] = {
    [MASS_MG] = {"mg", 1, 0, true},
    [MASS_G] = {"g", 1000, 0, true},
    [MASS_KG] = {"kg", 1000000, 0, true},
    [MASS_TONNE] = {"t", 1000000000, 0, true},
    [MASS_LB] = {"lb", 45359237, 2, false},
    [MASS_OZ] = {"oz", 28349523125, 6, false},
    [MASS_GRAIN] = {"GN", 6479891, 5, false},
    [MASS_CARAT] = {"ct", 200, 0, false},
    [MASS_TOLA] = {"tola", 116638038, 4, false},
};

static const struct mass_factor *factor_of(enum mass_unit unit)
{
    ENSURE((size_t)unit < ARRAY_LEN(factors));
    return &factors[unit];
}

const char *mass_unit_word(enum mass_unit unit)
{
    return factor_of(unit)->word;
}

/* Left out on purpose: "gr" is a gram to one maker and a grain to the next, "tl" a tael or a tola.
 * "t" is a tola on some balances; read as a tonne it is out of any bench scale's range, which is
 * the safe way to be wrong. */
bool mass_unit_parse(struct bytes word, enum mass_unit *out_unit)
{
    static const struct {
        const char *word;
        enum mass_unit unit;
    } known[] = {
        {"kg", MASS_KG},    {"g", MASS_G},       {"lb", MASS_LB},   {"lbs", MASS_LB},
        {"oz", MASS_OZ},    {"mg", MASS_MG},     {"t", MASS_TONNE}, {"ct", MASS_CARAT},
        {"gn", MASS_GRAIN}, {"tola", MASS_TOLA},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!bytes_equal_ignore_case(word, known[i].word)) continue;
        *out_unit = known[i].unit;
        return true;
    }
    return false;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* How many digits stand at the front. */
static size_t digit_run(struct bytes text)
{
    size_t count = 0;
    while (count < text.len && is_digit(text.data[count])) count++;
    return count;
}

/* 15 digits at most, so this cannot overflow. */
static int64_t digits_value(int64_t value, struct bytes digits)
{
    for (size_t i = 0; i < digits.len; i++) value = value * 10 + (digits.data[i] - '0');
    return value;
}

bool decimal_parse(struct bytes text, struct decimal *out_value)
{
    bool negative = bytes_start_with(text, "-");
    if (negative || bytes_start_with(text, "+")) text = bytes_from(text, 1);
    struct bytes whole = bytes_slice(text, 0, digit_run(text));
    struct bytes rest = bytes_from(text, whole.len);
    struct bytes fraction = BYTES_NONE;
    if (whole.len == 0) return false;
    if (rest.len > 0) {
        fraction = bytes_from(rest, 1);
        bool point = rest.data[0] == '.';
        if (!point || fraction.len == 0 || digit_run(fraction) != fraction.len) return false;
    }
    if (fraction.len > DECIMALS_MAX || whole.len + fraction.len > DECIMAL_DIGITS_MAX) return false;
    int64_t digits = digits_value(digits_value(0, whole), fraction);
    *out_value = (struct decimal){negative ? -digits : digits, (unsigned)fraction.len};
    return true;
}

static int64_t power_of_ten(unsigned exponent)
{
    int64_t power = 1;
    ENSURE(exponent <= 18);
    while (exponent-- > 0) power *= 10;
    return power;
}

/* Also of the smallest number, which has no positive twin. */
static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void decimal_write(struct textbuf *text, struct decimal value)
{
    uint64_t size = magnitude(value.digits);
    ENSURE(value.decimals <= DECIMALS_MAX);
    uint64_t one = (uint64_t)power_of_ten(value.decimals);
    char storage[24]; /* sign, 19 digits, point, NUL: written whole or not at all */
    struct textbuf whole;
    textbuf_init(&whole, storage, sizeof storage);
    if (value.digits < 0) textbuf_char(&whole, '-');
    textbuf_u64(&whole, size / one);
    if (value.decimals > 0) {
        textbuf_char(&whole, '.');
        textbuf_padded(&whole, size % one, value.decimals);
    }
    textbuf_bytes_put(text, textbuf_bytes(&whole));
}

struct quotient {
    unsigned __int128 whole;
    uint64_t remainder;
};

/* Long division, bit by bit; the divisor stays far below 2^63. The compiler's own 128-bit division
 * would be a call into its library, and pure code makes none. */
static struct quotient divide(unsigned __int128 value, uint64_t divisor)
{
    struct quotient result = {0, 0};
    for (unsigned bit = 128; bit-- > 0;) {
        result.whole <<= 1;
        result.remainder = result.remainder << 1 | (uint64_t)(value >> bit & 1);
        if (result.remainder < divisor) continue;
        result.remainder -= divisor;
        result.whole |= 1;
    }
    return result;
}

bool mass_mg_from_decimal(struct decimal value, enum mass_unit unit, int64_t *out_mass_mg)
{
    const struct mass_factor *factor = factor_of(unit);
    bool negative = value.digits < 0;
    if (value.decimals > DECIMALS_MAX) return false;
    uint64_t divisor = (uint64_t)power_of_ten(value.decimals + factor->shift);
    unsigned __int128 product = magnitude(value.digits);
    product *= (uint64_t)factor->numerator;
    struct quotient mass_mg = divide(product, divisor);
    if (factor->metric && mass_mg.remainder != 0) return false;
    if (mass_mg.remainder >= divisor - mass_mg.remainder) mass_mg.whole++; /* half, or more */
    if (mass_mg.whole > (uint64_t)INT64_MAX + negative) return false;
    uint64_t size = (uint64_t)mass_mg.whole;
    *out_mass_mg = (int64_t)(negative ? 0 - size : size);
    return true;
}

bool minor_from_text(struct bytes text, unsigned minor_decimals, int64_t *out_minor)
{
    struct decimal value;
    ENSURE(minor_decimals <= DECIMALS_MAX);
    if (!decimal_parse(text, &value)) return false;
    while (value.decimals > minor_decimals) {
        if (value.digits % 10 != 0) return false;
        value.digits /= 10;
        value.decimals--;
    }
    int64_t one = power_of_ten(minor_decimals - value.decimals);
    int64_t minor;
    if (__builtin_mul_overflow(value.digits, one, &minor)) return false;
    *out_minor = minor;
    return true;
}

void minor_write(struct textbuf *text, int64_t minor, unsigned minor_decimals)
{
    decimal_write(text, (struct decimal){minor, minor_decimals});
}

int64_t mass_g_rounded_up(int64_t mass_mg)
{
    return mass_mg / 1000 + (mass_mg % 1000 > 0);
}

void mass_kg_write(struct textbuf *text, int64_t mass_mg)
{
    struct decimal mass = {mass_mg, 6};
    while (mass.decimals > 0 && mass.digits % 10 == 0) {
        mass.digits /= 10;
        mass.decimals--;
    }
    decimal_write(text, mass);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 0000-01-01 to the first of January of `year` (0..9999). Year 0 is a leap year. */
static int64_t days_before_year(int64_t year)
{
    if (year == 0) return 0;
    int64_t before = year - 1;
    return year * 365 + before / 4 - before / 100 + before / 400 + 1;
}

#define DAYS_TO_1970 INT64_C(719528)

static void put_time(struct textbuf *text, int64_t days, uint64_t ms)
{
    int64_t year = days / 366; /* never too late, and at most twenty years early */
    int64_t month = 1;
    while (days >= days_before_year(year + 1)) year++;
    days -= days_before_year(year);
    for (; days >= days_in_month(year, month); month++) days -= days_in_month(year, month);
    textbuf_format(text, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year, (unsigned)month,
                   (unsigned)days + 1, (unsigned)(ms / 3600000), (unsigned)(ms / 60000 % 60),
                   (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
}

void time_write(struct textbuf *text, int64_t unix_ms)
{
    int64_t ms = unix_ms % MS_PER_DAY;
    int64_t days = unix_ms / MS_PER_DAY + DAYS_TO_1970;
    if (ms < 0) {
        ms += MS_PER_DAY;
        days--;
    }
    if (days < 0 || days >= days_before_year(10000)) {
        text->overflow = true; /* four digits of a year cannot say it */
        return;
    }
    put_time(text, days, (uint64_t)ms);
}

/* Takes `count` digits and the separator after them (0: none) off the front. */
static bool take_number(struct bytes *rest, size_t count, uint8_t separator, int64_t max,
                        int64_t *out_number)
{
    struct bytes digits = bytes_slice(*rest, 0, count);
    size_t used = count + (separator != 0);
    if (rest->len < used || digit_run(digits) != count) return false;
    if (separator != 0 && rest->data[count] != separator) return false;
    *out_number = digits_value(0, digits);
    *rest = bytes_from(*rest, used);
    return *out_number <= max;
}

/* ".5" is 500 ms; what is finer than a millisecond is dropped. */
static bool take_fraction(struct bytes *rest, int64_t *out_ms)
{
    *out_ms = 0;
    if (!bytes_start_with(*rest, ".")) return true;
    size_t count = digit_run(bytes_from(*rest, 1));
    if (count == 0 || count > DECIMALS_MAX) return false;
    int64_t parts = digits_value(0, bytes_slice(*rest, 1, count));
    *out_ms = parts * 1000 / power_of_ten((unsigned)count);
    *rest = bytes_from(*rest, 1 + count);
    return true;
}

/* "Z", "+05:30" or "-08:00", and nothing after it. */
static bool take_offset(struct bytes rest, int64_t *out_minutes)
{
    *out_minutes = 0;
    if (bytes_equal_text(rest, "Z")) return true;
    bool west = bytes_start_with(rest, "-");
    int64_t hours, minutes;
    if (!west && !bytes_start_with(rest, "+")) return false;
    rest = bytes_from(rest, 1);
    if (!take_number(&rest, 2, ':', 23, &hours)) return false;
    if (!take_number(&rest, 2, 0, 59, &minutes)) return false;
    *out_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return rest.len == 0;
}

static bool take_date(struct bytes *rest, int64_t *out_days)
{
    int64_t year, month, day;
    bool numbers = take_number(rest, 4, '-', 9999, &year) &&
                   take_number(rest, 2, '-', 12, &month) && take_number(rest, 2, 'T', 31, &day);
    if (!numbers || month < 1 || day < 1 || day > days_in_month(year, month)) return false;
    *out_days = days_before_year(year) - DAYS_TO_1970 + day - 1;
    for (int64_t before = 1; before < month; before++) *out_days += days_in_month(year, before);
    return true;
}

bool time_parse(struct bytes text, int64_t *out_unix_ms)
{
    int64_t days, hour, minute, second, ms, offset;
    bool read = take_date(&text, &days) && take_number(&text, 2, ':', 23, &hour) &&
                take_number(&text, 2, ':', 59, &minute) && take_number(&text, 2, 0, 59, &second) &&
                take_fraction(&text, &ms) && take_offset(text, &offset);
    if (!read) return false;
    *out_unix_ms = days * MS_PER_DAY + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
    return true;
}
