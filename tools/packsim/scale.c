/* scale.c - the plate, how it settles, and what its indicator shows; bytes are scale_talk.c's.
 *
 * A mass that is put on ramps up in motion, trembles a little and comes to rest; only then a frame
 * says stable. Frames go out ten times a second, or when the protocol's question comes. */
#include "tools/packsim/scale.h"

#include <stdio.h>
#include <string.h>

#include "hal/base/units.h"
#include "tools/packsim/device.h"
#include "tools/packsim/scale_talk.h"
#include "tools/packsim/world.h"

#define CAPACITY_G 30000
#define RAMP_MS 300 /* the mass is reached; at most half of the way to rest */
#define REST_MS 700 /* from put to stable, unless told otherwise */
#define UNDER_G (-200)
#define HEARD_MAX 32
#define FRAMES_A_TURN_MAX 1000
#define FOREIGN_MASS_G 7770 /* what the frames of another protocol claim */

struct plate {
    int64_t from_g, to_g; /* the move that is going on or was the last */
    int64_t moved_ms;     /* when it began */
    int64_t rest_ms;      /* from put to stable */
    int64_t zero_g;       /* what a zero command took away */
    int64_t tare_g;       /* 0: gross */
    int64_t noise_g;      /* jitter in frames that say stable */
    int64_t drift_g_min;
    int64_t drift_from_ms;
    bool wobble; /* never comes to rest */
    bool overload, underload, stuck;
    uint32_t zero_commands; /* from a client: with goods on the plate they falsify weights */
};

struct indicator { /* how the plate is shown and what is wrong with the showing */
    const struct talk *talk;
    enum talk_unit unit;
    enum talk_kind kind;
    uint64_t number;            /* of pieces or percent */
    const struct talk *foreign; /* frames of it in between; NULL: none */
    bool silent, split, cut, stale, overload_zeros, parity, asked;
    bool repeats;      /* was asked for frames without end */
    uint32_t bad_sums; /* frames still to be sent with a wrong checksum */
    int64_t every_us, next_us;
    int64_t answer_ms;    /* from question to answer */
    int64_t answer_at_ms; /* -1: nobody has asked */
    uint64_t frames;
    char previous[TALK_FRAME_MAX]; /* stale: said again in place of the next */
    size_t previous_len;
    char heard[HEARD_MAX]; /* the end of what was said to it */
    size_t heard_len;
};

static void scale_turn(int64_t now_ms);
static void scale_received(struct bytes run);

static struct plate plate = {.rest_ms = REST_MS};
static struct indicator indicator = {.every_us = 100000, .answer_at_ms = -1};
static struct device device = {.clients_max = DEVICE_CLIENTS_MAX,
                               .received = scale_received,
                               .turn = scale_turn};

bool scale_open(uint16_t port, uint16_t *out_port)
{
    if (indicator.talk == NULL) indicator.talk = talk_at(0);
    return device_open(&device, port, out_port);
}

bool scale_protocol_set(struct bytes name)
{
    const struct talk *talk = talk_find(name);
    if (talk == NULL) return false;
    indicator.talk = talk;
    indicator.asked = talk->asked;
    indicator.repeats = false;
    indicator.heard_len = 0;
    indicator.previous_len = 0;
    indicator.answer_at_ms = -1;
    return true;
}

struct view { /* what lies on the plate at a moment, as the load cell has it */
    int64_t mass_g;
    bool motion;
    bool overload, underload;
};

static int64_t wobble_g(int64_t span)
{
    return (int64_t)world_random((uint32_t)(2 * span + 1)) - span;
}

static struct view view_at(int64_t now_ms)
{
    int64_t age_ms = now_ms - plate.moved_ms;
    int64_t ramp_ms = plate.rest_ms / 2 < RAMP_MS ? plate.rest_ms / 2 : RAMP_MS;
    struct view view = {.mass_g = plate.to_g, .motion = age_ms < plate.rest_ms || plate.wobble};
    if (age_ms < ramp_ms)
        view.mass_g = plate.from_g + (plate.to_g - plate.from_g) * age_ms / ramp_ms;
    else if (view.motion) view.mass_g += wobble_g(plate.wobble ? 6 : 2 + (plate.to_g > 0 ? 2 : 0));
    else if (plate.noise_g > 0) view.mass_g += wobble_g(plate.noise_g);
    if (plate.drift_g_min != 0)
        view.mass_g += plate.drift_g_min * (now_ms - plate.drift_from_ms) / 60000;
    view.mass_g -= plate.zero_g;
    if (plate.underload && view.mass_g >= UNDER_G) view.mass_g = UNDER_G - 1;
    view.overload = plate.overload || view.mass_g > CAPACITY_G;
    view.underload = plate.underload || view.mass_g < UNDER_G;
    return view;
}

static struct talk_view shown_at(int64_t now_ms)
{
    struct view view = view_at(now_ms);
    struct talk_view shown = {.unit = indicator.unit,
                              .kind = indicator.kind,
                              .motion = view.motion,
                              .over = view.overload,
                              .under = view.underload,
                              .net = plate.tare_g > 0};
    talk_show(view.mass_g - plate.tare_g, indicator.unit, &shown.shown, &shown.places);
    talk_show(plate.tare_g, indicator.unit, &shown.tare, &shown.places);
    if (indicator.kind != TALK_WEIGHT) {
        shown.shown = (int64_t)indicator.number;
        shown.places = 0;
    }
    if (indicator.overload_zeros && (shown.over || shown.under)) {
        shown.shown = 0;
        shown.over = shown.under = shown.motion = false;
    }
    shown.zero = shown.shown == 0 && !shown.motion;
    if (indicator.bad_sums > 0) {
        indicator.bad_sums--;
        shown.bad_sum = true;
    }
    return shown;
}

/* Seven bits and even parity, as a port that was opened with eight bits sees them. */
static void parity_add(char *frame, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned byte = (uint8_t)frame[i] & 0x7Fu;
        if (__builtin_parity(byte)) byte |= 0x80u;
        frame[i] = (char)byte;
    }
}

static void bytes_send(struct bytes frame)
{
    if (indicator.cut && indicator.frames % 2 == 0) frame.len = (frame.len + 1) / 2;
    if (indicator.split &&
        frame.len > 1) { /* two writes; without delay the kernel keeps them apart */
        size_t cut = 1 + world_random((uint32_t)frame.len - 1);
        device_send(&device, bytes_slice(frame, 0, cut));
        device_send(&device, bytes_from(frame, cut));
    } else {
        device_send(&device, frame);
    }
}

/* The previous frame in this one's place; the first time this one. */
static void make_stale(struct textbuf *frame)
{
    char kept[TALK_FRAME_MAX];
    size_t len = frame->len;
    memcpy(kept, frame->data, len);
    if (indicator.previous_len > 0) {
        memcpy(frame->data, indicator.previous, indicator.previous_len);
        frame->len = indicator.previous_len;
    }
    memcpy(indicator.previous, kept, len);
    indicator.previous_len = len;
}

static void foreign_send(void)
{
    char storage[TALK_FRAME_MAX];
    struct textbuf frame;
    struct talk_view view = {.unit = TALK_KG};
    textbuf_init(&frame, storage, sizeof storage);
    talk_show(FOREIGN_MASS_G, TALK_KG, &view.shown, &view.places);
    indicator.foreign->frame(&view, &frame);
    device_send(&device, textbuf_bytes(&frame));
}

static void frame_send(int64_t now_ms)
{
    char storage[TALK_FRAME_MAX];
    struct textbuf frame;
    struct talk_view shown = shown_at(now_ms);
    textbuf_init(&frame, storage, sizeof storage);
    indicator.talk->frame(&shown, &frame);
    ENSURE(textbuf_ok(&frame));
    if (indicator.stale) make_stale(&frame);
    if (indicator.parity) parity_add(frame.data, frame.len);
    indicator.frames++;
    if (frame.len > 0) bytes_send(textbuf_bytes(&frame));
    if (indicator.foreign != NULL) foreign_send();
}

static void scale_turn(int64_t now_ms)
{
    if (indicator.silent) return;
    if (indicator.answer_at_ms >= 0 && now_ms >= indicator.answer_at_ms) {
        indicator.answer_at_ms = -1;
        frame_send(now_ms);
    }
    if (indicator.asked && !indicator.repeats) return;
    if (now_ms * 1000 - indicator.next_us > 1000000) indicator.next_us = now_ms * 1000;
    for (unsigned i = 0; i < FRAMES_A_TURN_MAX && now_ms * 1000 >= indicator.next_us; i++) {
        indicator.next_us += indicator.every_us;
        frame_send(now_ms);
    }
}

/* ---- what is said to it ---------------------------------------------------------------------- */

static bool heard(const char *command)
{
    size_t len = command != NULL ? strlen(command) : 0;
    return len > 0 && indicator.heard_len >= len &&
           memcmp(indicator.heard + indicator.heard_len - len, command, len) == 0;
}

static bool heard_question(const struct talk *talk)
{
    if (talk->asks[0] == NULL) {
        char last = indicator.heard[indicator.heard_len - 1];
        return last != '\0' && strchr("WPRQS", last) != NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(talk->asks); i++) {
        if (heard(talk->asks[i])) return true;
    }
    return false;
}

static void zero(void)
{
    plate.zero_commands++;
    plate.zero_g = plate.to_g;
}

/* True when what was heard so far has been dealt with. */
static bool obey(const struct talk *talk)
{
    bool line =
        talk->not_known != NULL && indicator.heard[indicator.heard_len - 1] == (char)talk->line_end;
    if (heard(talk->repeat)) {
        indicator.repeats = true;
    } else if (heard_question(talk)) {
        indicator.repeats = false;
        indicator.answer_at_ms = world_tick_ms() + indicator.answer_ms;
        if (indicator.answer_ms == 0) scale_turn(indicator.answer_at_ms);
    } else if (heard(talk->greeting)) {
        bool moving = view_at(world_tick_ms()).motion && talk->greeted_moving != NULL;
        device_send(&device, bytes_of_text(moving ? talk->greeted_moving : talk->greeted));
    } else if (heard(talk->zero)) {
        zero();
    } else if (line) {
        device_send(&device, bytes_of_text(talk->not_known));
    } else {
        return false;
    }
    return true;
}

static void scale_received(struct bytes run)
{
    for (size_t i = 0; i < run.len && !indicator.silent; i++) {
        if (indicator.heard_len == HEARD_MAX) {
            memmove(indicator.heard, indicator.heard + 1, HEARD_MAX - 1);
            indicator.heard_len--;
        }
        indicator.heard[indicator.heard_len++] = (char)run.data[i];
        if (obey(indicator.talk)) indicator.heard_len = 0;
    }
}

/* ---- control --------------------------------------------------------------------------------- */

static void move_to(int64_t mass_g)
{
    if (plate.stuck) return;
    int64_t now_ms = world_tick_ms();
    plate.from_g = plate.to_g;
    plate.to_g = mass_g;
    plate.moved_ms = now_ms;
}

static bool mass_parse(struct bytes text, int64_t *out_mass_g)
{
    struct decimal value;
    int64_t mass_mg;
    size_t digits = 0;
    while (digits < text.len &&
           ((text.data[digits] >= '0' && text.data[digits] <= '9') || text.data[digits] == '.'))
        digits++;
    struct bytes unit = bytes_trim(bytes_from(text, digits));
    bool kilograms = bytes_equal_text(unit, "kg");
    if (unit.len > 0 && !kilograms && !bytes_equal_text(unit, "g")) return false;
    if (!decimal_parse(bytes_slice(text, 0, digits), &value)) return false;
    if (!mass_mg_from_decimal(value, kilograms ? MASS_KG : MASS_G, &mass_mg)) return false;
    *out_mass_g = (mass_mg + 500) / 1000; /* the indicator's division is one gram */
    return true;
}

bool scale_put(struct bytes mass)
{
    int64_t mass_g;
    if (!mass_parse(mass, &mass_g)) return false;
    move_to(mass_g);
    return true;
}

void scale_lift(void)
{
    move_to(0);
}

static void garbage_send(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint8_t one = (uint8_t)world_random(256);
        device_send(&device, bytes_of(&one, 1));
    }
}

/* Commands that switch something on or off: "silence on". */
static bool switch_set(struct bytes name, struct bytes value)
{
    struct {
        const char *name;
        bool *flag;
    } switches[] = {{"overload", &plate.overload},
                    {"underload", &plate.underload},
                    {"stuck", &plate.stuck},
                    {"wobble", &plate.wobble},
                    {"silence", &indicator.silent},
                    {"split", &indicator.split},
                    {"cut", &indicator.cut},
                    {"stale", &indicator.stale},
                    {"overload-zeros", &indicator.overload_zeros},
                    {"request", &indicator.asked}};
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        if (!bytes_equal_text(name, switches[i].name)) continue;
        *switches[i].flag = !bytes_equal_text(value, "off");
        return value.len == 0 || bytes_equal_text(value, "on") || bytes_equal_text(value, "off");
    }
    return false;
}

/* Pieces, percent, weight again; a protocol that has no such frame stays as it is. */
static bool kind_set(enum talk_kind kind, struct bytes value, const char **out_why)
{
    enum talk_kind before = indicator.kind;
    char storage[TALK_FRAME_MAX];
    struct textbuf frame;
    if (bytes_equal_text(value, "off")) {
        indicator.kind = TALK_WEIGHT;
        return true;
    }
    if (!bytes_to_u64(value, 99999, &indicator.number)) return false;
    indicator.kind = kind;
    struct talk_view shown = shown_at(world_tick_ms());
    textbuf_init(&frame, storage, sizeof storage);
    indicator.talk->frame(&shown, &frame);
    if (frame.len > 0) return true;
    indicator.kind = before;
    *out_why = "this protocol has no such frame";
    return false;
}

static bool foreign_set(struct bytes value)
{
    bool off = bytes_equal_text(value, "off");
    const struct talk *foreign = off ? NULL : talk_find(value);
    if (!off && foreign == NULL) return false;
    indicator.foreign = foreign;
    return true;
}

static bool parity_set(struct bytes value, const char **out_why)
{
    bool on = bytes_equal_text(value, "7e1");
    *out_why = on ? "this protocol needs eight bits" : "scale parity 7e1|off";
    if (!on && !bytes_equal_text(value, "off")) return false;
    if (on && !indicator.talk->seven_bits) return false;
    indicator.parity = on;
    return true;
}

/* Commands with a word behind them. */
static bool word_set(struct bytes name, struct bytes value, bool *out_known, const char **out_why)
{
    *out_known = true;
    if (bytes_equal_text(name, "protocol") || bytes_equal_text(name, "format")) {
        return scale_protocol_set(value);
    }
    if (bytes_equal_text(name, "unit")) return talk_unit_parse(value, &indicator.unit);
    if (bytes_equal_text(name, "count")) return kind_set(TALK_COUNT, value, out_why);
    if (bytes_equal_text(name, "percent")) return kind_set(TALK_PERCENT, value, out_why);
    if (bytes_equal_text(name, "foreign")) return foreign_set(value);
    if (bytes_equal_text(name, "parity")) return parity_set(value, out_why);
    if (bytes_equal_text(name, "tare") && bytes_equal_text(value, "off")) plate.tare_g = 0;
    else if (bytes_equal_text(name, "tare")) return mass_parse(value, &plate.tare_g);
    else *out_known = false;
    return *out_known;
}

static bool number_set(struct bytes name, uint64_t number)
{
    if (bytes_equal_text(name, "noise")) plate.noise_g = (int64_t)number;
    else if (bytes_equal_text(name, "rest")) plate.rest_ms = (int64_t)number;
    else if (bytes_equal_text(name, "answer")) indicator.answer_ms = (int64_t)number;
    else if (bytes_equal_text(name, "garbage")) garbage_send(number);
    else if (bytes_equal_text(name, "bad-sums")) indicator.bad_sums = (uint32_t)number;
    else if (bytes_equal_text(name, "rate") && number > 0 && number <= 10000) {
        indicator.every_us = 1000000 / (int64_t)number;
    } else if (bytes_equal_text(name, "drift")) {
        plate.drift_g_min = (int64_t)number;
        plate.drift_from_ms = world_tick_ms();
    } else {
        return false;
    }
    return true;
}

bool scale_command(struct bytes words, const char **out_why)
{
    struct bytes name;
    uint64_t number = 0;
    bool known = false;
    *out_why = "scale protocol NAME, unit kg|g|lb|oz, tare MASS|off, count|percent N|off, foreign "
               "NAME|off, parity 7e1|off, noise|drift|rate|rest|answer|garbage|bad-sums N, "
               "unplug [MS], plug, zero, overload|underload|overload-zeros|silence|split|cut|stale|"
               "stuck|wobble|request [on|off]";
    if (!bytes_split(&words, ' ', &name)) return false;
    struct bytes value = bytes_trim(words);
    bool numbered = bytes_to_u64(value, 100000000, &number);
    if (switch_set(name, value)) return true;
    bool done = word_set(name, value, &known, out_why);
    if (known) return done;
    if (bytes_equal_text(name, "plug")) device_plug(&device);
    else if (bytes_equal_text(name, "zero")) plate.zero_g = plate.to_g;
    else if (bytes_equal_text(name, "unplug")) {
        device_unplug(&device, numbered ? (int64_t)number : DEVICE_FOR_EVER);
    } else {
        return numbered && number_set(name, number);
    }
    return true;
}

bool scale_is_stable(void)
{
    return !view_at(world_tick_ms()).motion;
}

void scale_write(struct json_writer *line)
{
    struct view view = view_at(world_tick_ms());
    json_write_open(line, "scale", '{');
    json_write_i64(line, "mass_g", view.mass_g);
    json_write_boolean(line, "stable", !view.motion);
    json_write_text(line, "protocol", indicator.talk->name);
    json_write_i64(line, "frames", (int64_t)indicator.frames);
    json_write_i64(line, "clients", (int64_t)device_clients(&device));
    json_write_i64(line, "zero_commands", plate.zero_commands);
    json_write_close(line, '}');
}
