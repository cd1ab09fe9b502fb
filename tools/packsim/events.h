/* events.h - what stations report: kept once, in order, by (station, epoch, seq); see
 * firmware/oms/CONTRACT.md. */
#ifndef PACKD_TOOLS_PACKSIM_EVENTS_H
#define PACKD_TOOLS_PACKSIM_EVENTS_H

#include "tools/packsim/http.h"
#include "hal/base/json.h"

#define OMS_BOOK "oms.jsonl"

/* World locked for all of these. */
void events_post(const struct call *call, const char *station, struct reply *reply);
void events_state(const char *station, struct reply *reply);
void events_load(struct json line);           /* one line of the book */
void events_write(struct json_writer *lines); /* one line a station and epoch */
/* Packages that the stations say have more than one live AWB, labels without a booking, and
 * AWBs the courier has never heard of: one line each; how many. */
size_t events_check(struct json_writer *lines);
uint64_t events_count(void);

#endif
