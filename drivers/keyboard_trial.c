/* keyboard_trial.c - see keyboard_trial.h. */
#include "drivers/keyboard_trial.h"

#include <string.h>

#include "drivers/scanner_keyboard.h"

const char *keyboard_trial_init(struct keyboard_trial *trial,
                                const struct device_identity *identity)
{
    const char *sentence = NULL;
    memset(trial, 0, sizeof *trial);
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        struct scanner_settings settings = scanner_settings_usual;
        settings.layout = (enum keyboard_layout)i;
        scanner_state_init(&trial->states[i], &settings);
        sentence = scanner_keyboard.describe(&trial->states[i], identity);
    }
    return sentence;
}

/* The end of a code is Enter in every country, so all end with the same report. */
void keyboard_trial_feed(struct keyboard_trial *trial, struct bytes report, struct bytes known_text)
{
    bool ended = false;
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS && !trial->ended; i++) {
        enum scan_result result;
        struct scan scan;
        (void)scanner_keyboard.feed(&trial->states[i], report, &result, &scan);
        if (result == SCAN_NOTHING) continue;
        ended = true;
        trial->fits[i] =
            result == SCAN_READ && bytes_equal(bytes_of(scan.text, scan.len), known_text);
    }
    trial->ended = trial->ended || ended;
}

unsigned keyboard_trial_answer(const struct keyboard_trial *trial, enum keyboard_layout *out_first)
{
    unsigned count = 0;
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        if (!trial->fits[i]) continue;
        if (count == 0) *out_first = (enum keyboard_layout)i;
        count++;
    }
    return count;
}
