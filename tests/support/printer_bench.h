/* printer_bench.h - what the tests of every printer driver need: answers read to the end, states
 * compared flag by flag, a label of one item, and a set-up for it. */
#ifndef PACKD_TESTS_SUPPORT_PRINTER_BENCH_H
#define PACKD_TESTS_SUPPORT_PRINTER_BENCH_H

#include "drivers/printer.h"
#include "tests/support/expect.h"

/* Reads all of it: the last result that was one, what came with it, and how many there were. */
__attribute__((unused)) static enum printer_result read_answers(const struct printer_driver *driver,
                                                                struct bytes input,
                                                                struct printer_answer *out_last,
                                                                unsigned *out_count)
{
    struct printer_state state;
    enum printer_result last = PRINTER_NOTHING;
    unsigned count = 0;
    printer_state_init(&state);
    while (input.len > 0) {
        enum printer_result result;
        size_t used = driver->feed(&state, input, &result, out_last);
        if (!EXPECT(used > 0 && used <= input.len, "bytes are used up")) break;
        input = bytes_from(input, used);
        if (result == PRINTER_NOTHING) continue;
        last = result;
        count++;
    }
    if (out_count != NULL) *out_count = count;
    return last;
}

__attribute__((unused)) static void expect_status(const struct printer_status *wanted,
                                                  const struct printer_status *got,
                                                  const char *promise)
{
    EXPECT_I64(wanted->ready, got->ready, promise);
    EXPECT_I64(wanted->paper_out, got->paper_out, promise);
    EXPECT_I64(wanted->ribbon_out, got->ribbon_out, promise);
    EXPECT_I64(wanted->head_open, got->head_open, promise);
    EXPECT_I64(wanted->paused, got->paused, promise);
    EXPECT_I64(wanted->too_hot, got->too_hot, promise);
    EXPECT_I64(wanted->too_cold, got->too_cold, promise);
    EXPECT_I64(wanted->busy, got->busy, promise);
    EXPECT_I64(wanted->buffer_full, got->buffer_full, promise);
    EXPECT_I64(wanted->label_waiting, got->label_waiting, promise);
    EXPECT_I64(wanted->fault, got->fault, promise);
    EXPECT_I64(wanted->queued, got->queued, promise);
}

/* One answer, and it is this state. */
__attribute__((unused)) static void expect_says(const struct printer_driver *driver,
                                                struct bytes reply,
                                                const struct printer_status *wanted,
                                                const char *promise)
{
    struct printer_answer got;
    memset(&got, 0xFF, sizeof got);
    if (EXPECT_I64(PRINTER_STATUS, read_answers(driver, reply, &got, NULL), promise))
        expect_status(wanted, &got.status, promise);
}

/* Four millimetres from each side of a label 100 mm wide, 10 mm down, 4 mm high. */
__attribute__((unused)) static struct label label_of(enum label_item_kind kind, const char *text)
{
    struct label label = {.width_dmm = 1000, .height_dmm = 1500, .count = 1};
    label.items[0] = (struct label_item){
        .kind = kind, .x_dmm = 40, .y_dmm = 100, .height_dmm = 40, .width_dmm = 920, .lines = 1};
    snprintf(label.items[0].text, sizeof label.items[0].text, "%s", text);
    return label;
}

/* Its own size, and everything else as it is. */
__attribute__((unused)) static struct printer_setup setup_of(const struct label *label,
                                                             unsigned dpi)
{
    return (struct printer_setup){.dpi = dpi,
                                  .width_dmm = label->width_dmm,
                                  .height_dmm = label->height_dmm};
}

#endif
