/* certificates.c - the private authority and its good and bad server certificates (RFC 5280).
 *
 * Keys are P-256: made in a millisecond, and every TLS library in reach takes them. The authority's
 * key is kept beside ca.pem, readable by the owner, for a later start with --state. */
#include "tools/packsim/certificates.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "tools/packsim/world.h"

#define DAY_S (24 * 3600)

struct authority {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static const char *const words[CERTIFICATE_KINDS] = {"good",       "expired",  "future",
                                                     "wrong-host", "other-ca", "self-signed"};
static gnutls_certificate_credentials_t shown[CERTIFICATE_KINDS];
static enum certificate_kind now_shown;

bool certificate_parse(struct bytes word, enum certificate_kind *out_kind)
{
    for (int i = 0; i < CERTIFICATE_KINDS; i++) {
        if (!bytes_equal_text(word, words[i])) continue;
        *out_kind = (enum certificate_kind)i;
        return true;
    }
    return false;
}

static void key_make(gnutls_x509_privkey_t *out_key)
{
    ENSURE(gnutls_x509_privkey_init(out_key) == 0);
    unsigned curve = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    ENSURE(gnutls_x509_privkey_generate(*out_key, GNUTLS_PK_ECDSA, curve, 0) == 0);
}

static gnutls_x509_crt_t certificate_start(gnutls_x509_privkey_t key, const char *name, time_t from,
                                           time_t until)
{
    gnutls_x509_crt_t certificate;
    ENSURE(gnutls_x509_crt_init(&certificate) == 0);
    uint8_t serial[16];
    ENSURE(getrandom(serial, sizeof serial, 0) == (ssize_t)sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x01); /* positive and not shortened */
    ENSURE(gnutls_x509_crt_set_version(certificate, 3) == 0);
    ENSURE(gnutls_x509_crt_set_serial(certificate, serial, sizeof serial) == 0);
    ENSURE(gnutls_x509_crt_set_key(certificate, key) == 0);
    ENSURE(gnutls_x509_crt_set_activation_time(certificate, from) == 0);
    ENSURE(gnutls_x509_crt_set_expiration_time(certificate, until) == 0);
    ENSURE(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                         (unsigned)strlen(name)) == 0);
    uint8_t id[20];
    size_t id_size = sizeof id;
    ENSURE(gnutls_x509_crt_get_key_id(certificate, 0, id, &id_size) == 0);
    ENSURE(gnutls_x509_crt_set_subject_key_id(certificate, id, id_size) == 0);
    return certificate;
}

static void authority_make(struct authority *authority, const char *name)
{
    time_t now = time(NULL);
    key_make(&authority->key);
    authority->certificate =
        certificate_start(authority->key, name, now - DAY_S, now + 3650L * DAY_S);
    ENSURE(gnutls_x509_crt_set_ca_status(authority->certificate, 1) == 0);
    ENSURE(gnutls_x509_crt_set_key_usage(authority->certificate,
                                         GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN) == 0);
    ENSURE(gnutls_x509_crt_sign2(authority->certificate, authority->certificate, authority->key,
                                 GNUTLS_DIG_SHA256, 0) == 0);
}

static bool authority_load(struct authority *authority)
{
    size_t certificate_len = 0, key_len = 0;
    char *certificate = world_file_read("ca.pem", &certificate_len);
    char *key = world_file_read("ca-key.pem", &key_len);
    bool good = certificate != NULL && key != NULL;
    if (good) {
        gnutls_datum_t certificate_text = {(unsigned char *)certificate, (unsigned)certificate_len};
        gnutls_datum_t key_text = {(unsigned char *)key, (unsigned)key_len};
        ENSURE(gnutls_x509_crt_init(&authority->certificate) == 0);
        ENSURE(gnutls_x509_privkey_init(&authority->key) == 0);
        good = gnutls_x509_crt_import(authority->certificate, &certificate_text,
                                      GNUTLS_X509_FMT_PEM) == 0 &&
               gnutls_x509_privkey_import(authority->key, &key_text, GNUTLS_X509_FMT_PEM) == 0;
        if (!good) {
            gnutls_x509_crt_deinit(authority->certificate);
            gnutls_x509_privkey_deinit(authority->key);
        }
    }
    free(certificate);
    free(key);
    return good;
}

static bool authority_store(const struct authority *authority)
{
    gnutls_datum_t certificate = {NULL, 0}, key = {NULL, 0};
    bool good =
        gnutls_x509_crt_export2(authority->certificate, GNUTLS_X509_FMT_PEM, &certificate) == 0 &&
        gnutls_x509_privkey_export2(authority->key, GNUTLS_X509_FMT_PEM, &key) == 0 &&
        world_file_write("ca.pem", bytes_of(certificate.data, certificate.size), 0644) &&
        world_file_write("ca-key.pem", bytes_of(key.data, key.size), 0600);
    gnutls_free(certificate.data);
    gnutls_free(key.data);
    return good;
}

static void authority_finish(struct authority *authority)
{
    gnutls_x509_crt_deinit(authority->certificate);
    gnutls_x509_privkey_deinit(authority->key);
}

static void names_set(gnutls_x509_crt_t certificate, bool right_host)
{
    const char *host = right_host ? "localhost" : "elsewhere.example.in";
    ENSURE(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, host,
                                                (unsigned)strlen(host), GNUTLS_FSAN_SET) == 0);
    if (!right_host) return;
    struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
    ENSURE(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, &loopback,
                                                sizeof loopback, GNUTLS_FSAN_APPEND) == 0);
}

static void server_make(enum certificate_kind kind, const struct authority *signer)
{
    time_t now = time(NULL);
    time_t from = kind == CERTIFICATE_FUTURE ? now + 2 * DAY_S
                                             : now - (kind == CERTIFICATE_EXPIRED ? 30 : 1) * DAY_S;
    time_t until = kind == CERTIFICATE_EXPIRED ? now - DAY_S : now + 365L * DAY_S;
    gnutls_x509_privkey_t key;
    key_make(&key);
    gnutls_x509_crt_t certificate = certificate_start(key, "localhost", from, until);
    names_set(certificate, kind != CERTIFICATE_WRONG_HOST);
    ENSURE(gnutls_x509_crt_set_ca_status(certificate, 0) == 0);
    ENSURE(gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE) == 0);
    ENSURE(gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0) == 0);
    bool own = kind == CERTIFICATE_SELF_SIGNED;
    uint8_t id[20];
    size_t id_size = sizeof id;
    ENSURE(gnutls_x509_crt_get_key_id(own ? certificate : signer->certificate, 0, id, &id_size) ==
           0);
    ENSURE(gnutls_x509_crt_set_authority_key_id(certificate, id, id_size) == 0);
    ENSURE(gnutls_x509_crt_sign2(certificate, own ? certificate : signer->certificate,
                                 own ? key : signer->key, GNUTLS_DIG_SHA256, 0) == 0);
    ENSURE(gnutls_certificate_allocate_credentials(&shown[kind]) == 0);
    ENSURE(gnutls_certificate_set_x509_key(shown[kind], &certificate, 1, key) >= 0);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
}

bool certificates_open(void)
{
    struct authority own, stranger;
    if (!world_settings()->keep || !authority_load(&own)) {
        authority_make(&own, "packsim private authority");
        if (!authority_store(&own)) {
            fprintf(stderr, "packsim: cannot write ca.pem\n");
            return false;
        }
    }
    authority_make(&stranger, "some other authority");
    for (int i = 0; i < CERTIFICATE_KINDS; i++) {
        enum certificate_kind kind = (enum certificate_kind)i;
        server_make(kind, kind == CERTIFICATE_OTHER_CA ? &stranger : &own);
    }
    authority_finish(&own);
    authority_finish(&stranger);
    return true;
}

void certificate_show(enum certificate_kind kind)
{
    now_shown = kind;
}

gnutls_certificate_credentials_t certificate_shown(void)
{
    return shown[now_shown];
}
