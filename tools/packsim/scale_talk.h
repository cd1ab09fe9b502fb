/* scale_talk.h - what an indicator shows, as the bytes of its protocol. One row for each protocol:
 * how it is asked and how a frame is written, after the makers' manuals (drivers/README.md), and
 * without a line of the drivers that will read it. */
#ifndef PACKD_TOOLS_PACKSIM_SCALE_TALK_H
#define PACKD_TOOLS_PACKSIM_SCALE_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define TALK_FRAME_MAX 64

enum talk_unit { TALK_KG, TALK_G, TALK_LB, TALK_OZ };

enum talk_kind {
    TALK_WEIGHT,
    TALK_COUNT,   /* pieces */
    TALK_PERCENT, /* of a reference */
};

struct talk_view {   /* the display at one moment */
    int64_t shown;   /* its digits without the point, minus included */
    unsigned places; /* behind the point */
    enum talk_unit unit;
    enum talk_kind kind;
    int64_t tare; /* as shown is */
    bool net, motion, over, under, zero;
    bool bad_sum; /* where there is a checksum */
};

struct talk {
    const char *name;     /* as the driver that should read it, or with a variant behind it */
    bool asked;           /* speaks only when asked; else by itself */
    bool seven_bits;      /* parity can stand in bit 7 */
    const char *asks[4];  /* what is answered by a frame; none: any letter of W P R Q S */
    const char *repeat;   /* asks for frames without end, or NULL */
    const char *greeting; /* asks for greeted; NULL: none */
    const char *greeted;
    const char *greeted_moving; /* instead, in motion; NULL: the same */
    const char *zero;           /* what zeroes it, NULL: nothing does */
    const char *not_known;      /* its answer to any other line; NULL: it says nothing */
    uint8_t line_end;           /* of its commands, where not_known is given */
    /* Writes one frame; nothing when this protocol cannot say such a thing. */
    void (*frame)(const struct talk_view *view, struct textbuf *out);
};

const struct talk *talk_find(struct bytes name); /* NULL: no such protocol */
const struct talk *talk_at(size_t index);        /* NULL past the end */

/* A mass as the display shows it in that unit, at its usual division. */
void talk_show(int64_t mass_g, enum talk_unit unit, int64_t *out_shown, unsigned *out_places);
MUST_USE bool talk_unit_parse(struct bytes word, enum talk_unit *out_unit);

#endif
