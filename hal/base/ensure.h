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

/* The address sanitizer reserves terabytes of addresses, and keeps what was freed for a while. */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESSES_ARE_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESSES_ARE_WATCHED 1
#endif
#endif
#ifndef ADDRESSES_ARE_WATCHED
#define ADDRESSES_ARE_WATCHED 0
#endif

/* Says where the program lost its way and ends it. Supplied once by each program. */
NO_RETURN void ensure_failed(const char *condition, const char *file, int line);

#define ENSURE(condition) ((condition) ? (void)0 : ensure_failed(#condition, __FILE__, __LINE__))

#endif
