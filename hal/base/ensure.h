/* ensure.h - the always-on assertion and the few compiler attributes we use.
 *
 * ENSURE states what must be true if our own code is right. It is never switched off: a box that
 * has lost its way must stop, because stopping is safe (the journal knows where it was) and going
 * on is not. The failure handler is a link-time contract: every program links exactly one
 * ensure_failed(), so pure code needs neither stderr nor abort.
 */
#ifndef PACKD_HAL_BASE_ENSURE_H
#define PACKD_HAL_BASE_ENSURE_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first) __attribute__((__format__(__printf__, format_at, first)))
#define NO_RETURN __attribute__((noreturn))
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Says where the program lost its way and ends it. Supplied once by each program. */
NO_RETURN void ensure_failed(const char *condition, const char *file, int line);

#define ENSURE(condition) ((condition) ? (void)0 : ensure_failed(#condition, __FILE__, __LINE__))

#endif
