/* mending.c - see mending.h.
 *
 *   rung OPEN --MENDING_TRIES troubles--> RESET --again--> POWER --again--> ASK
 *   any --open for MENDING_STEADY_MS--> OPEN        ASK --unplugged--> OPEN
 *
 * A step that may not be taken, or could not be, counts as taken. */
#include "firmware/station/mending.h"

#include "hal/base/ensure.h"

void mending_init(struct mending *mending)
{
    *mending = (struct mending){.rung = MENDING_OPEN};
    for (unsigned i = 0; i < MENDING_FLAPS; i++) mending->lost_ms[i] = INT64_MIN / 2;
}

void mending_opened(struct mending *mending, int64_t now_ms)
{
    mending->is_open = true;
    mending->opened_ms = now_ms;
}

bool mending_is_flapping(const struct mending *mending, int64_t now_ms)
{
    /* The ring is full of losses, so the next place holds the oldest of them. */
    int64_t oldest_ms = mending->lost_ms[mending->flaps % MENDING_FLAPS];
    return now_ms - oldest_ms <= MENDING_WINDOW_MS;
}

bool mending_is_asking(const struct mending *mending)
{
    return mending->rung == MENDING_ASK;
}

/* Unplugged, or not there: that is nobody's fault and no reset helps. */
static bool is_gone(enum err error)
{
    return error == ERR_CLOSED || error == ERR_NOT_FOUND;
}

/* Somebody else has it, we may not have it, or it is not what the settings say. */
static bool is_settings(enum err error)
{
    return error == ERR_BUSY || error == ERR_REFUSED || error == ERR_INVALID ||
           error == ERR_UNSUPPORTED || error == ERR_EXISTS;
}

static void forget_trouble(struct mending *mending)
{
    mending->rung = MENDING_OPEN;
    mending->troubles = 0;
}

/* What being open until now has meant. */
static void close_account(struct mending *mending, int64_t now_ms)
{
    if (!mending->is_open) return;
    mending->is_open = false;
    if (now_ms - mending->opened_ms >= MENDING_STEADY_MS) {
        forget_trouble(mending);
        mending->pauses = 0;
    }
    mending->lost_ms[mending->flaps % MENDING_FLAPS] = now_ms;
    mending->flaps++;
    if (!mending_is_flapping(mending, now_ms) && !mending_is_asking(mending)) mending->pauses = 0;
}

static int64_t doubled(int64_t min_ms, int64_t max_ms, uint32_t times)
{
    int64_t pause_ms = min_ms;
    for (uint32_t i = 0; i < times && pause_ms < max_ms; i++) pause_ms *= 2;
    return pause_ms < max_ms ? pause_ms : max_ms;
}

static struct mending_advice wait_and_open(struct mending *mending, int64_t now_ms)
{
    bool held = mending_is_flapping(mending, now_ms) || mending_is_asking(mending);
    int64_t max_ms = held ? MENDING_HOLD_MAX_MS : MENDING_PAUSE_MAX_MS;
    int64_t min_ms = held ? MENDING_PAUSE_MAX_MS : MENDING_PAUSE_MIN_MS;
    uint32_t times = mending->pauses;
    if (mending->pauses < UINT32_MAX) mending->pauses++;
    return (struct mending_advice){.step = mending_is_asking(mending) ? MENDING_ASK : MENDING_OPEN,
                                   .pause_ms = doubled(min_ms, max_ms, times),
                                   .held = held};
}

static struct mending_advice climb(struct mending *mending, int64_t now_ms, bool may_reset)
{
    mending->troubles = 0;
    if (mending->rung == MENDING_OPEN && may_reset) mending->rung = MENDING_RESET;
    else if (mending->rung == MENDING_RESET && may_reset) mending->rung = MENDING_POWER;
    else mending->rung = MENDING_ASK;
    if (mending->rung == MENDING_ASK) return wait_and_open(mending, now_ms);
    return (struct mending_advice){.step = mending->rung};
}

static struct mending_advice trouble(struct mending *mending, int64_t now_ms, bool may_reset)
{
    mending->troubles++;
    if (mending->troubles < MENDING_TRIES || mending_is_asking(mending)) {
        return wait_and_open(mending, now_ms);
    }
    return climb(mending, now_ms, may_reset);
}

/* Another device is being mended: the next trouble asks for the same step. */
static struct mending_advice try_again(struct mending *mending, int64_t now_ms)
{
    mending->rung = mending->rung == MENDING_POWER ? MENDING_RESET : MENDING_OPEN;
    mending->troubles = MENDING_TRIES - 1;
    return wait_and_open(mending, now_ms);
}

struct mending_advice mending_lost(struct mending *mending, int64_t now_ms, enum err error,
                                   bool may_reset)
{
    close_account(mending, now_ms);
    if (is_gone(error) && mending_is_asking(mending)) forget_trouble(mending);
    if (is_gone(error) || is_settings(error)) return wait_and_open(mending, now_ms);
    return trouble(mending, now_ms, may_reset);
}

struct mending_advice mending_done(struct mending *mending, int64_t now_ms, enum err error,
                                   bool may_reset)
{
    ENSURE(mending->rung == MENDING_RESET || mending->rung == MENDING_POWER);
    if (error == ERR_BUSY) return try_again(mending, now_ms);
    if (error != ERR_NONE) return climb(mending, now_ms, may_reset);
    mending->mends++;
    return (struct mending_advice){.step = MENDING_OPEN, .pause_ms = MENDING_SETTLE_MS};
}

void mending_check(const struct mending *mending)
{
    ENSURE(mending->rung <= MENDING_ASK);
    ENSURE(mending->rung == MENDING_ASK || mending->troubles < MENDING_TRIES);
}

const char *mending_step_word(enum mending_step step)
{
    switch (step) {
    case MENDING_OPEN: return "open";
    case MENDING_RESET: return "reset";
    case MENDING_POWER: return "power";
    case MENDING_ASK: return "ask";
    }
    return "open";
}
