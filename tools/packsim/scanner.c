/* scanner.c - a serial-mode scanner: AIM identifier if wanted, code, suffix. */
#include "tools/packsim/scanner.h"

#include <stdlib.h>

#include "tools/packsim/device.h"
#include "tools/packsim/world.h"

#define SCAN_MAX 20000

static struct device device = {.clients_max = DEVICE_CLIENTS_MAX};
static char aim[4]; /* "]C1"; empty: not sent */
static const char *suffix = "\r";
static uint64_t scans;

bool scanner_open(uint16_t port, uint16_t *out_port)
{
    return device_open(&device, port, out_port);
}

static bool code_send(struct bytes text, const char *ending, const char **out_why)
{
    char storage[SCAN_MAX];
    struct textbuf code;
    textbuf_init(&code, storage, sizeof storage);
    textbuf_text(&code, aim);
    for (size_t i = 0; i < text.len; i++) {
        bool escaped = i + 3 < text.len && text.data[i] == '\\' && text.data[i + 1] == 'x';
        char hex[3] = "";
        if (escaped && bytes_to_text(bytes_slice(text, i + 2, 2), hex, sizeof hex)) {
            textbuf_char(&code, (char)strtoul(hex, NULL, 16));
            i += 3;
        } else {
            textbuf_char(&code, (char)text.data[i]);
        }
    }
    textbuf_text(&code, ending);
    *out_why = "the code is too long";
    if (!textbuf_ok(&code)) return false;
    *out_why = "nobody listens to the scanner";
    if (device_clients(&device) == 0) return false;
    device_send(&device, textbuf_bytes(&code));
    scans++;
    return true;
}

bool scanner_scan(struct bytes text, const char **out_why)
{
    return code_send(text, suffix, out_why);
}

static bool suffix_set(struct bytes value)
{
    static const struct {
        const char *name;
        const char *suffix;
    } suffixes[] = {{"cr", "\r"}, {"crlf", "\r\n"}, {"none", ""}};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (!bytes_equal_text(value, suffixes[i].name)) continue;
        suffix = suffixes[i].suffix;
        return true;
    }
    return false;
}

/* A finger that stayed on the trigger. */
static bool scan_twice(struct bytes text, const char **out_why)
{
    if (!scanner_scan(text, out_why)) return false;
    return scanner_scan(text, out_why);
}

bool scanner_command(struct bytes words, const char **out_why)
{
    struct bytes name;
    uint64_t number;
    *out_why =
        "scanner aim ]C0|off, suffix cr|crlf|none, twice TEXT, partial TEXT, unplug [MS], plug";
    if (!bytes_split(&words, ' ', &name)) return false;
    struct bytes value = bytes_trim(words);
    if (bytes_equal_text(name, "suffix")) return suffix_set(value);
    if (bytes_equal_text(name, "aim") && bytes_equal_text(value, "off")) aim[0] = '\0';
    else if (bytes_equal_text(name, "aim")) return bytes_to_text(value, aim, sizeof aim);
    else if (bytes_equal_text(name, "twice")) return scan_twice(value, out_why);
    else if (bytes_equal_text(name, "partial")) return code_send(value, "", out_why);
    else if (bytes_equal_text(name, "plug")) device_plug(&device);
    else if (bytes_equal_text(name, "unplug"))
        device_unplug(&device,
                      bytes_to_u64(value, 100000000, &number) ? (int64_t)number : DEVICE_FOR_EVER);
    else return false;
    return true;
}

void scanner_write(struct json_writer *line)
{
    json_write_open(line, "scanner", '{');
    json_write_i64(line, "scans", (int64_t)scans);
    json_write_i64(line, "clients", (int64_t)device_clients(&device));
    json_write_close(line, '}');
}
