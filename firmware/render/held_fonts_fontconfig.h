/* held_fonts_fontconfig.h - which fonts there are, and that they are held open. */
#ifndef PACKD_FIRMWARE_RENDER_HELD_FONTS_FONTCONFIG_H
#define PACKD_FIRMWARE_RENDER_HELD_FONTS_FONTCONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* Reads fontconfig's settings once and for all, and holds every font that it could hand out, up to
 * `room` files. Where there are more, those of our templates' scripts and of the 14 fonts that a
 * PDF need not bring go first, and fontconfig forgets the rest. False: there are no fonts. */
bool held_fonts_hold(size_t room);

#endif
