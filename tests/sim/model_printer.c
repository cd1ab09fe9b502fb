/* model_printer.c - the printer: takes ZPL, counts its labels as a Zebra does, and loses the rest
 * of a label when it is disturbed, as one that was told not to reprint by itself. Its faults: what
 * every printer has, and two that its state does not show: a label that does not come out, and one
 * that comes out twice. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define PRINT_MS 900

struct sim_label *bench_label(struct world *world, const char *awb)
{
    uint32_t bucket = sim_hash(awb);
    for (struct sim_label *label = world->labels[bucket]; label != NULL; label = label->next) {
        if (strcmp(label->awb, awb) == 0) return label;
    }
    struct sim_label *label = sim_alloc(sizeof *label);
    snprintf(label->awb, sizeof label->awb, "%s", awb);
    label->allowed = 1;
    label->next = world->labels[bucket];
    world->labels[bucket] = label;
    return label;
}

struct coming_label {
    char awb[SHIPMENT_AWB_SIZE];
    unsigned power;
};

static void come_out(struct world *world, const char *awb)
{
    world->bench.counter++;
    sim_trace(world, "label", awb);
    rules_at_label(world, awb);
}

static void label_out(struct world *world, void *data)
{
    const struct coming_label *label = data;
    if (label->power != world->bench.power || world->bench.paper_out) return; /* the rest is lost */
    if (sim_fault(world, FAULT_PRINTER_BLANK, 10)) return; /* as if it had printed */
    come_out(world, label->awb);
    if (!sim_fault(world, FAULT_PRINTER_REPEATS, 10)) return;
    bench_label(world, label->awb)->allowed++; /* its own fault; the packer must be told */
    bench_label(world, label->awb)->repeated = true;
    come_out(world, label->awb);
}

/* Its barcode in the printer's language. */
static bool read_bars(const char *job, char *out_text)
{
    const char *bars = strstr(job, "^BC");
    const char *data = bars == NULL ? NULL : strstr(bars, "^FD");
    return data != NULL && sscanf(data + 3, "%40[^^]", out_text) == 1;
}

static int digit_of(char one)
{
    const char *digits = "0123456789ABCDEF", *at = one == '\0' ? NULL : strchr(digits, one);
    return at == NULL ? -1 : (int)(at - digits);
}

struct row { /* of dots, digit by digit */
    char *text;
    size_t digits;
};

static void put_digit(struct row *row, int digit)
{
    size_t at = row->digits / 2;
    if (at >= SHIPMENT_AWB_SIZE - 1) return;
    row->text[at] = (char)(row->digits % 2 == 0 ? digit << 4 : row->text[at] | digit);
    row->digits++;
}

/* The text that model_render.c has drawn as the first row of a picture: ZPL II, hex with
 * repeats. */
static bool read_picture(const char *job, char *out_text)
{
    struct row row = {.text = out_text};
    const char *at = strstr(job, "^GFA,");
    int count = 0;
    memset(out_text, 0, SHIPMENT_AWB_SIZE);
    for (unsigned commas = 0; at != NULL && *at != '\0' && commas < 4; at++) commas += *at == ',';
    if (at == NULL) return false;
    for (; *at != '\0' && *at != '^' && *at != ','; at++) {
        if (*at >= 'g' && *at <= 'z') count += 20 * (*at - 'g' + 1);
        else if (*at >= 'G' && *at <= 'Y') count += *at - 'G' + 1;
        else if (digit_of(*at) < 0) return false;
        else {
            for (int i = 0; i < (count == 0 ? 1 : count); i++) put_digit(&row, digit_of(*at));
            count = 0;
        }
    }
    return row.digits > 0;
}

static void start_label(struct world *world, const char *job)
{
    struct sim_bench *bench = &world->bench;
    struct coming_label *label = sim_alloc(sizeof *label);
    if (!read_bars(job, label->awb) && !read_picture(job, label->awb)) {
        free(label); /* settings, not a label */
        return;
    }
    label->power = bench->power;
    bench->busy_until_ms = world->now_ms + PRINT_MS;
    sim_later(world, PRINT_MS, true, label_out, label);
    if (sim_fault(world, FAULT_PAPER_OUT, 30)) {
        bench->paper_out = true;
        bench->paper_back_ms = world->now_ms + sim_between(world, 3000, 30000);
    }
}

static void answer_status(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    char reply[160];
    bool busy = world->now_ms < bench->busy_until_ms && !bench->paper_out;
    if (bench->paper_out && world->now_ms >= bench->paper_back_ms) bench->paper_out = false;
    if (world->now_ms < bench->silent_until_ms) return;
    if (sim_fault(world, FAULT_PRINTER_SILENT, 5))
        bench->silent_until_ms = world->now_ms + sim_between(world, 1000, 8000);
    int len = snprintf(reply, sizeof reply,
                       "\x02"
                       "030,%d,0,1245,%03d,0,0,0,000,0,0,0\x03\r\n\x02"
                       "000,0,0,0,0,2,4,0,%08d,1,000\x03\r\n"
                       "\x02"
                       "1234,0\x03\r\n",
                       bench->paper_out, busy, busy);
    bench_tell(world, 20, EVENT_PORT_BYTES, bench->printer_port, reply, (size_t)len);
}

static void answer_head(struct world *world)
{
    static const char reply[] = "\x02ZTC ZD421-203dpi,V93.21.26Z,8,8192KB\x03\r\n";
    if (world->now_ms < world->bench.silent_until_ms) return;
    bench_tell(world, 20, EVENT_PORT_BYTES, world->bench.printer_port, reply, sizeof reply - 1);
}

static void answer_counter(struct world *world)
{
    char reply[16];
    if (world->now_ms < world->bench.silent_until_ms) return;
    int len = snprintf(reply, sizeof reply, "\"%u\"", (unsigned)world->bench.counter);
    bench_tell(world, 20, EVENT_PORT_BYTES, world->bench.printer_port, reply, (size_t)len);
}

static void print_format(struct world *world)
{
    start_label(world, world->bench.inbox);
}

/* Reads what has come: immediate commands where they stand, formats when they are whole. */
static void read_inbox(struct world *world)
{
    static const struct {
        const char *text;
        void (*act)(struct world *world);
    } commands[] = {{"^XZ", print_format},
                    {"~HS", answer_status},
                    {"~HI", answer_head},
                    {"! U1 getvar \"odometer.total_label_count\"\r\n", answer_counter}};
    struct sim_bench *bench = &world->bench;
    for (;;) {
        char *first = NULL;
        size_t which = 0;
        bench->inbox[bench->inbox_len] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            char *at = strstr(bench->inbox, commands[i].text);
            if (at == NULL || (first != NULL && at > first)) continue;
            first = at;
            which = i;
        }
        if (first == NULL) return;
        size_t len = strlen(commands[which].text);
        size_t kept = which == 0 ? 0 : (size_t)(first - bench->inbox); /* in front of a question */
        *first = '\0';
        commands[which].act(world);
        size_t used = (size_t)(first - bench->inbox) + len;
        memmove(bench->inbox + kept, bench->inbox + used, bench->inbox_len - used);
        bench->inbox_len -= used - kept;
    }
}

void bench_write(struct world *world, const struct command *command)
{
    struct sim_bench *bench = &world->bench;
    if (command->port.port == bench->scale_port && bench->scale_port != 0)
        bench_scale_hears(world, command->port.bytes);
    if (command->port.port != bench->printer_port || bench->printer_port == 0) return;
    size_t len = command->port.bytes.len;
    /* a job: the plug is pulled at some byte */
    bool cut = len > 100 && sim_fault(world, FAULT_PRINTER_CUT_OFF, 30);
    size_t kept = cut ? (size_t)sim_below(world, len) : len;
    ENSURE(bench->inbox_len + kept < sizeof bench->inbox);
    memcpy(bench->inbox + bench->inbox_len, command->port.bytes.data, kept);
    bench->inbox_len += kept;
    bench->written += len;
    read_inbox(world);
    if (cut) {
        bench->inbox_len = 0;
        if (sim_below(world, 2) == 0) bench->power++;
        bench_unplug(world, &bench->printer_port, PLUG_PRINTER);
        return;
    }
    bench_drained(world, bench->printer_port, bench->written);
}
