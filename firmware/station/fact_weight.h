/* fact_weight.h - facts about weights: how the mass that is booked came about, and how true the
 * scale is. Their bodies are their own; none of them is about the stage of a parcel.
 *
 *   weighed/<reference>       in the batch of the intent: the frame as it was received, the value
 *                             as it was shown, how it settled, and what the scale's plate says
 *   scale_check/<wall ms>     the day's check with a reference mass
 *   scale_trusted/<wall ms>   a person packs although the check failed: who */
#ifndef PACKD_FIRMWARE_STATION_FACT_WEIGHT_H
#define PACKD_FIRMWARE_STATION_FACT_WEIGHT_H

#include "firmware/station/fact.h"
#include "firmware/station/weighing.h"

struct weight_record { /* of one taken mass */
    struct scale_reading reading;
    int64_t age_ms;                              /* when it was taken */
    int64_t at_ms;                               /* wall */
    struct weight_point trace[WEIGHT_TRACE_MAX]; /* at_ms: before it was taken, 0 or less */
    unsigned trace_count;
};

/* What the scale shows now. */
void weight_record_take(struct weight_record *record, const struct weighing *weighing,
                        int64_t now_ms, int64_t wall_ms);

void fact_put_weighed(struct step *step, const struct parcel *parcel,
                      const struct weight_record *record);

struct check_result {
    int64_t at_ms; /* wall */
    int64_t expected_mg;
    int64_t mass_mg; /* as shown */
    bool ok;
};
void fact_put_check(struct step *step, const struct check_result *result,
                    const struct weight_record *record);
void fact_put_trusted(struct step *step, const struct check_result *result, const char *who);

#endif
