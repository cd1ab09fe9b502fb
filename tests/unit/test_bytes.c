/* Guards: a borrowed run of bytes is never read past its length, and compares, splits and converts
 * exactly as bytes.h says. UTF-8 cases follow the table of well-formed sequences in RFC 3629, 4. */
#include "tests/support/expect.h"

static void slices_are_clipped_to_what_is_there(void)
{
    static const struct {
        size_t from, len;
        const char *wanted, *promise;
    } rows[] = {
        {0, 3, "abc", "the front"},
        {1, 1, "b", "the middle"},
        {0, 99, "abc", "more than there is gives what there is"},
        {2, SIZE_MAX, "c", "a length that would overflow gives the rest"},
        {3, 1, "", "from the end gives nothing"},
        {SIZE_MAX, 1, "", "from beyond the end gives nothing"},
        {1, 0, "", "nothing asked gives nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes got = bytes_slice(BYTES_LITERAL("abc"), rows[i].from, rows[i].len);
        EXPECT_BYTES(bytes_of_text(rows[i].wanted), got, rows[i].promise);
    }
    EXPECT_I64(0, bytes_slice(BYTES_NONE, 0, 5).len, "a slice of nothing is nothing");
    EXPECT_BYTES(BYTES_LITERAL("c"), bytes_from(BYTES_LITERAL("abc"), 2),
                 "from a place to the end");
}

static void comparing_looks_at_length_and_bytes(void)
{
    EXPECT(bytes_equal(BYTES_NONE, bytes_of("", 0)), "two empty runs are equal, NULL or not");
    EXPECT(!bytes_equal(BYTES_LITERAL("ab"), BYTES_LITERAL("abc")), "a prefix is not equal");
    EXPECT(!bytes_equal(BYTES_LITERAL("a\0b"), BYTES_LITERAL("a\0c")), "a NUL does not end it");
    EXPECT(bytes_equal_text(BYTES_LITERAL("kg"), "kg"), "a run equals its text");
    EXPECT(bytes_equal_ignore_case(BYTES_LITERAL("Retry-AFTER"), "retry-after"), "ASCII case");
    EXPECT(!bytes_equal_ignore_case(BYTES_LITERAL("@["), "`{"), "only letters have a case");
    EXPECT(!bytes_equal_ignore_case(BYTES_LITERAL("\xC3\x84"), "\xC3\xA4"), "only ASCII letters");
    EXPECT(bytes_start_with(BYTES_LITERAL("usb:1"), "usb:"), "a prefix is found");
    EXPECT(!bytes_start_with(BYTES_LITERAL("us"), "usb:"), "a run shorter than the prefix");
    EXPECT(bytes_start_with(BYTES_NONE, ""), "everything begins with nothing");
}

static void finding_gives_the_length_when_absent(void)
{
    struct bytes whole = BYTES_LITERAL("aababc");
    EXPECT_I64(3, bytes_find(whole, BYTES_LITERAL("abc")), "a match after a false start");
    EXPECT_I64(6, bytes_find(whole, BYTES_LITERAL("x")), "absent");
    EXPECT_I64(0, bytes_find(whole, BYTES_NONE), "nothing is found at once");
    EXPECT_I64(1, bytes_find(BYTES_LITERAL("a"), BYTES_LITERAL("ab")), "longer than the whole");
    EXPECT_I64(0, bytes_find(BYTES_NONE, BYTES_LITERAL("a")), "in nothing");
    EXPECT_I64(2, bytes_find_byte(whole, 'b'), "the first such byte");
    EXPECT_I64(6, bytes_find_byte(whole, 'z'), "no such byte");
    EXPECT_I64(0, bytes_find_byte(BYTES_NONE, 'a'), "no bytes at all");
}

static void trimming_takes_blanks_of_both_ends_only(void)
{
    EXPECT_BYTES(BYTES_LITERAL("a b"), bytes_trim(BYTES_LITERAL(" \t\r\na b\n ")), "both ends");
    EXPECT_BYTES(BYTES_NONE, bytes_trim(BYTES_LITERAL(" \t\r\n")), "blanks only");
    EXPECT_BYTES(BYTES_NONE, bytes_trim(BYTES_NONE), "nothing");
    EXPECT_BYTES(BYTES_LITERAL("\v"), bytes_trim(BYTES_LITERAL("\v")), "other controls stay");
    struct bytes marked = BYTES_LITERAL("\xEF\xBB\xBF"
                                        "a");
    EXPECT_BYTES(BYTES_LITERAL("a"), bytes_skip_mark(marked), "a byte-order mark goes");
    EXPECT_BYTES(bytes_from(marked, 1), bytes_skip_mark(bytes_from(marked, 1)),
                 "half a mark stays");
}

static void splitting_loses_no_part(void)
{
    struct bytes rest = BYTES_LITERAL("a,,b"), part;
    EXPECT(bytes_split(&rest, ',', &part), "a first part");
    EXPECT_BYTES(BYTES_LITERAL("a"), part, "before the separator");
    EXPECT(bytes_split(&rest, ',', &part), "an empty part");
    EXPECT_BYTES(BYTES_NONE, part, "between two separators");
    EXPECT(bytes_split(&rest, ',', &part), "a last part");
    EXPECT_BYTES(BYTES_LITERAL("b"), part, "all that is left");
    EXPECT(!bytes_split(&rest, ',', &part), "and then no more");
}

static void a_text_is_copied_whole_or_not_at_all(void)
{
    char text[4] = "old";
    EXPECT(bytes_to_text(BYTES_LITERAL("abc"), text, sizeof text), "three and the NUL fit four");
    EXPECT_TEXT("abc", text, "as it was");
    EXPECT(!bytes_to_text(BYTES_LITERAL("abcd"), text, sizeof text), "four do not");
    EXPECT_TEXT("", text, "and leave an empty text");
    EXPECT(!bytes_to_text(BYTES_LITERAL("a\0b"), text, sizeof text), "a NUL inside is refused");
    EXPECT(bytes_to_text(BYTES_NONE, text, 1), "nothing fits one byte");
}

static void only_plain_digits_within_the_maximum_are_a_number(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool good;
        uint64_t wanted;
        const char *promise;
    } rows[] = {
        {"0", 0, true, 0, "nought with maximum nought"},
        {"1", 0, false, 0, "one with maximum nought"},
        {"007", 9, true, 7, "leading zeros"},
        {"255", 255, true, 255, "exactly the maximum"},
        {"256", 255, false, 0, "one above"},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX, "the largest of 64 bits"},
        {"18446744073709551616", UINT64_MAX, false, 0, "one more than 64 bits"},
        {"99999999999999999999999", UINT64_MAX, false, 0, "far more than 64 bits"},
        {"", 9, false, 0, "nothing"},
        {"-1", 9, false, 0, "a sign"},
        {"1 ", 9, false, 0, "a blank"},
        {"1x", 99, false, 0, "a letter"},
        {"9", 5, false, 0, "a digit above the maximum"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t got = 77;
        bool good = bytes_to_u64(bytes_of_text(rows[i].text), rows[i].max, &got);
        EXPECT(good == rows[i].good, rows[i].promise);
        EXPECT(got == (rows[i].good ? rows[i].wanted : 77), rows[i].promise);
    }
}

static void only_well_formed_utf8_is_text(void)
{
    static const struct {
        const char *text;
        bool good;
        const char *promise;
    } rows[] = {
        {"", true, "nothing"},
        {"plain\tascii\r\n", true, "ASCII with tab and line end"},
        {"\xE0\xA4\xAA\xE0\xA5\x88\xE0\xA4\x95", true, "Devanagari"},
        {"\xF0\x9F\x93\xA6", true, "four bytes"},
        {"\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF \xF4\x8F\xBF\xBF", true, "the corners"},
        {"\x1B[31m", false, "an escape character"},
        {"\x7F", false, "delete"},
        {"\x80", false, "a continuation byte alone"},
        {"\xC0\xAF", false, "a slash in two bytes"},
        {"\xC1\xBF", false, "overlong, two bytes"},
        {"\xE0\x9F\xBF", false, "overlong, three bytes"},
        {"\xF0\x8F\xBF\xBF", false, "overlong, four bytes"},
        {"\xED\xA0\x80", false, "a surrogate"},
        {"\xF4\x90\x80\x80", false, "above U+10FFFF"},
        {"\xF5\x80\x80\x80", false, "no such first byte"},
        {"\xE0\xA4", false, "cut after two of three"},
        {"\xC3(", false, "a continuation that is none"},
        {"\xFF\xFE\x61", false, "UTF-16"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(bytes_are_utf8_text(bytes_of_text(rows[i].text)) == rows[i].good, rows[i].promise);
    }
    EXPECT(!bytes_are_utf8_text(BYTES_LITERAL("a\0b")), "a NUL is a control character");
    EXPECT_I64(3, bytes_utf8_sequence(BYTES_LITERAL("\xE0\xA4\xAA.")), "the length of the first");
    EXPECT_I64(0, bytes_utf8_sequence(BYTES_NONE), "no sequence in nothing");
}

int main(void)
{
    EXPECT_RUN(slices_are_clipped_to_what_is_there);
    EXPECT_RUN(comparing_looks_at_length_and_bytes);
    EXPECT_RUN(finding_gives_the_length_when_absent);
    EXPECT_RUN(trimming_takes_blanks_of_both_ends_only);
    EXPECT_RUN(splitting_loses_no_part);
    EXPECT_RUN(a_text_is_copied_whole_or_not_at_all);
    EXPECT_RUN(only_plain_digits_within_the_maximum_are_a_number);
    EXPECT_RUN(only_well_formed_utf8_is_text);
    return expect_result();
}
