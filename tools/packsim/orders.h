/* orders.h - the order system's table: shipments to pack, what became of each package, and the
 * number of the last change, from which the feed's cursor is made. World locked for every call. */
#ifndef PACKD_TOOLS_PACKSIM_ORDERS_H
#define PACKD_TOOLS_PACKSIM_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/json.h"

#define ORDER_KEYS_MAX 8
#define ORDER_LINES_MAX 4
#define ORDER_PACKAGES_MAX 9
#define ORDER_AWBS_MAX 4

struct order_key {
    char kind[10]; /* order, shipment, invoice, picklist, awb, other */
    char value[129];
};

struct order_line {
    char sku[33];
    char name[65];
    char barcode[20];
    int64_t qty;
    int64_t unit_weight_g;
    int64_t value_minor;
};

enum package_stage {
    STAGE_NONE,
    STAGE_PACKED,
    STAGE_BOOKED,
    STAGE_LABEL_PRINTED,
    STAGE_MANIFESTED,
    STAGE_HANDED_OVER
};

struct order_package {
    enum package_stage stage;
    int64_t weight_g;
    char carrier[17];
    char awbs[ORDER_AWBS_MAX][41]; /* said to be booked and not voided: more than one is a fault */
    size_t awb_count;
    int64_t labels; /* printed, reprints included */
};

struct order {
    char id[65];
    uint64_t rev;
    uint64_t change; /* number of its last change */
    char order_no[65];
    struct order_key keys[ORDER_KEYS_MAX];
    size_t key_count;
    char status[12]; /* the order system's own: new, ready, cancelled */
    bool hold;
    bool deleted;
    int64_t packages_total;
    bool cod;
    int64_t collect_minor;
    int64_t expected_g;
    int64_t length_mm, width_mm, height_mm;
    bool fragile;
    char dangerous[7]; /* UN number, or empty */
    char name[65], phone[21], line1[129], line2[65], city[41], state[41], postcode[11];
    struct order_line lines[ORDER_LINES_MAX];
    size_t line_count;
    struct order_package packages[ORDER_PACKAGES_MAX];
    char claimed_by[33];
    int64_t claimed_until_ms; /* tick */
    uint64_t label_hash;      /* of the label attached last; 0: none */
    int64_t label_bytes;
};

size_t order_count(void);
struct order *order_at(size_t index);
struct order *order_find(const char *id); /* also deleted ones; NULL: never seen */
struct order *order_find_name(const char *id_or_order_no);
bool order_has_key(const struct order *order, const char *scan);
/* The stored row. A row of the same id is replaced. */
struct order *order_put(const struct order *row);
/* Says that the row has changed: new rev, new change number. */
void order_touch(struct order *order);
uint64_t order_last_change(void);

/* The status word of firmware/oms/CONTRACT.md for the whole shipment. */
const char *order_status(const struct order *order);
void order_write(struct json_writer *writer, const char *key_or_null, const struct order *order);

/* One line an order for people: status, packages, AWBs. */
void orders_write(struct json_writer *lines);

/* About twenty invented orders, every address plainly invented. */
void samples_put(void);
/* A plain row for `order add`; the caller changes what it wants before order_put. */
struct order sample_order(unsigned number);

#endif
