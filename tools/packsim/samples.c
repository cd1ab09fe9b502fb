/* samples.c - about twenty invented orders, among them every kind that needs care at the bench. */
#include <stdio.h>
#include <string.h>

#include "tools/packsim/orders.h"
#include "tools/packsim/world.h"

#define FIRST_NUMBER 1001u

struct sample {
    const char *sku;
    const char *item;
    int64_t qty;
    int64_t unit_weight_g;
    int64_t unit_value_minor;
    const char *line1;
    const char *city;
    const char *state;
    const char *postcode;
};

static const struct sample samples[] = {
    {"MUG-01", "Mug, blue", 2, 340, 29900, "14 Sample Road", "Bengaluru", "Karnataka", "560001"},
    {"TEE-M", "T-shirt, M", 1, 210, 49900, "7 Invented Street", "Delhi", "Delhi", "110001"},
    {"LAMP-3", "Desk lamp", 1, 1250, 149900, "Flat #12/3, Blocks A & B", "Mumbai", "Maharashtra",
     "400001"},
    {"BOOK-9", "Atlas of Nowhere", 3, 410, 39900, "3 Paper Lane", "Chennai", "Tamil Nadu",
     "600001"},
    {"PEN-10", "Pens, box of ten", 1, 120, 9900, "22 Ink Circle", "Kolkata", "West Bengal",
     "700001"},
    {"SHOE-42", "Shoes, 42", 1, 890, 199900, "5 Walkway", "Hyderabad", "Telangana", "500001"},
    {"TOY-7", "Wooden train", 1, 640, 89900, "9 Far Valley", "Unserved Place", "Tripura", "799999"},
    {"RUG-2", "Rug, two parts", 2, 2100, 349900, "31 Carpet Bazaar", "Jaipur", "Rajasthan",
     "302001"},
    {"TEA-500", "Tea, 500 g", 2, 520, 34900, "1 Garden Estate", "Guwahati", "Assam", "781001"},
    {"SHAWL-1", "Shawl", 1, 300, 259900, "Above the Old Shop", "Leh", "Ladakh", "194103"},
    {"MUG-02", "Mug, red", 1, 340, 29900, "40 Test Nagar", "Pune", "Maharashtra", "411001"},
    {"CASE-5", "Phone case", 1, 60, 59900, "8 Model Colony", "Ahmedabad", "Gujarat", "380001"},
    {"SOAP-6", "Soap, six pieces", 1, 720, 44900, "17 Bubble Street", "Kochi", "Kerala", "682001"},
    {"YOGA-1", "Yoga mat", 1, 1100, 99900, "2 Quiet Corner", "Bengaluru", "Karnataka", "560034"},
    {"CUP-4", "Cups, set of four", 1, 980, 79900, "66 Saucer Avenue", "Delhi", "Delhi", "110020"},
    {"KEY-1", "Keyboard", 1, 760, 229900, "12 Qwerty Lane", "Hyderabad", "Telangana", "500032"},
    {"SEED-3", "Flower seeds", 4, 25, 4900, "5 Bed, Flower Lane", "Chennai", "Tamil Nadu",
     "600028"},
    {"BAG-1", "Cloth bag", 2, 150, 19900, "90 Handle Road", "Mumbai", "Maharashtra", "400051"},
    {"CLOCK-1", "Wall clock", 1, 1350, 129900, "12 Midnight Square", "Kolkata", "West Bengal",
     "700016"},
    {"PAN-24", "Pan, 24 cm", 1, 1480, 159900, "3 Kitchen Row", "Pune", "Maharashtra", "411014"},
};

static void key_add(struct order *order, const char *kind, const char *value)
{
    ENSURE(order->key_count < ORDER_KEYS_MAX);
    struct order_key *key = &order->keys[order->key_count++];
    snprintf(key->kind, sizeof key->kind, "%s", kind);
    snprintf(key->value, sizeof key->value, "%s", value);
}

struct order sample_order(unsigned number)
{
    unsigned index = number - FIRST_NUMBER;
    const struct sample *sample = &samples[index % ARRAY_LEN(samples)];
    struct order order = {.packages_total = 1,
                          .line_count = 1,
                          .length_mm = 230,
                          .width_mm = 160,
                          .height_mm = 110,
                          .expected_g = sample->qty * sample->unit_weight_g + 60};
    snprintf(order.id, sizeof order.id, "SH-%u", number);
    snprintf(order.order_no, sizeof order.order_no, "WEB-%u", number);
    snprintf(order.status, sizeof order.status, "ready");
    snprintf(order.name, sizeof order.name, "Example Person %u", index + 1);
    snprintf(order.phone, sizeof order.phone, "90000%05u", number);
    snprintf(order.line1, sizeof order.line1, "%s", sample->line1);
    snprintf(order.city, sizeof order.city, "%s", sample->city);
    snprintf(order.state, sizeof order.state, "%s", sample->state);
    snprintf(order.postcode, sizeof order.postcode, "%s", sample->postcode);
    struct order_line *line = &order.lines[0];
    snprintf(line->sku, sizeof line->sku, "%s", sample->sku);
    snprintf(line->name, sizeof line->name, "%s", sample->item);
    snprintf(line->barcode, sizeof line->barcode, "20%011u",
             number); /* prefix 20: in-house use only */
    line->qty = sample->qty;
    line->unit_weight_g = sample->unit_weight_g;
    line->value_minor = sample->qty * sample->unit_value_minor;
    key_add(&order, "order", order.order_no);
    key_add(&order, "shipment", order.id);
    return order;
}

/* What makes a sample worth having; each number once. */
static void specialise(struct order *order, unsigned number)
{
    switch (number) {
    case 1001:
        key_add(order, "other", "#1001");
        key_add(order, "picklist", "PICK-1"); /* shared with the next: the packer must choose */
        break;
    case 1002:
        key_add(order, "picklist", "PICK-1");
        key_add(order, "other", "000123");
        break;
    case 1003: /* # & / in the address */
        key_add(order, "invoice", "SP/26-27/1");
        snprintf(order->line2, sizeof order->line2, "Opp. Shop #4 & 5; c/o \"Sample\"");
        break;
    case 1004: key_add(order, "other", "TOTE 7 BLUE"); break;
    case 1005: /* near misses of the keys above: exact text only */
        key_add(order, "other", "123");
        key_add(order, "other", "1001");
        key_add(order, "other", "TOTE 7");
        break;
    case 1006:
        order->cod = true;
        order->collect_minor = 199900;
        break;
    case 1008:
        order->packages_total = 2;
        order->expected_g = 2160;
        break;
    case 1010: /* remote place without cash on delivery */
        order->cod = true;
        order->collect_minor = 259900;
        break;
    case 1011: order->hold = true; break;
    case 1012: snprintf(order->status, sizeof order->status, "cancelled"); break;
    case 1013: snprintf(order->status, sizeof order->status, "new"); break;
    case 1014: /* an id that must be percent-encoded in a path */
        snprintf(order->id, sizeof order->id, "SH/1014#1");
        snprintf(order->keys[1].value, sizeof order->keys[1].value, "%s", order->id);
        break;
    case 1016: /* a name that is a printer command to whoever does not escape it */
        snprintf(order->name, sizeof order->name, "Example ^XA~JA Person 16");
        break;
    case 1017: /* a name beyond Latin */
        snprintf(order->name, sizeof order->name, "उदाहरण व्यक्ति 17");
        break;
    case 1018: order->fragile = true; break;
    case 1019: /* lithium batteries packed with equipment */
        snprintf(order->dangerous, sizeof order->dangerous, "UN3481");
        break;
    default: break;
    }
}

void samples_put(void)
{
    for (unsigned i = 0; i < ARRAY_LEN(samples); i++) {
        struct order order = sample_order(FIRST_NUMBER + i);
        specialise(&order, FIRST_NUMBER + i);
        order_put(&order);
    }
}
