/* rules_pool.c - numbers handed out beforehand, and labels that are out ahead of the courier's yes.
 * What lies on the disk is looked at after every batch, so that no power cut and no full disk comes
 * between two looks: a number leaves the pool in the batch of the intent that takes it, or never.
 */
#include <stddef.h>
#include <string.h>

#include "tests/sim/world.h"

static const char *const lists[SIM_POOL_LISTS] = {"sandbox", "sandbox.cod", "delhivery",
                                                  "delhivery.cod"};

static struct sim_number *find_number(struct world *world, const char *awb)
{
    struct sim_number *number = world->numbers[sim_hash(awb)];
    while (number != NULL && strcmp(number->awb, awb) != 0) number = number->next;
    return number;
}

const char *rules_reference_of(struct world *world, const char *awb)
{
    const struct sim_number *number = find_number(world, awb);
    return number != NULL && number->reference[0] != '\0' ? number->reference : NULL;
}

static void add_number(struct world *world, const char *awb)
{
    struct sim_number *number = sim_alloc(sizeof *number);
    snprintf(number->awb, sizeof number->awb, "%s", awb);
    number->next = world->numbers[sim_hash(awb)];
    world->numbers[sim_hash(awb)] = number;
}

static struct bytes blob_text(struct world *world, const char *key)
{
    const struct sim_blob *blob = disk_find_blob(world, key);
    return blob == NULL ? BYTES_NONE : bytes_of(blob->data, blob->len);
}

/* What a start would find: "first used next", and the batches from first on. */
static void read_list(struct world *world, const char *name, struct sim_pool_list *out)
{
    char key[FACT_KEY_SIZE];
    unsigned first = 0, used = 0, next = 0;
    out->count = 0;
    snprintf(key, sizeof key, "pool/%s", name);
    struct bytes head = blob_text(world, key), line;
    if (head.len > 0) sscanf((const char *)head.data, "%u %u %u", &first, &used, &next);
    for (unsigned number = first; number < next; number++) {
        snprintf(key, sizeof key, "pool/%s/%u", name, number);
        struct bytes rest = blob_text(world, key);
        (void)bytes_split(&rest, '\n', &line); /* when it was fetched */
        for (unsigned i = 0; bytes_split(&rest, '\n', &line); i++) {
            if (line.len == 0 || (number == first && i < used)) continue;
            ENSURE(out->count < SIM_POOL_MAX);
            ENSURE(bytes_to_text(line, out->awbs[out->count++], SHIPMENT_AWB_SIZE));
        }
    }
}

static bool is_chosen(const struct parcel *intent, const char *awb)
{
    return intent != NULL && strcmp(intent->awb, awb) == 0;
}

/* Numbers leave a list at its front and come at its end. True when the intent's was among them. */
static bool compare(struct world *world, const struct sim_pool_list *before,
                    const struct sim_pool_list *after, const struct parcel *intent)
{
    size_t gone = 0;
    bool chosen = false;
    while (gone < before->count &&
           (after->count == 0 || strcmp(before->awbs[gone], after->awbs[0]) != 0)) {
        bool ours = is_chosen(intent, before->awbs[gone]);
        if (!ours) sim_violation(world, "no number of the pool is lost", before->awbs[gone]);
        chosen = chosen || ours;
        gone++;
    }
    for (size_t i = 0; i < after->count; i++) {
        const char *awb = after->awbs[i];
        if (gone + i < before->count) {
            if (strcmp(before->awbs[gone + i], awb) != 0)
                sim_violation(world, "no number of the pool is lost", before->awbs[gone + i]);
        } else if (find_number(world, awb) != NULL) {
            sim_violation(world, "I2 a number comes into the pool once", awb);
        } else {
            add_number(world, awb);
        }
    }
    return chosen;
}

static bool touches_pool(const struct batch *batch)
{
    for (size_t i = 0; i < batch->blob_count; i++) {
        if (bytes_start_with(batch->blobs[i].key, "pool/")) return true;
    }
    return false;
}

void rules_after_commit(struct world *world, const struct batch *batch, const struct parcel *intent)
{
    bool beforehand = intent != NULL && intent->awb[0] != '\0', chosen = false;
    if (!beforehand && !touches_pool(batch)) return;
    for (unsigned i = 0; i < SIM_POOL_LISTS; i++) {
        struct sim_pool_list *kept = &world->pools[i], *now = &world->pool_now;
        read_list(world, lists[i], now);
        chosen = compare(world, kept, now, intent) || chosen;
        memcpy(kept, now, offsetof(struct sim_pool_list, awbs) + now->count * sizeof now->awbs[0]);
    }
    if (!beforehand) return;
    if (!chosen) sim_violation(world, "I2 a number is given out once", intent->awb);
    struct sim_number *number = find_number(world, intent->awb);
    if (number != NULL)
        snprintf(number->reference, sizeof number->reference, "%s", intent->reference);
}

/* Proven unsent is a promise: no request is out while it is written down. */
void rules_at_aside(struct world *world, const struct parcel *parcel)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &world->station->bookings[slot];
        bool same = booking->state != BOOKING_FREE &&
                    strcmp(booking->parcel.reference, parcel->reference) == 0;
        bool out = same && (booking->state == BOOKING_SENDING || booking->unsure);
        if (out && strcmp(parcel->note, ASIDE_UNSENT) == 0)
            sim_violation(world, "I1 what is called unsent was not sent", parcel->reference);
    }
}

/* I11: a parcel whose label is out is not begun anew before that label is destroyed. */
void rules_at_again(struct world *world, const struct parcel *intent)
{
    struct parcel before;
    char key[FACT_KEY_SIZE];
    struct scratch scratch = {world->json_memory, world->json_size};
    if (intent->generation < 2) return;
    snprintf(key, sizeof key, "intent/%s/%u/%u", intent->order_id, intent->package_no,
             intent->generation - 1);
    const struct sim_fact *fact = disk_find(world, key);
    if (fact == NULL || !fact_parse(bytes_of_text(fact->body), scratch, &before)) return;
    const struct sim_shipment *booked = courier_find(world, 0, before.reference);
    if (booked == NULL) booked = courier_find(world, 1, before.reference);
    const char *awb = booked != NULL ? booked->awb : before.awb;
    snprintf(key, sizeof key, "taken_back/%s", before.reference);
    if (awb[0] != '\0' && bench_label(world, awb)->count > 0 && disk_find(world, key) == NULL)
        sim_violation(world, "I11 no second parcel while the first label is out", awb);
}

/* It ends on the disk before a request leaves. */
void rules_at_unsent(struct world *world, const char *reference)
{
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "aside/%s", reference);
    const struct sim_fact *aside = disk_find(world, key);
    if (aside == NULL || strstr(aside->body, "\"note\":\"" ASIDE_UNSENT "\"") == NULL) return;
    snprintf(key, sizeof key, "sending/%s", reference);
    if (disk_find(world, key) == NULL)
        sim_violation(world, "I1 that it is no longer unsent is durable before it is sent",
                      reference);
}

/* Does the list on the disk, in the field of the AWB, name it? */
static bool is_recalled(struct world *world, const char *awb)
{
    struct bytes rest = blob_text(world, "recalls"), line, field = BYTES_NONE;
    while (bytes_split(&rest, '\n', &line)) {
        for (unsigned i = 0; i < 4 && bytes_split(&line, '\t', &field); i++) continue;
        if (bytes_equal_text(field, awb)) return true;
    }
    return false;
}

/* The parcel at the bench may still be in question. */
static void check_told(struct world *world, const struct sim_shipment *shipment)
{
    struct parcel parcel;
    struct scratch scratch = {world->json_memory, world->json_size};
    const struct sim_fact *intent = disk_find_intent(world, shipment->reference);
    if (intent == NULL || !fact_parse(bytes_of_text(intent->body), scratch, &parcel)) return;
    const struct sim_order *order = oms_order(world, parcel.order_id);
    bool in_hand = world->station->packing.state == PACKING_HELD &&
                   strcmp(world->station->packing.parcel.reference, shipment->reference) == 0;
    if (in_hand || order == NULL || order->cancelled || order->changed) return;
    if (strcmp(order->printed[parcel.package_no], shipment->awb) != 0)
        sim_violation(world, "I5 every label that is out reaches the order system", shipment->awb);
}

/* I11: a label that is out belongs to a booking that stands, or it is called back. */
void rules_at_label_end(struct world *world, const struct sim_label *label)
{
    char key[FACT_KEY_SIZE] = "";
    for (unsigned c = 0; c < 2; c++) {
        for (size_t i = 0; i < world->couriers[c].count; i++) {
            const struct sim_shipment *shipment = &world->couriers[c].shipments[i];
            if (strcmp(shipment->awb, label->awb) != 0) continue;
            if (!shipment->cancelled) {
                check_told(world, shipment);
                return;
            }
            snprintf(key, sizeof key, "taken_back/%s", shipment->reference);
        }
    }
    const char *reference = rules_reference_of(world, label->awb);
    if (key[0] == '\0' && reference != NULL) snprintf(key, sizeof key, "taken_back/%s", reference);
    if (is_recalled(world, label->awb) || disk_find(world, key) != NULL) world->report.recalls++;
    else sim_violation(world, "I11 no label without a booking is left out", label->awb);
}
