/* label_pdf.c - a courier label as a PDF of one page (ISO 32000), the bars drawn as rectangles. */
#include "tools/packsim/label.h"

#include <stdio.h>
#include <string.h>

#include "tools/packsim/code128.h"

static void bars_put(struct textbuf *page, const char *text)
{
    uint8_t symbols[CODE128_SYMBOLS_MAX];
    size_t count = code128_symbols(bytes_of_text(text), false, symbols);
    unsigned module = 2, x = 30; /* two points a module: 0.7 mm, wide enough for any reader */
    if (count * 11 * module > 250) module = 1;
    for (size_t i = 0; i < count; i++) {
        const char *run = code128_widths(symbols[i]);
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
        ("<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 5 0 R"
         "/Resources<</Font<</F1 4 0 R>>>>>>"),
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
