/* printer.c - prints labels in their time and answers as a Zebra does (ZPL II Programming Guide,
 * ~HS, ~HQES, ^HH), or as printers of other tongues do (tongue.h).
 *
 *     queue --> printing --+--> label out (labels/NNNN.zpl)
 *                  ^       |
 *                  |       +-- error in the middle --> broken --+-- ^JZY: again from its start
 *                  +--------------------------------------------+-- ^JZN: gone, on with the next
 *
 * The first, broken piece of paper is a label too: it is listed with the percentage that came out,
 * and kept as a file when it was complete enough to be stuck on a parcel (100). */
#include "tools/packsim/printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/device.h"
#include "tools/packsim/printer_paper.h"
#include "tools/packsim/world.h"
#include "tools/packsim/zpl_intake.h"

#define QUEUE_MAX 10
#define DOTS_PER_INCH 203
#define USUAL_LENGTH_DOTS 1218
#define START_MS 200 /* head and backfeed before the first line */
#define POWER_CYCLE_MS 2000

struct job {
    char *format;
    size_t len;
    int64_t copies_left; /* this one included */
    uint64_t number;
    bool again; /* printed again after an error */
    bool receipt_asked;
    uint8_t receipt[4];
};

struct machine {
    const struct tongue *tongue; /* NULL: ZPL */
    bool paper_out, head_open, paused;
    bool blank;              /* nothing comes out, and all seems well */
    bool stubborn;           /* prints a broken label again, whatever it was told */
    bool twice;              /* and the next one by itself */
    bool silent;             /* answers nothing */
    bool mute_in_error;      /* answers nothing while paper or head is wrong */
    bool garbage_next;       /* the next answer is nonsense */
    bool reprint;            /* ^JZY */
    int64_t paper_out_at;    /* percent of the label; -1: not planned */
    int64_t paper_out_after; /* so many labels before that one */
    int64_t disconnect_at;   /* bytes of the next data until the line is cut; -1: not planned */
    int64_t power_at;        /* likewise, and it is off and on again */
    int64_t slow;            /* factor */
    int64_t speed_ips;
    int64_t length_dots; /* of the last format that said so: stays */
    int64_t started_ms;  /* of the label under the head; 0: none */
    bool broken;         /* the label under the head was cut short */
    uint64_t jobs;
    uint64_t lost; /* labels that ^JZN let go */
};

static void printer_received(struct bytes run);
static void printer_turn(int64_t now_ms);
static void power_cycle(int64_t for_ms);

static struct device device = {.clients_max = 1,
                               .received = printer_received,
                               .turn = printer_turn};
static struct machine machine = {.reprint = true,
                                 .paper_out_at = -1,
                                 .disconnect_at = -1,
                                 .power_at = -1,
                                 .slow = 1,
                                 .speed_ips = 4,
                                 .length_dots = USUAL_LENGTH_DOTS};
static struct zpl_intake intake;
static struct tongue_intake spoken;
static struct job queue[QUEUE_MAX];
static size_t queued;

bool printer_open(uint16_t port, uint16_t *out_port)
{
    zpl_intake_init(&intake);
    return device_open(&device, port, out_port);
}

static void job_drop_first(void)
{
    free(queue[0].format);
    queued--;
    memmove(&queue[0], &queue[1], queued * sizeof queue[0]);
    machine.started_ms = 0;
    machine.broken = false;
}

static int64_t label_ms(void)
{
    return START_MS +
           machine.length_dots * 1000 / (DOTS_PER_INCH * machine.speed_ips) * machine.slow;
}

static int64_t label_percent(int64_t now_ms)
{
    int64_t percent = (now_ms - machine.started_ms) * 100 / label_ms();
    return percent > 100 ? 100 : percent;
}

static void label_out(int64_t percent)
{
    const struct job *job = &queue[0];
    if (machine.blank) return;
    paper_add(bytes_of(job->format, job->len), machine.tongue, job->number, percent, job->again,
              machine.length_dots);
}

/* The paper, the head or the power fails while a label is under the head. */
static void label_break(int64_t percent)
{
    if (machine.started_ms == 0 || machine.broken) return;
    label_out(percent);
    machine.broken = true;
}

/* The one under the head stops where it is: a piece of a label comes out. */
static void jobs_drop(void)
{
    label_break(machine.started_ms > 0 ? label_percent(world_tick_ms()) : 0);
    while (queued > 0) job_drop_first();
    zpl_intake_drop(&intake);
    tongue_intake_drop(&spoken);
}

static bool in_error(void)
{
    return machine.paper_out || machine.head_open;
}

static void say(const char *text)
{
    if (machine.silent || (machine.mute_in_error && in_error())) return;
    if (machine.garbage_next) {
        machine.garbage_next = false;
        device_send(&device, BYTES_LITERAL("\x02\xff,,,\x03\r\n\x15"));
        return;
    }
    device_send(&device, bytes_of_text(text));
}

/* ~HS: three frames; fields as in the ZPL II Programming Guide. */
static void say_host_status(void)
{
    char text[160];
    long long left = queued > 0 ? (long long)queue[0].copies_left : 0;
    snprintf(text, sizeof text,
             "\x02"
             "030,%d,%d,%04lld,%03zu,%d,0,%d,000,0,0,0\x03\r\n"
             "\x02"
             "000,0,%d,0,0,2,4,0,%08lld,1,000\x03\r\n"
             "\x02"
             "1234,0\x03\r\n",
             machine.paper_out, machine.paused || machine.head_open, (long long)machine.length_dots,
             queued, queued == QUEUE_MAX, zpl_intake_is_partial(&intake), machine.head_open, left);
    say(text);
}

/* ~HQES: group 1 bits 1 media out, 4 head open, 10000 paused. */
static void say_errors(void)
{
    char text[200];
    unsigned bits = (machine.paper_out ? 0x1u : 0) | (machine.head_open ? 0x4u : 0) |
                    (machine.paused ? 0x10000u : 0);
    snprintf(
        text, sizeof text,
        "\x02\r\n\r\n  PRINTER STATUS                        \r\n"
        "   ERRORS:         %d 00000000 %08X  \r\n   WARNINGS:       0 00000000 00000000  \r\n\x03",
        bits != 0, bits);
    say(text);
}

static void say_odometer(void)
{
    char text[200];
    unsigned long long inches = (unsigned long long)(paper_dots() / DOTS_PER_INCH);
    snprintf(text, sizeof text,
             "\x02\r\n\r\n  PRINT METERS                          \r\n   TOTAL NONRESETTABLE:     "
             "%8llu \"  \r\n"
             "   USER RESETTABLE CNTR1:   %8llu \"  \r\n\x03",
             inches, inches);
    say(text);
}

static void tilde_take(const char *command)
{
    if (strcmp(command, "HS") == 0) say_host_status();
    else if (strcmp(command, "HI") == 0)
        say("\x02"
            "PACKSIM-203dpi,V1.0.0Z,8,8192KB\x03\r\n");
    else if (strcmp(command, "HQES") == 0) say_errors();
    else if (strcmp(command, "HQOD") == 0) say_odometer();
    else if (strcmp(command, "JA") == 0) jobs_drop();
    else if (strcmp(command, "JX") == 0) zpl_intake_drop(&intake);
    else if (strcmp(command, "PP") == 0) machine.paused = true;
    else if (strcmp(command, "PS") == 0) machine.paused = false;
    else if (strcmp(command, "JR") == 0) {
        jobs_drop();
        machine.reprint = true;
    }
}

/* SGD: only what a driver of ours may ask; "?" is what a printer says to the rest. */
static void line_take(const char *command)
{
    char text[40] = "\"?\"";
    if (strstr(command, "getvar") == NULL) return;
    if (strstr(command, "odometer.total_label_count") != NULL)
        snprintf(text, sizeof text, "\"%llu\"", (unsigned long long)paper_labels());
    if (strstr(command, "device.languages") != NULL) snprintf(text, sizeof text, "\"zpl\"");
    say(text);
}

static void say_configuration(void)
{
    char text[300];
    snprintf(text, sizeof text,
             "\x02  PACKSIM\r\n  %-20sREPRINT MODE\r\n  %-20lldLABEL LENGTH\r\n  %llu LABELS      "
             "NONRESET CNTR\r\n\x03\r\n",
             machine.reprint ? "ENABLED" : "DISABLED", (long long)machine.length_dots,
             (unsigned long long)paper_labels());
    say(text);
}

static void job_add(struct bytes format, int64_t copies)
{
    if (queued == QUEUE_MAX) return;
    struct job job = {.format = malloc(format.len),
                      .len = format.len,
                      .number = ++machine.jobs,
                      .copies_left = copies < 1 ? 1 : copies};
    ENSURE(job.format != NULL);
    memcpy(job.format, format.data, format.len);
    queue[queued++] = job;
}

static void format_take(struct bytes format)
{
    if (zpl_has(format, "^JZN")) machine.reprint = false;
    if (zpl_has(format, "^JZY")) machine.reprint = true;
    if (zpl_has(format, "^HH")) say_configuration();
    machine.length_dots = zpl_number(format, "^LL", machine.length_dots);
    machine.speed_ips = zpl_number(format, "^PR", machine.speed_ips);
    if (machine.speed_ips < 1) machine.speed_ips = 1;
    if (zpl_prints(format)) job_add(format, zpl_number(format, "^PQ", 1));
}

/* ---- other tongues
 * --------------------------------------------------------------------------- */

static void answer_say(struct bytes question)
{
    uint8_t answer[TONGUE_ANSWER_MAX];
    const struct tongue_face face = {.paper_out = machine.paper_out,
                                     .head_open = machine.head_open,
                                     .paused = machine.paused,
                                     .printing = queued > 0 && !in_error()};
    if (machine.silent || (machine.mute_in_error && in_error())) return;
    size_t len = machine.tongue->answer(&face, question, answer);
    if (machine.garbage_next && len > 0) answer[0] = 0xFF;
    machine.garbage_next = false;
    if (len > 0) device_send(&device, bytes_of(answer, len));
}

/* "37 22", as it was asked, NUL: the answer of an Epson to GS ( H. */
static void receipt_say(const uint8_t *receipt)
{
    uint8_t answer[7] = {0x37, 0x22};
    memcpy(answer + 2, receipt, 4);
    if (!machine.silent) device_send(&device, bytes_of(answer, sizeof answer));
}

static void receipt_ask(const uint8_t *receipt)
{
    if (queued == 0) {
        receipt_say(receipt);
        return;
    }
    struct job *last = &queue[queued - 1];
    last->receipt_asked = true;
    memcpy(last->receipt, receipt, sizeof last->receipt);
}

static void act_take(enum tongue_act act, struct bytes command, struct bytes job)
{
    switch (act) {
    case TONGUE_PRINTS: job_add(job, 1); break;
    case TONGUE_CANCELS: jobs_drop(); break;
    case TONGUE_ASKS: answer_say(command); break;
    case TONGUE_ASKS_RECEIPT: receipt_ask(command.data + command.len - 4); break;
    case TONGUE_REPRINTS: machine.reprint = true; break;
    case TONGUE_DOES_NOT: machine.reprint = false; break;
    case TONGUE_DRAWS:
    case TONGUE_CLEARS:
    case TONGUE_MEANS_NOTHING: break;
    }
}

static void byte_take(uint8_t one)
{
    static const struct zpl_sink sink = {format_take, tilde_take, line_take};
    static const struct tongue_sink tongue_sink = {act_take, answer_say};
    if (machine.tongue == NULL) zpl_intake_feed(&intake, one, &sink);
    else tongue_intake_feed(&spoken, machine.tongue, one, &tongue_sink);
}

static void printer_received(struct bytes run)
{
    for (size_t i = 0; i < run.len; i++) {
        if (machine.power_at == 0) {
            machine.power_at = -1;
            power_cycle(POWER_CYCLE_MS);
            return;
        }
        if (machine.power_at > 0) machine.power_at--;
        if (machine.disconnect_at == 0) {
            machine.disconnect_at = -1;
            device_hang_up(&device);
            return; /* what was on its way is lost with the connection */
        }
        if (machine.disconnect_at > 0) machine.disconnect_at--;
        byte_take(run.data[i]);
    }
}

/* The error has been cleared: print it again, or let it go. */
static void label_mend(void)
{
    if (!machine.broken || in_error()) return;
    machine.started_ms = 0;
    machine.broken = false;
    if (machine.reprint || machine.stubborn) {
        queue[0].again = true;
        return;
    }
    machine.lost++;
    job_drop_first();
}

static void label_done(void)
{
    label_out(100);
    machine.started_ms = 0;
    queue[0].again = machine.twice;
    if (machine.twice) { /* once more, for no reason */
        machine.twice = false;
        return;
    }
    if (--queue[0].copies_left > 0) return;
    if (queue[0].receipt_asked) receipt_say(queue[0].receipt);
    job_drop_first();
}

static void printer_turn(int64_t now_ms)
{
    if (in_error() || queued == 0) return;
    if (machine.started_ms == 0) {
        if (!machine.paused) machine.started_ms = now_ms;
        return;
    }
    int64_t percent = label_percent(now_ms);
    bool this_one = machine.paper_out_at >= 0 && machine.paper_out_after == 0;
    if (this_one && percent >= machine.paper_out_at) {
        int64_t at = machine.paper_out_at;
        machine.paper_out_at = -1;
        machine.paper_out = true;
        label_break(at);
        return;
    }
    if (percent < 100) return;
    label_done();
    if (machine.paper_out_after > 0) machine.paper_out_after--;
}

static void power_cycle(int64_t for_ms)
{
    jobs_drop();
    machine.reprint = true;
    machine.paused = false;
    machine.length_dots = USUAL_LENGTH_DOTS;
    device_unplug(&device, for_ms);
}

static bool switch_set(struct bytes name, struct bytes value)
{
    struct {
        const char *name;
        bool *flag;
    } switches[] = {{"silent", &machine.silent}, {"mute-in-error", &machine.mute_in_error},
                    {"blank", &machine.blank},   {"stubborn", &machine.stubborn},
                    {"twice", &machine.twice},   {"stall", &device.deaf}};
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        if (!bytes_equal_text(name, switches[i].name)) continue;
        *switches[i].flag = !bytes_equal_text(value, "off");
        return value.len == 0 || bytes_equal_text(value, "on") || bytes_equal_text(value, "off");
    }
    return false;
}

/* "paper-out 50", "paper-out 50 3": in the middle of the third label from now. */
static bool paper_out(struct bytes words)
{
    struct bytes first;
    uint64_t percent = 0, label = 1;
    bool planned = bytes_split(&words, ' ', &first) && first.len > 0;
    if (planned && !bytes_to_u64(first, 100, &percent)) return false;
    if (bytes_trim(words).len > 0 && !bytes_to_u64(bytes_trim(words), 1000, &label)) return false;
    machine.paper_out_after = label > 0 ? (int64_t)label - 1 : 0;
    if (planned) {
        machine.paper_out_at = (int64_t)percent;
        return true;
    }
    label_break(machine.started_ms > 0 ? label_percent(world_tick_ms()) : 0);
    machine.paper_out = true;
    return true;
}

static void head(bool open)
{
    if (open) label_break(machine.started_ms > 0 ? label_percent(world_tick_ms()) : 0);
    machine.head_open = open;
    label_mend();
}

static void unplug_or_power(struct bytes name, int64_t for_ms)
{
    if (bytes_equal_text(name, "unplug")) device_unplug(&device, for_ms);
    else power_cycle(for_ms == DEVICE_FOR_EVER ? POWER_CYCLE_MS : for_ms);
}

bool printer_language_set(struct bytes name)
{
    const struct tongue *tongue = tongue_find(name);
    if (tongue == NULL && !bytes_equal_text(name, "zpl")) return false;
    machine.tongue = tongue;
    zpl_intake_drop(&intake);
    tongue_intake_drop(&spoken);
    return true;
}

bool printer_command(struct bytes words, const char **out_why)
{
    struct bytes name;
    uint64_t number = 0;
    *out_why = "printer language zpl|tspl|epl|escpos, paper-out [PERCENT [LABEL]], paper-in, "
               "head-open, head-close, pause, resume, slow "
               "N, speed IPS, "
               "disconnect-at BYTES, power-at BYTES, power-cycle [MS], unplug [MS], plug, garbage, "
               "silent|mute-in-error|stall|blank|stubborn|twice [on|off]";
    if (!bytes_split(&words, ' ', &name)) return false;
    struct bytes value = bytes_trim(words);
    bool numbered = bytes_to_u64(value, 100000000, &number);
    int64_t count = (int64_t)number;
    if (switch_set(name, value)) return true;
    if (bytes_equal_text(name, "language")) return printer_language_set(value);
    if (bytes_equal_text(name, "paper-out")) return paper_out(value);
    if (bytes_equal_text(name, "paper-in")) {
        machine.paper_out = false;
        label_mend();
    } else if (bytes_equal_text(name, "head-open") || bytes_equal_text(name, "head-close")) {
        head(bytes_equal_text(name, "head-open"));
    } else if (bytes_equal_text(name, "pause") || bytes_equal_text(name, "resume")) {
        machine.paused = bytes_equal_text(name, "pause");
    } else if (bytes_equal_text(name, "power-cycle") || bytes_equal_text(name, "unplug")) {
        unplug_or_power(name, numbered ? count : DEVICE_FOR_EVER);
    } else if (bytes_equal_text(name, "plug")) {
        device_plug(&device);
    } else if (bytes_equal_text(name, "garbage")) {
        machine.garbage_next = true;
    } else if (numbered && count > 0 && bytes_equal_text(name, "slow")) {
        machine.slow = count;
    } else if (numbered && count > 0 && bytes_equal_text(name, "speed")) {
        machine.speed_ips = count;
    } else if (numbered && bytes_equal_text(name, "disconnect-at")) {
        machine.disconnect_at = count;
    } else if (numbered && bytes_equal_text(name, "power-at")) {
        machine.power_at = count;
    } else {
        return false;
    }
    return true;
}

void printer_write(struct json_writer *line)
{
    json_write_open(line, "printer", '{');
    json_write_boolean(line, "paper_out", machine.paper_out);
    json_write_boolean(line, "head_open", machine.head_open);
    json_write_boolean(line, "paused", machine.paused);
    json_write_boolean(line, "reprint", machine.reprint);
    json_write_i64(line, "queued", (int64_t)queued);
    json_write_boolean(line, "partial",
                       zpl_intake_is_partial(&intake) || tongue_intake_is_partial(&spoken));
    json_write_text(line, "language", machine.tongue != NULL ? machine.tongue->name : "zpl");
    json_write_i64(line, "labels", (int64_t)paper_labels());
    json_write_i64(line, "lost", (int64_t)machine.lost);
    json_write_i64(line, "clients", (int64_t)device_clients(&device));
    json_write_close(line, '}');
}

void printer_labels_write(struct json_writer *lines)
{
    paper_write(lines);
}

uint64_t printer_labels_count(void)
{
    return paper_labels();
}
