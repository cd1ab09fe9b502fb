/* read_back_inside.h - what the files of the reader share. */
#ifndef PACKD_FIRMWARE_RENDER_READ_BACK_INSIDE_H
#define PACKD_FIRMWARE_RENDER_READ_BACK_INSIDE_H

#include "firmware/render/grade.h"
#include "firmware/render/read_back.h"

#define LOOK_DOTS_MAX (3u * 1024u * 1024u) /* what is given to the library at once */
#define LOOK_DOTS_MIN (64u * 1024u)        /* rows drawn anew need no more */
#define CANDIDATES 4u                      /* different readings of the rows of one piece */
#define LOOK_ROWS 15u                      /* of a linear code; more say the same */

/* The picture twice: as it is, and turned into columns, so that upright is the only way bars
 * stand. [0] and [1] are also what `down` says. */
struct reader {
    struct bits whole[2]; /* as it will be printed */
    struct bits left[2];  /* of it what has not been read yet */
    unsigned dpi;
    bool hard;       /* second, harder tries */
    unsigned specks; /* pieces of one dot or two */
    uint8_t *dots;   /* what the library is shown; LOOK_DOTS_MAX, less on a small picture */
    size_t dots_size;
    const struct render_request *request;
    struct render_answer *answer;
    bool got[RENDER_WANTED_MAX]; /* of `wanted` */
    struct looked looked, candidates[CANDIDATES];
};

/* A piece of bars and how it is shown to the library. */
struct piece {
    struct region region;
    bool down, inverted;
    bool voted; /* one row: what most rows say */
    int spread; /* bars wider (1) or narrower (-1) by a dot */
};
bool read_piece(struct reader *reader, const struct piece *piece);
/* A Code 128 whose bars and spaces are no longer of whole modules, drawn anew. */
bool read_straight(struct reader *reader, const struct piece *piece);
/* Each row of the look by itself, into `looked`: what more than half of them say. */
bool elect(struct reader *reader, const struct look *look);
/* What `looked` holds, if the dots at this place can be that. */
bool add_bars(struct reader *reader, struct claim *claim, bool down);
/* One that would not be read: by vote, the other way round, without what stands too close. */
bool read_stubborn(struct reader *reader, const struct piece *piece);

/* A part of the picture for matrix codes. */
struct part {
    struct bits bits;
    unsigned x, y; /* where it lies */
    bool inverted;
};
/* A region of a part, every so many dots of it (0 is 1), and the matrix codes to look for. Where it
 * is `pure` it holds nothing but the symbol. */
struct sight {
    struct region region;
    unsigned kinds, step_x, step_y;
    unsigned zoom; /* each dot so many times; 0 is 1: the library wants more than a dot a module */
    bool pure;
};
/* One code of it: graded, added, and whitened in the part too. */
bool read_sight(struct reader *reader, struct part *part, const struct sight *sight);
/* One linear code in all that is left, by rows half a millimetre apart. */
bool read_lines(struct reader *reader, bool down);
/* By their finders, all of a part; then whatever of these the library finds in it by itself. */
void read_spots(struct reader *reader, struct part *part);
void read_sights(struct reader *reader, struct part *part, unsigned step);
void read_bars(struct reader *reader, bool down);
/* Adds what `looked` holds, and takes it off what is left. */
void reader_add(struct reader *reader, const struct grade *grade, bool down);
bool reader_full(const struct reader *reader);
bool reader_wants_more(const struct reader *reader);
/* Dirt hides the finders of matrix codes: once more, smoothed. */
void read_dirty(struct reader *reader);
/* For what is wanted and has not been read. */
void read_harder(struct reader *reader);

#endif
