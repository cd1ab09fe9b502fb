/* labelling.h - how a label is made: what packd-render is asked, and what its answer is worth.
 *
 * In this order, each when the one before cannot be had or its barcode cannot be read: the
 * courier's own label in the printer's language, as it is; the courier's document as a picture;
 * our own, by a template; our own in the printer's letters. The last two only where the courier
 * lets us draw. */
#ifndef PACKD_FIRMWARE_STATION_LABELLING_H
#define PACKD_FIRMWARE_STATION_LABELLING_H

#include "carriers/carrier.h"
#include "drivers/picture.h"
#include "firmware/station/fact.h"

enum label_way {
    LABEL_NOT_MADE,
    LABEL_PASSED,   /* the courier's, in the printer's language */
    LABEL_DOCUMENT, /* the courier's, as a picture */
    LABEL_TEMPLATE, /* ours, as a picture */
    LABEL_PLAIN,    /* ours, in the printer's letters */
};
const char *label_way_word(enum label_way way); /* "document", as facts say it */

#define LABEL_FIELDS_MAX 4096u /* bytes of a template's fields */

/* The courier's document to dots of the label stock, its AWB wanted; `crop` is where the last one's
 * label lay. The bytes are borrowed until the commands of this step are performed. */
uint32_t labelling_ask_document(struct step *step, const struct parcel *parcel,
                                const struct render_crop *crop, struct bytes document);
/* Our own label; the courier's template, or the usual one where it has none. */
uint32_t labelling_ask_template(struct step *step, const struct parcel *parcel,
                                const struct shipment *shipment, const char *carrier_title);
/* The hold label: our own number, no address, no AWB. */
uint32_t labelling_ask_hold(struct step *step, const struct parcel *parcel,
                            const char *carrier_title);

enum label_verdict {
    LABEL_GOOD,    /* the AWB was read from the picture, and all barcodes that we have drawn */
    LABEL_UNREAD,  /* there is a picture, and one of them was not */
    LABEL_REFUSED, /* no picture: *out_why says why */
    LABEL_NO_HELP, /* nobody is there who draws, or he gave up */
};
/* *out_why is a sentence, also for UNREAD; borrowed from the event. */
enum label_verdict labelling_judge(const struct event *event, const char **out_why);
/* The picture of a GOOD or UNREAD one; borrowed from the event. */
struct picture labelling_picture(const struct event *event);

#endif
