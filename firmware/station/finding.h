/* finding.h - which protocol a scale speaks, and how its line is set.
 *
 * Listening comes first: a scale that talks by itself is known after three good frames without a
 * byte sent. Only a line that stays quiet is asked, with questions that do nothing on a scale of
 * any family (scale.h, `is_harmless`), and a protocol is believed when its own question was
 * answered twice, whole. A line whose settings may be changed is tried at one speed after the
 * other, always as 8N1: 7E1 and 7O1 come in whole on it with their parity in bit 7, and go out on
 * it as well when that bit is set by hand. What was found for a device before is tried first, and
 * again between any two speeds: a scale that was only switched off is back in seconds.
 *
 * Pure: the owner opens the port, gives what it says, sends what is asked to be sent. */
#ifndef PACKD_FIRMWARE_STATION_FINDING_H
#define PACKD_FIRMWARE_STATION_FINDING_H

#include "drivers/driver_list.h"

#define SCALE_CANDIDATES_MAX 64u /* more than there are drivers and profiles */
#define FINDING_GOOD_FRAMES 3u   /* unasked; of ten frames at most one may be bad */
#define FINDING_ANSWERS 2u
#define FINDING_LISTEN_MS 2000 /* the slowest streams show three frames in this */
#define FINDING_ANSWER_MS 500  /* the slowest answer known takes 300 */
#define FINDING_REMEMBERED_MS 3000
#define FINDING_QUESTION_MAX 32u

enum finding_state {
    FINDING_REMEMBERED, /* only what was found before */
    FINDING_LISTENING,
    FINDING_ASKING,       /* plain */
    FINDING_ASKING_7EVEN, /* with even parity in bit 7 */
    FINDING_FOUND,
};

enum finding_wish {
    FINDING_WAIT,
    FINDING_ASK,    /* send the question */
    FINDING_REOPEN, /* open the port again, with finding->line */
};

struct finding_candidate {
    const struct scale_driver *driver;
    struct scale_state state;
    uint32_t good;
    uint32_t bad;
};

struct finding {
    enum finding_state state;
    bool can_set_line; /* serial, and the settings leave the line open */
    bool reopen;       /* the port is open with another line than `line` */
    struct line_settings line;
    size_t speed; /* of the speeds tried, which */
    struct finding_candidate candidates[SCALE_CANDIDATES_MAX];
    size_t count;
    size_t winner; /* FOUND; REMEMBERED: the only one */
    size_t known;  /* what was found before; SCALE_CANDIDATES_MAX: nothing */
    struct line_settings known_line;
    bool is_hid;
    bool known_marks;           /* what was found before needs its parity in bit 7 */
    bool marks;                 /* FOUND: so does this */
    size_t asked;               /* ASKING: whose turn it is */
    bool again;                 /* it has answered once, and is to be asked once more */
    bool twice;                 /* it was */
    int64_t ask_ms;             /* REMEMBERED: when to ask next */
    int64_t until_ms;           /* end of what the state does; NO_DEADLINE: the port is not open */
    uint32_t heard;             /* bytes on this line */
    uint32_t even, odd, marked; /* of them: parity over eight bits, and with bit 7 */
    uint32_t rounds;            /* all speeds tried so often, without an end */
    uint8_t question[FINDING_QUESTION_MAX]; /* as it goes out, parity and all */
    size_t question_len;
    size_t echoed; /* how much of the question came back as it was */
    bool loopback; /* the line gives back what is sent: a plug, or two wires that touch */
};

struct finding_start {
    bool can_set_line;
    bool is_hid;                           /* HID drivers only, or all but them */
    struct line_settings line;             /* where it is set or was remembered; else baud 0 */
    const struct scale_driver *remembered; /* NULL: nothing is */
    bool marks; /* remembered: it hears only what carries even parity in bit 7 */
    const struct scale_catalogue *scales; /* more of them, which files describe; NULL: none */
};

void finding_begin(struct finding *finding, const struct finding_start *start);
/* The port is open with finding->line: the clock starts. What is known of the device, or NULL; a
 * report descriptor that only one driver understands says enough, and it is FOUND at once. */
void finding_opened(struct finding *finding, const struct device_identity *identity,
                    int64_t now_ms);
/* What the line says; HID: one report. Returns true in the moment it is found. *out_answer: to be
 * sent at once, the asked protocol's handshake. */
bool finding_hear(struct finding *finding, struct bytes bytes, struct bytes *out_answer);
/* What time brings. ASK: *out_question, good until the next call. */
enum finding_wish finding_tick(struct finding *finding, int64_t now_ms, struct bytes *out_question);
int64_t finding_deadline(const struct finding *finding);
void finding_check(const struct finding *finding);

const struct scale_driver *finding_driver(const struct finding *finding); /* NULL before FOUND */

#endif
