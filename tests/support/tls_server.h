/* tls_server.h - an HTTPS server on GnuTLS, so that our TLS is tried against somebody else's, with
 * certificates good and bad made on the spot and a catalogue of ways to misbehave.
 *
 * Every server is a child process on 127.0.0.1, gone with tls_server_stop. Paths it knows:
 *   /ok /echo (what was asked, as body) /big (100,000 bytes) /endless (chunks for ever) /short (cut
 *   before its stated length) /loris (a byte now and then) /silent (never answers) /reset (half an
 *   answer, then RST) /gone (RST instead of an answer) /html /redirect (to /counted) /flood
 *   (headers for ever) /after-seconds /after-date /after-rubbish (503 with Retry-After) /continue
 *   (100 first) /bye (the connection stays; the next request on it is read and then it is cut), and
 *   those of tls_answers.h */
#ifndef PACKD_TESTS_SUPPORT_TLS_SERVER_H
#define PACKD_TESTS_SUPPORT_TLS_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum tls_identity { /* what its certificate is like; signed by our CA unless it says otherwise */
                    TLS_GOOD,
                    TLS_EXPIRED,
                    TLS_FUTURE,
                    TLS_OTHER_HOST,
                    TLS_SELF_SIGNED,
                    TLS_OTHER_CA,
                    TLS_RSA_1024,
                    TLS_RSA_2048,
                    TLS_SHA1,
                    TLS_CLIENT_ONLY, /* extended key usage: client */
};
#define TLS_IDENTITIES 10

enum tls_manner {
    TLS_SERVES,
    TLS_MUTE,     /* takes the connection and says nothing */
    TLS_HANGS_UP, /* closes at once */
    TLS_PLAIN,    /* speaks HTTP without TLS */
};

struct tls_server {
    uint16_t port;
    pid_t pid;
    volatile int *requests; /* read so far, of all kinds; shared with the child */
    volatile int *counted;  /* requests for /counted */
};

/* Makes the certificates; the CA's into ca_path, a client certificate and key beside it. */
void tls_make_identities(const char *ca_path, const char *client_cert_path,
                         const char *client_key_path);
/* "sha256//..." of an identity's public key. */
const char *tls_pin_of(enum tls_identity identity);

/* priority: GnuTLS's words for versions and suites, NULL for its usual ones. */
struct tls_server tls_server_start(enum tls_identity identity, enum tls_manner manner,
                                   const char *priority, bool wants_client);
void tls_server_stop(struct tls_server *server);

#endif
