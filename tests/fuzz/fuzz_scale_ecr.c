/* Guards: no bytes break the handshake of cash registers; what it calls usable has a value, a unit
 * and its frame; bytes one at a time give what bytes all at once give; and an answer follows
 * nothing but an ACK. The first byte chooses the driver. */
#include "drivers/scale_ecr.h"

#include "tests/fuzz/scale_rules.h"

#define ACK 0x06

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answers_follow_an_ack(const struct scale_driver *driver, struct bytes input)
{
    struct scale_state state;
    struct scale_output output;
    scale_state_init(&state, driver);
    for (size_t i = 0; i < input.len; i++) {
        ENSURE(driver->feed(&state, bytes_slice(input, i, 1), &output) == 1);
        if (output.result != SCALE_ANSWER) continue;
        ENSURE((input.data[i] & 0x7F) == ACK);
        ENSURE(state.frame.used == 0 && output.answer.len == 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scale_driver *const drivers[] = {&scale_ecr_ap1, &scale_ecr_icl,
                                                         &scale_ecr_pd2};
    if (size == 0) return 0;
    const struct scale_driver *driver = drivers[data[0] % ARRAY_LEN(drivers)];
    scale_rules_check(driver, bytes_of(data + 1, size - 1));
    answers_follow_an_ack(driver, bytes_of(data + 1, size - 1));
    return 0;
}
