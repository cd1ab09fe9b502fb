/* config_table.c - one row per setting: section, key, kind, field, default, range, and whether it
 * takes a restart to change. Defaults go the same way into a snapshot as what a person writes: as
 * text. NULL for a default means the setting must be given; "" that it may be left out. */
#include "firmware/config/config_table.h"

#include "hal/base/ensure.h"

#define FIELD(type, member) offsetof(struct type, member), sizeof(((struct type *)NULL)->member)
#define WHOLE 0, sizeof(struct config) /* sections whose settings lie in struct config itself */

/* clang-format off */
static const struct config_section sections[] = {
    {"station", WHOLE, 1, false},
    {"web", WHOLE, 1, false},
    {"control", WHOLE, 1, false},
    {"scale", FIELD(config, scale), 1, false},
    {"scanner", FIELD(config, scanners[0]), CONFIG_SCANNERS_MAX, true},
    {"scan", FIELD(config, scan), 1, false},
    {"printer", FIELD(config, printer), 1, false},
    {"sender", FIELD(config, sender), 1, false},
    {"carrier", FIELD(config, carriers[0]), CONFIG_CARRIERS_MAX, true},
    {"oms", FIELD(config, oms), 1, false},
    {"rate", WHOLE, 1, false},
    {"limits", FIELD(config, limits), 1, false},
};

#define ROW(section, key, kind, type, member, fallback, ...) \
    {section, key, CONFIG_KIND_##kind, FIELD(type, member), fallback, __VA_ARGS__}
#define NUMBERS(low, high, word) .min = (low), .max = (high), .unit = word
#define GRAMS(low, high) NUMBERS((low) * 1000, (high) * 1000, "g"), .places = 3
#define MILLIMETRES(low, high) NUMBERS((low) * 10, (high) * 10, "mm"), .places = 1
#define CHOICES(words) .choices = words
#define MS(low, high) NUMBERS(low, high, "ms")
#define ANY .min = 0
#define RESTART .restart = true
#define AUTHORITIES "/etc/ssl/certs/ca-certificates.crt" /* where Debian keeps the public ones */
#define CHECK_HOURS \
    "first|00|01|02|03|04|05|06|07|08|09|10|11|12|13|14|15|16|17|18|19|20|21|22|23"
#define LIMIT(key, fallback, ...) \
    ROW("limits", #key, NUMBER, config_limits, key, fallback, __VA_ARGS__)

/* Without a baud rate the driver's usual settings hold, so the other three would mean nothing. */
#define LINE_ROWS(section, type) \
    ROW(section, "baud", SIZE, type, line.baud, "", \
        CHOICES("1200|2400|4800|9600|19200|38400|57600|115200")), \
    ROW(section, "data_bits", SIZE, type, line.data_bits, "8", CHOICES("7|8"), .with = "baud"), \
    ROW(section, "parity", ONE_OF, type, line.parity, "none", CHOICES("none|even|odd"), \
        .with = "baud"), \
    ROW(section, "stop_bits", SIZE, type, line.stop_bits, "1", CHOICES("1|2"), .with = "baud")

/* Whatever the protocol is found to be, the cable stays the same. */
#define WIRING_ROWS(section, type) \
    ROW(section, "flow", ONE_OF, type, wiring.flow, "none", CHOICES("none|rtscts|xonxoff")), \
    ROW(section, "dtr", ONE_OF, type, wiring.dtr, "on", CHOICES("on|off")), \
    ROW(section, "rts", ONE_OF, type, wiring.rts, "on", CHOICES("on|off"))

static const struct config_row rows[] = {
    ROW("station", "id", NAME, config, station, NULL, RESTART),
    ROW("station", "site", NAME, config, site, "", RESTART),
    ROW("station", "language", WORD, config, language, "hi", CHOICES("en|hi")),
    ROW("station", "mode", ONE_OF, config, mode, NULL, CHOICES("training|live"), RESTART),
    ROW("station", "automatic", ONE_OF, config, automatic, "no", CHOICES("no|yes")),
    ROW("station", "data_dir", PATH, config, data_dir, "", RESTART),

    ROW("web", "port", NUMBER, config, web_port, "7800", NUMBERS(1024, 65535, ""), RESTART),
    ROW("control", "socket", PATH, config, control_socket, "/run/packd/control.sock", RESTART),

    ROW("scale", "address", ADDRESS, config_scale, address, "auto", ANY),
    ROW("scale", "driver", SCALE, config_scale, driver, "auto", ANY),
    LINE_ROWS("scale", config_scale),
    WIRING_ROWS("scale", config_scale),
    ROW("scale", "division_g", NUMBER, config_scale, division_mg, "", GRAMS(0, 1000)),
    ROW("scale", "capacity_g", NUMBER, config_scale, capacity_mg, "", GRAMS(1, 1000000)),
    ROW("scale", "serial", TEXT, config_scale, serial, "", ANY),
    ROW("scale", "stamp_date", TEXT, config_scale, stamp_date, "", ANY),
    /* Both follow from the division where it is given: config_read.c. */
    ROW("scale", "min_mass_g", NUMBER, config_scale, min_mass_mg, "", GRAMS(1, 100000)),
    ROW("scale", "max_mass_g", NUMBER, config_scale, max_mass_mg, "30000", GRAMS(1, 100000)),
    ROW("scale", "empty_below_g", NUMBER, config_scale, empty_below_mg, "", GRAMS(0, 10000)),
    /* CAS calls a weight stable after 500 ms. */
    ROW("scale", "stable_for_ms", NUMBER, config_scale, stable_for_ms, "500", MS(0, 5000)),

    /* Once a day, with a mass of a known weight. */
    ROW("scale", "check_mass_g", NUMBER, config_scale, check_mass_mg, "", GRAMS(1, 1000000)),
    ROW("scale", "check_tolerance_g", NUMBER, config_scale, check_tolerance_mg, "",
        GRAMS(0, 10000)),
    ROW("scale", "check_by", ONE_OF, config_scale, check_by, "first", CHOICES(CHECK_HOURS)),
    ROW("scale", "utc_offset_min", NUMBER, config_scale, utc_offset_min, "330",
        NUMBERS(-720, 840, " min")),

    ROW("scanner", "address", ADDRESS, config_scanner, address, "auto", ANY),
    ROW("scanner", "driver", SCANNER, config_scanner, driver, "auto", ANY),
    LINE_ROWS("scanner", config_scanner),
    WIRING_ROWS("scanner", config_scanner),
    ROW("scanner", "layout", ONE_OF, config_scanner, settings.layout, "us",
        CHOICES("us|uk|de|fr|in")),
    /* Honeywell's default for GS, "Control + X mode off". */
    ROW("scanner", "gs_key", ONE_OF, config_scanner, settings.gs_key, "f8",
        CHOICES("none|f1|f2|f3|f4|f5|f6|f7|f8|f9|f10|f11|f12")),
    ROW("scanner", "prefix", TEXT, config_scanner, settings.prefix, "", ANY),
    ROW("scanner", "suffix", TEXT, config_scanner, settings.suffix, "", ANY),

    ROW("scan", "json_key", TEXT, config_scan, json_key, "", ANY),
    ROW("scan", "url_part", TEXT, config_scan, url_part, "", ANY),
    ROW("scan", "gs1_without_aim", ONE_OF, config_scan, gs1_without_aim, "no", CHOICES("no|yes")),

    ROW("printer", "address", ADDRESS, config_printer, address, "auto", ANY),
    ROW("printer", "driver", PRINTER, config_printer, driver, "auto", ANY),
    WIRING_ROWS("printer", config_printer),
    ROW("printer", "dpi", SIZE, config_printer, dpi, "203", CHOICES("203|300|600")),
    /* 4 x 6 inches. */
    ROW("printer", "width_mm", NUMBER, config_printer, width_dmm, "101.6", MILLIMETRES(20, 220)),
    ROW("printer", "height_mm", NUMBER, config_printer, height_dmm, "152.4", MILLIMETRES(20, 400)),
    /* 0, and "as_is": what somebody has set at the printer stays. */
    ROW("printer", "darkness", NUMBER, config_printer, darkness, "0", NUMBERS(0, 100, " percent")),
    ROW("printer", "speed_ips", NUMBER, config_printer, speed_ips, "0", NUMBERS(0, 14, " ips")),
    ROW("printer", "media", ONE_OF, config_printer, media, "as_is",
        CHOICES("as_is|gap|mark|continuous")),
    ROW("printer", "mode", ONE_OF, config_printer, mode, "as_is", CHOICES("as_is|tear|peel|cut")),
    ROW("printer", "draw", ONE_OF, config_printer, draw, "render", CHOICES("printer|render")),

    ROW("sender", "name", TEXT, config_sender, name, "", ANY),
    ROW("sender", "line1", TEXT, config_sender, line1, "", ANY),
    ROW("sender", "line2", TEXT, config_sender, line2, "", ANY),
    ROW("sender", "city", TEXT, config_sender, city, "", ANY),
    ROW("sender", "postcode", TEXT, config_sender, postcode, "", ANY),
    ROW("sender", "phone", TEXT, config_sender, phone, "", ANY),

    ROW("carrier", "base_url", URL, config_carrier, base_url, NULL, ANY),
    ROW("carrier", "credential_file", PATH, config_carrier, credential_file, NULL, ANY),
    ROW("carrier", "ca_file", PATH, config_carrier, ca_file, AUTHORITIES, ANY),
    ROW("carrier", "client", TEXT, config_carrier, client, "", ANY),
    ROW("carrier", "pickup_location", TEXT, config_carrier, pickup_location, NULL, ANY),
    ROW("carrier", "pickup_postcode", NAME, config_carrier, pickup_postcode, NULL, ANY),
    ROW("carrier", "timeout_ms", NUMBER, config_carrier, timeout_ms, "15000", MS(1000, 60000)),
    ROW("carrier", "settle_ms", NUMBER, config_carrier, settle_ms, "0", MS(0, 3600000)),
    ROW("carrier", "pool_low", NUMBER, config_carrier, pool_low, "0", NUMBERS(0, 1000, "")),
    ROW("carrier", "pool_level", NUMBER, config_carrier, pool_level, "1200", NUMBERS(0, 1900, "")),
    ROW("carrier", "tell_within_min", NUMBER, config_carrier, tell_within_min, "240",
        NUMBERS(10, 10080, " min")),
    ROW("carrier", "label", ONE_OF, config_carrier, label, "auto", CHOICES("auto|courier|own")),

    ROW("oms", "kind", OMS, config_oms, kind, "custom", ANY),
    ROW("oms", "base_url", URL, config_oms, base_url, NULL, ANY),
    ROW("oms", "token_file", PATH, config_oms, token_file, NULL, ANY),
    ROW("oms", "ca_file", PATH, config_oms, ca_file, AUTHORITIES, ANY),
    /* The contract asks for an answer within 5 s (oms/CONTRACT.md, "Ground rules"). */
    ROW("oms", "timeout_ms", NUMBER, config_oms, timeout_ms, "8000", MS(1000, 60000)),
    ROW("oms", "poll_ms", NUMBER, config_oms, poll_ms, "5000", MS(1000, 600000)),

    ROW("rate", "rule", RULE, config, rules[0], "", ANY),

    LIMIT(double_scan_ms, "300", MS(0, 5000)),
    LIMIT(order_wait_ms, "3000", MS(500, 60000)),
    /* A packer never waits longer than 5 s without being given a way on. */
    LIMIT(booking_wait_ms, "5000", MS(500, 60000)),
    LIMIT(print_wait_ms, "10000", MS(1000, 60000)),
    LIMIT(reserve_mib, "64", NUMBERS(16, 4096, "MiB")),
};
/* clang-format on */

const struct config_section *config_section_at(size_t index)
{
    return index < ARRAY_LEN(sections) ? &sections[index] : NULL;
}

const struct config_row *config_row_at(size_t index)
{
    return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}
