/* Guards: foreign JSON is taken strictly, inside our bounds and without a heap; numbers keep their
 * text; what we write is JSON. What must be refused: what RFC 8259 forbids, and
 * what yyjson 0.10 lets pass by itself (any depth, repeated keys). */
#include "hal/base/json.h"

#include "tests/support/expect.h"

/* Enough for the longest text there may be. */
static _Alignas(16) uint8_t memory[16 * JSON_TEXT_MAX + 4096];
static char long_text[JSON_TEXT_MAX + 64];

static enum json_problem parse(struct bytes text, struct json *out_root)
{
    struct scratch scratch = {memory, json_scratch_size(text.len)};
    return json_parse(text, scratch, out_root);
}

static struct json parsed(const char *text)
{
    struct json root = {NULL};
    EXPECT_I64(JSON_OK, parse(bytes_of_text(text), &root), text);
    return root;
}

static void only_strict_json_is_taken(void)
{
    static const struct {
        struct bytes text;
        enum json_problem wanted;
        const char *promise;
    } rows[] = {
        {BYTES_LITERAL("{}"), JSON_OK, "an empty object"},
        {BYTES_LITERAL("\xEF\xBB\xBF{\"a\":1}"), JSON_OK, "a byte-order mark"},
        {BYTES_LITERAL(" \r\n\t[1]\n"), JSON_OK, "blanks around"},
        {BYTES_LITERAL("\n\xEF\xBB\xBF\n[1]"), JSON_OK, "a byte-order mark among blanks"},
        {BYTES_LITERAL("\"text\""), JSON_OK, "a bare text"},
        {BYTES_LITERAL("1e999"), JSON_OK, "a number no double can hold is still text"},
        {BYTES_LITERAL("\"\\u0000\""), JSON_OK, "a NUL in a text"},
        {BYTES_LITERAL("\"\\ud83d\\udce6\""), JSON_OK, "a surrogate pair"},
        {BYTES_NONE, JSON_EMPTY, "nothing"},
        {BYTES_LITERAL(" \n"), JSON_EMPTY, "blanks only"},
        {BYTES_LITERAL("\xEF\xBB\xBF"), JSON_EMPTY, "a byte-order mark only"},
        {BYTES_LITERAL("<html><body>502"), JSON_NOT_JSON, "a proxy's page"},
        {BYTES_LITERAL("{\"a\":1"), JSON_NOT_JSON, "cut"},
        {BYTES_LITERAL("{} {}"), JSON_NOT_JSON, "something after the end"},
        {BYTES_LITERAL("{}\0"), JSON_NOT_JSON, "a NUL after the end"},
        {BYTES_LITERAL("{\"a\":1,}"), JSON_NOT_JSON, "a trailing comma"},
        {BYTES_LITERAL("{a:1}"), JSON_NOT_JSON, "a key without quotes"},
        {BYTES_LITERAL("{'a':1}"), JSON_NOT_JSON, "single quotes"},
        {BYTES_LITERAL("[1] // x"), JSON_NOT_JSON, "a comment"},
        {BYTES_LITERAL("[NaN]"), JSON_NOT_JSON, "NaN"},
        {BYTES_LITERAL("[Infinity]"), JSON_NOT_JSON, "Infinity"},
        {BYTES_LITERAL("[-Infinity]"), JSON_NOT_JSON, "minus Infinity"},
        {BYTES_LITERAL("[01]"), JSON_NOT_JSON, "a leading zero"},
        {BYTES_LITERAL("[+1]"), JSON_NOT_JSON, "a plus sign"},
        {BYTES_LITERAL("[.5]"), JSON_NOT_JSON, "no digit before the point"},
        {BYTES_LITERAL("[5.]"), JSON_NOT_JSON, "no digit after the point"},
        {BYTES_LITERAL("[0x10]"), JSON_NOT_JSON, "hexadecimal"},
        {BYTES_LITERAL("[True]"), JSON_NOT_JSON, "Python's True"},
        {BYTES_LITERAL("[\"a\nb\"]"), JSON_NOT_JSON, "a line end in a text"},
        {BYTES_LITERAL("[\"\\x41\"]"), JSON_NOT_JSON, "a foreign escape"},
        {BYTES_LITERAL("[\"\\ud83d\"]"), JSON_NOT_JSON, "a lone high surrogate"},
        {BYTES_LITERAL("[\"\\udce6\"]"), JSON_NOT_JSON, "a lone low surrogate"},
        {BYTES_LITERAL("[\"\xED\xA0\x80\"]"), JSON_NOT_JSON, "a surrogate in UTF-8"},
        {BYTES_LITERAL("[\"\xFF\"]"), JSON_NOT_JSON, "a byte that is not UTF-8"},
        {BYTES_LITERAL("[\"\xC0\xAF\"]"), JSON_NOT_JSON, "an overlong form"},
        {BYTES_LITERAL("\xFF\xFE[\0]\0"), JSON_NOT_JSON, "UTF-16, small end first"},
        {BYTES_LITERAL("\xFE\xFF\0[\0]"), JSON_NOT_JSON, "UTF-16, big end first"},
        {BYTES_LITERAL("[\0]\0"), JSON_NOT_JSON, "UTF-16 without a mark"},
        {BYTES_LITERAL("]"), JSON_NOT_JSON, "a bracket that closes nothing"},
        {BYTES_LITERAL("{\"a\":1,\"a\":1}"), JSON_REPEATED_KEY, "a key twice"},
        {BYTES_LITERAL("[{\"x\":[{\"\":1,\"b\":2,\"\":3}]}]"), JSON_REPEATED_KEY, "deep inside"},
        {BYTES_LITERAL("{\"a\":1,\"\\u0061\":2}"), JSON_REPEATED_KEY, "the same key in disguise"},
        {BYTES_LITERAL("{\"a\":1,\"a\\u0000\":2,\"A\":3}"), JSON_OK, "keys that only look alike"},
        {BYTES_LITERAL("[{\"a\":1},{\"a\":2}]"), JSON_OK, "one key in two objects"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json root = {"untouched"};
        EXPECT_I64(rows[i].wanted, parse(rows[i].text, &root), rows[i].promise);
        if (rows[i].wanted != JSON_OK) EXPECT_TEXT("untouched", root.value, rows[i].promise);
    }
}

static void a_document_cut_anywhere_is_refused(void)
{
    struct bytes whole =
        BYTES_LITERAL("{\"awb\":\"28\\u0034\",\"cod\":[12.40,-1e5,null,true,false],"
                      "\"n\":{\"\":\"\xE0\xA4\xAA\"}}");
    struct json root;
    for (size_t len = 0; len < whole.len; len++) {
        enum json_problem wanted = len == 0 ? JSON_EMPTY : JSON_NOT_JSON;
        EXPECT_I64(wanted, parse(bytes_slice(whole, 0, len), &root),
                   "a cut document is no document");
    }
    EXPECT_I64(JSON_OK, parse(whole, &root), "the whole is one");
}

/* `depth` opening brackets and as many closing ones. */
static struct bytes nested(size_t depth, char open, char close)
{
    memset(long_text, open, depth);
    memset(long_text + depth, close, depth);
    return bytes_of(long_text, 2 * depth);
}

static void depth_is_bounded_before_anything_is_parsed(void)
{
    struct json root;
    EXPECT_I64(JSON_OK, parse(nested(JSON_DEPTH_MAX, '[', ']'), &root), "the stated depth");
    EXPECT_I64(JSON_TOO_DEEP, parse(nested(JSON_DEPTH_MAX + 1, '[', ']'), &root), "one deeper");
    EXPECT_I64(JSON_TOO_DEEP, parse(nested(JSON_TEXT_MAX / 2, '[', ']'), &root), "half a million");
    memset(long_text, '[', JSON_TEXT_MAX);
    EXPECT_I64(JSON_TOO_DEEP, parse(bytes_of(long_text, 1000000), &root),
               "a million, never closed");
    memset(long_text, '{', JSON_TEXT_MAX);
    EXPECT_I64(JSON_TOO_DEEP, parse(bytes_of(long_text, 1000000), &root), "a million braces");
    EXPECT_I64(JSON_OK, parse(BYTES_LITERAL("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"), &root),
               "brackets inside a text do not count");
    EXPECT_I64(JSON_OK,
               parse(BYTES_LITERAL("[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"), &root),
               "nor behind an escaped quote");
    EXPECT_I64(JSON_TOO_DEEP,
               parse(BYTES_LITERAL("[\"\\\\\",[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), &root),
               "but behind an escaped backslash they do");
}

static void length_and_number_of_values_are_bounded(void)
{
    struct json root;
    memset(long_text, ' ', sizeof long_text);
    long_text[0] = '1';
    EXPECT_I64(JSON_OK, parse(bytes_of(long_text, JSON_TEXT_MAX), &root), "the stated length");
    EXPECT_I64(JSON_TOO_LONG, parse(bytes_of(long_text, JSON_TEXT_MAX + 1), &root),
               "one byte more");
    for (size_t i = 0; i < sizeof long_text; i++) long_text[i] = i % 2 == 0 ? '1' : ',';
    long_text[0] = '[';
    long_text[1] = ' ';
    size_t most = 2 * (JSON_ELEMENTS_MAX - 1) + 1; /* with the array itself */
    long_text[most] = ']';
    EXPECT_I64(JSON_OK, parse(bytes_of(long_text, most + 1), &root), "the stated number of values");
    EXPECT_I64(JSON_ELEMENTS_MAX - 1, json_count(root), "they are all there");
    long_text[most] = ',';
    long_text[most + 2] = ']';
    EXPECT_I64(JSON_TOO_LONG, parse(bytes_of(long_text, most + 3), &root), "one value more");
}

/* An object of `count` keys, the last one like the first when `repeat`. */
static struct bytes wide_object(size_t count, bool repeat)
{
    struct textbuf text;
    textbuf_init(&text, long_text, sizeof long_text);
    textbuf_char(&text, '{');
    for (size_t i = 0; i < count; i++) {
        size_t number = repeat && i + 1 == count ? 0 : i * 7919 % 104729;
        textbuf_format(&text, "%s\"key-%zu\":1", i == 0 ? "" : ",", number);
    }
    textbuf_char(&text, '}');
    EXPECT(textbuf_ok(&text), "the test's own text fits");
    return textbuf_bytes(&text);
}

static void a_repeated_key_is_found_in_objects_of_any_width(void)
{
    static const size_t counts[] = {2, 3, 63, 64, 65, 66, 1000, 49000};
    struct json root;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        EXPECT_I64(JSON_OK, parse(wide_object(counts[i], false), &root), "different keys");
        EXPECT_I64(counts[i], json_count(root), "all of them");
        EXPECT_I64(JSON_REPEATED_KEY, parse(wide_object(counts[i], true), &root), "one key twice");
    }
}

static void too_little_scratch_is_told_and_never_overrun(void)
{
    struct bytes text = wide_object(100, false);
    struct json root;
    bool fitted = false;
    for (size_t size = 0; size <= json_scratch_size(text.len); size += 8) {
        memset(memory + size, 0xA5, 64);
        enum json_problem problem = json_parse(text, (struct scratch){memory, size}, &root);
        bool told = problem == (fitted ? JSON_OK : JSON_TOO_BIG_FOR_SCRATCH);
        fitted = fitted || problem == JSON_OK;
        EXPECT(told || problem == JSON_OK, "either it fits or it is said");
        for (size_t i = 0; i < 64; i++) {
            if (memory[size + i] != 0xA5) EXPECT(false, "nothing beyond the scratch is touched");
        }
    }
    EXPECT(fitted, "the stated size is enough");
}

static void numbers_keep_their_text(void)
{
    static const char *const numbers[] = {
        "12.10",
        "100.00",
        "0",
        "-0",
        "-0.0",
        "1e999",
        "1E+2",
        "0.1e-7",
        "123456789012345678901234567890",
        "0.30000000000000004",
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct bytes digits = BYTES_NONE;
        char text[64];
        snprintf(text, sizeof text, "{\"n\" : %s }", numbers[i]);
        struct json number = json_get(parsed(text), "n");
        EXPECT_I64(JSON_NUMBER, json_kind(number), numbers[i]);
        EXPECT(json_number_text(number, &digits), numbers[i]);
        EXPECT_BYTES(bytes_of_text(numbers[i]), digits, "as it was written");
    }
}

static void whole_numbers_are_taken_within_their_range(void)
{
    static const struct {
        const char *text;
        int64_t min, max;
        bool good;
        int64_t wanted;
        const char *promise;
    } rows[] = {
        {"742", 0, 1000, true, 742, "in range"},
        {"1000", 0, 1000, true, 1000, "the upper end"},
        {"1001", 0, 1000, false, 0, "above"},
        {"-1", 0, 1000, false, 0, "below"},
        {"-1", -1, 1, true, -1, "the lower end"},
        {"-0", 0, 0, true, 0, "minus nought is nought"},
        {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX, "the largest"},
        {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0, "one above the largest"},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN, "the smallest"},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0, "one below the smallest"},
        {"18446744073709551616", INT64_MIN, INT64_MAX, false, 0, "64 bits and one more"},
        {"12.0", 0, 100, false, 0, "a point, though whole"},
        {"1e1", 0, 100, false, 0, "an exponent"},
        {"\"12\"", 0, 100, false, 0, "a text is not a number"},
        {"null", 0, 100, false, 0, "null is missing"},
        {"true", 0, 100, false, 0, "true is not one"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t got = 77;
        EXPECT(json_i64(parsed(rows[i].text), rows[i].min, rows[i].max, &got) == rows[i].good,
               rows[i].promise);
        EXPECT_I64(rows[i].good ? rows[i].wanted : 77, got, rows[i].promise);
    }
}

static void takers_leave_their_output_alone_when_they_refuse(void)
{
    struct json root = parsed(
        "{\"null\":null,\"text\":\"abc\",\"nul\":\"a\\u0000b\",\"n\":5,\"b\":true,\"o\":{}}");
    struct bytes text = BYTES_LITERAL("old");
    char copy[4] = "old";
    bool flag = true;
    int64_t number = 77;
    static const char *const foreign[] = {"null", "o", "missing"};
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        struct json value = json_get(root, foreign[i]);
        EXPECT(!json_text(value, &text) && !json_text_copy(value, copy, sizeof copy), foreign[i]);
        EXPECT(!json_boolean(value, &flag) && !json_i64(value, 0, 9, &number), foreign[i]);
        EXPECT(!json_number_text(value, &text) && !json_number_or_text(value, &text), foreign[i]);
    }
    EXPECT_BYTES(BYTES_LITERAL("old"), text, "the text is untouched");
    EXPECT_I64(77, number, "the number is untouched");
    EXPECT(flag, "the flag is untouched");
    EXPECT(!json_text_copy(json_get(root, "nul"), copy, sizeof copy),
           "a NUL does not go into a C text");
    EXPECT(!json_text_copy(json_get(root, "text"), copy, 3), "nor what does not fit");
    EXPECT_TEXT("old", copy, "the copy is untouched");
    EXPECT(json_text_copy(json_get(root, "text"), copy, sizeof copy), "what fits is copied");
    EXPECT_TEXT("abc", copy, "whole");
    EXPECT(json_text(json_get(root, "nul"), &text), "a run of bytes may hold a NUL");
    EXPECT_BYTES(BYTES_LITERAL("a\0b"), text, "and keeps it");
    EXPECT(json_number_or_text(json_get(root, "n"), &text), "a number's text");
    EXPECT_BYTES(BYTES_LITERAL("5"), text, "as written");
    EXPECT(json_number_or_text(json_get(root, "text"), &text), "or a text's");
    EXPECT_BYTES(BYTES_LITERAL("abc"), text, "as it reads");
    EXPECT(json_boolean(json_get(root, "b"), &flag) && flag, "a truth value");
}

static void a_path_is_walked_without_looking(void)
{
    struct json root = parsed("{\"a\":[{\"b\":\"c\"}],\"n\":null}");
    struct bytes text = BYTES_NONE;
    EXPECT(json_text(json_get(json_at(json_get(root, "a"), 0), "b"), &text), "down to the text");
    EXPECT_BYTES(BYTES_LITERAL("c"), text, "which is there");
    static const struct json missing = {NULL};
    struct json nowhere[] = {
        json_get(root, "x"),
        json_get(json_get(root, "a"), "b"),
        json_at(root, 0),
        json_at(json_get(root, "a"), 1),
        json_get(missing, "a"),
        json_at(missing, 0),
        json_get(json_get(root, "n"), "a"),
    };
    for (size_t i = 0; i < ARRAY_LEN(nowhere); i++) {
        EXPECT_I64(JSON_MISSING, json_kind(nowhere[i]), "no such place is a missing value");
        EXPECT_I64(0, json_count(nowhere[i]), "with nothing in it");
    }
    EXPECT_I64(JSON_NULL, json_kind(json_get(root, "n")), "null can be told from missing");
    EXPECT_I64(2, json_count(root), "members are counted");
    EXPECT_I64(0, json_count(json_get(root, "n")), "null has none");
}

static void walking_shows_everything_in_order(void)
{
    struct json root = parsed("{\"b\":[1,[2,3],{\"x\":4}],\"a\":\"z\"}");
    struct json_walk walk = {0};
    struct bytes key, text;
    struct json value;
    EXPECT(json_each(root, &walk, &key, &value), "a first member");
    EXPECT_BYTES(BYTES_LITERAL("b"), key, "in the order of the text");
    struct json array = value;
    EXPECT(json_each(root, &walk, &key, &value), "a second, past a nested value");
    EXPECT_BYTES(BYTES_LITERAL("a"), key, "with its key");
    EXPECT(json_text(value, &text) && bytes_equal_text(text, "z"), "and its value");
    EXPECT(!json_each(root, &walk, &key, &value), "and no third");
    EXPECT(!json_each(root, &walk, &key, &value), "however often one asks");
    walk = (struct json_walk){0};
    static const enum json_kind kinds[] = {JSON_NUMBER, JSON_ARRAY, JSON_OBJECT};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        EXPECT(json_each(array, &walk, &key, &value), "an element");
        EXPECT_I64(kinds[i], json_kind(value), "in its place");
        EXPECT_I64(0, key.len, "without a key");
    }
    EXPECT(!json_each(array, &walk, &key, &value), "and no fourth");
    walk = (struct json_walk){0};
    EXPECT(!json_each((struct json){NULL}, &walk, &key, &value),
           "nothing to walk in a missing value");
    EXPECT(!json_each(parsed("7"), &walk, &key, &value), "nor in a number");
    EXPECT(!json_each(parsed("{}"), &walk, &key, &value), "nor in an empty object");
}

static void what_is_written_is_json(void)
{
    char storage[512];
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, storage, sizeof storage);
    json_write_init(&writer, &text);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "plain", "a/b");
    json_write_bytes(&writer, "esc\"aped", BYTES_LITERAL("\"\\\n\r\t\b\x1F\x00\x7F"));
    json_write_bytes(&writer, "utf8", BYTES_LITERAL("\xE0\xA4\xAA|\xFF|\xED\xA0\x80|\xE0\xA4"));
    json_write_i64(&writer, "least", INT64_MIN);
    json_write_number(&writer, "money", BYTES_LITERAL("12.40"));
    json_write_open(&writer, "list", '[');
    json_write_boolean(&writer, NULL, true);
    json_write_null(&writer, NULL);
    json_write_open(&writer, NULL, '[');
    json_write_close(&writer, ']');
    json_write_boolean(&writer, NULL, false);
    json_write_close(&writer, ']');
    json_write_open(&writer, "empty", '{');
    json_write_close(&writer, '}');
    json_write_close(&writer, '}');
    EXPECT(textbuf_ok(&text), "it fits");
    EXPECT_TEXT("{\"plain\":\"a/b\","
                "\"esc\\\"aped\":\"\\\"\\\\\\n\\r\\t\\u0008\\u001f\\u0000\x7F\","
                "\"utf8\":\"\xE0\xA4\xAA|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|"
                "\xEF\xBF\xBD\xEF\xBF\xBD\","
                "\"least\":-9223372036854775808,\"money\":12.40,"
                "\"list\":[true,null,[],false],\"empty\":{}}",
                storage, "commas, quotes and escapes are where RFC 8259 wants them");
    struct json root;
    EXPECT_I64(JSON_OK, parse(textbuf_bytes(&text), &root), "and it reads back");
}

static void a_parsed_value_is_written_as_it_was(void)
{
    static const char *const document =
        "{\"z\":[1.50,-0,1e999,\"\\\"\\u0000\",null,true,false,{},[],{\"a\":{\"b\":[[]]}}],"
        "\"a\":\"\xE0\xA4\xAA\"}";
    char storage[256];
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, storage, sizeof storage);
    json_write_init(&writer, &text);
    json_write_open(&writer, NULL, '[');
    json_write_value(&writer, NULL, parsed(document));
    json_write_value(&writer, NULL, (struct json){NULL});
    json_write_close(&writer, ']');
    char wanted[256];
    snprintf(wanted, sizeof wanted, "[%s,null]", document);
    EXPECT_TEXT(wanted, storage, "order and digits are kept, a missing value is null");
}

static void every_problem_has_its_word(void)
{
    static const char *const words[] = {
        [JSON_OK] = "ok",
        [JSON_EMPTY] = "empty",
        [JSON_TOO_LONG] = "too_long",
        [JSON_TOO_DEEP] = "too_deep",
        [JSON_TOO_BIG_FOR_SCRATCH] = "too_big_for_scratch",
        [JSON_NOT_JSON] = "not_json",
        [JSON_REPEATED_KEY] = "repeated_key",
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        EXPECT_TEXT(words[i], json_problem_word((enum json_problem)i), "the word for the log");
    }
}

int main(void)
{
    EXPECT_RUN(only_strict_json_is_taken);
    EXPECT_RUN(a_document_cut_anywhere_is_refused);
    EXPECT_RUN(depth_is_bounded_before_anything_is_parsed);
    EXPECT_RUN(length_and_number_of_values_are_bounded);
    EXPECT_RUN(a_repeated_key_is_found_in_objects_of_any_width);
    EXPECT_RUN(too_little_scratch_is_told_and_never_overrun);
    EXPECT_RUN(numbers_keep_their_text);
    EXPECT_RUN(whole_numbers_are_taken_within_their_range);
    EXPECT_RUN(takers_leave_their_output_alone_when_they_refuse);
    EXPECT_RUN(a_path_is_walked_without_looking);
    EXPECT_RUN(walking_shows_everything_in_order);
    EXPECT_RUN(what_is_written_is_json);
    EXPECT_RUN(a_parsed_value_is_written_as_it_was);
    EXPECT_RUN(every_problem_has_its_word);
    return expect_result();
}
