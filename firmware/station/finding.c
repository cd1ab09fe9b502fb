/* finding.c - see finding.h.
 *
 *   REMEMBERED --not it--> LISTENING --quiet--> ASKING --none answers--> ASKING_7EVEN
 *        |                    | ^ |                |                          |
 *        |                    | | +--noise---------+--- next speed -----------+
 *        +------------------> FOUND <--------------+--------------------------+
 */
#include "firmware/station/finding.h"

#include <string.h>

#include "firmware/station/step.h"

/* The usual one first; faster ones last, because a wrong guess there costs the least. */
static const uint32_t speeds[] = {9600, 4800, 2400, 1200, 19200};

#define NOISE_BYTES 64u  /* heard and not understood: asking at this speed helps nobody */
#define PARITY_BYTES 20u /* by chance as many fit once in a million */

static bool is_remembered(const struct finding *finding)
{
    return finding->state == FINDING_REMEMBERED;
}

static bool is_known(const struct finding *finding)
{
    return finding->known < finding->count;
}

static bool is_asking(const struct finding *finding)
{
    return finding->state == FINDING_ASKING || finding->state == FINDING_ASKING_7EVEN;
}

static void add_candidate(struct finding *finding, const struct scale_driver *driver)
{
    ENSURE(finding->count < SCALE_CANDIDATES_MAX);
    struct finding_candidate *one = &finding->candidates[finding->count++];
    *one = (struct finding_candidate){.driver = driver};
    scale_state_init(&one->state, driver);
}

/* A named protocol stands alone; otherwise all that this kind of port can carry. */
static void add_candidates(struct finding *finding, const struct finding_start *start)
{
    const struct scale_driver *driver;
    for (size_t i = 0; (driver = scale_driver_at(start->scales, i)) != NULL; i++) {
        bool wanted = !driver->by_name_only || driver == start->remembered;
        if (wanted && driver->is_hid == start->is_hid) add_candidate(finding, driver);
    }
}

static struct line_settings plain_line(uint32_t baud)
{
    return (struct line_settings){.baud = baud, .data_bits = 8, .stop_bits = 1};
}

static void forget_heard(struct finding *finding)
{
    for (size_t i = 0; i < finding->count; i++) {
        struct finding_candidate *one = &finding->candidates[i];
        if (!finding->is_hid) scale_state_init(&one->state, one->driver); /* else it is described */
        one->good = one->bad = 0;
    }
    finding->heard = finding->even = finding->odd = finding->marked = 0;
    finding->again = finding->twice = false;
    finding->question_len = finding->echoed = 0;
}

static void listen_from(struct finding *finding, int64_t now_ms)
{
    forget_heard(finding);
    finding->state = FINDING_LISTENING;
    finding->until_ms = now_ms + FINDING_LISTEN_MS;
}

void finding_begin(struct finding *finding, const struct finding_start *start)
{
    memset(finding, 0, sizeof *finding);
    finding->can_set_line = start->can_set_line;
    finding->is_hid = start->is_hid;
    finding->known_marks = start->marks;
    add_candidates(finding, start);
    finding->line = start->line.baud != 0 ? start->line : plain_line(speeds[0]);
    finding->known = SCALE_CANDIDATES_MAX;
    finding->known_line = finding->line;
    for (size_t i = 0; i < finding->count; i++) {
        if (finding->candidates[i].driver == start->remembered) finding->known = i;
    }
    finding->state = is_known(finding) ? FINDING_REMEMBERED : FINDING_LISTENING;
    finding->until_ms = NO_DEADLINE;
    forget_heard(finding);
}

static void describe(struct finding *finding, const struct device_identity *identity)
{
    static const struct device_identity nothing_known = {.vendor = 0};
    size_t kept = 0;
    if (identity == NULL) identity = &nothing_known;
    for (size_t i = 0; i < finding->count; i++) {
        struct finding_candidate *one = &finding->candidates[i];
        bool fits =
            one->driver->describe == NULL || one->driver->describe(&one->state, identity) == NULL;
        if (!fits) continue;
        if (finding->winner == i) finding->winner = kept;
        if (finding->known == i) finding->known = kept;
        finding->candidates[kept++] = *one;
    }
    finding->count = kept;
}

static void start_clock(struct finding *finding, int64_t now_ms)
{
    if (finding->state == FINDING_FOUND) return;
    if (!is_remembered(finding) || !is_known(finding)) {
        listen_from(finding, now_ms);
        return;
    }
    finding->winner = finding->known;
    finding->until_ms = now_ms + FINDING_REMEMBERED_MS;
    finding->ask_ms = now_ms;
}

void finding_opened(struct finding *finding, const struct device_identity *identity, int64_t now_ms)
{
    finding->reopen = false;
    forget_heard(finding);
    describe(finding, identity);
    if (finding->is_hid && finding->count == 1) finding->state = FINDING_FOUND;
    start_clock(finding, now_ms);
}

/* --- hearing --- */

static void note_parity(struct finding *finding, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        bool odd = __builtin_parity(bytes.data[i]) != 0;
        finding->odd += odd;
        finding->even += !odd;
        finding->marked += (bytes.data[i] & 0x80) != 0;
    }
    finding->heard += (uint32_t)bytes.len;
}

/* Does what is said now carry even parity in bit 7? */
static bool says_marked(const struct finding *finding)
{
    return finding->state == FINDING_ASKING_7EVEN ||
           (is_remembered(finding) && finding->known_marks);
}

/* Parity in bit 7 of everything heard says how the scale is set; then the line is set so, because
 * what is sent later must carry it too. */
static void settle_line(struct finding *finding)
{
    bool telling = finding->line.data_bits == 8 && finding->heard >= PARITY_BYTES &&
                   finding->marked > 0 && finding->marked < finding->heard;
    bool even = (telling && finding->odd == 0) || says_marked(finding);
    bool odd = telling && finding->even == 0;
    finding->marks = even && !finding->can_set_line;
    if (!finding->can_set_line || (!even && !odd)) return;
    finding->line.data_bits = 7;
    finding->line.parity = even ? LINE_PARITY_EVEN : LINE_PARITY_ODD;
    finding->reopen = true;
}

static bool is_it(const struct finding *finding, size_t index)
{
    const struct finding_candidate *one = &finding->candidates[index];
    if (is_asking(finding)) return index == finding->asked && one->good >= FINDING_ANSWERS;
    if (is_remembered(finding)) return index == finding->winner && one->good >= FINDING_ANSWERS;
    return one->good >= FINDING_GOOD_FRAMES && one->bad * 10 <= one->good;
}

static bool decide(struct finding *finding)
{
    for (size_t i = 0; i < finding->count; i++) {
        if (!is_it(finding, i)) continue;
        finding->winner = i;
        settle_line(finding);
        finding->state = FINDING_FOUND;
        finding->until_ms = NO_DEADLINE;
        return true;
    }
    return false;
}

/* As it goes out: with even parity in bit 7 where that is being tried. */
static struct bytes say(struct finding *finding, struct bytes words)
{
    ENSURE(words.len <= FINDING_QUESTION_MAX);
    for (size_t i = 0; i < words.len; i++) {
        bool mark = says_marked(finding) && __builtin_parity(words.data[i]) != 0;
        finding->question[i] = (uint8_t)(words.data[i] | (mark ? 0x80 : 0));
    }
    return bytes_of(finding->question, words.len);
}

/* A plug that joins the two wires answers every question with itself. */
static void look_for_echo(struct finding *finding, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len && finding->echoed < finding->question_len; i++) {
        if (bytes.data[i] != finding->question[finding->echoed]) {
            finding->question_len = 0;
            return;
        }
        finding->echoed++;
    }
    bool whole = finding->question_len > 1 && finding->echoed == finding->question_len;
    if (whole) finding->loopback = true;
}

static void hear_one(struct finding *finding, size_t index, struct bytes bytes,
                     struct bytes *out_answer)
{
    struct finding_candidate *one = &finding->candidates[index];
    struct scale_output output;
    while (bytes.len > 0) {
        bytes = bytes_from(bytes, one->driver->feed(&one->state, bytes, &output));
        one->good += output.result == SCALE_READING;
        one->bad += output.result == SCALE_REJECTED;
        if (index != finding->asked || output.result != SCALE_ANSWER) continue;
        finding->question_len = 0; /* no echo is looked for in a conversation */
        if (is_asking(finding) || is_remembered(finding)) *out_answer = say(finding, output.answer);
    }
}

/* One answer may be chance. */
static void look_for_answer(struct finding *finding)
{
    bool answered = is_asking(finding) && finding->candidates[finding->asked].good > 0;
    if (answered && !finding->twice) finding->again = true;
}

bool finding_hear(struct finding *finding, struct bytes bytes, struct bytes *out_answer)
{
    *out_answer = BYTES_NONE;
    if (finding->state == FINDING_FOUND || finding->until_ms == NO_DEADLINE) return false;
    look_for_echo(finding, bytes);
    note_parity(finding, bytes);
    for (size_t i = 0; i < finding->count; i++) hear_one(finding, i, bytes, out_answer);
    look_for_answer(finding);
    return decide(finding);
}

/* --- asking --- */

static bool may_ask(const struct scale_driver *driver)
{
    return driver->request.len > 0 && driver->is_harmless;
}

/* The next one from here that may be asked; count when there is none. */
static size_t next_asked(const struct finding *finding, size_t from)
{
    while (from < finding->count && !may_ask(finding->candidates[from].driver)) from++;
    return from;
}

static enum finding_wish ask(struct finding *finding, size_t index, struct bytes *out_question)
{
    finding->asked = index;
    *out_question = say(finding, finding->candidates[index].driver->request);
    finding->question_len = out_question->len;
    finding->echoed = 0;
    return FINDING_ASK;
}

/* Goes on in this state; the port must be opened again where the line is another. */
static enum finding_wish go_on_with(struct finding *finding, enum finding_state state,
                                    struct line_settings line, int64_t now_ms)
{
    forget_heard(finding);
    finding->state = state;
    if (!finding->can_set_line) {
        start_clock(finding, now_ms);
        return FINDING_WAIT;
    }
    finding->line = line;
    finding->reopen = true;
    finding->until_ms = NO_DEADLINE;
    return FINDING_REOPEN;
}

static enum finding_wish try_speed(struct finding *finding, int64_t now_ms)
{
    return go_on_with(finding, FINDING_LISTENING, plain_line(speeds[finding->speed]), now_ms);
}

/* After the last speed it begins again with the first: a scale may be switched on later. */
static enum finding_wish next_speed(struct finding *finding, int64_t now_ms)
{
    bool last = !finding->can_set_line || finding->speed + 1 == ARRAY_LEN(speeds);
    finding->rounds += last;
    finding->speed = last ? 0 : finding->speed + 1;
    if (!is_known(finding)) return try_speed(finding, now_ms);
    return go_on_with(finding, FINDING_REMEMBERED, finding->known_line, now_ms);
}

static enum finding_wish ask_from(struct finding *finding, size_t from, int64_t now_ms,
                                  struct bytes *out_question)
{
    size_t next = next_asked(finding, from);
    bool marked_too = finding->state == FINDING_ASKING && finding->line.data_bits != 7;
    if (next == finding->count && marked_too) {
        finding->state = FINDING_ASKING_7EVEN;
        next = next_asked(finding, 0);
    }
    if (next == finding->count) return next_speed(finding, now_ms);
    forget_heard(finding); /* an answer that comes late is not the next one's */
    finding->until_ms = now_ms + FINDING_ANSWER_MS;
    return ask(finding, next, out_question);
}

static enum finding_wish go_on_asking(struct finding *finding, int64_t now_ms,
                                      struct bytes *out_question)
{
    if (finding->again) {
        finding->again = false;
        finding->twice = true;
        finding->until_ms = now_ms + FINDING_ANSWER_MS;
        return ask(finding, finding->asked, out_question);
    }
    if (now_ms < finding->until_ms) return FINDING_WAIT;
    return ask_from(finding, finding->asked + 1, now_ms, out_question);
}

static enum finding_wish go_on_remembered(struct finding *finding, int64_t now_ms,
                                          struct bytes *out_question)
{
    const struct scale_driver *driver = finding->candidates[finding->winner].driver;
    if (now_ms >= finding->until_ms) return try_speed(finding, now_ms);
    if (driver->request.len == 0 || now_ms < finding->ask_ms) return FINDING_WAIT;
    finding->ask_ms = now_ms + FINDING_ANSWER_MS;
    return ask(finding, finding->winner, out_question);
}

enum finding_wish finding_tick(struct finding *finding, int64_t now_ms, struct bytes *out_question)
{
    *out_question = BYTES_NONE;
    if (finding->reopen) return FINDING_REOPEN;
    if (finding->until_ms == NO_DEADLINE) return FINDING_WAIT;
    switch (finding->state) {
    case FINDING_FOUND: return FINDING_WAIT;
    case FINDING_REMEMBERED: return go_on_remembered(finding, now_ms, out_question);
    case FINDING_ASKING:
    case FINDING_ASKING_7EVEN: return go_on_asking(finding, now_ms, out_question);
    case FINDING_LISTENING: break;
    }
    if (now_ms < finding->until_ms) return FINDING_WAIT;
    /* What talks and is not understood is understood at another speed, or never. */
    if (finding->heard >= NOISE_BYTES) return next_speed(finding, now_ms);
    finding->state = FINDING_ASKING;
    return ask_from(finding, 0, now_ms, out_question);
}

int64_t finding_deadline(const struct finding *finding)
{
    if (finding->reopen || finding->again) return 0;
    if (!is_remembered(finding) || finding->until_ms == NO_DEADLINE) return finding->until_ms;
    bool asks = finding->candidates[finding->winner].driver->request.len > 0;
    return asks && finding->ask_ms < finding->until_ms ? finding->ask_ms : finding->until_ms;
}

void finding_check(const struct finding *finding)
{
    ENSURE(finding->count <= SCALE_CANDIDATES_MAX);
    ENSURE(finding->speed < ARRAY_LEN(speeds));
    ENSURE(finding->state != FINDING_FOUND || finding->winner < finding->count);
}

const struct scale_driver *finding_driver(const struct finding *finding)
{
    bool found = finding->state == FINDING_FOUND;
    return found ? finding->candidates[finding->winner].driver : NULL;
}
