/* web_assets.h - the packer's page as it was when the program was built: one row per file of this
 * folder, ready to be served. The source is made by embed.cmake; nothing is read at run time. */
#ifndef PACKD_FIRMWARE_WEB_WEB_ASSETS_H
#define PACKD_FIRMWARE_WEB_WEB_ASSETS_H

#include "hal/web.h"

extern const struct web_asset web_assets[];
extern const size_t web_asset_count;

#endif
