/* tongue.h - what a printer's language is to packsim: where a command ends, what it does, what it
 * draws, and how the printer answers. Written from the makers' manuals, beside and not after the
 * drivers of packd, which are tested against it. */
#ifndef PACKD_TOOLS_PACKSIM_TONGUE_H
#define PACKD_TOOLS_PACKSIM_TONGUE_H

#include "tools/packsim/canvas.h"

enum tongue_act {
    TONGUE_DRAWS,         /* or sets something up for the label */
    TONGUE_PRINTS,        /* the label is whole */
    TONGUE_CLEARS,        /* what came before it is forgotten */
    TONGUE_CANCELS,       /* likewise, and what waits to be printed too */
    TONGUE_ASKS,          /* a question that stands in a line of its own */
    TONGUE_ASKS_RECEIPT,  /* to be answered when everything before it is out */
    TONGUE_REPRINTS,      /* after an error the label is printed again */
    TONGUE_DOES_NOT,      /* or is not */
    TONGUE_MEANS_NOTHING, /* not even to a real printer */
};

struct tongue_face { /* what the printer looks like when it is asked */
    bool paper_out, head_open, paused, printing;
};

#define TONGUE_ANSWER_MAX 64

struct tongue {
    const char *name;
    uint8_t asks[2]; /* these two and one more ask at once, wherever they stand; 0: none does */
    int64_t dots_per_inch;
    /* Length of the command at the front; 0: more bytes must come. */
    size_t (*next)(struct bytes front);
    enum tongue_act (*act)(struct bytes command);
    void (*draw)(struct bytes command, struct canvas *canvas);
    size_t (*answer)(const struct tongue_face *face, struct bytes question, uint8_t *out_answer);
};

extern const struct tongue tongue_tspl, tongue_epl, tongue_escpos;
const struct tongue *tongue_find(struct bytes name); /* NULL: not one of these */

#define TONGUE_JOB_MAX (1024u * 1024u)

/* What has come: whole commands of the label to be, and a command that is not whole yet. */
struct tongue_intake {
    uint8_t *bytes; /* TONGUE_JOB_MAX; made when first needed */
    size_t job_len; /* of them, whole commands */
    size_t len;
    uint8_t last[2]; /* for questions that stand anywhere */
};

struct tongue_sink {
    /* `job`: with PRINTS, the whole label. */
    void (*act)(enum tongue_act act, struct bytes command, struct bytes job);
    void (*ask)(struct bytes question); /* one that acts at once */
};

void tongue_intake_drop(struct tongue_intake *intake);
bool tongue_intake_is_partial(const struct tongue_intake *intake);
void tongue_intake_feed(struct tongue_intake *intake, const struct tongue *tongue, uint8_t one,
                        const struct tongue_sink *sink);

/* Draws a whole job. */
void tongue_draw(const struct tongue *tongue, struct bytes job, struct canvas *canvas);

/* Takes numbers off the front: "12,3,..." gives 12 and 3. False when one is missing. */
bool tongue_numbers(struct bytes *rest, unsigned *out_numbers, size_t count);
/* A line and, where `raw` says so, the bytes that follow its last comma; 0: not whole. */
size_t tongue_line(struct bytes front);
/* Draws raw rows; `black` is the bit that inks. */
void tongue_raster(struct canvas *canvas, const unsigned *place_and_size, struct bytes rows,
                   bool black);

#endif
