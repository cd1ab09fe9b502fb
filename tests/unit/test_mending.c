/* Guards: a lost device is opened again within two seconds; one that flaps is held back with a
 * growing pause; one that fails on and on is reset, then its socket switched, then the packer
 * asked, each once and only where it is allowed and possible; unplugging is never answered by a
 * reset; a minute of quiet ends it all. */
#include "firmware/station/mending.h"
#include "hal/base/ensure.h"
#include "tests/support/expect.h"

static struct mending mending;
static int64_t now_ms;

static void start(void)
{
    mending_init(&mending);
    now_ms = 1000;
}

/* Opened, and lost after so long. */
static struct mending_advice lose_after(int64_t open_ms, enum err error, bool may_reset)
{
    mending_opened(&mending, now_ms);
    now_ms += open_ms;
    struct mending_advice advice = mending_lost(&mending, now_ms, error, may_reset);
    mending_check(&mending);
    now_ms += advice.pause_ms;
    return advice;
}

static struct mending_advice fail(enum err error, bool may_reset)
{
    struct mending_advice advice = mending_lost(&mending, now_ms, error, may_reset);
    mending_check(&mending);
    now_ms += advice.pause_ms;
    return advice;
}

static void an_absent_device_is_tried_within_two_seconds_for_ever(void)
{
    start();
    int64_t pause_ms = 0;
    for (int i = 0; i < 1000; i++) {
        struct mending_advice advice = fail(ERR_NOT_FOUND, true);
        EXPECT_I64(MENDING_OPEN, advice.step, "what is not there is not mended");
        EXPECT(!advice.held, "and opened as soon as it is seen");
        EXPECT(advice.pause_ms >= pause_ms && advice.pause_ms <= 2000, "the pause grows to a cap");
        pause_ms = advice.pause_ms;
    }
    EXPECT_I64(1500, pause_ms, "which it reaches");
    EXPECT_I64(0, mending.flaps, "what never opened did not flap");
}

static void what_is_a_matter_of_settings_is_not_mended(void)
{
    static const enum err errors[] = {ERR_BUSY, ERR_REFUSED, ERR_INVALID, ERR_UNSUPPORTED};
    start();
    for (int i = 0; i < 40; i++) {
        EXPECT_I64(MENDING_OPEN, fail(errors[i % 4], true).step, "no reset helps that");
    }
}

static void unplugged_now_and_then(void)
{
    start();
    for (uint32_t i = 0; i < 50; i++) {
        struct mending_advice advice = lose_after(20000, ERR_CLOSED, true);
        EXPECT_I64(MENDING_OPEN, advice.step, "a plug that is pulled is no trouble");
        EXPECT(!advice.held, "it may come back at once");
        EXPECT_I64(250, advice.pause_ms, "and is looked for soon");
        EXPECT_I64(i + 1, mending.flaps, "but counted");
    }
}

/* B14: a hundred times a minute, if it were let. */
static void a_loose_plug_is_held_back(void)
{
    start();
    uint32_t opened = 0;
    int64_t pause_ms = 0;
    while (now_ms < 1000 + 60000) {
        struct mending_advice advice = lose_after(300, ERR_CLOSED, true);
        opened++;
        EXPECT_I64(MENDING_OPEN, advice.step, "it is not mended");
        EXPECT_I64(opened >= MENDING_FLAPS, advice.held, "six losses in a minute are flapping");
        if (advice.held) EXPECT(advice.pause_ms > pause_ms, "the pause grows");
        pause_ms = advice.pause_ms;
    }
    EXPECT(opened <= 11, "a dozen openings in the first minute");
    EXPECT(mending_is_flapping(&mending, now_ms - pause_ms), "it is said to be flapping");
    EXPECT_I64(opened, mending.flaps, "every one is counted");
    lose_after(MENDING_STEADY_MS, ERR_CLOSED, true);
    EXPECT(!mending_is_flapping(&mending, now_ms), "after a steady minute it is not");
    EXPECT_I64(250, lose_after(20000, ERR_CLOSED, true).pause_ms, "and the pause is short again");
}

static void trouble_climbs_step_by_step(void)
{
    start();
    EXPECT_I64(MENDING_OPEN, lose_after(1000, ERR_IO, true).step, "the first time");
    EXPECT_I64(MENDING_OPEN, fail(ERR_IO, true).step, "the second");
    EXPECT_I64(MENDING_RESET, fail(ERR_TIMEOUT, true).step, "the third time it is reset");
    struct mending_advice advice = mending_done(&mending, now_ms, ERR_NONE, true);
    EXPECT_I64(MENDING_OPEN, advice.step, "and opened");
    EXPECT_I64(MENDING_SETTLE_MS, advice.pause_ms, "when it has had its time");
    for (int i = 0; i < 2; i++) {
        EXPECT_I64(MENDING_OPEN, lose_after(1000, ERR_IO, true).step, "trouble again");
    }
    EXPECT_I64(MENDING_POWER, lose_after(1000, ERR_IO, true).step, "then without power");
    advice = mending_done(&mending, now_ms, ERR_NONE, true);
    EXPECT_I64(MENDING_OPEN, advice.step, "and opened");
    EXPECT_I64(MENDING_OPEN, fail(ERR_NOT_FOUND, true).step, "it is on its way back");
    for (int i = 0; i < 2; i++) {
        EXPECT_I64(MENDING_OPEN, lose_after(1000, ERR_IO, true).step, "trouble again");
    }
    EXPECT(!mending_is_asking(&mending), "nobody is asked before");
    for (int i = 0; i < 9; i++) {
        EXPECT_I64(MENDING_ASK, lose_after(1000, ERR_IO, true).step, "then the packer is asked");
    }
    EXPECT_I64(2, mending.mends, "each step was taken once");
    EXPECT_I64(MENDING_HOLD_MAX_MS, lose_after(10, ERR_IO, true).pause_ms, "tried on, seldom");
    EXPECT_I64(MENDING_OPEN, lose_after(10, ERR_CLOSED, true).step, "the plug was pulled");
    EXPECT(!mending_is_asking(&mending), "as was asked");
}

static void a_quiet_minute_begins_anew(void)
{
    start();
    for (int i = 0; i < 20; i++) {
        EXPECT_I64(MENDING_OPEN, lose_after(1000, ERR_IO, true).step, "trouble");
        EXPECT_I64(MENDING_OPEN, lose_after(1000, ERR_IO, true).step, "and again");
        EXPECT_I64(MENDING_OPEN, lose_after(MENDING_STEADY_MS, ERR_IO, true).step,
                   "after a steady minute it counts as the first");
        EXPECT_I64(MENDING_OPEN, lose_after(MENDING_STEADY_MS, ERR_CLOSED, true).step,
                   "and after another it is forgotten");
    }
}

static void what_may_not_or_cannot_be_done_is_passed_over(void)
{
    start();
    for (int i = 0; i < 2; i++) (void)fail(ERR_IO, false);
    EXPECT_I64(MENDING_ASK, fail(ERR_IO, false).step, "a printer with labels is never reset");
    start();
    for (int i = 0; i < 2; i++) (void)fail(ERR_IO, true);
    EXPECT_I64(MENDING_RESET, fail(ERR_IO, true).step, "a reset");
    EXPECT_I64(MENDING_POWER, mending_done(&mending, now_ms, ERR_REFUSED, true).step,
               "that is not permitted: without power");
    EXPECT_I64(MENDING_ASK, mending_done(&mending, now_ms, ERR_UNSUPPORTED, true).step,
               "which this hub cannot: the packer is asked");
    EXPECT_I64(0, mending.mends, "nothing was done");
    start();
    for (int i = 0; i < 2; i++) (void)fail(ERR_IO, true);
    EXPECT_I64(MENDING_RESET, fail(ERR_IO, true).step, "a reset");
    EXPECT_I64(MENDING_ASK, mending_done(&mending, now_ms, ERR_IO, false).step,
               "labels came meanwhile: no further step");
}

static void a_step_that_was_not_begun_is_not_counted(void)
{
    start();
    for (int i = 0; i < 2; i++) (void)fail(ERR_IO, true);
    EXPECT_I64(MENDING_RESET, fail(ERR_IO, true).step, "a reset");
    EXPECT_I64(MENDING_OPEN, mending_done(&mending, now_ms, ERR_BUSY, true).step,
               "while another device is mended: opened");
    EXPECT_I64(MENDING_RESET, fail(ERR_IO, true).step, "and asked for again");
    (void)mending_done(&mending, now_ms, ERR_NONE, true);
    for (int i = 0; i < 2; i++) (void)fail(ERR_IO, true);
    EXPECT_I64(MENDING_POWER, fail(ERR_IO, true).step, "without power");
    (void)mending_done(&mending, now_ms, ERR_BUSY, true);
    EXPECT_I64(MENDING_POWER, fail(ERR_IO, true).step, "is asked for again too");
}

int main(void)
{
    EXPECT_RUN(an_absent_device_is_tried_within_two_seconds_for_ever);
    EXPECT_RUN(what_is_a_matter_of_settings_is_not_mended);
    EXPECT_RUN(unplugged_now_and_then);
    EXPECT_RUN(a_loose_plug_is_held_back);
    EXPECT_RUN(trouble_climbs_step_by_step);
    EXPECT_RUN(a_quiet_minute_begins_anew);
    EXPECT_RUN(what_may_not_or_cannot_be_done_is_passed_over);
    EXPECT_RUN(a_step_that_was_not_begun_is_not_counted);
    return expect_result();
}
