/* scale_words.h - what a scale driver gave, as the lines that tests/replay/README.md describes. */
#ifndef PACKD_TESTS_SUPPORT_SCALE_WORDS_H
#define PACKD_TESTS_SUPPORT_SCALE_WORDS_H

#include "drivers/scale.h"
#include "hal/base/textbuf.h"

static inline void scale_words_say(struct textbuf *text, const struct scale_output *output)
{
    const struct scale_reading *reading = &output->reading;
    if (output->result == SCALE_REJECTED) {
        textbuf_format(text, "rejected %s\n", scale_reject_word(output->reject));
    }
    if (output->result == SCALE_ANSWER) {
        textbuf_text(text, "answer ");
        textbuf_hex(text, output->answer);
        textbuf_char(text, '\n');
    }
    if (output->result != SCALE_READING) return;
    textbuf_format(text, "reading %s %s %lld mg", reading->shown[0] != '\0' ? reading->shown : "-",
                   reading->unit[0] != '\0' ? reading->unit : "-", (long long)reading->mass_mg);
    if (reading->net) textbuf_format(text, " net tare %lld mg", (long long)reading->tare_mg);
    if (reading->stable) textbuf_text(text, " stable");
    if (reading->zero) textbuf_text(text, " zero");
    if (reading->overload) textbuf_text(text, " overload");
    if (reading->underload) textbuf_text(text, " underload");
    if (reading->usable) textbuf_text(text, " usable");
    textbuf_char(text, '\n');
}

#endif
