/* config_table.h - the settings as data: one row each, and the sections they stand in.
 *
 * Only config_read.c and config_value.c look at it. A row says where its value goes inside the
 * struct that its section fills, so a new setting is one field in config.h and one row here. */
#ifndef PACKD_FIRMWARE_CONFIG_CONFIG_TABLE_H
#define PACKD_FIRMWARE_CONFIG_CONFIG_TABLE_H

#include "firmware/config/config.h"

enum config_kind {
    CONFIG_KIND_TEXT,    /* any text that fits */
    CONFIG_KIND_NAME,    /* letters, digits, '-' and '_' */
    CONFIG_KIND_PATH,    /* absolute */
    CONFIG_KIND_URL,     /* https, without secrets, query and final slash */
    CONFIG_KIND_ADDRESS, /* of a device */
    CONFIG_KIND_NUMBER,  /* within min and max, kept with `places` decimal places */
    CONFIG_KIND_ONE_OF,  /* a choice, kept as its place in the list */
    CONFIG_KIND_WORD,    /* a choice, kept as its text */
    CONFIG_KIND_SIZE,    /* a choice among numbers, kept as the number */
    CONFIG_KIND_SCALE,   /* a driver's name, or "auto" */
    CONFIG_KIND_SCANNER,
    CONFIG_KIND_PRINTER,
    CONFIG_KIND_OMS,  /* an order system's name */
    CONFIG_KIND_RULE, /* may stand several times */
};

struct config_row {
    const char *section;
    const char *key;
    enum config_kind kind;
    size_t offset;        /* inside the struct its section fills */
    size_t size;          /* of the field */
    const char *fallback; /* the default as it would be written; NULL: it must be given */
    int64_t min, max;     /* NUMBER, in the unit it is kept in */
    unsigned places;      /* NUMBER: 3 turns grams into milligrams */
    const char *unit;     /* NUMBER: of the value in the file */
    const char *choices;  /* "training|live" */
    const char *with;     /* means nothing unless this key is given too */
    bool restart;         /* a change takes effect at the next start */
};

struct config_section {
    const char *name;
    size_t offset; /* of what it fills, inside struct config */
    size_t size;   /* of one element */
    size_t max;    /* how many there may be */
    bool named;    /* [scanner "left"]: each has a name of its own */
};

/* NULL past the end. */
const struct config_section *config_section_at(size_t index);
const struct config_row *config_row_at(size_t index);

#endif
