/* crypto_mbedtls.c - crypto.h on mbedTLS 2.28 (Debian 12) and 3.6 (Debian 13).
 *
 * mbedTLS fails here only when it was built without SHA-256 or misused, which is a mistake of ours;
 * hence ENSURE and not an error for every caller to carry. */
#include "hal/crypto.h"

#include <errno.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <sys/random.h>

/* 2.28 calls the variant that reports errors mbedtls_sha256_ret; 3.x gave it the plain name. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define sha256_reporting mbedtls_sha256_ret
#else
#define sha256_reporting mbedtls_sha256
#endif

/* mbedTLS wants a pointer even for nothing. */
static const unsigned char *never_null(struct bytes run)
{
    static const unsigned char nothing[1];
    return run.data == NULL ? nothing : run.data;
}

void crypto_sha256(struct bytes message, uint8_t out_digest[CRYPTO_SHA256_SIZE])
{
    int wrong = sha256_reporting(never_null(message), message.len, out_digest, 0);
    ENSURE(wrong == 0);
}

void crypto_hmac_sha256(struct bytes key, struct bytes message, uint8_t out_mac[CRYPTO_SHA256_SIZE])
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    int wrong = mbedtls_md_hmac(sha256, never_null(key), key.len, never_null(message), message.len,
                                out_mac);
    ENSURE(wrong == 0);
}

void crypto_random(void *out_bytes, size_t len)
{
    uint8_t *place = out_bytes;
    while (len > 0) {
        ssize_t got = getrandom(place, len, 0);
        ENSURE(got > 0 || errno == EINTR);
        if (got <= 0) continue;
        place += got;
        len -= (size_t)got;
    }
}

bool crypto_equal(struct bytes a, struct bytes b)
{
    if (a.len != b.len) return false;
    volatile uint8_t different =
        0; /* volatile: the compiler may not stop at the first difference */
    for (size_t i = 0; i < a.len; i++) different = (uint8_t)(different | (a.data[i] ^ b.data[i]));
    return different == 0;
}
