/* decode.c - `packtool decode`: what our drivers make of bytes, as JSON. Scales are in
 * decode_scale.c, recordings in decode_capture.c, HID reports in decode_hid.c; here are printer
 * replies, device ids, and what they share. */
#include "tools/packtool/decode.h"

#include <stdio.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "tools/packtool/decode_code.h"

#define HEX_BYTES_MAX 8192u
#define LINE_SIZE 16384u

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

bool decode_hex(struct bytes text, uint8_t *out_bytes, size_t max, size_t *out_len)
{
    size_t len = 0;
    while (text.len > 0) {
        uint8_t byte = text.data[0];
        bool blank = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
        size_t used = 1;
        if (byte == '#') {
            used = bytes_find_byte(text, '\n');
        } else if (!blank) {
            int high = hex_digit(byte);
            int low = text.len > 1 ? hex_digit(text.data[1]) : -1;
            if (high < 0 || low < 0 || len == max) return false;
            out_bytes[len++] = (uint8_t)(high * 16 + low);
            used = 2;
        }
        text = bytes_from(text, used);
    }
    *out_len = len;
    return true;
}

static struct textbuf line;
static struct json_writer writer;
static int64_t line_at_ms = -1;

struct json_writer *decode_line_open(void)
{
    static char storage[LINE_SIZE];
    textbuf_init(&line, storage, sizeof storage);
    json_write_init(&writer, &line);
    json_write_open(&writer, NULL, '{');
    if (line_at_ms >= 0) json_write_i64(&writer, "at_ms", line_at_ms);
    return &writer;
}

void decode_line_time(int64_t at_ms)
{
    line_at_ms = at_ms;
}

void decode_line_print(void)
{
    json_write_close(&writer, '}');
    ENSURE(textbuf_ok(&line));
    puts(line.data);
}

static int complain(int code, const char *sentence)
{
    fprintf(stderr, "packtool: %s\n", sentence);
    return code;
}

static bool hex_argument(const char *text, uint8_t *out_bytes, struct bytes *out_run)
{
    size_t len;
    if (!decode_hex(bytes_of_text(text), out_bytes, HEX_BYTES_MAX, &len)) return false;
    *out_run = bytes_of(out_bytes, len);
    return true;
}

/* The value of an option that must stand once; NULL when it does not. */
static const char *option(int argc, char **argv, const char *name)
{
    const char *value = NULL;
    for (int i = 0; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], name) != 0) continue;
        if (value != NULL) return NULL;
        value = argv[i + 1];
    }
    return value;
}

/* ---- scans ----------------------------------------------------------------------------------- */

void decode_scan_print(enum scan_result result, const struct scan *scan)
{
    if (result == SCAN_NOTHING) return;
    struct json_writer *out = decode_line_open();
    if (result == SCAN_READ) {
        json_write_bytes(out, "text", bytes_of(scan->text, scan->len));
        json_write_text(out, "aim", scan->aim);
        decode_code_write(out, scan->aim, bytes_of(scan->text, scan->len));
    } else {
        json_write_text(out, "rejected", result == SCAN_TOO_LONG ? "too_long" : "unclean");
    }
    decode_line_print();
}

/* ---- decode printer -------------------------------------------------------------------------- */

void decode_status_print(const struct printer_status *status)
{
    struct json_writer *out = decode_line_open();
    json_write_boolean(out, "ready", status->ready);
    json_write_boolean(out, "paper_out", status->paper_out);
    json_write_boolean(out, "head_open", status->head_open);
    json_write_boolean(out, "paused", status->paused);
    json_write_boolean(out, "busy", status->busy);
    json_write_i64(out, "queued", status->queued);
    json_write_boolean(out, "ribbon_out", status->ribbon_out);
    json_write_boolean(out, "buffer_full", status->buffer_full);
    json_write_boolean(out, "too_hot", status->too_hot);
    json_write_boolean(out, "too_cold", status->too_cold);
    json_write_boolean(out, "label_waiting", status->label_waiting);
    json_write_boolean(out, "fault", status->fault);
    decode_line_print();
}

static void print_number(const char *name, uint32_t number)
{
    struct json_writer *out = decode_line_open();
    json_write_i64(out, name, number);
    decode_line_print();
}

bool decode_answer_print(enum printer_result result, const struct printer_answer *answer)
{
    switch (result) {
    case PRINTER_NOTHING:
    case PRINTER_REJECTED: return false;
    case PRINTER_STATUS: decode_status_print(&answer->status); break;
    case PRINTER_COUNTER: print_number("labels", answer->counter); break;
    case PRINTER_HEAD: print_number("dots_per_mm", answer->dots_per_mm); break;
    case PRINTER_RECEIPT: print_number("receipt", answer->receipt); break;
    }
    return true;
}

static unsigned print_statuses(const struct printer_driver *driver, struct bytes reply)
{
    struct printer_state state;
    unsigned count = 0;
    printer_state_init(&state);
    while (reply.len > 0) {
        enum printer_result result;
        struct printer_answer answer;
        reply = bytes_from(reply, driver->feed(&state, reply, &result, &answer));
        if (!decode_answer_print(result, &answer)) continue;
        count++;
    }
    return count;
}

/* ZPL has many answers; the other dialects one. With or without the "~", which shells like to
 * replace. */
static bool is_status_request(const struct printer_driver *driver, const char *request)
{
    if (strcmp(driver->name, "zpl") != 0) return true;
    if (request[0] == '~') request++;
    static const char *const names[] = {"HS", "HQES", "HI", "odometer.total_label_count"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (bytes_equal_ignore_case(bytes_of_text(request), names[i])) return true;
    }
    return false;
}

static int decode_printer(int argc, char **argv)
{
    static uint8_t storage[HEX_BYTES_MAX];
    const char *dialect = option(argc, argv, "--dialect");
    const char *request = option(argc, argv, "--request");
    const char *hex = option(argc, argv, "--hex");
    struct bytes reply;
    if (argc != 6 || dialect == NULL || request == NULL || hex == NULL) {
        return complain(PACKTOOL_USAGE, "decode printer --dialect NAME --request NAME --hex HEX");
    }
    const struct printer_driver *driver = printer_driver_find(bytes_of_text(dialect));
    if (driver == NULL) return complain(PACKTOOL_USAGE, "no driver of that dialect");
    if (!is_status_request(driver, request)) {
        return complain(PACKTOOL_USAGE,
                        "known are the answers to ~HS, ~HQES, ~HI and odometer.total_label_count");
    }
    if (!hex_argument(hex, storage, &reply)) {
        return complain(PACKTOOL_BAD_INPUT, "the reply is not hex");
    }
    if (print_statuses(driver, reply) > 0) return PACKTOOL_DONE;
    return complain(PACKTOOL_BAD_INPUT, "no whole answer in the reply");
}

/* ---- decode device-id ------------------------------------------------------------------------ */

static int decode_device_id(int argc, char **argv)
{
    static uint8_t storage[HEX_BYTES_MAX];
    const char *hex = option(argc, argv, "--hex");
    struct bytes id;
    struct printer_identity identity;
    if (argc != 2 || hex == NULL) return complain(PACKTOOL_USAGE, "decode device-id --hex HEX");
    if (!hex_argument(hex, storage, &id)) {
        return complain(PACKTOOL_BAD_INPUT, "the device id is not hex");
    }
    if (!printer_identity_parse(id, &identity)) {
        return complain(PACKTOOL_BAD_INPUT, "not one key in the device id");
    }
    struct json_writer *out = decode_line_open();
    json_write_text(out, "manufacturer", identity.manufacturer);
    json_write_text(out, "model", identity.model);
    json_write_text(out, "dialect", identity.dialect);
    decode_line_print();
    return PACKTOOL_DONE;
}

int packtool_decode(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } kinds[] = {
        {"scale", decode_scale},         {"hid", decode_hid}, {"printer", decode_printer},
        {"device-id", decode_device_id}, {"gs1", decode_gs1},
    };
    bool recorded = argc > 0 && (strcmp(argv[0], "scale") == 0 || strcmp(argv[0], "scanner") == 0 ||
                                 strcmp(argv[0], "printer") == 0);
    if (recorded && decode_names_a_capture(argc - 1, argv + 1)) {
        return decode_capture(argv[0], argc - 1, argv + 1);
    }
    for (size_t i = 0; argc > 0 && i < ARRAY_LEN(kinds); i++) {
        if (strcmp(argv[0], kinds[i].name) == 0) return kinds[i].run(argc - 1, argv + 1);
    }
    return complain(PACKTOOL_USAGE, "decode scale|scanner|hid|printer|device-id|gs1 ...");
}
