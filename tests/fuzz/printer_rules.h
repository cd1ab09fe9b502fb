/* printer_rules.h - what holds for the status of every printer driver, whatever it is fed: "ready"
 * is never said beside a flag, and pieces of any size give what the whole gives. */
#ifndef PACKD_TESTS_FUZZ_PRINTER_RULES_H
#define PACKD_TESTS_FUZZ_PRINTER_RULES_H

#include "drivers/printer.h"

static inline void printer_rules_check_status(const struct printer_status *status)
{
    bool flag = status->paper_out || status->ribbon_out || status->head_open || status->paused ||
                status->too_hot || status->too_cold || status->busy || status->buffer_full ||
                status->label_waiting || status->fault;
    ENSURE(!(status->ready && flag));
    ENSURE(status->queued == 0 || status->busy);
}

static inline void printer_rules_check(const struct printer_driver *driver, struct bytes input)
{
    struct printer_state at_once, by_byte;
    printer_state_init(&at_once);
    printer_state_init(&by_byte);
    while (input.len > 0) {
        enum printer_result whole, piece = PRINTER_NOTHING;
        struct printer_answer answer, again;
        size_t used = driver->feed(&at_once, input, &whole, &answer);
        ENSURE(used > 0 && used <= input.len);
        for (size_t i = 0; i < used; i++) {
            ENSURE(driver->feed(&by_byte, bytes_slice(input, i, 1), &piece, &again) == 1);
            ENSURE(i + 1 == used || piece == PRINTER_NOTHING);
        }
        ENSURE(whole == piece);
        if (whole == PRINTER_STATUS) printer_rules_check_status(&answer.status);
        if (whole == PRINTER_STATUS)
            ENSURE(answer.status.ready == again.status.ready &&
                   answer.status.queued == again.status.queued);
        if (whole == PRINTER_COUNTER) ENSURE(answer.counter == again.counter);
        if (whole == PRINTER_HEAD)
            ENSURE(answer.dots_per_mm == again.dots_per_mm && answer.dots_per_mm > 0);
        if (whole == PRINTER_RECEIPT)
            ENSURE(answer.receipt == again.receipt && answer.receipt <= PRINTER_RECEIPT_MAX);
        input = bytes_from(input, used);
    }
}

#endif
