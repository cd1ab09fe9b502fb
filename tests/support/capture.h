/* capture.h - a recording of a device (tests/replay/README.md says how one is written): what it
 * said and what it was told, in pieces, with times where the recording has them. */
#ifndef PACKD_TESTS_SUPPORT_CAPTURE_H
#define PACKD_TESTS_SUPPORT_CAPTURE_H

#include "hal/base/bytes.h"

#define CAPTURE_BYTES_MAX (4u * 1024u * 1024u)
#define CAPTURE_DESCRIPTOR_MAX 1024u

struct capture_piece { /* one line: one read of a line, one report of a HID device */
    int64_t at_us;     /* since the start; 0 without times */
    bool sent;         /* to the device, not from it */
    size_t from;
    size_t len;
};

struct capture {
    char kind[16];                              /* "scale", "scanner", "printer"; "" */
    char driver[32];                            /* "" */
    uint8_t descriptor[CAPTURE_DESCRIPTOR_MAX]; /* of a HID device */
    size_t descriptor_len;
    uint8_t device_id[CAPTURE_DESCRIPTOR_MAX]; /* of a USB printer */
    size_t device_id_len;
    bool timed; /* a recording of packtool: it begins and ends anywhere */
    bool cut;   /* its last line was not written to its end, and is left out */
    uint8_t *bytes;
    size_t len;
    uint8_t *heard; /* those that came from the device, in one run */
    size_t heard_len;
    struct capture_piece *pieces;
    size_t count;
    size_t most; /* bytes and pieces there is room for */
};

/* False with a sentence (naming the line) on standard error; then there is nothing to free. */
MUST_USE bool capture_read(const char *path, struct capture *out);
/* The same of a text; where it is none, *out_line is the line to blame. */
MUST_USE bool capture_parse(struct bytes text, struct capture *out, unsigned *out_line);
void capture_free(struct capture *capture);

/* Pairs of digits, blanks between them or not. */
MUST_USE bool capture_hex(struct bytes text, uint8_t *out_bytes, size_t max, size_t *out_len);

struct bytes capture_bytes(const struct capture *capture, const struct capture_piece *piece);

#endif
