/* scanner_hid.c - see scanner_hid.h. */
#include "drivers/scanner_hid.h"

#define PAGE_VENDOR_FIRST 0xFF00u
#define IBM_REPORT_LEN 64u
#define USAGE_SCANNED_DATA_REPORT HID_USAGE(0x8C, 0x12)
#define USAGE_DATA HID_USAGE(0x8C, 0xFE)

const char *scanner_hid_read(struct bytes descriptor, struct hid_layout *out_layout)
{
    if (descriptor.len == 0) return "The device gave no report descriptor: unplug it once.";
    if (hid_layout_read(descriptor, out_layout) == HID_GOOD) return NULL;
    return "The device's report descriptor is broken: it cannot be used.";
}

bool scanner_hid_find_data(const struct hid_layout *layout, struct hid_place *out_place)
{
    struct hid_query query = {
        .kind = HID_KIND_INPUT,
        .usage = USAGE_DATA,
        .inside = USAGE_SCANNED_DATA_REPORT,
    };
    struct hid_place place;
    bool found = hid_layout_find(layout, query, &place);
    query.inside = 0;
    if (!found && !hid_layout_find(layout, query, &place)) return false;
    if (place.field->is_array || place.field->bit_size % 8 != 0) return false;
    *out_place = place;
    return true;
}

/* IBM hand-held, SNAPI and the like: reports of the maker's own, the first byte their length. */
static bool is_vendor_mode(const struct hid_layout *layout)
{
    for (size_t i = 0; i < layout->collection_count; i++) {
        const struct hid_collection *collection = &layout->collections[i];
        bool top = collection->parent == HID_COLLECTIONS_MAX;
        if (top && collection->usage >> 16 < PAGE_VENDOR_FIRST) return false;
    }
    return true;
}

static bool is_ibm(const struct hid_layout *layout)
{
    for (size_t i = 0; i < layout->report_count; i++) {
        const struct hid_report *report = &layout->reports[i];
        uint32_t len = hid_layout_report_len(layout, report->kind, report->id);
        uint32_t whole = len + (layout->has_ids ? 1 : 0);
        if (report->kind == HID_KIND_INPUT && whole == IBM_REPORT_LEN) return true;
    }
    return false;
}

const char *scanner_hid_stranger(const struct hid_layout *layout)
{
    struct hid_place data;
    if (scanner_hid_find_data(layout, &data)) {
        return "The scanner is in HID POS mode: set driver = hid-pos.";
    }
    if (hid_layout_has_application(layout, HID_USAGE_SCANNER)) {
        return "The scanner's reports have no place for a code: switch the scanner to keyboard "
               "mode.";
    }
    if (hid_layout_has_application(layout, HID_USAGE_KEYBOARD)) {
        return "The scanner types like a keyboard: set driver = keyboard, or better switch the "
               "scanner to HID POS mode.";
    }
    if (!is_vendor_mode(layout)) return "There is no bar code scanner in this device.";
    return is_ibm(layout)
               ? "The scanner is in IBM hand-held mode: switch the scanner to HID POS or keyboard "
                 "mode."
               : "The scanner is in a mode of its maker's own: switch the scanner to HID POS or "
                 "keyboard mode.";
}
