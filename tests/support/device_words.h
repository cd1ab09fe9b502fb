/* device_words.h - what a scanner's or printer's driver gave, as the lines that
 * tests/replay/README.md describes; scales are in scale_words.h. */
#ifndef PACKD_TESTS_SUPPORT_DEVICE_WORDS_H
#define PACKD_TESTS_SUPPORT_DEVICE_WORDS_H

#include "drivers/printer.h"
#include "drivers/scanner.h"
#include "hal/base/textbuf.h"

static inline void scan_words_say(struct textbuf *text, enum scan_result result,
                                  const struct scan *scan)
{
    if (result == SCAN_TOO_LONG) textbuf_text(text, "too-long\n");
    if (result == SCAN_UNCLEAN) textbuf_text(text, "unclean\n");
    if (result != SCAN_READ) return;
    textbuf_format(text, "scan %s%s", scan->aim, scan->aim[0] != '\0' ? " " : "");
    for (size_t i = 0; i < scan->len; i++) {
        if (scan->text[i] == 0x1D) textbuf_text(text, "<GS>");
        else textbuf_char(text, (char)scan->text[i]);
    }
    textbuf_char(text, '\n');
}

static inline void status_words_say(struct textbuf *text, enum printer_result result,
                                    const struct printer_answer *answer)
{
    const struct printer_status *status = &answer->status;
    if (result == PRINTER_COUNTER) textbuf_format(text, "counter %u\n", (unsigned)answer->counter);
    if (result == PRINTER_RECEIPT) textbuf_format(text, "receipt %u\n", (unsigned)answer->receipt);
    if (result == PRINTER_HEAD) textbuf_format(text, "head dots_per_mm=%u\n", answer->dots_per_mm);
    if (result == PRINTER_REJECTED) textbuf_text(text, "rejected\n");
    if (result != PRINTER_STATUS) return;
    const struct {
        bool set;
        const char *word;
    } flags[] = {
        {status->ready, " ready"},
        {status->paper_out, " paper_out"},
        {status->ribbon_out, " ribbon_out"},
        {status->head_open, " head_open"},
        {status->paused, " paused"},
        {status->too_hot, " too_hot"},
        {status->too_cold, " too_cold"},
        {status->busy, " busy"},
        {status->buffer_full, " buffer_full"},
        {status->label_waiting, " label_waiting"},
        {status->fault, " fault"},
    };
    textbuf_text(text, "status");
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (flags[i].set) textbuf_text(text, flags[i].word);
    }
    textbuf_format(text, " queued=%u\n", status->queued);
}

#endif
