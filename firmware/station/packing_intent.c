/* packing_intent.c - what lies on the plate becomes a parcel with a reference, and what the
 * courier is told of it. */
#include <string.h>

#include "firmware/station/packing_parts.h"
#include "hal/base/units.h"

/* FNV-1a, 32 bits (RFC 9923). */
static uint32_t hash_on(uint32_t hash, const char *text)
{
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

/* Ours, from station, journal epoch, order, the intent's place in the journal and attempt; never
 * from chance. The place is the one after the newest fact: an intent that could not be stored was
 * never sent, so its number is free again, and one that was stored has moved the place on.
 * A journal put back from a copy gives its places again: with the order in it, what a courier has
 * under a reference is never another order's. */
static void make_reference(struct packing *packing, const struct step *step, unsigned generation)
{
    struct textbuf text;
    uint32_t hash = hash_on(hash_on(2166136261u, step->epoch), packing->order.id);
    hash = (hash ^ packing->parcel.package_no) * 16777619u;
    textbuf_init(&text, packing->parcel.reference, sizeof packing->parcel.reference);
    textbuf_format(&text, "%.20s-%08x-%lld-%u", step->config->station, (unsigned)hash,
                   (long long)step->last_seq + 1, generation);
    ENSURE(textbuf_ok(&text));
}

void packing_make_parcel(struct packing *packing, const struct step *step)
{
    struct parcel *parcel = &packing->parcel;
    unsigned package_no = parcel->package_no;
    unsigned generation = packing->past.packages[package_no].generation + 1;
    *parcel = (struct parcel){.package_no = package_no,
                              .packages_total = packing->order.packages_total,
                              .generation = generation,
                              .mass_mg = packing->mass_mg,
                              .price_minor = packing->choice.price_minor,
                              .copy = 1};
    make_reference(packing, step, generation);
    memcpy(parcel->order_id, packing->order.id, sizeof parcel->order_id);
    memcpy(parcel->order_no, packing->order.order_no, sizeof parcel->order_no);
    memcpy(parcel->rev, packing->order.rev, sizeof parcel->rev);
    memcpy(parcel->carrier, step->config->carriers[packing->choice.carrier].name,
           sizeof parcel->carrier);
    memcpy(parcel->service, packing->choice.service, sizeof parcel->service);
    memcpy(parcel->currency, packing->order.currency, sizeof parcel->currency);
}

/* The day of packing, and not that of printing: a reprint is the same label. */
static void put_date(const struct step *step, char out_date[11])
{
    char storage[TIME_TEXT_SIZE];
    struct textbuf time;
    if (!step->wall_trusted) return;
    textbuf_init(&time, storage, sizeof storage);
    time_write(&time, step->wall_ms + step->config->scale.utc_offset_min * INT64_C(60000));
    memcpy(out_date, storage, 10);
}

void packing_make_shipment(const struct packing *packing, const struct step *step,
                           struct shipment *shipment)
{
    const struct order *order = &packing->order;
    memset(shipment, 0, sizeof *shipment);
    memcpy(shipment->reference, packing->parcel.reference, sizeof shipment->reference);
    memcpy(shipment->order_no, order->order_no, sizeof shipment->order_no);
    memcpy(shipment->awb, packing->parcel.awb, sizeof shipment->awb);
    memcpy(shipment->service, packing->choice.service, sizeof shipment->service);
    shipment->to = order->to;
    shipment->payment = order->payment;
    shipment->collect_minor = order->collect_minor;
    shipment->value_minor = order->value_minor;
    memcpy(shipment->currency, order->currency, sizeof shipment->currency);
    shipment->mass_mg = packing->mass_mg;
    shipment->length_mm = order->length_mm;
    shipment->width_mm = order->width_mm;
    shipment->height_mm = order->height_mm;
    memcpy(shipment->contents, order->contents, sizeof shipment->contents);
    shipment->fragile = order->fragile;
    memcpy(shipment->dangerous, order->dangerous, sizeof shipment->dangerous);
    put_date(step, shipment->date);
}
