/* render_wire.h - what packd and packd-render say to each other.
 *
 * packd-render is a child with two descriptors beside the standard ones: RENDER_SOCKET_FD, one end
 * of a SOCK_SEQPACKET pair, and RENDER_MEMORY_FD, a memfd of RENDER_MEMORY_BYTES whose size is
 * sealed. What is to be drawn lies at the beginning of the memory, what came of it at
 * RENDER_OUTPUT_AT. A message is one of the structs below, whole, in the machine's own order; any
 * other length is a broken child, or a broken parent. The child speaks first: one render_ready,
 * when it is confined and can draw at once, so that no document is blamed for a child that does not
 * start. Then one request at a time: each is answered once, in turn. The child is not trusted: its
 * answer is checked by render_answer_check(), and the output is copied before it is looked at. */
#ifndef PACKD_HAL_BASE_RENDER_WIRE_H
#define PACKD_HAL_BASE_RENDER_WIRE_H

#include "hal/base/bytes.h"

#define RENDER_SOCKET_FD 3
#define RENDER_MEMORY_FD 4
#define RENDER_VERSION 2u

#define RENDER_INPUT_MAX (2u * 1024u * 1024u)
#define RENDER_OUTPUT_AT RENDER_INPUT_MAX
#define RENDER_OUTPUT_MAX (2u * 1024u * 1024u) /* 4 x 6 inches at 600 dpi, and half again */
#define RENDER_MEMORY_BYTES (RENDER_INPUT_MAX + RENDER_OUTPUT_MAX)

#define RENDER_WORK_MS 1200 /* of the processor for one request; then it is RENDER_ENDED */

#define RENDER_SIDE_MAX_DOTS 4800u /* 8 inches at 600 dpi */
#define RENDER_CODES_MAX 16u
#define RENDER_CODE_TEXT_SIZE 192
#define RENDER_TYPE_SIZE 16
#define RENDER_WANTED_MAX 4u
#define RENDER_WANTED_SIZE 80
#define RENDER_NAME_SIZE 32
#define RENDER_SENTENCE_SIZE 160

struct render_ready {
    uint32_t version;
    uint32_t landlock; /* the ABI that holds it; 0: this kernel has none */
    uint32_t files;    /* fonts and character maps that it holds open */
    uint32_t start_us;
};

enum render_kind {
    RENDER_DOCUMENT, /* input: a PDF, PNG, JPEG or GIF, as its first bytes say */
    RENDER_TEMPLATE, /* input: fields, "name=value" lines in UTF-8; `name` says which template */
};

enum render_form {
    RENDER_PICTURE, /* output: rows from the top, leftmost dot in the highest bit, 1 is black */
    RENDER_PDF,     /* TEMPLATE only: a PDF of as many pages as it takes */
};

/* Where on a sheet of this size the label lies, in tenths of a millimetre; all zero: not known. */
struct render_crop {
    uint16_t sheet_width_dmm, sheet_height_dmm;
    uint16_t x_dmm, y_dmm, width_dmm, height_dmm;
    uint16_t turn; /* 0, 90, 180, 270: clockwise, until it stands upright on the stock */
};

struct render_request {
    uint32_t version;
    uint32_t number; /* of the answer too */
    uint32_t kind;   /* enum render_kind */
    uint32_t form;   /* enum render_form */
    uint32_t input_bytes;
    uint16_t dpi;                     /* 203 (8 dots/mm), 300, 600 */
    uint16_t width_dots, height_dots; /* of the label stock */
    uint16_t page;                    /* DOCUMENT: from 1; 0: the one with the label */
    uint16_t copy;                    /* from 2 on the picture is marked REPRINT and the number */
    uint16_t read_back;               /* 1: the barcodes are read from the finished picture */
    uint16_t anew;                    /* 1: drawn, even if it was drawn lately: to measure */
    struct render_crop crop;          /* where the label was found last time */
    char name[RENDER_NAME_SIZE];      /* TEMPLATE: which */
    char wanted[RENDER_WANTED_MAX][RENDER_WANTED_SIZE]; /* what barcodes should say; empty: none */
};

enum render_result {
    RENDER_DONE,
    RENDER_REFUSED, /* `word` and `sentence` say why; there is no output */
    RENDER_ENDED,   /* refused, and the child ends with it; hal/render.h tells it as REFUSED */
};

enum render_warning { /* of the picture; bits */
                      RENDER_WARN_SCALED =
                          1, /* drawn in another size than the document's: scale_ppm */
                      RENDER_WARN_CLIPPED = 2, /* black reaches an edge of the label */
                      RENDER_WARN_FONTS = 4,   /* a font was missing and another one was taken */
                      RENDER_WARN_TEXT_CUT =
                          8, /* TEMPLATE: a text did not fit and ends with an ellipsis */
                      RENDER_WARN_MORE_PAGES = 16,
                      RENDER_WARN_MORE_CODES = 32, /* than RENDER_CODES_MAX */
                      RENDER_WARN_WANTED =
                          64, /* one of `wanted`, or of our own drawing's, was not read */
                      RENDER_WARN_MORE_LABELS =
                          128, /* on the sheet; the first, or the wanted, was taken */
};

enum render_code_warning { /* of one barcode; bits */
                           RENDER_CODE_QUIET =
                               1, /* quiet zone narrower than its standard asks for */
                           RENDER_CODE_THIN =
                               2, /* narrowest element thinner than two dots or 0.19 mm */
                           RENDER_CODE_HARD = 4, /* read only with a second, harder try */
                           RENDER_CODE_LOW = 8,  /* bars lower than 5 mm or 15 % of their length */
};

struct render_code {
    char type[RENDER_TYPE_SIZE];      /* "CODE128", "GS1-128", "CODE39", "ITF", "EAN13", "QR" ... */
    char text[RENDER_CODE_TEXT_SIZE]; /* NUL-ended; GS as 1D; longer ones are cut: text_bytes */
    uint16_t text_bytes;
    uint16_t x, y, width, height; /* dots: the box around it */
    uint16_t module_mdots;        /* thousandths of a dot; 0: not known */
    uint16_t warnings;
};

struct render_answer {
    uint32_t version;
    uint32_t number;
    uint32_t result; /* enum render_result */
    uint32_t output_bytes;
    uint32_t bytes_per_row;
    uint16_t width_dots, height_dots;
    uint16_t pages, page;                /* of the document; which was taken, from 1 */
    char cropped_from[RENDER_TYPE_SIZE]; /* "A4", "letter", "210x148mm"; empty: not cropped */
    struct render_crop crop;
    uint32_t scale_ppm; /* size on the label through size in the document; 1000000: the same */
    uint32_t dark_ppm;  /* black dots through all dots */
    uint32_t draw_us, bits_us, read_us;
    uint32_t warnings;
    uint32_t codes_drawn; /* TEMPLATE: barcodes that were drawn */
    uint32_t code_count;  /* barcodes that were read */
    struct render_code codes[RENDER_CODES_MAX];
    char word[RENDER_NAME_SIZE]; /* REFUSED: "encrypted", "too_large", "white" ... */
    char sentence[RENDER_SENTENCE_SIZE];
};

bool render_ready_check(const struct render_ready *ready);
/* Is this a request, or an answer to `request`, that keeps its bounds: known version and words,
 * sides, counts and sizes within their limits, texts NUL-ended, rows that hold their dots? */
bool render_request_check(const struct render_request *request);
bool render_answer_check(const struct render_answer *answer, const struct render_request *request);

#endif
