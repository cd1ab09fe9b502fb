/* template_parts.h - what the two halves of the reader share; nobody else's. */
#ifndef PACKD_FIRMWARE_RENDER_TEMPLATE_PARTS_H
#define PACKD_FIRMWARE_RENDER_TEMPLATE_PARTS_H

#include "firmware/render/template.h"

struct template_reader {
    struct template *out;
    struct template_complaints *complaints;
    unsigned line;
    struct bytes rest; /* of the line */
};

/* The next word of the line; false: there is none. What stands in quotes is one, with them. */
bool template_word(struct template_reader *reader, struct bytes *out_word);
void template_wrong(struct template_reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
/* Millimetres with at most three decimals. */
bool template_um(struct bytes word, uint32_t most_um, uint32_t *out_um);
/* The words that follow the name of an element. */
void template_read_words(struct template_reader *reader, struct template_node *node);
/* What only the finished tree shows. */
void template_judge(struct template *out, struct template_complaints *complaints);

#endif
