/* label_data.h - the label that came back: what it is, and whether it can be one at all.
 *
 * The station never trusts a format's name: the bytes must look like it, from the first to the last
 * (a cut download is not a label), and what its barcodes say is compared with the AWB. */
#ifndef PACKD_CARRIERS_LABEL_DATA_H
#define PACKD_CARRIERS_LABEL_DATA_H

#include "carriers/carrier.h"

#define LABEL_DATA_MIN 16
#define LABEL_DATA_MAX (2u * 1024u * 1024u)

/* What the bytes are by their first and last marks; NONE: unknown, cut, too short, too long. */
enum label_format label_data_sniff(struct bytes data);

/* "zpl", "PDF"; NONE for any other word. */
enum label_format label_data_format(struct bytes word);

/* Has a ZPL label barcodes, and none of them is the AWB? Then it is another parcel's. A picture
 * says nothing. */
bool label_data_is_foreign(struct bytes zpl, const char *awb);

#endif
