/* tls_answers.h - answers that no honest server gives, by the name of a path: /h/NAME, and
 * /h/NAME/PORT where they point elsewhere. The names stand in tls_answers.c. */
#ifndef PACKD_TESTS_SUPPORT_TLS_ANSWERS_H
#define PACKD_TESTS_SUPPORT_TLS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

enum tls_after { TLS_AFTER_GO_ON, TLS_AFTER_CLOSE, TLS_AFTER_RESET };
typedef void tls_say_fn(void *context, const char *data, size_t len);

/* False when no such answer is known: nothing was said. */
bool tls_answer(const char *path, tls_say_fn *say, void *context, enum tls_after *out_after);

#endif
