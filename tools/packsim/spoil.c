/* spoil.c - see spoil.h. The reply in it is the right one, so that whoever believes a spoilt answer
 * believes a good booking. */
#include "tools/packsim/spoil.h"

#include <stdlib.h>
#include <string.h>

#include "tools/packsim/world.h"

#define RAW_EXTRA 1024u
#define FILLING "X-Filling: 0123456789abcdefghijklmnopqrstuvwxyz\r\n"

/* \r \n \xHH as in a C text; %body and %length are the reply's. */
static void put_raw(struct textbuf *out, const char *text, struct bytes body)
{
    for (struct bytes rest = bytes_of_text(text); rest.len > 0;) {
        size_t taken = 1;
        char hex[3] = "";
        if (bytes_start_with(rest, "\\r") || bytes_start_with(rest, "\\n")) {
            textbuf_char(out, rest.data[1] == 'r' ? '\r' : '\n');
            taken = 2;
        } else if (bytes_start_with(rest, "\\x") && rest.len >= 4 &&
                   bytes_to_text(bytes_slice(rest, 2, 2), hex, sizeof hex)) {
            textbuf_char(out, (char)strtoul(hex, NULL, 16));
            taken = 4;
        } else if (bytes_start_with(rest, "%body")) {
            textbuf_bytes_put(out, body);
            taken = 5;
        } else if (bytes_start_with(rest, "%length")) {
            textbuf_u64(out, body.len);
            taken = 7;
        } else {
            textbuf_char(out, (char)rest.data[0]);
        }
        rest = bytes_from(rest, taken);
    }
}

static void send_raw(struct wire *wire, const struct fault *fault, struct bytes body)
{
    size_t size = FAULT_TEXT_SIZE * (body.len + 24) / 5 + RAW_EXTRA; /* nothing but %body */
    char *storage = malloc(size);
    struct textbuf out;
    ENSURE(storage != NULL);
    textbuf_init(&out, storage, size);
    put_raw(&out, fault->text, body);
    (void)wire_write(wire, textbuf_bytes(&out));
    free(storage);
}

/* Status line and own headers, without the empty line that ends them. */
static struct bytes open_head(const struct reply *reply, char *storage, size_t size)
{
    struct textbuf head;
    textbuf_init(&head, storage, size);
    reply_head(reply, reply->body.len, false, &head);
    ENSURE(textbuf_ok(&head));
    return bytes_slice(textbuf_bytes(&head), 0, head.len - 2);
}

static bool fill(struct wire *wire, struct bytes piece, int64_t times)
{
    bool good = true;
    for (int64_t i = 0; good && i < times && !world_ending(); i++) good = wire_write(wire, piece);
    return good;
}

static bool send_filling(struct wire *wire, const struct fault *fault)
{
    static char kibibyte[1024];
    memset(kibibyte, 'h', sizeof kibibyte);
    if (fault->kind == FAULT_HEADERS) return fill(wire, BYTES_LITERAL(FILLING), fault->number);
    return wire_write(wire, BYTES_LITERAL("X-Long: ")) &&
           fill(wire, bytes_of(kibibyte, sizeof kibibyte), fault->number) &&
           wire_write(wire, BYTES_LITERAL("\r\n"));
}

static void send_reset_at(struct wire *wire, const struct fault *fault, struct bytes head,
                          struct bytes body)
{
    size_t at = (size_t)fault->number;
    size_t of_body = at > head.len + 2 ? at - head.len - 2 : 0;
    bool good = wire_write(wire, bytes_slice(head, 0, at));
    if (good && at >= head.len + 2) good = wire_write(wire, BYTES_LITERAL("\r\n"));
    if (good && of_body > 0) (void)wire_write(wire, bytes_slice(body, 0, of_body));
    wire_close(wire, WIRE_RESET);
}

void spoil_send(struct wire *wire, const struct fault *fault, const struct reply *reply)
{
    char storage[4096];
    struct bytes body = textbuf_bytes(&reply->body);
    struct bytes head = open_head(reply, storage, sizeof storage);
    struct bytes interim = BYTES_LITERAL("HTTP/1.1 100 Continue\r\n\r\n");
    if (fault->kind == FAULT_RAW) {
        send_raw(wire, fault, body);
        return;
    }
    if (fault->kind == FAULT_RESET_AT) {
        send_reset_at(wire, fault, head, body);
        return;
    }
    bool good = fault->kind != FAULT_INTERIM || fill(wire, interim, fault->number);
    good = good && wire_write(wire, head);
    if (fault->kind != FAULT_INTERIM) good = good && send_filling(wire, fault);
    (void)(good && wire_write(wire, BYTES_LITERAL("\r\n")) && wire_write(wire, body));
}
