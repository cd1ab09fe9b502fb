/* scale.h - a picture in another size, and turned.
 *
 * Integers only. A dot of the new picture is the average of the area that it covers in the old one,
 * to the fraction of a dot; where it covers less than one dot it is the average of a whole dot
 * around it, which is a linear step between two. Edges stay where they are to a fraction of a dot,
 * and that is what the widths of bars live on. */
#ifndef PACKD_FIRMWARE_RENDER_SCALE_H
#define PACKD_FIRMWARE_RENDER_SCALE_H

#include "firmware/render/grey.h"

struct scale_window { /* of the old picture, in dots of 1/65536; it may reach over the edge */
    int64_t x, y, width, height;
};

/* Fills `into`, which has its sides. False: no memory, or nothing to scale. */
MUST_USE bool scale_grey(const struct grey *from, const struct scale_window *window,
                         struct grey *into);
/* Clockwise by 0, 90, 180 or 270; `into` has the turned sides. */
void scale_turn(const struct grey *from, unsigned degrees, struct grey *into);

#endif
