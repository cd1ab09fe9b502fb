/* Guards: whoever shows a device gives it its role: the scanner that scans, the scale that is
 * loaded, the printer whose number is named; nothing else at the bench is touched, nothing shown is
 * an order or a weight, and without a word all is as it was. */
#include <stdio.h>
#include <string.h>

#include "firmware/station/showing.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define LEFT "serial:/dev/serial/by-path/left"
#define RIGHT "serial:/dev/serial/by-path/right"
#define HAND "usb:0c2e:0b61:A"
#define KEYS "usb:04d9:1203:@1-1"
#define ONE "usb:0a5f:0164:ONE"
#define TWO "usb:0a5f:0164:TWO"

static struct devices devices;
static struct showing showing;
static struct step step;
static int64_t now_ms;

static void at(int64_t later_ms)
{
    now_ms += later_ms;
    if (bench.commands.batch_ticket != 0)
        devices_stored(&devices, &step, bench.commands.batch_ticket, ERR_NONE);
    step = bench_step(now_ms);
}

static void tick(int64_t later_ms)
{
    const struct event due = {.kind = EVENT_DEADLINE};
    at(later_ms);
    devices_step(&devices, &step, &due);
    showing_step(&showing, &devices, &step, &due);
    devices_check(&devices);
}

static void seen(const char *address)
{
    struct event event = {.kind = EVENT_DEVICE_SEEN};
    struct device_identity *identity = &event.device.identity;
    snprintf(event.device.address, sizeof event.device.address, "%s", address);
    identity->is_serial = strncmp(address, "serial:", 7) == 0;
    identity->is_printer = strncmp(address, "usb:0a5f", 8) == 0;
    identity->is_hid = !identity->is_serial && !identity->is_printer;
    identity->is_keyboard = strcmp(address, KEYS) == 0;
    at(1);
    devices_step(&devices, &step, &event);
}

static void start(void)
{
    const struct event nothing = {.kind = EVENT_BLOB};
    bench_init();
    memcpy(bench.config.scale.address, "auto", sizeof "auto");
    memcpy(bench.config.printer.address, "auto", sizeof "auto");
    memcpy(bench.config.scanners[0].address, "auto", sizeof "auto");
    bench.config.scanner_count = 1;
    bench.config.printer.dpi = 203;
    bench.config.printer.width_dmm = 1016;
    bench.config.printer.height_dmm = 1524;
    now_ms = 1000;
    devices_init(&devices, &bench.config, NULL, NULL, now_ms);
    showing_init(&showing);
    step = bench_step(now_ms);
    devices_start(&devices, &step);
    devices_remembered(&devices, &step, &nothing);
}

static void show(unsigned slot)
{
    at(1);
    EXPECT(showing_begin(&showing, &devices, &step, slot), "it can be shown");
}

static void port(enum event_kind kind, uint32_t number, struct bytes bytes)
{
    static const struct device_identity identity = {
        .device_id = BYTES_LITERAL("MFG:Zebra;CMD:ZPL;MDL:ZD220;")};
    struct event event = {.kind = kind};
    event.port.port = number;
    event.port.bytes = bytes;
    event.port.sentence = "test";
    event.port.identity = &identity;
    at(1);
    EXPECT(showing_owns(number), "its ports are its own");
    showing_step(&showing, &devices, &step, &event);
}

static void open_probes(void)
{
    for (size_t i = 0; i < showing.count; i++)
        port(EVENT_PORT_OPENED, showing.probes[i].port, BYTES_NONE);
}

static uint32_t probe_of(const char *address)
{
    for (size_t i = 0; i < showing.count; i++) {
        if (strcmp(showing.probes[i].address, address) == 0) return showing.probes[i].port;
    }
    return 0;
}

static unsigned count(enum command_kind kind)
{
    unsigned found = 0;
    for (size_t i = 0; i < bench.commands.count; i++) found += bench.commands.items[i].kind == kind;
    return found;
}

static void the_scanner_that_scans_is_the_scanner(void)
{
    static const uint8_t key_a[8] = {0, 0, 0x04}, none[8] = {0}, enter[8] = {0, 0, 0x28};
    const uint8_t *const reports[] = {key_a, none, enter};
    start();
    seen(HAND);
    seen(KEYS);
    seen(ONE);
    show(DEVICE_SCANNER_FIRST);
    EXPECT_I64(2, showing.count, "scanner and keyboard could be it; a printer could not");
    open_probes();
    for (size_t i = 0; i < ARRAY_LEN(reports); i++)
        port(EVENT_PORT_BYTES, probe_of(HAND), bytes_of(reports[i], 8));
    EXPECT(!showing.is_on, "one code is enough");
    EXPECT_I64(SHOWING_DONE, showing.end, "it was shown");
    EXPECT_TEXT(HAND, devices.slots[DEVICE_SCANNER_FIRST].address, "and is the scanner");
    EXPECT(devices.memory.cast[DEVICE_SCANNER_FIRST].contested, "by a person's word");
    EXPECT_I64(2, count(COMMAND_PORT_CLOSE), "the keyboard is a keyboard again");
}

#define AT(mass) "ST,GS,+  " mass "kg\r\n"

static void the_scale_that_is_loaded_is_the_scale(void)
{
    start();
    seen(LEFT);
    seen(RIGHT);
    show(DEVICE_SCALE);
    EXPECT_I64(2, showing.count, "two");
    open_probes();
    port(EVENT_PORT_BYTES, probe_of(LEFT),
         BYTES_LITERAL(AT("3.000") AT("3.000") AT("3.000") AT("3.000")));
    port(EVENT_PORT_BYTES, probe_of(RIGHT), BYTES_LITERAL(AT("0.000") AT("0.000") AT("0.000")));
    EXPECT(showing.is_on, "what lies there already shows nothing");
    port(EVENT_PORT_BYTES, probe_of(RIGHT), BYTES_LITERAL(AT("0.000") AT("0.020")));
    EXPECT(showing.is_on, "nor does a draught");
    port(EVENT_PORT_BYTES, probe_of(RIGHT), BYTES_LITERAL(AT("0.742")));
    EXPECT_TEXT(RIGHT, devices.slots[DEVICE_SCALE].address, "a load does");
    const struct known_device *known = device_memory_find(&devices.memory, RIGHT);
    EXPECT(known != NULL && strcmp(known->driver, "st-gs") == 0, "what it speaks is kept too");
    tick(10);
    EXPECT_TEXT("opening", devices_scale_word(&devices), "it is opened as the scale");
}

static void the_printer_whose_number_is_named_is_the_printer(void)
{
    unsigned labels = 0;
    start();
    seen(ONE);
    seen(TWO);
    show(DEVICE_PRINTER);
    for (size_t i = 0; i < showing.count; i++) {
        port(EVENT_PORT_OPENED, showing.probes[i].port, BYTES_NONE);
        for (size_t c = 0; c < bench.commands.count; c++) {
            const struct command *command = &bench.commands.items[c];
            bool is_label =
                command->kind == COMMAND_PORT_WRITE &&
                bytes_find(command->port.bytes, BYTES_LITERAL("^XZ")) < command->port.bytes.len &&
                bytes_find(command->port.bytes, BYTES_LITERAL("^FO")) < command->port.bytes.len;
            labels += is_label;
        }
    }
    EXPECT_I64(2, labels, "each prints its number");
    EXPECT(!showing_this(&showing, &devices, &step, BYTES_LITERAL("3")), "there is no third");
    EXPECT(!showing_this(&showing, &devices, &step, BYTES_LITERAL("0")),
           "nor one before the first");
    EXPECT(!showing_this(&showing, &devices, &step, BYTES_LITERAL("x")), "nor a word");
    EXPECT(showing_this(&showing, &devices, &step, BYTES_LITERAL("2")), "this one");
    EXPECT_TEXT(TWO, devices.slots[DEVICE_PRINTER].address, "is the printer");
    EXPECT(!showing_this(&showing, &devices, &step, BYTES_LITERAL("1")), "and it is over");
}

static void without_a_word_all_is_as_it_was(void)
{
    start();
    seen(LEFT);
    tick(2000);
    EXPECT_TEXT(LEFT, devices.slots[DEVICE_SCALE].address, "the only one is the scale");
    seen(RIGHT);
    show(DEVICE_SCALE);
    EXPECT_TEXT("", devices.slots[DEVICE_SCALE].address, "it must be shown anew");
    open_probes();
    tick(SHOWING_MS + 1);
    EXPECT(!showing.is_on, "a minute is enough");
    EXPECT_I64(SHOWING_TIMEOUT, showing.end, "nothing was shown");
    EXPECT(showing_deadline(&showing) == NO_DEADLINE, "and nothing is awaited");
    seen(HAND);
    show(DEVICE_SCANNER_FIRST);
    at(1);
    showing_stop(&showing, &devices, &step);
    EXPECT(!devices.slots[DEVICE_SCANNER_FIRST].held, "the role is free again");
}

static void what_others_have_and_the_settings_name_is_left_alone(void)
{
    start();
    seen(ONE);
    tick(2000);
    EXPECT_TEXT(ONE, devices.slots[DEVICE_PRINTER].address, "the printer");
    at(1);
    EXPECT(!showing_begin(&showing, &devices, &step, DEVICE_SCALE), "there is nothing to show");
    EXPECT_I64(SHOWING_NONE_THERE, showing.end, "and that is known");
    EXPECT_TEXT(ONE, devices.slots[DEVICE_PRINTER].address, "the printer prints on");
    memcpy(bench.config.scale.address, LEFT, sizeof LEFT);
    devices_reconfigure(&devices, &step, &bench.config);
    at(1);
    EXPECT(!showing_begin(&showing, &devices, &step, DEVICE_SCALE), "the settings have the word");
}

static void devices_that_come_and_go_meanwhile_do_no_harm(void)
{
    start();
    seen(LEFT);
    seen(RIGHT);
    show(DEVICE_SCALE);
    uint32_t old = probe_of(LEFT);
    port(EVENT_PORT_FAILED, old, BYTES_NONE);
    port(EVENT_PORT_BYTES, old, BYTES_LITERAL(AT("0.000")));
    port(EVENT_PORT_OPENED, probe_of(RIGHT), BYTES_NONE);
    for (unsigned i = 0; i < 3000; i++) tick(10);
    EXPECT(showing.is_on, "a mute one is asked at every speed, and waited for");
    port(EVENT_PORT_CLOSED, showing.probes[1].port, BYTES_NONE);
    tick(SHOWING_MS);
    EXPECT(!showing.is_on, "in the end nobody is left");
}

int main(void)
{
    EXPECT_RUN(the_scanner_that_scans_is_the_scanner);
    EXPECT_RUN(the_scale_that_is_loaded_is_the_scale);
    EXPECT_RUN(the_printer_whose_number_is_named_is_the_printer);
    EXPECT_RUN(without_a_word_all_is_as_it_was);
    EXPECT_RUN(what_others_have_and_the_settings_name_is_left_alone);
    EXPECT_RUN(devices_that_come_and_go_meanwhile_do_no_harm);
    return expect_result();
}
