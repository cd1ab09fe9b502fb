/* profiles.h - the files that describe scales: what we bring, then what the site wrote.
 *
 * Read once, at the start; a changed file takes a restart. A mistake in one of them is told and
 * costs that scale only: the others are there, and packd starts unless its settings name it. */
#ifndef PACKD_FIRMWARE_PROFILES_H
#define PACKD_FIRMWARE_PROFILES_H

#include "drivers/driver_list.h"

#define PROFILES_ENDING ".scale"
#define PROFILES_SITE "/etc/packd/scales"
#define PROFILES_BESIDE "share/packd/scales" /* of the folder the program's own is in */

/* One mistake, or one file that cannot be read. */
typedef void profiles_complain(void *context, const char *path,
                               const struct scale_complaint *complaint);

/* Adds every profile of `folder`, in the order of their names; NULL: of the two usual folders. A
 * usual folder that is not there is empty. Reads the disk. */
void profiles_load(struct scale_catalogue *catalogue, const char *folder,
                   profiles_complain *complain, void *context);
/* Adds one file; NULL after a complaint. */
const struct scale_driver *profiles_load_file(struct scale_catalogue *catalogue, const char *path,
                                              profiles_complain *complain, void *context);
/* "FILE:LINE: sentence" */
void profiles_complaint_write(struct textbuf *out, const char *path,
                              const struct scale_complaint *complaint);

#endif
