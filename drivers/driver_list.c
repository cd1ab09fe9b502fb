/* driver_list.c - see driver_list.h. A new driver is one line in one of these tables. */
#include "drivers/driver_list.h"

#include "drivers/printer_epl.h"
#include "drivers/printer_escpos.h"
#include "drivers/printer_tspl.h"
#include "drivers/printer_zpl.h"
#include "drivers/scale_8217.h"
#include "drivers/scale_cas.h"
#include "drivers/scale_ecr.h"
#include "drivers/scale_hid.h"
#include "drivers/scale_mtsics.h"
#include "drivers/scale_nci.h"
#include "drivers/scale_ohaus.h"
#include "drivers/scale_sbi.h"
#include "drivers/scale_sma.h"
#include "drivers/scale_stgs.h"
#include "drivers/scale_toledo.h"
#include "drivers/scanner_hid_pos.h"
#include "drivers/scanner_keyboard.h"
#include "drivers/scanner_line.h"

static const struct scale_driver *const scales[] = {
    &scale_toledo, /* first: it may have a checksum, the strongest evidence there is */
    &scale_cas,    /* every byte in its place */
    &scale_stgs,   /* the last of those that talk by themselves: it takes many shapes */
    &scale_mtsics, /* asked */
    &scale_sma,    /* asked */
    &scale_nci,    /* asked */
    &scale_8217,   /* asked */
    &scale_ohaus,  /* asked */
    &scale_sbi,    /* asked; last: its lines have the fewest marks */
    &scale_ecr_ap1, /* answered too */
    &scale_ecr_icl, /* answered too */
    &scale_ecr_pd2, /* by name only */
    &scale_hid,    /* deaf until a report descriptor has been read, so deaf on a line */
};

static const struct scanner_driver *const scanners[] = {
    &scanner_line,
    &scanner_hid_pos,
    &scanner_keyboard,
};

static const struct printer_driver *const printers[] = {
    &printer_zpl,
    &printer_tspl,
    &printer_epl,
    &printer_escpos,
};

const struct scale_driver *scale_driver_at(size_t index)
{
    return index < ARRAY_LEN(scales) ? scales[index] : NULL;
}

const struct scanner_driver *scanner_driver_at(size_t index)
{
    return index < ARRAY_LEN(scanners) ? scanners[index] : NULL;
}

const struct printer_driver *printer_driver_at(size_t index)
{
    return index < ARRAY_LEN(printers) ? printers[index] : NULL;
}

const struct scale_driver *scale_driver_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        if (bytes_equal_text(name, scales[i]->name)) return scales[i];
    }
    return NULL;
}

const struct scanner_driver *scanner_driver_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(scanners); i++) {
        if (bytes_equal_text(name, scanners[i]->name)) return scanners[i];
    }
    return NULL;
}

const struct printer_driver *printer_driver_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(printers); i++) {
        if (bytes_equal_text(name, printers[i]->name)) return printers[i];
    }
    return NULL;
}
