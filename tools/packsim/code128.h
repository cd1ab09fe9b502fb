/* code128.h - Code 128 as bars and spaces (ISO/IEC 15417), for what packsim draws. */
#ifndef PACKD_TOOLS_PACKSIM_CODE128_H
#define PACKD_TOOLS_PACKSIM_CODE128_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/base/bytes.h"

#define CODE128_SYMBOLS_MAX 300u

/* Sets B and C as a printer chooses them, or B alone: start, text, check symbol, stop. The text is
 * printable ASCII; what is too long is cut. */
size_t code128_symbols(struct bytes text, bool only_b, uint8_t *out_symbols);
/* Bar, space, bar ... in modules, as digits. */
const char *code128_widths(uint8_t symbol);

#endif
