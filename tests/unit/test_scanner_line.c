/* Guards: a code from a line scanner is the whole of it or nothing: it ends with its terminator,
 * not with a read; what is too long, unclean or the scanner's own talk is never handed on as a
 * code. AIM ids: manuals of Zebra DS457, Datalogic and Honeywell. */
#include "drivers/scanner_line.h"

#include "tests/support/expect.h"

static enum scan_result feed_whole(struct bytes input, struct scan *out_scan, unsigned *out_count)
{
    struct scanner_state state;
    enum scan_result last = SCAN_NOTHING;
    scanner_state_init(&state, NULL);
    *out_count = 0;
    while (input.len > 0) {
        enum scan_result result;
        input = bytes_from(input, scanner_line.feed(&state, input, &result, out_scan));
        if (result == SCAN_NOTHING) continue;
        last = result;
        (*out_count)++;
    }
    return last;
}

static void a_line_is_a_code(void)
{
    static const struct {
        struct bytes input;
        const char *text, *aim, *promise;
    } rows[] = {
        {BYTES_LITERAL("ORD-1042\r"), "ORD-1042", "", "CR"},
        {BYTES_LITERAL("ORD-1042\r\n"), "ORD-1042", "", "CR LF is one end"},
        {BYTES_LITERAL("ORD-1042\n"), "ORD-1042", "", "LF"},
        {BYTES_LITERAL("\x02ORD-1042\x03"), "ORD-1042", "", "STX ETX"},
        {BYTES_LITERAL("\x02ORD-1042\x03\r\n"), "ORD-1042", "", "all of them"},
        {BYTES_LITERAL("lost\x02ORD-1042\x03"), "ORD-1042", "", "STX begins anew"},
        {BYTES_LITERAL("]C0EE123456785IN\r"), "EE123456785IN", "]C0", "AIM prefix"},
        {BYTES_LITERAL("]A7X\r"), "X", "]A7", "Code 39"},
        {BYTES_LITERAL("]AFX\r"), "X", "]AF", "a modifier may be a letter"},
        {BYTES_LITERAL("]5X\r"), "]5X", "", "not an AIM prefix"},
        {BYTES_LITERAL("]\r"), "]", "", "only the bracket"},
        {BYTES_LITERAL("]C110AB\x1D"
                       "21X\r"),
         "10AB\x1D"
         "21X",
         "]C1", "GS is data"},
        {BYTES_LITERAL("\xE0\xA4\x95\r"), "\xE0\xA4\x95", "", "UTF-8"},
        {BYTES_LITERAL(" A B \r"), " A B ", "", "blanks are data"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scan scan;
        unsigned count;
        EXPECT_I64(SCAN_READ, feed_whole(rows[i].input, &scan, &count), rows[i].promise);
        EXPECT_I64(1, count, rows[i].promise);
        EXPECT_BYTES(bytes_of_text(rows[i].text), bytes_of(scan.text, scan.len), rows[i].promise);
        EXPECT_TEXT(rows[i].aim, scan.aim, rows[i].promise);
    }
}

static void what_is_no_code_is_not_handed_on(void)
{
    static const struct {
        struct bytes input;
        enum scan_result result;
        const char *promise;
    } rows[] = {
        {BYTES_LITERAL("ORD-1042"), SCAN_NOTHING, "no end, no code"},
        {BYTES_LITERAL("\r\n\r\n"), SCAN_NOTHING, "empty lines"},
        {BYTES_LITERAL("]Z6REVINF\x06.\r"), SCAN_NOTHING, "the scanner answers a command"},
        {BYTES_LITERAL("]X0Battery low\r"), SCAN_NOTHING, "the scanner talks"},
        {BYTES_LITERAL("]C1\r"), SCAN_UNCLEAN, "a symbology without data"},
        {BYTES_LITERAL("OR\x1B[2JD\r"), SCAN_UNCLEAN, "an escape"},
        {BYTES_LITERAL("OR\0D\r"), SCAN_UNCLEAN, "a NUL"},
        {BYTES_LITERAL("OR\x7F\r"), SCAN_UNCLEAN, "a DEL"},
        {BYTES_LITERAL("OR\xC0\x80\r"), SCAN_UNCLEAN, "not UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scan scan;
        unsigned count;
        EXPECT_I64(rows[i].result, feed_whole(rows[i].input, &scan, &count), rows[i].promise);
    }
}

static void the_longest_code_fits_and_the_next_longer_is_refused(void)
{
    for (size_t len = SCAN_TEXT_MAX; len <= SCAN_TEXT_MAX + 1; len++) {
        uint8_t input[SCAN_TEXT_MAX + 8];
        struct scan scan;
        unsigned count;
        memset(input, 'A', len);
        input[len] = '\r';
        enum scan_result result = feed_whole(bytes_of(input, len + 1), &scan, &count);
        EXPECT_I64(len == SCAN_TEXT_MAX ? SCAN_READ : SCAN_TOO_LONG, result, "the limit is exact");
        if (result == SCAN_READ) EXPECT_I64(SCAN_TEXT_MAX, scan.len, "all of it");
    }
}

static void a_refused_code_does_not_touch_the_next(void)
{
    struct scanner_state state;
    struct scan scan;
    enum scan_result result;
    struct bytes input = BYTES_LITERAL("bad\x01\rgood\r");
    scanner_state_init(&state, NULL);
    input = bytes_from(input, scanner_line.feed(&state, input, &result, &scan));
    EXPECT_I64(SCAN_UNCLEAN, result, "the first is refused");
    (void)scanner_line.feed(&state, input, &result, &scan);
    EXPECT(result == SCAN_READ && bytes_equal_text(bytes_of(scan.text, scan.len), "good"),
           "the next");
}

int main(void)
{
    EXPECT_RUN(a_line_is_a_code);
    EXPECT_RUN(what_is_no_code_is_not_handed_on);
    EXPECT_RUN(the_longest_code_fits_and_the_next_longer_is_refused);
    EXPECT_RUN(a_refused_code_does_not_touch_the_next);
    return expect_result();
}
