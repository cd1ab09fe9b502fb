/* Guards: every message that the station can show stands in every language, and every word of
 * the state document is one that the page knows. */
#include <stdlib.h>

#include "firmware/station/packing_view.h"
#include "tests/support/expect.h"

static char text[200000];
static _Alignas(16) uint8_t memory[4 * 1024 * 1024];

static struct json read_language(const char *language)
{
    char path[400];
    struct json root = {NULL};
    snprintf(path, sizeof path, "%s/firmware/web/lang/%s.json", PACKD_SOURCE_DIR, language);
    FILE *file = fopen(path, "rb");
    if (!EXPECT(file != NULL, "the language file is there")) return root;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    enum json_problem problem =
        json_parse(bytes_of(text, len), (struct scratch){memory, sizeof memory}, &root);
    EXPECT(problem == JSON_OK, "the language file is JSON");
    return root;
}

static void expect_message(struct json messages, const char *id)
{
    struct bytes what, how;
    struct json entry = json_get(messages, id);
    bool good = json_text(json_get(entry, "what"), &what) && what.len > 0 &&
                json_text(json_get(entry, "do"), &how);
    if (!EXPECT(good, "a message says what happened and what to do"))
        fprintf(stderr, "    %s\n", id);
}

static void every_message_stands_in_every_language(void)
{
    static const char *const languages[] = {"en", "hi"};
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        struct json root = read_language(languages[i]);
        struct json messages = json_kind(json_get(root, "messages")) == JSON_OBJECT
                                   ? json_get(root, "messages")
                                   : root;
        for (size_t n = 0; view_message_id(n) != NULL; n++)
            expect_message(messages, view_message_id(n));
    }
}

static void every_reason_and_state_has_a_word(void)
{
    for (unsigned i = 1; i < HELD_REASONS; i++) {
        const char *word = held_reason_word((enum held_reason)i);
        bool shown = i == HELD_REFUSED;
        for (size_t n = 0; view_message_id(n) != NULL; n++)
            shown = shown || strcmp(view_message_id(n), word) == 0;
        if (!EXPECT(shown, "every reason is a message")) fprintf(stderr, "    %s\n", word);
    }
    for (unsigned i = 0; i < PACKING_STATES; i++) {
        EXPECT(strcmp(packing_state_word((enum packing_state)i), "unknown") != 0,
               "every state has a word");
    }
}

int main(void)
{
    EXPECT_RUN(every_message_stands_in_every_language);
    EXPECT_RUN(every_reason_and_state_has_a_word);
    return expect_result();
}
