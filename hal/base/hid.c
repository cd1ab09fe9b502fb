/* hid.c - how long the reports of a report descriptor are (HID 1.11, 6.2.2). What an item means
 * beyond its size is the drivers' business. */
#include "hal/base/hid.h"

#include "hal/base/ensure.h"

#define ITEM_LONG 0xFE  /* 6.2.2.3: its length is in the next byte */
#define ITEM_INPUT 0x80 /* 6.2.2.4; the two low bits of an item's first byte are its length */
#define ITEM_REPORT_SIZE 0x74
#define ITEM_REPORT_ID 0x84
#define ITEM_REPORT_COUNT 0x94
#define ITEM_PUSH 0xA4
#define ITEM_POP 0xB4
#define BITS_MAX (8u * 65535u)
#define PUSHES_MAX 4

struct globals {
    uint32_t size;
    uint32_t count;
    uint8_t id;
};

struct reports {
    struct globals now;
    struct globals pushed[PUSHES_MAX];
    size_t pushed_count;
    bool has_ids;
    uint32_t bits[256]; /* by report id */
};

static uint32_t item_value(struct bytes data)
{
    uint32_t value = 0;
    for (size_t i = 0; i < data.len; i++) value |= (uint32_t)data.data[i] << (8 * i);
    return value;
}

static void add_input(struct reports *reports)
{
    uint64_t more = (uint64_t)reports->now.size * reports->now.count;
    uint64_t sum = reports->bits[reports->now.id] + more;
    reports->bits[reports->now.id] = sum > BITS_MAX ? BITS_MAX : (uint32_t)sum;
}

static void take_item(struct reports *reports, uint8_t kind, uint32_t value)
{
    switch (kind) {
    case ITEM_INPUT: add_input(reports); break;
    case ITEM_REPORT_SIZE: reports->now.size = value; break;
    case ITEM_REPORT_COUNT: reports->now.count = value; break;
    case ITEM_REPORT_ID:
        reports->now.id = (uint8_t)value;
        reports->has_ids = true;
        break;
    case ITEM_PUSH:
        if (reports->pushed_count == PUSHES_MAX) break;
        reports->pushed[reports->pushed_count++] = reports->now;
        break;
    case ITEM_POP:
        if (reports->pushed_count > 0) reports->now = reports->pushed[--reports->pushed_count];
        break;
    default: break;
    }
}

/* The length of the first item with its first byte; 0 when it is not whole. */
static size_t item_len(struct bytes rest)
{
    static const uint8_t lengths[] = {0, 1, 2, 4};
    size_t len = 1u + lengths[rest.data[0] & 3u];
    if (rest.data[0] == ITEM_LONG) len = rest.len >= 2 ? 3u + rest.data[1] : rest.len + 1;
    return len <= rest.len ? len : 0;
}

size_t hid_input_size(struct bytes descriptor)
{
    struct reports reports = {.has_ids = false};
    while (descriptor.len > 0) {
        size_t len = item_len(descriptor);
        if (len == 0) break;
        uint8_t first = descriptor.data[0];
        struct bytes data = bytes_slice(descriptor, 1, len - 1);
        if (first != ITEM_LONG) take_item(&reports, first & 0xFC, item_value(data));
        descriptor = bytes_from(descriptor, len);
    }
    uint32_t longest = 0;
    for (size_t i = 0; i < ARRAY_LEN(reports.bits); i++) {
        if (reports.bits[i] > longest) longest = reports.bits[i];
    }
    return longest == 0 ? 0 : (longest + 7) / 8 + reports.has_ids;
}
