/* capture.c - `packtool capture`: what a device says, with its times, into a file that may become a
 * test (tests/replay/README.md). It ends at the time given, by Ctrl-C, or when the device is gone;
 * however it ends, the file is whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "hal/base/units.h"
#include "hal/clock.h"
#include "hal/loop.h"
#include "hal/signals.h"
#include "hal/usb.h"
#include "tools/packtool/capture_write.h"
#include "tools/packtool/decode.h"

#define SENDS_MAX 16u
#define SEND_BYTES_MAX 1024u
#define PRINTER_ASK_MS 1000
#define PORT 1u

struct options {
    const char *address;
    const char *kind; /* NULL: not said */
    const char *face; /* NULL: by the address */
    const struct scale_driver *scale;
    const struct scanner_driver *scanner;
    const struct printer_driver *printer;
    const char *driver;
    struct serial_settings line;
    uint64_t seconds; /* 0: until it is ended */
    const char *out;
    bool show, ask, no_text;
    const char *sends[SENDS_MAX];
    size_t send_count;
};

static struct {
    struct options options;
    struct loop *loop;
    struct usb *usb;
    struct ports *ports;
    struct signals signals;
    struct capture_writer writer;
    struct scale_state scale; /* to --ask one that waits for an answer */
    int64_t opened_us;        /* -1: not yet */
    int64_t ask_ms;           /* -1: never */
    const char *ended;        /* NULL: it goes on */
    bool broken;
} run;

/* ---- options --------------------------------------------------------------------------------- */

static bool driver_take(struct options *out, const char *name)
{
    struct bytes word = bytes_of_text(name);
    struct line_settings usual;
    out->driver = name;
    out->scale = scale_driver_find(decode_scales(), word);
    out->scanner = scanner_driver_find(word);
    out->printer = printer_driver_find(word);
    if (out->scale != NULL) usual = out->scale->usual;
    else if (out->scanner != NULL) usual = out->scanner->usual;
    else if (out->printer != NULL) usual = out->printer->usual;
    else return false;
    out->kind = out->scale != NULL ? "scale" : out->scanner != NULL ? "scanner" : "printer";
    if (usual.baud == 0) return true;
    out->line.baud = usual.baud;
    out->line.data_bits = usual.data_bits;
    out->line.stop_bits = usual.stop_bits;
    out->line.parity = (enum serial_parity)usual.parity;
    return true;
}

static bool is_one_of(const char *value, const char *const words[], size_t count, size_t *out_place)
{
    for (*out_place = 0; *out_place < count; (*out_place)++) {
        if (strcmp(value, words[*out_place]) == 0) return true;
    }
    return false;
}

static bool line_take(struct serial_settings *line, const char *option, const char *value)
{
    static const char *const parities[] = {"none", "even", "odd"};
    static const char *const flows[] = {"none", "rts-cts", "xon-xoff"};
    uint64_t number = 0;
    size_t place;
    bool numbered = bytes_to_u64(bytes_of_text(value), 4000000, &number);
    if (strcmp(option, "--baud") == 0 && numbered && number > 0) {
        line->baud = (uint32_t)number;
    } else if (strcmp(option, "--data-bits") == 0 && (number == 7 || number == 8)) {
        line->data_bits = (uint8_t)number;
    } else if (strcmp(option, "--stop-bits") == 0 && (number == 1 || number == 2)) {
        line->stop_bits = (uint8_t)number;
    } else if (strcmp(option, "--parity") == 0 && is_one_of(value, parities, 3, &place)) {
        line->parity = (enum serial_parity)place;
    } else if (strcmp(option, "--flow") == 0 && is_one_of(value, flows, 3, &place)) {
        line->flow = (enum serial_flow)place;
    } else {
        return false;
    }
    return true;
}

static bool value_take(struct options *out, const char *option, const char *value)
{
    static const char *const faces[] = {"line", "hid", "printer"};
    static const char *const kinds[] = {"scale", "scanner", "printer"};
    size_t place;
    if (strcmp(option, "--driver") == 0) return driver_take(out, value);
    if (strcmp(option, "--out") == 0) {
        out->out = value;
    } else if (strcmp(option, "--face") == 0 && is_one_of(value, faces, 3, &place)) {
        out->face = value;
    } else if (strcmp(option, "--kind") == 0 && is_one_of(value, kinds, 3, &place)) {
        out->kind = value;
    } else if (strcmp(option, "--seconds") == 0) {
        return bytes_to_u64(bytes_of_text(value), CAPTURE_SECONDS_MAX, &out->seconds) &&
               out->seconds > 0;
    } else if (strcmp(option, "--send") == 0 && out->send_count < SENDS_MAX) {
        out->sends[out->send_count++] = value;
    } else {
        return line_take(&out->line, option, value);
    }
    return true;
}

static bool options_take(int argc, char **argv, struct options *out)
{
    *out = (struct options){.line = {.baud = 9600, .data_bits = 8, .stop_bits = 1}};
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--show", &out->show},
                 {"--ask", &out->ask},
                 {"--no-text", &out->no_text},
                 {"--dtr-off", &out->line.dtr_off},
                 {"--rts-off", &out->line.rts_off}};
    for (int i = 0; i < argc; i++) {
        size_t flag = 0;
        while (flag < ARRAY_LEN(flags) && strcmp(argv[i], flags[flag].name) != 0) flag++;
        if (flag < ARRAY_LEN(flags)) *flags[flag].flag = true;
        else if (argv[i][0] != '-' && out->address == NULL) out->address = argv[i];
        else if (i + 1 == argc || !value_take(out, argv[i], argv[i + 1])) return false;
        else i++;
    }
    return out->address != NULL;
}

static bool is_usb(const struct options *options)
{
    return bytes_start_with(bytes_of_text(options->address), "usb:");
}

static enum port_face face_of(const struct options *options)
{
    bool printer = options->kind != NULL && strcmp(options->kind, "printer") == 0;
    if (options->face == NULL) {
        if (printer) return PORT_FACE_PRINTER;
        return is_usb(options) ? PORT_FACE_HID : PORT_FACE_LINE;
    }
    if (strcmp(options->face, "hid") == 0) return PORT_FACE_HID;
    return strcmp(options->face, "printer") == 0 ? PORT_FACE_PRINTER : PORT_FACE_LINE;
}

/* Options that cannot be kept together: a sentence, or NULL. */
static const char *contradiction(const struct options *options)
{
    bool asks = options->scale != NULL && options->scale->request.len > 0;
    bool scanner = options->kind != NULL && strcmp(options->kind, "scanner") == 0;
    if (options->ask && !asks && options->printer == NULL) {
        return "--ask needs the --driver of a scale that is asked, or of a printer";
    }
    if (options->no_text && !scanner) {
        return "--no-text masks scans: say --kind scanner or --driver";
    }
    return NULL;
}

/* ---- the head of the file -------------------------------------------------------------------- */

static void head_line(struct textbuf *head)
{
    static const char parities[] = "NEO";
    const struct serial_settings *line = &run.options.line;
    if (!bytes_start_with(bytes_of_text(run.options.address), "serial:")) return;
    textbuf_format(head, "# line: %u %u%c%u\n", line->baud, line->data_bits, parities[line->parity],
                   line->stop_bits);
}

static void head_text(struct textbuf *head, const char *key, const char *value)
{
    if (value[0] == '\0') return;
    textbuf_format(head, "# %s: ", key);
    for (size_t i = 0; value[i] != '\0'; i++) {
        bool control = (unsigned char)value[i] < 0x20 || value[i] == 0x7F;
        if (control) textbuf_char(head, '?');
        else textbuf_char(head, value[i]);
    }
    textbuf_char(head, '\n');
}

static void head_hex(struct textbuf *head, const char *key, struct bytes value)
{
    if (value.len == 0) return;
    textbuf_format(head, "# %s: ", key);
    textbuf_hex(head, value);
    textbuf_char(head, '\n');
}

static void write_head(const struct port_identity *identity)
{
    static char storage[8192];
    struct textbuf head;
    textbuf_init(&head, storage, sizeof storage);
    head_text(&head, "kind", run.options.kind != NULL ? run.options.kind : "");
    head_text(&head, "driver", run.options.driver != NULL ? run.options.driver : "");
    textbuf_text(&head, "# device: (maker, model, firmware)\n# source: packtool capture, ");
    time_write(&head, clock_wall_ms());
    textbuf_char(&head, '\n');
    head_text(&head, "address", run.options.address);
    head_line(&head);
    if (identity->vendor != 0) {
        textbuf_format(&head, "# usb: %04x:%04x\n", identity->vendor, identity->product);
    }
    head_text(&head, "product", identity->product_name);
    head_text(&head, "serial", identity->serial);
    head_hex(&head, "report-descriptor", identity->report_descriptor);
    head_hex(&head, "device-id", identity->device_id);
    if (identity->has_port_status) {
        textbuf_format(&head, "# port-status: %02x\n", identity->port_status);
    }
    if (!identity->can_read) textbuf_text(&head, "# it has no way to answer\n");
    if (run.options.no_text) textbuf_text(&head, "# letters and digits are masked\n");
    ENSURE(textbuf_ok(&head));
    capture_write_head(&run.writer, textbuf_bytes(&head));
}

/* ---- what happens ---------------------------------------------------------------------------- */

static void end(const char *sentence, bool broken)
{
    if (run.ended != NULL) return;
    static char kept[256];
    snprintf(kept, sizeof kept, "%s", sentence);
    run.ended = kept;
    run.broken = broken;
}

static int64_t now_us(void)
{
    return clock_boot_us() - run.opened_us;
}

static void send_bytes(struct bytes bytes)
{
    enum err problem = ports_write(run.ports, PORT, bytes);
    if (problem == ERR_NONE) {
        capture_write_piece(&run.writer, now_us(), true, bytes);
    } else {
        fprintf(stderr, "packtool: what should be sent was not taken: %s\n", err_word(problem));
    }
}

static void send_hex(const char *hex)
{
    uint8_t storage[SEND_BYTES_MAX];
    size_t len;
    if (decode_hex(bytes_of_text(hex), storage, sizeof storage, &len) && len > 0) {
        send_bytes(bytes_of(storage, len));
    }
}

static void ask(void)
{
    const struct scale_driver *scale = run.options.scale;
    send_bytes(scale != NULL ? scale->request : run.options.printer->status_request);
    run.ask_ms =
        clock_boot_ms() + (scale != NULL ? (int64_t)scale->request_every_ms : PRINTER_ASK_MS);
}

/* Masking what is not understood would promise too much. */
static bool mask_choose(const struct port_identity *identity)
{
    bool keyboard = bytes_start_with(identity->report_descriptor, "\x05\x01\x09\x06");
    if (!run.options.no_text) return true;
    if (identity->report_descriptor.len == 0) run.writer.mask = CAPTURE_MASK_TEXT;
    else if (keyboard) run.writer.mask = CAPTURE_MASK_KEYSTROKES;
    else return false;
    return true;
}

static void on_opened(void *context, uint32_t port, const struct port_identity *identity)
{
    (void)context;
    (void)port;
    run.opened_us = clock_boot_us();
    if (!mask_choose(identity)) {
        end("--no-text knows lines and keyboards; this device sends reports of another kind", true);
        return;
    }
    write_head(identity);
    fprintf(stderr, "packtool: recording; Ctrl-C ends it\n");
    for (size_t i = 0; i < run.options.send_count; i++) send_hex(run.options.sends[i]);
    if (run.options.ask) ask();
}

static void on_failed(void *context, uint32_t port, enum err error, const char *sentence)
{
    (void)context;
    (void)port;
    (void)error;
    end(sentence, true);
}

static void on_closed(void *context, uint32_t port, enum err error, const char *sentence)
{
    on_failed(context, port, error, sentence);
}

/* A scale that waits for an answer in the middle gets it, or it would never come to its weight. */
static void answer(struct bytes bytes)
{
    struct scale_output output;
    while (bytes.len > 0) {
        bytes = bytes_from(bytes, run.options.scale->feed(&run.scale, bytes, &output));
        if (output.result == SCALE_ANSWER) send_bytes(output.answer);
    }
}

static void on_bytes(void *context, uint32_t port, struct bytes bytes)
{
    (void)context;
    (void)port;
    if (run.ended != NULL) return;
    capture_write_piece(&run.writer, now_us(), false, bytes);
    if (run.options.ask && run.options.scale != NULL) answer(bytes);
}

static void on_drained(void *context, uint32_t port, uint64_t taken)
{
    (void)context;
    (void)port;
    (void)taken;
}

static void on_wish(void *context, enum signals_wish wish)
{
    (void)context;
    if (wish == SIGNALS_STOP) end("a person ended it", false);
}

/* ---- the run --------------------------------------------------------------------------------- */

static void run_loop(void)
{
    int64_t end_ms = -1;
    while (run.ended == NULL && !run.writer.failed) {
        int64_t now_ms = clock_boot_ms();
        if (run.opened_us >= 0 && end_ms < 0 && run.options.seconds > 0) {
            end_ms = run.opened_us / 1000 + (int64_t)run.options.seconds * 1000;
        }
        if (end_ms >= 0 && now_ms >= end_ms) {
            end("its time is over", false);
            return;
        }
        if (run.ask_ms >= 0 && now_ms >= run.ask_ms) ask();
        bool ask_first = run.ask_ms >= 0 && (end_ms < 0 || run.ask_ms < end_ms);
        loop_turn(run.loop, ask_first ? run.ask_ms : end_ms);
    }
}

static bool begin(void)
{
    static const struct port_events events = {.opened = on_opened,
                                              .failed = on_failed,
                                              .bytes = on_bytes,
                                              .drained = on_drained,
                                              .closed = on_closed};
    if (loop_open(&run.loop) != ERR_NONE) return false;
    if (signals_open(&run.signals, run.loop, on_wish, NULL) != ERR_NONE) return false;
    if (is_usb(&run.options) && usb_open(run.loop, &run.usb) != ERR_NONE) return false;
    if (ports_open(run.loop, run.usb, &events, NULL, &run.ports) != ERR_NONE) return false;
    return ports_connect(run.ports, PORT, bytes_of_text(run.options.address), face_of(&run.options),
                         &run.options.line) == ERR_NONE;
}

static void finish(void)
{
    char line[400];
    ports_close(run.ports);
    usb_close(run.usb);
    signals_close(&run.signals);
    loop_close(run.loop);
    if (run.opened_us < 0) return;
    snprintf(line, sizeof line, "# end: %s\n", run.ended != NULL ? run.ended : "the disk is full");
    capture_write_head(&run.writer, bytes_of_text(line));
}

static void warn(void)
{
    fprintf(stderr,
            "packtool: a scan may hold an order number, what goes to a printer names and "
            "addresses:\n"
            "packtool: look at the recording before you hand it on%s\n",
            run.options.no_text ? "" : "; --no-text masks the letters and digits of scans");
}

static bool sends_are_hex(const struct options *options)
{
    uint8_t storage[SEND_BYTES_MAX];
    size_t len;
    for (size_t i = 0; i < options->send_count; i++) {
        struct bytes hex = bytes_of_text(options->sends[i]);
        if (!decode_hex(hex, storage, sizeof storage, &len) || len == 0) return false;
    }
    return true;
}

static int usage(const char *sentence)
{
    fprintf(stderr,
            "packtool: %s\n"
            "capture ADDRESS [--driver NAME] [--kind scale|scanner|printer]\n"
            "    [--face line|hid|printer] [--baud N] [--data-bits 7|8] [--parity none|even|odd]\n"
            "    [--stop-bits 1|2] [--flow none|rts-cts|xon-xoff] [--dtr-off] [--rts-off]\n"
            "    [--seconds N] [--send HEX]... [--ask] [--no-text] [--show] [--out FILE]\n",
            sentence);
    return PACKTOOL_USAGE;
}

static int tell(void)
{
    struct json_writer *out;
    bool whole = capture_writer_close(&run.writer);
    /* A file without a device in it would only be in the way of the next try. */
    if (run.opened_us < 0 && run.options.out != NULL) (void)remove(run.options.out);
    if (run.broken && run.ended != NULL) fprintf(stderr, "packtool: %s\n", run.ended);
    if (run.options.out != NULL && run.opened_us >= 0) {
        out = decode_line_open();
        json_write_text(out, "file", run.options.out);
        json_write_i64(out, "lines", (int64_t)run.writer.lines);
        json_write_i64(out, "bytes", (int64_t)run.writer.bytes_heard);
        json_write_text(out, "end", run.ended != NULL ? run.ended : "");
        decode_line_print();
    }
    return whole && !run.broken ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

int packtool_capture(int argc, char **argv)
{
    memset(&run, 0, sizeof run);
    run.opened_us = -1;
    run.ask_ms = -1;
    if (!options_take(argc, argv, &run.options)) return usage("that is not understood");
    const char *why = contradiction(&run.options);
    if (why != NULL) return usage(why);
    if (!sends_are_hex(&run.options)) return usage("what --send sends is not hex");
    if (!capture_writer_open(&run.writer, run.options.out, run.options.show)) {
        return PACKTOOL_BAD_INPUT;
    }
    if (run.options.scale != NULL) scale_state_init(&run.scale, run.options.scale);
    warn();
    if (begin()) run_loop();
    else end("the address cannot be opened", true);
    finish();
    return tell();
}
