/* Guards: every line of a settings file is either an entry, understood as ini_read.h says, or a
 * complaint with its line number; nothing is guessed and nothing is skipped silently. */
#include "hal/base/ini_read.h"

#include "hal/base/textbuf.h"
#include "tests/support/expect.h"

/* The whole file as text: "line:section(name).key=value;" and "line!" for a complaint. */
static void read_all(struct bytes file, struct textbuf *out)
{
    struct ini_reader reader;
    const char *why = NULL;
    ini_init(&reader, file);
    for (enum ini_step step = ini_next(&reader, &why); step != INI_END;
         step = ini_next(&reader, &why)) {
        textbuf_format(out, "%u", reader.line);
        if (step == INI_BAD) {
            EXPECT(why != NULL && why[strlen(why) - 1] == '.', "a complaint is a sentence");
            textbuf_char(out, '!');
            continue;
        }
        textbuf_format(out, ":%s(%s).%s=%s;", reader.section, reader.section_name, reader.key,
                       reader.value);
    }
}

static void lines_are_read_as_the_grammar_says(void)
{
    static const struct {
        struct bytes file;
        const char *wanted, *promise;
    } rows[] = {
        {BYTES_NONE, "", "an empty file"},
        {BYTES_LITERAL("\n\n# a\n ; b\n\t\n"), "", "blank lines and comments"},
        {BYTES_LITERAL("[a]\nk = v\n"), "2:a().k=v;", "a section and a key"},
        {BYTES_LITERAL("[a]\nk=v"), "2:a().k=v;", "no blanks and no last line end"},
        {BYTES_LITERAL("[a]\r\n\r\nk = v \r\n"), "3:a().k=v;", "CR LF"},
        {BYTES_LITERAL("\xEF\xBB\xBF[a]\nk=v"), "2:a().k=v;", "a byte-order mark"},
        {BYTES_LITERAL("[ scale  \"left\" ]\nk=v"), "2:scale(left).k=v;", "a named section"},
        {BYTES_LITERAL("[a \"x\"]\nk=1\n[b]\nk=2"), "2:a(x).k=1;4:b().k=2;",
         "the name goes with it"},
        {BYTES_LITERAL("[a \"\\\"\\\\\"]\nk=v"), "2:a(\"\\).k=v;", "escapes in a name"},
        {BYTES_LITERAL("k=v"), "1:().k=v;", "a key before any section"},
        {BYTES_LITERAL("k="), "1:().k=;", "an empty value"},
        {BYTES_LITERAL("k=\"\""), "1:().k=;", "an empty value in quotes"},
        {BYTES_LITERAL("k=\"  v \""), "1:().k=  v ;", "quotes keep blanks"},
        {BYTES_LITERAL("k=\"a\\\"b\\\\c\""), "1:().k=a\"b\\c;", "escapes in quotes"},
        {BYTES_LITERAL("k=a\\n"), "1:().k=a\\n;", "no escapes outside"},
        {BYTES_LITERAL("k=a=b # c"), "1:().k=a=b # c;", "the value is all the rest"},
        {BYTES_LITERAL("k=a\"b\""), "1:().k=a\"b\";", "quotes in the middle are plain"},
        {BYTES_LITERAL("k = \xE0\xA4\xAA"), "1:().k=\xE0\xA4\xAA;", "UTF-8"},
        {BYTES_LITERAL("nonsense\nk=v"), "1!2:().k=v;",
         "neither section nor entry; reading goes on"},
        {BYTES_LITERAL("=v"), "1!", "no key"},
        {BYTES_LITERAL("a b=v"), "1!", "a blank in a key"},
        {BYTES_LITERAL("k=\"v"), "1!", "no closing quote"},
        {BYTES_LITERAL("k=\"v\" x"), "1!", "something after the closing quote"},
        {BYTES_LITERAL("k=\"\\n\""), "1!", "a foreign escape"},
        {BYTES_LITERAL("k=\"\\"), "1!", "a backslash at the end"},
        {BYTES_LITERAL("k=\""), "1!", "a lone quote"},
        {BYTES_LITERAL("[a\nk=v"), "1!2:().k=v;", "a section not closed opens none"},
        {BYTES_LITERAL("[a]\n[]\nk=v"), "2!3:().k=v;", "nor does it leave the old one open"},
        {BYTES_LITERAL("[a] x"), "1!", "something after the section"},
        {BYTES_LITERAL("[a b]"), "1!", "two words"},
        {BYTES_LITERAL("[a \"\"]"), "1!", "an empty name"},
        {BYTES_LITERAL("[a \"x]\nk=v"), "1!2:().k=v;", "a name not closed"},
        {BYTES_LITERAL("[\"x\"]"), "1!", "a name without a section"},
        {BYTES_LITERAL("["), "1!", "a bracket alone"},
        {BYTES_LITERAL("k=a\0b"), "1!", "a NUL"},
        {BYTES_LITERAL("k=a\rb"), "1!", "a CR inside a line"},
        {BYTES_LITERAL("# \xFF\nk=v"), "1!2:().k=v;", "a comment that is not UTF-8"},
        {BYTES_LITERAL("k=\x1B[2J"), "1!", "a control character"},
        {BYTES_LITERAL("\xFF\xFEk\0=\0v\0"), "1!", "UTF-16"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[256];
        struct textbuf got;
        textbuf_init(&got, storage, sizeof storage);
        read_all(rows[i].file, &got);
        EXPECT_TEXT(rows[i].wanted, storage, rows[i].promise);
    }
}

static struct bytes line_of(const char *before, size_t count, const char *after)
{
    static char storage[2048];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    textbuf_text(&text, before);
    for (size_t i = 0; i < count; i++) textbuf_char(&text, 'x');
    textbuf_text(&text, after);
    return textbuf_bytes(&text);
}

static void lengths_are_bounded_to_the_byte(void)
{
    static const struct {
        const char *before;
        size_t most;
        const char *after, *promise;
    } rows[] = {
        {"k=", INI_LINE_MAX - 2, "", "a line"},
        {"# ", INI_LINE_MAX - 2, "", "a comment line"},
        {"k=\"", INI_LINE_MAX - 4, "\"", "a line with quotes"},
        {"", 63, "=v", "a key"},
        {"[", 31, "]", "a section"},
        {"[a \"", 63, "\"]", "the name of a section"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct ini_reader reader;
        const char *why;
        ini_init(&reader, line_of(rows[i].before, rows[i].most, rows[i].after));
        EXPECT(ini_next(&reader, &why) != INI_BAD, rows[i].promise);
        ini_init(&reader, line_of(rows[i].before, rows[i].most + 1, rows[i].after));
        EXPECT_I64(INI_BAD, ini_next(&reader, &why), rows[i].promise);
        EXPECT_I64(INI_END, ini_next(&reader, &why), "and the reader goes on after it");
    }
}

static void the_end_stays_the_end(void)
{
    struct ini_reader reader;
    const char *why;
    ini_init(&reader, BYTES_LITERAL("k=v\n"));
    EXPECT_I64(INI_ENTRY, ini_next(&reader, &why), "an entry");
    EXPECT_I64(INI_END, ini_next(&reader, &why), "the end");
    EXPECT_I64(INI_END, ini_next(&reader, &why), "still the end");
}

int main(void)
{
    EXPECT_RUN(lines_are_read_as_the_grammar_says);
    EXPECT_RUN(lengths_are_bounded_to_the_byte);
    EXPECT_RUN(the_end_stays_the_end);
    return expect_result();
}
