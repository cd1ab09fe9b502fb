/* Guards: no text breaks the readers of numbers, money, units and times; and what one of them
 * accepts is written back as the same value. */
#include "hal/base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_decimal(struct bytes input)
{
    struct decimal value, again;
    char storage[32];
    struct textbuf text;
    if (!decimal_parse(input, &value)) return;
    textbuf_init(&text, storage, sizeof storage);
    decimal_write(&text, value);
    ENSURE(decimal_parse(textbuf_bytes(&text), &again));
    ENSURE(again.digits == value.digits && again.decimals == value.decimals);
    for (enum mass_unit unit = MASS_MG; unit <= MASS_TOLA; unit++) {
        int64_t mass_mg = 0;
        if (mass_mg_from_decimal(value, unit, &mass_mg)) {
            ENSURE(mass_g_rounded_up(mass_mg) >= mass_mg / 1000);
        }
    }
}

static void check_money(struct bytes input)
{
    int64_t minor, again;
    char storage[32];
    struct textbuf text;
    if (!minor_from_text(input, 2, &minor)) return;
    textbuf_init(&text, storage, sizeof storage);
    minor_write(&text, minor, 2);
    /* What has fifteen digits without its minor places has more than the reader takes with them. */
    if (minor_from_text(textbuf_bytes(&text), 2, &again)) ENSURE(again == minor);
}

static void check_time(struct bytes input)
{
    int64_t unix_ms, again;
    char storage[TIME_TEXT_SIZE];
    struct textbuf text;
    if (!time_parse(input, &unix_ms)) return;
    textbuf_init(&text, storage, sizeof storage);
    time_write(&text, unix_ms);
    if (!textbuf_ok(&text)) return; /* the zone led out of the years of four digits */
    ENSURE(time_parse(textbuf_bytes(&text), &again));
    ENSURE(again == unix_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    enum mass_unit unit;
    check_decimal(input);
    check_money(input);
    check_time(input);
    if (mass_unit_parse(input, &unit)) ENSURE(bytes_of_text(mass_unit_word(unit)).len > 0);
    return 0;
}
