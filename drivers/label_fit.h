/* label_fit.h - what all drivers that draw share: lengths in dots, bars that fit with their quiet
 * zones, and text in fonts of fixed pitch. */
#ifndef PACKD_DRIVERS_LABEL_FIT_H
#define PACKD_DRIVERS_LABEL_FIT_H

#include "drivers/label.h"

/* Heads have whole dots a millimetre: 832 dots are 104 mm at 203 dpi. 0: not known. */
unsigned label_dots_per_mm(unsigned dpi);
unsigned label_dots(unsigned length_dmm, unsigned dots_per_mm);
bool label_holds(const struct label *label, const struct label_item *item);

/* UTF-8 without a control character. */
bool label_text_is_sayable(struct bytes text);
bool label_text_is_ascii(struct bytes text); /* printable, and not empty */

/* Width of a Code 128 symbol when the printer chooses the sets itself, without quiet zones. */
unsigned label_code128_modules(struct bytes text);

struct label_bars {
    unsigned module; /* dots */
    unsigned margin; /* dots in front of the first bar, quiet zone included */
};
/* The widest modules that fit; false when they would be too narrow to scan. */
bool label_fit_bars(unsigned room_dots, unsigned modules, unsigned dots_per_mm,
                    struct label_bars *out);

/* A font of fixed pitch: its cell in dots, the space to the next letter included. */
struct label_font {
    const char *name;
    unsigned width, height;
};
struct label_fonts {
    const struct label_font *fonts; /* the smallest first */
    size_t count;
    unsigned times_max; /* how often a letter may be as wide and as high */
};
struct label_face {
    const struct label_font *font;
    unsigned across, down; /* times the cell */
    unsigned columns;      /* letters in a line */
};
/* The highest face, at most as high as asked for, in which the text has room; where none is, the
 * one in which most of it has. False when not one letter has room. */
bool label_fit_text(struct bytes text, unsigned room_dots, unsigned height_dots, unsigned lines,
                    const struct label_fonts *fonts, struct label_face *out);
/* Takes one line off the front of *rest: whole words where that can be. */
struct bytes label_take_line(struct bytes *rest, unsigned columns);

/* A text for printers without UTF-8: without blanks around it, and "?" for each letter that is not
 * ASCII. False when it cannot be said at all. */
bool label_ascii(const char *text, char *out_text, size_t size);

#endif
