/* label.h - the courier's label for a booking: ZPL for the sandbox, a PDF for Delhivery. */
#ifndef PACKD_TOOLS_PACKSIM_LABEL_H
#define PACKD_TOOLS_PACKSIM_LABEL_H

#include "hal/base/textbuf.h"
#include "tools/packsim/ledger.h"

/* 4 x 6 inch at 203 dpi, the AWB as Code 128 of ^BY3. */
void label_zpl(const struct booking *booking, const char *awb_shown, struct textbuf *out);
/* The same content as PDF 1.4, 288 x 432 points, the bars as rectangles. */
void label_pdf(const struct booking *booking, struct textbuf *out);

#endif
