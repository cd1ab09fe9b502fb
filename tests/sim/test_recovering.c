/* Guards: while a start still reads what the last one left, no scan begins a parcel: what was in
 * hand comes first. What is scanned then is not taken, and the packer hears it. */
#include "firmware/station/station.h"
#include "tests/sim/sim_config.h"
#include "tests/support/expect.h"

static struct station station;
static struct commands commands;
static struct config config;
static struct secrets secrets;
static uint32_t scanner_port;
static unsigned orders_asked;

static void give(struct event *event)
{
    event->now_ms = 1000;
    station_step(&station, event, &commands);
    for (size_t i = 0; i < commands.count; i++) {
        const struct command *command = &commands.items[i];
        if (command->kind == COMMAND_PORT_OPEN && command->port.role == PORT_SCANNER)
            scanner_port = command->port.port;
        orders_asked += command->kind == COMMAND_CACHE_FIND;
    }
}

static void scan(const char *line)
{
    struct event event = {.kind = EVENT_PORT_BYTES};
    event.port.port = scanner_port;
    event.port.bytes = bytes_of_text(line);
    give(&event);
}

/* The disk has not answered yet; the scanner is there. */
static void start(void)
{
    struct event started = {.kind = EVENT_STARTED};
    struct event opened = {.kind = EVENT_PORT_OPENED};
    sim_config(&config, &secrets);
    station_init(&station, &config, &secrets);
    memcpy(started.started.epoch, "0123456789abcdef", 17);
    give(&started);
    EXPECT(scanner_port != 0, "the scanner is opened");
    opened.port.port = scanner_port;
    opened.port.sentence = "";
    give(&opened);
    EXPECT_TEXT("recovering", station.message_id, "the screen says what goes on");
}

static void no_scan_is_taken_before_the_old_parcels_are_known(void)
{
    static const struct {
        const char *line, *promise;
    } rows[] = {{"WEB-1\r", "an order's code"}, {"bad\001code\r", "one that cannot be read"}};
    start();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t sounds = station.packing.sound_number;
        scan(rows[i].line);
        EXPECT_TEXT("recovering", packing_state_word(station.packing.state), rows[i].promise);
        EXPECT_I64(i + 1, station.packing.scans_not_taken, rows[i].promise);
        EXPECT_TEXT("error", station.packing.sound, "the packer hears that it was not taken");
        EXPECT_I64(sounds + 1, station.packing.sound_number, "once");
    }
    EXPECT_I64(0, orders_asked, "no order is looked for");
    enum press presses[PACKING_PRESSES_MAX];
    EXPECT_I64(0, (int64_t)packing_presses(&station.packing, &station.floor, presses),
               "and there is nothing to press");
}

int main(void)
{
    EXPECT_RUN(no_scan_is_taken_before_the_old_parcels_are_known);
    return expect_result();
}
