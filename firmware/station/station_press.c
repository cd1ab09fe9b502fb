/* station_press.c - see station_press.h: each machine in turn is asked whether it is meant. */
#include "firmware/station/station_press.h"

/* Presses that are about the scale itself: obeyed when no parcel is on its way. */
static bool scale_press(struct station *station, struct step *step, enum press press,
                        const char *text)
{
    bool send = press == PRESS_ZERO || press == PRESS_TARE || press == PRESS_CLEAR_TARE;
    bool check = press == PRESS_CHECK_SCALE, good = false;
    if (!send && !check && press != PRESS_TRUST_SCALE) return false;
    bool may = station->recovery.state == RECOVERY_DONE &&
               packing_leaves_scale(&station->packing, &station->floor, step);
    if (may && send) good = care_send(&station->devices, step, &station->weighing, press);
    else if (may && check) good = care_want(&station->care, step);
    else if (may) good = care_trust(&station->care, step, text);
    packing_sound(&station->packing, good);
    return good;
}

void station_obey(struct station *station, struct step *step, enum press press, const char *text)
{
    bool letter = press == PRESS_LETTER_AGAIN || press == PRESS_LETTER_DROP;
    bool idle = station->packing.state == PACKING_IDLE;
    if (showing_press(&station->showing, &station->devices, step, press, text, idle)) return;
    if (press == PRESS_POOL_ADD && pool_take_over(&station->pool, step, text)) return;
    if (letter && letters_press(&station->letters, step, press, text)) return;
    if (scale_press(station, step, press, text)) return;
    if (packing_press(&station->packing, step, &station->floor, press, text)) return;
    commands_log(step->commands, LOG_NOTICE, "log_press_not_offered", "press", press_word(press),
                 NULL);
}

void station_scan(struct station *station, struct step *step, const struct scan *scan)
{
    enum press press;
    if (scan_is_press(scan, &press)) station_obey(station, step, press, "");
    else packing_scan(&station->packing, step, &station->floor, scan);
}
