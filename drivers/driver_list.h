/* driver_list.h - every driver, one line each, in probing order. The list is the only place that
 * knows them all; profiles of scales come behind the drivers that are built in. */
#ifndef PACKD_DRIVERS_DRIVER_LIST_H
#define PACKD_DRIVERS_DRIVER_LIST_H

#include "drivers/printer.h"
#include "drivers/scale.h"
#include "drivers/scale_profile.h"
#include "drivers/scanner.h"

#define SCALE_PROFILES_MAX 32u

/* Scales that were described by files. The caller owns it; it stays where it is, and nothing in it
 * changes while a driver of it is in use. */
struct scale_catalogue {
    struct scale_profile profiles[SCALE_PROFILES_MAX];
    size_t count;
};

/* Reads one more profile. One with a name that is there already takes its place: what a site writes
 * comes after what we bring. NULL with complaints, and the catalogue as it was, when the text is
 * wrong, names a driver that is built in, or is like one that is not. */
const struct scale_driver *scale_catalogue_add(struct scale_catalogue *catalogue, struct bytes text,
                                               struct scale_complaints *out_complaints);

/* A catalogue may be NULL: there are only the drivers that are built in. NULL: no such driver. */
const struct scale_driver *scale_driver_find(const struct scale_catalogue *catalogue,
                                             struct bytes name);
const struct scanner_driver *scanner_driver_find(struct bytes name);
const struct printer_driver *printer_driver_find(struct bytes name);

/* NULL past the end. */
const struct scale_driver *scale_driver_at(const struct scale_catalogue *catalogue, size_t index);
const struct scanner_driver *scanner_driver_at(size_t index);
const struct printer_driver *printer_driver_at(size_t index);

#endif
