/* Guards: a HID POS scanner's reports (HID POS Usage Tables 1.02, page 8C) become the code that was
 * scanned, wherever its descriptor puts the values, over as many reports as it takes; what the
 * scanner says about itself is no scan; what is cut, glued, too long or odd is refused (faults B02,
 * B03, B04); and a scanner in another mode is refused with a sentence that says what to do. Real
 * descriptors and reports: tests/replay/captures/hid.tsv. */
#include "drivers/scanner_hid_pos.h"

#include "hal/base/hid.h"
#include "tests/support/expect.h"
#include "tests/support/hid_bench.h"

struct scanned {
    struct scanner_state state;
    enum scan_result result;
    struct scan scan;
};

static const char *describe(struct scanned *scanned, const char *hex, uint16_t vendor)
{
    struct hid_bytes descriptor = hid_bytes_of(hex);
    struct device_identity identity = {.vendor = vendor,
                                       .is_hid = true,
                                       .report_descriptor = hid_run(&descriptor)};
    memset(scanned, 0, sizeof *scanned);
    scanner_state_init(&scanned->state, NULL);
    return scanner_hid_pos.describe(&scanned->state, &identity);
}

static void init(struct scanned *scanned)
{
    EXPECT(describe(scanned, hid_capture("D01"), 0x0C2E) == NULL, "D01 is understood");
}

static void feed(struct scanned *scanned, struct bytes report)
{
    EXPECT_I64(report.len,
               scanner_hid_pos.feed(&scanned->state, report, &scanned->result, &scanned->scan),
               "a report is used whole");
}

/* The report of D01: id 02, count, AIM, 56 bytes of data, Honeywell's letter, more. */
struct pos_report {
    uint8_t bytes[64];
};

static struct pos_report report_of(const char *aim, struct bytes data, bool continued)
{
    struct pos_report report = {{0x02, (uint8_t)data.len}};
    memcpy(report.bytes + 2, aim, strlen(aim));
    if (data.len > 0) memcpy(report.bytes + 5, data.data, data.len);
    report.bytes[63] = continued;
    return report;
}

static void feed_part(struct scanned *scanned, const char *aim, struct bytes data, bool continued)
{
    struct pos_report report = report_of(aim, data, continued);
    feed(scanned, bytes_of(report.bytes, sizeof report.bytes));
}

static void expect_scan(const struct scanned *scanned, const char *aim, struct bytes text,
                        const char *promise)
{
    if (!EXPECT_I64(SCAN_READ, scanned->result, promise)) return;
    EXPECT_TEXT(aim, scanned->scan.aim, promise);
    EXPECT_BYTES(text, bytes_of(scanned->scan.text, scanned->scan.len), promise);
}

static void a_code_is_read_with_its_identifier(void)
{
    struct scanned scanned;
    init(&scanned);
    feed_part(&scanned, "]C0", BYTES_LITERAL("EE123456785IN"), false);
    expect_scan(&scanned, "]C0", BYTES_LITERAL("EE123456785IN"), "a Code 128");
    feed_part(&scanned, "]C1",
              BYTES_LITERAL("420560038\x1D"
                            "403ABC"),
              false);
    expect_scan(&scanned, "]C1",
                BYTES_LITERAL("420560038\x1D"
                              "403ABC"),
                "GS survives");
    feed_part(&scanned, "]Q2", BYTES_LITERAL("\xE0\xA4\x95 %s '; DROP"), false);
    expect_scan(&scanned, "]Q2", BYTES_LITERAL("\xE0\xA4\x95 %s '; DROP"),
                "text is text, whatever it says (fault B04)");
    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-1\r\n"), false);
    expect_scan(&scanned, "]C0", BYTES_LITERAL("PACK-1"), "a suffix is taken off");
    feed_part(&scanned, "",
              BYTES_LITERAL("]C1"
                            "0112345678901231"),
              false);
    expect_scan(&scanned, "]C1", BYTES_LITERAL("0112345678901231"), "the identifier in the text");
    feed_part(&scanned, "]C0",
              BYTES_LITERAL("]C1"
                            "01"),
              false);
    expect_scan(&scanned, "]C0",
                BYTES_LITERAL("]C1"
                              "01"),
                "only one of them counts");
    feed_part(&scanned, "\x01\x02\x03", BYTES_LITERAL("PACK-1"), false);
    expect_scan(&scanned, "", BYTES_LITERAL("PACK-1"), "what is no identifier is none");
}

static void a_long_code_comes_in_parts(void)
{
    static const char code[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789 end";
    struct scanned scanned;
    struct bytes whole = bytes_of_text(code);
    init(&scanned);
    for (unsigned times = 0; times < 2; times++) {
        feed_part(&scanned, "]Q1", bytes_slice(whole, 0, 56), true);
        EXPECT_I64(SCAN_NOTHING, scanned.result, "more follows");
        feed_part(&scanned, "]Q1", bytes_slice(whole, 56, 56), true);
        EXPECT_I64(SCAN_NOTHING, scanned.result, "more follows");
        feed_part(&scanned, "]Q1", bytes_from(whole, 112), false);
        expect_scan(&scanned, "]Q1", whole, "three parts are one code");
    }
}

/* Fault B02. */
static void a_broken_code_is_never_half_a_code(void)
{
    struct scanned scanned;
    struct pos_report report = report_of("]C0", BYTES_LITERAL("PACK-1"), false);
    init(&scanned);
    for (size_t len = 1; len < sizeof report.bytes; len++) {
        feed(&scanned, bytes_of(report.bytes, len));
        EXPECT_I64(SCAN_UNCLEAN, scanned.result, "a report that is too short");
    }
    feed(&scanned, BYTES_NONE);
    EXPECT_I64(SCAN_NOTHING, scanned.result, "an empty one is nothing");

    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-"), true);
    uint8_t other[64] = {0xF0};
    feed(&scanned, bytes_of(other, sizeof other));
    EXPECT_I64(SCAN_UNCLEAN, scanned.result, "another report in the middle");
    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-2"), false);
    expect_scan(&scanned, "]C0", BYTES_LITERAL("PACK-2"), "the next code is itself");
    feed(&scanned, bytes_of(other, sizeof other));
    EXPECT_I64(SCAN_NOTHING, scanned.result, "another report between two codes");

    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-"), true);
    feed_part(&scanned, "]Q1", BYTES_LITERAL("1"), false);
    EXPECT_I64(SCAN_UNCLEAN, scanned.result, "two symbologies are two codes");

    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-"), true);
    scanner_state_break(&scanned.state);
    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-2"), false);
    expect_scan(&scanned, "]C0", BYTES_LITERAL("PACK-2"), "after a pause it begins anew");

    memset(report.bytes + 5, 'A', 57); /* the letter behind the data too */
    report.bytes[1] = 57;
    feed(&scanned, bytes_of(report.bytes, sizeof report.bytes));
    EXPECT_I64(SCAN_UNCLEAN, scanned.result, "it counts more than it has room for");
}

/* Faults B03 and B04. */
static void what_is_no_code_is_refused(void)
{
    static const struct {
        struct bytes data;
        const char *promise;
    } rows[] = {
        {BYTES_LITERAL(""), "a symbology without data"},
        {BYTES_LITERAL("\r\n"), "nothing but a suffix"},
        {BYTES_LITERAL("a\0b"), "NUL inside"},
        {BYTES_LITERAL("a\x1B[2J"), "an escape sequence"},
        {BYTES_LITERAL("[)>\x1E"
                       "06\x1D"
                       "12"),
         "RS"},
        {BYTES_LITERAL("a\rb"), "CR inside"},
        {BYTES_LITERAL("caf\xE9"), "Latin-1: not certain"},
        {BYTES_LITERAL("\x7F"), "delete"},
    };
    struct scanned scanned;
    init(&scanned);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        feed_part(&scanned, "]C0", rows[i].data, false);
        EXPECT_I64(SCAN_UNCLEAN, scanned.result, rows[i].promise);
    }
    feed_part(&scanned, "", BYTES_NONE, false);
    EXPECT_I64(SCAN_NOTHING, scanned.result, "no symbology and no data: no code");
}

static void a_huge_code_is_refused_once_and_forgotten(void)
{
    uint8_t data[56];
    struct scanned scanned;
    memset(data, 'x', sizeof data);
    init(&scanned);
    for (unsigned i = 0; i < 4096 / 56; i++) {
        feed_part(&scanned, "]Q1", bytes_of(data, sizeof data), true);
        EXPECT_I64(SCAN_NOTHING, scanned.result, "a code of 4 kB is on its way");
    }
    feed_part(&scanned, "]Q1", bytes_of(data, 5), false);
    EXPECT_I64(SCAN_TOO_LONG, scanned.result, "refused at its end");
    feed_part(&scanned, "]Q1", BYTES_LITERAL("PACK-1"), false);
    expect_scan(&scanned, "]Q1", BYTES_LITERAL("PACK-1"), "and the next one is read");
    for (unsigned i = 0; i < 9; i++) {
        feed_part(&scanned, "]Q1", bytes_of(data, sizeof data), true);
    }
    feed_part(&scanned, "]Q1", bytes_of(data, SCAN_TEXT_MAX - 9 * 56), false);
    EXPECT(scanned.result == SCAN_READ && scanned.scan.len == SCAN_TEXT_MAX, "the longest code");
}

static void what_the_scanner_says_about_itself_is_no_scan(void)
{
    static const char *const ids[] = {"R01", "R03", "R02"}; /* R02 ends what R03 begins */
    struct scanned scanned;
    init(&scanned);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct hid_bytes report = hid_bytes_of(hid_capture(ids[i]));
        feed(&scanned, hid_run(&report));
        EXPECT_I64(SCAN_NOTHING, scanned.result, ids[i]);
    }
    feed_part(&scanned, "]C0", BYTES_LITERAL("PACK-1"), false);
    expect_scan(&scanned, "]C0", BYTES_LITERAL("PACK-1"), "and a scan behind it is one");
    memcpy(scanned.state.settings.prefix, "~", 2);
    struct hid_bytes report = hid_bytes_of(hid_capture("R01"));
    feed(&scanned, hid_run(&report));
    EXPECT_I64(SCAN_NOTHING, scanned.result, "of it no prefix is demanded");
}

static void honeywells_letter_counts_only_without_an_identifier(void)
{
    static const struct {
        const char *aim;
        char letter;
        const char *wanted, *promise;
    } rows[] = {
        {"", 'j', "]C0", "Code 128"},
        {"", 'I', "]C1", "GS1-128"},
        {"", 's', "]Q1", "QR"},
        {"", 'c', "", "UPC-A: 12 digits, but ]E0 promises 13"},
        {"", '|', "", "two meanings"},
        {"", '\0', "", "no letter"},
        {"]d2", 'w', "]d2", "the identifier says more"},
        {"]C1", 'j', "]C1", "and wins when they differ"},
    };
    struct scanned scanned;
    init(&scanned);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pos_report report = report_of(rows[i].aim, BYTES_LITERAL("PACK-1"), false);
        report.bytes[61] = (uint8_t)rows[i].letter;
        feed(&scanned, bytes_of(report.bytes, sizeof report.bytes));
        expect_scan(&scanned, rows[i].wanted, BYTES_LITERAL("PACK-1"), rows[i].promise);
    }
}

/* Only the usages are certain, not the places. */
static void values_are_found_wherever_they_stand(void)
{
    struct scanned scanned;
    struct hid_bytes report;
    const char *data_first = "05 8c 09 02 a1 01 09 12 a1 02 15 00 26 ff 00 75 08 95 08 09 fe 81 02 "
                             "95 03 09 fb 09 fc 09 fd 81 02 c0 c0";
    EXPECT(describe(&scanned, data_first, 0x05E0) == NULL, "no id, no count, data first");
    report = hid_bytes_of("41 42 43 00 00 00 00 00 5d 43 30");
    feed(&scanned, hid_run(&report));
    expect_scan(&scanned, "]C0", BYTES_LITERAL("ABC"), "NULs at the end are padding");
    report = hid_bytes_of("41 00 43 00 00 00 00 00 5d 43 30");
    feed(&scanned, hid_run(&report));
    EXPECT_I64(SCAN_UNCLEAN, scanned.result, "a NUL inside is not");
    feed(&scanned, BYTES_NONE);
    EXPECT_I64(SCAN_NOTHING, scanned.result, "an empty packet is nothing");
    report = hid_bytes_of("41 42 43 44 45 46 47 48 00 00 00");
    feed(&scanned, hid_run(&report));
    expect_scan(&scanned, "", BYTES_LITERAL("ABCDEFGH"), "a full report without an identifier");

    const char *odd = "05 8c 09 02 a1 01 85 07 09 12 a1 02 15 00 25 01 75 01 95 01 09 ff 81 02 "
                      "75 07 95 01 81 03 26 ff 00 75 08 95 04 09 fe 81 02 05 01 09 3b 75 08 95 01 "
                      "81 02 c0 c0";
    EXPECT(describe(&scanned, odd, 0x05F9) == NULL, "continued first, count last");
    report = hid_bytes_of("07 01 41 42 43 44 04");
    feed(&scanned, hid_run(&report));
    EXPECT_I64(SCAN_NOTHING, scanned.result, "bit 0 of the first byte: more follows");
    report = hid_bytes_of("07 fe 45 46 47 48 01");
    feed(&scanned, hid_run(&report));
    expect_scan(&scanned, "", BYTES_LITERAL("ABCDE"), "the count rules, the padding bits do not");

    const char *bits = "05 8c 09 02 a1 01 15 00 25 01 75 01 95 01 09 ff 81 02 26 ff 00 75 08 95 02 "
                       "09 fe 81 02 75 07 95 01 81 03 c0";
    EXPECT(describe(&scanned, bits, 0) == NULL, "data that begins inside a byte");
    report = hid_bytes_of("82 84 00");
    feed(&scanned, hid_run(&report));
    expect_scan(&scanned, "", BYTES_LITERAL("AB"), "is read bit by bit");
}

static void only_two_makers_are_switched_on(void)
{
    static const uint16_t makers[] = {0x0C2E, 0x23D0};
    static const uint8_t wanted[] = {HID_FEATURE, 0xFE, 0x01};
    struct scanned scanned;
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        EXPECT(describe(&scanned, hid_capture("D01"), makers[i]) == NULL, "understood");
        EXPECT_BYTES(bytes_of(wanted, sizeof wanted), scanner_hid_pos.opening(&scanned.state, 0),
                     "feature report FE, 01");
        EXPECT_I64(0, scanner_hid_pos.opening(&scanned.state, 1).len, "and nothing more");
    }
    EXPECT(describe(&scanned, hid_capture("D01"), 0x05E0) == NULL, "Honeywell's descriptor");
    EXPECT_I64(0, scanner_hid_pos.opening(&scanned.state, 0).len, "of another maker: nothing");
    EXPECT(describe(&scanned, hid_capture("D02"), 0x0C2E) != NULL, "a Honeywell that types");
    EXPECT_I64(0, scanner_hid_pos.opening(&scanned.state, 0).len, "is told nothing either");
}

static void another_mode_is_refused_with_a_sentence(void)
{
    static const struct {
        const char *hex, *part, *promise;
    } rows[] = {
        {"06 45 ff 0a 00 4b a1 01 15 00 26 ff 00 75 08 95 40 09 00 81 02 c0",
         "IBM hand-held mode: switch the scanner to HID POS or keyboard mode", "64 bytes, no id"},
        {"06 00 ff 09 01 a1 01 85 21 15 00 26 ff 00 75 08 95 20 09 01 81 02 c0",
         "switch the scanner to HID POS or keyboard mode", "another mode of a maker's own"},
        {"05 01 09 06 a1 01 05 07 19 00 29 65 25 65 75 08 95 06 81 00 c0", "driver = keyboard",
         "a keyboard"},
        {"05 01 09 02 a1 01 75 08 95 01 25 7f 09 30 81 02 c0", "no bar code scanner", "a mouse"},
        {"05 8c 09 02 a1 01 75 01 95 08 25 01 09 5f 91 02 c0", "no place for a code",
         "a scanner's trigger only"},
        {"05 8c 09 02 a1 01 26 ff 00 75 08 95 08 09 fe 81 00 c0", "no place for a code",
         "data as an array"},
        {"05 8c 09 02 a1 01", "broken", "a descriptor that is cut"},
        {"", "unplug", "no descriptor"},
    };
    struct scanned scanned;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *sentence = describe(&scanned, rows[i].hex, 0x0C2E);
        EXPECT(sentence != NULL && strstr(sentence, rows[i].part) != NULL, rows[i].promise);
        struct pos_report report = report_of("]C0", BYTES_LITERAL("PACK-1"), false);
        feed(&scanned, bytes_of(report.bytes, sizeof report.bytes));
        EXPECT_I64(SCAN_NOTHING, scanned.result, "and nothing is read then");
    }
}

int main(void)
{
    EXPECT_RUN(a_code_is_read_with_its_identifier);
    EXPECT_RUN(a_long_code_comes_in_parts);
    EXPECT_RUN(a_broken_code_is_never_half_a_code);
    EXPECT_RUN(what_is_no_code_is_refused);
    EXPECT_RUN(a_huge_code_is_refused_once_and_forgotten);
    EXPECT_RUN(what_the_scanner_says_about_itself_is_no_scan);
    EXPECT_RUN(honeywells_letter_counts_only_without_an_identifier);
    EXPECT_RUN(values_are_found_wherever_they_stand);
    EXPECT_RUN(only_two_makers_are_switched_on);
    EXPECT_RUN(another_mode_is_refused_with_a_sentence);
    return expect_result();
}
