/* scale_field.c - see scale_field.h. */
#include "drivers/scale_field.h"

#include <string.h>

size_t scale_feed_bytes(struct scale_state *state, struct bytes input, scale_look *look,
                        struct scale_output *out)
{
    *out = (struct scale_output){.result = SCALE_NOTHING};
    for (size_t used = 0; used < input.len; used++) {
        ENSURE(frame_push(&state->frame, bytes_slice(input, used, 1)) == 1);
        look(state, out);
        if (out->result != SCALE_NOTHING) return used + 1;
    }
    return input.len;
}

void scale_skip(struct scale_state *state, size_t count)
{
    frame_drop(&state->frame, count);
    if (state->skipped <= UINT32_MAX - count) state->skipped += (uint32_t)count;
}

static void set_raw(struct scale_reading *reading, struct bytes raw)
{
    reading->raw_len = raw.len < SCALE_RAW_MAX ? raw.len : SCALE_RAW_MAX;
    if (reading->raw_len > 0) memcpy(reading->raw, raw.data, reading->raw_len);
}

void scale_say_reading(struct scale_state *state, struct bytes raw, struct scale_output *out)
{
    out->result = SCALE_READING;
    set_raw(&out->reading, raw);
    if (state->good < UINT32_MAX) state->good++;
    state->bad = 0;
    state->skipped = 0;
}

void scale_say_refused(struct scale_state *state, struct bytes raw, enum scale_reject reject,
                       struct scale_output *out)
{
    *out = (struct scale_output){.result = SCALE_REJECTED, .reject = reject};
    set_raw(&out->reading, raw);
    if (state->bad < UINT32_MAX) state->bad++;
}

static bool is_number_byte(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == '.';
}

void scale_take_blanks(struct bytes *rest)
{
    while (bytes_start_with(*rest, " ")) *rest = bytes_from(*rest, 1);
}

bool scale_take_number(struct bytes *rest, struct decimal *out_value)
{
    struct decimal value;
    size_t len = 0;
    scale_take_blanks(rest);
    bool negative = bytes_start_with(*rest, "-");
    if (negative || bytes_start_with(*rest, "+")) *rest = bytes_from(*rest, 1);
    scale_take_blanks(rest); /* G&G writes the sign away from the digits */
    while (len < rest->len && is_number_byte(rest->data[len])) len++;
    if (!decimal_parse(bytes_slice(*rest, 0, len), &value)) return false;
    if (negative) value.digits = -value.digits;
    *rest = bytes_from(*rest, len);
    *out_value = value;
    return true;
}

bool scale_unit_parse(struct bytes word, enum mass_unit *out_unit)
{
    return mass_unit_parse(word, out_unit) && *out_unit != MASS_TONNE;
}

bool scale_set_value(struct scale_reading *reading, struct decimal value, enum mass_unit unit)
{
    struct textbuf shown;
    char storage[SCALE_SHOWN_SIZE];
    int64_t mass_mg;
    textbuf_init(&shown, storage, sizeof storage);
    decimal_write(&shown, value);
    if (!textbuf_ok(&shown) || !mass_mg_from_decimal(value, unit, &mass_mg)) return false;
    reading->mass_mg = mass_mg;
    reading->zero = value.digits == 0;
    memcpy(reading->shown, storage, sizeof reading->shown);
    ENSURE(bytes_to_text(bytes_of_text(mass_unit_word(unit)), reading->unit, sizeof reading->unit));
    return true;
}
