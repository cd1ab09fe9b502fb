/* http.c - requests in, reply heads out (RFC 9112); see http.h. */
#include "tools/packsim/http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hal/base/json.h"
#include "tools/packsim/world.h"

struct intake { /* bytes read from the wire and not used yet */
    struct wire *wire;
    char *data;
    size_t len;
    size_t size;
};

static bool intake_more(struct intake *intake)
{
    if (intake->len + 1 >= intake->size) return false;
    ssize_t got =
        wire_read(intake->wire, intake->data + intake->len, intake->size - 1 - intake->len);
    if (got <= 0) return false;
    intake->len += (size_t)got;
    intake->data[intake->len] = '\0';
    return true;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/* Percent and plus decoding of a whole run, NUL-ended. False when it does not fit. */
static bool url_decode(struct bytes from, bool plus_is_blank, char *out_text, size_t size,
                       size_t *out_len)
{
    size_t used = 0;
    for (size_t i = 0; i < from.len; i++) {
        char one = (char)from.data[i];
        if (one == '+' && plus_is_blank) one = ' ';
        if (one == '%' && i + 2 < from.len) {
            int high = hex_value((char)from.data[i + 1]), low = hex_value((char)from.data[i + 2]);
            if (high < 0 || low < 0) return false;
            one = (char)(high * 16 + low);
            i += 2;
        }
        if (used + 1 >= size) return false;
        out_text[used++] = one;
    }
    out_text[used] = '\0';
    *out_len = used;
    return true;
}

bool form_get(struct bytes form, const char *name, char *out_text, size_t size)
{
    struct bytes member;
    while (bytes_split(&form, '&', &member)) {
        size_t equals = bytes_find_byte(member, '=');
        size_t len;
        if (!bytes_equal_text(bytes_slice(member, 0, equals), name)) continue;
        return url_decode(bytes_from(member, equals + 1), true, out_text, size, &len);
    }
    return false;
}

bool call_query(const struct call *call, const char *name, char *out_text, size_t size)
{
    return form_get(bytes_of_text(call->query), name, out_text, size);
}

struct bytes call_body(const struct call *call)
{
    return bytes_of(call->body, call->body_len);
}

static bool target_take(struct call *call, struct bytes target)
{
    size_t mark = bytes_find_byte(target, '?');
    if (!bytes_to_text(bytes_slice(target, 0, mark), call->path, sizeof call->path)) return false;
    if (!bytes_to_text(bytes_from(target, mark + 1), call->query, sizeof call->query)) return false;
    struct bytes rest = bytes_of_text(call->path), part;
    while (bytes_split(&rest, '/', &part)) {
        size_t len;
        if (part.len == 0) continue;
        if (call->segment_count == HTTP_SEGMENTS_MAX) return false;
        if (!url_decode(part, false, call->segments[call->segment_count], HTTP_SEGMENT_SIZE, &len))
            return false;
        call->segment_count++;
    }
    return true;
}

static bool request_line_take(struct call *call, struct bytes line)
{
    struct bytes method, target;
    return bytes_split(&line, ' ', &method) && bytes_split(&line, ' ', &target) &&
           bytes_start_with(line, "HTTP/1.") &&
           bytes_to_text(method, call->method, sizeof call->method) && target_take(call, target);
}

struct framing {
    uint64_t length;
    bool chunked;
    bool expects_continue;
};

static bool header_take(struct call *call, struct bytes line, struct framing *framing)
{
    size_t colon = bytes_find_byte(line, ':');
    if (colon == line.len) return false;
    struct bytes name = bytes_slice(line, 0, colon);
    struct bytes value = bytes_trim(bytes_from(line, colon + 1));
    if (bytes_equal_ignore_case(name, "content-length"))
        return bytes_to_u64(value, HTTP_BODY_MAX, &framing->length);
    if (bytes_equal_ignore_case(name, "transfer-encoding"))
        framing->chunked = bytes_equal_ignore_case(value, "chunked");
    if (bytes_equal_ignore_case(name, "expect")) framing->expects_continue = true;
    if (bytes_equal_ignore_case(name, "connection") && bytes_equal_ignore_case(value, "close"))
        call->keep_alive = false;
    if (bytes_equal_ignore_case(name, "authorization"))
        return bytes_to_text(value, call->authorization, sizeof call->authorization);
    if (bytes_equal_ignore_case(name, "idempotency-key"))
        return bytes_to_text(value, call->idempotency_key, sizeof call->idempotency_key);
    if (bytes_equal_ignore_case(name, "if-none-match"))
        return bytes_to_text(value, call->if_none_match, sizeof call->if_none_match);
    if (bytes_equal_ignore_case(name, "content-type"))
        return bytes_to_text(value, call->content_type, sizeof call->content_type);
    return true;
}

static bool body_append(struct call *call, struct bytes piece)
{
    if (call->body_len + piece.len > HTTP_BODY_MAX) return false;
    char *grown = realloc(call->body, call->body_len + piece.len + 1);
    ENSURE(grown != NULL);
    call->body = grown;
    if (piece.len > 0) memcpy(grown + call->body_len, piece.data, piece.len);
    call->body_len += piece.len;
    grown[call->body_len] = '\0';
    return true;
}

/* Takes `wanted` bytes off the intake into the body. */
static bool body_take(struct call *call, struct intake *intake, uint64_t wanted)
{
    while (wanted > 0) {
        if (intake->len == 0 && !intake_more(intake)) return false;
        size_t piece = intake->len < wanted ? intake->len : (size_t)wanted;
        if (!body_append(call, bytes_of(intake->data, piece))) return false;
        memmove(intake->data, intake->data + piece, intake->len - piece);
        intake->len -= piece;
        wanted -= piece;
    }
    return true;
}

/* A line without its CR LF, taken off the intake into `out_line`. */
static bool line_take(struct intake *intake, char *out_line, size_t size)
{
    size_t end;
    while ((end = bytes_find_byte(bytes_of(intake->data, intake->len), '\n')) == intake->len) {
        if (!intake_more(intake)) return false;
    }
    bool fits = bytes_to_text(bytes_trim(bytes_of(intake->data, end)), out_line, size);
    memmove(intake->data, intake->data + end + 1, intake->len - end - 1);
    intake->len -= end + 1;
    return fits;
}

static bool chunks_take(struct call *call, struct intake *intake)
{
    char line[100];
    for (;;) {
        if (!line_take(intake, line, sizeof line)) return false;
        uint64_t size = 0;
        for (const char *digit = line; hex_value(*digit) >= 0; digit++)
            size = size * 16 + (uint64_t)hex_value(*digit);
        if (size > HTTP_BODY_MAX || !body_take(call, intake, size)) return false;
        if (size > 0 && !line_take(intake, line, sizeof line)) return false;
        if (size == 0) break;
    }
    while (line_take(intake, line, sizeof line)) { /* trailers, up to the empty line */
        if (line[0] == '\0') return true;
    }
    return false;
}

static enum call_read call_take(struct call *call, struct intake *intake)
{
    struct framing framing = {0};
    char line[HTTP_HEAD_MAX];
    if (intake->len == 0 && !intake_more(intake)) return CALL_END;
    if (!line_take(intake, line, sizeof line) || !request_line_take(call, bytes_of_text(line)))
        return CALL_BAD;
    for (;;) {
        if (!line_take(intake, line, sizeof line)) return CALL_BAD;
        if (line[0] == '\0') break;
        if (!header_take(call, bytes_of_text(line), &framing)) return CALL_BAD;
    }
    if (framing.expects_continue &&
        !wire_write(intake->wire, BYTES_LITERAL("HTTP/1.1 100 Continue\r\n\r\n")))
        return CALL_BAD;
    if (!body_append(call, BYTES_NONE)) return CALL_BAD;
    bool whole =
        framing.chunked ? chunks_take(call, intake) : body_take(call, intake, framing.length);
    return whole ? CALL_READ : CALL_BAD;
}

enum call_read call_read(struct call *call, struct wire *wire)
{
    *call = (struct call){.keep_alive = true};
    struct intake intake = {.wire = wire, .size = HTTP_HEAD_MAX};
    intake.data = malloc(intake.size);
    ENSURE(intake.data != NULL);
    enum call_read result = call_take(call, &intake);
    /* No client of ours pipelines: what came past the body belongs to a request we do not keep. */
    if (intake.len > 0) call->keep_alive = false;
    free(intake.data);
    return result;
}

void call_finish(struct call *call)
{
    free(call->body);
    call->body = NULL;
}

void reply_open(struct reply *reply)
{
    text_open(&reply->body, HTTP_REPLY_MAX);
    reply_reset(reply);
}

void reply_reset(struct reply *reply)
{
    textbuf_reset(&reply->body);
    reply->status = 200;
    reply->type = "application/json";
    reply->etag[0] = '\0';
    reply->retry_after_s = -1;
}

void reply_close(struct reply *reply)
{
    text_close(&reply->body);
}

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {{200, "OK"},
                   {201, "Created"},
                   {204, "No Content"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {402, "Payment Required"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {409, "Conflict"},
                   {410, "Gone"},
                   {413, "Content Too Large"},
                   {422, "Unprocessable Content"},
                   {429, "Too Many Requests"},
                   {500, "Internal Server Error"},
                   {503, "Service Unavailable"}};
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        if (phrases[i].status == status) return phrases[i].phrase;
    }
    return "Other";
}

void reply_head(const struct reply *reply, uint64_t length, bool keep_alive,
                struct textbuf *out_head)
{
    char date[40];
    time_t now = (time_t)(world_wall_ms() / 1000);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    textbuf_format(out_head, "HTTP/1.1 %d %s\r\nDate: %s\r\n", reply->status,
                   reason_phrase(reply->status), date);
    if (reply->etag[0] != '\0') textbuf_format(out_head, "ETag: \"%s\"\r\n", reply->etag);
    if (reply->retry_after_s >= 0)
        textbuf_format(out_head, "Retry-After: %lld\r\n", (long long)reply->retry_after_s);
    if (!keep_alive) textbuf_text(out_head, "Connection: close\r\n");
    bool bodiless = reply->status == 204 || reply->status == 304;
    if (!bodiless) {
        textbuf_format(out_head, "Content-Type: %s\r\nContent-Length: ", reply->type);
        textbuf_u64(out_head, length);
        textbuf_text(out_head, "\r\n");
    }
    textbuf_text(out_head, "\r\n");
}

void reply_error(struct reply *reply, int status, const char *code, const char *message)
{
    reply_reset(reply);
    reply->status = status;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "error", '{');
    json_write_text(&writer, "code", code);
    json_write_text(&writer, "message", message);
    json_write_close(&writer, '}');
    json_write_close(&writer, '}');
}
