/* Guards: nothing that would split a header or bend a url can get into a request, and what does not
 * fit leaves the request as it was. */
#include "hal/base/http_message.h"

#include "tests/support/expect.h"

static struct http_request request; /* twelve kilobytes: too much for a test's stack frame */
static char body[64];

static void a_fresh_request_is_empty(void)
{
    memset(&request, 0x5A, sizeof request);
    http_request_init(&request, HTTP_POST, body, sizeof body);
    EXPECT_I64(HTTP_POST, request.method, "the method");
    EXPECT_TEXT("", request.url, "no url");
    EXPECT_I64(0, request.header_count, "no headers");
    EXPECT_I64(0, request.body.len, "no body");
    textbuf_text(&request.body, "{}");
    EXPECT_TEXT("{}", body, "the body lies in the caller's storage");
    http_request_init(&request, HTTP_GET, NULL, 0);
    EXPECT_I64(0, textbuf_bytes(&request.body).len, "a GET needs no storage");
    textbuf_text(&request.body, "x");
    EXPECT(!textbuf_ok(&request.body), "and without storage nothing fits");
}

static void only_clean_headers_are_taken(void)
{
    static const struct {
        const char *name;
        struct bytes value;
        bool good;
        const char *promise;
    } rows[] = {
        {"Authorization", BYTES_LITERAL("Token s3cret"), true, "a token"},
        {"X-Empty", BYTES_NONE, true, "an empty value"},
        {"X-Name", BYTES_LITERAL("\xE0\xA4\xAA"), true,
         "a value beyond ASCII is the caller's word"},
        {"X", BYTES_LITERAL("a\r\nEvil: 1"), false, "CR LF in a value"},
        {"X", BYTES_LITERAL("a\nb"), false, "LF in a value"},
        {"X", BYTES_LITERAL("a\0b"), false, "NUL in a value"},
        {"", BYTES_LITERAL("a"), false, "no name"},
        {"X: 1", BYTES_LITERAL("a"), false, "a colon or blank in a name"},
        {"X\r\nY", BYTES_LITERAL("a"), false, "CR LF in a name"},
        {"X-Forty-Characters-And-Then-One-More-Byte", BYTES_LITERAL("a"), false, "too long a name"},
    };
    http_request_init(&request, HTTP_GET, NULL, 0);
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool taken = http_request_header(&request, rows[i].name, rows[i].value);
        count += rows[i].good;
        EXPECT(taken == rows[i].good, rows[i].promise);
        EXPECT_I64(count, request.header_count, rows[i].promise);
    }
    EXPECT_TEXT("Authorization", request.headers[0].name, "the name is kept");
    EXPECT_TEXT("Token s3cret", request.headers[0].value, "the value is kept");
}

static void headers_are_bounded_in_number_and_length(void)
{
    static char longest[HTTP_HEADER_VALUE_MAX];
    memset(longest, 't', sizeof longest);
    http_request_init(&request, HTTP_GET, NULL, 0);
    struct bytes fits = bytes_of(longest, sizeof longest - 1);
    EXPECT(!http_request_header(&request, "A", bytes_of(longest, sizeof longest)), "one too long");
    for (size_t i = 0; i < HTTP_HEADERS_MAX; i++) {
        EXPECT(http_request_header(&request, "A", fits), "as many as stated, as long as stated");
    }
    EXPECT(!http_request_header(&request, "A", fits), "and not one more");
    EXPECT_I64(HTTP_HEADERS_MAX, request.header_count, "the refused one is not counted");
}

static void only_a_clean_whole_url_is_taken(void)
{
    static const struct {
        const char *url;
        bool good;
        const char *promise;
    } rows[] = {
        {"https://oms.example.in/packd/v1/orders?limit=200", true, "a plain url"},
        {"https://a/b c", false, "a blank must be encoded"},
        {"https://a/\r\nHost: b", false, "CR LF"},
        {"https://a/\xE0\xA4\xAA", false, "bytes beyond ASCII must be encoded"},
        {"", false, "no url"},
    };
    char storage[HTTP_URL_MAX + 8];
    struct textbuf url;
    http_request_init(&request, HTTP_GET, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        textbuf_init(&url, storage, sizeof storage);
        textbuf_text(&url, rows[i].url);
        EXPECT(http_request_url(&request, &url) == rows[i].good, rows[i].promise);
    }
    EXPECT_TEXT(rows[0].url, request.url, "a refused url leaves the old one");
    textbuf_init(&url, storage, sizeof storage);
    for (size_t i = 0; i + 1 < HTTP_URL_MAX; i++) textbuf_char(&url, 'u');
    EXPECT(http_request_url(&request, &url), "the longest url");
    textbuf_char(&url, 'u');
    EXPECT(!http_request_url(&request, &url), "one byte longer");
    textbuf_init(&url, storage, 4);
    textbuf_text(&url, "abc");
    textbuf_text(&url, "d");
    EXPECT(!http_request_url(&request, &url), "a url that overflowed its buffer is not a url");
}

static void markup_is_known_by_its_first_byte(void)
{
    static const struct {
        struct bytes body;
        bool markup;
        const char *promise;
    } rows[] = {
        {BYTES_LITERAL("<html>"), true, "HTML"},
        {BYTES_LITERAL(" \r\n\t<?xml"), true, "XML after blanks"},
        {BYTES_LITERAL("{\"a\":\"<\"}"), false, "JSON with a bracket inside"},
        {BYTES_NONE, false, "nothing"},
        {BYTES_LITERAL("\xEF\xBB\xBF<html>"), true, "HTML after a byte-order mark"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_response response = {.status = 200, .body = rows[i].body};
        EXPECT(http_response_is_markup(&response) == rows[i].markup, rows[i].promise);
    }
}

static void every_value_has_its_word(void)
{
    EXPECT_TEXT("GET", http_method_word(HTTP_GET), "RFC 9110 word");
    EXPECT_TEXT("POST", http_method_word(HTTP_POST), "RFC 9110 word");
    EXPECT_TEXT("PUT", http_method_word(HTTP_PUT), "RFC 9110 word");
    EXPECT_TEXT("DELETE", http_method_word(HTTP_DELETE), "RFC 9110 word");
    EXPECT_TEXT("answered", exchange_end_word(EXCHANGE_ANSWERED), "log word");
    EXPECT_TEXT("not_sent", exchange_end_word(EXCHANGE_NOT_SENT), "log word");
    EXPECT_TEXT("maybe_sent", exchange_end_word(EXCHANGE_MAYBE_SENT), "log word");
    EXPECT_TEXT("untrusted", exchange_end_word(EXCHANGE_UNTRUSTED), "log word");
    EXPECT_TEXT("no_clock", exchange_end_word(EXCHANGE_NO_CLOCK), "log word");
}

int main(void)
{
    EXPECT_RUN(a_fresh_request_is_empty);
    EXPECT_RUN(only_clean_headers_are_taken);
    EXPECT_RUN(headers_are_bounded_in_number_and_length);
    EXPECT_RUN(only_a_clean_whole_url_is_taken);
    EXPECT_RUN(markup_is_known_by_its_first_byte);
    EXPECT_RUN(every_value_has_its_word);
    return expect_result();
}
