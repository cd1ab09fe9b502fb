/* label_pdf.c - a courier label as a PDF of one page (ISO 32000), the bars drawn as rectangles.
 *
 * Code 128 (ISO/IEC 15417): even runs of digits in set C, anything else in set B. */
#include "tools/packsim/label.h"

#include <stdio.h>
#include <string.h>

#define SYMBOLS_MAX 48
#define START_B 104
#define START_C 105
#define TO_B 100
#define TO_C 99
#define STOP "2331112"

/* Widths of the three bars and three spaces of each value 0..105. */
static const char *const widths[106] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232"};

static bool is_digit(char one)
{
    return one >= '0' && one <= '9';
}

static size_t symbols_of(const char *text, unsigned *out_values)
{
    size_t used = 0;
    bool in_c = is_digit(text[0]) && is_digit(text[1]);
    out_values[used++] = in_c ? START_C : START_B;
    for (const char *at = text; *at != '\0' && used + 3 < SYMBOLS_MAX;) {
        bool pair = is_digit(at[0]) && is_digit(at[1]);
        if (pair != in_c) out_values[used++] = pair ? TO_C : TO_B;
        in_c = pair;
        out_values[used++] =
            pair ? (unsigned)((at[0] - '0') * 10 + at[1] - '0') : (unsigned)(at[0] - ' ');
        at += pair ? 2 : 1;
    }
    unsigned sum = out_values[0];
    for (size_t i = 1; i < used; i++) sum += (unsigned)i * out_values[i];
    out_values[used++] = sum % 103;
    return used;
}

static void bars_put(struct textbuf *page, const char *text)
{
    unsigned values[SYMBOLS_MAX];
    size_t symbols = symbols_of(text, values);
    unsigned module = 2, x = 30; /* two points a module: 0.7 mm, wide enough for any reader */
    if ((symbols + 1) * 11 * module > 250) module = 1;
    for (size_t i = 0; i <= symbols; i++) {
        const char *run = i < symbols ? widths[values[i]] : STOP;
        for (size_t bar = 0; run[bar] != '\0'; bar++) {
            unsigned width = (unsigned)(run[bar] - '0') * module;
            if (bar % 2 == 0) textbuf_format(page, "%u 150 %u 90 re f\n", x, width);
            x += width;
        }
    }
}

static void text_put(struct textbuf *page, unsigned y, unsigned size, const char *text)
{
    textbuf_format(page, "BT /F1 %u Tf 30 %u Td (", size, y);
    for (const char *one = text; *one != '\0'; one++) {
        bool plain = *one >= 0x20 && *one < 0x7f;
        if (*one == '(' || *one == ')' || *one == '\\') textbuf_char(page, '\\');
        if (plain) textbuf_char(page, *one);
        else textbuf_char(page, '?'); /* the built-in font has Latin letters only */
    }
    textbuf_text(page, ") Tj ET\n");
}

static void page_put(struct textbuf *page, const struct booking *booking)
{
    char line[160], route[16];
    route_write(booking->postcode, route, sizeof route);
    text_put(page, 400, 14, "PACKSIM - IMITATED COURIER");
    text_put(page, 370, 12, booking->name);
    text_put(page, 354, 10, booking->line1);
    text_put(page, 340, 10, booking->line2);
    snprintf(line, sizeof line, "%s %s", booking->city, booking->postcode);
    text_put(page, 326, 10, line);
    text_put(page, 285, 28, route);
    text_put(page, 262, 12, booking->cod ? "COD" : "PREPAID");
    bars_put(page, booking->awb);
    text_put(page, 132, 14, booking->awb);
    snprintf(line, sizeof line, "Ref %s", booking->reference);
    text_put(page, 100, 12, line);
    text_put(page, 80, 10, "TRAINING LABEL - NOT A SHIPMENT");
}

void label_pdf(const struct booking *booking, struct textbuf *out)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 5 0 R/Resources<</Font<</F1 4 0 "
        "R>>>>>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    };
    char storage[32768];
    struct textbuf page;
    size_t places[ARRAY_LEN(objects) + 1];
    textbuf_init(&page, storage, sizeof storage);
    page_put(&page, booking);
    ENSURE(textbuf_ok(&page));
    textbuf_text(out, "%PDF-1.4\n");
    for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
        places[i] = out->len;
        textbuf_format(out, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
    places[ARRAY_LEN(objects)] = out->len;
    textbuf_format(out, "%zu 0 obj\n<</Length %zu>>\nstream\n", ARRAY_LEN(objects) + 1, page.len);
    textbuf_bytes_put(out, textbuf_bytes(&page));
    textbuf_text(out, "endstream\nendobj\n");
    size_t table = out->len;
    textbuf_format(out, "xref\n0 %zu\n0000000000 65535 f \n", ARRAY_LEN(places) + 1);
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        textbuf_format(out, "%010zu 00000 n \n", places[i]);
    textbuf_format(out, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                   ARRAY_LEN(places) + 1, table);
}
