/* compose_load.h - the templates that were read, shared by the files of the composer. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_LOAD_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_LOAD_H

#include "firmware/render/compose.h"
#include "firmware/render/compose_items.h"

#define TEMPLATES_MAX 64u
#define IMAGES_MAX 32u

struct loaded {
    char name[RENDER_NAME_SIZE]; /* of the file, without its ending */
    char *text;                  /* owned; the template points into it */
    struct template *template;   /* owned, as large as its nodes */
};

struct templates {
    struct text_engine *fonts;
    size_t count, image_count;
    struct loaded loaded[TEMPLATES_MAX];
    struct image images[IMAGES_MAX];
};

/* "courier-delhivery", else "courier". NULL: neither is there. */
const struct template *templates_find(const struct templates *templates, const char *name);

/* One drawing from beginning to end, but for what it draws on. */
MUST_USE bool compose_prepare(struct drawing *drawing, const struct templates *templates,
                              const struct template *template, struct bytes fields,
                              struct arena *arena);

#endif
