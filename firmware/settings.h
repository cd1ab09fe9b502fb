/* settings.h - where the settings come from: a file, or nothing, which is training mode. */
#ifndef PACKD_FIRMWARE_SETTINGS_H
#define PACKD_FIRMWARE_SETTINGS_H

#include "firmware/config/config_read.h"

#define SETTINGS_PATH "/etc/packd/packd.conf"

struct settings_source {
    const char *path;     /* NULL: SETTINGS_PATH, which may be missing */
    bool training;        /* no file is looked at */
    const char *data_dir; /* instead of what the settings say; NULL: what they say */
    const struct scale_catalogue *scales; /* that files describe; NULL: none */
};

/* As config_read: a whole snapshot, or complaints and *out as it was. Reads the disk. */
MUST_USE bool settings_read(const struct settings_source *source, struct config *out,
                            struct config_complaints *out_complaints);
/* The last good settings lie beside the journal, so that a box whose file was spoilt goes on
 * packing after the next start. They are looked for in source->data_dir, or where packd's data is
 * by default. */
#define SETTINGS_DATA_DIR "/var/lib/packd"
/* Keeps the file's text as it is now; call it once these settings have been taken. */
void settings_keep(const struct settings_source *source, const char *data_dir);
MUST_USE bool settings_read_kept(const struct settings_source *source, struct config *out);
/* One complaint as a line, "FILE:LINE: sentence". */
void settings_complaint(const struct settings_source *source,
                        const struct config_complaint *complaint, struct textbuf *out);

#endif
