/* textbuf.h - append into a caller's array that cannot grow past its stated size.
 *
 * What does not fit is left out whole (never half a piece) and remembered in `overflow`; the writer
 * appends on without looking and asks textbuf_ok() at the end. The text is always NUL-ended. */
#ifndef PACKD_HAL_BASE_TEXTBUF_H
#define PACKD_HAL_BASE_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"

struct textbuf {
    char *data;
    size_t size; /* of the array, its NUL included */
    size_t len;
    bool overflow;
};

void textbuf_init(struct textbuf *text, char *storage, size_t size); /* size >= 1 */
void textbuf_reset(struct textbuf *text);                            /* empty again */
bool textbuf_ok(const struct textbuf *text);                         /* everything fitted */
struct bytes textbuf_bytes(const struct textbuf *text);

void textbuf_char(struct textbuf *text, char one);
void textbuf_text(struct textbuf *text, const char *piece);
void textbuf_bytes_put(struct textbuf *text, struct bytes piece);
void textbuf_i64(struct textbuf *text, int64_t value);
void textbuf_u64(struct textbuf *text, uint64_t value);
void textbuf_padded(struct textbuf *text, uint64_t value, unsigned digits); /* leading zeros */
void textbuf_hex(struct textbuf *text, struct bytes piece);                 /* lower case */
void textbuf_format(struct textbuf *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* Percent-encodes everything but letters, digits and "-._~" (RFC 3986, 2.3). */
void textbuf_url(struct textbuf *text, struct bytes piece);

#endif
