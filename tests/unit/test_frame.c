/* Guards: the frame buffer never holds more than its maximum, and dropping moves the rest
 * forward. */
#include "drivers/frame.h"

#include "tests/support/expect.h"

static void it_takes_what_fits_and_says_how_much(void)
{
    struct frame_buffer frame = {.used = 0};
    uint8_t flood[FRAME_MAX + 10];
    memset(flood, 'x', sizeof flood);
    EXPECT_I64(3, frame_push(&frame, BYTES_LITERAL("abc")), "all of it, when there is room");
    EXPECT_I64(FRAME_MAX - 3, frame_push(&frame, bytes_of(flood, sizeof flood)), "what fits");
    EXPECT_I64(0, frame_push(&frame, BYTES_LITERAL("d")), "nothing, when full");
    EXPECT_I64(FRAME_MAX, frame_front(&frame).len, "full is full");
    EXPECT_I64(0, frame_push(&frame, BYTES_NONE), "nothing of nothing");
}

static void dropping_keeps_the_order_of_the_rest(void)
{
    struct frame_buffer frame = {.used = 0};
    (void)frame_push(&frame, BYTES_LITERAL("abcdef"));
    frame_drop(&frame, 0);
    EXPECT_BYTES(BYTES_LITERAL("abcdef"), frame_front(&frame), "nothing dropped");
    frame_drop(&frame, 2);
    EXPECT_BYTES(BYTES_LITERAL("cdef"), frame_front(&frame), "the first two are gone");
    (void)frame_push(&frame, BYTES_LITERAL("gh"));
    frame_drop(&frame, 6);
    EXPECT_I64(0, frame_front(&frame).len, "empty again");
}

int main(void)
{
    EXPECT_RUN(it_takes_what_fits_and_says_how_much);
    EXPECT_RUN(dropping_keeps_the_order_of_the_rest);
    return expect_result();
}
