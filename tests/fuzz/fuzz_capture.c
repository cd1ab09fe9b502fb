/* Guards: no text breaks the reader of recordings, which come with bug reports; what it reads lies
 * in what it keeps, in order of time, and what was heard is all that was not sent. */
#include "tests/support/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capture capture;
    unsigned line = 0;
    size_t end = 0, heard = 0;
    int64_t before_us = 0;
    if (!capture_parse(bytes_of(data, size), &capture, &line)) {
        ENSURE(line > 0);
        return 0;
    }
    for (size_t i = 0; i < capture.count; i++) {
        const struct capture_piece *piece = &capture.pieces[i];
        ENSURE(piece->len > 0 && piece->from == end);
        ENSURE(!capture.timed || piece->at_us >= 0);
        ENSURE(piece->at_us >= before_us || piece->at_us == 0);
        before_us = piece->at_us;
        end += piece->len;
        if (!piece->sent) heard += piece->len;
    }
    ENSURE(end == capture.len && heard == capture.heard_len);
    capture_free(&capture);
    return 0;
}
