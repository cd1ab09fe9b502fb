/* model_bench.c - ports, scale, scanner and the packer, with their faults. The scale is a Toledo
 * that talks five times a second while anything moves; the packer is human. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define FRAME_EVERY_MS 200
#define FRAME_AT_REST_MS 800 /* a slow scale; and so that an idle bench does not fill the run */
#define REST_MS 1000         /* the newest weight is shown this long, five frames a second */
#define ZEBRA "MFG:Zebra Technologies;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;"

/* --- ports
 * ------------------------------------------------------------------------------------------- */

struct port_news {
    enum event_kind kind;
    uint32_t port;
    enum err error;
    uint64_t drained;
    size_t len;
    uint8_t bytes[]; /* len of them */
};

static void give_port(struct world *world, void *data)
{
    const struct port_news *news = data;
    struct event event = {.kind = news->kind};
    event.port.port = news->port;
    event.port.drained = news->drained;
    event.port.error = news->error;
    event.port.bytes = bytes_of(news->bytes, news->len);
    event.port.sentence = "";
    /* The printer tells who it is. */
    struct device_identity identity = {.is_printer = true, .can_read = true};
    identity.device_id = event.port.bytes;
    if (news->kind == EVENT_PORT_OPENED) {
        event.port.bytes = BYTES_NONE;
        event.port.identity = news->len > 0 ? &identity : NULL;
    }
    sim_give(world, &event);
}

void bench_tell(struct world *world, int64_t in_ms, enum event_kind kind, uint32_t port,
                const void *bytes, size_t len)
{
    struct port_news *news = sim_alloc(sizeof *news + len);
    news->kind = kind;
    news->port = port;
    if (kind == EVENT_PORT_CLOSED) news->error = ERR_CLOSED;
    if (kind == EVENT_PORT_FAILED) news->error = ERR_IO;
    news->len = len;
    if (len > 0) memcpy(news->bytes, bytes, len);
    sim_later(world, in_ms, false, give_port, news);
}

void bench_drained(struct world *world, uint32_t port, uint64_t drained)
{
    struct port_news *news = sim_alloc(sizeof *news);
    news->kind = EVENT_PORT_DRAINED;
    news->port = port;
    news->drained = drained;
    sim_later(world, sim_between(world, 1, 60), false, give_port, news);
}

static void scale_frame(struct world *world, void *unused);

void bench_open(struct world *world, const struct command *command)
{
    struct sim_bench *bench = &world->bench;
    bool printer = command->port.role == PORT_PRINTER;
    if (!plugs_open(world, command)) {
        bench_tell(world, 5, EVENT_PORT_FAILED, command->port.port, NULL, 0);
        return;
    }
    if (sim_fault(world, FAULT_OPEN_FAILED, 50)) {
        bench_tell(world, 5, EVENT_PORT_FAILED, command->port.port, NULL, 0);
        return;
    }
    if (printer)
        bench_tell(world, 5, EVENT_PORT_OPENED, command->port.port, ZEBRA, sizeof ZEBRA - 1);
    else bench_tell(world, 5, EVENT_PORT_OPENED, command->port.port, NULL, 0);
    switch (command->port.role) {
    case PORT_SCALE:
        bench->scale_port = command->port.port;
        bench->scale_baud = command->port.line.baud;
        bench->scale_frames = 0;
        /* It shows itself as one that has just been switched on. */
        if (world->plugs.on && bench->still_ms < world->now_ms) bench->still_ms = world->now_ms;
        /* One scale talks, however often its line is opened anew. */
        if (!bench->scale_talks) sim_later_static(world, FRAME_EVERY_MS, false, scale_frame);
        bench->scale_talks = true;
        break;
    case PORT_SCANNER: bench->scanner_port = command->port.port; break;
    case PORT_PRINTER:
        bench->printer_port = command->port.port;
        bench->written = 0;
        bench->inbox_len = 0;
        break;
    }
}

void bench_start(struct world *world)
{
    world->bench.scale_port = world->bench.scanner_port = world->bench.printer_port = 0;
    world->bench.scale_talks = false;
}

void bench_cut(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    bench->inbox_len = 0;
    world->ledger.booked[0] = '\0';               /* what was taken before is not remembered */
    if (sim_below(world, 2) == 0) bench->power++; /* the printer lost its power too */
    if (bench->order != ORDER_COUNT_MAX) bench->tries = 0;
}

void bench_unplug(struct world *world, uint32_t *port, enum sim_plug plug)
{
    if (*port == 0) return;
    bench_tell(world, 1, EVENT_PORT_CLOSED, *port, NULL, 0);
    *port = 0;
    plugs_pulled(world, plug);
}

/* --- scale
 * ------------------------------------------------------------------------------------------- */

static void put_digits(uint8_t *at, int64_t value)
{
    for (int i = 5; i >= 0; i--) {
        at[i] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

/* What the display shows of this load. */
static int64_t shown_of(const struct sim_bench *bench, int64_t load_mg)
{
    int64_t tare_mg = bench->tare_mg > 0 ? bench->tare_mg : 0;
    return load_mg + bench->zero_mg - tare_mg;
}

/* A Toledo takes bare letters; no other byte does anything. It zeroes and tares only at rest. */
void bench_scale_hears(struct world *world, struct bytes bytes)
{
    struct sim_bench *bench = &world->bench;
    for (size_t i = 0; i < bytes.len && world->now_ms >= bench->still_ms; i++) {
        if (bytes.data[i] == 'Z') bench->zero_mg = -bench->plate_mg;
        if (bytes.data[i] == 'T') bench->tare_mg = bench->plate_mg + bench->zero_mg;
        if (bytes.data[i] == 'C') bench->tare_mg = 0;
        bool commands = memchr("ZTC", bytes.data[i], 3) != NULL; /* others only ask */
        if (commands) rules_at_scale_command(world, bytes.data[i]);
    }
}

/* While it moves any number may show, and the same one for a while. */
static int64_t moving_mass(struct world *world)
{
    const struct sim_bench *bench = &world->bench;
    if (bench->shown_moving && sim_below(world, 4) != 0) return bench->shown_mg;
    return shown_of(bench, 1000 * sim_between(world, 0, bench->plate_mg / 1000 + 2));
}

static void scale_frame(struct world *world, void *unused)
{
    struct sim_bench *bench = &world->bench;
    uint8_t frame[18] = {0x02, 0x20 | 0x0D, 0x30, 0x20};
    (void)unused;
    if (bench->scale_port == 0) {
        bench->scale_talks = false;
        return;
    }
    bool moving = world->now_ms < bench->still_ms;
    int64_t mass_mg = moving ? moving_mass(world) : shown_of(bench, bench->plate_mg);
    if (!moving && bench->flickers) mass_mg += 1000 * (int64_t)sim_below(world, 2);
    if (moving) frame[2] |= 0x08;
    if (mass_mg < 0) frame[2] |= 0x02;
    if (bench->tare_mg > 0) frame[2] |= 0x01;
    bench->shown_mg = mass_mg;
    bench->shown_moving = moving;
    bool noise = sim_fault(world, FAULT_SCALE_NOISE, 10);
    bool heard = !world->plugs.on || bench->scale_baud == 9600;
    /* One that is still being looked for stops nobody: three frames, at its own speed. */
    bench->scale_frames += heard;
    bool known = !world->plugs.on || bench->scale_frames > 3;
    rules_at_frame(world, heard && !noise, known);
    trace_scale(world);
    put_digits(frame + 4, (mass_mg < 0 ? -mass_mg : mass_mg) / 1000); /* in whole grams */
    put_digits(frame + 10, bench->tare_mg / 1000);
    frame[16] = 0x0D;
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) sum += frame[i] & 0x7Fu;
    frame[17] = (uint8_t)((0x80u - (sum & 0x7Fu)) & 0x7Fu);
    if (noise) frame[sim_below(world, sizeof frame)] ^= 0x11;
    if (heard) bench_tell(world, 0, EVENT_PORT_BYTES, bench->scale_port, frame, sizeof frame);
    bool rests = world->now_ms > bench->still_ms + REST_MS;
    bench->scale_talks = !sim_fault(world, FAULT_SCALE_UNPLUGGED, 1);
    if (!bench->scale_talks) bench_unplug(world, &bench->scale_port, PLUG_SCALE);
    else sim_later_static(world, rests ? FRAME_AT_REST_MS : FRAME_EVERY_MS, false, scale_frame);
}

void bench_lay(struct world *world, int64_t mass_mg)
{
    world->bench.plate_mg = mass_mg;
    world->bench.still_ms = world->now_ms + sim_between(world, 100, 1500);
    world->bench.flickers = mass_mg > 0 && sim_fault(world, FAULT_SCALE_FLICKERS, 100);
}

/* What is unplugged stays so; the rest takes the kernel's time, or is not possible at all. */
void bench_mend(struct world *world, const struct command *command)
{
    struct port_news *news = sim_alloc(sizeof *news);
    news->kind = EVENT_PORT_MENDED;
    news->port = command->port.port;
    news->error = sim_below(world, 3) == 0 ? ERR_UNSUPPORTED : ERR_NONE;
    sim_later(world, sim_between(world, 100, 3000), false, give_port, news);
}

/* --- packer
 * ------------------------------------------------------------------------------------------ */

void bench_scan(struct world *world, const char *text)
{
    char line[64];
    int len = snprintf(line, sizeof line, "%s\r", text);
    if (world->bench.scanner_port == 0) return;
    rules_at_scan(world, text);
    sim_trace(world, "scan", text);
    bench_tell(world, 1, EVENT_PORT_BYTES, world->bench.scanner_port, line, (size_t)len);
    if (sim_fault(world, FAULT_DOUBLE_SCAN, 50))
        bench_tell(world, 120, EVENT_PORT_BYTES, world->bench.scanner_port, line, (size_t)len);
}

void bench_press(struct world *world, enum press which, const char *text)
{
    struct event event = {.kind = EVENT_PRESS};
    event.press.press = which;
    snprintf(event.press.text, sizeof event.press.text, "%s", text);
    sim_trace(world, "press", press_word(which));
    sim_give(world, &event);
}

/* The screen says that the empty plate is not at zero: it is zeroed once it lies still. */
static bool sees_wrong_zero(struct world *world)
{
    enum weight_hint hint =
        weighing_hint(&world->station->weighing, &world->config.scale, world->now_ms);
    bool wrong = hint == WEIGHT_ZERO_DRIFT || hint == WEIGHT_UNDERLOAD ||
                 hint == WEIGHT_NOT_EMPTIED || hint == WEIGHT_STUCK;
    if (!wrong || world->bench.plate_mg != 0) return false;
    if (world->now_ms > world->bench.still_ms + 1000) bench_press(world, PRESS_ZERO, "");
    return true;
}

/* A person who looks: is there a label with this number lying there? */
static void answer_label_question(struct world *world)
{
    const char *awb = world->station->packing.parcel.awb;
    struct sim_label *label = bench_label(world, awb);
    bool coming = world->now_ms < world->bench.busy_until_ms + 100 && !world->bench.paper_out;
    if (coming) return; /* it is just coming out: wait and look again */
    if (label->count == label->allowed) {
        bench_press(world, PRESS_LABEL_OK, "");
        return;
    }
    bench_press(world, PRESS_LABEL_MISSING, "");
}

static void answer_needs_person(struct world *world)
{
    const struct packing *packing = &world->station->packing;
    const struct booking *booking = &world->station->bookings[packing->slot];
    const struct sim_shipment *there =
        courier_find(world, booking->carrier, booking->parcel.reference);
    int64_t settle_s = world->station->carriers[booking->carrier]->promises.settle_s;
    if (world->now_ms - booking->sent_ms < settle_s * 1000) return; /* asks when it has settled */
    if (there != NULL && packing->reason == HELD_AWB_TWICE) {
        bench_press(world, PRESS_SET_ASIDE, "");
        return;
    }
    if (there != NULL) courier_cancel_by_hand(world, booking->carrier, there->awb);
    bench_press(world, PRESS_NOT_BOOKED, "");
}

static void leave_order(struct world *world)
{
    world->bench.order = ORDER_COUNT_MAX;
    world->bench.placed = false;
    bench_lay(world, 0);
}

static void put_on_shelf(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    world->report.asides++;
    if (bench->order != ORDER_COUNT_MAX && bench->shelf_count < world->oms.count) {
        bench->shelf[bench->shelf_count++] = bench->order;
    }
}

/* The reference mass is fetched; now and then somebody has damaged it, and after a while the
 * supervisor packs all the same. */
static void answer_check(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    int64_t mass_mg = world->config.scale.check_mass_mg;
    bool lies = bench->plate_mg > mass_mg / 2;
    if (lies && world->now_ms < bench->still_ms + 5000) return; /* waits for it to be taken */
    if (lies) {
        if (sim_below(world, 2) == 0) bench_press(world, PRESS_CHECK_SCALE, "");
        if (sim_below(world, 3) == 0) bench_press(world, PRESS_TRUST_SCALE, "Meera");
        bench_lay(world, 0);
    } else if (bench->plate_mg != 0) {
        bench_lay(world, 0);
    } else if (!sees_wrong_zero(world)) {
        bool damaged = sim_fault(world, FAULT_REFERENCE_WRONG, 100);
        bench_lay(world, mass_mg + (damaged ? 20000 : 0));
    }
}

static void answer_held(struct world *world)
{
    enum press presses[PACKING_PRESSES_MAX];
    const struct packing *packing = &world->station->packing;
    if (packing->reason == HELD_SCALE_CHECK) {
        if (sim_below(world, 3) == 0) answer_check(world);
        return;
    }
    size_t count = packing_presses(packing, &world->station->floor, presses);
    if (sim_below(world, 3) != 0) return; /* thinks */
    if (packing->reason == HELD_LABEL_UNKNOWN) {
        answer_label_question(world);
    } else if (packing->reason == HELD_NEEDS_PERSON || packing->reason == HELD_AWB_TWICE) {
        answer_needs_person(world);
    } else if (packing->reason == HELD_RECALLED) {
        bench_press(world, PRESS_TAKEN_BACK, "");
        if (sim_below(world, 2) == 0) put_on_shelf(world); /* to be packed again, if it may be */
        leave_order(world);
    } else if (count > 0) {
        bool last_word = world->bench.tries++ > 5;
        enum press choice = last_word ? presses[count - 1] : presses[sim_below(world, count)];
        if (choice == PRESS_REPRINT) choice = presses[0]; /* nobody gave a reason for another */
        bool too_early = packing->reason == HELD_NOT_BOOKED_YET && choice == PRESS_GIVE_UP;
        if (choice == PRESS_SET_ASIDE || too_early) put_on_shelf(world);
        bench_press(world, choice, choice == PRESS_LABEL_ANYWAY ? "Meera" : "");
        if (choice == PRESS_GIVE_UP || choice == PRESS_SET_ASIDE) leave_order(world);
    }
}

/* A parcel of which only a person can find out whether it is booked. */
static bool find_for_person(const struct world *world, unsigned *out_order)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &world->station->bookings[slot];
        unsigned number = 0;
        if (booking->state != BOOKING_PERSON || booking->reason == REASON_AWB_USED) continue;
        if (sscanf(booking->parcel.order_no, "WEB-%u", &number) != 1) continue;
        *out_order = number - 1;
        return true;
    }
    return false;
}

/* One that the screen calls back, now and then. */
static bool find_recalled(struct world *world, unsigned *out_order)
{
    const struct parcel_list *recalls = &world->station->recalls;
    unsigned number = 0;
    if (recalls->count == 0 || sim_below(world, 6) != 0) return false;
    const char *order_no = recalls->entries[sim_below(world, recalls->count)].order_no;
    if (sscanf(order_no, "WEB-%u", &number) != 1) return false;
    *out_order = number - 1;
    return true;
}

static void take_next(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    bool from_shelf = bench->shelf_count > 0 &&
                      (bench->next_order == world->oms.count || sim_below(world, 20) == 0);
    bench->tries = 0;
    sim_chance_anew(world, ++bench->taken);
    if (find_recalled(world, &bench->order)) {
        sim_trace(world, "fetches", world->oms.orders[bench->order].order_no);
    } else if (from_shelf) {
        bench->order = bench->shelf[--bench->shelf_count];
    } else if (bench->next_order < world->oms.count) {
        bench->order = bench->next_order;
        if (sim_below(world, 30) != 0) bench->next_order++; /* else it is scanned again later on */
    } else if (!find_for_person(world, &bench->order)) {
        return;
    }
    if (world->oms.published < bench->next_order + 10)
        world->oms.published = bench->next_order + 10;
    if (world->oms.published > world->oms.count) world->oms.published = world->oms.count;
    bool wrong = sim_fault(world, FAULT_WRONG_SCAN, 10);
    bench_scan(world, wrong ? "NO-SUCH-ORDER" : world->oms.orders[bench->order].order_no);
    if (sim_below(world, 4) == 0) { /* parcel first, or at once */
        bench_lay(world, 1000 * sim_between(world, 50, 20000));
        bench->placed = true;
    }
}

/* At IDLE with an order in hand: it is done, or the scan was not heard. */
static void back_at_idle(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    const struct packing *packing = &world->station->packing;
    const struct sim_order *order = &world->oms.orders[bench->order];
    bool done = strcmp(packing->last.order_no, order->order_no) == 0;
    if (done || bench->tries++ > 4) {
        bool more = done && packing->last.packages_total > packing->last.package_no;
        unsigned again = bench->order;
        leave_order(world);
        if (more && bench->shelf_count < world->oms.count)
            bench->shelf[bench->shelf_count++] = again;
        return;
    }
    if (bench->tries % 2 == 0) bench_scan(world, order->order_no);
}

/* The screen says that something was added: it is taken off, all is lifted, or it is meant. */
static void answer_weight(struct world *world)
{
    if (sim_below(world, 3) != 0) return; /* looks */
    switch (sim_below(world, 3)) {
    case 0: bench_press(world, PRESS_PRINT, ""); break;
    case 1: bench_lay(world, world->station->packing.mass_mg); break;
    default: bench_lay(world, 0); break;
    }
}

static void handle_order(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    const struct packing *packing = &world->station->packing;
    switch (packing->state) {
    case PACKING_IDLE: back_at_idle(world); break;
    case PACKING_WEIGHING:
        if (!bench->placed) {
            if (world->bench.plate_mg != 0) bench_lay(world, 0);
            else if (!sees_wrong_zero(world)) {
                bench_lay(world, 1000 * sim_between(world, 50, 20000));
                bench->placed = true;
            }
        } else if (weighing_hint(&world->station->weighing, &world->config.scale, world->now_ms) ==
                   WEIGHT_NOT_EMPTIED) {
            bench_lay(world, 0);
            bench->placed = false;
        }
        break;
    case PACKING_BOOKING:
        if (packing->slow && sim_below(world, 6) == 0) {
            put_on_shelf(world);
            bench_press(world, PRESS_SET_ASIDE, "");
            leave_order(world);
        }
        break;
    case PACKING_PRINTING:
        if (packing_weight_is_off(packing, &world->station->floor)) answer_weight(world);
        break;
    case PACKING_RATING: /* semi-manual: it waits for the word */
        if (sim_below(world, 3) == 0) bench_press(world, PRESS_PRINT, "");
        break;
    case PACKING_RECOVERING:
    case PACKING_FINDING:
    case PACKING_CLOSING:
    case PACKING_HELD: break;
    }
}

static void disturb(struct world *world)
{
    struct sim_bench *bench = &world->bench;
    if (sim_fault(world, FAULT_PRINTER_UNPLUGGED, 1))
        bench_unplug(world, &bench->printer_port, PLUG_PRINTER);
    if (sim_fault(world, FAULT_SCANNER_UNPLUGGED, 1))
        bench_unplug(world, &bench->scanner_port, PLUG_SCANNER);
    if (sim_fault(world, FAULT_FOREIGN_SCAN, 2)) bench_scan(world, "WEB-1");
    enum packing_state state = world->station->packing.state;
    bool weighed = state == PACKING_BOOKING || state == PACKING_PRINTING;
    if (weighed && bench->plate_mg > 0 && sim_fault(world, FAULT_ADDED_LOAD, 5))
        bench_lay(world, bench->plate_mg + 50000);
    if (sim_fault(world, FAULT_ZERO_DRIFTS, 1)) bench->zero_mg += 1000 * sim_between(world, -8, 8);
    if (sim_fault(world, FAULT_FOREIGN_LOAD, 1))
        bench_lay(world, 1000 * sim_between(world, 0, 20000));
}

/* The permission to print once more is the person's word, and nothing else. */
static void note_permission(struct world *world, enum held_reason reason_before,
                            unsigned copy_before)
{
    const struct packing *packing = &world->station->packing;
    bool again = reason_before == HELD_LABEL_UNKNOWN && packing->parcel.copy == copy_before + 1;
    if (!again) return;
    struct sim_label *label = bench_label(world, packing->parcel.awb);
    label->allowed = label->count + 1;
    label->repeated = false;
}

/* Now and then the packer moves in the very millisecond in which something of the station is due:
 * what one step does for two reasons is where mistakes hide. */
static int64_t next_look_ms(struct world *world)
{
    int64_t span_ms = sim_between(world, 150, 700);
    bool at_deadline = sim_below(world, 4) == 0 && world->running;
    if (!at_deadline) return span_ms;
    int64_t due_ms = station_deadline(world->station) - world->now_ms;
    return due_ms >= 1 && due_ms <= 2000 ? due_ms : span_ms;
}

void bench_packer(struct world *world, void *unused)
{
    (void)unused;
    sim_later_static(world, next_look_ms(world), true, bench_packer);
    if (!world->running) return;
    const struct packing *packing = &world->station->packing;
    if (packing->state == PACKING_RECOVERING) return;
    disturb(world);
    enum held_reason reason = packing->reason;
    unsigned copy = packing->parcel.copy;
    if (packing->state == PACKING_HELD) answer_held(world);
    else if (world->bench.order == ORDER_COUNT_MAX && packing->state == PACKING_IDLE)
        take_next(world);
    else if (world->bench.order != ORDER_COUNT_MAX) handle_order(world);
    else if (packing->state == PACKING_BOOKING && packing->slow)
        bench_press(world, PRESS_SET_ASIDE, "");
    else if (packing->state == PACKING_WEIGHING) bench_press(world, PRESS_GIVE_UP, "");
    note_permission(world, reason, copy);
}

bool bench_done(const struct world *world)
{
    const struct sim_bench *bench = &world->bench;
    bool all = bench->next_order == world->oms.count && bench->order == ORDER_COUNT_MAX;
    bool at_rest = world->running && (world->station->packing.state == PACKING_IDLE ||
                                      world->station->packing.state == PACKING_HELD);
    unsigned order = 0;
    return all && bench->shelf_count == 0 && at_rest && !find_for_person(world, &order);
}
