/* http_message.c - filling in a request, one checked piece at a time. What would split a header or
 * smuggle a second request (CR, LF, NUL, blanks in a url) cannot get in. */
#include "hal/base/http_message.h"

#include <string.h>

const char *http_method_word(enum http_method method)
{
    switch (method) {
    case HTTP_GET: return "GET";
    case HTTP_POST: return "POST";
    case HTTP_PUT: return "PUT";
    case HTTP_DELETE: return "DELETE";
    }
    return "unknown";
}

const char *exchange_end_word(enum exchange_end end)
{
    switch (end) {
    case EXCHANGE_ANSWERED: return "answered";
    case EXCHANGE_NOT_SENT: return "not_sent";
    case EXCHANGE_MAYBE_SENT: return "maybe_sent";
    case EXCHANGE_UNTRUSTED: return "untrusted";
    case EXCHANGE_NO_CLOCK: return "no_clock";
    }
    return "unknown";
}

void http_request_init(struct http_request *request, enum http_method method, char *body,
                       size_t body_size)
{
    memset(request, 0, sizeof *request);
    request->method = method;
    if (body_size > 0) textbuf_init(&request->body, body, body_size);
}

/* Printable ASCII without blanks: what a url or a header name may consist of. */
static bool is_graphic(struct bytes run)
{
    for (size_t i = 0; i < run.len; i++) {
        if (run.data[i] <= 0x20 || run.data[i] >= 0x7F) return false;
    }
    return run.len > 0;
}

static bool is_header_name(struct bytes name)
{
    return is_graphic(name) && bytes_find_byte(name, ':') == name.len;
}

static bool is_header_value(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t one = value.data[i];
        if (one == '\r' || one == '\n' || one == '\0') return false;
    }
    return true;
}

bool http_request_header(struct http_request *request, const char *name, struct bytes value)
{
    struct bytes name_run = bytes_of_text(name);
    if (request->header_count == HTTP_HEADERS_MAX) return false;
    if (name_run.len >= HTTP_HEADER_NAME_MAX || value.len >= HTTP_HEADER_VALUE_MAX) return false;
    if (!is_header_name(name_run) || !is_header_value(value)) return false;
    struct http_header *header = &request->headers[request->header_count];
    bool copied = bytes_to_text(name_run, header->name, sizeof header->name) &&
                  bytes_to_text(value, header->value, sizeof header->value);
    ENSURE(copied);
    request->header_count++;
    return true;
}

bool http_request_url(struct http_request *request, const struct textbuf *url)
{
    struct bytes run = textbuf_bytes(url);
    if (!textbuf_ok(url) || run.len >= sizeof request->url || !is_graphic(run)) return false;
    bool copied = bytes_to_text(run, request->url, sizeof request->url);
    ENSURE(copied);
    return true;
}

bool http_response_is_markup(const struct http_response *response)
{
    struct bytes body = bytes_skip_mark(bytes_trim(response->body));
    return bytes_start_with(bytes_trim(body), "<");
}
