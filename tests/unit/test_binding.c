/* Guards: a role is played by the device that played it last, never by another scale that happens
 * to stand there, and a person's word holds; what is remembered survives a start, and a damaged
 * memory costs a search and nothing else. */
#include <stdio.h>
#include <string.h>

#include "firmware/station/devices.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define LEFT "serial:/dev/serial/by-path/left"
#define RIGHT "serial:/dev/serial/by-path/right"
#define PRINTER "usb:0a5f:0164:SN1"

static struct devices devices;
static struct step step;
static char memory_text[4096]; /* the blob as it was last stored */
static size_t memory_len;

static void keep_memory(void)
{
    for (size_t i = 0; i < bench.commands.batch.blob_count; i++) {
        const struct batch_blob *blob = &bench.commands.batch.blobs[i];
        EXPECT_BYTES(BYTES_LITERAL("devices"), blob->key, "under its key");
        memory_len = blob->data.len;
        EXPECT(memory_len < sizeof memory_text, "it is small");
        memcpy(memory_text, blob->data.data, memory_len);
    }
    if (bench.commands.batch_ticket != 0)
        devices_stored(&devices, &step, bench.commands.batch_ticket, ERR_NONE);
}

static void tick(int64_t now_ms)
{
    const struct event due = {.kind = EVENT_DEADLINE};
    step = bench_step(now_ms);
    devices_step(&devices, &step, &due);
    devices_check(&devices);
    keep_memory();
}

static void start(bool remembers)
{
    struct event loaded = {.kind = EVENT_BLOB};
    if (!remembers) memory_len = 0;
    bench_init();
    memcpy(bench.config.scale.address, "auto", sizeof "auto");
    memcpy(bench.config.scale.driver, "auto", sizeof "auto");
    memcpy(bench.config.printer.address, "auto", sizeof "auto");
    for (size_t i = 0; i < CONFIG_SCANNERS_MAX; i++)
        memcpy(bench.config.scanners[i].address, "auto", sizeof "auto");
    bench.config.scanner_count = CONFIG_SCANNERS_MAX;
    devices_init(&devices, &bench.config, NULL, NULL, 1000);
    step = bench_step(1000);
    devices_start(&devices, &step);
    loaded.blob.found = memory_len > 0;
    loaded.blob.bytes = bytes_of(memory_text, memory_len);
    devices_remembered(&devices, &step, &loaded);
    keep_memory();
}

static void tell(enum event_kind kind, const char *address, int64_t now_ms)
{
    struct event event = {.kind = kind};
    struct device_identity *identity = &event.device.identity;
    snprintf(event.device.address, sizeof event.device.address, "%s", address);
    identity->is_serial = strncmp(address, "serial:", 7) == 0;
    identity->is_printer = strncmp(address, "usb:0a5f", 8) == 0;
    identity->is_hid = !identity->is_serial && !identity->is_printer;
    identity->vendor = identity->is_serial ? 0x0403 : 0x0a5f;
    identity->product = identity->is_serial ? 0x6001 : 0x0164;
    step = bench_step(now_ms);
    devices_step(&devices, &step, &event);
    devices_check(&devices);
    keep_memory();
}

static void port(enum event_kind kind, unsigned slot, int64_t now_ms)
{
    struct event event = {.kind = kind};
    struct device_identity identity = {.vendor = devices.slots[slot].vendor,
                                       .product = devices.slots[slot].product,
                                       .device_id = BYTES_LITERAL("MFG:Zebra;CMD:ZPL;MDL:ZD220;")};
    event.port.port = devices.slots[slot].port;
    event.port.sentence = "test";
    event.port.identity = &identity;
    step = bench_step(now_ms);
    devices_step(&devices, &step, &event);
    devices_check(&devices);
    keep_memory();
}

/* It speaks, is found, and so proves that it is the scale. */
static void weigh(int64_t now_ms)
{
    struct bytes said =
        BYTES_LITERAL("ST,GS,+  1.234kg\r\nST,GS,+  1.234kg\r\nST,GS,+  1.234kg\r\n");
    struct device_item item;
    port(EVENT_PORT_OPENED, DEVICE_SCALE, now_ms);
    step = bench_step(now_ms);
    while (said.len > 0)
        devices_next(&devices, &step, devices.slots[DEVICE_SCALE].port, &said, &item);
    tick(now_ms + 1);
}

static const char *scale(void)
{
    return devices.slots[DEVICE_SCALE].address;
}

/* The left one is the scale, and stored as such. */
static void settle_left(void)
{
    start(false);
    tell(EVENT_DEVICE_SEEN, LEFT, 1100);
    tick(2200);
    weigh(2300);
}

static void the_only_one_is_taken_when_no_other_comes(void)
{
    start(false);
    tell(EVENT_DEVICE_SEEN, LEFT, 1100);
    EXPECT_TEXT("", scale(), "another may be told in a moment");
    EXPECT_I64(2100, devices_deadline(&devices, &step), "that moment is waited for");
    tick(2100);
    EXPECT_TEXT(LEFT, scale(), "none came");
    EXPECT_TEXT("opening", devices_scale_word(&devices), "so it is opened");
    weigh(2200);
    EXPECT_TEXT("ready", devices_scale_word(&devices), "and is the scale");
    EXPECT(memory_len > 0, "which is remembered");
}

static void of_two_a_person_chooses(void)
{
    start(false);
    tell(EVENT_DEVICE_SEEN, LEFT, 1100);
    tell(EVENT_DEVICE_SEEN, RIGHT, 1200);
    tick(2300);
    EXPECT_TEXT("", scale(), "neither is guessed");
    EXPECT_TEXT("several", devices_scale_word(&devices), "and that is said");
    EXPECT(!devices_cast(&devices, &step, DEVICE_SCALE, "serial:/dev/nothing"),
           "one that is there");
    EXPECT(devices_cast(&devices, &step, DEVICE_SCALE, RIGHT), "a person says which");
    EXPECT_TEXT(RIGHT, scale(), "that one");
    tick(2310);
    start(true);
    tell(EVENT_DEVICE_SEEN, LEFT, 1100);
    tell(EVENT_DEVICE_SEEN, RIGHT, 1101);
    EXPECT_TEXT(RIGHT, scale(), "after a start it is still that one, and at once");
}

static void another_that_stood_there_is_no_replacement(void)
{
    settle_left();
    tell(EVENT_DEVICE_SEEN, RIGHT, 3000);
    tick(5000);
    EXPECT_TEXT(LEFT, scale(), "a second one changes nothing");
    tell(EVENT_DEVICE_GONE, LEFT, 6000);
    port(EVENT_PORT_CLOSED, DEVICE_SCALE, 6001);
    tick(20000);
    EXPECT_TEXT("", scale(), "the scale is gone: its neighbour is not taken for it");
    EXPECT_TEXT("several", devices_scale_word(&devices), "a person is asked");
    tell(EVENT_DEVICE_SEEN, LEFT, 21000);
    EXPECT_TEXT(LEFT, scale(), "plugged in again it is back at once");
}

static void one_that_comes_instead_is(void)
{
    settle_left();
    tell(EVENT_DEVICE_GONE, LEFT, 6000);
    port(EVENT_PORT_CLOSED, DEVICE_SCALE, 6001);
    tick(8000);
    EXPECT_TEXT("gone", devices_scale_word(&devices), "nobody is there");
    tell(EVENT_DEVICE_SEEN, RIGHT, 9000);
    tick(10000);
    EXPECT_TEXT(RIGHT, scale(), "the same model in another socket, or a new one");
}

static void the_order_of_telling_at_a_start_does_not_matter(void)
{
    settle_left();
    start(true);
    tell(EVENT_DEVICE_SEEN, RIGHT, 1001);
    tick(1500);
    EXPECT_TEXT("", scale(), "the other one is told first and is not taken");
    tell(EVENT_DEVICE_SEEN, LEFT, 1501);
    EXPECT_TEXT(LEFT, scale(), "the scale comes, and is");
    start(true);
    tell(EVENT_DEVICE_SEEN, RIGHT, 1001);
    tick(2001);
    EXPECT_TEXT(RIGHT, scale(), "it was replaced while the box was off");
}

static void where_two_were_seen_nobody_is_guessed_after_a_start(void)
{
    settle_left();
    tell(EVENT_DEVICE_SEEN, RIGHT, 3000);
    tick(3001);
    start(true);
    tell(EVENT_DEVICE_SEEN, RIGHT, 1001);
    tick(9000);
    EXPECT_TEXT("", scale(), "the scale may be slow, or switched off");
    EXPECT_TEXT("several", devices_scale_word(&devices), "a person must say so");
    tell(EVENT_DEVICE_SEEN, LEFT, 20000);
    EXPECT_TEXT(LEFT, scale(), "or it comes");
}

static void nobody_plays_two_roles(void)
{
    start(false);
    tell(EVENT_DEVICE_SEEN, PRINTER, 1100);
    tell(EVENT_DEVICE_SEEN, "usb:0c2e:0b61", 1101);
    tick(2200);
    port(EVENT_PORT_OPENED, DEVICE_PRINTER, 2300);
    EXPECT_TEXT(PRINTER, devices.slots[DEVICE_PRINTER].address, "the printer is the printer");
    EXPECT(devices.printer_driver != NULL, "its own word says what it speaks");
    EXPECT_TEXT("", devices.slots[DEVICE_SCANNER_FIRST].address, "an unknown HID device is nobody");
    EXPECT(devices_cast(&devices, &step, DEVICE_SCANNER_FIRST, "usb:0c2e:0b61"), "until shown");
    EXPECT(devices_cast(&devices, &step, DEVICE_SCANNER_FIRST + 1, "usb:0c2e:0b61"), "or moved");
    EXPECT_TEXT("", devices.slots[DEVICE_SCANNER_FIRST].address, "then the first role is free");
    EXPECT(devices_is_shown(&devices, DEVICE_SCANNER_FIRST), "which is said");
    EXPECT(!devices_is_shown(&devices, DEVICE_SCANNER_FIRST + 2), "of a third nobody asks");
    memcpy(bench.config.scale.address, LEFT, sizeof LEFT);
    devices_reconfigure(&devices, &step, &bench.config);
    EXPECT(!devices_cast(&devices, &step, DEVICE_SCALE, PRINTER), "what the settings name stays");
}

static void a_printer_of_unknown_tongue_is_said_to_be_unfit(void)
{
    start(false);
    tell(EVENT_DEVICE_SEEN, PRINTER, 1100);
    tick(2200);
    struct event event = {.kind = EVENT_PORT_OPENED};
    event.port.port = devices.slots[DEVICE_PRINTER].port;
    step = bench_step(2300);
    devices_step(&devices, &step, &event);
    EXPECT_TEXT("unfit", devices_printer_word(&devices), "it says nothing of its language");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "so not a byte is sent");
}

static void a_damaged_memory_is_a_memory_less(void)
{
    static const char *const texts[] = {
        "",
        "\n\n\n",
        "known\t",
        "cast\t0\t" LEFT,
        "cast\t9\t" LEFT "\t0\t0\t0\n",
        "cast\t0\t" LEFT "\t99999\t0\t0\n",
        "known\t" LEFT "\tst-gs\t9600\t9\t0\t1\t0\n",
        "known\t" LEFT "\tst-gs\t-1\t8\t0\t1\t0\n",
        "\x00\xff\x80",
    };
    struct device_memory memory;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        device_memory_init(&memory);
        device_memory_read(&memory, bytes_of_text(texts[i]));
        EXPECT_I64(0, memory.known_count, texts[i]);
        EXPECT_TEXT("", memory.cast[DEVICE_SCALE].address, texts[i]);
    }
    for (size_t cut = 0; cut < memory_len; cut++)
        device_memory_read(&memory, bytes_of(memory_text, cut));
}

static void what_is_remembered_reads_back_and_the_oldest_makes_room(void)
{
    struct device_memory memory, again;
    char storage[8192];
    struct textbuf text;
    device_memory_init(&memory);
    for (unsigned i = 0; i < KNOWN_DEVICES_MAX + 3; i++) {
        struct known_device known = {.driver = "nci",
                                     .line = {4800, 7, 1, LINE_PARITY_EVEN},
                                     .cannot = i};
        snprintf(known.address, sizeof known.address, "serial:/dev/%u", i);
        device_memory_learn(&memory, &known);
    }
    EXPECT_I64(KNOWN_DEVICES_MAX, memory.known_count, "it has an end");
    EXPECT(device_memory_find(&memory, "serial:/dev/2") == NULL, "the oldest are forgotten");
    EXPECT(device_memory_find(&memory, "serial:/dev/3") != NULL, "and no other");
    device_memory_cast(&memory, DEVICE_PRINTER,
                       &(struct cast){.address = PRINTER, .vendor = 0x0a5f, .contested = true});
    textbuf_init(&text, storage, sizeof storage);
    device_memory_write(&memory, &text);
    EXPECT(textbuf_ok(&text), "it fits");
    device_memory_init(&again);
    device_memory_read(&again, textbuf_bytes(&text));
    EXPECT_I64(memory.known_count, again.known_count, "as many");
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const struct cast *was = &memory.cast[slot], *is = &again.cast[slot];
        EXPECT_TEXT(was->address, is->address, "the same roles");
        EXPECT(was->vendor == is->vendor && was->product == is->product &&
                   was->contested == is->contested,
               "with all that is known of them");
    }
    const struct known_device *known = device_memory_find(&again, "serial:/dev/7");
    EXPECT(known != NULL && known->line.baud == 4800 && known->line.data_bits == 7 &&
               known->line.parity == LINE_PARITY_EVEN && known->cannot == 7,
           "the same devices");
}

static unsigned opened(void)
{
    unsigned count = 0;
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++)
        count += devices.slots[slot].state == DEVICE_OPENING;
    return count;
}

/* Somebody writes with it. Claimed, it would be dead for them, and their words would be scans. */
static void a_keyboard_is_left_alone_until_the_settings_name_it(void)
{
    static const char address[] = "usb:046d:c31c:@1-3";
    struct event keyboard = {.kind = EVENT_DEVICE_SEEN};
    memcpy(keyboard.device.address, address, sizeof address);
    keyboard.device.identity = (struct device_identity){.vendor = 0x046d,
                                                        .product = 0xc31c,
                                                        .is_hid = true,
                                                        .is_keyboard = true};
    start(false);
    step = bench_step(1100);
    devices_step(&devices, &step, &keyboard);
    for (int64_t now_ms = 1200; now_ms < 20000; now_ms += 500) tick(now_ms);
    EXPECT_I64(0, opened(), "no role is open to it, however long it is the only one");
    memcpy(bench.config.scanners[0].address, "usb:046d:c31c", sizeof "usb:046d:c31c");
    memcpy(bench.config.scanners[0].driver, "keyboard", sizeof "keyboard");
    devices_reconfigure(&devices, &step, &bench.config);
    tick(20000);
    EXPECT_I64(1, opened(), "named, it is opened");
    EXPECT_I64(DEVICE_OPENING, devices.slots[DEVICE_SCANNER_FIRST].state, "as the scanner it is");
}

/* Every PC announces a serial line on its board, and there is nobody behind it. */
static void one_that_says_what_it_is_comes_before_a_bare_line(void)
{
    static struct device_table table = {
        .rows = {{.name = "scale", .vendor = 0x0a5f, .any_product = true, .role = ROLE_SCALE}},
        .count = 1};
    start(false);
    devices.binding.table = &table;
    tell(EVENT_DEVICE_SEEN, LEFT, 1100);
    tick(2100);
    EXPECT_TEXT(LEFT, scale(), "the bare line is all there is");
    port(EVENT_PORT_FAILED, DEVICE_SCALE, 2101);
    tell(EVENT_DEVICE_SEEN, "usb:0922:8003", 3000);
    tick(4000);
    EXPECT_TEXT("usb:0922:8003", scale(), "the scale that comes is taken, and nobody is asked");
    settle_left();
    devices.binding.table = &table;
    tell(EVENT_DEVICE_SEEN, "usb:0922:8003", 3000);
    tick(4000);
    EXPECT_TEXT(LEFT, scale(), "a line that has weighed stays the scale");
}

int main(void)
{
    EXPECT_RUN(a_keyboard_is_left_alone_until_the_settings_name_it);
    EXPECT_RUN(one_that_says_what_it_is_comes_before_a_bare_line);
    EXPECT_RUN(the_only_one_is_taken_when_no_other_comes);
    EXPECT_RUN(of_two_a_person_chooses);
    EXPECT_RUN(another_that_stood_there_is_no_replacement);
    EXPECT_RUN(one_that_comes_instead_is);
    EXPECT_RUN(the_order_of_telling_at_a_start_does_not_matter);
    EXPECT_RUN(where_two_were_seen_nobody_is_guessed_after_a_start);
    EXPECT_RUN(nobody_plays_two_roles);
    EXPECT_RUN(a_printer_of_unknown_tongue_is_said_to_be_unfit);
    EXPECT_RUN(a_damaged_memory_is_a_memory_less);
    EXPECT_RUN(what_is_remembered_reads_back_and_the_oldest_makes_room);
    return expect_result();
}
