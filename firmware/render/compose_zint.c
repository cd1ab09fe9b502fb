/* compose_zint.c - see compose_zint.h. */
#include "firmware/render/compose_zint.h"

#include <stdlib.h>
#include <string.h>
#include <zint.h>

static const struct {
    const char *word;
    int symbology;
    int mode;
    uint8_t quiet, quiet_down, row_height;
    unsigned most; /* bytes of text */
} kinds[BARCODE_TYPES] = {
    [BARCODE_TYPE_CODE128] = {"CODE128", BARCODE_CODE128, UNICODE_MODE, 10, 0, 0, 80},
    [BARCODE_TYPE_GS1_128] = {"GS1-128", BARCODE_GS1_128, GS1_MODE, 10, 0, 0, 110},
    [BARCODE_TYPE_CODE39] = {"CODE39", BARCODE_CODE39, UNICODE_MODE, 10, 0, 0, 60},
    [BARCODE_TYPE_ITF] = {"ITF", BARCODE_C25INTER, UNICODE_MODE, 10, 0, 0, 60},
    [BARCODE_TYPE_EAN13] = {"EAN13", BARCODE_EANX, UNICODE_MODE, 11, 0, 0, 13},
    [BARCODE_TYPE_QR] = {"QR", BARCODE_QRCODE, UNICODE_MODE, 4, 4, 1, FIELDS_BARCODE_MAX},
    [BARCODE_TYPE_DATAMATRIX] = {"DATAMATRIX", BARCODE_DATAMATRIX, UNICODE_MODE, 2, 2, 1,
                                 FIELDS_BARCODE_MAX},
    [BARCODE_TYPE_PDF417] = {"PDF417", BARCODE_PDF417, UNICODE_MODE, 2, 2, 3, 800},
    [BARCODE_TYPE_AZTEC] = {"AZTEC", BARCODE_AZTEC, UNICODE_MODE, 2, 2, 1, FIELDS_BARCODE_MAX},
};

const char *symbol_type_word(enum barcode_type type)
{
    return kinds[type].word;
}

static bool are_digits(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    }
    return text.len > 0;
}

/* What zint would mend by itself, so that the bars would say something else than the field. */
static const char *refusal(enum barcode_type type, struct bytes text)
{
    if (text.len > kinds[type].most) return "it is too long for this kind of barcode";
    if (!bytes_are_utf8_text(text)) return "it has characters that no scanner could type";
    if (type == BARCODE_TYPE_ITF && (!are_digits(text) || text.len % 2 != 0))
        return "ITF needs an even number of digits";
    if (type == BARCODE_TYPE_EAN13 && (!are_digits(text) || text.len != 13))
        return "EAN-13 needs 13 digits";
    return NULL;
}

static bool copy_modules(const struct zint_symbol *symbol, struct arena *arena, struct symbol *out)
{
    out->columns = (unsigned)symbol->width;
    out->rows = (unsigned)symbol->rows;
    out->modules = arena_take(arena, (size_t)out->columns * out->rows);
    if (out->modules == NULL) return false;
    for (unsigned y = 0; y < out->rows; y++) {
        for (unsigned x = 0; x < out->columns; x++)
            out->modules[y * out->columns + x] =
                (uint8_t)(symbol->encoded_data[y][x / 8] >> (x % 8) & 1);
    }
    return true;
}

bool symbol_make(enum barcode_type type, struct bytes text, struct arena *arena, struct symbol *out,
                 const char **out_why)
{
    *out = (struct symbol){.quiet = kinds[type].quiet,
                           .quiet_down = kinds[type].quiet_down,
                           .row_height = kinds[type].row_height};
    *out_why = refusal(type, text);
    if (*out_why != NULL) return false;
    struct zint_symbol *symbol = ZBarcode_Create();
    *out_why = "there is no memory for it";
    if (symbol == NULL) return false;
    symbol->symbology = kinds[type].symbology;
    symbol->input_mode = kinds[type].mode;
    if (type == BARCODE_TYPE_GS1_128 && text.len > 0 && text.data[0] == '(')
        symbol->input_mode |= GS1PARENS_MODE;
    if (type == BARCODE_TYPE_QR) symbol->option_1 = 2; /* level M */
    symbol->output_options |= BARCODE_QUIET_ZONES;
    int error = ZBarcode_Encode(symbol, text.data, (int)text.len);
    /* A warning (a check digit that is not there, a character set switched) is as good as a no. */
    bool good = error == 0 && symbol->width > 0 && symbol->rows > 0 && symbol->rows <= 200;
    if (!good) *out_why = "it cannot be said in this kind of barcode";
    good = good && copy_modules(symbol, arena, out);
    ZBarcode_Delete(symbol);
    return good;
}
