/* keyboard_trial.h - which country is this typing scanner set to? A person scans a code whose text
 * is known; its reports are read as each country would, and those that give the known text fit.
 *
 * Honest about what cannot be told: the answer is a set. US and India differ only in the rupee
 * sign; none fits when the text was not scanned, or the scanner adds to it. The text must hold what
 * tells the countries apart, as KEYBOARD_TRIAL_TEXT does. */
#ifndef PACKD_DRIVERS_KEYBOARD_TRIAL_H
#define PACKD_DRIVERS_KEYBOARD_TRIAL_H

#include "drivers/scanner.h"

/* y, z, q and w change places on German and French keyboards, " and @ on the British. */
#define KEYBOARD_TRIAL_TEXT "PACKD-yzqw-1;\"@#/"

struct keyboard_trial {
    struct scanner_state states[KEYBOARD_LAYOUTS];
    bool fits[KEYBOARD_LAYOUTS];
    bool ended; /* a whole code has come; the answer stands */
};

/* The sentence of the keyboard driver when the device is none; else NULL. */
const char *keyboard_trial_init(struct keyboard_trial *trial,
                                const struct device_identity *identity);
void keyboard_trial_feed(struct keyboard_trial *trial, struct bytes report,
                         struct bytes known_text);

/* How many fit, and the first of them in the order of the settings. */
unsigned keyboard_trial_answer(const struct keyboard_trial *trial, enum keyboard_layout *out_first);

#endif
