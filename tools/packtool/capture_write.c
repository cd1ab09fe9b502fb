/* capture_write.c - see capture_write.h. */
#include "tools/packtool/capture_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE (3u * PORT_IN_MAX + 64u)
#define SHOWN_A_LINE 16u

bool capture_writer_open(struct capture_writer *writer, const char *path, bool show)
{
    *writer = (struct capture_writer){.fd = -1, .show = show};
    if (path == NULL && show) return true;
    writer->fd = path == NULL
                     ? dup(STDOUT_FILENO)
                     : open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (writer->fd >= 0) return true;
    fprintf(stderr, "packtool: %s: %s\n", path != NULL ? path : "standard output", strerror(errno));
    return false;
}

bool capture_writer_close(struct capture_writer *writer)
{
    bool good = !writer->failed;
    if (writer->fd < 0) return good;
    bool synced = fsync(writer->fd) == 0 || errno == EINVAL || errno == EROFS;
    if (close(writer->fd) != 0 || !synced) good = false;
    writer->fd = -1;
    return good;
}

static void put(struct capture_writer *writer, struct bytes line)
{
    if (writer->fd < 0 || writer->failed) return;
    ssize_t done = write(writer->fd, line.data, line.len);
    writer->failed = done != (ssize_t)line.len;
    if (!writer->failed) return;
    fprintf(stderr, "packtool: the capture cannot be written: %s\n",
            done < 0 ? strerror(errno) : "no space");
}

void capture_write_head(struct capture_writer *writer, struct bytes lines)
{
    put(writer, lines);
    if (writer->show) fwrite(lines.data, 1, lines.len, stdout);
}

/* Masking -------------------------------------------------------------------------------------- */

/* What "]C1" says of the kind of code may stay. */
static uint8_t mask_character(struct capture_writer *writer, uint8_t byte)
{
    if (byte == ']') {
        writer->kept = 2;
        return byte;
    }
    if (writer->kept > 0) {
        writer->kept--;
        return byte;
    }
    if (byte >= '0' && byte <= '9') return '0';
    if (byte >= 'a' && byte <= 'z') return 'a';
    if (byte >= 'A' && byte <= 'Z') return 'A';
    return byte >= 0x80 ? '?' : byte;
}

/* HID Usage Tables, page 07: 04-1D letters, 1E-27 digits, 59-62 digits of the keypad. Another key
 * in the next report stays another key. */
static uint8_t mask_key(uint8_t usage, unsigned place)
{
    if (usage >= 0x04 && usage <= 0x1D) return (uint8_t)(0x04 + place);
    if (usage >= 0x1E && usage <= 0x27) return (uint8_t)(0x1E + place % 10);
    if (usage >= 0x59 && usage <= 0x62) return (uint8_t)(0x59 + place % 10);
    return usage;
}

/* Eight bytes, or nine with a report id in front: modifiers, 0, six keys. */
static void mask_report(struct capture_writer *writer, uint8_t *report, size_t len)
{
    size_t keys = len >= 9 ? 3 : 2;
    bool same = len <= sizeof writer->previous && memcmp(writer->previous, report, len) == 0;
    if (!same) writer->odd = !writer->odd;
    memcpy(writer->previous, report, len < sizeof writer->previous ? len : sizeof writer->previous);
    for (size_t i = keys; i < len; i++) {
        report[i] = mask_key(report[i], (unsigned)(i - keys) + (writer->odd ? 6 : 0));
    }
}

static void mask(struct capture_writer *writer, uint8_t *bytes, size_t len)
{
    switch (writer->mask) {
    case CAPTURE_PLAIN: return;
    case CAPTURE_MASK_TEXT:
        for (size_t i = 0; i < len; i++) bytes[i] = mask_character(writer, bytes[i]);
        return;
    case CAPTURE_MASK_KEYSTROKES: mask_report(writer, bytes, len); return;
    }
}

/* Lines ---------------------------------------------------------------------------------------- */

static void put_time(struct textbuf *text, int64_t at_us)
{
    textbuf_format(text, "+%lld.%03lld", (long long)(at_us / 1000), (long long)(at_us % 1000));
}

static void put_hex(struct textbuf *text, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        textbuf_char(text, ' ');
        textbuf_hex(text, bytes_slice(bytes, i, 1));
    }
}

/* Sixteen a line: time, direction, hex, the same as letters. */
static void show(int64_t at_us, bool sent, struct bytes bytes)
{
    for (size_t from = 0; from < bytes.len; from += SHOWN_A_LINE) {
        char time[32] = "", hex[4 * SHOWN_A_LINE];
        struct bytes part = bytes_slice(bytes, from, SHOWN_A_LINE);
        struct textbuf time_text, hex_text;
        textbuf_init(&time_text, time, sizeof time);
        textbuf_init(&hex_text, hex, sizeof hex);
        if (from == 0) put_time(&time_text, at_us);
        put_hex(&hex_text, part);
        printf("%14s %c%-48s  ", time, sent ? '>' : '<', hex);
        for (size_t i = 0; i < part.len; i++) {
            bool printable = part.data[i] >= 0x20 && part.data[i] < 0x7F;
            putchar(printable ? part.data[i] : '.');
        }
        putchar('\n');
    }
    fflush(stdout);
}

void capture_write_piece(struct capture_writer *writer, int64_t at_us, bool sent,
                         struct bytes bytes)
{
    uint8_t copy[PORT_IN_MAX];
    static char storage[LINE_SIZE];
    struct textbuf line;
    ENSURE(bytes.len <= sizeof copy);
    memcpy(copy, bytes.data, bytes.len);
    if (!sent) mask(writer, copy, bytes.len);
    bytes = bytes_of(copy, bytes.len);
    textbuf_init(&line, storage, sizeof storage);
    put_time(&line, at_us);
    textbuf_text(&line, sent ? " >" : " <");
    put_hex(&line, bytes);
    textbuf_char(&line, '\n');
    ENSURE(textbuf_ok(&line));
    put(writer, textbuf_bytes(&line));
    if (writer->show) show(at_us, sent, bytes);
    writer->lines++;
    if (!sent) writer->bytes_heard += bytes.len;
}
