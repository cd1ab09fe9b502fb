/* Guards: pauses grow, stay under their cap, are never nothing, and keep what the other side
 * asked for. */
#include "firmware/station/backoff.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static void pauses_grow_to_the_cap(void)
{
    bench_init();
    for (unsigned seed = 0; seed < 200; seed++) {
        struct backoff backoff = BACKOFF_BACKGROUND;
        bench.random = seed;
        struct step step = bench_step(0);
        int64_t ceiling_ms = 1000;
        for (unsigned i = 0; i < 40; i++) {
            int64_t pause_ms = backoff_next_ms(&backoff, &step, -1);
            bool fits = pause_ms >= ceiling_ms / 2 && pause_ms <= ceiling_ms;
            if (!fits)
                EXPECT_I64(ceiling_ms, pause_ms, "between half of the ceiling and all of it");
            ceiling_ms = ceiling_ms * 2 > 900000 ? 900000 : ceiling_ms * 2;
        }
        backoff_reset(&backoff);
        EXPECT(backoff_next_ms(&backoff, &step, -1) <= 1000,
               "a success begins again at the bottom");
    }
}

static void what_was_asked_for_is_kept_within_an_hour(void)
{
    bench_init();
    struct step step = bench_step(0);
    struct backoff backoff = BACKOFF_WAITING;
    EXPECT_I64(30000, backoff_next_ms(&backoff, &step, 30000), "longer than ours: theirs");
    EXPECT(backoff_next_ms(&backoff, &step, 1) >= 125, "shorter than ours: ours");
    EXPECT_I64(3600000, backoff_next_ms(&backoff, &step, 86400000), "never more than an hour");
}

static void the_same_seed_gives_the_same_pauses(void)
{
    struct backoff a = BACKOFF_WAITING, b = BACKOFF_WAITING;
    bench_init();
    bench.random = 7;
    struct step step = bench_step(0);
    int64_t first_ms = backoff_next_ms(&a, &step, -1);
    bench.random = 7;
    EXPECT_I64(first_ms, backoff_next_ms(&b, &step, -1), "chance comes from the one generator");
}

int main(void)
{
    EXPECT_RUN(pauses_grow_to_the_cap);
    EXPECT_RUN(what_was_asked_for_is_kept_within_an_hour);
    EXPECT_RUN(the_same_seed_gives_the_same_pauses);
    return expect_result();
}
