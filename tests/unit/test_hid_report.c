/* Guards: a HID report descriptor (USB HID 1.11, 6.2.2) is read item by item as the standard says
 * or refused with a word; a hostile one (fault B12) is never read wrong, whatever is cut off it,
 * nested in it or overflows in it. Descriptors of real devices: tests/replay/captures/hid.tsv. */
#include "drivers/hid_report.h"

#include "tests/support/expect.h"
#include "tests/support/hid_bench.h"

static struct hid_layout layout;

static enum hid_refusal read_hex(const char *hex)
{
    struct hid_bytes descriptor = hid_bytes_of(hex);
    return hid_layout_read(hid_run(&descriptor), &layout);
}

static bool find(enum hid_kind kind, uint32_t usage, uint32_t inside, struct hid_place *out_place)
{
    struct hid_query query = {.kind = kind, .usage = usage, .inside = inside};
    return hid_layout_find(&layout, query, out_place);
}

struct wanted_field {
    enum hid_kind kind;
    uint8_t id;
    uint32_t offset, size, count;
    uint32_t first_usage, last_usage;
    int64_t min, max;
    bool is_array;
};

static void expect_fields(const struct wanted_field *wanted, size_t count, const char *device)
{
    if (!EXPECT_I64(count, layout.field_count, device)) return;
    for (size_t i = 0; i < count; i++) {
        const struct hid_field *field = &layout.fields[i];
        uint32_t last =
            wanted[i].is_array ? wanted[i].last_usage - wanted[i].first_usage : field->count - 1;
        EXPECT_I64(wanted[i].kind, field->kind, device);
        EXPECT_I64(wanted[i].id, field->report_id, device);
        EXPECT_I64(wanted[i].offset, field->bit_offset, device);
        EXPECT_I64(wanted[i].size, field->bit_size, device);
        EXPECT_I64(wanted[i].count, field->count, device);
        EXPECT_I64(wanted[i].min, field->logical_min, device);
        EXPECT_I64(wanted[i].max, field->logical_max, device);
        EXPECT(wanted[i].is_array == field->is_array, device);
        EXPECT_I64(wanted[i].first_usage, hid_field_usage(&layout, field, 0), device);
        EXPECT_I64(wanted[i].last_usage, hid_field_usage(&layout, field, last), device);
    }
}

/* Byte 0 of the report is its id; offsets here begin behind it. */
static void a_honeywell_pos_scanner_item_by_item(void)
{
    static const struct wanted_field wanted[] = {
        {HID_KIND_INPUT, 0x02, 0, 8, 1, 0x01003B, 0x01003B, 0, 255, false},
        {HID_KIND_INPUT, 0x02, 8, 8, 3, 0x8C00FB, 0x8C00FD, 0, 255, false},
        {HID_KIND_INPUT, 0x02, 32, 8, 56, 0x8C00FE, 0x8C00FE, 0, 255, false},
        {HID_KIND_INPUT, 0x02, 480, 8, 2, 0xFF660000, 0xFF660000, 0, 255, false},
        {HID_KIND_INPUT, 0x02, 496, 1, 8, 0x8C00FF, 0x8C00FF, 0, 1, false},
        {HID_KIND_OUTPUT, 0x04, 0, 1, 8, 0x8C005F, 0x8C0086, 0, 1, false},
        {HID_KIND_INPUT, 0xF0, 0, 8, 63, 0xFFFF0002, 0xFFFF0002, 0, 255, false},
        {HID_KIND_OUTPUT, 0xF0, 0, 8, 63, 0xFFFF0003, 0xFFFF0003, 0, 255, false},
    };
    EXPECT_I64(HID_GOOD, read_hex(hid_capture("D01")), "127 bytes of D01");
    expect_fields(wanted, ARRAY_LEN(wanted), "D01");
    EXPECT(layout.has_ids, "it numbers its reports");
    EXPECT_I64(63, hid_layout_report_len(&layout, HID_KIND_INPUT, 0x02), "64 bytes with the id");
    EXPECT_I64(1, hid_layout_report_len(&layout, HID_KIND_OUTPUT, 0x04), "one byte of trigger");
    EXPECT_I64(0, hid_layout_report_len(&layout, HID_KIND_FEATURE, 0x02), "no such report");
    EXPECT(hid_layout_has_application(&layout, 0x8C0002), "a bar code scanner");
    EXPECT(!hid_layout_has_application(&layout, 0x8C0012), "which is no application");
    EXPECT_I64(0x8C005F, hid_field_usage(&layout, &layout.fields[5], 0), "prevent read");
    EXPECT_I64(0x8C0060, hid_field_usage(&layout, &layout.fields[5], 1), "initiate read");
    EXPECT_I64(0x8C0085, hid_field_usage(&layout, &layout.fields[5], 2), "error beep");
    EXPECT_I64(0x8C0086, hid_field_usage(&layout, &layout.fields[5], 7), "the last one repeats");
}

static void fields_are_found_by_usage_and_collection(void)
{
    struct hid_place place;
    EXPECT_I64(HID_GOOD, read_hex(hid_capture("D01")), "D01");
    EXPECT(find(HID_KIND_INPUT, 0x8C00FC, 0x8C0012, &place), "second of three");
    EXPECT_I64(16, hid_place_value(&place, 0).bit_offset, "behind count and first");
    EXPECT(find(HID_KIND_INPUT, 0x8C00FE, 0, &place), "data, anywhere");
    EXPECT(place.first == 0 && place.count == 56, "56 bytes of it");
    EXPECT_I64(32 + 55 * 8, hid_place_value(&place, 55).bit_offset, "the last byte");
    EXPECT_I64(0, hid_place_value(&place, 56).bit_size, "and not one more");
    EXPECT(find(HID_KIND_OUTPUT, 0x8C0085, 0x8C0014, &place), "error beep");
    EXPECT_I64(2, place.first, "bit 2");
    EXPECT_I64(1, place.count, "alone");
    struct hid_query query = {.kind = HID_KIND_INPUT, .usage = 0x8C00FE, .report = 0xF0};
    EXPECT(!hid_layout_find(&layout, query, &place), "in another report");
    EXPECT(!find(HID_KIND_INPUT, 0x8C0085, 0, &place), "of another kind");
    EXPECT(!find(HID_KIND_INPUT, 0x8C00FE, 0x8C0014, &place), "elsewhere");
}

/* D02 and D03 differ in how many keys the array knows. */
static void keyboards_item_by_item(void)
{
    struct wanted_field wanted[] = {
        {HID_KIND_INPUT, 0, 0, 1, 8, 0x0700E0, 0x0700E7, 0, 1, false},
        {HID_KIND_OUTPUT, 0, 0, 1, 5, 0x080001, 0x080005, 0, 1, false},
        {HID_KIND_INPUT, 0, 16, 8, 6, 0x070000, 0x0700FF, 0, 255, true},
    };
    EXPECT_I64(HID_GOOD, read_hex(hid_capture("D02")), "65 bytes of D02");
    expect_fields(wanted, ARRAY_LEN(wanted), "D02");
    EXPECT(!layout.has_ids, "one report, without an id");
    EXPECT_I64(8, hid_layout_report_len(&layout, HID_KIND_INPUT, 0), "boot report");
    EXPECT_I64(1, hid_layout_report_len(&layout, HID_KIND_OUTPUT, 0), "five lamps and padding");
    EXPECT_I64(0, hid_field_usage(&layout, &layout.fields[2], 256), "no usage past an array's end");
    wanted[2].last_usage = 0x070065;
    wanted[2].max = 101;
    EXPECT_I64(HID_GOOD, read_hex(hid_capture("D03")), "63 bytes of D03");
    expect_fields(wanted, ARRAY_LEN(wanted), "D03");
}

/* The words of the standard that D01 to D03 do not use. */
static void what_the_standard_has_besides(void)
{
    struct hid_place place;
    EXPECT_I64(HID_GOOD,
               read_hex(
                   "05 01 09 06 a1 01 75 08 95 01 15 00 25 7f a4 05 07 75 04 95 02 09 04 81 02 "
                   "b4 09 30 81 02 c0"),
               "push and pop");
    EXPECT(find(HID_KIND_INPUT, 0x010030, 0, &place), "page 1 again");
    EXPECT(place.field->bit_offset == 8 && place.field->bit_size == 8, "and size 8 again");

    EXPECT_I64(HID_GOOD,
               read_hex("05 01 09 06 a1 01 75 08 95 02 26 ff 00 0b fe 00 8c 00 0a 3b 00 81 02 c0"),
               "usages of 32 bits bring their page");
    EXPECT(find(HID_KIND_INPUT, 0x8C00FE, 0, &place), "8C:FE");
    EXPECT(find(HID_KIND_INPUT, 0x01003B, 0, &place), "01:3B beside it");

    EXPECT_I64(HID_GOOD, read_hex("09 06 a1 01 75 08 95 01 25 ff 09 fe 05 8c 81 02 c0"),
               "the page may come behind the usage, before the main item (6.2.2.8)");
    EXPECT(find(HID_KIND_INPUT, 0x8C00FE, 0, &place), "8C:FE");
    EXPECT_I64(255, place.field->logical_max, "25 FF behind a minimum of 0 is 255");

    EXPECT_I64(HID_GOOD, read_hex("05 8d a1 01 15 80 25 7f 75 08 95 01 09 41 81 02 c0"), "signed");
    EXPECT(layout.fields[0].logical_min == -128 && layout.fields[0].logical_max == 127,
           "-128..127");

    EXPECT_I64(HID_GOOD,
               read_hex("05 01 a1 01 75 08 95 02 25 7f a9 01 09 30 09 31 a9 00 09 32 81 02 c0"),
               "delimiters");
    EXPECT_I64(0x010030, hid_field_usage(&layout, &layout.fields[0], 0), "the first name counts");
    EXPECT_I64(0x010032, hid_field_usage(&layout, &layout.fields[0], 1), "the next field's");

    EXPECT_I64(HID_GOOD, read_hex("05 01 a1 01 fe 03 55 01 02 03 75 08 95 01 25 7f 09 30 81 02 c0"),
               "a long item is passed over");
    EXPECT_I64(1, layout.field_count, "and what follows is read");
    EXPECT_I64(HID_GOOD, read_hex("05 01 a1 01 75 08 95 01 25 7f 09 30 81 02 c0 00 00 00"),
               "zeros behind the end, as many devices have them");
    EXPECT_I64(HID_GOOD, read_hex("05 01 a1 01 75 08 95 01 25 7f 81 02 09 30 81 03 09 31 81 02 c0"),
               "no usage, or constant: padding");
    EXPECT_I64(1, layout.field_count, "one field is left");
    EXPECT_I64(16, layout.fields[0].bit_offset, "behind the padding");
}

static void what_cannot_be_right_is_refused_with_a_word(void)
{
    static const struct {
        const char *hex;
        const char *word;
        const char *promise;
    } rows[] = {
        {"", "empty", "no descriptor"},
        {"c0", "collection", "an end without a beginning"},
        {"75 08 95 01 09 30 81 02", "collection", "data outside of any collection"},
        {"05 01 09 06 a1 01", "cut", "a collection that does not end"},
        {"05 01 09 06 a1 01 27 01 02", "cut", "half an item"},
        {"fe", "cut", "half a long item"},
        {"fe 05 01 02", "cut", "a long item longer than what is there"},
        {"a1 01 75 00 95 01 09 30 81 02 c0", "size", "report size 0"},
        {"a1 01 75 08 95 00 09 30 81 02 c0", "size", "report count 0"},
        {"a1 01 09 30 81 02 c0", "size", "never a size"},
        {"a1 01 77 00 00 00 80 95 01 09 30 81 02 c0", "too long", "report size 2^31"},
        {"a1 01 75 08 97 00 00 00 80 09 30 81 02 c0", "too long", "report count 2^31"},
        {"a1 01 77 00 00 01 00 97 00 00 01 00 09 30 81 02 c0", "too long", "2^16 times 2^16"},
        {"a1 01 77 ff ff ff ff 97 ff ff ff ff 09 30 81 02 c0", "too long", "all there is"},
        {"a1 01 76 00 80 95 02 25 01 09 30 81 02 75 01 95 01 09 31 81 02 c0", "too long",
         "one bit more than a report may have"},
        {"a1 01 75 08 95 01 15 05 25 04 09 30 81 02 c0", "range", "logical 5 to 4"},
        {"a1 01 75 08 95 01 15 ff 25 fe 09 30 81 02 c0", "range", "logical -1 to -2"},
        {"a1 01 75 08 95 01 25 01 19 05 81 02 c0", "range", "usage minimum alone"},
        {"a1 01 75 08 95 01 25 01 29 05 81 02 c0", "range", "usage maximum alone"},
        {"a1 01 75 08 95 01 25 01 19 05 29 04 81 02 c0", "range", "usages 5 to 4"},
        {"a1 01 75 08 95 01 25 01 19 05 19 06 29 07 81 02 c0", "range", "two minima"},
        {"a1 01 75 08 95 01 25 01 1b ff ff 07 00 2b 01 00 08 00 81 02 c0", "range",
         "usages over two pages"},
        {"a1 01 75 08 95 01 25 01 19 05 2b 06 00 07 00 81 02 c0", "range", "half with a page"},
        {"a1 01 85 00 c0", "report id", "report id 0"},
        {"a1 01 86 00 01 c0", "report id", "report id 256"},
        {"a1 01 75 08 95 01 25 01 09 30 81 02 85 01 09 31 81 02 c0", "report id",
         "an id for some reports only"},
        {"a1 01 a4 85 01 b4 75 08 95 01 25 01 09 30 81 02 c0", "report id", "popped away again"},
        {"b4", "nesting", "pop of nothing"},
        {"a4 a4 a4 a4 a4 a4 a4 a4 a4", "nesting", "pushed nine times"},
        {"a1 01 a9 01 a9 01 c0", "nesting", "a delimiter in a delimiter"},
        {"a1 01 a9 00 c0", "nesting", "a delimiter that ends nothing"},
        {"a1 01 f4 c0", "item", "a global item that does not exist"},
        {"a1 01 b8 c0", "item", "a local item that does not exist"},
        {"00", "empty", "nothing but filler"},
        {"a1 01 00 c0", "item", "filler inside a collection"},
        {"01 00", "item", "a main item that does not exist"},
        {"0c", "item", "an item of the reserved type"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT_TEXT(rows[i].word, hid_refusal_word(read_hex(rows[i].hex)), rows[i].promise);
    }
}

/* Fault B12 at full size. */
static void hostile_sizes_are_bounded(void)
{
    static uint8_t big[65536];
    memset(big, 0xA0, sizeof big);
    EXPECT_I64(HID_TOO_LONG, hid_layout_read(bytes_of(big, sizeof big), &layout), "64 KiB");
    EXPECT_I64(HID_NESTING, hid_layout_read(bytes_of(big, HID_DESCRIPTOR_MAX), &layout),
               "4 KiB of nothing but nested collections");
    for (size_t i = 0; i < sizeof big; i += 2) memcpy(big + i, "\xA0\xC0", 2);
    EXPECT_I64(HID_TOO_MANY, hid_layout_read(bytes_of(big, HID_DESCRIPTOR_MAX), &layout),
               "2,048 collections side by side");
    for (size_t i = 0; i < sizeof big; i += 2) memcpy(big + i, "\x09\x01", 2);
    EXPECT_I64(HID_TOO_MANY, hid_layout_read(bytes_of(big, HID_DESCRIPTOR_MAX), &layout),
               "2,048 usages of one field");
    uint8_t *at = big;
    memcpy(at, "\xA1\x01\x75\x01\x95\x01\x25\x01", 8);
    for (at += 8; at < big + HID_DESCRIPTOR_MAX - 4; at += 4) memcpy(at, "\x09\x30\x81\x02", 4);
    EXPECT_I64(HID_TOO_MANY, hid_layout_read(bytes_of(big, HID_DESCRIPTOR_MAX), &layout),
               "a thousand fields");
}

static void a_cut_descriptor_is_refused_at_every_byte(void)
{
    static const char *const ids[] = {"D01", "D02", "D03"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct hid_bytes whole = hid_bytes_of(hid_capture(ids[i]));
        for (size_t len = 0; len < whole.len; len++) {
            EXPECT(hid_layout_read(bytes_of(whole.data, len), &layout) != HID_GOOD, ids[i]);
        }
    }
}

static void values_are_cut_out_of_reports_by_bits(void)
{
    static const uint8_t data[] = {0x34, 0x92, 0xFF, 0x80, 0x01};
    struct bytes report = bytes_of(data, sizeof data);
    int64_t number = -77;
    EXPECT(hid_value_get((struct hid_value){0, 16, false}, report, &number), "16 bits");
    EXPECT_I64(0x9234, number, "least significant byte first");
    EXPECT(hid_value_get((struct hid_value){4, 8, false}, report, &number), "across a byte");
    EXPECT_I64(0x23, number, "least significant bit first");
    EXPECT(hid_value_get((struct hid_value){16, 8, true}, report, &number), "signed");
    EXPECT_I64(-1, number, "FF is -1");
    EXPECT(hid_value_get((struct hid_value){8, 32, false}, report, &number), "32 bits, the last");
    EXPECT_I64(0x0180FF92, number, "as they stand");
    EXPECT(hid_value_get((struct hid_value){0, 32, true}, report, &number), "32 bits signed");
    EXPECT_I64(-0x7F006DCC, number, "two's complement");
    number = 5;
    EXPECT(!hid_value_get((struct hid_value){9, 32, false}, report, &number), "one bit too far");
    EXPECT(!hid_value_get((struct hid_value){0, 33, false}, report, &number), "too wide");
    EXPECT(!hid_value_get((struct hid_value){0, 0, false}, report, &number), "no value");
    EXPECT(!hid_value_get((struct hid_value){UINT32_MAX, 32, false}, report, &number), "far away");
    EXPECT_I64(5, number, "and nothing is written then");
    uint8_t id = 9;
    EXPECT(!hid_report_split(true, BYTES_NONE, &id, &report), "no id in nothing");
    EXPECT(!hid_report_split(false, BYTES_NONE, &id, &report), "and no report without ids either");
}

int main(void)
{
    EXPECT_RUN(a_honeywell_pos_scanner_item_by_item);
    EXPECT_RUN(fields_are_found_by_usage_and_collection);
    EXPECT_RUN(keyboards_item_by_item);
    EXPECT_RUN(what_the_standard_has_besides);
    EXPECT_RUN(what_cannot_be_right_is_refused_with_a_word);
    EXPECT_RUN(hostile_sizes_are_bounded);
    EXPECT_RUN(a_cut_descriptor_is_refused_at_every_byte);
    EXPECT_RUN(values_are_cut_out_of_reports_by_bits);
    return expect_result();
}
