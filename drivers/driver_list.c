/* driver_list.c - see driver_list.h. A new driver is one line in one of these tables. */
#include "drivers/driver_list.h"

#include <string.h>

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
    &scale_toledo,  /* first: it may have a checksum, the strongest evidence there is */
    &scale_cas,     /* every byte in its place */
    &scale_stgs,    /* the last of those that talk by themselves: it takes many shapes */
    &scale_mtsics,  /* asked */
    &scale_sma,     /* asked */
    &scale_nci,     /* asked */
    &scale_8217,    /* asked */
    &scale_ohaus,   /* asked */
    &scale_sbi,     /* asked; its lines have the fewest marks */
    &scale_ecr_ap1, /* answered too */
    &scale_ecr_icl, /* answered too */
    &scale_ecr_pd2, /* by name only */
    &scale_hid,     /* deaf until a report descriptor has been read, so deaf on a line */
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

const struct scale_driver *scale_driver_at(const struct scale_catalogue *catalogue, size_t index)
{
    if (index < ARRAY_LEN(scales)) return scales[index];
    index -= ARRAY_LEN(scales);
    return catalogue != NULL && index < catalogue->count ? &catalogue->profiles[index].driver
                                                         : NULL;
}

const struct scanner_driver *scanner_driver_at(size_t index)
{
    return index < ARRAY_LEN(scanners) ? scanners[index] : NULL;
}

const struct printer_driver *printer_driver_at(size_t index)
{
    return index < ARRAY_LEN(printers) ? printers[index] : NULL;
}

const struct scale_driver *scale_driver_find(const struct scale_catalogue *catalogue,
                                             struct bytes name)
{
    const struct scale_driver *driver;
    for (size_t i = 0; (driver = scale_driver_at(catalogue, i)) != NULL; i++) {
        if (bytes_equal_text(name, driver->name)) return driver;
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

/* A profile that is like a driver reads frames as that one does. */
static bool take_feed(struct scale_profile *profile, struct scale_complaints *complaints)
{
    if (profile->like[0] == '\0') return true;
    const struct scale_driver *like = scale_driver_find(NULL, bytes_of_text(profile->like));
    if (like == NULL || like->is_hid) {
        scale_complain(
            complaints, 0,
            "There is no driver \"%s\" that this profile could be like. packtool decode scale "
            "--driver none names them all.",
            profile->like);
        return false;
    }
    profile->driver.feed = like->feed;
    return true;
}

static bool read_profile(struct bytes text, struct scale_profile *profile,
                         struct scale_complaints *complaints)
{
    if (!scale_profile_read(text, profile, complaints)) return false;
    if (scale_driver_find(NULL, bytes_of_text(profile->name)) != NULL) {
        scale_complain(
            complaints, 0,
            "\"%s\" is a driver that is built in; the settings could not tell the two apart. "
            "Choose another name.",
            profile->name);
        return false;
    }
    return take_feed(profile, complaints);
}

const struct scale_driver *scale_catalogue_add(struct scale_catalogue *catalogue, struct bytes text,
                                               struct scale_complaints *out_complaints)
{
    if (catalogue->count == SCALE_PROFILES_MAX) {
        memset(out_complaints, 0, sizeof *out_complaints);
        scale_complain(
            out_complaints, 0,
            "There are %u profiles already, and no room for this one. Remove those that this "
            "bench does not need.",
            SCALE_PROFILES_MAX);
        return NULL;
    }
    struct scale_profile *profile = &catalogue->profiles[catalogue->count];
    if (!read_profile(text, profile, out_complaints)) return NULL;
    for (size_t i = 0; i < catalogue->count; i++) {
        struct scale_profile *older = &catalogue->profiles[i];
        if (!bytes_equal_text(bytes_of_text(profile->name), older->name)) continue;
        bool good =
            read_profile(text, older, out_complaints); /* in its place: it points into itself */
        ENSURE(good);
        return &older->driver;
    }
    catalogue->count++;
    return &profile->driver;
}
