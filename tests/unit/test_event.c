/* Guards: every event, command and press has a word of its own, and a press is understood by its
 * word and by nothing else. */
#include "firmware/station/command.h"
#include "firmware/station/event.h"
#include "tests/support/expect.h"

static void every_kind_has_its_own_word(void)
{
    for (unsigned a = 0; a < EVENT_KINDS; a++) {
        for (unsigned b = 0; b < a; b++)
            EXPECT(strcmp(event_kind_word((enum event_kind)a),
                          event_kind_word((enum event_kind)b)) != 0,
                   "events");
    }
    for (unsigned a = 0; a < COMMAND_KINDS; a++) {
        for (unsigned b = 0; b < a; b++)
            EXPECT(strcmp(command_kind_word((enum command_kind)a),
                          command_kind_word((enum command_kind)b)) != 0,
                   "commands");
    }
}

static void a_press_is_understood_by_its_word(void)
{
    enum press press = PRESS_SCAN;
    for (unsigned i = 0; i < PRESSES; i++) {
        EXPECT(press_parse(bytes_of_text(press_word((enum press)i)), &press) && press == i,
               press_word((enum press)i));
    }
    static const char *const others[] = {"", "PRINT", "print ", "prin", "book"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        press = PRESS_SCAN;
        EXPECT(!press_parse(bytes_of_text(others[i]), &press), others[i]);
        EXPECT(press == PRESS_SCAN, "and nothing is changed");
    }
}

static void a_batch_may_delete_a_blob(void)
{
    static struct commands commands;
    commands_reset(&commands);
    commands_blob(&commands, BYTES_LITERAL("task/1"), BYTES_LITERAL(""));
    commands_blob_delete(&commands, BYTES_LITERAL("task/2"));
    EXPECT(commands.batch.blobs[0].data.data != NULL, "an empty blob is one");
    EXPECT(commands.batch.blobs[1].data.data == NULL, "a deleted one is none");
}

int main(void)
{
    EXPECT_RUN(every_kind_has_its_own_word);
    EXPECT_RUN(a_press_is_understood_by_its_word);
    EXPECT_RUN(a_batch_may_delete_a_blob);
    return expect_result();
}
