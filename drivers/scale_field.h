/* scale_field.h - what scale drivers have in common: looking at each byte as it comes, reading one
 * number, turning number and unit into a reading, and keeping the counts of struct scale_state.
 *
 * Rule: a value is taken exactly as the frame writes it or refused; nothing is rounded or
 * guessed. */
#ifndef PACKD_DRIVERS_SCALE_FIELD_H
#define PACKD_DRIVERS_SCALE_FIELD_H

#include "drivers/scale.h"
#include "hal/base/units.h"

/* Looks at the front of state->frame once more, drops what cannot be a frame, and sets out->result
 * when there is something to say. Must never leave a complete frame in the buffer unsaid. */
typedef void scale_look(struct scale_state *state, struct scale_output *out);

/* The feed of every driver: one byte, one look. So pieces of any size give the same results. */
size_t scale_feed_bytes(struct scale_state *state, struct bytes input, scale_look *look,
                        struct scale_output *out);

/* Drops bytes that belong to no frame, and counts them. */
void scale_skip(struct scale_state *state, size_t count);

/* The frame at hand was read or refused: sets the result, its raw bytes (the first SCALE_RAW_MAX)
 * and the counts. The caller then drops the frame. */
void scale_say_reading(struct scale_state *state, struct bytes raw, struct scale_output *out);
void scale_say_refused(struct scale_state *state, struct bytes raw, enum scale_reject reject,
                       struct scale_output *out);

void scale_take_blanks(struct bytes *rest);

/* Takes blanks, an optional sign, blanks, and digits with an optional point off the front of
 * *rest. False when there is no number or more than one point in it. */
MUST_USE bool scale_take_number(struct bytes *rest, struct decimal *out_value);

/* The unit of a text frame. False for what is no mass; and for "t", which is a tonne on indicators
 * and a tola on balances: neither is what a bench weighs in. */
MUST_USE bool scale_unit_parse(struct bytes word, enum mass_unit *out_unit);

/* Sets mass, shown text, unit and, for a value of 0, `zero`. False, and nothing set, when the
 * value is finer than a milligram or too large. */
MUST_USE bool scale_set_value(struct scale_reading *reading, struct decimal value,
                              enum mass_unit unit);

#endif
