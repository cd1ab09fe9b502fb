/* scale.h - the scale contract: bytes in, readings out.
 *
 * A driver is one constant struct. `feed` is pure: it sees bytes, a caller-owned state and nothing
 * else, gives at most one result a call and says how many bytes it used; the caller calls again
 * with the rest until all are used. Bytes may come one at a time or ten frames at once: the
 * results are the same. Deciding that a weight has settled, is fresh or belongs to a parcel is
 * the station's work.
 *
 * A reading is `usable` only when the frame itself says stable (or its protocol cannot, see
 * `unflagged`), in range and a unit of mass; for a scale that never says one of them, its profile
 * must (scale_profile.h). Counts, percent, overload fillers and odd legends never are. The shown
 * text is what the display shows and is never rounded; the raw frame travels along as evidence. */
#ifndef PACKD_DRIVERS_SCALE_H
#define PACKD_DRIVERS_SCALE_H

#include "drivers/frame.h"
#include "drivers/hid_report.h"
#include "drivers/identity.h"
#include "drivers/line.h"
#include "hal/base/bytes.h"

#define SCALE_SHOWN_SIZE 20
#define SCALE_RAW_MAX 64
#define SCALE_UNIT_SIZE 8 /* the longest is "tola" */

struct scale_reading {
    int64_t mass_mg;              /* as shown, sign included; gross or net as `net` says */
    int64_t tare_mg;              /* 0 where the frame has none */
    char shown[SCALE_SHOWN_SIZE]; /* "5.67", decimals as on the display */
    char unit[SCALE_UNIT_SIZE];   /* "kg" */
    bool stable;
    bool
        unflagged; /* the protocol has no word on motion: `stable` is false, `usable` says only that
                       the value is in range, and the station's own window decides */
    bool net;
    bool zero; /* centre of zero, where the protocol says so, or the value is 0 */
    bool overload;
    bool underload;
    bool usable;
    uint8_t raw[SCALE_RAW_MAX];
    size_t raw_len;
};

enum scale_result {
    SCALE_NOTHING,
    SCALE_READING,
    SCALE_REJECTED,
    SCALE_ANSWER, /* a handshake: the scale waits for `answer` before it says more */
};

enum scale_reject { /* why a frame was refused; the words appear in logs and packtool */
                    SCALE_REJECT_NONE,
                    SCALE_REJECT_SHAPE, /* not a frame of this protocol */
                    SCALE_REJECT_CHECKSUM,
                    SCALE_REJECT_NUMBER, /* digits missing, two numbers, two points, too long */
                    SCALE_REJECT_UNIT,   /* count, percent, unknown unit */
                    SCALE_REJECT_ERROR,  /* the scale reports an error of its own */
};
const char *scale_reject_word(enum scale_reject reject); /* "checksum" ... */

struct scale_output {
    enum scale_result result;
    struct scale_reading reading; /* READING; for REJECTED only raw and raw_len are set */
    enum scale_reject reject;
    struct bytes answer; /* ANSWER only: constant bytes, to be sent at once */
};

struct scale_driver;
struct scale_profile;

#define SCALE_CHOICES_MAX 16u
#define SCALE_ZERO_MAX 10u

struct scale_hid_choice { /* a number in the report that stands for one of several usages */
    struct hid_value value;
    int64_t min;                       /* this number is usages[0] */
    uint8_t usages[SCALE_CHOICES_MAX]; /* on the page of scales; 0: none */
};

struct scale_hid_shape { /* where a HID scale's values stand */
    bool known;
    bool has_ids;
    uint8_t id;
    uint8_t other_id; /* some models send the same report under another id; 0: none */
    uint32_t len;     /* bytes, the id not counted */
    struct hid_value weight;
    struct hid_value scaling;
    struct scale_hid_choice unit;
    struct scale_hid_choice status;
    bool ounces;                  /* a model that never says its unit */
    bool heard;                   /* a report since it was opened */
    uint8_t zero[SCALE_ZERO_MAX]; /* in the form of hal/base/hid.h */
    size_t zero_len;
};

struct scale_state {
    const struct scale_driver *driver;
    struct frame_buffer frame;
    uint32_t good;            /* frames read since init; saturates */
    uint32_t bad;             /* frames refused since the last good one */
    uint32_t skipped;         /* bytes dropped while looking for a frame since the last good one */
    uint8_t checksum_seen;    /* driver's own: run of frames that carried a good checksum */
    uint8_t checksum_missing; /* driver's own: run of frames that ended without one */
    uint8_t run;              /* driver's own: frames in a row that said the same */
    int64_t run_mass_mg;      /* driver's own: what they said */
    bool in_step;             /* driver's own: the end of a frame was seen */
    uint8_t doubt;            /* driver's own: marks to be seen again before one is believed */
    struct scale_hid_shape hid; /* driver's own: what the report descriptor says */
};

struct scale_driver {
    const char *name;  /* "toledo-continuous" */
    const char *title; /* for people */
    struct line_settings usual;
    struct bytes request; /* sent to ask for a reading; empty for scales that talk by themselves */
    uint32_t request_every_ms; /* 0 with an empty request */
    /* The request does nothing on a scale of another family either: it may be sent while the
     * protocol is being looked for. What prints, zeroes, tares or switches is never harmless. */
    bool is_harmless;
    /* Its frames leave open what only people can know, a unit or which question to ask: the
     * settings have to name it, and it takes no part in looking for the protocol. */
    bool by_name_only;
    const struct scale_profile *profile; /* a profile's driver: what `feed` reads frames by */
    bool is_hid; /* input is one HID input report a call, and `describe` comes first */
    /* HID: reads the report descriptor into the state, once the scale is open. NULL: understood;
     * else a sentence that says why this device cannot be used. */
    const char *(*describe)(struct scale_state *state, const struct device_identity *identity);
    /* HID: the report that sets this scale to zero, once it has been described; empty where it has
     * none. NULL: a driver without. It changes weights: only a person may want it. */
    struct bytes (*zero)(const struct scale_state *state);
    /* What a person may want of the scale, where its protocol has a command for it: see
     * scale_command(). They change every later weight and are never sent unasked. */
    struct bytes zero_request, tare_request, clear_tare_request;
    uint32_t silent_after_ms; /* no frame for this long: say "scale is silent" */
    /* Uses up to input.len bytes, returns how many (at least 1 when input is not empty). */
    size_t (*feed)(struct scale_state *state, struct bytes input, struct scale_output *out);
};

enum scale_command { SCALE_ZERO, SCALE_TARE, SCALE_CLEAR_TARE };
/* The bytes or the report that tell this scale so; empty where it has no such command. */
struct bytes scale_command(const struct scale_state *state, enum scale_command which);

void scale_state_init(struct scale_state *state, const struct scale_driver *driver);

/* After this many bytes without a good frame the line settings are probably wrong. */
#define SCALE_WRONG_LINE_BYTES 512u

#endif
