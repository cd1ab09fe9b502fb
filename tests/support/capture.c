/* capture.c - see capture.h. A line that is none of the known ones is an error: what a recording
 * means must not depend on what a reader passed over. */
#include "tests/support/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    if (byte >= 'A' && byte <= 'F') byte = (uint8_t)(byte - 'A' + 'a');
    const char *found = byte != '\0' ? strchr(digits, byte) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

bool capture_hex(struct bytes text, uint8_t *out_bytes, size_t max, size_t *out_len)
{
    size_t len = 0;
    text = bytes_trim(text);
    while (text.len > 0) {
        int high = hex_digit(text.data[0]);
        int low = text.len > 1 ? hex_digit(text.data[1]) : -1;
        if (high < 0 || low < 0 || len == max) return false;
        out_bytes[len++] = (uint8_t)(high * 16 + low);
        text = bytes_from(text, 2);
        if (text.len > 0 && text.data[0] == ' ') text = bytes_from(text, 1);
    }
    *out_len = len;
    return true;
}

/* "+1234.567" in milliseconds, up to three decimals. */
static bool read_time(struct bytes word, int64_t *out_us)
{
    struct bytes whole, decimals = bytes_from(word, bytes_find_byte(word, '.') + 1);
    uint64_t ms, part = 0;
    if (!bytes_split(&word, '.', &whole)) return false;
    if (!bytes_to_u64(bytes_from(whole, 1), INT64_C(100000000000), &ms)) return false;
    if (decimals.len > 3 || (decimals.len > 0 && !bytes_to_u64(decimals, 999, &part))) return false;
    for (size_t i = decimals.len; i < 3; i++) part *= 10;
    *out_us = (int64_t)(ms * 1000 + part);
    return true;
}

static bool take_piece(struct capture *capture, struct capture_piece piece, struct bytes hex)
{
    piece.from = capture->len;
    if (capture->count == capture->most) return false;
    if (!capture_hex(hex, capture->bytes + capture->len, capture->most - capture->len, &piece.len))
        return false;
    if (piece.len == 0) return false;
    capture->len += piece.len;
    capture->pieces[capture->count++] = piece;
    return true;
}

/* "+12.345 < 02 ac": times never go back. */
static bool take_timed(struct capture *capture, struct bytes line)
{
    struct capture_piece piece = {0};
    struct bytes time, arrow;
    if (!bytes_split(&line, ' ', &time) || !bytes_split(&line, ' ', &arrow)) return false;
    if (!read_time(time, &piece.at_us)) return false;
    piece.sent = bytes_equal_text(arrow, ">");
    if (!piece.sent && !bytes_equal_text(arrow, "<")) return false;
    if (capture->count > 0 && capture->pieces[capture->count - 1].at_us > piece.at_us) return false;
    capture->timed = true;
    return take_piece(capture, piece, line);
}

/* "# key: value"; every other comment is for people. */
static bool take_comment(struct capture *capture, struct bytes line)
{
    struct bytes key, value;
    line = bytes_trim(bytes_from(line, 1));
    size_t colon = bytes_find_byte(line, ':');
    if (colon == line.len) return true;
    key = bytes_slice(line, 0, colon);
    value = bytes_trim(bytes_from(line, colon + 1));
    if (bytes_equal_text(key, "kind")) {
        return bytes_to_text(value, capture->kind, sizeof capture->kind);
    }
    if (bytes_equal_text(key, "driver")) {
        return bytes_to_text(value, capture->driver, sizeof capture->driver);
    }
    if (bytes_equal_text(key, "report-descriptor")) {
        return capture_hex(value, capture->descriptor, sizeof capture->descriptor,
                           &capture->descriptor_len);
    }
    if (bytes_equal_text(key, "device-id")) {
        return capture_hex(value, capture->device_id, sizeof capture->device_id,
                           &capture->device_id_len);
    }
    return true;
}

static bool take_line(struct capture *capture, struct bytes line)
{
    if (line.len == 0) return true;
    if (line.data[0] == '#') return take_comment(capture, line);
    if (line.data[0] == '+') return take_timed(capture, line);
    return take_piece(capture, (struct capture_piece){0}, line);
}

static bool take_text(struct capture *capture, struct bytes text, unsigned *out_line)
{
    struct bytes line;
    *out_line = 0;
    while (text.len > 0) {
        bool whole = bytes_find_byte(text, '\n') < text.len;
        (*out_line)++;
        (void)bytes_split(&text, '\n', &line);
        line = bytes_trim(line);
        /* Whoever was killed while it recorded leaves half a line at the end. */
        if (!whole && line.len > 0 && line.data[0] == '+') {
            capture->cut = true;
            return true;
        }
        if (!take_line(capture, line)) return false;
    }
    return true;
}

static bool read_file(const char *path, char **out_text, size_t *out_len)
{
    const size_t max = 4u * CAPTURE_BYTES_MAX;
    FILE *file = fopen(path, "rb");
    char *text = malloc(max + 1);
    bool good = file != NULL && text != NULL;
    if (good) *out_len = fread(text, 1, max + 1, file);
    good = good && ferror(file) == 0 && *out_len <= max;
    if (file != NULL) fclose(file);
    if (!good) {
        fprintf(stderr, "%s: cannot be read or is too big\n", path);
        free(text);
        return false;
    }
    *out_text = text;
    return true;
}

static void gather_heard(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_piece *piece = &capture->pieces[i];
        if (piece->sent) continue;
        memcpy(capture->heard + capture->heard_len, capture->bytes + piece->from, piece->len);
        capture->heard_len += piece->len;
    }
}

bool capture_parse(struct bytes text, struct capture *out, unsigned *out_line)
{
    size_t most = text.len / 2 + 1; /* a byte has two digits, and a piece a byte */
    *out = (struct capture){.bytes = malloc(most),
                            .heard = malloc(most),
                            .pieces = calloc(most, sizeof out->pieces[0]),
                            .most = most};
    ENSURE(out->bytes != NULL && out->heard != NULL && out->pieces != NULL);
    bool good = take_text(out, text, out_line);
    if (good) gather_heard(out);
    else capture_free(out);
    return good;
}

bool capture_read(const char *path, struct capture *out)
{
    char *text;
    size_t len = 0;
    unsigned line;
    if (!read_file(path, &text, &len)) return false;
    bool good = capture_parse(bytes_of(text, len), out, &line);
    free(text);
    if (!good) fprintf(stderr, "%s:%u: not a line of a capture\n", path, line);
    return good;
}

void capture_free(struct capture *capture)
{
    free(capture->bytes);
    free(capture->heard);
    free(capture->pieces);
    *capture = (struct capture){.bytes = NULL};
}

struct bytes capture_bytes(const struct capture *capture, const struct capture_piece *piece)
{
    return bytes_of(capture->bytes + piece->from, piece->len);
}
