/* config.h - the immutable snapshot of every setting, with unit, default and range.
 *
 * A snapshot is made whole by config_read.c, checked whole, and never changed afterwards; the
 * station adopts a new one only between parcels. Secrets are not in it: only the names of the files
 * that hold them, which the rim reads into struct secrets. Defaults and ranges: config_table.c. */
#ifndef PACKD_FIRMWARE_CONFIG_CONFIG_H
#define PACKD_FIRMWARE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/line.h"
#include "drivers/printer_setup.h"
#include "drivers/scanner_settings.h"

#define CONFIG_SCANNERS_MAX 4
#define CONFIG_CARRIERS_MAX 4
#define CONFIG_RULES_MAX 16
#define CONFIG_ADDRESS_SIZE 128
#define CONFIG_PATH_SIZE 192
#define CONFIG_URL_SIZE 160
#define CONFIG_NAME_SIZE 33

enum config_mode { CONFIG_TRAINING, CONFIG_LIVE };
enum config_drawing { CONFIG_DRAW_PRINTER, CONFIG_DRAW_RENDER };
enum config_label { CONFIG_LABEL_AUTO, CONFIG_LABEL_COURIER, CONFIG_LABEL_OWN };
enum config_payment { CONFIG_ANY_PAYMENT, CONFIG_PREPAID, CONFIG_COD };

struct config_scale {
    /* "serial:...", "usb:VID:PID[:serial]", "tcp:host:port"; "auto": chosen from what is there */
    char address[CONFIG_ADDRESS_SIZE];
    char driver[CONFIG_NAME_SIZE]; /* a driver's name, or "auto" */
    struct line_settings line;     /* baud 0: the driver's usual settings */
    struct line_wiring wiring;
    int64_t division_mg; /* what the display counts by; 0: not stated */
    int64_t capacity_mg; /* of the scale; 0: not stated */
    char serial[33];     /* of the scale, as its plate and its certificate say */
    char stamp_date[11]; /* of its verification, "2026-02-01" */
    int64_t min_mass_mg; /* below: shown, not booked (OIML R 76-1: 20 e) */
    int64_t max_mass_mg;
    int64_t empty_below_mg;     /* the plate counts as empty up to this, above zero and below */
    uint32_t stable_for_ms;     /* how long the same stable mass must stand */
    int64_t check_mass_mg;      /* of the reference mass that is weighed once a day; 0: no check */
    int64_t check_tolerance_mg; /* 0: a division and a half */
    uint8_t check_by;           /* 0: before the first parcel of the day; n: by the hour n - 1 */
    int16_t utc_offset_min;     /* where the day begins */
};

struct config_scanner {
    char address[CONFIG_ADDRESS_SIZE];
    char driver[CONFIG_NAME_SIZE];
    struct line_settings line;
    struct line_wiring wiring;
    struct scanner_settings settings;
};

#define CONFIG_SCAN_RULE_SIZE 65

struct config_scan {                      /* where the order number is in a code that holds more */
    char json_key[CONFIG_SCAN_RULE_SIZE]; /* "order.number"; empty: a usual name */
    char url_part[CONFIG_SCAN_RULE_SIZE]; /* "query:NAME", "path:N", "path:last"; empty: usual */
    bool gs1_without_aim;                 /* GS1 codes come from scanners that do not say so */
};

struct config_printer {
    char address[CONFIG_ADDRESS_SIZE];
    char driver[CONFIG_NAME_SIZE];
    struct line_wiring wiring;
    unsigned dpi;       /* 203 or 300 */
    uint16_t width_dmm; /* tenths of a millimetre */
    uint16_t height_dmm;
    unsigned darkness;        /* percent of the printer's own range; 0: as it is */
    unsigned speed_ips;       /* inches a second; 0: as it is */
    enum printer_media media; /* what is between two labels */
    enum printer_mode mode;   /* what becomes of a label that is out */
    enum config_drawing draw; /* by packd-render, or in the printer's own letters */
};

struct config_sender { /* who the parcel goes back to; as labels and slips show it */
    char name[65];
    char line1[101];
    char line2[101];
    char city[61];
    char postcode[11];
    char phone[21];
};

struct config_carrier {
    char name[CONFIG_NAME_SIZE]; /* of the courier's file: "delhivery" */
    char base_url[CONFIG_URL_SIZE];
    char credential_file[CONFIG_PATH_SIZE];
    char ca_file[CONFIG_PATH_SIZE];
    char client[65];
    char pickup_location[65];
    char pickup_postcode[11];
    uint32_t timeout_ms;
    uint32_t settle_ms;       /* 0: the courier's own promise */
    uint32_t pool_low;        /* fetch more AWB numbers when fewer are left; 0: no pool */
    uint32_t pool_level;      /* and fetch until there are so many: what a shift needs */
    uint32_t tell_within_min; /* a label printed ahead must be told to the courier within this */
    enum config_label label;  /* whose is printed where the courier lets us draw it */
};

struct config_oms {
    char kind[CONFIG_NAME_SIZE]; /* "custom" */
    char base_url[CONFIG_URL_SIZE];
    char token_file[CONFIG_PATH_SIZE];
    char ca_file[CONFIG_PATH_SIZE];
    uint32_t timeout_ms;
    uint32_t poll_ms; /* between two looks at the feed when nothing is new */
};

struct config_rule { /* first rule that fits wins */
    char carrier[CONFIG_NAME_SIZE];
    char service[17];
    enum config_payment payment;
    int64_t min_mass_mg;
    int64_t max_mass_mg;
    int64_t price_minor; /* what we expect to pay; 0: not known */
};

struct config_limits {
    uint32_t double_scan_ms;  /* two of the same code within this are one */
    uint32_t order_wait_ms;   /* for the order system's answer */
    uint32_t booking_wait_ms; /* then the packer is given a way out */
    uint32_t print_wait_ms;   /* for the label's end */
    uint32_t reserve_mib;     /* below this much free disk no new parcel is started */
};

struct config {
    uint32_t number; /* of the snapshot */
    char station[33];
    char site[33];
    char language[3]; /* "en", "hi" */
    enum config_mode mode;
    bool automatic; /* print without a press */
    char data_dir[CONFIG_PATH_SIZE];
    char control_socket[CONFIG_PATH_SIZE];
    uint16_t web_port;
    struct config_scale scale;
    struct config_scanner scanners[CONFIG_SCANNERS_MAX];
    size_t scanner_count;
    struct config_scan scan;
    struct config_printer printer;
    struct config_sender sender;
    struct config_carrier carriers[CONFIG_CARRIERS_MAX];
    size_t carrier_count;
    struct config_oms oms;
    struct config_rule rules[CONFIG_RULES_MAX];
    size_t rule_count;
    struct config_limits limits;
};

/* Secrets, read from the files above by the rim; NUL-ended, empty when missing. */
#define SECRET_SIZE 1024
struct secrets {
    char oms_token[SECRET_SIZE];
    char carriers[CONFIG_CARRIERS_MAX][SECRET_SIZE];
};

/* What is used when there is no file at all: training mode against packsim on the loopback. */
void config_training(struct config *out);

#endif
