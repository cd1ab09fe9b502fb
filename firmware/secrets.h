/* secrets.h - the files that hold credentials, read into the one struct that holds them in memory.
 * Nothing of their content is ever logged, shown or recorded. */
#ifndef PACKD_FIRMWARE_SECRETS_H
#define PACKD_FIRMWARE_SECRETS_H

#include "firmware/config/config.h"
#include "hal/base/textbuf.h"
#include "hal/service.h"

/* One that cannot be used is empty afterwards and a line in the log says which file and why. */
void secrets_read(const struct config *config, struct service *service, struct secrets *out);
/* Overwrites them. */
void secrets_forget(struct secrets *secrets);

#endif
