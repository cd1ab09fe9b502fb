/* http_policy_curl.c - what we demand of the other side of an exchange, and of the libraries that
 * see to it: the TLS policy of the product and the limits of an exchange.
 *
 * Here, and nowhere else for TLS, the generations of curl (7.88, 8.14) and of mbedTLS (2.28, 3.6)
 * differ. Measured, and the reason for apply_policy: left alone, curl 7.88 on mbedTLS 2.28 accepts
 * RSA-1024 and SHA-1 certificates and TLS 1.1. */
#include <fcntl.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "hal/crypto.h"
#include "hal/http_inside.h"

/* Forward secrecy and authenticated encryption, nothing else. */
static const int cipher_suites[] = {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static int give_random(void *context, unsigned char *out_bytes, size_t len)
{
    (void)context;
    crypto_random(out_bytes, len);
    return 0;
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
/* A TLS 1.2 server takes the first signature that suits its key. mbedTLS 3.6 offers RSA-PSS first,
 * for TLS 1.3, and then refuses it within TLS 1.2: every such server with an RSA key would be out
 * of reach. With PKCS1 in front they sign with that, and TLS 1.3, which has no use for it, with
 * PSS. */
static const uint16_t signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,    MBEDTLS_TLS1_3_SIG_NONE,
};

static void set_signatures(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_sig_algs(config, signatures);
}

static int parse_key(mbedtls_pk_context *key, struct bytes text)
{
    return mbedtls_pk_parse_key(key, text.data, text.len, NULL, 0, give_random, NULL);
}
#else
static void set_signatures(mbedtls_ssl_config *config)
{
    (void)config; /* 2.28 stops at TLS 1.2 and offers what it accepts */
}

static int parse_key(mbedtls_pk_context *key, struct bytes text)
{
    (void)give_random;
    return mbedtls_pk_parse_key(key, text.data, text.len, NULL, 0);
}
#endif

/* Keeps what is wrong with a certificate, for the sentence. Refusing stays mbedTLS's, which looks
 * at the purpose only after this and without telling. */
static int note_certificate(void *context, mbedtls_x509_crt *certificate, int depth,
                            uint32_t *flags)
{
    struct http_exchange *exchange = context;
    exchange->certificate_flags |= *flags;
    int wrong_use =
        depth > 0
            ? 0
            : mbedtls_x509_crt_check_extended_key_usage(certificate, MBEDTLS_OID_SERVER_AUTH,
                                                        MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH));
    if (wrong_use != 0) exchange->certificate_flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    return 0;
}

/* curl gives mbedTLS's own configuration just before the handshake. */
static CURLcode apply_policy(CURL *easy, void *tls_config, void *context)
{
    (void)easy;
    mbedtls_ssl_config *config = tls_config;
    mbedtls_ssl_conf_cert_profile(config, &mbedtls_x509_crt_profile_next);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ciphersuites(config, cipher_suites);
    set_signatures(config);
    mbedtls_ssl_conf_verify(config, note_certificate, context);
    return CURLE_OK;
}

/* A peer that vanished ends the connection after 15 s, and no child inherits a socket. */
static int prepare_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    (void)context, (void)purpose;
    unsigned timeout_ms = 15000;
    if (setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms)) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return CURL_SOCKOPT_ERROR;
    }
    return CURL_SOCKOPT_OK;
}

/* What is the same for every exchange. Each option must be taken: one that this curl does not know
 * would be a policy that is silently off. False at start means: not the library we measured. */
bool http_set_policy(struct http_exchange *exchange, const char *user_agent,
                     const char *dns_servers)
{
    CURL *easy = exchange->easy;
    int wrong = 0;
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    wrong |=
        (int)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* what was signed is what is sent */
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 15L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, prepare_socket);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 60L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->curl_says);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_take_body);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_take_header);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, apply_policy);
    wrong |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, exchange);
    if (dns_servers != NULL) {
        wrong |= (int)curl_easy_setopt(easy, CURLOPT_DNS_SERVERS, dns_servers);
    }
    return wrong == CURLE_OK;
}

bool http_is_known_library(struct textbuf *out_why)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    char wanted[40];
    mbedtls_version_get_string_full(wanted); /* "mbed TLS 2.28.3" */
    const char *number = strrchr(wanted, ' ');
    char tls[40];
    snprintf(tls, sizeof(tls), "mbedTLS/%s", number == NULL ? "" : number + 1);
    if (info->ssl_version == NULL || strcmp(info->ssl_version, tls) != 0) {
        textbuf_format(out_why, "libcurl uses %s for TLS instead of %s",
                       info->ssl_version == NULL ? "nothing" : info->ssl_version, tls);
        return false;
    }
    /* The configuration struct that apply_policy is handed must be the one of our header. */
    if (mbedtls_version_get_number() != MBEDTLS_VERSION_NUMBER) {
        textbuf_format(out_why, "built for mbedTLS %s but %s is here", MBEDTLS_VERSION_STRING,
                       wanted);
        return false;
    }
    if (info->ares == NULL) {
        textbuf_text(out_why, "libcurl looks up names without c-ares and would block");
        return false;
    }
    return true;
}

static bool are_certificates(struct bytes text)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    int wrong = mbedtls_x509_crt_parse(&chain, text.data, text.len);
    mbedtls_x509_crt_free(&chain);
    return wrong == 0; /* above 0: some of them could not be read */
}

static bool is_key(struct bytes text)
{
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    int wrong = parse_key(&key, text);
    mbedtls_pk_free(&key);
    return wrong == 0;
}

struct trust_file {
    CURLoption option;
    const char *path;
    pem_check_fn *check;
};

static enum err set_file(CURL *easy, struct pem_cache *pems, const struct trust_file *file,
                         char out_trouble[HTTP_WHY_MAX])
{
    struct bytes text = BYTES_NONE;
    enum err problem = pem_cache_get(pems, file->path, HTTP_CA_MAX, file->check, &text);
    if (problem != ERR_NONE) {
        snprintf(out_trouble, HTTP_WHY_MAX, "%s: %s", file->path, err_word(problem));
        return problem;
    }
    struct curl_blob blob = {.data = (void *)(uintptr_t)text.data,
                             .len = text.len,
                             .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(easy, file->option, &blob) == CURLE_OK ? ERR_NONE : ERR_NO_MEMORY;
}

enum err http_set_trust(struct http_exchange *exchange, struct pem_cache *pems,
                        const struct http_trust *trust, char out_trouble[HTTP_WHY_MAX])
{
    const struct trust_file files[] = {
        {CURLOPT_CAINFO_BLOB, trust->ca_file, are_certificates},
        {CURLOPT_SSLCERT_BLOB, trust->client_cert_file, are_certificates},
        {CURLOPT_SSLKEY_BLOB, trust->client_key_file, is_key},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (files[i].path == NULL) continue;
        enum err problem = set_file(exchange->easy, pems, &files[i], out_trouble);
        if (problem != ERR_NONE) return problem;
    }
    if (trust->pinned_keys == NULL) return ERR_NONE;
    int wrong = (int)curl_easy_setopt(exchange->easy, CURLOPT_PINNEDPUBLICKEY, trust->pinned_keys);
    return wrong == CURLE_OK ? ERR_NONE : ERR_NO_MEMORY;
}
