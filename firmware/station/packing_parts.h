/* packing_parts.h - what packing.c, packing_finish.c and packing_press.c share, and nobody else. */
#ifndef PACKD_FIRMWARE_STATION_PACKING_PARTS_H
#define PACKD_FIRMWARE_STATION_PACKING_PARTS_H

#include "firmware/station/packing.h"

/* A transition names the next state and its deadline in one call; NO_DEADLINE is written out. */
void packing_go(struct packing *packing, enum packing_state state, int64_t deadline_ms);
void packing_play(struct packing *packing, const char *sound);
void packing_hold(struct packing *packing, enum held_reason reason);
void packing_idle(struct packing *packing);
void packing_find(struct packing *packing, struct step *step, struct floor *floor,
                  struct bytes scan);
/* Does the parcel whose mass was taken still lie on the plate? What is booked is what the scale
 * shows. */
bool packing_still_weighed(const struct packing *packing, const struct step *step,
                           const struct floor *floor);
void packing_book(struct packing *packing, struct step *step, struct floor *floor);
/* packing->order, its package, mass and choice as a parcel that has never been booked. */
void packing_make_parcel(struct packing *packing, const struct step *step);
void packing_make_shipment(const struct packing *packing, const struct step *step,
                           struct shipment *shipment);
void packing_begin_printing(struct packing *packing, struct step *step, struct floor *floor);
/* The label is out: stores printed, closed and the event. */
void packing_close(struct packing *packing, struct step *step, struct floor *floor);
/* Somebody or something else than the printer says that the label is there. */
void packing_confirm_label(struct packing *packing, struct step *step, struct floor *floor,
                           const char *evidence);
void packing_set_aside(struct packing *packing, struct step *step, struct floor *floor);
/* Handlers of their states; true when the parcel went somewhere. */
bool packing_booking(struct packing *packing, struct step *step, struct floor *floor);
bool packing_printing(struct packing *packing, struct step *step, struct floor *floor);
void packing_drop_hold_label(struct packing *packing, struct step *step, struct floor *floor);

void packing_hold_recalled(struct packing *packing, const struct listed *recall);
/* HELD when the parcel, whose label is out, or its order is to be called back: true. */
bool packing_stop_cancelled(struct packing *packing, const struct floor *floor,
                            const struct parcel *labelled);
/* The parcel in hand, which has a label and no booking. */
void packing_recall(struct packing *packing, struct step *step, struct floor *floor,
                    const char *why);
/* A person has destroyed the label of the recalled parcel. */
void packing_take_back(struct packing *packing, struct step *step, struct floor *floor);

#endif
