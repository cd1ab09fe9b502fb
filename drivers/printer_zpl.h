/* printer_zpl.h - the driver for label printers that speak ZPL II, clones included.
 *
 * printer_zpl.c is the contract and the status; printer_zpl_label.c draws; printer_zpl_picture.c
 * packs dots; printer_zpl_document.c checks what couriers send, by the table in
 * printer_zpl_commands.c. What they share with the driver's own row is declared here. */
#ifndef PACKD_DRIVERS_PRINTER_ZPL_H
#define PACKD_DRIVERS_PRINTER_ZPL_H

#include "drivers/printer.h"

extern const struct printer_driver printer_zpl;

/* What a job opens with: no label is to be printed again by the printer's own decision; UTF-8; and
 * every setting that outlives the label that made it (upside down, mirrored, reversed, shifted, an
 * old picture kept) put back to its default. */
#define ZPL_OPEN "^XA^JZN^CI28^MCY^LRN^PMN^PON^FWN^LH0,0"
/* One label, no repeats; said plainly, whatever was said before. */
#define ZPL_CLOSE "^PQ1,0,0,N^XZ\n"

/* See printer.h. Text is set in font 0, which has no Indian scripts and no rupee sign: those
 * characters are sent as UTF-8 all the same and print as boxes; labels with them go by picture. */
bool zpl_encode_label(const struct label *label, const struct printer_setup *setup,
                      struct textbuf *out);
bool zpl_encode_picture(const struct picture *picture, const struct printer_setup *setup,
                        struct scratch scratch, struct textbuf *out);
bool zpl_encode_document(struct bytes document, const struct printer_setup *setup,
                         struct textbuf *out, const char **out_why);

#define ZPL_LEFT_OUT_MAX 32u

struct zpl_report { /* the commands of a document that did not go into the job */
    const char *left_out[ZPL_LEFT_OUT_MAX]; /* "^MM", each once, in the order of the document */
    size_t count;
};

/* The same, and says what was left out; out_report may be NULL. */
bool zpl_filter_document(struct bytes document, const struct printer_setup *setup,
                         struct textbuf *out, struct zpl_report *out_report, const char **out_why);

/* ZPL_OPEN and the set-up. */
void zpl_open(const struct printer_setup *setup, struct textbuf *out);

#endif
