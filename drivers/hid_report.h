/* hid_report.h - what a HID report descriptor says: which value stands where in which report.
 *
 * Document: USB HID 1.11, sections 5.2 to 5.8 and 6.2.2. A descriptor comes from the device and may
 * be anything: it is read whole or refused with a word, in bounded time and without memory of its
 * own. A layout is a few kilobytes that the caller brings; a driver keeps of it only the places it
 * needs.
 *
 * A field is one main item: `count` elements of `bit_size` bits, one after the other. In a variable
 * field element i has the i-th usage, and the last usage stands for all further elements. In an
 * array each element holds a number that says which usage is on. */
#ifndef PACKD_DRIVERS_HID_REPORT_H
#define PACKD_DRIVERS_HID_REPORT_H

#include "hal/base/bytes.h"

#define HID_DESCRIPTOR_MAX 4096u   /* what Linux takes as well */
#define HID_NESTING_MAX 16u        /* collections in collections */
#define HID_STACK_MAX 8u           /* global states pushed */
#define HID_COLLECTIONS_MAX 64u    /* 127 bytes of a real scanner have four */
#define HID_FIELDS_MAX 96u         /* fields with a usage; padding is not counted */
#define HID_RANGES_MAX 256u        /* runs of usages, all fields together */
#define HID_LOCAL_RANGES_MAX 64u   /* runs of usages of one field */
#define HID_REPORTS_MAX 48u        /* reports of all kinds */
#define HID_REPORT_BITS_MAX 65536u /* of one report: 8 KiB */

#define HID_USAGE(page, id) ((uint32_t)(page) << 16 | (uint32_t)(id))

enum hid_kind { HID_KIND_INPUT = 1, HID_KIND_OUTPUT = 2, HID_KIND_FEATURE = 3 }; /* HID 1.11, 7.2 */

enum hid_refusal { /* why a descriptor was refused */
                   HID_GOOD,
                   HID_EMPTY,      /* not one collection */
                   HID_TOO_LONG,   /* the descriptor, or a report that it describes */
                   HID_CUT,        /* ends inside an item or a collection */
                   HID_ITEM,       /* an item that HID 1.11 does not have */
                   HID_COLLECTION, /* ends what was not begun, or data outside of any */
                   HID_NESTING,    /* collections or pushed states too deep, pop of nothing */
                   HID_SIZE,       /* a field without size or count */
                   HID_RANGE,      /* minimum without maximum, or above it */
                   HID_REPORT_ID,  /* 0, above 255, or given for some reports only */
                   HID_TOO_MANY,   /* of anything that is counted above */
};
const char *hid_refusal_word(enum hid_refusal refusal); /* "cut" */

struct hid_range {
    uint32_t first; /* HID_USAGE */
    uint32_t last;
};

struct hid_collection {
    uint32_t usage;
    uint8_t parent; /* place in collections[], or HID_COLLECTIONS_MAX at the top */
};

struct hid_field {
    enum hid_kind kind;
    uint8_t report_id; /* 0: the device has none */
    bool is_array;
    uint8_t collection;  /* the innermost around it */
    uint16_t flags;      /* of the main item, HID 1.11, 6.2.2.5 */
    uint16_t range_from; /* its usages: ranges[range_from], range_count of them */
    uint16_t range_count;
    uint32_t bit_offset; /* in the report, its id not counted */
    uint32_t bit_size;   /* of one element */
    uint32_t count;
    int64_t logical_min;
    int64_t logical_max;
};

struct hid_report {
    enum hid_kind kind;
    uint8_t id;
    uint32_t bits; /* its id not counted */
};

struct hid_layout {
    bool has_ids; /* the first byte of each report is its id */
    size_t field_count;
    size_t range_count;
    size_t collection_count;
    size_t report_count;
    struct hid_field fields[HID_FIELDS_MAX];
    struct hid_range ranges[HID_RANGES_MAX];
    struct hid_collection collections[HID_COLLECTIONS_MAX];
    struct hid_report reports[HID_REPORTS_MAX];
};

/* Elements of one field that have the usage asked for; of an array, all. */
struct hid_place {
    const struct hid_field *field;
    uint32_t first;
    uint32_t count;
};

/* A layout that is refused is not to be used. */
MUST_USE enum hid_refusal hid_layout_read(struct bytes descriptor, struct hid_layout *out_layout);

struct hid_query {
    enum hid_kind kind;
    uint32_t usage;
    uint32_t inside; /* a collection of this usage, at any depth; 0: anywhere */
    uint8_t report;  /* the report of this id; 0: any */
};
/* The first place that answers the query. */
bool hid_layout_find(const struct hid_layout *layout, struct hid_query query,
                     struct hid_place *out_place);

/* The usage of element `index` of a variable field, or the one that `index` (the number in the
 * report minus logical_min) turns on in an array; 0 where there is none. */
uint32_t hid_field_usage(const struct hid_layout *layout, const struct hid_field *field,
                         uint32_t index);
bool hid_field_is_inside(const struct hid_layout *layout, const struct hid_field *field,
                         uint32_t usage);
/* Is there an application collection of this usage? */
bool hid_layout_has_application(const struct hid_layout *layout, uint32_t usage);

/* Bytes of the data of a report, its id not counted; 0 when there is none such. */
uint32_t hid_layout_report_len(const struct hid_layout *layout, enum hid_kind kind, uint8_t id);

/* Takes the id off a report as it came; false when nothing came: some devices send an empty packet
 * behind each full one. */
bool hid_report_split(bool has_ids, struct bytes report, uint8_t *out_id, struct bytes *out_data);

/* A value in a report, kept by a driver. bit_size 0: the device does not give it. */
struct hid_value {
    uint32_t bit_offset;
    uint32_t bit_size; /* at most 32 */
    bool is_signed;
};
struct hid_value hid_place_value(const struct hid_place *place, uint32_t index);

/* False when it lies outside of the data. Least significant bit first, HID 1.11, 5.8. */
bool hid_value_get(struct hid_value value, struct bytes data, int64_t *out_number);

#endif
