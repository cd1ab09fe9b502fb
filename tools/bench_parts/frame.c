/* frame.c - how long a scale's frame takes through the station: bytes in, the page's new state out.
 *
 * The whole station with the settings of the simulation; every frame shows another weight, so each
 * one is published. Prints one line of JSON, in microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "firmware/station/station.h"
#include "tests/sim/sim_config.h"
#include "tools/bench_parts/spans.h"

#define FRAMES 50000u
#define WARM_UP 1000u
#define FRAME_SIZE 18

static struct config config;
static struct secrets secrets;
static struct station station;
static struct commands commands;
static int64_t spans_ns[FRAMES];

static void give(struct event *event, enum event_kind kind, int64_t now_ms)
{
    event->kind = kind;
    event->now_ms = now_ms;
    event->wall_ms = 1790000000000 + now_ms;
    event->wall_trusted = true;
    station_step(&station, event, &commands);
}

static const struct command *find(enum command_kind kind)
{
    for (size_t i = 0; i < commands.count; i++) {
        if (commands.items[i].kind == kind) return &commands.items[i];
    }
    return NULL;
}

/* What the station has asked of the disk and not been told yet, and the port of the scale. */
static struct {
    struct {
        uint32_t ticket;
        enum event_kind answer;
    } asked[16];
    size_t count;
    uint32_t scale;
} wishes;

static void take_wishes(void)
{
    for (size_t i = 0; i < commands.count; i++) {
        const struct command *command = &commands.items[i];
        bool rows = command->kind == COMMAND_READ_ROWS || command->kind == COMMAND_READ_SUBJECT;
        if (command->kind == COMMAND_PORT_OPEN && command->port.role == PORT_SCALE)
            wishes.scale = command->port.port;
        if (!rows && command->kind != COMMAND_READ_BLOB) continue;
        ENSURE(wishes.count < ARRAY_LEN(wishes.asked));
        wishes.asked[wishes.count].ticket = command->read.ticket;
        wishes.asked[wishes.count++].answer = rows ? EVENT_ROWS : EVENT_BLOB;
    }
}

/* A journal with nothing in it is read, and the scale's port is opened. */
static uint32_t begin(void)
{
    static struct event event;
    memcpy(event.started.epoch, "0123456789abcdef", sizeof event.started.epoch);
    give(&event, EVENT_STARTED, 1000);
    take_wishes();
    while (wishes.count > 0) {
        uint32_t ticket = wishes.asked[--wishes.count].ticket;
        enum event_kind answer = wishes.asked[wishes.count].answer;
        memset(&event, 0, sizeof event);
        if (answer == EVENT_ROWS) event.rows.ticket = ticket;
        else event.blob.ticket = ticket;
        give(&event, answer, 1001);
        take_wishes();
    }
    if (wishes.scale == 0) {
        fputs("frame: the station does not begin as it should\n", stderr);
        exit(1);
    }
    memset(&event, 0, sizeof event);
    event.port.port = wishes.scale;
    event.port.sentence = "";
    give(&event, EVENT_PORT_OPENED, 1002);
    return wishes.scale;
}

/* Toledo continuous: STX, three status bytes, six digits of grams as 0.001 kg, tare, CR, sum. */
static void write_frame(uint8_t frame[FRAME_SIZE], unsigned grams)
{
    char text[FRAME_SIZE];
    snprintf(text, sizeof text, "\x02\x2d\x30\x20%06u000000\r", grams % 1000000u);
    memcpy(frame, text, FRAME_SIZE - 1);
    unsigned sum = 0;
    for (size_t i = 0; i < FRAME_SIZE - 1; i++) sum += frame[i] & 0x7fu;
    frame[FRAME_SIZE - 1] = (uint8_t)((0x80u - (sum & 0x7fu)) & 0x7fu);
}

int main(void)
{
    static struct event event;
    uint8_t frame[FRAME_SIZE];
    unsigned published = 0;
    sim_config(&config, &secrets);
    station_init(&station, &config, &secrets);
    uint32_t scale = begin();
    for (unsigned i = 0; i < WARM_UP + FRAMES; i++) {
        write_frame(frame, 100 + i % 900);
        event.port.port = scale;
        event.port.bytes = bytes_of(frame, sizeof frame);
        int64_t begin_ns = spans_now_ns();
        give(&event, EVENT_PORT_BYTES, 2000 + 100 * (int64_t)i);
        int64_t end_ns = spans_now_ns();
        if (i < WARM_UP) continue;
        spans_ns[i - WARM_UP] = end_ns - begin_ns;
        if (find(COMMAND_SHOW) != NULL) published++;
    }
    if (published != FRAMES) {
        fprintf(stderr, "frame: only %u of %u frames were published\n", published, FRAMES);
        return 1;
    }
    spans_sort_whole(spans_ns, FRAMES);
    const size_t middle = FRAMES / 2, slow = FRAMES / 100 * 99;
    printf("{\"frames\":%u,\"median_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n", FRAMES,
           (double)spans_ns[middle] / 1000, (double)spans_ns[slow] / 1000,
           (double)spans_ns[FRAMES - 1] / 1000);
    return 0;
}
