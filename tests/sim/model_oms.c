/* model_oms.c - an order system by the custom contract, and the cache that its feed fills. It takes
 * events in order only, each once, and keeps what they say about every parcel. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define PAGE 20u
#define DOCUMENT_MAX 1200

void oms_open(struct world *world)
{
    struct sim_oms *oms = &world->oms;
    oms->count = world->options.parcels;
    oms->orders = sim_alloc(oms->count * sizeof *oms->orders);
    world->cached = sim_alloc(oms->count);
    world->bench.shelf = sim_alloc(sizeof(unsigned) * (oms->count + 1));
    oms->changes = sim_alloc(sizeof(unsigned) * (oms->count + 1));
    oms->next_seq = 1;
    for (unsigned i = 0; i < oms->count; i++) {
        struct sim_order *order = &oms->orders[i];
        snprintf(order->id, sizeof order->id, "SH-%u", i + 1);
        snprintf(order->order_no, sizeof order->order_no, "WEB-%u", i + 1);
        order->packages = sim_below(world, 20) == 0 ? 2 : 1;
        order->cod = sim_below(world, 3) == 0;
        order->cancelled = sim_below(world, 100) == 0;
        order->bad_pincode = sim_below(world, 25) == 0;
        order->carrier = (unsigned)sim_below(world, 2);
    }
}

struct sim_order *oms_order(struct world *world, const char *id)
{
    unsigned number = 0;
    if (sscanf(id, "SH-%u", &number) != 1 || number == 0 || number > world->oms.count) return NULL;
    return &world->oms.orders[number - 1];
}

void oms_cancel(struct world *world, unsigned index)
{
    struct sim_oms *oms = &world->oms;
    if (oms->orders[index].cancelled) return;
    oms->orders[index].cancelled = true;
    oms->changes[oms->change_count++] = index;
    sim_trace(world, "cancelled", oms->orders[index].order_no);
}

static void write_document(const struct sim_order *order, char *out, size_t size)
{
    snprintf(
        out, size,
        "{\"id\":\"%s\",\"rev\":\"1\",\"order_no\":\"%s\",\"scan_keys\":[{\"kind\":\"order\","
        "\"value\":\"%s\"}],"
        "\"status\":\"%s\",\"packages_total\":%u,\"payment\":{\"mode\":\"%s\",\"collect_minor\":%d,"
        "\"currency\":\"INR\"},\"booking\":{\"by\":\"station\",\"carrier\":\"%s\"},"
        "\"ship_to\":{\"name\":\"Example Person\",\"phone\":\"9000000001\",\"line1\":\"1 Sample "
        "Road\","
        "\"city\":\"Pune\",\"state\":\"Maharashtra\",\"postcode\":\"%s\",\"country\":\"IN\"},"
        "\"lines\":[{\"line\":\"1\",\"sku\":\"MUG-01\",\"name\":\"Mug\",\"qty\":2}]}",
        order->id, order->order_no, order->order_no, order->cancelled ? "cancelled" : "ready",
        order->packages, order->cod ? "cod" : "prepaid", order->cod ? 149900 : 0,
        order->carrier == 0 ? "sandbox" : "delhivery", order->bad_pincode ? "799999" : "411001");
}

static void feed(struct world *world, uint32_t ticket, const char *url)
{
    char body[PAGE * DOCUMENT_MAX / 4];
    unsigned from = 0, seen = 0; /* new orders first, then what has changed */
    const struct sim_oms *oms = &world->oms;
    const char *cursor = strstr(url, "cursor=c");
    if (cursor != NULL) sscanf(cursor + 8, "%u.%u", &from, &seen);
    world->oms.told_count = seen;
    unsigned to = from + 5 < oms->published ? from + 5 : oms->published;
    unsigned count = to > from ? to - from : 0;
    bool changes = count == 0 && seen < oms->change_count;
    if (changes) count = oms->change_count - seen < 5 ? oms->change_count - seen : 5;
    if (count == 0) {
        line_answer(world, ticket, 20, EXCHANGE_ANSWERED, 304, "", "");
        return;
    }
    int len = snprintf(body, sizeof body, "{\"items\":[");
    for (unsigned i = 0; i < count; i++) {
        char document[DOCUMENT_MAX];
        unsigned index = changes ? oms->changes[seen + i] : from + i;
        write_document(&oms->orders[index], document, sizeof document);
        len += snprintf(body + len, sizeof body - (size_t)len,
                        "%s{\"op\":\"upsert\",\"shipment\":%s}", i > 0 ? "," : "", document);
    }
    if (changes) seen += count;
    else from += count;
    bool more = from < oms->published || seen < oms->change_count;
    snprintf(body + len, sizeof body - (size_t)len, "],\"cursor\":\"c%u.%u\",\"more\":%s}", from,
             seen, more ? "true" : "false");
    line_answer(world, ticket, 20, EXCHANGE_ANSWERED, 200, "application/json", body);
}

static void look_up(struct world *world, uint32_t ticket, const char *url)
{
    char body[DOCUMENT_MAX + 40];
    snprintf(body, sizeof body, "{\"items\":[]}");
    unsigned number = 0;
    const char *scan = strstr(url, "scan=WEB-");
    if (scan != NULL) sscanf(scan + 9, "%u", &number);
    if (number > 0 && number <= world->oms.count) {
        char document[DOCUMENT_MAX];
        write_document(&world->oms.orders[number - 1], document, sizeof document);
        snprintf(body, sizeof body, "{\"items\":[%s]}", document);
    }
    line_answer(world, ticket, 20, EXCHANGE_ANSWERED, 200, "application/json", body);
}

static void note_awb(struct world *world, char *kept, size_t size, const char *awb)
{
    if (kept[0] != '\0' && strcmp(kept, awb) != 0)
        sim_violation(world, "I2 one AWB for one parcel", awb);
    snprintf(kept, size, "%s", awb);
}

static void take_event(struct world *world, struct json event)
{
    char type[24], id[16], awb[SHIPMENT_AWB_SIZE];
    int64_t package_no = 0;
    if (!json_text_copy(json_get(event, "type"), type, sizeof type)) return;
    if (!json_text_copy(json_get(event, "shipment_id"), id, sizeof id)) return;
    struct sim_order *order = oms_order(world, id);
    if (order == NULL || !json_i64(json_get(event, "package_no"), 1, 3, &package_no)) return;
    if (!json_text_copy(json_get(event, "awb"), awb, sizeof awb)) return;
    if (strcmp(type, "unpacked") == 0) { /* it may be packed again, under another number */
        order->printed[package_no][0] = order->awbs[package_no][0] = '\0';
    } else if (strcmp(type, "booked") == 0) {
        note_awb(world, order->awbs[package_no], sizeof order->awbs[0], awb);
    } else if (strcmp(type, "label_printed") == 0) {
        /* Before its booking where the AWB was chosen beforehand. */
        note_awb(world, order->printed[package_no], sizeof order->printed[0], awb);
    }
}

/* What is told of an order that is no longer to be shipped like this is stored, not applied. */
static const char *conflict_of(struct world *world, struct json event)
{
    char id[16], type[24];
    if (!json_text_copy(json_get(event, "shipment_id"), id, sizeof id)) return NULL;
    if (!json_text_copy(json_get(event, "type"), type, sizeof type)) return NULL;
    const struct sim_order *order = oms_order(world, id);
    bool packs = strcmp(type, "booked") == 0 || strcmp(type, "label_printed") == 0;
    if (order == NULL || !packs) return NULL;
    if (order->cancelled) return "order_cancelled";
    return order->changed ? "order_changed" : NULL;
}

/* True when the batch was taken; false on a gap. */
static bool take_events(struct world *world, struct json root, char *results, size_t size)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json event;
    size_t len = 0;
    results[0] = '\0';
    while (json_each(json_get(root, "events"), &walk, &key, &event)) {
        int64_t seq = 0;
        if (!json_i64(json_get(event, "seq"), 1, INT64_MAX, &seq)) return false;
        bool again = (uint64_t)seq < world->oms.next_seq;
        if ((uint64_t)seq > world->oms.next_seq) return false;
        const char *conflict = again ? NULL : conflict_of(world, event);
        if (!again) {
            if (conflict == NULL) take_event(world, event);
            world->oms.next_seq++;
            world->oms.taken++;
        }
        const char *result = conflict != NULL ? "conflict" : again ? "duplicate" : "applied";
        len += (size_t)snprintf(results + len, size - len,
                                "%s{\"seq\":%lld,\"result\":\"%s\",\"code\":\"%s\"}",
                                len > 0 ? "," : "", (long long)seq, result,
                                conflict != NULL ? conflict : "");
    }
    return true;
}

struct push {
    uint32_t ticket;
    bool lost;
    char body[]; /* as long as it is */
};

static void push_arrives(struct world *world, void *data)
{
    const struct push *push = data;
    char results[4000], body[4200], epoch[20] = "";
    struct json root;
    struct scratch scratch = {world->json_memory, world->json_size};
    if (json_parse(bytes_of_text(push->body), scratch, &root) != JSON_OK) {
        sim_violation(world, "events are well-formed", push->body);
        return;
    }
    if (!json_text_copy(json_get(root, "epoch"), epoch, sizeof epoch)) epoch[0] = '\0';
    bool taken = take_events(world, root, results, sizeof results);
    if (!taken) sim_violation(world, "events have no gap", push->body);
    if (push->lost) return;
    snprintf(body, sizeof body,
             "{\"station\":\"bay-1\",\"epoch\":\"%s\",\"acked_seq\":%llu,\"results\":[%s]}", epoch,
             (unsigned long long)(world->oms.next_seq - 1), results);
    line_answer(world, push->ticket, 20, EXCHANGE_ANSWERED, 200, "application/json", body);
}

static void push_events(struct world *world, uint32_t ticket, const struct http_request *request)
{
    struct push *push = sim_alloc(sizeof *push + request->body.len + 1);
    push->ticket = ticket;
    memcpy(push->body, request->body.data, request->body.len);
    push->lost = sim_fault(world, FAULT_OMS_ANSWER_LOST, 50);
    if (push->lost) {
        world->report.lost_replies++;
        line_answer(world, ticket, 3000, EXCHANGE_MAYBE_SENT, 0, "", "");
    }
    sim_later(world, sim_between(world, 5, 500), true, push_arrives, push);
}

void oms_exchange(struct world *world, uint32_t ticket, const struct http_request *request)
{
    bool away = world->now_ms < world->away_until_ms[2];
    if (world->line_down) {
        line_answer(world, ticket, 20, EXCHANGE_NOT_SENT, 0, "", "");
    } else if (away || sim_fault(world, FAULT_OMS_NOT_SENT, 80)) {
        line_answer(world, ticket, sim_between(world, 1, 4000), EXCHANGE_NOT_SENT, 0, "", "");
    } else if (sim_fault(world, FAULT_OMS_ERROR, 30)) {
        line_answer(world, ticket, 30, EXCHANGE_ANSWERED, 503, "text/html", "<html>later</html>");
    } else if (strstr(request->url, "/events") != NULL) {
        push_events(world, ticket, request);
    } else if (strstr(request->url, "/lookup") != NULL) {
        look_up(world, ticket, request->url);
    } else {
        feed(world, ticket, request->url);
    }
}

static void give_event(struct world *world, void *data)
{
    sim_give(world, data);
}

void oms_cache_put(struct world *world, const struct command *command)
{
    struct event event = {.kind = EVENT_CACHE_STORED};
    event.cache.ticket = command->cache.ticket;
    event.cache.ok = true;
    for (size_t i = 0; i < command->cache.count; i++) {
        char *id = sim_copy(command->cache.items[i].id);
        struct sim_order *order = oms_order(world, id);
        if (order != NULL)
            world->cached[order - world->oms.orders] = command->cache.items[i].document.len > 0;
        free(id);
    }
    char *cursor = sim_copy(command->cache.cursor);
    sscanf(cursor, "c%u", &world->cache_cursor);
    free(cursor);
    struct event *later = sim_alloc(sizeof *later);
    *later = event;
    sim_later(world, 0, false, give_event, later);
}

struct find {
    uint32_t ticket;
    char scan[ORDER_KEY_SIZE];
};

static void give_found(struct world *world, void *data)
{
    const struct find *find = data;
    struct event event = {.kind = EVENT_CACHE_FOUND};
    char document[DOCUMENT_MAX];
    unsigned number = 0;
    event.cache.ticket = find->ticket;
    if (sscanf(find->scan, "WEB-%u", &number) == 1 && number > 0 && number <= world->oms.count &&
        world->cached[number - 1]) {
        write_document(&world->oms.orders[number - 1], document, sizeof document);
        event.cache.documents[0] = bytes_of_text(document);
        event.cache.count = 1;
    }
    sim_give(world, &event);
}

void oms_cache_find(struct world *world, uint32_t ticket, struct bytes scan)
{
    struct find *find = sim_alloc(sizeof *find);
    find->ticket = ticket;
    ENSURE(bytes_to_text(scan, find->scan, sizeof find->scan));
    bool slow = sim_fault(world, FAULT_DISK_SLOW, 100);
    sim_later(world, slow ? sim_between(world, 1, 9000) : 0, false, give_found, find);
}
