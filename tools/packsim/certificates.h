/* certificates.h - a private authority, a server certificate that is right, and several that are
 * wrong in one way each, so that a client's judgement can be watched. */
#ifndef PACKD_TOOLS_PACKSIM_CERTIFICATES_H
#define PACKD_TOOLS_PACKSIM_CERTIFICATES_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "hal/base/bytes.h"

enum certificate_kind {
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_FUTURE, /* not valid yet */
    CERTIFICATE_WRONG_HOST,
    CERTIFICATE_OTHER_CA, /* a good one by an authority nobody was told of */
    CERTIFICATE_SELF_SIGNED,
};
#define CERTIFICATE_KINDS 6

MUST_USE bool certificate_parse(struct bytes word, enum certificate_kind *out_kind);

/* Writes DIR/ca.pem, or goes on with the authority that lies there. */
MUST_USE bool certificates_open(void);

/* What the next handshake shows; world locked. */
void certificate_show(enum certificate_kind kind);
gnutls_certificate_credentials_t certificate_shown(void);

#endif
