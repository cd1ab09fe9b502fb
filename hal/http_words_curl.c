/* http_words_curl.c - what happened to an exchange, in words a person at the bench can use. Host
 * names appear, credentials and paths never. */
#include <mbedtls/x509.h>
#include <stdio.h>
#include <string.h>

#include "hal/base/textbuf.h"
#include "hal/http_inside.h"

void http_host_of(const char *url, char *out_host, size_t size)
{
    struct bytes rest = bytes_of_text(url);
    size_t scheme = bytes_find(rest, BYTES_LITERAL("://"));
    rest = bytes_from(rest, scheme == rest.len ? scheme : scheme + 3);
    rest = bytes_slice(rest, 0, strcspn((const char *)rest.data, "/?#"));
    size_t user = bytes_find_byte(rest, '@');
    if (user < rest.len) rest = bytes_from(rest, user + 1);
    bool bracketed = rest.len > 0 && rest.data[0] == '[';
    size_t end = bytes_find_byte(rest, bracketed ? ']' : ':');
    bool fits = bytes_to_text(bytes_slice(rest, 0, bracketed ? end + 1 : end), out_host, size);
    if (!fits) out_host[0] = '\0';
}

static void explain_certificate(const struct http_exchange *exchange, struct textbuf *why)
{
    static const struct {
        uint32_t flag;
        const char *words;
    } rows[] = {
        {MBEDTLS_X509_BADCERT_EXPIRED, "expired"},
        {MBEDTLS_X509_BADCERT_FUTURE, "not valid yet (is this box's clock right?)"},
        {MBEDTLS_X509_BADCERT_CN_MISMATCH, "made out to another name"},
        {MBEDTLS_X509_BADCERT_NOT_TRUSTED, "not issued by an authority we trust"},
        {MBEDTLS_X509_BADCERT_REVOKED, "revoked"},
        {MBEDTLS_X509_BADCERT_BAD_KEY, "its key is too weak"},
        {MBEDTLS_X509_BADCERT_BAD_PK, "its kind of key is not accepted"},
        {MBEDTLS_X509_BADCERT_BAD_MD, "signed with a broken digest"},
        {MBEDTLS_X509_BADCERT_KEY_USAGE, "not made for this use"},
        {MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, "not made for a server"},
    };
    textbuf_format(why, "the certificate of %s is not valid", exchange->host);
    const char *before = ": ";
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((exchange->certificate_flags & rows[i].flag) == 0) continue;
        textbuf_text(why, before);
        textbuf_text(why, rows[i].words);
        before = ", ";
    }
}

static void explain_timeout(const struct http_exchange *exchange,
                            const struct http_timings *timings, struct textbuf *why)
{
    const char *stage = "its answer";
    if (timings->name_ms == 0) stage = "its name";
    else if (timings->tls_ms == 0) stage = "a secure connection";
    textbuf_format(why, "%s: no end in time while waiting for %s", exchange->host, stage);
}

void http_explain(const struct http_exchange *exchange, int code,
                  const struct http_timings *timings, char out_why[HTTP_WHY_MAX])
{
    struct textbuf why;
    const char *host = exchange->host;
    textbuf_init(&why, out_why, HTTP_WHY_MAX);
    if (exchange->too_long != NULL) {
        textbuf_format(&why, "%s of %s is longer than allowed", exchange->too_long, host);
        return;
    }
    if (exchange->not_http) {
        textbuf_format(&why, "the answer of %s is not HTTP", host);
        return;
    }
    if (exchange->certificate_flags != 0) {
        explain_certificate(exchange, &why);
        return;
    }
    switch (code) { /* curl's list, not ours; the rest in its own words */
    case CURLE_COULDNT_RESOLVE_HOST:
        textbuf_format(&why, "the name %s cannot be found", host);
        break;
    case CURLE_COULDNT_CONNECT: textbuf_format(&why, "%s takes no connection", host); break;
    case CURLE_OPERATION_TIMEDOUT: explain_timeout(exchange, timings, &why); break;
    case CURLE_FILESIZE_EXCEEDED:
        textbuf_format(&why, "the answer of %s is longer than allowed", host);
        break;
    case CURLE_PARTIAL_FILE: textbuf_format(&why, "the answer of %s was cut short", host); break;
    case CURLE_GOT_NOTHING: textbuf_format(&why, "%s closed without an answer", host); break;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: textbuf_format(&why, "the connection to %s was cut", host); break;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        textbuf_format(&why, "the key of %s is not the one we know", host);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        textbuf_format(&why, "%s and this box agree on no TLS", host);
        break;
    case CURLE_SSL_CACERT_BADFILE:
        textbuf_text(&why, "the file of trusted roots cannot be used");
        break;
    case CURLE_SSL_CERTPROBLEM:
        textbuf_text(&why, "our own certificate or key cannot be used");
        break;
    default: textbuf_format(&why, "%s: %s", host, curl_easy_strerror((CURLcode)code)); break;
    }
}
