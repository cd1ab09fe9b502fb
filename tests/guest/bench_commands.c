/* bench_commands.c - what may be said to the USB bench, one function a word; the table at the end
 * names them. README.md lists them for people. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tests/guest/bench_inside.h"

enum outcome bench_say(struct bench *bench, enum outcome outcome, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bench->answer, sizeof(bench->answer), format, arguments);
    va_end(arguments);
    return outcome;
}

/* Devices -------------------------------------------------------------------------------------- */

static struct played *find(struct bench *bench, const char *name)
{
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        if (bench->devices[i].model && strcmp(bench->devices[i].name, name) == 0) {
            return &bench->devices[i];
        }
    }
    return NULL;
}

/* Takes the next word off a line; "" when there is none. */
static char *word(char **line)
{
    char *start = *line + strspn(*line, " ");
    char *end = start + strcspn(start, " ");
    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return start;
}

static uint64_t number(char **line)
{
    return strtoull(word(line), NULL, 0);
}

/* device NAME MODEL SOCKET [RELAY_PORT [SERIAL]] */
static enum outcome make_device(struct bench *bench, char *rest)
{
    const char *name = word(&rest);
    const struct model *model = model_find(word(&rest));
    size_t socket = (size_t)number(&rest);
    if (!model || socket >= DEVICES_MAX)
        return bench_say(bench, REFUSED, "no such model or socket");
    struct played *played = &bench->devices[socket];
    if (played->plugged) return bench_say(bench, REFUSED, "the socket is in use");
    *played = (struct played){.model = model, .socket = (unsigned)socket, .relay = -1};
    played->vhci.fd = -1;
    played->unplug_at = UINT64_MAX;
    snprintf(played->name, sizeof(played->name), "%s", name);
    played->relay_port = (int)number(&rest);
    snprintf(played->serial, sizeof(played->serial), "%s", rest);
    for (size_t i = 0; i < DEVICES_MAX; i++) { /* it has moved here */
        struct played *other = &bench->devices[i];
        if (i != socket && strcmp(other->name, name) == 0 && !other->plugged) other->name[0] = '\0';
    }
    return DONE;
}

static enum outcome plug(struct bench *bench, struct played *played, char *rest)
{
    (void)rest;
    bench->mark_ms = played_now_ms();
    return played_plug(played) ? DONE : bench_say(bench, REFUSED, "it does not go in");
}

static enum outcome unplug(struct bench *bench, struct played *played, char *rest)
{
    (void)rest;
    bench->mark_ms = played_now_ms();
    played_unplug(played);
    return DONE;
}

/* unplug-at NAME BYTES: when it has taken so many more. */
static enum outcome unplug_at(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    played->unplug_at = played->out_total + number(&rest);
    return DONE;
}

/* Leaves and comes back as soon as it has been set up, as a device does that boots. */
static enum outcome plug_twice(struct bench *bench, struct played *played, char *rest)
{
    played->leaves_once = true;
    return plug(bench, played, rest);
}

static enum outcome type(struct bench *bench, struct played *played, char *rest)
{
    if (!played->plugged || !played->model->heard)
        return bench_say(bench, REFUSED, "it cannot type");
    bench->mark_ms = played_now_ms();
    played->model->heard(played, bytes_of_text(rest));
    played->model->heard(played, BYTES_LITERAL("\r"));
    return DONE;
}

/* together NAME OTHER TEXT: letter by letter, both at once. */
static enum outcome type_together(struct bench *bench, struct played *played, char *rest)
{
    struct played *other = find(bench, word(&rest));
    if (!other || !other->model->heard || !played->model->heard) {
        return bench_say(bench, REFUSED, "they cannot type");
    }
    for (const char *at = rest; *at != '\0'; at++) {
        played->model->heard(played, bytes_of(at, 1));
        other->model->heard(other, bytes_of(at, 1));
    }
    played->model->heard(played, BYTES_LITERAL("\r"));
    other->model->heard(other, BYTES_LITERAL("\r"));
    return DONE;
}

/* partly NAME TEXT: without the end. */
static enum outcome type_partly(struct bench *bench, struct played *played, char *rest)
{
    if (!played->plugged || !played->model->heard)
        return bench_say(bench, REFUSED, "it cannot type");
    played->model->heard(played, bytes_of_text(rest));
    return DONE;
}

/* press NAME MODIFIERS USAGE: the key of a boot report. */
static enum outcome press(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    uint8_t modifiers = (uint8_t)number(&rest);
    uint8_t usage = (uint8_t)number(&rest);
    const uint8_t down[8] = {modifiers, 0, usage};
    const uint8_t up[8] = {0};
    played_say(played, 1, bytes_of(down, sizeof(down)));
    played_say(played, 1, bytes_of(up, sizeof(up)));
    return DONE;
}

/* say NAME ENDPOINT HEX: one packet as it is; short, long, or nonsense. */
static enum outcome say_packet(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    uint8_t packet[PLAYED_SAYING_MAX];
    uint8_t endpoint = (uint8_t)number(&rest);
    played_say(played, endpoint, bytes_of(packet, played_hex(rest, packet, sizeof(packet))));
    return DONE;
}

static struct pipe_end *end_named(struct played *played, char **rest)
{
    unsigned endpoint = (unsigned)number(rest);
    unsigned index = (endpoint & 0x0F) % PLAYED_ENDPOINTS;
    return endpoint & 0x80 ? &played->in[index] : &played->out[index];
}

/* stall NAME ENDPOINT TIMES */
static enum outcome stall(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    struct pipe_end *end = end_named(played, &rest);
    end->stalls = (unsigned)number(&rest);
    return DONE;
}

/* hold NAME ENDPOINT: NAK. */
static enum outcome hold(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    end_named(played, &rest)->holding = true;
    return DONE;
}

static enum outcome let_go(struct bench *bench, struct played *played, char *rest)
{
    bench->mark_ms = played_now_ms();
    end_named(played, &rest)->holding = false;
    return DONE;
}

/* short NAME BYTES: of the next request it takes no more. */
static enum outcome take_only(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    played->take_only = (size_t)number(&rest);
    return DONE;
}

static enum outcome late(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    played->late_ms = (int64_t)number(&rest);
    return DONE;
}

/* identity NAME TEXT, or "long": a device id without an end. */
static enum outcome identity(struct bench *bench, struct played *played, char *rest)
{
    (void)bench;
    static char endless[PLAYED_ANSWER_MAX];
    memset(endless, 'A', sizeof(endless));
    snprintf(played->identity_text, sizeof(played->identity_text), "%s", rest);
    bool is_long = strcmp(rest, "long") == 0;
    played->identity =
        is_long ? bytes_of(endless, sizeof(endless)) : bytes_of_text(played->identity_text);
    return DONE;
}

static enum outcome counts(struct bench *bench, struct played *played, char *rest)
{
    (void)rest;
    const struct played_counts *all = &played->counts;
    return bench_say(
        bench, DONE,
        "plugged=%d left=%u configured=%u cleared=%u stalled=%u on=%u asked=%u said=%u dropped=%u "
        "out=%llu line=%s pins=%u",
        played->plugged, all->left, all->configured, all->halts_cleared, all->stalled,
        all->switched_on, all->asked_id, all->said, all->dropped,
        (unsigned long long)played->out_total, all->line, all->pins);
}

/* capture NAME FILE: what it took since the last capture, into a file; FILE "-" only forgets. */
static enum outcome capture(struct bench *bench, struct played *played, char *rest)
{
    const char *path = word(&rest);
    size_t len = played->captured_len;
    played->captured_len = 0;
    if (strcmp(path, "-") == 0) return bench_say(bench, DONE, "%zu", len);
    FILE *file = fopen(path, "we");
    if (!file) return bench_say(bench, REFUSED, "%s: %s", path, strerror(errno));
    bool good = fwrite(played->captured, 1, len, file) == len;
    if (fclose(file) != 0 || !good) return bench_say(bench, REFUSED, "%s is not whole", path);
    return bench_say(bench, DONE, "%zu", len);
}

/* Waits ---------------------------------------------------------------------------------------- */

static enum outcome seen_at(struct bench *bench, const struct page_document *document)
{
    int64_t after_ms = document->at_ms - bench->mark_ms;
    return bench_say(bench, DONE, "%lld", (long long)(after_ms > 0 ? after_ms : 0));
}

static enum outcome look_newest(struct bench *bench)
{
    const struct page_document *newest = page_newest(&bench->page);
    return page_has(newest, bench->wait.wanted) ? seen_at(bench, newest) : WAITING;
}

static enum outcome look_since(struct bench *bench)
{
    const struct page_document *one = page_since(&bench->page, bench->mark_ms, bench->wait.wanted);
    return one ? seen_at(bench, one) : WAITING;
}

static enum outcome look_heard(struct bench *bench)
{
    return strstr(bench->typed.text, bench->wait.wanted) ? DONE : WAITING;
}

static uint64_t figure(const struct played *played, const char *what)
{
    if (strcmp(what, "out") == 0) return played->out_total;
    if (strcmp(what, "configured") == 0) return played->counts.configured;
    if (strcmp(what, "cleared") == 0) return played->counts.halts_cleared;
    if (strcmp(what, "stalled") == 0) return played->counts.stalled;
    if (strcmp(what, "said") == 0) return played->counts.said;
    if (strcmp(what, "on") == 0) return played->counts.switched_on;
    if (strcmp(what, "left") == 0) return played->counts.left;
    if (strcmp(what, "gone") == 0) return !played->plugged;
    if (strcmp(what, "reads") == 0) return played->in[1].waiting_count;
    if (strcmp(what, "asked") == 0) return played->counts.asked_id;
    return 0;
}

static enum outcome look_figure(struct bench *bench)
{
    const struct wait *wait = &bench->wait;
    if (figure(wait->played, wait->wanted) < wait->least) return WAITING;
    if (strcmp(wait->wanted, "gone") == 0) bench->mark_ms = wait->played->left_ms;
    return DONE;
}

static enum outcome wait_for(struct bench *bench, enum outcome (*look)(struct bench *bench),
                             char *rest)
{
    int64_t patience_ms = (int64_t)number(&rest);
    bench->wait = (struct wait){.look = look, .until_ms = played_now_ms() + patience_ms};
    snprintf(bench->wait.wanted, sizeof(bench->wait.wanted), "%s", rest);
    return WAITING;
}

/* until MS WORDS: the page shows them, now or later. */
static enum outcome until(struct bench *bench, char *rest)
{
    return wait_for(bench, look_newest, rest);
}

/* since MS WORDS: it has shown them at some time after the last act, or will. */
static enum outcome since(struct bench *bench, char *rest)
{
    return wait_for(bench, look_since, rest);
}

/* hears MS TEXT: the console. */
static enum outcome hears(struct bench *bench, char *rest)
{
    return wait_for(bench, look_heard, rest);
}

/* await NAME FIGURE LEAST MS */
static enum outcome await(struct bench *bench, struct played *played, char *rest)
{
    const char *what = word(&rest);
    uint64_t least = number(&rest);
    bench->wait = (struct wait){.look = look_figure,
                                .until_ms = played_now_ms() + (int64_t)number(&rest),
                                .played = played,
                                .least = least};
    snprintf(bench->wait.wanted, sizeof(bench->wait.wanted), "%s", what);
    return WAITING;
}

/* What concerns no device ---------------------------------------------------------------------- */

static enum outcome mark(struct bench *bench, char *rest)
{
    (void)rest;
    bench->mark_ms = played_now_ms();
    return DONE;
}

/* page PORT: from now on that page is read, again whenever it hangs up. */
static enum outcome open_page(struct bench *bench, char *rest)
{
    bench->page_port = (uint16_t)number(&rest);
    return DONE;
}

static enum outcome screen(struct bench *bench, char *rest)
{
    (void)rest;
    const struct page_document *newest = page_newest(&bench->page);
    return newest ? bench_say(bench, DONE, "%s", newest->text)
                  : bench_say(bench, REFUSED, "no page yet");
}

static enum outcome heard(struct bench *bench, char *rest)
{
    (void)rest;
    typed_turn(&bench->typed);
    return bench_say(bench, DONE, "keys=%u text=%s", bench->typed.keys, bench->typed.text);
}

static enum outcome forget(struct bench *bench, char *rest)
{
    (void)rest;
    typed_forget(&bench->typed);
    return DONE;
}

/* hub off, hub on: every device that is (or was) in a socket, at once. */
static enum outcome hub(struct bench *bench, char *rest)
{
    static bool was_in[DEVICES_MAX];
    bool off = strcmp(word(&rest), "off") == 0;
    bench->mark_ms = played_now_ms();
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        struct played *played = &bench->devices[i];
        if (off) {
            was_in[i] = played->model && played->plugged;
            if (was_in[i]) played_unplug(played);
        } else if (was_in[i] && !played_plug(played)) {
            return bench_say(bench, REFUSED, "%s does not go in", played->name);
        }
    }
    return DONE;
}

static const struct {
    const char *name;
    enum outcome (*general)(struct bench *bench, char *rest);
    enum outcome (*device)(struct bench *bench, struct played *played, char *rest);
} commands[] = {
    {"device", make_device, NULL}, {"plug", NULL, plug},
    {"unplug", NULL, unplug},      {"unplug-at", NULL, unplug_at},
    {"twice", NULL, plug_twice},   {"type", NULL, type},
    {"partly", NULL, type_partly}, {"together", NULL, type_together},
    {"press", NULL, press},        {"say", NULL, say_packet},
    {"stall", NULL, stall},        {"hold", NULL, hold},
    {"let-go", NULL, let_go},      {"short", NULL, take_only},
    {"late", NULL, late},          {"identity", NULL, identity},
    {"counts", NULL, counts},      {"capture", NULL, capture},
    {"await", NULL, await},        {"until", until, NULL},
    {"since", since, NULL},        {"hears", hears, NULL},
    {"mark", mark, NULL},          {"page", open_page, NULL},
    {"screen", screen, NULL},      {"heard", heard, NULL},
    {"forget", forget, NULL},      {"hub", hub, NULL},
};

enum outcome bench_obey(struct bench *bench, char *line)
{
    const char *name = word(&line);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) != 0) continue;
        if (commands[i].general) return commands[i].general(bench, line);
        const char *device = word(&line);
        struct played *played = find(bench, device);
        if (!played) return bench_say(bench, REFUSED, "there is no device %s", device);
        return commands[i].device(bench, played, line);
    }
    return bench_say(bench, REFUSED, "%s is not understood", name);
}
