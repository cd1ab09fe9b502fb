/* inquiry.h - what packctl may ask, one line of JSON each, answered with lines of JSON.
 *
 *   {"command":"status"}     one line: state, figures, what the order system still has to hear
 *   {"command":"devices"}    one line a device
 *   {"command":"screen"}     the state document of firmware/web/STATE.md and its sentence in "text"
 *   {"command":"press","press":"try_again","text":""}        {"taken":true}
 *   {"command":"journal","after":N,"limit":N}                one line a fact, oldest first
 *   {"command":"backup","file":"/a/name"}     {"copied":true,"seq":N} when the copy is there
 * A question that makes no sense is answered {"error":"one sentence"}. */
#ifndef PACKD_FIRMWARE_INQUIRY_H
#define PACKD_FIRMWARE_INQUIRY_H

#include "firmware/pump.h"

#define INQUIRY_ROWS 100 /* of the journal, unless told */
#define INQUIRY_ROWS_MAX 1000
#define INQUIRY_BYTES_MAX \
    (CONTROL_QUEUE_MAX / 2u) /* of one answer; ask again after its last line */

void inquiry_answer(struct pump *pump, uint32_t client, struct bytes line);

#endif
