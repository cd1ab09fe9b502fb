/* stand_ins.c - parts of packd-render that are not there yet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/render/bits.h"
#include "firmware/render/compose.h"
#include "firmware/render/document.h"
#include "firmware/render/read_back.h"

#define WEAK __attribute__((weak))

struct templates {
    int none;
};

WEAK struct templates *templates_load(const char *const *folders, size_t count,
                                      templates_complain_fn *complain, void *context)
{
    (void)folders, (void)count, (void)complain, (void)context;
    return calloc(1, sizeof(struct templates));
}

WEAK void templates_free(struct templates *templates)
{
    free(templates);
}

WEAK bool compose_picture(const struct templates *templates, const struct render_request *request,
                          struct bytes fields, struct bits *bits, struct render_answer *answer)
{
    (void)templates, (void)request, (void)fields, (void)answer;
    if (bits->height > 0) bits->rows[0] = 0xff;
    return true;
}

WEAK bool compose_pdf(const struct templates *templates, const struct render_request *request,
                      struct bytes fields, uint8_t *out, size_t size, struct render_answer *answer)
{
    (void)templates, (void)request, (void)fields;
    answer->output_bytes = (uint32_t)snprintf((char *)out, size, "%%PDF-1.4\n");
    return true;
}

WEAK void compose_reprint_mark(struct bits *bits, const struct render_request *request)
{
    (void)request;
    bits->rows[(bits->height - 1) * bits->bytes_per_row] = 0xff;
}

WEAK bool document_draw(const struct render_request *request, struct bytes document,
                        struct grey *out_grey, struct render_answer *answer)
{
    if (document.len == 0) {
        snprintf(answer->word, sizeof(answer->word), "empty");
        snprintf(answer->sentence, sizeof(answer->sentence), "There is nothing in this document.");
        return false;
    }
    answer->pages = answer->page = 1;
    answer->scale_ppm = 1000000;
    return grey_make(out_grey, request->width_dots, request->height_dots);
}

WEAK void bits_threshold(const struct grey *grey, struct bits *bits)
{
    (void)grey;
    memset(bits->rows, 0, bits->bytes_per_row * bits->height);
}

WEAK void bits_despeckle(struct bits *bits, unsigned dots)
{
    (void)bits, (void)dots;
}

WEAK uint64_t bits_count_black(const struct bits *bits)
{
    uint64_t count = 0;
    for (size_t i = 0; i < bits->bytes_per_row * bits->height; i++)
        count += (unsigned)__builtin_popcount(bits->rows[i]);
    return count;
}

WEAK void read_back(const struct bits *bits, const struct render_request *request,
                    struct render_answer *answer)
{
    (void)bits, (void)request;
    answer->code_count = 0;
}
