/* rules.c - the promises, checked against the ledgers of the models (firmware/DESIGN.md numbers
 * them). */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define LATE_STEPS_MAX 8u

static struct scratch memory(struct world *world)
{
    return (struct scratch){world->json_memory, world->json_size};
}

/* I1, as the request leaves: the batch of this very step is not on the disk yet. */
void rules_at_request(struct world *world, const struct command *command)
{
    if (command->exchange.server == SERVER_OMS) return;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &world->station->bookings[slot];
        bool ours = booking->state != BOOKING_FREE && booking->ticket == command->exchange.ticket;
        if (!ours || booking->task.operation != CARRIER_BOOK) continue;
        if (disk_find_intent(world, booking->parcel.reference) == NULL) {
            sim_violation(world, "I1 the intent is durable before anything is sent",
                          booking->parcel.reference);
        }
        rules_at_unsent(world, booking->parcel.reference);
    }
}

/* I1: no request that spends money without a durable intent, with the very mass of the intent. */
void rules_before_booking(struct world *world, const char *reference, int64_t mass_g)
{
    const struct sim_fact *fact = disk_find_intent(world, reference);
    struct parcel parcel;
    if (fact == NULL) {
        sim_violation(world, "I1 no request that spends money without a durable intent", reference);
        return;
    }
    bool readable = fact_parse(bytes_of_text(fact->body), memory(world), &parcel);
    if (!readable || (parcel.mass_mg + 999) / 1000 != mass_g) {
        sim_violation(world, "I1 the courier is told the intent's mass", reference);
    }
}

/* I2: at most one live booking for a package of an order. */
void rules_after_booking(struct world *world, const struct sim_shipment *shipment)
{
    const struct sim_fact *fact = disk_find_intent(world, shipment->reference);
    struct parcel ours, other;
    if (fact == NULL || !fact_parse(bytes_of_text(fact->body), memory(world), &ours)) return;
    for (unsigned c = 0; c < 2; c++) {
        for (size_t i = 0; i < world->couriers[c].count; i++) {
            const struct sim_shipment *each = &world->couriers[c].shipments[i];
            bool same = each != shipment && strcmp(each->order_no, ours.order_no) == 0;
            if (!same || each->cancelled) continue;
            fact = disk_find_intent(world, each->reference);
            if (fact == NULL || !fact_parse(bytes_of_text(fact->body), memory(world), &other))
                continue;
            if (other.package_no == ours.package_no) {
                sim_violation(world, "I2 at most one live booking for a parcel",
                              shipment->reference);
            }
        }
    }
}

static bool is_hold_label(const struct world *world, const char *data)
{
    size_t len = strlen(world->config.station);
    return strncmp(data, world->config.station, len) == 0 && data[len] == '-';
}

static bool is_booked(const struct world *world, const char *awb)
{
    char key[FACT_KEY_SIZE];
    for (unsigned c = 0; c < 2; c++) {
        snprintf(key, sizeof key, "booked/%s/%s", world->config.carriers[c].name, awb);
        if (disk_find(world, key) != NULL) return true;
    }
    return false;
}

/* I3: no label without a durable booking, or a durable intent that holds its AWB; I4: no second
 * one without a person's word. A hold label carries our own number and may come out twice. */
void rules_at_label(struct world *world, const char *awb)
{
    struct sim_label *label = bench_label(world, awb);
    if (is_hold_label(world, awb)) {
        world->report.hold_labels++;
        label->allowed = label->count + 1;
    } else if (!is_booked(world, awb)) {
        if (rules_reference_of(world, awb) == NULL)
            sim_violation(world, "I3 no label without a durable booking or a durable AWB", awb);
        world->report.ahead++;
    }
    label->count++;
    world->report.labels++;
    if (label->count > label->allowed)
        sim_violation(world, "I4 no second label without a person's word", awb);
}

/* I2: where numbers are handed out beforehand, each is given to one parcel. */
void rules_at_awb(struct world *world, unsigned carrier, const char *awb, const char *reference)
{
    const struct sim_courier *courier = &world->couriers[carrier];
    for (size_t i = 0; i < courier->count && awb[0] != '\0'; i++) {
        const struct sim_shipment *each = &courier->shipments[i];
        bool twice = strcmp(each->awb, awb) == 0 && strcmp(each->reference, reference) != 0;
        if (twice) sim_violation(world, "I2 an AWB number is given to one parcel only", awb);
    }
}

/* The lock of one intent for a parcel opens again when that intent has come to nothing. */
void rules_at_double(struct world *world, struct bytes key)
{
    struct parcel parcel;
    char text[FACT_KEY_SIZE], no[2][FACT_KEY_SIZE];
    ENSURE(bytes_to_text(key, text, sizeof text));
    const struct sim_fact *fact = disk_find(world, text);
    if (fact == NULL || strcmp(fact->kind, "intent") != 0) return;
    if (!fact_parse(bytes_of_text(fact->body), memory(world), &parcel)) return;
    snprintf(no[0], sizeof no[0], "refused/%s", parcel.reference);
    snprintf(no[1], sizeof no[1], "absent/%s", parcel.reference);
    if (disk_find(world, no[0]) != NULL || disk_find(world, no[1]) != NULL) {
        sim_violation(world, "I2 what was refused may be booked again", text);
    }
}

void rules_at_scan(struct world *world, const char *text)
{
    struct sim_ledger *ledger = &world->ledger;
    if (strcmp(ledger->code, text) == 0) return;
    snprintf(ledger->code, sizeof ledger->code, "%s", text);
    ledger->scanned_ms = world->now_ms;
}

static int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Is what lies there still what was booked? Near zero it was lifted, and what comes is another. */
static void note_booked(struct world *world, bool heard)
{
    struct sim_ledger *ledger = &world->ledger;
    const struct sim_bench *bench = &world->bench;
    int64_t off_mg = bench->shown_mg - ledger->booked_mg;
    bool near = bench->shown_mg <= world->config.scale.empty_below_mg;
    if (near) ledger->booked[0] = '\0';
    if (ledger->booked[0] == '\0' || !heard || bench->shown_moving) return;
    bool off = (off_mg < 0 ? -off_mg : off_mg) > world->config.scale.division_mg;
    if (!off) ledger->off_since_ms = NOT_PRESENT;
    else if (ledger->off_since_ms == NOT_PRESENT) ledger->off_since_ms = world->now_ms;
}

/* I6, when a label begins. */
static void check_off(struct world *world, const struct parcel *parcel)
{
    const struct sim_ledger *ledger = &world->ledger;
    char key[FACT_KEY_SIZE];
    bool same = strcmp(ledger->booked, parcel->reference) == 0 && parcel->copy == 1;
    bool off = ledger->off_since_ms != NOT_PRESENT && ledger->off_since_ms < world->now_ms;
    snprintf(key, sizeof key, "weight_kept/%s", parcel->reference);
    if (same && off && disk_find(world, key) == NULL)
        sim_violation(world, "I6 no label while another mass lies there", parcel->reference);
}

/* I17, when a label begins. */
static void check_read(struct world *world, const char *body, const struct parcel *parcel)
{
    bool unread = strstr(body, "\"picture\":\"" SIM_UNREAD) != NULL;
    if (unread && strstr(body, "\"anyway_by\":\"") == NULL)
        sim_violation(world, "I17 no label whose AWB was not read back", parcel->reference);
}

void rules_at_frame(struct world *world, bool heard, bool known)
{
    note_booked(world, heard && known);
    if (!heard) return; /* nobody can have read it */
    struct sim_ledger *ledger = &world->ledger;
    const struct sim_bench *bench = &world->bench;
    int64_t low_mg = min_i64(ledger->rest_low_mg, bench->shown_mg);
    int64_t high_mg = -min_i64(-ledger->rest_high_mg, -bench->shown_mg);
    bool stands = !bench->shown_moving && ledger->rest_low_mg != NOT_PRESENT &&
                  high_mg - low_mg <= world->config.scale.division_mg;
    if (!stands) {
        ledger->rest_since_ms = world->now_ms;
        low_mg = bench->shown_moving ? NOT_PRESENT : bench->shown_mg;
        high_mg = low_mg;
    }
    ledger->rest_low_mg = low_mg;
    ledger->rest_high_mg = high_mg;
    ledger->shown_ms = world->now_ms;
    bool empty = !bench->shown_moving && bench->shown_mg <= world->config.scale.empty_below_mg &&
                 bench->shown_mg >= -world->config.scale.empty_below_mg;
    if (empty) ledger->empty_ms = world->now_ms;
}

/* I14: a zero, a tare: only while no parcel is weighed or booked, and a zero only near zero. */
void rules_at_scale_command(struct world *world, uint8_t letter)
{
    const struct sim_ledger *ledger = &world->ledger;
    int64_t limit_mg = world->config.scale.capacity_mg / 25;
    int64_t shown_mg = world->bench.shown_mg;
    if (ledger->booked[0] != '\0' || world->bench.shown_moving)
        sim_violation(world, "I14 the scale is left alone while a parcel is on its way", "");
    if (letter == 'Z' && (shown_mg > limit_mg || shown_mg < -limit_mg))
        sim_violation(world, "I14 no zero with goods on the plate", "");
}

static int64_t day_of(const struct world *world, int64_t wall_ms)
{
    const struct config_scale *scale = &world->config.scale;
    return (wall_ms + scale->utc_offset_min * INT64_C(60000)) / 86400000;
}

/* I14: a mass is booked only on a day with a good check, or with a name under a bad one. */
static void check_reference(struct world *world, const struct sim_fact *intent)
{
    bool good = world->config.scale.check_mass_mg == 0;
    for (size_t i = world->disk.count; i > 0 && !good; i--) {
        const struct sim_fact *fact = &world->disk.facts[i - 1];
        if (day_of(world, fact->at_ms) != day_of(world, intent->at_ms)) break;
        bool passed =
            strcmp(fact->kind, "scale_check") == 0 && strstr(fact->body, "\"ok\":true") != NULL;
        good = passed || strcmp(fact->kind, "scale_trusted") == 0;
    }
    if (!good) sim_violation(world, "I14 the scale was checked that day", intent->key);
}

static void check_mass(struct world *world, const struct parcel *parcel, const char *key)
{
    const struct sim_ledger *ledger = &world->ledger;
    int64_t since_ms = ledger->rest_since_ms;
    int64_t off_mg = parcel->mass_mg - world->bench.shown_mg;
    bool shown = !world->bench.shown_moving &&
                 (off_mg < 0 ? -off_mg : off_mg) <= world->config.scale.division_mg;
    if (!shown) sim_violation(world, "I6 the mass is the one shown at rest", key);
    if (world->now_ms - ledger->shown_ms > 500)
        sim_violation(world, "I6 the mass is not older than half a second", key);
    if (strcmp(ledger->code, parcel->order_no) == 0 && ledger->scanned_ms > since_ms)
        since_ms = ledger->scanned_ms;
    if (world->now_ms - since_ms < world->config.scale.stable_for_ms)
        sim_violation(world, "I6 the mass has stood long enough after the scan", key);
    if (ledger->empty_ms < ledger->done_ms)
        sim_violation(world, "I6 the plate was empty before", key);
}

/* I16: what the printer's counter proves has come out, and once; where it has come out twice, a
 * person was asked. */
static void check_evidence(struct world *world, const struct parcel *parcel)
{
    const struct sim_label *label = bench_label(world, parcel->awb);
    if (strcmp(parcel->evidence, "counter") != 0) return;
    if (label->count == 0) sim_violation(world, "I16 a label that was counted is out", parcel->awb);
    if (label->repeated)
        sim_violation(world, "I16 of two labels with one number a person is told", parcel->awb);
}

/* A frame of this very moment may reach the station after it. */
static void parcel_done(struct world *world)
{
    world->ledger.done_ms = world->now_ms;
    world->ledger.code[0] = world->ledger.booked[0] = '\0';
}

/* I6: no mass that was not stable, on the plate now, and taken after the scan. */
void rules_at_fact(struct world *world, const struct sim_fact *fact)
{
    struct parcel parcel;
    if (strcmp(fact->kind, "event") == 0) return;
    bool readable = fact_parse(bytes_of_text(fact->body), memory(world), &parcel);
    if (readable) tally_fact(&world->report.tally, fact->kind, &parcel);
    if (strcmp(fact->kind, "closed") == 0 || strcmp(fact->kind, "aside") == 0) parcel_done(world);
    if (readable && strcmp(fact->kind, "aside") == 0) rules_at_aside(world, &parcel);
    if (readable && strcmp(fact->kind, "intent") == 0) rules_at_again(world, &parcel);
    if (readable && strcmp(fact->kind, "print") == 0) {
        check_off(world, &parcel);
        check_read(world, fact->body, &parcel);
    }
    bool over = strcmp(fact->kind, "refused") == 0 || strcmp(fact->kind, "absent") == 0;
    if (readable && over && strcmp(world->ledger.booked, parcel.reference) == 0)
        world->ledger.booked[0] = '\0';
    if (readable && strcmp(fact->kind, "printed") == 0) check_evidence(world, &parcel);
    if (strcmp(fact->kind, "intent") != 0) return;
    if (!readable) {
        sim_violation(world, "an intent can be read back", fact->key);
        return;
    }
    check_mass(world, &parcel, fact->key);
    check_reference(world, fact);
    memcpy(world->ledger.booked, parcel.reference, sizeof world->ledger.booked);
    world->ledger.booked_mg = parcel.mass_mg;
    world->ledger.off_since_ms = NOT_PRESENT;
}

/* I7: a deadline is in the future or at once. What found no room in a step stays due and has its
 * turn in the next ones. The station's own checks have run inside the step. */
void rules_after_step(struct world *world)
{
    int64_t deadline_ms = station_deadline(world->station);
    bool past = deadline_ms < world->now_ms - 1000;
    world->late_steps = past ? world->late_steps + 1 : 0;
    if (world->late_steps > LATE_STEPS_MAX)
        sim_violation(world, "I7 no deadline is forgotten",
                      packing_state_word(world->station->packing.state));
}

/* I12: what was cancelled at the courier is known to be void, and no booking of a cancelled order
 * that this bench has packed stands. */
static void check_cancelled(struct world *world, const struct sim_shipment *shipment)
{
    char key[FACT_KEY_SIZE];
    unsigned number = 0;
    snprintf(key, sizeof key, "voided/%s", shipment->reference);
    bool voided = disk_find(world, key) != NULL;
    if (voided != shipment->cancelled)
        sim_violation(world, "I12 what is void at the courier is void here", shipment->reference);
    sscanf(shipment->order_no, "WEB-%u", &number);
    if (number > 0 && world->oms.orders[number - 1].cancelled && !shipment->cancelled)
        sim_violation(world, "I12 no booking of a cancelled order stands", shipment->reference);
}

static void check_shipment(struct world *world, unsigned carrier,
                           const struct sim_shipment *shipment)
{
    char key[FACT_KEY_SIZE];
    if (shipment->by_hand) return;
    snprintf(key, sizeof key, "booked/%s/%s", world->config.carriers[carrier].name, shipment->awb);
    if (disk_find(world, key) == NULL) {
        sim_violation(world, "I5 every booking at the courier is known to the bench",
                      shipment->reference);
    }
    check_cancelled(world, shipment);
}

static void check_booked(struct world *world, const struct sim_fact *fact)
{
    struct parcel parcel;
    if (!fact_parse(bytes_of_text(fact->body), memory(world), &parcel)) {
        sim_violation(world, "a booking can be read back", fact->key);
        return;
    }
    const struct sim_order *order = oms_order(world, parcel.order_id);
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "voided/%s", parcel.reference);
    if (disk_find(world, key) != NULL) return; /* it was told, and that it is void */
    if (order == NULL || strcmp(order->awbs[parcel.package_no], parcel.awb) != 0) {
        sim_violation(world, "I5 every booking reaches the order system", fact->key);
    }
}

/* I5, once the world is healed: the books of bench, couriers and order system agree. */
static bool has_fact(const struct world *world, const char *kind, const char *reference,
                     const char *rest)
{
    char key[FACT_KEY_SIZE];
    snprintf(key, sizeof key, "%s/%s%s", kind, reference, rest);
    return disk_find(world, key) != NULL;
}

/* I13: what lies on the shelf and is booked is on the list of those to be fetched. */
static void check_shelf(struct world *world, const struct sim_fact *fact)
{
    struct parcel parcel;
    if (!fact_parse(bytes_of_text(fact->body), memory(world), &parcel)) return;
    bool left = has_fact(world, "print", parcel.reference, "/1") ||
                has_fact(world, "closed", parcel.reference, "") ||
                has_fact(world, "voided", parcel.reference, "");
    bool listed = parcel_list_find(&world->station->shelf, bytes_of_text(parcel.reference)) != NULL;
    bool held = strcmp(world->station->packing.parcel.reference, parcel.reference) == 0;
    char kept[FACT_KEY_SIZE];
    snprintf(kept, sizeof kept, "\"reference\":\"%s\"", parcel.reference);
    bool booked = false;
    for (size_t i = 0; i < world->disk.count && !booked; i++) {
        const struct sim_fact *other = &world->disk.facts[i];
        booked = strcmp(other->kind, "booked") == 0 && strstr(other->body, kept) != NULL;
    }
    bool full = world->station->shelf.count == PARCEL_LIST_MAX;
    if (booked && !left && !listed && !held && !full)
        sim_violation(world, "I13 what is booked on the shelf is to be fetched", parcel.reference);
}

void rules_at_end(struct world *world)
{
    for (unsigned c = 0; c < 2; c++) {
        for (size_t i = 0; i < world->couriers[c].count; i++) {
            check_shipment(world, c, &world->couriers[c].shipments[i]);
        }
    }
    for (size_t i = 0; i < world->disk.count; i++) {
        const struct sim_fact *fact = &world->disk.facts[i];
        if (strcmp(fact->kind, "booked") == 0) check_booked(world, fact);
        if (strcmp(fact->kind, "aside") == 0) check_shelf(world, fact);
    }
    for (size_t b = 0; b < HASH_BUCKETS; b++) {
        for (const struct sim_label *label = world->labels[b]; label != NULL; label = label->next) {
            if (label->count > 0 && !is_hold_label(world, label->awb))
                rules_at_label_end(world, label);
        }
    }
    enum packing_state state = world->station->packing.state;
    if (state != PACKING_IDLE && state != PACKING_HELD) {
        sim_violation(world, "I9 the station comes to rest", packing_state_word(state));
    }
}
