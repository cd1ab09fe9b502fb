/* held_poppler.h - poppler: its list of character maps and fonts, and its alphabets, kept for ever.
 *
 * poppler has its settings while at least one document is open: with the last they go, and the next
 * document reads folders again, which nobody may after the start. So one stays open for ever. */
#ifndef PACKD_FIRMWARE_RENDER_HELD_POPPLER_H
#define PACKD_FIRMWARE_RENDER_HELD_POPPLER_H

#include "hal/base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `document` stays where it is. False: poppler cannot open it. */
bool held_poppler_keep(struct bytes document);

#ifdef __cplusplus
}
#endif

#endif
