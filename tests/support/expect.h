/* expect.h - the whole test framework: a test is a function, a failed expectation says which
 * promise broke and the program goes on, so one run shows every failure.
 *
 *     static void a_cut_frame_is_no_reading(void) { EXPECT_I64(0, count, "half is nothing"); }
 *     int main(void) { EXPECT_RUN(a_cut_frame_is_no_reading); return expect_result(); } */
#ifndef PACKD_TESTS_SUPPORT_EXPECT_H
#define PACKD_TESTS_SUPPORT_EXPECT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "hal/base/bytes.h"

static unsigned expect_failures;
static unsigned expect_checks;
static unsigned expect_tests;
static const char *expect_test = "";

__attribute__((unused)) static bool expect_report(bool good, const char *file, int line,
                                                  const char *promise)
{
    expect_checks++;
    if (good) return true;
    expect_failures++;
    fprintf(stderr, "%s:%d: %s: broken promise: %s\n", file, line, expect_test, promise);
    return false;
}

__attribute__((unused)) static bool expect_i64(int64_t wanted, int64_t got, const char *file,
                                               int line, const char *promise)
{
    if (expect_report(wanted == got, file, line, promise)) return true;
    fprintf(stderr, "    wanted %" PRId64 ", got %" PRId64 "\n", wanted, got);
    return false;
}

__attribute__((unused)) static bool expect_bytes(struct bytes wanted, struct bytes got,
                                                 const char *file, int line, const char *promise)
{
    if (expect_report(bytes_equal(wanted, got), file, line, promise)) return true;
    fprintf(stderr, "    wanted \"%.*s\"\n    got    \"%.*s\"\n", (int)wanted.len,
            (const char *)wanted.data, (int)got.len, (const char *)got.data);
    return false;
}

/* Each takes the promise as its last argument: one sentence, printed when it is broken. */
#define EXPECT(condition, promise) expect_report((condition), __FILE__, __LINE__, (promise))
#define EXPECT_I64(wanted, got, promise) \
    expect_i64((int64_t)(wanted), (int64_t)(got), __FILE__, __LINE__, (promise))
#define EXPECT_TEXT(wanted, got, promise) \
    expect_bytes(bytes_of_text(wanted), bytes_of_text(got), __FILE__, __LINE__, (promise))
#define EXPECT_BYTES(wanted, got, promise) \
    expect_bytes((wanted), (got), __FILE__, __LINE__, (promise))

#define EXPECT_RUN(test)     \
    do {                     \
        expect_test = #test; \
        expect_tests++;      \
        test();              \
    } while (0)

/* The program's exit code. A run without a single check is a failure: it cannot have proved a
 * thing. */
__attribute__((unused)) static int expect_result(void)
{
    printf("%u tests, %u checks, %u failures\n", expect_tests, expect_checks, expect_failures);
    return expect_failures == 0 && expect_checks > 0 ? 0 : 1;
}

#endif
