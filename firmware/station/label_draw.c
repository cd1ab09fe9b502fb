/* label_draw.c - see label_draw.h. From the top: courier and service, AWB bars, sort code, who it
 * goes to, money to collect, how to handle it, weight and order. Sizes are those that can be read
 * at arm's length on 203 dpi. */
#include "firmware/station/label_draw.h"

#include <string.h>

#include "hal/base/units.h"

#define MARGIN_DMM 40

struct cursor {
    struct label *label;
    uint16_t y_dmm;
};

static struct label_item *add(struct cursor *at, enum label_item_kind kind, uint16_t height_dmm,
                              uint8_t lines)
{
    ENSURE(at->label->count < LABEL_ITEMS_MAX);
    struct label_item *item = &at->label->items[at->label->count++];
    *item = (struct label_item){.kind = kind,
                                .x_dmm = MARGIN_DMM,
                                .y_dmm = at->y_dmm,
                                .height_dmm = height_dmm,
                                .width_dmm = (uint16_t)(at->label->width_dmm - 2 * MARGIN_DMM),
                                .lines = lines};
    return item;
}

/* A text cut to what the item holds, at a UTF-8 boundary. */
static void add_text(struct cursor *at, uint16_t height_dmm, uint8_t lines, struct bytes text)
{
    if (text.len == 0) return;
    struct label_item *item = add(at, LABEL_TEXT, height_dmm, lines);
    if (text.len >= LABEL_TEXT_SIZE) {
        text.len = LABEL_TEXT_SIZE - 1;
        while (text.len > 0 && (text.data[text.len] & 0xC0) == 0x80) text.len--;
    }
    bool kept = bytes_to_text(text, item->text, sizeof item->text);
    /* An address typed on two lines must not keep a booked parcel from its label. */
    for (char *one = item->text; kept && *one != '\0'; one++) {
        if ((*one > 0 && *one < ' ') || *one == 0x7F) *one = ' ';
    }
    if (!kept) at->label->count--;
    else at->y_dmm = (uint16_t)(at->y_dmm + (height_dmm + height_dmm / 4) * lines);
}

static void add_line(struct cursor *at)
{
    at->y_dmm = (uint16_t)(at->y_dmm + 10);
    (void)add(at, LABEL_LINE, 5, 1);
    at->y_dmm = (uint16_t)(at->y_dmm + 25);
}

static void add_bars(struct cursor *at, const char *awb)
{
    struct label_item *item = add(at, LABEL_CODE128, 250, 1);
    ENSURE(bytes_to_text(bytes_of_text(awb), item->text, sizeof item->text));
    at->y_dmm = (uint16_t)(at->y_dmm + 270);
    add_text(at, 50, 1, bytes_of_text(awb));
}

static void begin(struct textbuf *text, char *storage, size_t size)
{
    textbuf_init(text, storage, size);
}

static void draw_address(struct cursor *at, const struct party *to)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    add_text(at, 45, 1, bytes_of_text(to->name));
    add_text(at, 35, 2, bytes_of_text(to->line1));
    add_text(at, 35, 1, bytes_of_text(to->line2));
    begin(&line, storage, sizeof storage);
    textbuf_format(&line, "%s %s", to->city, to->state);
    add_text(at, 35, 1, textbuf_bytes(&line));
    add_text(at, 80, 1, bytes_of_text(to->postcode));
    begin(&line, storage, sizeof storage);
    textbuf_format(&line, "Tel. %s", to->phone);
    if (to->phone[0] != '\0') add_text(at, 35, 1, textbuf_bytes(&line));
}

static void draw_payment(struct cursor *at, const struct shipment *shipment)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    begin(&line, storage, sizeof storage);
    if (shipment->payment == PAYMENT_COD) {
        textbuf_format(&line, "COD  %s ", shipment->currency);
        minor_write(&line, shipment->collect_minor, 2);
    } else {
        textbuf_text(&line, "PREPAID");
    }
    add_text(at, 60, 1, textbuf_bytes(&line));
}

static void draw_handling(struct cursor *at, const struct shipment *shipment)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    begin(&line, storage, sizeof storage);
    if (shipment->fragile) textbuf_text(&line, "FRAGILE  ");
    if (shipment->dangerous[0] != '\0')
        textbuf_format(&line, "DANGEROUS GOODS %s", shipment->dangerous);
    add_text(at, 60, 1, textbuf_bytes(&line));
}

static void draw_foot(struct cursor *at, const struct shipment *shipment)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    begin(&line, storage, sizeof storage);
    mass_kg_write(&line, shipment->mass_mg);
    textbuf_format(&line, " kg   Order %s", shipment->order_no);
    add_text(at, 35, 1, textbuf_bytes(&line));
    begin(&line, storage, sizeof storage);
    textbuf_format(&line, "Ref. %s", shipment->reference);
    add_text(at, 30, 1, textbuf_bytes(&line));
}

void label_draw(const struct shipment *shipment, const char *carrier_title, const char *route,
                unsigned copy, uint16_t width_dmm, uint16_t height_dmm, struct label *out)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    struct cursor at = {.label = out, .y_dmm = MARGIN_DMM};
    memset(out, 0, sizeof *out);
    out->width_dmm = width_dmm;
    out->height_dmm = height_dmm;

    begin(&line, storage, sizeof storage);
    textbuf_format(&line, "%s  %s", carrier_title, shipment->service);
    add_text(&at, 50, 1, textbuf_bytes(&line));
    add_line(&at);
    add_bars(&at, shipment->awb);
    add_text(&at, 80, 1, bytes_of_text(route));
    add_line(&at);
    draw_address(&at, &shipment->to);
    add_line(&at);
    draw_payment(&at, shipment);
    draw_handling(&at, shipment);
    draw_foot(&at, shipment);
    if (copy < 2) return;
    begin(&line, storage, sizeof storage);
    textbuf_format(&line, "REPRINT %u", copy);
    add_text(&at, 50, 1, textbuf_bytes(&line));
}

void label_draw_hold(const struct parcel *parcel, const char *carrier_title, uint16_t width_dmm,
                     uint16_t height_dmm, struct label *out)
{
    char storage[LABEL_TEXT_SIZE];
    struct textbuf line;
    struct cursor at = {.label = out, .y_dmm = MARGIN_DMM};
    memset(out, 0, sizeof *out);
    out->width_dmm = width_dmm;
    out->height_dmm = height_dmm;
    add_text(&at, 140, 1, BYTES_LITERAL("HOLD"));
    add_text(&at, 45, 1, BYTES_LITERAL("Not booked yet. Do not hand over."));
    add_line(&at);
    add_bars(&at, parcel->reference);
    add_line(&at);
    add_text(&at, 100, 1, bytes_of_text(parcel->order_no));
    if (parcel->packages_total > 1) {
        begin(&line, storage, sizeof storage);
        textbuf_format(&line, "Package %u of %u", parcel->package_no, parcel->packages_total);
        add_text(&at, 60, 1, textbuf_bytes(&line));
    }
    begin(&line, storage, sizeof storage);
    mass_kg_write(&line, parcel->mass_mg);
    textbuf_format(&line, " kg   %s", carrier_title);
    add_text(&at, 45, 1, textbuf_bytes(&line));
}
