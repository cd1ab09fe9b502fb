/* printer_zpl_graphic.c - see printer_zpl_graphic.h. ZPL II Programming Guide P1099958: ^GF, ~DG,
 * ^XG, and the appendix on compressed graphics. */
#include "drivers/printer_zpl_graphic.h"

#include "hal/base/crc.h"
#include "hal/base/inflate.h"

#define GRAPHIC_BYTES_MAX 999999u
#define CODED_HEAD 5u /* ":Z64:" */

#define NO_SIZE "a picture on the label has no sensible size"
#define BINARY "a picture on the label is in binary"
#define NOT_WHOLE "a picture on the label is not complete"

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return -1;
}

/* ---- base64
 * ---------------------------------------------------------------------------------- */

struct base64 { /* text still to be read, and bits of it */
    struct bytes rest;
    unsigned kept, kept_bits;
    bool broken;
};

static int letter_value(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z') return byte - 'A';
    if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9') return byte - '0' + 52;
    if (byte == '+') return 62;
    return byte == '/' ? 63 : -1;
}

static int next_byte(void *from)
{
    struct base64 *base64 = from;
    while (base64->kept_bits < 8) {
        if (base64->rest.len == 0) return -1;
        int value = letter_value(base64->rest.data[0]);
        if (value < 0) base64->broken = true;
        if (value < 0) return -1;
        base64->rest = bytes_from(base64->rest, 1);
        base64->kept = (base64->kept << 6 | (unsigned)value) & 0xFFFFu;
        base64->kept_bits += 6;
    }
    base64->kept_bits -= 8;
    return (int)(base64->kept >> base64->kept_bits & 0xFF);
}

static struct bytes without_filling(struct bytes text)
{
    for (unsigned i = 0; i < 2 && text.len > 0 && text.data[text.len - 1] == '='; i++) text.len--;
    return text;
}

/* ---- the three forms
 * ------------------------------------------------------------------------- */

/* ":Z64:base64:CRC" and ":B64:base64:CRC"; the CRC proves that nothing is missing. It is taken over
 * the base64 text itself: so in graphics of ZebraDesigner and of two libraries. What it unpacks to
 * must be as long as was said, or it is a trap of another kind. */
static bool coded_is_whole(struct bytes data, uint32_t wanted_bytes)
{
    struct bytes text = bytes_from(data, CODED_HEAD);
    size_t len = bytes_find_byte(text, ':');
    uint64_t wanted_crc, unpacked = 0;
    struct bytes crc = bytes_from(text, len + 1);
    text = bytes_slice(text, 0, len);
    if (crc.len != 4 || !bytes_hex_to_u64(crc, 0xFFFF, &wanted_crc)) return false;
    if (crc16_add(0, text) != wanted_crc) return false;
    struct base64 base64 = {.rest = without_filling(text)};
    bool packed = data.data[1] == 'Z';
    if (packed && !inflate_length(next_byte, &base64, wanted_bytes, &unpacked)) return false;
    while (!packed && unpacked <= wanted_bytes && next_byte(&base64) >= 0) unpacked++;
    return !base64.broken && unpacked == wanted_bytes;
}

/* "G" to "Y" repeat the next digit 1 to 19 times, "g" to "z" 20 to 400; 0 for anything else. */
static unsigned repeat_of(uint8_t byte)
{
    if (byte >= 'G' && byte <= 'Y') return (unsigned)(byte - 'G') + 1;
    if (byte >= 'g' && byte <= 'z') return ((unsigned)(byte - 'g') + 1) * 20;
    return 0;
}

/* Counts what ASCII data, compressed or not, unpacks to, in half bytes. */
static bool hex_is_whole(struct bytes data, uint64_t row, uint64_t whole)
{
    uint64_t at = 0;
    unsigned repeat = 0;
    for (size_t i = 0; i < data.len && at <= whole; i++) {
        uint8_t byte = data.data[i];
        unsigned more = hex_digit(byte) >= 0 ? 0 : repeat_of(byte);
        if (byte == '\r' || byte == '\n' || byte == ' ') continue;
        if (hex_digit(byte) >= 0) at += repeat > 0 ? repeat : 1;
        else if (byte == ',' || byte == '!') at += row - at % row;
        else if (byte == ':' && at % row == 0 && at > 0) at += row;
        else if (more == 0) return false;
        repeat = more > 0 ? repeat + more : 0;
        if (repeat > GRAPHIC_BYTES_MAX) return false;
    }
    return at == whole && repeat == 0;
}

static const char *check(uint64_t bytes, uint64_t row_bytes, struct bytes data)
{
    if (bytes == 0 || row_bytes == 0 || bytes % row_bytes != 0) return NO_SIZE;
    bool coded = bytes_start_with(data, ":Z64:") || bytes_start_with(data, ":B64:");
    bool whole = coded ? coded_is_whole(data, (uint32_t)bytes)
                       : hex_is_whole(data, 2 * row_bytes, 2 * bytes);
    return whole ? NULL : NOT_WHOLE;
}

static bool take_size(struct bytes *rest, uint64_t *out_size)
{
    struct bytes size;
    return bytes_split(rest, ',', &size) &&
           bytes_to_u64(bytes_trim(size), GRAPHIC_BYTES_MAX, out_size);
}

const char *zpl_graphic_check(struct bytes command)
{
    struct bytes rest = bytes_from(command, 3), kind;
    uint64_t sent, bytes, row_bytes;
    bool read = bytes_split(&rest, ',', &kind);
    if (read && bytes_equal_ignore_case(kind, "B")) return BINARY;
    read =
        read && take_size(&rest, &sent) && take_size(&rest, &bytes) && take_size(&rest, &row_bytes);
    if (!read) return NO_SIZE;
    if (!bytes_equal_ignore_case(kind, "A")) return BINARY;
    return check(bytes, row_bytes, bytes_trim(rest));
}

/* ---- stored pictures
 * ------------------------------------------------------------------------- */

/* "R:LOGO.GRF": the device and the ending may be left out. */
static struct bytes plain_name(struct bytes name)
{
    name = bytes_trim(name);
    if (name.len > 2 && name.data[1] == ':') name = bytes_from(name, 2);
    return bytes_slice(name, 0, bytes_find_byte(name, '.'));
}

const char *zpl_graphic_parse(struct bytes command, struct zpl_graphic *out)
{
    struct bytes rest = bytes_from(command, 3), name;
    uint64_t bytes, row_bytes;
    bool read = bytes_split(&rest, ',', &name) && plain_name(name).len > 0 &&
                take_size(&rest, &bytes) && take_size(&rest, &row_bytes);
    if (!read) return NO_SIZE;
    struct bytes data = bytes_trim(rest);
    *out = (struct zpl_graphic){plain_name(name), (uint32_t)bytes, (uint32_t)row_bytes, data};
    return check(bytes, row_bytes, data);
}

/* Not said is once. */
static bool is_once(struct bytes *rest)
{
    struct bytes times;
    if (!bytes_split(rest, ',', &times)) return true;
    times = bytes_trim(times);
    return times.len == 0 || bytes_equal_text(times, "1");
}

bool zpl_graphic_is_called(const struct zpl_graphic *graphic, struct bytes call)
{
    struct bytes rest = bytes_from(call, 3), name;
    char wanted[32];
    if (!bytes_to_text(graphic->name, wanted, sizeof wanted)) return false;
    bool same = bytes_split(&rest, ',', &name) && bytes_equal_ignore_case(plain_name(name), wanted);
    return same && is_once(&rest) && is_once(&rest);
}
