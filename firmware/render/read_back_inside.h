/* read_back_inside.h - what the files of the reader share. */
#ifndef PACKD_FIRMWARE_RENDER_READ_BACK_INSIDE_H
#define PACKD_FIRMWARE_RENDER_READ_BACK_INSIDE_H

#include "firmware/render/grade.h"
#include "firmware/render/read_back.h"

#define LOOK_DOTS_MAX (3u * 1024u * 1024u) /* what is given to the library at once */
#define LOOK_ROWS 15u                      /* of a linear code; more say the same */

/* The picture twice: as it is, and turned into columns, so that upright is the only way bars
 * stand. [0] and [1] are also what `down` says. */
struct reader {
    struct bits whole[2]; /* as it will be printed */
    struct bits left[2];  /* of it what has not been read yet */
    unsigned dpi;
    bool hard;     /* second, harder tries */
    uint8_t *dots; /* LOOK_DOTS_MAX */
    const struct render_request *request;
    struct render_answer *answer;
    bool got[RENDER_WANTED_MAX]; /* of `wanted` */
    struct looked looked;
};

/* A piece of bars and how it is shown to the library. */
struct piece {
    struct region region;
    bool down, inverted;
    bool voted; /* one row: what most rows say */
    int spread; /* voted only: bars wider (1) or narrower (-1) by a dot */
};
bool read_piece(struct reader *reader, const struct piece *piece);

/* A part of the picture for matrix codes. */
struct part {
    struct bits bits;
    unsigned x, y; /* where it lies */
    bool inverted;
};
/* Looks at one region of the part; what is found is graded, added and whitened in `bits` too. */
bool read_spot(struct reader *reader, struct part *part, struct region region, unsigned kinds,
               bool pure);
/* Adds what `looked` holds, and takes it off what is left. */
void reader_add(struct reader *reader, const struct grade *grade, bool down);
bool reader_full(const struct reader *reader);
bool reader_wants_more(const struct reader *reader);
void read_harder(struct reader *reader);

#endif
