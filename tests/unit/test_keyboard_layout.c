/* Guards: a key means the character that it has on the keyboards of that country, as independent
 * tables have it (keyboard_layouts.tsv); what is left out is never a wrong character; and every
 * printable ASCII character can be typed in every country (fault B05). */
#include "drivers/keyboard_layout.h"

#include <stdlib.h>

#include "tests/support/expect.h"

/* "U+0041", "dead U+005E" or "-". */
static unsigned character_of(const char *word, bool *out_dead)
{
    *out_dead = strncmp(word, "dead", 4) == 0;
    const char *code = strstr(word, "U+");
    return code == NULL ? 0 : (unsigned)strtoul(code + 2, NULL, 16);
}

static enum keyboard_layout layout_of(const char *word)
{
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        if (strcmp(word, keyboard_layout_word((enum keyboard_layout)i)) == 0) return i;
    }
    EXPECT(false, word);
    return KEYBOARD_US;
}

static void compare(enum keyboard_layout layout, uint8_t key, enum keyboard_level level,
                    const char *theirs, const char *line)
{
    bool dead;
    unsigned wanted = character_of(theirs, &dead);
    unsigned ours = keyboard_layout_character(layout, key, level);
    bool ours_dead = (ours & KEYBOARD_DEAD) != 0;
    ours &= ~KEYBOARD_DEAD;
    /* French Linux has a "~" where Windows has nothing. */
    bool left_out = level == KEYBOARD_ALT_GR || (layout == KEYBOARD_FR && key == 0x35);
    if (ours == 0 && left_out) return;
    /* A US keyboard does not have this key; it is called "Non-US \ and |" by the usage tables. */
    if (key == 0x64 && (layout == KEYBOARD_US || layout == KEYBOARD_IN)) return;
    EXPECT_I64(wanted, ours, line);
    if (level != KEYBOARD_ALT_GR) EXPECT(dead == ours_dead, line);
}

static void every_key_is_what_other_tables_say(void)
{
    char line[256], word[8], level[3][16];
    unsigned key, rows = 0;
    FILE *file = fopen(PACKD_SOURCE_DIR "/tests/unit/keyboard_layouts.tsv", "r");
    if (!EXPECT(file != NULL, "the table is there")) return;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#') continue;
        int found = sscanf(line, "%7[^\t]\t%x\t%15[^\t]\t%15[^\t]\t%15[^\n]", word, &key, level[0],
                           level[1], level[2]);
        if (!EXPECT_I64(5, found, line)) continue;
        enum keyboard_layout layout = layout_of(word);
        compare(layout, (uint8_t)key, KEYBOARD_PLAIN, level[0], line);
        compare(layout, (uint8_t)key, KEYBOARD_SHIFT, level[1], line);
        compare(layout, (uint8_t)key, KEYBOARD_ALT_GR, level[2], line);
        rows++;
    }
    fclose(file);
    EXPECT_I64(5 * 49, rows, "49 keys of five countries");
}

static bool can_type(enum keyboard_layout layout, unsigned character)
{
    for (unsigned key = 0; key < 256; key++) {
        for (int level = KEYBOARD_PLAIN; level <= KEYBOARD_ALT_GR; level++) {
            unsigned one =
                keyboard_layout_character(layout, (uint8_t)key, (enum keyboard_level)level);
            if ((one & ~KEYBOARD_DEAD) == character) return true;
        }
    }
    return false;
}

static void every_country_can_type_all_of_ascii(void)
{
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        enum keyboard_layout layout = (enum keyboard_layout)i;
        for (unsigned character = ' '; character <= '~'; character++) {
            char promise[64];
            snprintf(promise, sizeof promise, "%s types %c", keyboard_layout_word(layout),
                     (char)character);
            EXPECT(can_type(layout, character), promise);
        }
    }
}

int main(void)
{
    EXPECT_RUN(every_key_is_what_other_tables_say);
    EXPECT_RUN(every_country_can_type_all_of_ascii);
    return expect_result();
}
