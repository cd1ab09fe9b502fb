/* crypto.h - hashes, keyed hashes, chance. Nothing here blocks or keeps state.
 *
 * The two mbedTLS generations differ in crypto_mbedtls.c (and, for TLS, in http_curl.c), nowhere
 * else. TLS itself is not here: http.h. */
#ifndef PACKD_HAL_CRYPTO_H
#define PACKD_HAL_CRYPTO_H

#include "hal/base/bytes.h"

#define CRYPTO_SHA256_SIZE 32

/* FIPS 180-4. */
void crypto_sha256(struct bytes message, uint8_t out_digest[CRYPTO_SHA256_SIZE]);

/* RFC 2104 with SHA-256; any key length. */
void crypto_hmac_sha256(struct bytes key, struct bytes message,
                        uint8_t out_mac[CRYPTO_SHA256_SIZE]);

/* Bytes nobody can guess, from the kernel. Cannot fail on Linux once the system is up; before that
 * it waits for the kernel's pool (a moment in early boot). */
void crypto_random(void *out_bytes, size_t len);

/* Equal, in a time that depends on the lengths only: for macs, tokens and passwords. */
bool crypto_equal(struct bytes a, struct bytes b);

#endif
