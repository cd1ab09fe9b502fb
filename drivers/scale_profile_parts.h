/* scale_profile_parts.h - what the reader of profiles shares with the reader of their layouts. */
#ifndef PACKD_DRIVERS_SCALE_PROFILE_PARTS_H
#define PACKD_DRIVERS_SCALE_PROFILE_PARTS_H

#include "drivers/scale_profile.h"
#include "hal/base/ini_read.h"

#define PROFILE_KEYS_MAX 96u
#define PROFILE_SECTION_SIZE 64u /* as in struct ini_reader */

/* A profile while its file is read. */
struct profile_reader {
    struct scale_profile *profile;
    struct scale_complaints *complaints;
    struct ini_reader ini;
    char frame_names[SCALE_PROFILE_FRAMES_MAX][PROFILE_SECTION_SIZE];
    char layouts[SCALE_PROFILE_FRAMES_MAX][INI_LINE_MAX];
    unsigned lines[SCALE_PROFILE_FRAMES_MAX]; /* of the layouts; 0: none */
    uint64_t seen[PROFILE_KEYS_MAX];          /* sections and keys, as one number each */
    size_t seen_count;
    bool has_silent, has_request, has_every, has_harmless;
};

enum profile_token { TOKEN_BAD, TOKEN_END, TOKEN_BYTES, TOKEN_WORD };

struct profile_word {
    uint8_t bytes[SCALE_PROFILE_LITERAL_MAX]; /* BYTES: a text in quotes, or one <byte> */
    size_t len;
    struct bytes word; /* WORD: without its width */
    unsigned width;    /* WORD: behind a colon; 0: none */
    const char *why;   /* BAD: a sentence */
};

/* Takes the next of 'text', <STX>, <02>, word, word:7 off the front of *rest. */
enum profile_token profile_next_token(struct bytes *rest, struct profile_word *out);

/* The layout's text to elements; false with a complaint about `line`. */
MUST_USE bool profile_read_layout(struct scale_profile *profile, struct bytes text, unsigned line,
                                  struct profile_frame *frame, struct scale_complaints *complaints);

/* "xor 2..9 hex": kind, places, how it is written. */
MUST_USE bool profile_read_checksum(struct bytes text, struct profile_frame *frame);

/* How frames are found, once all layouts have been read; false with a complaint. */
MUST_USE bool profile_find_marks(struct scale_profile *profile, const unsigned *lines,
                                 struct scale_complaints *complaints);

/* The whole, once every line has been read: layouts are understood, and what contradicts or is
 * missing is complained about. */
void profile_judge(struct profile_reader *reader);

#endif
