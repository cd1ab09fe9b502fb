/* Guards: what a scale is told to zero and tare is what its maker's manual says, and one without
 * such a command is told nothing. Manuals: MT-SICS 11780711, Toledo 8217, SCP-01, SCP-0499, A&D,
 * Ohaus Defender 3000, Sartorius SBI. */
#include "drivers/driver_list.h"
#include "tests/support/expect.h"

static void commands_are_the_manuals(void)
{
    static const struct {
        const char *driver, *zero, *tare, *clear;
    } rows[] = {
        {"mt-sics", "Z\r\n", "T\r\n", "TAC\r\n"},
        {"toledo-continuous", "Z", "T", "C"},
        {"toledo-8217", "Z", "T", "C"},
        {"nci", "Z\r", "T\r", ""},
        {"sma", "\nZ\r", "\nT\r", "\nC\r"},
        {"st-gs", "Z\r\n", "T\r\n", ""},
        {"ohaus-3000", "Z\r\n", "T\r\n", ""},
        {"sartorius-sbi", "\x1BV", "\x1BU", ""},
        {"cas-22", "", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scale_state state;
        const struct scale_driver *driver = scale_driver_find(NULL, bytes_of_text(rows[i].driver));
        if (!EXPECT(driver != NULL, rows[i].driver)) continue;
        scale_state_init(&state, driver);
        EXPECT_BYTES(bytes_of_text(rows[i].zero), scale_command(&state, SCALE_ZERO), "zero");
        EXPECT_BYTES(bytes_of_text(rows[i].tare), scale_command(&state, SCALE_TARE), "tare");
        EXPECT_BYTES(bytes_of_text(rows[i].clear), scale_command(&state, SCALE_CLEAR_TARE),
                     "clear tare");
    }
}

/* What asks for a weight must never be what changes it. */
static void no_question_is_a_command(void)
{
    for (size_t i = 0; scale_driver_at(NULL, i) != NULL; i++) {
        struct scale_state state;
        const struct scale_driver *driver = scale_driver_at(NULL, i);
        scale_state_init(&state, driver);
        for (unsigned which = SCALE_ZERO; which <= SCALE_CLEAR_TARE; which++) {
            struct bytes command = scale_command(&state, (enum scale_command)which);
            EXPECT(command.len == 0 || !bytes_equal(command, driver->request), driver->name);
        }
    }
}

int main(void)
{
    EXPECT_RUN(commands_are_the_manuals);
    EXPECT_RUN(no_question_is_a_command);
    return expect_result();
}
