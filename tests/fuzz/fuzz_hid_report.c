/* Guards: no report descriptor breaks its reader, and what it reads is consistent: every field lies
 * inside its report, every list inside its maximum, every place inside its field, and a value is
 * cut out of a report only where there are bytes. */
#include "drivers/hid_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_field(const struct hid_layout *layout, const struct hid_field *field)
{
    static const uint8_t report[HID_REPORT_BITS_MAX / 8];
    uint32_t len = hid_layout_report_len(layout, field->kind, field->report_id);
    uint64_t end = field->bit_offset + (uint64_t)field->bit_size * field->count;
    ENSURE(field->bit_size > 0 && field->count > 0 && end <= (uint64_t)len * 8);
    ENSURE(field->logical_min <= field->logical_max);
    ENSURE(field->range_count > 0 && field->range_from + field->range_count <= layout->range_count);
    ENSURE(field->collection < layout->collection_count);
    ENSURE((field->report_id != 0) == layout->has_ids);
    struct hid_place place;
    uint32_t usage = hid_field_usage(layout, field, 0);
    struct hid_query query = {.kind = field->kind, .usage = usage, .report = field->report_id};
    ENSURE(hid_layout_find(layout, query, &place));
    ENSURE(place.first + place.count <= place.field->count && place.count > 0);
    int64_t number;
    struct hid_value value = hid_place_value(&place, place.count - 1);
    uint32_t found_len = hid_layout_report_len(layout, field->kind, place.field->report_id);
    if (place.field->bit_size <= 32) {
        ENSURE(hid_value_get(value, bytes_of(report, found_len), &number) && number == 0);
    }
    ENSURE(!hid_value_get(value, BYTES_NONE, &number));
    (void)hid_field_is_inside(layout, field, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hid_layout layout;
    enum hid_refusal refusal = hid_layout_read(bytes_of(data, size), &layout);
    ENSURE(hid_refusal_word(refusal)[0] != '\0');
    ENSURE(layout.field_count <= HID_FIELDS_MAX && layout.range_count <= HID_RANGES_MAX);
    ENSURE(layout.collection_count <= HID_COLLECTIONS_MAX);
    ENSURE(layout.report_count <= HID_REPORTS_MAX);
    if (refusal != HID_GOOD) return 0;
    for (size_t i = 0; i < layout.collection_count; i++) {
        uint8_t parent = layout.collections[i].parent;
        ENSURE(parent == HID_COLLECTIONS_MAX || parent < i);
    }
    for (size_t i = 0; i < layout.field_count; i++) check_field(&layout, &layout.fields[i]);
    return 0;
}
