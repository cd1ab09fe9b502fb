/* scanner.c - two serial-mode scanners: AIM identifier if wanted, code, suffix. Both are alike;
 * `scan` is the first one's. */
#include "tools/packsim/scanner.h"

#include <stdlib.h>
#include <string.h>

#include "tools/packsim/device.h"
#include "tools/packsim/world.h"

#define SCAN_MAX 20000

#define SCANNERS 2

static struct device devices[SCANNERS] = {{.clients_max = DEVICE_CLIENTS_MAX},
                                          {.clients_max = DEVICE_CLIENTS_MAX}};
static char aim[4]; /* "]C1"; empty: not sent */
static const char *suffix = "\r";
static uint64_t scans;

bool scanner_open(unsigned which, uint16_t port, uint16_t *out_port)
{
    return device_open(&devices[which], port, out_port);
}

/* What stands on the wire for a text, "\\xHH" resolved. False with a sentence. */
static bool code_write(struct bytes text, const char *ending, struct textbuf *code,
                       const char **out_why)
{
    textbuf_text(code, aim);
    for (size_t i = 0; i < text.len; i++) {
        bool escaped = i + 3 < text.len && text.data[i] == '\\' && text.data[i + 1] == 'x';
        char hex[3] = "";
        if (escaped && bytes_to_text(bytes_slice(text, i + 2, 2), hex, sizeof hex)) {
            textbuf_char(code, (char)strtoul(hex, NULL, 16));
            i += 3;
        } else {
            textbuf_char(code, (char)text.data[i]);
        }
    }
    textbuf_text(code, ending);
    *out_why = "the code is too long";
    return textbuf_ok(code);
}

static bool code_send(unsigned which, struct bytes text, const char *ending, const char **out_why)
{
    char storage[SCAN_MAX];
    struct textbuf code;
    textbuf_init(&code, storage, sizeof storage);
    if (!code_write(text, ending, &code, out_why)) return false;
    *out_why = "nobody listens to the scanner";
    if (device_clients(&devices[which]) == 0) return false;
    device_send(&devices[which], textbuf_bytes(&code));
    scans++;
    return true;
}

bool scanner_scan(struct bytes text, const char **out_why)
{
    return code_send(0, text, suffix, out_why);
}

/* A code of that many letters and digits: "LONG-0000000000..." */
static bool long_send(uint64_t length, const char **out_why)
{
    char text[SCAN_MAX / 2];
    *out_why = "scanner long 1..10000";
    if (length == 0 || length > sizeof text) return false;
    memset(text, '0', length);
    memcpy(text, "LONG-", length < 5 ? length : 5);
    return code_send(0, bytes_of(text, length), suffix, out_why);
}

/* "CODE OTHER": both at the same moment, a byte of one and a byte of the other. */
static bool both_send(struct bytes words, const char **out_why)
{
    char storage[SCANNERS][SCAN_MAX];
    struct textbuf codes[SCANNERS];
    struct bytes texts[SCANNERS];
    *out_why = "scanner both CODE OTHER";
    if (!bytes_split(&words, ' ', &texts[0]) || words.len == 0) return false;
    texts[1] = bytes_trim(words);
    for (size_t i = 0; i < SCANNERS; i++) {
        textbuf_init(&codes[i], storage[i], sizeof storage[i]);
        if (!code_write(texts[i], suffix, &codes[i], out_why)) return false;
        *out_why = "nobody listens to one of the scanners";
        if (device_clients(&devices[i]) == 0) return false;
    }
    for (size_t at = 0; at < codes[0].len || at < codes[1].len; at++) {
        for (size_t i = 0; i < SCANNERS; i++) {
            device_send(&devices[i], bytes_slice(textbuf_bytes(&codes[i]), at, 1));
        }
    }
    scans += SCANNERS;
    return true;
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
    *out_why = "scanner aim ]C0|off, suffix cr|crlf|none, twice TEXT, partial TEXT, long LENGTH, "
               "second TEXT, both CODE OTHER, unplug [MS], plug";
    if (!bytes_split(&words, ' ', &name)) return false;
    struct bytes value = bytes_trim(words);
    if (bytes_equal_text(name, "suffix")) return suffix_set(value);
    if (bytes_equal_text(name, "aim") && bytes_equal_text(value, "off")) aim[0] = '\0';
    else if (bytes_equal_text(name, "aim")) return bytes_to_text(value, aim, sizeof aim);
    else if (bytes_equal_text(name, "twice")) return scan_twice(value, out_why);
    else if (bytes_equal_text(name, "partial")) return code_send(0, value, "", out_why);
    else if (bytes_equal_text(name, "second")) return code_send(1, value, suffix, out_why);
    else if (bytes_equal_text(name, "both")) return both_send(value, out_why);
    else if (bytes_equal_text(name, "long"))
        return bytes_to_u64(value, SCAN_MAX, &number) && long_send(number, out_why);
    else if (bytes_equal_text(name, "plug")) device_plug(&devices[0]);
    else if (bytes_equal_text(name, "unplug"))
        device_unplug(&devices[0],
                      bytes_to_u64(value, 100000000, &number) ? (int64_t)number : DEVICE_FOR_EVER);
    else return false;
    return true;
}

void scanner_write(struct json_writer *line)
{
    json_write_open(line, "scanner", '{');
    json_write_i64(line, "scans", (int64_t)scans);
    json_write_i64(line, "clients", (int64_t)device_clients(&devices[0]));
    json_write_close(line, '}');
}
