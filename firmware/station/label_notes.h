/* label_notes.h - what is less than good about a label that is printed all the same.
 *
 * It stands in the fact of its print and, while it is printed, on the page; the log says each kind
 * once a courier, since what is odd about one label of a courier is odd about all of them, but a
 * text that was cut always. */
#ifndef PACKD_FIRMWARE_STATION_LABEL_NOTES_H
#define PACKD_FIRMWARE_STATION_LABEL_NOTES_H

#include "firmware/station/fact.h"

enum label_note {
    LABEL_SCALED,        /* larger or smaller than the courier's document */
    LABEL_CLIPPED,       /* black reaches an edge */
    LABEL_FONTS_MISSING, /* a font of the document's was replaced */
    LABEL_TEXT_CUT,      /* a text did not fit and ends early */
    LABEL_MORE_LABELS,   /* on the courier's sheet than the one that was printed */
    LABEL_QUIET_ZONE,    /* of one barcode or more; these four: render_wire.h */
    LABEL_THIN_BARS,
    LABEL_LOW_BARS,
    LABEL_HARD_TO_READ,
};
#define LABEL_NOTES (LABEL_HARD_TO_READ + 1)

/* Bits, 1u << enum label_note. */
unsigned label_notes_of(const struct render_answer *answer);
/* "scaled text_cut", as the fact says it. */
void label_notes_write(unsigned notes, char out_text[LABEL_NOTES_SIZE]);
/* Those of `notes` that are not in *noted yet, of this courier, go to the log and into it. */
void label_notes_log(struct step *step, const struct parcel *parcel, unsigned notes,
                     uint32_t scale_ppm, uint16_t *noted);

#endif
