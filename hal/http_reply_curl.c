/* http_reply_curl.c - what comes in during an exchange: the body, counted by ourselves, and the
 * four headers that somebody asks for. Both are bounded; passing a bound ends the exchange. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hal/http_inside.h"

#define REPLY_FIRST_BYTES 4096u

size_t http_take_body(char *data, size_t one, size_t len, void *context)
{
    (void)one;
    struct http_exchange *exchange = context;
    if (len > exchange->reply_max - exchange->reply_len) {
        exchange->too_long = "the answer";
        return 0;
    }
    if (exchange->reply_len + len > exchange->reply_size) {
        size_t size = exchange->reply_size == 0 ? REPLY_FIRST_BYTES : exchange->reply_size * 2;
        while (size < exchange->reply_len + len) size *= 2;
        if (size > exchange->reply_max) size = exchange->reply_max;
        uint8_t *larger = realloc(exchange->reply, size);
        if (larger == NULL) return 0;
        exchange->reply = larger;
        exchange->reply_size = size;
    }
    memcpy(exchange->reply + exchange->reply_len, data, len);
    exchange->reply_len += len;
    return len;
}

static void note_header(struct bytes line, const char *name, char *out_value, size_t size)
{
    size_t name_len = strlen(name);
    if (!bytes_equal_ignore_case(bytes_slice(line, 0, name_len), name)) return;
    if (!bytes_to_text(bytes_trim(bytes_from(line, name_len)), out_value, size)) {
        out_value[0] = '\0';
    }
}

/* "HTTP/1.1 200 OK": three digits and no more (RFC 9112, 4). Some curls read "2000" as 200. */
static bool status_is_clear(struct bytes line)
{
    uint64_t unused;
    struct bytes version, status, rest = bytes_trim(line);
    if (!bytes_split(&rest, ' ', &version)) return false;
    return bytes_split(&rest, ' ', &status) && status.len == 3 &&
           bytes_to_u64(status, 999, &unused);
}

/* A length that is no number, or two that differ, leave open where the answer ends; curl takes the
 * last one (RFC 9112, 6.3: unrecoverable). */
static bool length_is_clear(struct bytes line, struct http_exchange *exchange)
{
    static const char name[] = "content-length:";
    uint64_t unused;
    if (!bytes_equal_ignore_case(bytes_slice(line, 0, sizeof(name) - 1), name)) return true;
    struct bytes value = bytes_trim(bytes_from(line, sizeof(name) - 1));
    if (!bytes_to_u64(value, INT64_MAX, &unused)) return false;
    if (exchange->length[0] != '\0') return bytes_equal_text(value, exchange->length);
    return bytes_to_text(value, exchange->length, sizeof(exchange->length));
}

size_t http_take_header(char *data, size_t one, size_t len, void *context)
{
    (void)one;
    struct http_exchange *exchange = context;
    exchange->header_bytes += len;
    if (exchange->header_bytes > HTTP_REPLY_HEADERS_MAX) {
        exchange->too_long = "the head of the answer";
        return 0;
    }
    struct bytes line = bytes_of(data, len);
    if (exchange->reply_len > 0) return len;      /* a trailer changes nothing */
    bool first = bytes_start_with(line, "HTTP/"); /* after an interim 1xx it begins afresh */
    if (first) {
        exchange->content_type[0] = exchange->etag[0] = '\0';
        exchange->retry_after[0] = exchange->date[0] = exchange->length[0] = '\0';
        exchange->head_ended = false;
    }
    if ((first && !status_is_clear(line)) || !length_is_clear(line, exchange)) {
        exchange->not_http = true;
        return 0;
    }
    if (bytes_trim(line).len == 0) exchange->head_ended = true;
    note_header(line, "content-type:", exchange->content_type, sizeof(exchange->content_type));
    note_header(line, "etag:", exchange->etag, sizeof(exchange->etag));
    note_header(line, "retry-after:", exchange->retry_after, sizeof(exchange->retry_after));
    note_header(line, "date:", exchange->date, sizeof(exchange->date));
    return len;
}

int64_t http_retry_after_s(const struct http_exchange *exchange)
{
    uint64_t seconds = 0;
    if (exchange->retry_after[0] == '\0') return -1;
    if (bytes_to_u64(bytes_of_text(exchange->retry_after), INT32_MAX, &seconds)) {
        return (int64_t)seconds;
    }
    time_t then = curl_getdate(exchange->retry_after, NULL);
    if (then == -1) return -1;
    time_t now = exchange->date[0] == '\0' ? -1 : curl_getdate(exchange->date, NULL);
    if (now == -1) now = time(NULL);
    return then > now ? (int64_t)(then - now) : 0;
}
