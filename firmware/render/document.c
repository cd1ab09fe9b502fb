/* document.c - see document.h. What a document is, its first bytes say, not its name. */
#include "firmware/render/document.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "firmware/render/document_inside.h"
#include "firmware/render/document_pdf.h"

#define PDF_HEAD_MAX 1024u /* some servers put something in front */
#define TEXT_LOOKED_AT 256u
#define KEPT_BYTES (6 * 1024 * 1024) /* free memory that stays with the process: a page's dots */

struct look { /* what some first bytes mean, if it is nothing to draw */
    const char *begin;
    size_t bytes;
    const char *word, *sentence;
};

#define LOOK(begin, word, sentence)              \
    {                                            \
        begin, sizeof(begin) - 1, word, sentence \
    }

static const struct look foreign[] = {
    LOOK("PK\003\004", "zip", "This is a ZIP archive: unpack it, or ask the courier for a PDF."),
    LOOK("\037\213", "zip", "This is compressed with gzip: unpack it, or ask for a PDF."),
    LOOK("^XA", "zpl", "This is ZPL: it goes to a printer that speaks it, and is not drawn."),
    LOOK("~", "zpl", "This is ZPL: it goes to a printer that speaks it, and is not drawn."),
    LOOK("JVBERi0", "base64", "This is a PDF in base64: it must be decoded first."),
    LOOK("iVBORw0KGgo", "base64", "This is a PNG in base64: it must be decoded first."),
    LOOK("/9j/", "base64", "This is a JPEG in base64: it must be decoded first."),
    LOOK("{", "json", "This is JSON, perhaps an error of the courier: look at what it says."),
    LOOK("[", "json", "This is JSON, perhaps an error of the courier: look at what it says."),
    LOOK("<?xml", "xml", "This is XML, perhaps an error of the courier: look at what it says."),
    LOOK("<svg", "xml", "This is SVG, which is not drawn: ask the courier for a PDF or a PNG."),
    LOOK("<", "html", "This is a web page, perhaps a log-in or an error: look at what it says."),
    LOOK("%!PS", "unknown_kind", "This is PostScript: ask the courier for a PDF."),
    LOOK("II*\0", "unknown_kind", "This is a TIFF: ask the courier for a PDF or a PNG."),
    LOOK("MM\0*", "unknown_kind", "This is a TIFF: ask the courier for a PDF or a PNG."),
    LOOK("RIFF", "unknown_kind", "This is a WebP or another RIFF: ask for a PDF or a PNG."),
    LOOK("BM", "unknown_kind", "This is a BMP: ask the courier for a PDF or a PNG."),
};

bool document_refuse(struct render_answer *answer, const char *word, const char *sentence)
{
    answer->result = RENDER_REFUSED;
    snprintf(answer->word, sizeof answer->word, "%s", word);
    snprintf(answer->sentence, sizeof answer->sentence, "%s", sentence);
    return false;
}

static bool begins_with(struct bytes document, const char *begin, size_t bytes)
{
    return document.len >= bytes && memcmp(document.data, begin, bytes) == 0;
}

static bool refuse_foreign(struct bytes document, struct render_answer *answer)
{
    struct bytes text = bytes_trim(bytes_skip_mark(document));
    if (text.len == 0)
        return document_refuse(answer, "empty", "The document is empty: ask the courier again.");
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        if (begins_with(text, foreign[i].begin, foreign[i].bytes))
            return document_refuse(answer, foreign[i].word, foreign[i].sentence);
    }
    if (bytes_are_utf8_text(bytes_slice(text, 0, TEXT_LOOKED_AT)))
        return document_refuse(answer, "text",
                               "This is plain text, perhaps an error: look at what it says.");
    return document_refuse(answer, "unknown_kind",
                           "This is neither PDF, PNG, JPEG nor GIF: ask the courier for one.");
}

static bool draw_image(const struct render_request *request, enum image_result result,
                       struct image *image, struct grey *out_grey, struct render_answer *answer)
{
    bool drawn = false;
    switch (result) {
    case IMAGE_READ: drawn = document_draw_image(request, image, out_grey, answer); break;
    case IMAGE_BROKEN:
        document_refuse(answer, "broken",
                        "This picture is cut off or broken. Download it again, "
                        "or ask the courier for another one.");
        break;
    case IMAGE_TOO_LARGE:
        document_refuse(answer, "too_large", "This picture has more dots than any label.");
        break;
    case IMAGE_TOO_SMALL:
        document_refuse(answer, "too_small", "This picture has too few dots for a label.");
        break;
    case IMAGE_NO_MEMORY:
        document_refuse(answer, "cannot_draw", "This picture needs more memory than there is.");
        break;
    }
    grey_free(&image->grey);
    return drawn;
}

static bool holds_pdf(struct bytes document)
{
    struct bytes head = bytes_slice(document, 0, PDF_HEAD_MAX);
    return bytes_find(head, BYTES_LITERAL("%PDF-")) < head.len;
}

static bool draw_any(const struct render_request *request, struct bytes document,
                     struct grey *out_grey, struct render_answer *answer)
{
    struct image image = {.turn = 0};
    struct bytes text = bytes_trim(bytes_skip_mark(bytes_slice(document, 0, PDF_HEAD_MAX)));
    if (begins_with(document, "\211PNG", 4))
        return draw_image(request, document_read_png(document, &image), &image, out_grey, answer);
    if (begins_with(document, "GIF8", 4))
        return draw_image(request, document_read_gif(document, &image), &image, out_grey, answer);
    if (begins_with(document, "\377\330\377", 3)) {
        unsigned side = out_grey->width > out_grey->height ? out_grey->width : out_grey->height;
        return draw_image(request, document_read_jpeg(document, side, &image), &image, out_grey,
                          answer);
    }
    bool marked = begins_with(text, "<", 1) || begins_with(text, "{", 1);
    if (begins_with(text, "%PDF-", 5) || (!marked && holds_pdf(document)))
        return document_draw_pdf(request, document, out_grey, answer);
    return refuse_foreign(document, answer);
}

bool document_draw(const struct render_request *request, struct bytes document,
                   struct grey *out_grey, struct render_answer *answer)
{
    answer->pages = answer->page = 1;
    answer->scale_ppm = 1000000;
    if (!grey_make(out_grey, request->width_dots, request->height_dots))
        return document_refuse(answer, "cannot_draw", "There is no memory for the label.");
    if (draw_any(request, document, out_grey, answer)) return true;
    grey_free(out_grey);
    return false;
}

bool document_warm(void)
{
    /* Two of the standard fonts, which no PDF brings along, and a bar. */
    static const char small[] =
        "%PDF-1.4\n"
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</Font<<"
        "/F 5 0 R/G 6 0 R/H 7 0 R/I 8 0 R/J 9 0 R/K 10 0 R>>>>>>endobj\n"
        "4 0 obj<</Length 171>>stream\n"
        "0 0 20 20 re f BT /F 9 Tf 9 60 Td (Aa1) Tj /G 9 Tf (Aa1) Tj /H 9 Tf (Aa1) Tj /I 9 Tf (A) "
        "Tj /J 9 Tf (A) Tj /K 9 Tf (A) Tj ET                                           "
        "      \nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier>>endobj\n"
        "7 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>endobj\n"
        "8 0 obj<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>endobj\n"
        "9 0 obj<</Type/Font/Subtype/Type1/BaseFont/Symbol>>endobj\n"
        "10 0 obj<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>endobj\n"
        "trailer<</Size 11/Root 1 0 R>>\n%%EOF\n";
    struct render_request request = {.dpi = 203, .width_dots = 203, .height_dots = 203};
    struct render_answer answer = {.result = RENDER_DONE};
    struct grey grey;
    /* Otherwise each label's dots come fresh from the kernel: an eighth of its time. */
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    if (!document_draw(&request, bytes_of_text(small), &grey, &answer)) return false;
    grey_free(&grey);
    return true;
}
