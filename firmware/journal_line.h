/* journal_line.h - a journal's fact as one line of JSON, for packctl and packtool. */
#ifndef PACKD_FIRMWARE_JOURNAL_LINE_H
#define PACKD_FIRMWARE_JOURNAL_LINE_H

#include "hal/journal.h"

#define JOURNAL_LINE_SIZE (6u * (JOURNAL_KEY_MAX + JOURNAL_SUBJECT_MAX) + JOURNAL_BODY_MAX + 512u)

/* {"seq":..,"at":"..","key":"..","kind":"..","subject":"..","body":{..}} */
void journal_line_write(struct textbuf *text, const struct journal_row *row);

#endif
