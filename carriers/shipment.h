/* shipment.h - what a courier is told and what it answers, in no courier's words.
 *
 * Integers: mass in milligrams, money in minor units, length in millimetres. A courier's file turns
 * them into its own units, once. Text is UTF-8, already bounded; a courier's file shortens and
 * cleans it as that courier demands. */
#ifndef PACKD_CARRIERS_SHIPMENT_H
#define PACKD_CARRIERS_SHIPMENT_H

#include "hal/base/bytes.h"
#include "hal/base/json.h"
#include "hal/base/textbuf.h"

#define SHIPMENT_REFERENCE_SIZE 51 /* 50 characters: Delhivery's and Shiprocket's limit */
#define SHIPMENT_AWB_SIZE 41
#define SHIPMENT_DANGEROUS_SIZE 7 /* "UN3481" */

struct party {
    char name[101];
    char phone[21];
    char line1[201];
    char line2[201];
    char city[61];
    char state[61];
    char postcode[11];
    char country[3]; /* ISO 3166, "IN" */
};

enum payment { PAYMENT_PREPAID, PAYMENT_COD };

struct shipment {
    char reference[SHIPMENT_REFERENCE_SIZE]; /* ours: station, parcel, attempt; never from chance */
    char order_no[65];
    char awb[SHIPMENT_AWB_SIZE]; /* from the pool, or empty */
    char service[17];            /* "surface", "express" or empty */
    struct party to;
    enum payment payment;
    int64_t collect_minor; /* COD: to be collected */
    int64_t value_minor;   /* declared value */
    char currency[4];
    int64_t mass_mg;   /* what the scale said */
    int32_t length_mm; /* 0: not known */
    int32_t width_mm;
    int32_t height_mm;
    char contents[101];
    bool fragile;
    char dangerous[SHIPMENT_DANGEROUS_SIZE]; /* UN number of what is dangerous in it, or empty */
    char date[11]; /* "2026-02-03", the bench's day when it was packed; empty: it did not know */
};

/* A shipment as JSON, so that an intent can be stored and the very same request built again after a
 * power cut. What is absent or null is empty or zero (a courier's file refuses to book without what
 * it needs); false from parse when a field is of another kind, out of range or too long. */
void shipment_write(struct json_writer *writer, const char *key_or_null,
                    const struct shipment *shipment);
MUST_USE bool shipment_parse(struct json object, struct shipment *out);

#endif
