/* compose_fields.h - "name=value" lines as a table, and texts with fields put in. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_FIELDS_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_FIELDS_H

#include "firmware/render/template.h"

#define FIELDS_MAX 20000u
#define FIELDS_ROWS_MAX 2000u /* of a list */
#define FIELDS_VALUE_MAX 600u /* bytes of a value that are drawn */
#define FIELDS_NAME_MAX 48u
#define FIELDS_BARCODE_MAX 1024u /* bytes in a barcode */

/* Memory of one drawing: taken piece by piece, given back as a whole. */
struct arena {
    uint8_t *memory;
    size_t size, used;
};
MUST_USE bool arena_make(struct arena *arena, size_t size);
void arena_free(struct arena *arena);
void *arena_take(struct arena *arena, size_t size); /* zeroed; NULL: there is no more */

struct field {
    struct bytes name, value; /* as it came: "\n" and "\\" are still two bytes */
};
struct fields {
    struct field *sorted;
    size_t count;
};

/* Lines without a '=' are ignored; of two with one name the last stands. False: too many, or no
 * memory. */
MUST_USE bool fields_read(struct bytes text, struct arena *arena, struct fields *out);
struct bytes fields_get(const struct fields *fields, struct bytes name);
/* The rows of a list, numbered from 1 without a gap. */
unsigned fields_rows(const struct fields *fields, struct bytes list);

/* In what place of the drawing a text is filled in. */
struct scope {
    const struct fields *fields;
    struct bytes list; /* of each; empty: none */
    unsigned row;      /* from 1 */
    unsigned page, pages;
    bool (*covers)(void *context, uint32_t character); /* is there a font for it? */
    void *context;
    bool missing, cut; /* out: a character had no font; a value was too long */
};

/* The value of a field as it is compared and printed in bars: escapes resolved, nothing tamed.
 * Good until the arena goes. */
struct bytes scope_value(struct scope *scope, struct bytes name, struct arena *arena);
enum filling { FILL_TEXT, FILL_BARCODE };
/* False: it has fields and all are empty, so that there is nothing to draw; or no memory. */
MUST_USE bool scope_fill(struct scope *scope, struct bytes text, enum filling filling,
                         struct arena *arena, struct bytes *out_text);
bool scope_holds(struct scope *scope, const struct template_node *node, struct arena *arena);

/* Makes text that came from outside harmless for a label: no control characters or overrides of
 * direction, few marks on a letter, blanks not in heaps; what no font has becomes a box. Returns
 * how many bytes it wrote; `out` has room for `size`. */
size_t clean_text(struct scope *scope, struct bytes text, char *out, size_t size);
/* The same text, or one with boxes for what no font has, which must never reach Pango. */
struct bytes cover_text(struct scope *scope, struct bytes text, struct arena *arena);

#endif
