/* Guards: a device that is lost is back within two seconds, what a dead port says is never
 * believed, and the screen's word for a device is what the device deserves. */
#include "drivers/driver_list.h"
#include "firmware/station/devices.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define GOOD_STATUS                                \
    "\x02"                                         \
    "030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02" \
    "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02" \
    "1234,0\x03\r\n"
#define STGS "ST,GS,+  1.234kg\r\n"

static struct devices devices;
static enum err port_error = ERR_NOT_FOUND; /* why ports fail and close */
static struct step step;
static const struct event due = {.kind = EVENT_DEADLINE};

static void at(int64_t now_ms)
{
    step = bench_step(now_ms);
}

static void tick(int64_t now_ms)
{
    at(now_ms);
    devices_step(&devices, &step, &due);
    devices_check(&devices);
}

/* Nothing is remembered. */
static void begin(int64_t now_ms)
{
    const struct event nothing = {.kind = EVENT_BLOB};
    at(now_ms);
    devices_start(&devices, &step);
    devices_remembered(&devices, &step, &nothing);
    devices_check(&devices);
}

static void start(const char *scale_driver)
{
    bench_init();
    memcpy(bench.config.scale.address, "serial:/dev/serial/by-id/scale", 31);
    memcpy(bench.config.scale.driver, scale_driver, strlen(scale_driver) + 1);
    memcpy(bench.config.scanners[0].address, "usb:0c2e:0b61", sizeof "usb:0c2e:0b61");
    memcpy(bench.config.scanners[0].driver, "keyboard", sizeof "keyboard");
    memcpy(bench.config.scanners[1].address, "tcp:10.0.0.7:4001", sizeof "tcp:10.0.0.7:4001");
    memcpy(bench.config.scanners[1].driver, "line", sizeof "line");
    bench.config.scanner_count = 2;
    memcpy(bench.config.printer.address, "usb:0a5f:0164", sizeof "usb:0a5f:0164");
    memcpy(bench.config.printer.driver, "zpl", sizeof "zpl");
    devices_init(&devices, &bench.config, NULL, NULL, 1000);
    begin(1000);
}

static void port_event(enum event_kind kind, unsigned slot, int64_t now_ms)
{
    struct event event = {.kind = kind};
    event.port.port = devices.slots[slot].port;
    event.port.sentence = "test";
    event.port.error = kind == EVENT_PORT_OPENED ? ERR_NONE : port_error;
    at(now_ms);
    devices_step(&devices, &step, &event);
    devices_check(&devices);
}

static void open_all(int64_t now_ms)
{
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        if (devices.slots[slot].state == DEVICE_OPENING)
            port_event(EVENT_PORT_OPENED, slot, now_ms);
    }
}

static unsigned count(enum command_kind kind)
{
    unsigned found = 0;
    for (size_t i = 0; i < bench.commands.count; i++) found += bench.commands.items[i].kind == kind;
    return found;
}

/* Everything that these bytes say; the last item is kept. */
static unsigned say(uint32_t port, struct bytes bytes, int64_t now_ms, struct device_item *out_last)
{
    struct device_item item = {0};
    unsigned said = 0;
    at(now_ms);
    while (bytes.len > 0) {
        devices_next(&devices, &step, port, &bytes, &item);
        if (item.kind == DEVICE_ITEM_NONE) continue;
        *out_last = item;
        said++;
    }
    return said;
}

static void every_configured_device_is_opened_as_it_is(void)
{
    start("toledo-continuous");
    EXPECT_I64(4, count(COMMAND_PORT_OPEN), "scale, two scanners, printer");
    for (size_t i = 0; i < bench.commands.count; i++) {
        const struct command *open = &bench.commands.items[i];
        if (open->kind != COMMAND_PORT_OPEN) continue;
        bool first = bytes_equal_text(open->port.address, "usb:0c2e:0b61");
        EXPECT(open->port.hid == first, "only the first scanner talks in HID reports");
        if (open->port.role == PORT_SCALE) EXPECT(open->port.line.baud > 0, "the driver's line");
    }
    EXPECT_TEXT("gone", devices_scanner_word(&devices, 2),
                "one that is not configured is not there");
    EXPECT_I64(DEVICE_ABSENT, devices.slots[DEVICE_SCANNER_FIRST + 3].state, "nor is it tried");
    bench.config.scale.line.baud = 2400;
    bench.config.scanners[1].line.baud = 4800;
    devices_reconfigure(&devices, &step, &bench.config);
    tick(1001);
    const struct command *open = bench_command(COMMAND_PORT_OPEN);
    EXPECT(open != NULL && open->port.line.baud == 2400, "a line that is set is taken");
}

/* The cable's own settings, whatever line is found; an indicator may start again when DTR rises. */
static void the_wiring_goes_with_every_opening(void)
{
    start("auto");
    bench.config.scale.wiring = (struct line_wiring){.dtr = LINE_PIN_OFF, .rts = LINE_PIN_OFF};
    bench.config.scanners[1].wiring.flow = LINE_FLOW_XON_XOFF;
    bench.config.printer.wiring.flow = LINE_FLOW_RTS_CTS;
    devices_reconfigure(&devices, &step, &bench.config);
    tick(1001);
    for (size_t i = 0; i < bench.commands.count; i++) {
        const struct command *open = &bench.commands.items[i];
        if (open->kind != COMMAND_PORT_OPEN) continue;
        const struct line_wiring *wiring = &open->port.wiring;
        bool is_scale = open->port.role == PORT_SCALE;
        bool is_tunnel = bytes_equal_text(open->port.address, "tcp:10.0.0.7:4001");
        enum line_flow flow = is_tunnel ? LINE_FLOW_XON_XOFF : LINE_FLOW_NONE;
        if (open->port.role == PORT_PRINTER) flow = LINE_FLOW_RTS_CTS;
        EXPECT_I64(is_scale, wiring->dtr == LINE_PIN_OFF, "DTR as set");
        EXPECT_I64(is_scale, wiring->rts == LINE_PIN_OFF, "RTS as set");
        EXPECT_I64(flow, wiring->flow, "flow control as set");
    }
}

static void a_lost_device_is_back_within_two_seconds(void)
{
    start("toledo-continuous");
    open_all(1010);
    int64_t now_ms = 1010;
    port_event(EVENT_PORT_CLOSED, DEVICE_SCALE, now_ms);
    EXPECT(bench_command(COMMAND_LOG) != NULL, "losing it is said");
    for (unsigned i = 0; i < 20; i++) {
        int64_t retry_ms = devices.slots[DEVICE_SCALE].retry_ms;
        EXPECT(retry_ms > now_ms && retry_ms - now_ms < 2000,
               "always tried again within two seconds");
        EXPECT(devices_deadline(&devices, &step) <= retry_ms, "and not forgotten");
        now_ms = retry_ms;
        tick(now_ms);
        EXPECT_I64(DEVICE_OPENING, devices.slots[DEVICE_SCALE].state, "at its time");
        port_event(EVENT_PORT_FAILED, DEVICE_SCALE, now_ms);
    }
    EXPECT_TEXT("gone", devices_scale_word(&devices), "until then it is gone");
}

static void one_that_fails_again_and_again_is_mended(void)
{
    char storage[64];
    struct textbuf steps;
    textbuf_init(&steps, storage, sizeof storage);
    int64_t now_ms = 1010;
    start("toledo-continuous");
    port_error = ERR_IO;
    for (unsigned i = 0; i < 20; i++) {
        struct device *scale = &devices.slots[DEVICE_SCALE];
        if (scale->state == DEVICE_GONE) tick(now_ms = scale->retry_ms);
        if (scale->state == DEVICE_OPENING)
            port_event(EVENT_PORT_FAILED, DEVICE_SCALE, now_ms += 5);
        if (scale->state != DEVICE_MENDING) continue;
        const struct command *mend = bench_command(COMMAND_PORT_MEND);
        if (!EXPECT(mend != NULL, "the step is asked for")) return;
        EXPECT_BYTES(bytes_of_text(scale->address), mend->port.address, "of this device");
        textbuf_format(&steps, "%s ", mending_step_word(mend->port.mend));
        struct event done = {.kind = EVENT_PORT_MENDED};
        done.port.port = scale->port + 0x100;
        at(now_ms += 5);
        devices_step(&devices, &step, &done);
        EXPECT_I64(DEVICE_MENDING, scale->state, "another port's answer is not its own");
        port_error = ERR_NONE;
        port_event(EVENT_PORT_MENDED, DEVICE_SCALE, now_ms += 5);
        port_error = ERR_IO;
        EXPECT_I64(DEVICE_GONE, scale->state, "then it is opened again");
    }
    port_error = ERR_NOT_FOUND;
    EXPECT_TEXT("reset power ", storage, "each step once, the mildest first");
    EXPECT_TEXT("pull_plug", devices_scale_word(&devices), "then the packer is asked");
    EXPECT(devices.slots[DEVICE_SCALE].retry_ms != NO_DEADLINE, "and it is tried on");
}

static void a_printer_is_never_reset(void)
{
    int64_t now_ms = 1010;
    start("toledo-continuous");
    port_error = ERR_IO;
    for (unsigned i = 0; i < 20; i++) {
        struct device *printer = &devices.slots[DEVICE_PRINTER];
        if (printer->state == DEVICE_GONE) tick(now_ms = printer->retry_ms);
        if (printer->state == DEVICE_OPENING)
            port_event(EVENT_PORT_FAILED, DEVICE_PRINTER, now_ms += 5);
        EXPECT(bench_command(COMMAND_PORT_MEND) == NULL, "labels may wait inside it");
    }
    port_error = ERR_NOT_FOUND;
    EXPECT_TEXT("pull_plug", devices_printer_word(&devices), "the packer is asked instead");
}

static void a_loose_plug_is_said_and_waits(void)
{
    int64_t now_ms = 1010;
    start("toledo-continuous");
    open_all(now_ms);
    struct device *printer = &devices.slots[DEVICE_PRINTER];
    for (unsigned i = 0; i < 8; i++) {
        port_event(EVENT_PORT_CLOSED, DEVICE_PRINTER, now_ms += 100);
        if (i + 1 < 8) tick(now_ms = printer->retry_ms);
        if (i + 1 < 8) open_all(now_ms += 5);
    }
    EXPECT_TEXT("loose", devices_printer_word(&devices), "it comes and goes");
    EXPECT_I64(8, printer->mending.flaps, "each is counted");
    EXPECT(printer->retry_ms - now_ms >= 1500, "it is given time");
    struct event event = {.kind = EVENT_DEVICE_SEEN};
    memcpy(event.device.address, "usb:0a5f:0164", sizeof "usb:0a5f:0164");
    at(now_ms + 10);
    devices_step(&devices, &step, &event);
    EXPECT_I64(DEVICE_GONE, printer->state, "even if it is seen in between");
}

static void hot_plug_opens_what_fits_at_once(void)
{
    static const struct {
        const char *seen;
        bool fits;
        const char *promise;
    } rows[] = {
        {"usb:0a5f:0164", true, "the very address"},
        {"usb:0a5f:0164:SERIAL7", true, "any of its kind"},
        {"usb:0a5f:01641", false, "a longer number is another product"},
        {"usb:0a5f", false, "half an address"},
        {"usb:0a5f:0165", false, "another product"},
        {"", false, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start("toledo-continuous");
        open_all(1010);
        port_event(EVENT_PORT_CLOSED, DEVICE_PRINTER, 2000);
        struct event event = {.kind = EVENT_DEVICE_SEEN};
        memcpy(event.device.address, rows[i].seen, strlen(rows[i].seen) + 1);
        at(2001);
        devices_step(&devices, &step, &event);
        EXPECT_I64(rows[i].fits ? 1 : 0, count(COMMAND_PORT_OPEN), rows[i].promise);
    }
}

static void dead_ports_are_counted_and_not_believed(void)
{
    struct device_item item = {0};
    start("st-gs");
    open_all(1010);
    uint32_t old = devices.slots[DEVICE_SCALE].port;
    EXPECT_I64(1, say(old, BYTES_LITERAL(STGS), 1020, &item), "a live port is heard");
    port_event(EVENT_PORT_CLOSED, DEVICE_SCALE, 1030);
    EXPECT_I64(0, say(old, BYTES_LITERAL(STGS), 1040, &item), "a closed one is not");
    tick(devices.slots[DEVICE_SCALE].retry_ms);
    EXPECT(devices.slots[DEVICE_SCALE].port != old, "the next life has another number");
    EXPECT_I64(0, say(old, BYTES_LITERAL(STGS), 3000, &item), "the old number stays dead");
    EXPECT_I64(0, say(0xFFu, BYTES_LITERAL(STGS), 3000, &item), "one that never was as well");
    EXPECT_I64(3, devices.clutter, "and each is counted");
    devices_reconfigure(&devices, &step, &bench.config);
    EXPECT(count(COMMAND_PORT_CLOSE) >= 3, "new settings close what is open");
    uint32_t before = devices.slots[DEVICE_SCALE].port;
    tick(3001);
    EXPECT(devices.slots[DEVICE_SCALE].port > before, "and numbers go on");
}

static void an_unnamed_scale_is_known_after_three_good_frames(void)
{
    struct device_item item = {0};
    start("auto");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_SCALE].port;
    EXPECT(devices.scale_driver == NULL, "several could be it");
    EXPECT_TEXT("finding", devices_scale_word(&devices), "it is being looked for");
    EXPECT_I64(0, say(port, BYTES_LITERAL(STGS), 1020, &item), "one frame proves nothing");
    EXPECT_I64(0, say(port, BYTES_LITERAL(STGS), 1030, &item), "nor do two");
    EXPECT(devices.scale_driver == NULL, "it could still be another");
    EXPECT_I64(0, say(port, BYTES_LITERAL(STGS), 1035, &item), "the third does");
    EXPECT_TEXT("st-gs", devices.scale_driver->name, "by name");
    EXPECT_TEXT("ready", devices_scale_word(&devices), "it is ready");
    EXPECT_I64(2, say(port, BYTES_LITERAL(STGS STGS), 1040, &item), "from now on it is believed");
    EXPECT_I64(1234000, item.reading.mass_mg, "to the milligram");
    EXPECT(say(port, BYTES_LITERAL("ST,GS,12,34kg\r\n"), 1050, &item) == 0, "nonsense is not");
    EXPECT_I64(1, devices.frames_refused, "and counted");
    tick(1060);
    EXPECT_I64(1, bench.commands.batch.blob_count, "what was found is remembered");
    port_event(EVENT_PORT_CLOSED, DEVICE_SCALE, 1070);
    EXPECT(devices.scale_driver == NULL, "another life may be another scale");
    tick(devices.slots[DEVICE_SCALE].retry_ms);
    open_all(4000);
    EXPECT_I64(FINDING_REMEMBERED, devices.finding.state, "and what was found is tried first");
}

static void a_quiet_unnamed_scale_is_asked_at_every_speed(void)
{
    unsigned opened = 0, questions = 0;
    start("auto");
    for (int64_t now_ms = 1010; now_ms < 61010; now_ms += 10) {
        open_all(now_ms);
        tick(now_ms + 5);
        opened += count(COMMAND_PORT_OPEN);
        questions += count(COMMAND_PORT_WRITE);
        EXPECT(devices_deadline(&devices, &step) > now_ms, "it never spins");
    }
    EXPECT(opened >= 4, "the line is opened again for each speed");
    EXPECT(questions > 10, "and asked");
}

static void a_scale_that_speaks_otherwise_is_looked_for_again(void)
{
    struct device_item item = {0};
    start("auto");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_SCALE].port;
    (void)say(port, BYTES_LITERAL(STGS STGS STGS), 1020, &item);
    EXPECT(devices.scale_driver != NULL, "it is known");
    for (int64_t now_ms = 1100; now_ms < 9000; now_ms += 100) {
        uint8_t noise[64];
        memset(noise, 0x2A, sizeof noise);
        if (devices.slots[DEVICE_SCALE].state == DEVICE_OPEN)
            (void)say(devices.slots[DEVICE_SCALE].port, bytes_of(noise, sizeof noise), now_ms,
                      &item);
        tick(now_ms + 1);
        open_all(now_ms + 2);
    }
    EXPECT(devices.scale_driver == NULL, "until it talks nonsense for seconds");
    EXPECT(devices.slots[DEVICE_SCALE].port != port, "then it is opened anew");
}

static void a_scale_that_must_be_asked_is_asked(void)
{
    struct device_item item = {0};
    unsigned questions = 0;
    start("mt-sics");
    open_all(1010);
    const struct scale_driver *driver = devices.scale_driver;
    uint32_t port = devices.slots[DEVICE_SCALE].port;
    for (int64_t now_ms = 1020; now_ms < 3020; now_ms += 10) {
        tick(now_ms);
        for (size_t i = 0; i < bench.commands.count; i++) {
            const struct command *command = &bench.commands.items[i];
            if (command->kind != COMMAND_PORT_WRITE || command->port.port != port) continue;
            EXPECT_BYTES(driver->request, command->port.bytes, "with its own question");
            questions++;
        }
    }
    EXPECT(questions >= 7 && questions <= 8, "four times a second, answered or not");
    EXPECT(devices_deadline(&devices, &step) <= 3010 + driver->request_every_ms, "and on");
    EXPECT_I64(1, say(port, BYTES_LITERAL("S S     100.00 g\r\n"), 3030, &item), "it answers");
    EXPECT_I64(100000, item.reading.mass_mg, "with a weight");
}

static void silence_and_noise_have_their_words(void)
{
    static uint8_t noise[2 * SCALE_WRONG_LINE_BYTES];
    struct device_item item = {0};
    start("st-gs");
    EXPECT_TEXT("ready", (open_all(1010), devices_scale_word(&devices)), "open is ready");
    int64_t silent_ms = 1010 + devices.scale_driver->silent_after_ms;
    tick(silent_ms);
    EXPECT_TEXT("ready", devices_scale_word(&devices), "up to its time");
    EXPECT(devices_deadline(&devices, &step) <= silent_ms + 1, "which is waited for");
    tick(silent_ms + 1);
    EXPECT_TEXT("silent", devices_scale_word(&devices), "then it is silent");
    (void)say(devices.slots[DEVICE_SCALE].port, BYTES_LITERAL(STGS), silent_ms + 2, &item);
    tick(silent_ms + 3);
    EXPECT_TEXT("ready", devices_scale_word(&devices), "one frame ends that");
    memset(noise, 0xAA, sizeof noise);
    EXPECT_I64(0,
               say(devices.slots[DEVICE_SCALE].port, bytes_of(noise, sizeof noise), silent_ms + 4,
                   &item),
               "noise says nothing");
    EXPECT_TEXT("wrong_line", devices_scale_word(&devices), "much of it is a wrong line");
    start("st-gs");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_SCALE].port;
    (void)say(port, BYTES_LITERAL("QT,+00012345 PC\r\nQT,+00012345 PC\r\n"), 1020, &item);
    EXPECT_TEXT("ready", devices_scale_word(&devices), "two bad frames are noise");
    (void)say(port, BYTES_LITERAL("QT,+00012345 PC\r\n"), 1030, &item);
    EXPECT_TEXT("no_weight", devices_scale_word(&devices), "a scale that counts is told so");
    (void)say(port, BYTES_LITERAL(STGS), 1040, &item);
    EXPECT_TEXT("ready", devices_scale_word(&devices), "a weight ends that");
}

static void the_printer_is_asked_as_often_as_needed(void)
{
    struct device_item item = {0};
    start("st-gs");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_PRINTER].port;
    EXPECT_TEXT("opening", devices_printer_word(&devices), "not known yet");
    tick(1020);
    EXPECT_I64(1, say(port, BYTES_LITERAL(GOOD_STATUS), 1030, &item), "it answers");
    EXPECT_I64(DEVICE_ITEM_STATUS, item.kind, "with a status");
    EXPECT_TEXT("ready", devices_printer_word(&devices), "and is ready");
    unsigned questions = 0, flickers = 0;
    for (int64_t now_ms = 1040; now_ms < 31040; now_ms += 10) {
        tick(now_ms);
        bool asked = devices.printer_asked;
        questions += asked;
        flickers += strcmp(devices_printer_word(&devices), "ready") != 0;
        if (asked) (void)say(port, BYTES_LITERAL(GOOD_STATUS), now_ms + 5, &item);
    }
    EXPECT(questions >= 9 && questions <= 11, "idle: every three seconds");
    EXPECT_I64(0, flickers, "and ready all the time");
    devices_printer_eager(&devices, &step, true);
    questions = 0;
    for (int64_t now_ms = 31040; now_ms < 34040; now_ms += 10) {
        tick(now_ms);
        questions += devices.printer_asked;
        if (devices.printer_asked) (void)say(port, BYTES_LITERAL(GOOD_STATUS), now_ms + 5, &item);
    }
    EXPECT(questions >= 18 && questions <= 21, "while a label comes out: seven times a second");
    devices_printer_eager(&devices, &step, false);
}

static void a_printer_that_does_not_answer_is_silent(void)
{
    struct device_item item = {0};
    start("st-gs");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_PRINTER].port;
    (void)say(port, BYTES_LITERAL(GOOD_STATUS), 1020, &item);
    tick(10000);
    EXPECT(devices.printer_asked, "it is asked");
    EXPECT_TEXT("ready", devices_printer_word(&devices), "patience");
    int64_t end_ms = 10000 + devices.printer_driver->status_wait_ms + 1;
    EXPECT(devices_deadline(&devices, &step) <= end_ms, "with an end");
    tick(end_ms);
    EXPECT_TEXT("silent", devices_printer_word(&devices), "then it is silent");
    EXPECT(!devices.printer_known, "and its old status counts no more");
    devices_printer_eager(&devices, &step, true);
    tick(end_ms + 1);
    EXPECT_I64(1, count(COMMAND_PORT_WRITE), "it is asked on");
    (void)say(port, BYTES_LITERAL(GOOD_STATUS), end_ms + 9, &item);
    EXPECT_TEXT("ready", devices_printer_word(&devices), "one answer ends that");
    EXPECT_I64(0, say(port, BYTES_LITERAL("hello"), end_ms + 10, &item), "clutter is no status");
    for (int64_t now_ms = end_ms + 20; now_ms < end_ms + 6000; now_ms += 10) tick(now_ms);
    EXPECT_TEXT("silent", devices_printer_word(&devices), "asking often does not hide a silence");
}

static void what_was_written_is_counted_in_one_life(void)
{
    start("st-gs");
    EXPECT(!devices_printer_write(&devices, &step, BYTES_LITERAL("x")), "not before it is open");
    open_all(1010);
    uint64_t before = devices.printer_written;
    EXPECT(devices_printer_write(&devices, &step, BYTES_LITERAL("")), "nothing is easily written");
    EXPECT(devices_printer_write(&devices, &step, BYTES_LITERAL("1234")), "four bytes");
    EXPECT_I64(before + 4, devices.printer_written, "are four");
    struct event event = {.kind = EVENT_PORT_DRAINED};
    event.port.port = devices.slots[DEVICE_PRINTER].port;
    event.port.drained = before + 4;
    devices_step(&devices, &step, &event);
    EXPECT_I64(before + 4, devices.printer_drained, "the device has taken them");
    event.port.port += 0x100;
    event.port.drained = before + 1;
    devices_step(&devices, &step, &event);
    EXPECT_I64(before + 4, devices.printer_drained, "another life says nothing");
    port_event(EVENT_PORT_CLOSED, DEVICE_PRINTER, 1020);
    EXPECT_I64(0, devices.printer_written, "a new life begins at nothing");
}

static void a_driver_nobody_knows_reads_nothing(void)
{
    struct device_item item = {0};
    start("st-gs");
    memcpy(bench.config.scanners[1].driver, "nobody", sizeof "nobody");
    memcpy(bench.config.printer.driver, "nobody", sizeof "nobody");
    devices_reconfigure(&devices, &step, &bench.config);
    tick(1001);
    open_all(1010);
    tick(5000);
    EXPECT_I64(0,
               say(devices.slots[DEVICE_SCANNER_FIRST + 1].port, BYTES_LITERAL("WEB-1\r"), 5001,
                   &item),
               "a scanner without a driver");
    EXPECT_I64(0, say(devices.slots[DEVICE_PRINTER].port, BYTES_LITERAL(GOOD_STATUS), 5002, &item),
               "a printer without one");
}

static void a_code_that_broke_off_is_not_glued_to_the_next(void)
{
    struct device_item item = {0};
    start("st-gs");
    open_all(1010);
    uint32_t port = devices.slots[DEVICE_SCANNER_FIRST + 1].port;
    EXPECT_I64(1, say(port, BYTES_LITERAL("WEB-1\r"), 2000, &item), "a code");
    EXPECT_I64(0, say(port, BYTES_LITERAL("WE"), 3000, &item), "half of one");
    EXPECT_I64(1, say(port, BYTES_LITERAL("WEB-2\r"), 60000, &item), "much later the next");
    EXPECT_BYTES(BYTES_LITERAL("WEB-2"), bytes_of(item.scan.text, item.scan.len), "is itself");
    EXPECT_I64(0, say(port, BYTES_LITERAL("WEB-1"), 70000, &item), "half of one again");
    EXPECT(devices_deadline(&devices, &step) <= 70501, "its silence has an end");
    EXPECT(!devices_half_scan(&devices, 70500), "its end may still come");
    EXPECT(devices_half_scan(&devices, 70501), "now it is said");
    EXPECT(!devices_half_scan(&devices, 70502), "once");
    EXPECT_I64(1, say(port, BYTES_LITERAL("02\r"), 70900, &item), "and its end, late");
    EXPECT_I64(DEVICE_ITEM_BAD_SCAN, item.kind, "is no code of its own: scan again");
    EXPECT_I64(1, say(port, BYTES_LITERAL("WEB-102\r"), 72000, &item), "the next one is whole");
    EXPECT_I64(DEVICE_ITEM_SCAN, item.kind, "and good");
    EXPECT_I64(1, say(port, BYTES_LITERAL("A\001B\r"), 81000, &item), "one with clutter inside");
    EXPECT_I64(DEVICE_ITEM_BAD_SCAN, item.kind, "is a bad scan");
}

int main(void)
{
    EXPECT_RUN(every_configured_device_is_opened_as_it_is);
    EXPECT_RUN(the_wiring_goes_with_every_opening);
    EXPECT_RUN(a_lost_device_is_back_within_two_seconds);
    EXPECT_RUN(one_that_fails_again_and_again_is_mended);
    EXPECT_RUN(a_printer_is_never_reset);
    EXPECT_RUN(a_loose_plug_is_said_and_waits);
    EXPECT_RUN(hot_plug_opens_what_fits_at_once);
    EXPECT_RUN(dead_ports_are_counted_and_not_believed);
    EXPECT_RUN(an_unnamed_scale_is_known_after_three_good_frames);
    EXPECT_RUN(a_quiet_unnamed_scale_is_asked_at_every_speed);
    EXPECT_RUN(a_scale_that_speaks_otherwise_is_looked_for_again);
    EXPECT_RUN(a_scale_that_must_be_asked_is_asked);
    EXPECT_RUN(silence_and_noise_have_their_words);
    EXPECT_RUN(the_printer_is_asked_as_often_as_needed);
    EXPECT_RUN(a_printer_that_does_not_answer_is_silent);
    EXPECT_RUN(what_was_written_is_counted_in_one_life);
    EXPECT_RUN(a_driver_nobody_knows_reads_nothing);
    EXPECT_RUN(a_code_that_broke_off_is_not_glued_to_the_next);
    return expect_result();
}
