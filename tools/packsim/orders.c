/* orders.c - the order table and how a shipment looks in the feed; see orders.h. */
#include "tools/packsim/orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/world.h"

static struct order **rows; /* never moved: others hold pointers for one request */
static size_t count, room;
static uint64_t last_change;

static const char *const stage_words[] = {"none",          "packed",     "booked",
                                          "label_printed", "manifested", "handed_over"};

size_t order_count(void)
{
    return count;
}

struct order *order_at(size_t index)
{
    ENSURE(index < count);
    return rows[index];
}

struct order *order_find(const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i]->id, id) == 0) return rows[i];
    }
    return NULL;
}

struct order *order_find_name(const char *id_or_order_no)
{
    struct order *order = order_find(id_or_order_no);
    for (size_t i = 0; i < count && order == NULL; i++) {
        if (strcmp(rows[i]->order_no, id_or_order_no) == 0) order = rows[i];
    }
    return order;
}

bool order_has_key(const struct order *order, const char *scan)
{
    for (size_t i = 0; i < order->key_count; i++) {
        if (strcmp(order->keys[i].value, scan) == 0) return true;
    }
    return false;
}

void order_touch(struct order *order)
{
    order->rev++;
    order->change = ++last_change;
}

uint64_t order_last_change(void)
{
    return last_change;
}

struct order *order_put(const struct order *row)
{
    struct order *order = order_find(row->id);
    if (order == NULL) {
        if (count == room) {
            room = room == 0 ? 64 : room * 2;
            rows = realloc(rows, room * sizeof *rows);
            ENSURE(rows != NULL);
        }
        order = calloc(1, sizeof *order);
        ENSURE(order != NULL);
        rows[count++] = order;
    }
    uint64_t rev = order->rev;
    *order = *row;
    order->rev = rev;
    order_touch(order);
    return order;
}

const char *order_status(const struct order *order)
{
    if (strcmp(order->status, "cancelled") == 0) return "cancelled";
    enum package_stage least = STAGE_HANDED_OVER, most = STAGE_NONE;
    for (int64_t i = 0; i < order->packages_total; i++) {
        enum package_stage stage = order->packages[i].stage;
        if (stage < least) least = stage;
        if (stage > most) most = stage;
    }
    if (most == STAGE_NONE) return order->hold ? "on_hold" : order->status;
    return least == STAGE_NONE ? "packing" : stage_words[least];
}

static void keys_write(struct json_writer *writer, const struct order *order)
{
    json_write_open(writer, "scan_keys", '[');
    for (size_t i = 0; i < order->key_count; i++) {
        json_write_open(writer, NULL, '{');
        json_write_text(writer, "kind", order->keys[i].kind);
        json_write_text(writer, "value", order->keys[i].value);
        json_write_close(writer, '}');
    }
    json_write_close(writer, ']');
}

static void address_write(struct json_writer *writer, const struct order *order)
{
    json_write_open(writer, "ship_to", '{');
    json_write_text(writer, "name", order->name);
    json_write_text(writer, "phone", order->phone);
    json_write_text(writer, "line1", order->line1);
    json_write_text(writer, "line2", order->line2);
    json_write_text(writer, "city", order->city);
    json_write_text(writer, "state", order->state);
    json_write_text(writer, "postcode", order->postcode);
    json_write_text(writer, "country", "IN");
    json_write_close(writer, '}');
}

static void lines_write(struct json_writer *writer, const struct order *order)
{
    json_write_open(writer, "lines", '[');
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        char number[] = {(char)('1' + i), '\0'};
        json_write_open(writer, NULL, '{');
        json_write_text(writer, "line", number);
        json_write_text(writer, "sku", line->sku);
        json_write_text(writer, "name", line->name);
        json_write_open(writer, "barcodes", '[');
        if (line->barcode[0] != '\0') json_write_text(writer, NULL, line->barcode);
        json_write_close(writer, ']');
        json_write_i64(writer, "qty", line->qty);
        json_write_i64(writer, "unit_weight_g", line->unit_weight_g);
        json_write_i64(writer, "value_minor", line->value_minor);
        json_write_close(writer, '}');
    }
    json_write_close(writer, ']');
}

static void booking_write_first(struct json_writer *writer, const struct order *order)
{
    const struct order_package *package = &order->packages[0];
    json_write_open(writer, "booking", '{');
    json_write_text(writer, "by", "station");
    if (order->packages_total == 1 && package->awb_count > 0) {
        json_write_text(writer, "carrier", package->carrier);
        json_write_text(writer, "awb", package->awbs[0]);
    }
    json_write_close(writer, '}');
}

void order_write(struct json_writer *writer, const char *key_or_null, const struct order *order)
{
    char rev[24];
    snprintf(rev, sizeof rev, "%llu", (unsigned long long)order->rev);
    json_write_open(writer, key_or_null, '{');
    json_write_text(writer, "id", order->id);
    json_write_text(writer, "rev", rev);
    json_write_text(writer, "order_no", order->order_no);
    keys_write(writer, order);
    json_write_text(writer, "status", order_status(order));
    json_write_boolean(writer, "hold", order->hold);
    json_write_time(writer, "ship_by", (world_wall_ms() / 86400000 + 2) * 86400000);
    json_write_i64(writer, "packages_total", order->packages_total);
    json_write_open(writer, "payment", '{');
    json_write_text(writer, "mode", order->cod ? "cod" : "prepaid");
    json_write_i64(writer, "collect_minor", order->collect_minor);
    json_write_text(writer, "currency", "INR");
    json_write_close(writer, '}');
    booking_write_first(writer, order);
    json_write_open(writer, "expected", '{');
    json_write_i64(writer, "weight_g", order->expected_g);
    json_write_i64(writer, "tolerance_pct", 20);
    json_write_i64(writer, "length_mm", order->length_mm);
    json_write_i64(writer, "width_mm", order->width_mm);
    json_write_i64(writer, "height_mm", order->height_mm);
    json_write_close(writer, '}');
    json_write_open(writer, "handling", '{');
    json_write_boolean(writer, "fragile", order->fragile);
    json_write_text(writer, "dangerous", order->dangerous);
    json_write_close(writer, '}');
    address_write(writer, order);
    lines_write(writer, order);
    json_write_close(writer, '}');
}

static void package_write(struct json_writer *lines, const struct order_package *package)
{
    json_write_open(lines, NULL, '{');
    json_write_text(lines, "stage", stage_words[package->stage]);
    json_write_i64(lines, "weight_g", package->weight_g);
    json_write_text(lines, "carrier", package->carrier);
    json_write_open(lines, "awbs", '[');
    for (size_t i = 0; i < package->awb_count; i++) json_write_text(lines, NULL, package->awbs[i]);
    json_write_close(lines, ']');
    json_write_i64(lines, "labels", package->labels);
    json_write_close(lines, '}');
}

void orders_write(struct json_writer *lines)
{
    for (size_t i = 0; i < count; i++) {
        const struct order *order = rows[i];
        lines->comma = false;
        json_write_open(lines, NULL, '{');
        json_write_text(lines, "id", order->id);
        json_write_text(lines, "order_no", order->order_no);
        json_write_i64(lines, "rev", (int64_t)order->rev);
        json_write_text(lines, "status", order->deleted ? "deleted" : order_status(order));
        json_write_text(lines, "claimed_by",
                        order->claimed_until_ms > world_tick_ms() ? order->claimed_by : "");
        json_write_i64(lines, "label_bytes", order->label_bytes);
        json_write_open(lines, "packages", '[');
        for (int64_t package = 0; package < order->packages_total; package++)
            package_write(lines, &order->packages[package]);
        json_write_close(lines, ']');
        json_write_close(lines, '}');
        textbuf_char(lines->text, '\n');
    }
}
