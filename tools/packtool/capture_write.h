/* capture_write.h - a recording on its way to a file (tests/replay/README.md says what a capture
 * looks like). Every line is one write, so whoever is killed leaves a good file; `show` says the
 * same for people, on standard output. */
#ifndef PACKD_TOOLS_PACKTOOL_CAPTURE_WRITE_H
#define PACKD_TOOLS_PACKTOOL_CAPTURE_WRITE_H

#include "hal/base/textbuf.h"
#include "hal/port.h"

#define CAPTURE_SECONDS_MAX 604800u

enum capture_mask {
    CAPTURE_PLAIN,
    CAPTURE_MASK_TEXT,      /* letters and digits of a line scanner */
    CAPTURE_MASK_KEYSTROKES /* of a keyboard */
};

struct capture_writer {
    int fd; /* -1: nowhere */
    bool show;
    enum capture_mask mask;
    bool failed; /* the file takes no more: said once on standard error */
    uint64_t lines;
    uint64_t bytes_heard;
    unsigned kept;       /* mask: bytes of an AIM identifier that are still to come */
    uint8_t previous[9]; /* mask: the report before */
    bool odd;            /* mask: another key is another key, whatever it was */
};

/* The file must not be there yet: a recording is evidence. NULL: standard output, unless shown.
 * False with a sentence on standard error. */
MUST_USE bool capture_writer_open(struct capture_writer *writer, const char *path, bool show);
bool capture_writer_close(struct capture_writer *writer); /* false: not all of it is on disk */

/* Lines "# key: value" and the like, whole. */
void capture_write_head(struct capture_writer *writer, struct bytes lines);
void capture_write_piece(struct capture_writer *writer, int64_t at_us, bool sent,
                         struct bytes bytes);

#endif
