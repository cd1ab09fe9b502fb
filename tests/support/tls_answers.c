/* tls_answers.c - tls_answers.h: most are bytes in a table, the long ones are made. */
#include "tests/support/tls_answers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/ensure.h"

#define OK_11 "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n"
#define BODY "{\"ok\":true}"
#define RESET TLS_AFTER_RESET
#define CLOSE TLS_AFTER_CLOSE
#define GO_ON TLS_AFTER_GO_ON
#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *name, *bytes;
    size_t len;
    enum tls_after after;
} rows[] = {
    {"length-long", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" BODY), CLOSE},
    {"length-short", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" BODY), GO_ON},
    {"length-negative", BYTES("HTTP/1.1 200 OK\r\nContent-Length: -11\r\n\r\n" BODY), CLOSE},
    {"length-2-63", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n" BODY),
     CLOSE},
    {"length-2-64", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551627\r\n\r\n" BODY),
     CLOSE},
    {"length-word", BYTES("HTTP/1.1 200 OK\r\nContent-Length: eleven\r\n\r\n" BODY), CLOSE},
    {"length-none", BYTES("HTTP/1.1 200 OK\r\n\r\n" BODY), CLOSE},
    {"length-twice-same", BYTES(OK_11 "Content-Length: 11\r\n\r\n" BODY), GO_ON},
    {"length-twice-short", BYTES(OK_11 "Content-Length: 5\r\n\r\n" BODY), GO_ON},
    {"length-twice-long",
     BYTES("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 11\r\n\r\n" BODY), GO_ON},
    {"length-list", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 11, 5\r\n\r\n" BODY), CLOSE},
    {"length-and-chunks",
     BYTES("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: "
           "chunked\r\n\r\nb\r\n" BODY "\r\n0\r\n\r\n"),
     GO_ON},
    {"chunk-word", BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" BODY),
     CLOSE},
    {"chunk-huge",
     BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" BODY),
     CLOSE},
    {"chunk-cut", BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" BODY "\r\n"),
     CLOSE},
    {"head-cut", BYTES("HTTP/1.1 200 OK\r\nContent-Le"), CLOSE},
    {"head-nul", BYTES(OK_11 "X-Odd: a\0b\r\n\r\n" BODY), GO_ON},
    {"head-nul-type", BYTES(OK_11 "Content-Type: text\0/html\r\n\r\n" BODY), GO_ON},
    {"head-folded", BYTES(OK_11 "Content-Type: text/html;\r\n charset=x\r\n\r\n" BODY), GO_ON},
    {"head-folded-first", BYTES("HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 11\r\n\r\n" BODY),
     GO_ON},
    {"head-no-colon", BYTES(OK_11 "this is no header\r\n\r\n" BODY), GO_ON},
    {"head-bare-lf", BYTES("HTTP/1.1 200 OK\nContent-Length: 11\n\n" BODY), GO_ON},
    {"http-0.9", BYTES(BODY), CLOSE},
    {"http-1.0", BYTES("HTTP/1.0 200 OK\r\n\r\n" BODY), CLOSE},
    {"http-2", BYTES("HTTP/2 200 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"http-9.9", BYTES("HTTP/9.9 200 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"http-lower", BYTES("http/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"icy", BYTES("ICY 200 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"garbage", BYTES("\x00\xff\x15\x03 not a protocol \r\n\r\n\xc3\x28" BODY), CLOSE},
    {"nothing", BYTES(""), CLOSE},
    {"status-000", BYTES("HTTP/1.1 000 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-99", BYTES("HTTP/1.1 99 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-600", BYTES("HTTP/1.1 600 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-999", BYTES("HTTP/1.1 999 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-2000", BYTES("HTTP/1.1 2000 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-minus", BYTES("HTTP/1.1 -20 OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-word", BYTES("HTTP/1.1 OK OK\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"status-none", BYTES("HTTP/1.1\r\nContent-Length: 11\r\n\r\n" BODY), CLOSE},
    {"switching",
     BYTES("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: "
           "Upgrade\r\n\r\n" BODY),
     CLOSE},
    {"reset-head", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"), RESET},
    {"reset-body", BYTES(OK_11 "\r\n{\"ok\""), RESET},
    {"reset-in-head", BYTES("HTTP/1.1 200 O"), RESET},
    {"gzip-claimed", BYTES(OK_11 "Content-Encoding: gzip\r\n\r\n" BODY), GO_ON},
    {"br-claimed", BYTES(OK_11 "Content-Encoding: br\r\n\r\n" BODY), GO_ON},
    {"portal",
     BYTES("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n"
           "<html>in</html>"),
     CLOSE},
    {"two-answers", BYTES(OK_11 "\r\n" BODY OK_11 "\r\n{\"evil\":1 }"), GO_ON},
    {"cookie",
     BYTES(OK_11 "Set-Cookie: who=me; Path=/\r\nAlt-Svc: h2=\":1\"; ma=99\r\n"
                 "Strict-Transport-Security: max-age=99\r\n\r\n" BODY),
     GO_ON},
};

struct talk {
    tls_say_fn *say;
    void *context;
    const char *port; /* of elsewhere */
};

static void put(const struct talk *talk, const char *text)
{
    talk->say(talk->context, text, strlen(text));
}

static void put_pieces(const struct talk *talk)
{
    static const char text[] = OK_11 "\r\n" BODY;
    for (size_t i = 0; i < sizeof text - 1; i++) talk->say(talk->context, text + i, 1);
}

static void put_hundreds(const struct talk *talk)
{
    for (int i = 0; i < 1000; i++) put(talk, "HTTP/1.1 100 Continue\r\n\r\n");
    put(talk, OK_11 "\r\n" BODY);
}

static void put_hundreds_for_ever(const struct talk *talk)
{
    for (;;) put(talk, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
}

static void put_headers(const struct talk *talk)
{
    put(talk, OK_11);
    for (int i = 0; i < 10000; i++) put(talk, "X: y\r\n");
    put(talk, "\r\n" BODY);
}

static void put_long_header(const struct talk *talk)
{
    static char piece[65536];
    memset(piece, 'h', sizeof piece);
    put(talk, OK_11 "X-Long: ");
    for (int i = 0; i < 16; i++) talk->say(talk->context, piece, sizeof piece);
    put(talk, "\r\n\r\n" BODY);
}

static void put_ten_megabytes(const struct talk *talk)
{
    static char piece[65536];
    memset(piece, ' ', sizeof piece);
    put(talk, "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n");
    for (int i = 0; i < 160; i++) talk->say(talk->context, piece, sizeof piece);
}

static void put_without_end(const struct talk *talk)
{
    static char piece[16384];
    memset(piece, ' ', sizeof piece);
    put(talk, "HTTP/1.1 200 OK\r\n\r\n");
    for (;;) talk->say(talk->context, piece, sizeof piece);
}

/* RFC 1951, fixed codes: least significant bit first, but a code itself most significant first. */
struct bits {
    char *data;
    size_t len;
    unsigned held, count;
};

static void put_bit(struct bits *bits, unsigned bit)
{
    bits->held |= bit << bits->count++;
    if (bits->count < 8) return;
    bits->data[bits->len++] = (char)bits->held;
    bits->held = bits->count = 0;
}

static void put_code(struct bits *bits, unsigned code, unsigned len)
{
    while (len-- > 0) put_bit(bits, code >> len & 1);
}

/* 64 MiB of zeros in about 420 kB: one zero, then runs of 258 at distance 1. */
static void put_bomb(const struct talk *talk, const char *header)
{
    static const char gzip_head[10] = {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, 0, 3};
    struct bits bits = {.data = malloc(600000)};
    char head[200];
    ENSURE(bits.data != NULL);
    memcpy(bits.data, gzip_head, sizeof gzip_head);
    bits.len = sizeof gzip_head;
    put_code(&bits, 1, 1); /* the last block, and fixed codes: bits 1 0 */
    put_code(&bits, 2, 2);
    put_code(&bits, 0x30, 8); /* the literal 0 */
    for (int i = 0; i < 64 * 1024 * 1024 / 258; i++) {
        put_code(&bits, 0xC5, 8); /* length 258 */
        put_code(&bits, 0, 5);    /* distance 1 */
    }
    put_code(&bits, 0, 7); /* end of the block */
    put_code(&bits, 0, 7);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%s\r\nConnection: close\r\n\r\n", header);
    put(talk, head);
    talk->say(talk->context, bits.data, bits.len);
    free(bits.data);
}

static void put_gzip_bomb(const struct talk *talk)
{
    put_bomb(talk, "Content-Encoding: gzip");
}

static void put_transfer_bomb(const struct talk *talk)
{
    put_bomb(talk, "Transfer-Encoding: gzip");
}

static void put_redirect(const struct talk *talk, const char *status, const char *scheme)
{
    char text[300];
    snprintf(text, sizeof text,
             "HTTP/1.1 %s\r\nLocation: %s:%s/login\r\nRefresh: 0; url=%s:%s/\r\n"
             "Content-Length: 11\r\n\r\n" BODY,
             status, scheme, talk->port, scheme, talk->port);
    put(talk, text);
}

static void put_301(const struct talk *talk)
{
    put_redirect(talk, "301 Moved", "https://localhost");
}

static void put_302_plain(const struct talk *talk)
{
    put_redirect(talk, "302 Found", "http://127.0.0.1");
}

static void put_307(const struct talk *talk)
{
    put_redirect(talk, "307 Temporary", "https://localhost");
}

static void put_308(const struct talk *talk)
{
    put_redirect(talk, "308 Permanent", "//localhost");
}

static const struct {
    const char *name;
    void (*put)(const struct talk *talk);
    enum tls_after after;
} makers[] = {
    {"pieces", put_pieces, GO_ON},
    {"hundreds", put_hundreds, GO_ON},
    {"hundreds-for-ever", put_hundreds_for_ever, CLOSE},
    {"headers-10000", put_headers, CLOSE},
    {"header-1-mb", put_long_header, CLOSE},
    {"ten-mb", put_ten_megabytes, CLOSE},
    {"no-end", put_without_end, CLOSE},
    {"gzip-bomb", put_gzip_bomb, CLOSE},
    {"transfer-bomb", put_transfer_bomb, CLOSE},
    {"301", put_301, GO_ON},
    {"302-plain", put_302_plain, GO_ON},
    {"307", put_307, GO_ON},
    {"308", put_308, GO_ON},
};

bool tls_answer(const char *path, tls_say_fn *say, void *context, enum tls_after *out_after)
{
    if (strncmp(path, "/h/", 3) != 0) return false;
    const char *name = path + 3;
    size_t len = strcspn(name, "/");
    struct talk talk = {say, context, name[len] == '/' ? name + len + 1 : "1"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].name) != len || memcmp(rows[i].name, name, len) != 0) continue;
        say(context, rows[i].bytes, rows[i].len);
        *out_after = rows[i].after;
        return true;
    }
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        if (strlen(makers[i].name) != len || memcmp(makers[i].name, name, len) != 0) continue;
        makers[i].put(&talk);
        *out_after = makers[i].after;
        return true;
    }
    return false;
}
