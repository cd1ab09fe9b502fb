/* scale_line.h - what drivers of text lines have in common: collecting a line, finding where in it
 * the frame begins, and saying what was read.
 *
 * CR LF, CR or LF ends a line. Bit 7 may be parity: it is masked, the raw frame keeps it. What
 * stands before the frame in its line is the rest of something else. A line that never ends loses
 * its first byte at SCALE_LINE_MAX. A line with a control character is refused. */
#ifndef PACKD_DRIVERS_SCALE_LINE_H
#define PACKD_DRIVERS_SCALE_LINE_H

#include "drivers/scale_field.h"

#define SCALE_LINE_MAX 64u /* real ones are far shorter; a raw frame must hold it whole */

struct scale_line {
    /* Where the last frame of the line begins; text.len when there is none. */
    size_t (*find)(struct bytes text);
    /* `text` begins with the frame and has no line end. */
    enum scale_reject (*parse)(struct bytes text, struct scale_reading *reading);
};

/* The look of every line driver. */
void scale_line_look(struct scale_state *state, const struct scale_line *line,
                     struct scale_output *out);

#endif
