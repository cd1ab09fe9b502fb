/* usb_selector.c - which device a usb address means. Hexadecimal is read in either case; a serial
 * number is compared as it was told in usb.h's device, cut and made printable. */
#include "hal/usb_inside.h"

static bool parse_hex(struct bytes text, uint16_t *out_value)
{
    uint64_t value = 0;
    if (text.len > 4 || !bytes_hex_to_u64(text, UINT16_MAX, &value)) return false;
    *out_value = (uint16_t)value;
    return true;
}

bool usb_selector_parse(struct bytes text, struct usb_selector *out_selector)
{
    struct bytes vendor;
    struct bytes product;
    struct usb_selector selector;
    if (!bytes_split(&text, ':', &vendor) || !parse_hex(vendor, &selector.vendor)) return false;
    if (!bytes_split(&text, ':', &product) || !parse_hex(product, &selector.product)) return false;
    selector.serial = text;
    *out_selector = selector;
    return true;
}

bool usb_selector_fits(const struct usb_selector *selector, const struct usb_device *device)
{
    if (!device->device || device->left) return false;
    if (device->vendor != selector->vendor || device->product != selector->product) return false;
    if (selector->serial.len == 0) return true;
    if (selector->serial.data[0] == '@') {
        return bytes_equal_text(bytes_from(selector->serial, 1), device->path);
    }
    return bytes_equal_text(selector->serial, device->serial);
}
