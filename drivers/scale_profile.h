/* scale_profile.h - a scale described by a text file: read into a value, and fed like any driver.
 *
 * A profile says where in a frame value, unit and flags stand and what each of them means; what it
 * does not say is usable is not usable. drivers/README.md, "A profile", has the file's grammar.
 *
 * How frames are found. When every layout begins with the same byte and that byte is a control
 * character or nothing else marks the end, frames are looked for from that byte on, and a front
 * that cannot be one loses its first byte. Else a frame is a line: what its ending closes, from the
 * last control character on. A line that does not begin with a text of its own must have a fixed
 * length, so that a line that was cut in front is never read as another weight; where there are
 * several such lengths, the first line of a connection is not usable. */
#ifndef PACKD_DRIVERS_SCALE_PROFILE_H
#define PACKD_DRIVERS_SCALE_PROFILE_H

#include "drivers/scale.h"
#include "hal/base/units.h"

#define SCALE_PROFILE_FILE_MAX (16u * 1024u) /* bytes of a profile */
#define SCALE_PROFILE_FRAME_MAX 60u          /* bytes of a frame; a raw frame holds it whole */
#define SCALE_PROFILE_FRAMES_MAX 6u
#define SCALE_PROFILE_ELEMENTS_MAX 20u /* of one layout */
#define SCALE_PROFILE_LITERAL_MAX 12u
#define SCALE_PROFILE_FIELDS_MAX 8u
#define SCALE_PROFILE_ITEMS_MAX 24u /* texts or bits of one field */
#define SCALE_PROFILE_TEXT_MAX 10u  /* bytes of one text */
#define SCALE_PROFILE_REQUEST_MAX 16u
#define SCALE_PROFILE_NAME_SIZE 32u /* as in the settings */
#define SCALE_PROFILE_TITLE_SIZE 96u
#define SCALE_PROFILE_ASK_MS_MIN 50u
#define SCALE_PROFILE_ASK_MS_MAX 10000u
#define SCALE_PROFILE_SILENT_MS_MAX 60000u
#define SCALE_PROFILE_EQUAL_MIN 3u /* frames that must say the same where none says "at rest" */
#define SCALE_PROFILE_EQUAL_MAX 50u
#define SCALE_PROFILE_DECIMALS_MAX 6u

enum profile_means { /* bits: what a text, a bit or a whole frame says */
                     MEANS_STABLE = 1,
                     MEANS_MOVING = 2,
                     MEANS_OVER = 4,
                     MEANS_UNDER = 8,
                     MEANS_ZERO = 16,
                     MEANS_NET = 32,
                     MEANS_HELD = 64, /* shown, but not to be used: held, tenfold, in doubt */
                     MEANS_ERROR = 128,
                     MEANS_NO_WEIGHT = 256, /* a count, percent, a tare */
                     MEANS_NEGATIVE = 512,
};

enum profile_kind {
    ELEMENT_LITERAL,
    ELEMENT_BLANKS, /* any number of them */
    ELEMENT_SIGN,
    ELEMENT_VALUE,
    ELEMENT_TARE,
    ELEMENT_UNIT,
    ELEMENT_DECIMALS, /* a digit that says how many decimals the value has */
    ELEMENT_SKIP,     /* printable */
    ELEMENT_ANY,      /* any bytes */
    ELEMENT_CHECKSUM,
    ELEMENT_FIELD,
};

struct profile_element {
    uint8_t kind;
    uint8_t width; /* 0: as long as it is */
    uint8_t field; /* FIELD: its number */
    uint8_t literal[SCALE_PROFILE_LITERAL_MAX];
};

enum profile_checksum { CHECKSUM_NONE, CHECKSUM_XOR, CHECKSUM_SUM, CHECKSUM_NEGATED };

struct profile_frame {
    struct profile_element elements[SCALE_PROFILE_ELEMENTS_MAX];
    size_t count;
    unsigned means; /* of every such frame */
    size_t length;  /* 0: not always the same */
    bool has_mark;  /* begins with a text of its own */
    enum profile_checksum checksum;
    bool checksum_hex;
    size_t checksum_first, checksum_last; /* places, 1 is the first; last 0: up to the checksum */
};

struct profile_item {
    uint8_t text[SCALE_PROFILE_TEXT_MAX];
    uint8_t len;
    uint8_t bit;    /* of a field of bits */
    bool is_clear;  /* it means so when the bit is 0 */
    uint16_t means; /* 0: known, and says nothing */
    int8_t unit;    /* of the unit field: enum mass_unit; -1: none */
};

enum profile_view { VIEW_TEXT, VIEW_BITS, VIEW_HEX };

struct profile_field {
    char name[16];
    unsigned line; /* of its section, for complaints */
    enum profile_view view;
    struct profile_item items[SCALE_PROFILE_ITEMS_MAX];
    size_t count;
};

enum profile_rest { /* how a reading comes to be called stable */
                    REST_UNSAID,
                    REST_FLAG,
                    REST_ALWAYS, /* the scale gives a weight at rest only */
                    REST_EQUAL,  /* so many frames in a row say the same */
                    REST_NEVER,
};

enum profile_decimals {
    DECIMALS_UNSAID,
    DECIMALS_SENT,  /* as the digits have them */
    DECIMALS_POINT, /* the same, and there must be a point */
    DECIMALS_FIXED,
    DECIMALS_FIELD,
};

#define PROFILE_UNIT 0u /* the fields that every profile has */
#define PROFILE_VALUE 1u
#define PROFILE_OWN 2u

struct scale_profile {
    struct scale_driver driver; /* points into the profile: a profile stays where it was read */
    char name[SCALE_PROFILE_NAME_SIZE];
    char title[SCALE_PROFILE_TITLE_SIZE];
    char like[SCALE_PROFILE_NAME_SIZE]; /* reads frames as this driver does; then nothing below */
    uint8_t request[SCALE_PROFILE_REQUEST_MAX];
    bool is_masked; /* bit 7 is parity */
    enum profile_rest rest;
    uint8_t equal_frames;
    bool has_fixed_unit;
    enum mass_unit fixed_unit;
    unsigned unit_means; /* of every unit that was read */
    enum profile_decimals decimals;
    unsigned fixed_decimals;
    bool is_reversed; /* last digit first */
    struct profile_field fields[SCALE_PROFILE_FIELDS_MAX];
    size_t field_count;
    struct profile_frame frames[SCALE_PROFILE_FRAMES_MAX];
    size_t frame_count;
    bool is_marked; /* by its first byte; else by lines */
    uint8_t start;
    bool needs_step; /* lines of several lengths: one cut in front could be a shorter one */
    uint8_t ending[SCALE_PROFILE_LITERAL_MAX]; /* of lines */
    size_t ending_len;
};

#define SCALE_COMPLAINTS_MAX 8u
#define SCALE_COMPLAINT_SIZE 280u

struct scale_complaint {
    unsigned line; /* 0: the file as a whole */
    char sentence[SCALE_COMPLAINT_SIZE];
};

struct scale_complaints {
    struct scale_complaint entries[SCALE_COMPLAINTS_MAX];
    size_t count;
    size_t untold; /* how many more there were */
};

/* True: *out is a driver (out->driver) but for `like`, which only the list of drivers can fulfil.
 * False: *out is of no use, and there is at least one complaint. */
MUST_USE bool scale_profile_read(struct bytes text, struct scale_profile *out,
                                 struct scale_complaints *out_complaints);
void scale_complain(struct scale_complaints *complaints, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The feed of every profile that is not `like` a driver. */
size_t scale_profile_feed(struct scale_state *state, struct bytes input, struct scale_output *out);

#endif
