/* order.h - an order ready to ship, as the station needs it, in no order system's words. */
#ifndef PACKD_FIRMWARE_OMS_ORDER_H
#define PACKD_FIRMWARE_OMS_ORDER_H

#include "carriers/shipment.h"

#define ORDER_KEYS_MAX 16
#define ORDER_ID_SIZE 65
#define ORDER_KEY_SIZE 129
#define ORDER_PACKAGES_MAX 99

enum order_status {                  /* as far as packing cares; the full vocabulary is in oms.h */
                    ORDER_READY,     /* may be packed: ready, picking, picked, packing */
                    ORDER_NOT_READY, /* new, on_hold, or the hold flag */
                    ORDER_PACKED,    /* packed, booked, label_printed and everything after */
                    ORDER_CANCELLED,
                    ORDER_UNCLEAR, /* exception or a word we do not know: a person decides */
};

struct order {
    char id[ORDER_ID_SIZE]; /* the order system's own, opaque */
    char rev[33];
    char order_no[ORDER_ID_SIZE];
    char keys[ORDER_KEYS_MAX][ORDER_KEY_SIZE]; /* every text that may be scanned */
    size_t key_count;
    enum order_status status;
    char status_word[21];    /* the order system's, for the screen's detail line */
    unsigned package_no;     /* 1..packages_total; 1 where the order system does not say */
    unsigned packages_total; /* 1..ORDER_PACKAGES_MAX */
    char carrier[17];        /* demanded by the order, or empty */
    char service[17];
    char awb[SHIPMENT_AWB_SIZE]; /* already booked elsewhere, or empty */
    struct party to;
    enum payment payment;
    int64_t collect_minor;
    int64_t value_minor; /* sum of the lines */
    char currency[4];
    int64_t expected_mass_mg; /* 0: not stated */
    unsigned tolerance_pct;
    int32_t length_mm, width_mm, height_mm;
    unsigned line_count;
    unsigned item_count;
    char contents[101]; /* first lines' names, for the courier and the screen */
    bool fragile;
    char dangerous[SHIPMENT_DANGEROUS_SIZE]; /* "UN3481", or empty */
};

#endif
