/* scale_bench.h - a scale driver fed with text, its results as words (scale_words.h). */
#ifndef PACKD_TESTS_SUPPORT_SCALE_BENCH_H
#define PACKD_TESTS_SUPPORT_SCALE_BENCH_H

#include "tests/support/expect.h"
#include "tests/support/scale_words.h"

struct scale_case {
    const char *bytes; /* what the scale sends */
    const char *words; /* one line a result, each with its end; "" for nothing */
    const char *promise;
};

static inline void scale_bench_feed(const struct scale_driver *driver, struct scale_state *state,
                                    struct bytes input, struct textbuf *words)
{
    struct scale_output output;
    while (input.len > 0) {
        input = bytes_from(input, driver->feed(state, input, &output));
        scale_words_say(words, &output);
        EXPECT(output.result == SCALE_NOTHING || output.result == SCALE_ANSWER ||
                   output.reading.raw_len > 0,
               "every result brings its frame as evidence");
    }
}

/* Each case to a driver that has heard nothing before. */
static inline void scale_bench_check(const struct scale_driver *driver,
                                     const struct scale_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct scale_state state;
        struct textbuf words;
        char storage[1024];
        scale_state_init(&state, driver);
        textbuf_init(&words, storage, sizeof storage);
        scale_bench_feed(driver, &state, bytes_of_text(cases[i].bytes), &words);
        EXPECT_TEXT(cases[i].words, storage, cases[i].promise);
    }
}

/* A frame without its last byte says nothing, nor does any shorter piece of it. */
static inline void scale_bench_half(const struct scale_driver *driver, struct bytes frame)
{
    for (size_t len = 0; len < frame.len; len++) {
        struct scale_state state;
        struct textbuf words;
        char storage[1024];
        scale_state_init(&state, driver);
        textbuf_init(&words, storage, sizeof storage);
        scale_bench_feed(driver, &state, bytes_slice(frame, 0, len), &words);
        EXPECT_TEXT("", storage, "not before its end");
    }
}

/* A flood that is no frame is used up, counted and forgotten after the next good frame. */
static inline void scale_bench_flood(const struct scale_driver *driver, uint8_t byte,
                                     struct bytes frame)
{
    struct scale_state state;
    struct textbuf words;
    char storage[4096];
    uint8_t flood[1000];
    memset(flood, byte, sizeof flood);
    scale_state_init(&state, driver);
    textbuf_init(&words, storage, sizeof storage);
    scale_bench_feed(driver, &state, bytes_of(flood, sizeof flood), &words);
    EXPECT(state.skipped > SCALE_WRONG_LINE_BYTES && state.good == 0, "a flood is counted");
    scale_bench_feed(driver, &state, frame, &words);
    EXPECT(state.skipped == 0 && state.good == 1, "and forgotten after a good frame");
}

#endif
