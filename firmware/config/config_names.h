/* config_names.h - the names that settings may use, from the lists this program was built with. */
#ifndef PACKD_FIRMWARE_CONFIG_CONFIG_NAMES_H
#define PACKD_FIRMWARE_CONFIG_CONFIG_NAMES_H

#include "firmware/config/config_read.h"

extern const struct config_names config_names_built_in;
/* With the scales that files describe; the catalogue is borrowed. */
struct config_names config_names_with(const struct scale_catalogue *scales);

#endif
