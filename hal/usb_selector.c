/* usb_selector.c - which device a usb address means. Hexadecimal is read in either case; a serial
 * number is compared as it was told in usb.h's device, cut and made printable. */
#include <string.h>

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

bool usb_selector_names(const struct usb_selector *selector, const struct usb_device *device)
{
    if (device->vendor != selector->vendor || device->product != selector->product) return false;
    if (selector->serial.len == 0) return true;
    if (selector->serial.data[0] == '@') {
        return bytes_equal_text(bytes_from(selector->serial, 1), device->path);
    }
    return bytes_equal_text(selector->serial, device->serial);
}

bool usb_selector_fits(const struct usb_selector *selector, const struct usb_device *device)
{
    return device->device && !device->left && usb_selector_names(selector, device);
}

static enum err find_here(const struct usb *usb, const struct usb_selector *selector,
                          const struct usb_device **out_device)
{
    size_t claimed = 0;
    size_t free_ones = 0;
    for (size_t i = 0; i < USB_DEVICES_MAX; i++) {
        const struct usb_device *device = &usb->devices[i];
        if (!usb_selector_fits(selector, device)) continue;
        if (usb_claims_have(usb, device)) {
            claimed++;
            continue;
        }
        free_ones++;
        *out_device = device;
    }
    if (free_ones == 1) return ERR_NONE;
    if (free_ones > 1) return ERR_EXISTS;
    return claimed > 0 ? ERR_BUSY : ERR_NOT_FOUND;
}

/* Among the latest that went, the last one first. */
static enum err find_lost(const struct usb *usb, const struct usb_selector *selector,
                          const struct usb_device **out_device)
{
    for (size_t back = 1; back <= USB_LOST_MAX && back <= usb->lost_count; back++) {
        const struct usb_device *device = &usb->lost[(usb->lost_count - back) % USB_LOST_MAX];
        if (!usb_selector_names(selector, device)) continue;
        *out_device = device;
        return ERR_NONE;
    }
    return ERR_NOT_FOUND;
}

enum err usb_find_socket(const struct usb *usb, struct bytes text, struct usb_socket *out_socket)
{
    struct usb_selector selector;
    if (!usb_selector_parse(text, &selector)) return ERR_INVALID;
    const struct usb_device *device = NULL;
    enum err problem = find_here(usb, &selector, &device);
    if (problem == ERR_NOT_FOUND) problem = find_lost(usb, &selector, &device);
    if (problem != ERR_NONE) return problem;
    memcpy(out_socket->path, device->path, sizeof(out_socket->path));
    out_socket->is_printer = device->printer.out_endpoint != 0;
    return ERR_NONE;
}
