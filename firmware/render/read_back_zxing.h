/* read_back_zxing.h - one look of zxing-cpp at grey dots. The only file that knows the library is
 * read_back_zxing.cpp; no exception leaves it. */
#ifndef PACKD_FIRMWARE_RENDER_READ_BACK_ZXING_H
#define PACKD_FIRMWARE_RENDER_READ_BACK_ZXING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum code_kind {
    CODE_NONE,
    CODE_CODE128,
    CODE_CODE39,
    CODE_CODE93,
    CODE_ITF,
    CODE_CODABAR,
    CODE_EAN13,
    CODE_EAN8,
    CODE_UPCA,
    CODE_UPCE,
    CODE_QR,
    CODE_DATAMATRIX,
    CODE_PDF417,
    CODE_AZTEC,
    CODE_MAXICODE,
    CODE_KINDS
};
#define CODE_BIT(kind) (1u << (kind))
#define CODES_LINEAR (CODE_BIT(CODE_QR) - CODE_BIT(CODE_CODE128))
#define CODES_MATRIX                                                         \
    (CODE_BIT(CODE_QR) | CODE_BIT(CODE_DATAMATRIX) | CODE_BIT(CODE_PDF417) | \
     CODE_BIT(CODE_AZTEC) | CODE_BIT(CODE_MAXICODE))

#define LOOK_TEXT_MAX 4096u /* a QR of 40-L holds 4,296 letters; longer ones are cut */

struct look {
    const uint8_t *dots; /* 0 is black, 255 white; width bytes a row */
    int width, height;
    unsigned kinds; /* CODE_BIT of those to look for */
    bool turned;    /* lines that stand upright too */
    bool pure;      /* nothing but the one symbol, upright */
    bool smooth;    /* the dots have greys: the library finds its own threshold */
    uint8_t lines;  /* how many rows of a linear symbol must agree */
};

struct looked {
    enum code_kind kind;
    bool gs1; /* FNC1 in the first place */
    int x[4], y[4];
    size_t text_len, text_bytes; /* what is here, what the symbol holds */
    char text[LOOK_TEXT_MAX];    /* UTF-8; FNC1 between fields is GS (1D); not NUL-ended */
};

#ifdef __cplusplus
extern "C" {
#endif
/* The first symbol found. False: none, or the library failed. */
bool zxing_look(const struct look *look, struct looked *out_looked);
#ifdef __cplusplus
}
#endif

#endif
