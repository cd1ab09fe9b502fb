/* scale_rules.h - what holds for every scale driver, whatever it is fed. */
#ifndef PACKD_TESTS_FUZZ_SCALE_RULES_H
#define PACKD_TESTS_FUZZ_SCALE_RULES_H

#include "drivers/scale.h"
#include "hal/base/units.h"

static inline void scale_rules_check_output(const struct scale_output *output)
{
    const struct scale_reading *reading = &output->reading;
    struct decimal shown;
    enum mass_unit unit;
    int64_t mass_mg;
    ENSURE((output->result == SCALE_ANSWER) == (output->answer.len > 0));
    if (output->result == SCALE_NOTHING || output->result == SCALE_ANSWER) return;
    ENSURE(reading->raw_len > 0 && reading->raw_len <= SCALE_RAW_MAX);
    ENSURE((output->result == SCALE_REJECTED) == (output->reject != SCALE_REJECT_NONE));
    ENSURE(output->result == SCALE_READING || !reading->usable);
    if (!reading->usable) return;
    ENSURE(reading->stable && !reading->overload && !reading->underload);
    ENSURE(decimal_parse(bytes_of_text(reading->shown), &shown));
    ENSURE(mass_unit_parse(bytes_of_text(reading->unit), &unit));
    ENSURE(mass_mg_from_decimal(shown, unit, &mass_mg) && mass_mg == reading->mass_mg);
}

/* The same bytes one at a time must say the same at the same place. */
static inline void scale_rules_check(const struct scale_driver *driver, struct bytes input)
{
    struct scale_state at_once, by_byte;
    scale_state_init(&at_once, driver);
    scale_state_init(&by_byte, driver);
    while (input.len > 0) {
        struct scale_output whole, piece;
        size_t used = driver->feed(&at_once, input, &whole);
        ENSURE(used > 0 && used <= input.len);
        scale_rules_check_output(&whole);
        for (size_t i = 0; i < used; i++) {
            ENSURE(driver->feed(&by_byte, bytes_slice(input, i, 1), &piece) == 1);
            ENSURE(i + 1 == used || piece.result == SCALE_NOTHING);
        }
        ENSURE(piece.result == whole.result && piece.reject == whole.reject);
        ENSURE(piece.reading.mass_mg == whole.reading.mass_mg);
        ENSURE(piece.reading.usable == whole.reading.usable);
        ENSURE(bytes_equal(bytes_of(piece.reading.raw, piece.reading.raw_len),
                           bytes_of(whole.reading.raw, whole.reading.raw_len)));
        input = bytes_from(input, used);
    }
}

#endif
