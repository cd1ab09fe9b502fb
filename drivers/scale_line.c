/* scale_line.c - see scale_line.h. */
#include "drivers/scale_line.h"

static bool is_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* Length of the line at the front with its terminator, its text alone in *out_text_len; 0 while it
 * has not ended: after a CR, one more byte says whether an LF belongs to it. */
static size_t line_length(struct bytes front, size_t *out_text_len)
{
    size_t len = 0;
    while (len < front.len && !is_end(front.data[len])) len++;
    *out_text_len = len;
    if (len == front.len) return 0;
    if (front.data[len] == '\n') return len + 1;
    if (len + 1 == front.len) return 0;
    return front.data[len + 1] == '\n' ? len + 2 : len + 1;
}

static bool is_printable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') return false;
    }
    return true;
}

static void say(struct scale_state *state, struct bytes raw, enum scale_reject reject,
                struct scale_output *out)
{
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
}

/* The front without parity. */
static struct bytes mask_front(const struct scale_state *state, uint8_t *out_plain)
{
    struct bytes front = frame_front(&state->frame);
    ENSURE(front.len <= SCALE_LINE_MAX);
    for (size_t i = 0; i < front.len; i++) out_plain[i] = front.data[i] & 0x7F;
    return bytes_of(out_plain, front.len);
}

static void say_line(struct scale_state *state, const struct scale_line *line, struct bytes text,
                     struct bytes raw, struct scale_output *out)
{
    enum scale_reject reject = SCALE_REJECT_SHAPE;
    size_t at = line->find(text);
    if (at < text.len) {
        text = bytes_from(text, at);
        raw = bytes_from(raw, at);
        if (is_printable(text)) reject = line->parse(text, &out->reading);
    }
    say(state, raw, reject, out);
}

void scale_line_look(struct scale_state *state, const struct scale_line *line,
                     struct scale_output *out)
{
    uint8_t storage[SCALE_LINE_MAX];
    struct bytes plain = mask_front(state, storage);
    size_t text_len;
    size_t len = line_length(plain, &text_len);
    if (len == 0) {
        if (plain.len == SCALE_LINE_MAX) scale_skip(state, 1);
        return;
    }
    struct bytes text = bytes_slice(plain, 0, text_len);
    struct bytes raw = bytes_slice(frame_front(&state->frame), 0, len);
    if (bytes_trim(text).len > 0) say_line(state, line, text, raw, out);
    frame_drop(&state->frame, len);
}

/* A byte more: it begins a frame, goes on with one, ends one, or shows that there was none. */
void scale_marked_look(struct scale_state *state, const struct scale_marked *marked,
                       struct scale_output *out)
{
    uint8_t storage[SCALE_LINE_MAX];
    struct bytes plain = mask_front(state, storage);
    ENSURE(plain.len > 0 && plain.len <= marked->longest);
    uint8_t newest = plain.data[plain.len - 1];
    if (newest == marked->start) {
        scale_skip(state, plain.len - 1);
    } else if (plain.data[0] == marked->start && newest == '\r') {
        say(state, frame_front(&state->frame), marked->parse(plain, &out->reading), out);
        frame_drop(&state->frame, plain.len);
    } else if (plain.data[0] != marked->start || newest < ' ' || plain.len == marked->longest) {
        scale_skip(state, plain.len);
    }
}
