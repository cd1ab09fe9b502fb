/* decode_hid.c - `packtool decode hid`: a HID device's report descriptor and its reports, as scans
 * or readings. The descriptor says which driver reads it.
 *
 * A scale's first report after opening is dropped as stale; here it is heard once more in front, so
 * that each one given counts. A descriptor that names a keyboard or a scale and lays out no report
 * is taken for one of the usual kind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/driver_list.h"
#include "drivers/hid_report.h"
#include "drivers/keyboard_layout.h"
#include "drivers/scale_hid.h"
#include "drivers/scanner_hid.h"
#include "tools/packtool/decode.h"

#define DESCRIPTOR_MAX (HID_DESCRIPTOR_MAX + 1u) /* one more, so that too long is seen */
#define REPORT_MAX 8192u
#define USAGE_SCALES HID_USAGE(0x8D, 0x01)
#define USAGE_SCALE_DEVICE HID_USAGE(0x8D, 0x20)

struct options {
    struct device_identity identity;
    struct scanner_settings settings;
    bool has_descriptor;
};

static uint8_t descriptor_bytes[DESCRIPTOR_MAX];
static uint8_t report_bytes[REPORT_MAX];

static int complain(int code, const char *what, const char *sentence)
{
    fprintf(stderr, "packtool: %s%s\n", what, sentence);
    return code;
}

static bool take_usb(const char *text, struct device_identity *identity)
{
    unsigned vendor, product;
    char end;
    if (sscanf(text, "%4x:%4x%c", &vendor, &product, &end) != 2) return false;
    identity->vendor = (uint16_t)vendor;
    identity->product = (uint16_t)product;
    return true;
}

static bool take_layout(const char *text, struct scanner_settings *settings)
{
    for (unsigned i = 0; i < KEYBOARD_LAYOUTS; i++) {
        if (strcmp(text, keyboard_layout_word((enum keyboard_layout)i)) != 0) continue;
        settings->layout = (enum keyboard_layout)i;
        return true;
    }
    return false;
}

/* PACKTOOL_DONE, or what is wrong with the words. */
static int take_options(int argc, char **argv, struct options *out)
{
    *out = (struct options){.settings = scanner_settings_usual, .identity = {.is_hid = true}};
    bool good = argc % 2 == 0;
    for (int i = 0; i + 1 < argc && good; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--descriptor") == 0 && !out->has_descriptor) {
            size_t len;
            if (!decode_hex(bytes_of_text(value), descriptor_bytes, DESCRIPTOR_MAX, &len))
                return complain(PACKTOOL_BAD_INPUT, "", "the descriptor is not hex or too long");
            out->has_descriptor = true;
            out->identity.report_descriptor = bytes_of(descriptor_bytes, len);
        } else if (strcmp(name, "--usb") == 0) {
            good = take_usb(value, &out->identity);
        } else if (strcmp(name, "--keyboard-layout") == 0) {
            good = take_layout(value, &out->settings);
        } else {
            good = strcmp(name, "--report") == 0;
        }
    }
    if (good && out->has_descriptor) return PACKTOOL_DONE;
    return complain(PACKTOOL_USAGE,
                    "decode hid --descriptor HEX (--report HEX)... [--usb VVVV:PPPP] ",
                    "[--keyboard-layout us|uk|de|fr|in]");
}

/* The next report from *at on; false at the end, or when one is not hex, which is said. */
static bool next_report(int argc, char **argv, int *at, struct bytes *out_report, bool *out_good)
{
    for (; *at + 1 < argc; *at += 2) {
        size_t len;
        if (strcmp(argv[*at], "--report") != 0) continue;
        *out_good = decode_hex(bytes_of_text(argv[*at + 1]), report_bytes, REPORT_MAX, &len);
        if (!*out_good) {
            complain(PACKTOOL_BAD_INPUT, "", "a report is not hex");
            return false;
        }
        *at += 2;
        *out_report = bytes_of(report_bytes, len);
        return true;
    }
    return false;
}

static int feed_scanner(int argc, char **argv, const struct scanner_driver *driver,
                        struct scanner_state *state)
{
    struct bytes report;
    bool good = true;
    for (int at = 0; next_report(argc, argv, &at, &report, &good);) {
        enum scan_result result;
        struct scan scan;
        (void)driver->feed(state, report, &result, &scan);
        decode_scan_print(result, &scan);
    }
    return good ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

static int feed_scale(int argc, char **argv, struct scale_state *state)
{
    struct bytes report;
    bool good = true, first = true;
    for (int at = 0; next_report(argc, argv, &at, &report, &good); first = false) {
        struct scale_output output;
        if (first) (void)scale_hid.feed(state, report, &output);
        (void)scale_hid.feed(state, report, &output);
        decode_scale_print(&scale_hid, &output);
    }
    return good ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

static const struct scanner_driver *find_scanner(const struct options *options,
                                                 struct scanner_state *state)
{
    const struct scanner_driver *driver;
    for (size_t i = 0; (driver = scanner_driver_at(i)) != NULL; i++) {
        scanner_state_init(state, &options->settings);
        if (driver->is_hid && driver->describe(state, &options->identity) == NULL) return driver;
    }
    return NULL;
}

const struct scanner_driver *decode_hid_scanner(const struct device_identity *identity)
{
    struct options options = {.settings = scanner_settings_usual, .identity = *identity};
    struct scanner_state state;
    return find_scanner(&options, &state);
}

static bool is_scale(const struct hid_layout *layout)
{
    return hid_layout_has_application(layout, USAGE_SCALES) ||
           hid_layout_has_application(layout, USAGE_SCALE_DEVICE);
}

static int decode_as_scale(int argc, char **argv, const struct options *options)
{
    struct scale_state state;
    scale_state_init(&state, &scale_hid);
    const char *sentence = scale_hid.describe(&state, &options->identity);
    if (sentence != NULL) return complain(PACKTOOL_BAD_INPUT, "", sentence);
    return feed_scale(argc, argv, &state);
}

static int decode_as_scanner(int argc, char **argv, const struct options *options,
                             const struct hid_layout *layout)
{
    struct scanner_state state;
    const struct scanner_driver *driver = find_scanner(options, &state);
    if (driver != NULL) return feed_scanner(argc, argv, driver, &state);
    return complain(PACKTOOL_BAD_INPUT, "", scanner_hid_stranger(layout));
}

int decode_hid(int argc, char **argv)
{
    static struct hid_layout layout;
    struct options options;
    int code = take_options(argc, argv, &options);
    if (code != PACKTOOL_DONE) return code;
    enum hid_refusal refusal = hid_layout_read(options.identity.report_descriptor, &layout);
    if (refusal != HID_GOOD) {
        return complain(PACKTOOL_BAD_INPUT,
                        "the descriptor is refused: ", hid_refusal_word(refusal));
    }
    bool keyboard = hid_layout_has_application(&layout, HID_USAGE_KEYBOARD);
    bool only_named = layout.field_count == 0 && (keyboard || is_scale(&layout));
    if (only_named) options.identity.report_descriptor = BYTES_NONE;
    return is_scale(&layout) ? decode_as_scale(argc, argv, &options)
                             : decode_as_scanner(argc, argv, &options, &layout);
}
