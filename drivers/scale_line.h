/* scale_line.h - what drivers of text have in common: collecting a line or a frame, finding where
 * it begins, and saying what was read. Bit 7 may be parity: it is masked, the raw frame keeps it.
 *
 * CR LF, CR or LF ends a line. What
 * stands before the frame in its line is the rest of something else. A line that never ends loses
 * its first byte at SCALE_LINE_MAX. A line with a control character is refused. */
#ifndef PACKD_DRIVERS_SCALE_LINE_H
#define PACKD_DRIVERS_SCALE_LINE_H

#include "drivers/scale_field.h"

#define SCALE_LINE_MAX 64u /* real ones are far shorter; a raw frame holds it whole */

struct scale_line {
    /* Where the last frame of the line begins; text.len when there is none. */
    size_t (*find)(struct bytes text);
    /* `text` begins with the frame and has no line end. */
    enum scale_reject (*parse)(struct bytes text, struct scale_reading *reading);
};

/* The look of every line driver. */
void scale_line_look(struct scale_state *state, const struct scale_line *line,
                     struct scale_output *out);

/* Frames that begin with a byte of their own and end with CR, all between them printable. The start
 * byte begins a new one wherever it comes; bytes outside a frame are dropped. */
struct scale_marked {
    uint8_t start;
    size_t longest; /* start byte and CR included; at most SCALE_LINE_MAX */
    /* `frame` is whole, with its start byte and its CR. */
    enum scale_reject (*parse)(struct bytes frame, struct scale_reading *reading);
};

void scale_marked_look(struct scale_state *state, const struct scale_marked *marked,
                       struct scale_output *out);

#endif
