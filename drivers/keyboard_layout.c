/* keyboard_layout.c - see keyboard_layout.h. The US keyboard is written down whole (HID Usage
 * Tables 1.12, page 07); every other country is a list of the keys on which it differs. */
#include "drivers/keyboard_layout.h"

#include <stddef.h>

#include "hal/base/ensure.h"

#define DEAD(character) (KEYBOARD_DEAD | (character))

enum { KEY_A = 0x04, KEY_Z = 0x1D, KEY_SPACE = 0x2C, KEYPAD_FIRST = 0x54, KEYPAD_LAST = 0x63 };

struct key_row {
    uint8_t key;
    uint16_t plain, shifted, alt_gr;
};

/* Letters are counted, not listed. */
static const struct key_row us_rows[] = {
    {0x1E, '1', '!', 0}, {0x1F, '2', '@', 0}, {0x20, '3', '#', 0},  {0x21, '4', '$', 0},
    {0x22, '5', '%', 0}, {0x23, '6', '^', 0}, {0x24, '7', '&', 0},  {0x25, '8', '*', 0},
    {0x26, '9', '(', 0}, {0x27, '0', ')', 0}, {0x2C, ' ', ' ', 0},  {0x2D, '-', '_', 0},
    {0x2E, '=', '+', 0}, {0x2F, '[', '{', 0}, {0x30, ']', '}', 0},  {0x31, '\\', '|', 0},
    {0x32, '#', '~', 0}, {0x33, ';', ':', 0}, {0x34, '\'', '"', 0}, {0x35, '`', '~', 0},
    {0x36, ',', '<', 0}, {0x37, '.', '>', 0}, {0x38, '/', '?', 0},  {0x54, '/', '/', 0},
    {0x55, '*', '*', 0}, {0x56, '-', '-', 0}, {0x57, '+', '+', 0},  {0x59, '1', '1', 0},
    {0x5A, '2', '2', 0}, {0x5B, '3', '3', 0}, {0x5C, '4', '4', 0},  {0x5D, '5', '5', 0},
    {0x5E, '6', '6', 0}, {0x5F, '7', '7', 0}, {0x60, '8', '8', 0},  {0x61, '9', '9', 0},
    {0x62, '0', '0', 0}, {0x63, '.', '.', 0}, {0x64, '\\', '|', 0},
};

static const struct key_row uk_rows[] = {
    {0x1F, '2', '"', 0},      {0x20, '3', 0xA3, 0},                       /* pound */
    {0x21, '4', '$', 0x20AC},                                             /* euro */
    {0x31, '#', '~', 0},      {0x34, '\'', '@', 0}, {0x35, '`', 0xAC, 0}, /* not sign */
};

static const struct key_row de_rows[] = {
    {0x08, 'e', 'E', 0x20AC},   {0x10, 'm', 'M', 0xB5},
    {0x14, 'q', 'Q', '@'},      {0x1C, 'z', 'Z', 0},
    {0x1D, 'y', 'Y', 0},        {0x1F, '2', '"', 0xB2},
    {0x20, '3', 0xA7, 0xB3},    {0x23, '6', '&', 0},
    {0x24, '7', '/', '{'},      {0x25, '8', '(', '['},
    {0x26, '9', ')', ']'},      {0x27, '0', '=', '}'},
    {0x2D, 0xDF, '?', '\\'},    {0x2E, DEAD(0xB4), DEAD('`'), 0},
    {0x2F, 0xFC, 0xDC, 0},      {0x30, '+', '*', '~'},
    {0x31, '#', '\'', 0},       {0x32, '#', '\'', 0},
    {0x33, 0xF6, 0xD6, 0},      {0x34, 0xE4, 0xC4, 0},
    {0x35, DEAD('^'), 0xB0, 0}, {0x36, ',', ';', 0},
    {0x37, '.', ':', 0},        {0x38, '-', '_', 0},
    {0x63, ',', ',', 0},        {0x64, '<', '>', '|'},
};

/* AltGr with 2 and 7 types at once on Linux and is dead on Windows: with a blank behind it both
 * mean the same key. */
static const struct key_row fr_rows[] = {
    {0x04, 'q', 'Q', 0},
    {0x08, 'e', 'E', 0x20AC},
    {0x10, ',', '?', 0},
    {0x14, 'a', 'A', 0},
    {0x1A, 'z', 'Z', 0},
    {0x1D, 'w', 'W', 0},
    {0x1E, '&', '1', 0},
    {0x1F, 0xE9, '2', DEAD('~')},
    {0x20, '"', '3', '#'},
    {0x21, '\'', '4', '{'},
    {0x22, '(', '5', '['},
    {0x23, '-', '6', '|'},
    {0x24, 0xE8, '7', DEAD('`')},
    {0x25, '_', '8', '\\'},
    {0x26, 0xE7, '9', '^'},
    {0x27, 0xE0, '0', '@'},
    {0x2D, ')', 0xB0, ']'},
    {0x2E, '=', '+', '}'},
    {0x2F, DEAD('^'), DEAD(0xA8), 0},
    {0x30, '$', 0xA3, 0xA4},
    {0x31, '*', 0xB5, 0},
    {0x32, '*', 0xB5, 0},
    {0x33, 'm', 'M', 0},
    {0x34, 0xF9, '%', 0},
    {0x35, 0xB2, 0, 0},
    {0x36, ';', '.', 0},
    {0x37, ':', '/', 0},
    {0x38, '!', 0xA7, 0},
    {0x64, '<', '>', 0},
};

/* English (India): the US keyboard with the rupee sign. */
static const struct key_row in_rows[] = {{0x21, '4', '$', 0x20B9}};

static const struct {
    const char *word;
    const struct key_row *rows; /* what differs from the US keyboard */
    size_t count;
    bool caps_shifts_signs; /* on some systems */
} layouts[KEYBOARD_LAYOUTS] = {
    [KEYBOARD_US] = {"us", us_rows, 0, false},
    [KEYBOARD_UK] = {"uk", uk_rows, ARRAY_LEN(uk_rows), false},
    [KEYBOARD_DE] = {"de", de_rows, ARRAY_LEN(de_rows), true},
    [KEYBOARD_FR] = {"fr", fr_rows, ARRAY_LEN(fr_rows), true},
    [KEYBOARD_IN] = {"in", in_rows, ARRAY_LEN(in_rows), false},
};

static uint16_t level_of(const struct key_row *row, enum keyboard_level level)
{
    switch (level) {
    case KEYBOARD_PLAIN: return row->plain;
    case KEYBOARD_SHIFT: return row->shifted;
    case KEYBOARD_ALT_GR: return row->alt_gr;
    }
    return 0;
}

static const struct key_row *find_row(const struct key_row *rows, size_t count, uint8_t key)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].key == key) return &rows[i];
    }
    return NULL;
}

uint16_t keyboard_layout_character(enum keyboard_layout layout, uint8_t key,
                                   enum keyboard_level level)
{
    ENSURE((size_t)layout < ARRAY_LEN(layouts));
    const struct key_row *row = find_row(layouts[layout].rows, layouts[layout].count, key);
    if (row == NULL) row = find_row(us_rows, ARRAY_LEN(us_rows), key);
    if (row != NULL) return level_of(row, level);
    if (key < KEY_A || key > KEY_Z || level == KEYBOARD_ALT_GR) return 0;
    return (uint16_t)((level == KEYBOARD_SHIFT ? 'A' : 'a') + key - KEY_A);
}

bool keyboard_layout_caps_certain(enum keyboard_layout layout, uint8_t key)
{
    uint16_t plain = keyboard_layout_character(layout, key, KEYBOARD_PLAIN);
    bool keypad = key >= KEYPAD_FIRST && key <= KEYPAD_LAST;
    if (plain > 0x7F) return false; /* umlauts and accents */
    if ((plain >= 'a' && plain <= 'z') || key == KEY_SPACE || keypad) return true;
    return !layouts[layout].caps_shifts_signs;
}

const char *keyboard_layout_word(enum keyboard_layout layout)
{
    ENSURE((size_t)layout < ARRAY_LEN(layouts));
    return layouts[layout].word;
}
