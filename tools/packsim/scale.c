/* scale.c - the plate, how it settles, and the frames it sends (drivers/README.md).
 *
 * A mass that is put on ramps up in motion, trembles a little and comes to rest; only then a
 * frame says stable. Frames go out ten times a second, and once more for every request byte. */
#include "tools/packsim/scale.h"

#include <stdio.h>
#include <string.h>

#include "hal/base/units.h"
#include "tools/packsim/device.h"
#include "tools/packsim/world.h"

#define CAPACITY_G 30000
#define RAMP_MS 300 /* the mass is reached; at most half of the way to rest */
#define REST_MS 700 /* from put to stable, unless told otherwise */
#define FRAME_MAX 64

enum scale_format { FORMAT_TOLEDO, FORMAT_TOLEDO_NOSUM, FORMAT_STGS };

struct plate {
    int64_t from_g, to_g; /* the move that is going on or was the last */
    int64_t moved_ms;     /* when it began */
    int64_t rest_ms;      /* from put to stable */
    int64_t zero_g;       /* what a zero command took away */
    int64_t noise_g;      /* jitter in frames that say stable */
    int64_t drift_g_min;
    int64_t drift_from_ms;
    bool wobble; /* never comes to rest */
    bool overload, underload, silent, split, stuck, on_request;
    uint32_t bad_sums;      /* frames still to be sent with a wrong checksum */
    uint32_t zero_commands; /* from a client: with goods on the plate they falsify weights */
    int64_t every_ms, next_ms;
};

static void scale_turn(int64_t now_ms);
static void scale_received(struct bytes run);

static enum scale_format format = FORMAT_TOLEDO;
static struct plate plate = {.every_ms = 100, .rest_ms = REST_MS};
static struct device device = {.clients_max = DEVICE_CLIENTS_MAX,
                               .received = scale_received,
                               .turn = scale_turn};

bool scale_open(uint16_t port, uint16_t *out_port)
{
    return device_open(&device, port, out_port);
}

bool scale_format_set(struct bytes word)
{
    static const char *const words[] = {"toledo", "toledo-nosum", "stgs"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!bytes_equal_text(word, words[i])) continue;
        format = (enum scale_format)i;
        return true;
    }
    return false;
}

struct view { /* what the indicator shows at a moment */
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
    view.overload = plate.overload || view.mass_g > CAPACITY_G;
    view.underload = plate.underload || view.mass_g < -200;
    return view;
}

/* STX, three status bytes, six digits, tare, CR, checksum; kilograms with three decimals. */
static size_t toledo_frame(const struct view *view, uint8_t *out_frame)
{
    int64_t shown = view->mass_g < 0 ? -view->mass_g : view->mass_g;
    if (shown > 999999) shown = 999999;
    uint8_t status = 0x20 | 0x10;
    if (view->mass_g < 0) status |= 0x02;
    if (view->overload || view->underload) status |= 0x04;
    if (view->motion) status |= 0x08;
    char text[FRAME_MAX];
    snprintf(text, sizeof text, "\x02%c%c%c%06d000000\r", 0x20 | 0x08 | 5, status, 0x20,
             (int)shown);
    size_t len = 17;
    memcpy(out_frame, text, len);
    if (format == FORMAT_TOLEDO_NOSUM) return len;
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) sum += out_frame[i] & 0x7fu;
    if (plate.bad_sums > 0) {
        plate.bad_sums--;
        sum++;
    }
    out_frame[len++] = (uint8_t)((0u - sum) & 0x7f);
    return len;
}

static size_t stgs_frame(const struct view *view, uint8_t *out_frame)
{
    int64_t shown = view->mass_g < 0 ? -view->mass_g : view->mass_g;
    bool out = view->overload || view->underload;
    char value[24], text[FRAME_MAX];
    snprintf(value, sizeof value, "%lld.%03lld", (long long)(shown / 1000),
             (long long)(shown % 1000));
    if (out) snprintf(value, sizeof value, "-------");
    int len = snprintf(text, sizeof text, "%s,GS,%c%7skg\r\n",
                       out            ? "OL"
                       : view->motion ? "US"
                                      : "ST",
                       view->mass_g < 0 || view->underload ? '-' : '+', value);
    memcpy(out_frame, text, (size_t)len);
    return (size_t)len;
}

static void frame_send(int64_t now_ms)
{
    uint8_t frame[FRAME_MAX];
    struct view view = view_at(now_ms);
    size_t len = format == FORMAT_STGS ? stgs_frame(&view, frame) : toledo_frame(&view, frame);
    if (plate.split) { /* two writes; without delay the kernel keeps them apart */
        size_t cut = 1 + world_random((uint32_t)len - 1);
        device_send(&device, bytes_of(frame, cut));
        device_send(&device, bytes_of(frame + cut, len - cut));
    } else {
        device_send(&device, bytes_of(frame, len));
    }
}

static void scale_turn(int64_t now_ms)
{
    if (plate.silent || plate.on_request || now_ms < plate.next_ms) return;
    plate.next_ms = now_ms + plate.every_ms;
    frame_send(now_ms);
}

static void scale_received(struct bytes run)
{
    for (size_t i = 0; i < run.len; i++) {
        bool asks = strchr("WPRQS", run.data[i]) != NULL && run.data[i] != '\0';
        if (asks && !plate.silent) frame_send(world_tick_ms());
        if (run.data[i] != 'Z') continue;
        plate.zero_commands++;
        plate.zero_g = plate.to_g;
    }
}

static void move_to(int64_t mass_g)
{
    if (plate.stuck) return;
    int64_t now_ms = world_tick_ms();
    plate.from_g = plate.to_g;
    plate.to_g = mass_g;
    plate.moved_ms = now_ms;
}

bool scale_put(struct bytes mass)
{
    struct decimal value;
    int64_t mass_mg;
    size_t digits = 0;
    while (digits < mass.len &&
           ((mass.data[digits] >= '0' && mass.data[digits] <= '9') || mass.data[digits] == '.'))
        digits++;
    struct bytes unit = bytes_trim(bytes_from(mass, digits));
    bool kilograms = bytes_equal_text(unit, "kg");
    if (unit.len > 0 && !kilograms && !bytes_equal_text(unit, "g")) return false;
    if (!decimal_parse(bytes_slice(mass, 0, digits), &value)) return false;
    if (!mass_mg_from_decimal(value, kilograms ? MASS_KG : MASS_G, &mass_mg)) return false;
    move_to((mass_mg + 500) / 1000); /* the indicator's division is one gram */
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
    } switches[] = {{"overload", &plate.overload}, {"underload", &plate.underload},
                    {"silence", &plate.silent},    {"split", &plate.split},
                    {"stuck", &plate.stuck},       {"wobble", &plate.wobble},
                    {"request", &plate.on_request}};
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        if (!bytes_equal_text(name, switches[i].name)) continue;
        *switches[i].flag = !bytes_equal_text(value, "off");
        return value.len == 0 || bytes_equal_text(value, "on") || bytes_equal_text(value, "off");
    }
    return false;
}

bool scale_command(struct bytes words, const char **out_why)
{
    struct bytes name, value;
    uint64_t number = 0;
    *out_why =
        "scale noise|drift|rate|rest|garbage|bad-sums N, unplug [MS], plug, zero, format NAME, "
        "overload|underload|silence|split|stuck|wobble|request [on|off]";
    if (!bytes_split(&words, ' ', &name)) return false;
    value = bytes_trim(words);
    bool numbered = bytes_to_u64(value, 100000000, &number);
    if (switch_set(name, value)) return true;
    if (bytes_equal_text(name, "format")) return scale_format_set(value);
    if (bytes_equal_text(name, "plug")) device_plug(&device);
    else if (bytes_equal_text(name, "unplug"))
        device_unplug(&device, numbered ? (int64_t)number : DEVICE_FOR_EVER);
    else if (bytes_equal_text(name, "zero")) plate.zero_g = plate.to_g;
    else if (!numbered) return false;
    else if (bytes_equal_text(name, "noise")) plate.noise_g = (int64_t)number;
    else if (bytes_equal_text(name, "rate") && number > 0) plate.every_ms = 1000 / (int64_t)number;
    else if (bytes_equal_text(name, "rest")) plate.rest_ms = (int64_t)number;
    else if (bytes_equal_text(name, "garbage")) garbage_send(number);
    else if (bytes_equal_text(name, "bad-sums")) plate.bad_sums = (uint32_t)number;
    else if (bytes_equal_text(name, "drift")) {
        plate.drift_g_min = (int64_t)number;
        plate.drift_from_ms = world_tick_ms();
    } else {
        return false;
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
    json_write_i64(line, "clients", (int64_t)device_clients(&device));
    json_write_i64(line, "zero_commands", plate.zero_commands);
    json_write_close(line, '}');
}
