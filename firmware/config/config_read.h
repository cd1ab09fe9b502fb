/* config_read.h - the text of packd.conf to a fresh snapshot, or a list of complaints; no half.
 *
 * An unknown section or key is an error, a key given twice too, a value out of range names the
 * range, what must be given and is not is named. Everything wrong is told in one go. What the names
 * of drivers, couriers and order systems are is told by the caller. */
#ifndef PACKD_FIRMWARE_CONFIG_CONFIG_READ_H
#define PACKD_FIRMWARE_CONFIG_CONFIG_READ_H

#include "drivers/driver_list.h"
#include "firmware/config/config.h"
#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

#define CONFIG_FILE_MAX (64u * 1024u) /* bytes of a settings file */
#define CONFIG_COMPLAINTS_MAX 32
#define CONFIG_SENTENCE_SIZE 800 /* every scale there is may be named in one */

struct config_names { /* each gives a name for 0, 1, 2 ... and NULL past the end */
    const char *(*scale_at)(size_t index);
    const char *(*scanner_at)(size_t index);
    const char *(*printer_at)(size_t index);
    const char *(*carrier_at)(size_t index);
    const char *(*oms_at)(size_t index);
    const struct scale_catalogue *scales; /* more scales, which files describe; NULL: none */
};

struct config_complaint {
    unsigned line; /* 0: the file as a whole */
    char sentence[CONFIG_SENTENCE_SIZE];
};

struct config_complaints {
    struct config_complaint entries[CONFIG_COMPLAINTS_MAX];
    size_t count;
    size_t untold; /* how many more there were */
};

/* True: *out is the new snapshot (its number is the caller's to give). False: *out is as it was and
 * there is at least one complaint. */
MUST_USE bool config_read(struct bytes text, const struct config_names *names, struct config *out,
                          struct config_complaints *out_complaints);

/* "/etc/packd/packd.conf:12: dpi must be one of 203, 300." */
void config_complaint_write(struct textbuf *text, const char *path,
                            const struct config_complaint *complaint);

/* Does a setting differ that takes effect only at the next start? */
bool config_needs_restart(const struct config *now, const struct config *next);

#endif
