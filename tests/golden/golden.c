/* Guards: what we send to couriers and order systems, byte for byte, and what we make of recorded
 * answers. A change here is a change of what leaves the box. */
#include "tests/golden/golden.h"

#include "tests/support/expect.h"

void golden_request_write(struct textbuf *text, const struct http_request *request)
{
    textbuf_format(text, "%s %s\n", http_method_word(request->method), request->url);
    for (size_t i = 0; i < request->header_count; i++) {
        textbuf_format(text, "%s: %s\n", request->headers[i].name, request->headers[i].value);
    }
    textbuf_char(text, '\n');
    textbuf_bytes_put(text, textbuf_bytes(&request->body));
}

bool golden_expect(bool good, const char *where, const char *promise)
{
    if (!good) fprintf(stderr, "in %s:\n", where);
    return EXPECT(good, promise);
}

bool golden_expect_bytes(struct bytes wanted, struct bytes got, const char *where,
                         const char *promise)
{
    if (!bytes_equal(wanted, got)) fprintf(stderr, "in %s:\n", where);
    return EXPECT_BYTES(wanted, got, promise);
}

int main(void)
{
    EXPECT_RUN(golden_carriers);
    EXPECT_RUN(golden_oms);
    return expect_result();
}
