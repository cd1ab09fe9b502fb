/* device_table.h - known devices as data: what a maker's number is, and which driver it wants.
 *
 * The text is the INI of hal/base/ini_read.h, one section a device (board/devices.conf):
 *
 *   [device "DYMO M25"]
 *   usb = 0922:8004         hexadecimal; the product may be * for all of a maker's
 *   is = scale              scale, scanner, printer, or other: never ours
 *   driver = hid-scale      may be left out: found at opening
 *   id = CMD:XPP,XL         instead of usb, or with it: a part of a printer's IEEE 1284 device id
 *   name = bar code         the same: a part of the product name, in any case
 *
 * The first section that fits holds, so the more exact ones stand first. Pure; the table is the
 * caller's. */
#ifndef PACKD_DRIVERS_DEVICE_TABLE_H
#define PACKD_DRIVERS_DEVICE_TABLE_H

#include "drivers/identity.h"
#include "hal/base/bytes.h"

#define DEVICE_ROWS_MAX 160
#define DEVICE_ROW_NAME_SIZE 64
#define DEVICE_ROW_PART_SIZE 48
#define DEVICE_ROW_DRIVER_SIZE 33
#define DEVICE_TABLE_TEXT_MAX (64u * 1024u)

enum device_role { ROLE_UNKNOWN, ROLE_SCALE, ROLE_SCANNER, ROLE_PRINTER, ROLE_OTHER };
const char *device_role_word(enum device_role role); /* "scale" */

struct device_row {
    char name[DEVICE_ROW_NAME_SIZE];
    uint16_t vendor; /* 0: not asked for */
    uint16_t product;
    bool any_product;
    char id_part[DEVICE_ROW_PART_SIZE];   /* empty: not asked for */
    char name_part[DEVICE_ROW_PART_SIZE]; /* empty: not asked for */
    enum device_role role;
    char driver[DEVICE_ROW_DRIVER_SIZE]; /* empty: found at opening */
};

struct device_table {
    struct device_row rows[DEVICE_ROWS_MAX];
    size_t count;
};

/* Adds the rows of a text behind those that are there. False: a mistake in it, with its line and a
 * sentence, and nothing was added. */
MUST_USE bool device_table_read(struct device_table *table, struct bytes text, unsigned *out_line,
                                const char **out_why);

/* The first row that fits what is known; NULL: none, or no table. */
const struct device_row *device_table_find(const struct device_table *table,
                                           const struct device_identity *identity);

/* What a device is by its row, else by its face and its own words: a printer says so, a scanner
 * mostly, a plain keyboard is nothing of ours. */
enum device_role device_role_of(const struct device_table *table,
                                const struct device_identity *identity);

#endif
