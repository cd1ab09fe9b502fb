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
    if (reject == SCALE_REJECT_NONE) scale_say_reading(state, raw, out);
    else scale_say_refused(state, raw, reject, out);
}

void scale_line_look(struct scale_state *state, const struct scale_line *line,
                     struct scale_output *out)
{
    uint8_t plain[SCALE_LINE_MAX];
    struct bytes front = frame_front(&state->frame);
    size_t text_len;
    ENSURE(front.len <= sizeof plain);
    for (size_t i = 0; i < front.len; i++) plain[i] = front.data[i] & 0x7F;
    size_t len = line_length(bytes_of(plain, front.len), &text_len);
    if (len == 0) {
        if (front.len == SCALE_LINE_MAX) scale_skip(state, 1);
        return;
    }
    struct bytes text = bytes_of(plain, text_len);
    if (bytes_trim(text).len > 0) say_line(state, line, text, bytes_slice(front, 0, len), out);
    frame_drop(&state->frame, len);
}
