/* printer_zpl.c - ZPL II status, and the driver's row. ZPL II Programming Guide (P1099958),
 * ~HS, ~HQES and ^JZ.
 *
 * Rules. Replies are STX ... ETX frames that may come in any pieces; bytes outside a frame mean
 * nothing, and an STX inside one begins it anew. ~HS has three frames, told apart by their
 * number of fields: the first has twelve, the second nine to eleven, the third two. All we want
 * is in the first two, so the answer is complete with the second, and the third, which clones
 * forget, is passed over. A field we do not need may hold anything; one we need must be a
 * number. */
#include "drivers/printer_zpl.h"

#include <string.h>

#define STX 0x02
#define ETX 0x03

#define FIELDS_MAX 16u
#define FIRST_FIELDS_MIN 12u
#define SECOND_FIELDS_MIN 9u
#define THIRD_FIELDS 2u
#define HEAD_FIELDS 4u
#define HEAD_DOTS 2u /* of those four */
#define COUNTER_DIGITS 10u

/* Places in the first frame, aaa,b,c,dddd,eee,f,g,h,iii,j,k,l, and in the second,
 * mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www. */
enum {
    FIRST_PAPER = 1,
    FIRST_PAUSE,
    FIRST_FORMATS = 4,
    FIRST_FULL,
    FIRST_DIAGNOSTIC,
    FIRST_PARTIAL
};
enum { FIRST_COLD = 10, FIRST_HOT };
enum { SECOND_HEAD = 2, SECOND_RIBBON, SECOND_WAITING = 7, SECOND_LEFT };

struct fields {
    struct bytes at[FIELDS_MAX];
    size_t count;
};

static struct fields split_fields(struct bytes frame)
{
    struct fields fields = {.count = 0};
    while (fields.count < FIELDS_MAX && bytes_split(&frame, ',', &fields.at[fields.count])) {
        fields.count++;
    }
    return fields;
}

static bool take_count(const struct fields *fields, size_t place, uint32_t *out_count)
{
    uint64_t count;
    if (place >= fields->count) return false;
    if (!bytes_to_u64(bytes_trim(fields->at[place]), UINT32_MAX / 2, &count)) return false;
    *out_count = (uint32_t)count;
    return true;
}

static bool take_flag(const struct fields *fields, size_t place, bool *out_flag)
{
    uint32_t count;
    if (!take_count(fields, place, &count)) return false;
    *out_flag = count != 0;
    return true;
}

static bool parse_host_status(struct bytes first, struct bytes second, struct printer_status *out)
{
    struct printer_status status = {0};
    struct fields one = split_fields(first);
    struct fields two = split_fields(second);
    uint32_t formats, left;
    bool diagnostic, partial;
    bool read =
        take_flag(&one, FIRST_PAPER, &status.paper_out) &&
        take_flag(&one, FIRST_PAUSE, &status.paused) && take_count(&one, FIRST_FORMATS, &formats) &&
        take_flag(&one, FIRST_FULL, &status.buffer_full) &&
        take_flag(&one, FIRST_DIAGNOSTIC, &diagnostic) &&
        take_flag(&one, FIRST_PARTIAL, &partial) && take_flag(&one, FIRST_COLD, &status.too_cold) &&
        take_flag(&one, FIRST_HOT, &status.too_hot) &&
        take_flag(&two, SECOND_HEAD, &status.head_open) &&
        take_flag(&two, SECOND_RIBBON, &status.ribbon_out) &&
        take_flag(&two, SECOND_WAITING, &status.label_waiting) &&
        take_count(&two, SECOND_LEFT, &left);
    if (!read) return false;
    status.queued = formats + left;
    status.busy = partial || status.queued > 0;
    /* In diagnostic mode the printer prints the bytes of a label instead of the label. */
    status.ready = !printer_status_is_flagged(&status) && !diagnostic;
    *out = status;
    return true;
}

static bool parse_hex(struct bytes text, uint32_t *out_value)
{
    uint32_t value = 0;
    if (text.len == 0 || text.len > 8) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        bool digit = byte >= '0' && byte <= '9';
        if (!digit && !(byte >= 'A' && byte <= 'F')) return false;
        value = value << 4 | (uint32_t)(digit ? byte - '0' : byte - 'A' + 10);
    }
    *out_value = value;
    return true;
}

static struct bytes next_word(struct bytes *rest)
{
    struct bytes word = BYTES_NONE;
    while (word.len == 0 && bytes_split(rest, ' ', &word)) continue;
    return bytes_trim(word);
}

/* ~HQES: "ERRORS: e gggggggg nnnnnnnn", the group that matters last. It says nothing of what is
 * queued. Warnings have bits that no table names, and stop no printing. */
static bool parse_error_list(struct bytes frame, struct printer_status *out)
{
    enum { MEDIA = 1, RIBBON = 2, HEAD_OPEN = 4, HOT = 0x10 | 0x20, PAUSED = 0x10000 };
    static const char title[] = "ERRORS:";
    size_t at = bytes_find(frame, BYTES_LITERAL(title));
    struct bytes rest = bytes_from(frame, at + sizeof title - 1);
    uint32_t some, others, errors;
    bool read = at < frame.len && parse_hex(next_word(&rest), &some) &&
                parse_hex(next_word(&rest), &others) && parse_hex(next_word(&rest), &errors);
    if (!read) return false;
    *out = (struct printer_status){
        .ready = some == 0 && others == 0 && errors == 0,
        .paper_out = (errors & MEDIA) != 0,
        .ribbon_out = (errors & RIBBON) != 0,
        .head_open = (errors & HEAD_OPEN) != 0,
        .too_hot = (errors & HOT) != 0,
        .paused = (errors & PAUSED) != 0,
    };
    return true;
}

/* Where the frame being received begins: behind the first ~HS frame, when that one is kept. */
static size_t open_at(const struct printer_state *state)
{
    if (state->frames == 0) return 0;
    return bytes_find_byte(bytes_of(state->reply, state->used), ETX) + 1;
}

static struct bytes inside(const uint8_t *frame, size_t len)
{
    return bytes_of(frame + 1, len - 2); /* without STX and ETX */
}

static enum printer_result keep_first(struct printer_state *state, size_t from)
{
    state->used -= from;
    memmove(state->reply, state->reply + from, state->used);
    state->frames = 1;
    return PRINTER_NOTHING;
}

static enum printer_result read_second(struct printer_state *state, size_t from,
                                       struct printer_status *out_status)
{
    bool good = state->frames == 1 &&
                parse_host_status(inside(state->reply, from),
                                  inside(state->reply + from, state->used - from), out_status);
    printer_state_init(state);
    return good ? PRINTER_STATUS : PRINTER_REJECTED;
}

/* ~HI: model, firmware, dots a millimetre, memory. */
static enum printer_result read_head(struct bytes frame, struct printer_answer *out_answer)
{
    const struct fields fields = split_fields(frame);
    uint32_t dots_per_mm;
    if (!take_count(&fields, HEAD_DOTS, &dots_per_mm) || dots_per_mm == 0) return PRINTER_REJECTED;
    out_answer->dots_per_mm = dots_per_mm;
    return PRINTER_HEAD;
}

static enum printer_result read_frame(struct printer_state *state,
                                      struct printer_answer *out_answer)
{
    size_t from = open_at(state);
    struct bytes frame = inside(state->reply + from, state->used - from);
    size_t count = split_fields(frame).count;
    if (count >= FIRST_FIELDS_MIN) return keep_first(state, from);
    if (count >= SECOND_FIELDS_MIN) return read_second(state, from, &out_answer->status);
    bool errors = parse_error_list(frame, &out_answer->status);
    state->used = from;
    if (errors) return PRINTER_STATUS;
    if (count == HEAD_FIELDS) return read_head(frame, out_answer);
    return count == THIRD_FIELDS ? PRINTER_NOTHING : PRINTER_REJECTED;
}

/* Outside a frame only a number in quotes means something: the answer to a getvar, which nothing
 * ends. "?" is the answer of those that do not know. */
static enum printer_result take_outside(struct printer_state *state, uint8_t byte,
                                        struct printer_answer *out_answer)
{
    bool ends = state->quoted && byte == '"';
    bool digit = state->quoted && byte >= '0' && byte <= '9' && state->digits < COUNTER_DIGITS;
    if (digit) {
        state->number = state->number * 10 + (byte - '0');
        state->digits++;
        return PRINTER_NOTHING;
    }
    bool good = ends && state->digits > 0 && state->number <= UINT32_MAX;
    if (good) out_answer->counter = (uint32_t)state->number;
    state->quoted = byte == '"' && !ends;
    state->digits = 0;
    state->number = 0;
    return good ? PRINTER_COUNTER : PRINTER_NOTHING;
}

static enum printer_result take_byte(struct printer_state *state, uint8_t byte,
                                     struct printer_answer *out_answer)
{
    size_t from = open_at(state);
    if (byte == STX) state->used = from;
    else if (state->used == from) return take_outside(state, byte, out_answer);
    state->quoted = false;
    if (state->used == sizeof state->reply) {
        printer_state_init(state);
        return PRINTER_REJECTED;
    }
    state->reply[state->used++] = byte;
    return byte == ETX ? read_frame(state, out_answer) : PRINTER_NOTHING;
}

static size_t feed(struct printer_state *state, struct bytes input, enum printer_result *out_result,
                   struct printer_answer *out_answer)
{
    *out_result = PRINTER_NOTHING;
    for (size_t used = 0; used < input.len; used++) {
        *out_result = take_byte(state, input.data[used], out_answer);
        if (*out_result != PRINTER_NOTHING) return used + 1;
    }
    return input.len;
}

const struct printer_driver printer_zpl = {
    .name = "zpl",
    .title = "ZPL II label printer",
    .usual = {.baud = 9600, .data_bits = 8, .stop_bits = 1, .parity = LINE_PARITY_NONE},
    .status_request = {(const uint8_t *)"~HS", 3},
    .status_wait_ms = 2000,
    .counter_request = BYTES_LITERAL("! U1 getvar \"odometer.total_label_count\"\r\n"),
    .head_request = BYTES_LITERAL("~HI"),
    /* No label is printed twice by the printer's own decision: after an error the rest of a broken
     * label is lost instead, and we ask the packer (README.md, "Traps of printers"). First of all
     * ~JX: whoever spoke last, a box that lost its power, may have left a piece of a label, and our
     * ^XZ would print it. */
    .start = {(const uint8_t *)"~JX\n^XA^JZN^XZ\n", 15},
    /* ~JX cancels the format that was partly received and nothing else. ~JA would also empty the
     * buffer while our next job is already on its way into it. */
    .abort_job = {(const uint8_t *)"~JX\n", 4},
    .feed = feed,
    .encode_label = zpl_encode_label,
    .encode_picture = zpl_encode_picture,
    .encode_document = zpl_encode_document,
};
