/* backlog.c - see backlog.h for the states and the invariant. */
#include "firmware/station/backlog.h"

#include <string.h>

#define INDEX_ROWS (CONFIG_CARRIERS_MAX * BACKLOG_AT_ONCE) /* + lane: its rows */
#define INDEX_COUNT (INDEX_ROWS + CONFIG_CARRIERS_MAX)
#define STORE_AGAIN_MS 1000
#define FREE_SLOTS_MIN 2u /* one is for the parcel in hand */

static void make_lanes(struct backlog *backlog, const struct step *step, int64_t seq)
{
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        struct backlog_lane *lane = &backlog->lanes[i];
        memset(lane, 0, sizeof *lane);
        lane->read_seq = seq;
        bool named = i < step->config->carrier_count && step->carriers[i] != NULL;
        if (!named) continue;
        memcpy(lane->carrier, step->config->carriers[i].name, sizeof lane->carrier);
        lane->work = true;
    }
    backlog->checking = false;
    backlog->foreign_seq = 0;
}

void backlog_init(struct backlog *backlog)
{
    memset(backlog, 0, sizeof *backlog);
}

void backlog_start(struct backlog *backlog, struct step *step, int64_t cursor_seq)
{
    backlog->stored_seq = cursor_seq;
    backlog->count_seq = cursor_seq;
    backlog->count_end_seq = step->last_seq;
    backlog->started = true;
    make_lanes(backlog, step, cursor_seq);
}

/* Everything up to here is done. */
static int64_t position(const struct backlog *backlog)
{
    int64_t seq = INT64_MAX;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        const struct backlog_lane *lane = &backlog->lanes[i];
        if (lane->carrier[0] == '\0') continue;
        if (lane->read_seq < seq) seq = lane->read_seq;
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
            const struct backlog_entry *entry = &lane->entries[e];
            if (entry->state != BACKLOG_NONE && entry->seq - 1 < seq) seq = entry->seq - 1;
        }
    }
    if (backlog->foreign_seq > 0 && backlog->foreign_seq - 1 < seq) seq = backlog->foreign_seq - 1;
    return seq == INT64_MAX ? backlog->stored_seq : seq;
}

void backlog_restart(struct backlog *backlog, struct step *step)
{
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        tickets_drop(step->tickets, backlog->lanes[i].ticket);
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++)
            tickets_drop(step->tickets, backlog->lanes[i].entries[e].ticket);
    }
    int64_t seq = position(backlog);
    make_lanes(backlog, step, seq);
    tickets_drop(step->tickets, backlog->count_ticket);
    backlog->count_ticket = 0;
    backlog->waiting = 0;
    backlog->count_seq = seq;
    backlog->count_end_seq = step->last_seq;
}

/* --- reading on --- */

static void read_lane(struct backlog *backlog, struct step *step, unsigned index)
{
    struct backlog_lane *lane = &backlog->lanes[index];
    struct command *command = commands_add(step->commands, COMMAND_READ_ROWS);
    command->read.ticket = tickets_take(step->tickets, OWNER_BACKLOG, INDEX_ROWS + index);
    command->read.after_seq = lane->read_seq;
    lane->ticket = command->read.ticket;
    lane->work = false;
}

static struct backlog_entry *free_entry(struct backlog_lane *lane)
{
    for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
        if (lane->entries[e].state == BACKLOG_NONE) return &lane->entries[e];
    }
    return NULL;
}

/* False when this row must wait until an entry is free. */
static bool take_row(struct backlog *backlog, struct step *step, struct backlog_lane *lane,
                     const struct event_row *row)
{
    struct parcel parcel;
    if (!bytes_equal_text(row->kind, fact_kind_word(FACT_ASIDE))) return true;
    if (!fact_parse(row->body, step->scratch, &parcel)) return true; /* recovery has said so */
    bool foreign = step_carrier_index(step, parcel.carrier) == CONFIG_CARRIERS_MAX;
    if (foreign && (backlog->foreign_seq == 0 || row->seq < backlog->foreign_seq)) {
        backlog->foreign_seq = row->seq;
        commands_log(step->commands, LOG_ALARM, "log_backlog_foreign", "order_no", parcel.order_no,
                     "carrier", parcel.carrier, NULL);
    }
    if (strcmp(parcel.carrier, lane->carrier) != 0) return true;
    struct backlog_entry *entry = free_entry(lane);
    if (entry == NULL) return false;
    *entry = (struct backlog_entry){.state = BACKLOG_CHECKING,
                                    .seq = row->seq,
                                    .at_ms = row->at_ms,
                                    .parcel = parcel,
                                    .due_ms = NO_DEADLINE};
    return true;
}

static void take_rows(struct backlog *backlog, struct step *step, struct backlog_lane *lane,
                      const struct event *event)
{
    bool all = true;
    for (size_t i = 0; i < event->rows.count && all; i++) {
        all = take_row(backlog, step, lane, &event->rows.rows[i]);
        if (all) lane->read_seq = event->rows.rows[i].seq;
    }
    lane->work = lane->work || !all || event->rows.more;
}

static void count_on(struct backlog *backlog, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_ROWS);
    command->read.ticket = tickets_take(step->tickets, OWNER_BACKLOG, INDEX_COUNT);
    command->read.after_seq = backlog->count_seq;
    backlog->count_ticket = command->read.ticket;
}

static void take_count(struct backlog *backlog, const struct event *event)
{
    backlog->count_ticket = 0;
    for (size_t i = 0; i < event->rows.count; i++) {
        const struct event_row *row = &event->rows.rows[i];
        backlog->count_seq = row->seq;
        if (row->seq > backlog->count_end_seq) break;
        backlog->waiting += bytes_equal_text(row->kind, fact_kind_word(FACT_ASIDE));
    }
    if (!event->rows.more) backlog->count_seq = backlog->count_end_seq;
}

/* --- one parcel --- */

static void done(struct backlog *backlog, struct backlog_entry *entry)
{
    *entry = (struct backlog_entry){.state = BACKLOG_NONE};
    backlog->waiting--;
}

static void wait(struct backlog_entry *entry, int64_t due_ms)
{
    entry->state = BACKLOG_WAITING;
    entry->ticket = 0;
    entry->due_ms = due_ms;
}

static unsigned slot_of(const struct backlog_floor *floor, const char *reference)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        const struct booking *booking = &floor->bookings[slot];
        if (booking->state != BOOKING_FREE && strcmp(booking->parcel.reference, reference) == 0)
            return slot;
    }
    return BOOKINGS_MAX;
}

/* Whose list it is on now that its booking has ended: with a label that counts for nothing it is
 * called back; on the shelf it is fetched. NULL: nobody's, its label is out and good. */
static struct parcel_list *list_for(const struct backlog_floor *floor, bool booked, bool label_out)
{
    if (!booked && label_out) return floor->recalls;
    return label_out ? NULL : floor->shelf;
}

static void add_to_list(const struct backlog_floor *floor, struct step *step,
                        const struct parcel *parcel, bool booked, bool label_out)
{
    struct parcel_list *list = list_for(floor, booked, label_out);
    if (list != NULL) parcel_list_add(list, step, parcel, booked ? "booked" : parcel->note);
}

static void list(struct backlog_entry *entry, struct step *step, const struct backlog_floor *floor)
{
    add_to_list(floor, step, &entry->parcel, entry->booked, entry->label_out);
    entry->state = BACKLOG_LISTING;
    entry->ticket = step_store(step);
    entry->due_ms = NO_DEADLINE;
}

static void ask_past(struct backlog *backlog, struct step *step, struct backlog_entry *entry,
                     unsigned index)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_SUBJECT);
    command->read.ticket = tickets_take(step->tickets, OWNER_BACKLOG, index);
    command->read.after_seq = backlog->past_seq;
    command->read.key = commands_keep_text(step->commands, entry->parcel.order_id);
    entry->ticket = command->read.ticket;
    backlog->checking = true;
}

static void begin_check(struct backlog *backlog, struct step *step, struct backlog_entry *entry,
                        unsigned index)
{
    past_init(&backlog->past);
    backlog->past_seq = 0;
    ask_past(backlog, step, entry, index);
}

/* Its booking has ended, one way or the other: is there somebody to be told of it? */
static void end(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                struct backlog_entry *entry)
{
    const struct parcel_list *to = list_for(floor, entry->booked, entry->label_out);
    bool told = to == NULL || parcel_list_find(to, bytes_of_text(entry->parcel.reference)) != NULL;
    if (told) done(backlog, entry);
    else list(entry, step, floor);
}

/* Of an order with several packages the past tells the reason of one only. */
static void note_reason(struct backlog_entry *entry, const struct past *past)
{
    bool told = past->has_recall && strcmp(past->recall.reference, entry->parcel.reference) == 0;
    (void)bytes_to_text(bytes_of_text(told ? past->recall.note : ""), entry->parcel.note,
                        sizeof entry->parcel.note);
}

/* What the facts say about this parcel. */
static void decide(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                   struct backlog_entry *entry)
{
    const struct past *past = &backlog->past;
    unsigned no = entry->parcel.package_no;
    bool known = no > 0 && no <= PAST_PACKAGES_MAX;
    bool present = known && past->packages[no].generation == entry->parcel.generation;
    enum parcel_stage stage = present ? past->packages[no].stage : STAGE_CLOSED;
    unsigned slot = slot_of(floor, entry->parcel.reference);
    entry->label_out = present && past->packages[no].copies > 0;
    if (slot < BOOKINGS_MAX) {
        entry->state = BACKLOG_IN_SLOT;
        entry->slot = slot;
    } else if (!present || (stage == STAGE_NONE && past->packages[no].taken_back)) {
        done(backlog, entry);
    } else if (stage == STAGE_NONE || past->packages[no].booked) {
        entry->booked = stage != STAGE_NONE;
        note_reason(entry, past);
        end(backlog, step, floor, entry);
    } else {
        entry->unsent = past->packages[no].unsent;
        wait(entry, step->now_ms);
    }
}

static void take_past(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                      struct backlog_entry *entry, const struct event *event, unsigned index)
{
    for (size_t i = 0; i < event->rows.count; i++) {
        past_fold(&backlog->past, &event->rows.rows[i], step->scratch);
        backlog->past_seq = event->rows.rows[i].seq;
    }
    if (event->rows.more) {
        ask_past(backlog, step, entry, index);
        return;
    }
    backlog->checking = false;
    decide(backlog, step, floor, entry);
}

static unsigned free_slots(const struct backlog_floor *floor, unsigned *out_slot)
{
    unsigned count = 0;
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        if (floor->bookings[slot].state != BOOKING_FREE) continue;
        *out_slot = slot;
        count++;
    }
    return count;
}

static void load(struct step *step, struct backlog_entry *entry, unsigned index)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    fact_task_key(&key, entry->parcel.reference);
    entry->state = BACKLOG_LOADING;
    entry->due_ms = NO_DEADLINE;
    entry->ticket = step_read_blob(step, OWNER_BACKLOG, index, textbuf_bytes(&key));
}

static void take_task(struct step *step, const struct backlog_floor *floor,
                      struct backlog_entry *entry, const struct event *event, unsigned carrier)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    unsigned slot = BOOKINGS_MAX;
    if (slot_of(floor, entry->parcel.reference) < BOOKINGS_MAX ||
        free_slots(floor, &slot) < FREE_SLOTS_MIN) { /* somebody was quicker */
        entry->state = BACKLOG_CHECKING;
        return;
    }
    fact_read_task(event->blob.found ? event->blob.bytes : BYTES_NONE, step, &entry->parcel,
                   shipment);
    struct booking *booking = &floor->bookings[slot];
    if (entry->unsent) booking_resume_unsent(booking, step, carrier, &entry->parcel, shipment);
    else booking_resume(booking, step, carrier, &entry->parcel, shipment, true);
    booking->queued = true;
    booking->label_out = entry->label_out;
    entry->state = BACKLOG_IN_SLOT;
    entry->slot = slot;
}

void backlog_answer(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                    const struct event *event, unsigned index)
{
    if (index == INDEX_COUNT) {
        take_count(backlog, event);
    } else if (index >= INDEX_ROWS) {
        backlog->lanes[index - INDEX_ROWS].ticket = 0;
        take_rows(backlog, step, &backlog->lanes[index - INDEX_ROWS], event);
    } else {
        unsigned lane = index / BACKLOG_AT_ONCE;
        struct backlog_entry *entry = &backlog->lanes[lane].entries[index % BACKLOG_AT_ONCE];
        entry->ticket = 0;
        if (entry->state == BACKLOG_CHECKING && event->kind == EVENT_ROWS)
            take_past(backlog, step, floor, entry, event, index);
        else if (entry->state == BACKLOG_LOADING && event->kind == EVENT_BLOB)
            take_task(step, floor, entry, event, lane);
    }
}

static void log_end(struct step *step, const struct booking *booking)
{
    bool good = booking->state == BOOKING_BOOKED;
    commands_log(step->commands, good ? LOG_NOTICE : LOG_WARNING,
                 good ? "booked_later" : "log_refused_later", "order_no", booking->parcel.order_no,
                 NULL);
}

/* A booking that went on without its parcel has come to an end. */
static void finish(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                   struct backlog_entry *entry)
{
    struct booking *booking = &floor->bookings[entry->slot];
    entry->booked = booking->state == BOOKING_BOOKED;
    entry->label_out = entry->label_out || booking->label_out;
    log_end(step, booking);
    entry->parcel = booking->parcel;
    booking_release(booking);
    end(backlog, step, floor, entry);
}

static void tend_slot(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                      struct backlog_entry *entry)
{
    const struct booking *booking = &floor->bookings[entry->slot];
    bool ours = booking->state != BOOKING_FREE &&
                strcmp(booking->parcel.reference, entry->parcel.reference) == 0;
    if (!ours) { /* fetched from the shelf and finished, or parked: the facts say how */
        entry->state = BACKLOG_CHECKING;
        return;
    }
    bool ended = booking->state == BOOKING_BOOKED || booking->state == BOOKING_REFUSED;
    if (booking->aside && ended) finish(backlog, step, floor, entry);
}

static void tend(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                 struct backlog_entry *entry, unsigned index)
{
    unsigned slot;
    switch (entry->state) {
    case BACKLOG_NONE:
    case BACKLOG_LOADING: break;
    case BACKLOG_CHECKING:
        if (entry->ticket == 0 && !backlog->checking) begin_check(backlog, step, entry, index);
        break;
    case BACKLOG_WAITING:
        if (entry->due_ms <= step->now_ms && free_slots(floor, &slot) >= FREE_SLOTS_MIN)
            load(step, entry, index);
        break;
    case BACKLOG_IN_SLOT: tend_slot(backlog, step, floor, entry); break;
    case BACKLOG_LISTING:
        if (entry->ticket == 0 && entry->due_ms <= step->now_ms) list(entry, step, floor);
        break;
    }
}

static bool is_in_lane(const struct backlog *backlog, unsigned slot)
{
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX * BACKLOG_AT_ONCE; i++) {
        const struct backlog_entry *entry =
            &backlog->lanes[i / BACKLOG_AT_ONCE].entries[i % BACKLOG_AT_ONCE];
        if (entry->state == BACKLOG_IN_SLOT && entry->slot == slot) return true;
    }
    return false;
}

/* A parcel that kept its slot when it left the bench is done before the lane comes to it. Its slot
 * is wanted by those before it; when it is its turn, the facts say how it ended. */
static void release_ended(const struct backlog *backlog, struct step *step,
                          const struct backlog_floor *floor)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) {
        struct booking *booking = &floor->bookings[slot];
        bool ended = booking->state == BOOKING_BOOKED || booking->state == BOOKING_REFUSED;
        if (!booking->aside || !booking->queued || !ended || is_in_lane(backlog, slot)) continue;
        log_end(step, booking);
        add_to_list(floor, step, &booking->parcel, booking->state == BOOKING_BOOKED,
                    booking->label_out);
        booking_release(booking);
    }
}

void backlog_tick(struct backlog *backlog, struct step *step, const struct backlog_floor *floor)
{
    if (!backlog->started) return;
    release_ended(backlog, step, floor);
    if (backlog->count_seq < backlog->count_end_seq && backlog->count_ticket == 0 &&
        step_has_room(step))
        count_on(backlog, step);
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        struct backlog_lane *lane = &backlog->lanes[i];
        for (unsigned e = 0; e < BACKLOG_AT_ONCE && step_has_room(step); e++)
            tend(backlog, step, floor, &lane->entries[e], i * BACKLOG_AT_ONCE + e);
        bool reads = lane->work && lane->ticket == 0 && free_entry(lane) != NULL;
        if (reads && step_has_room(step)) read_lane(backlog, step, i);
    }
    backlog->crowded = !step_has_room(step);
}

void backlog_stored(struct backlog *backlog, struct step *step, uint32_t ticket, enum err error,
                    bool aside)
{
    if (ticket != 0 && backlog->riding_ticket == ticket) {
        backlog->riding_ticket = 0;
        if (error == ERR_NONE) backlog->stored_seq = backlog->riding_seq;
    }
    if (error == ERR_NONE && aside) backlog->waiting++;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        struct backlog_lane *lane = &backlog->lanes[i];
        if (lane->carrier[0] == '\0') continue;
        bool at_end = !lane->work && lane->ticket == 0;
        if (error == ERR_NONE && aside) lane->work = true;
        else if (error == ERR_NONE && at_end) lane->read_seq = step->last_seq;
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
            struct backlog_entry *entry = &lane->entries[e];
            bool waits = entry->state == BACKLOG_LISTING && entry->ticket == ticket;
            if (!waits || ticket == 0) continue;
            entry->ticket = 0;
            if (error == ERR_NONE) done(backlog, entry);
            else entry->due_ms = step->now_ms + STORE_AGAIN_MS;
        }
    }
}

void backlog_ride(struct backlog *backlog, struct step *step)
{
    int64_t seq = position(backlog);
    bool cheap = step->commands->batch.cursor_count > 0; /* another one moves: no page more */
    if (!backlog->started || !cheap || seq <= backlog->stored_seq || seq == 0) return;
    commands_cursor(step->commands, "backlog", seq);
    backlog->riding_seq = seq;
    backlog->riding_ticket = step_store(step);
}

void backlog_hurry(struct backlog *backlog, struct step *step, const struct backlog_floor *floor,
                   unsigned carrier)
{
    struct backlog_lane *lane = &backlog->lanes[carrier];
    for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
        struct backlog_entry *entry = &lane->entries[e];
        if (entry->state == BACKLOG_WAITING) entry->due_ms = step->now_ms;
        if (entry->state == BACKLOG_IN_SLOT && floor->bookings[entry->slot].aside)
            booking_hurry(&floor->bookings[entry->slot], step);
    }
}

int64_t backlog_deadline(const struct backlog *backlog, const struct step *step,
                         const struct backlog_floor *floor)
{
    int64_t deadline_ms = NO_DEADLINE;
    unsigned slot;
    bool room = free_slots(floor, &slot) >= FREE_SLOTS_MIN; /* else: when one is given back */
    if (backlog->crowded && !backlog_idle(backlog)) return step->now_ms;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
            const struct backlog_entry *entry = &backlog->lanes[i].entries[e];
            bool timed = (entry->state == BACKLOG_LISTING && entry->ticket == 0) ||
                         (entry->state == BACKLOG_WAITING && room);
            if (timed && entry->due_ms < deadline_ms) deadline_ms = entry->due_ms;
        }
    }
    return deadline_ms;
}

int64_t backlog_oldest_ms(const struct backlog *backlog, unsigned carrier)
{
    const struct backlog_entry *oldest = NULL;
    for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
        const struct backlog_entry *entry = &backlog->lanes[carrier].entries[e];
        if (entry->state == BACKLOG_NONE) continue;
        if (oldest == NULL || entry->seq < oldest->seq) oldest = entry;
    }
    return oldest != NULL ? oldest->at_ms : 0;
}

bool backlog_idle(const struct backlog *backlog)
{
    if (backlog->count_seq < backlog->count_end_seq) return false;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        const struct backlog_lane *lane = &backlog->lanes[i];
        if (lane->work || lane->ticket != 0) return false;
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
            if (lane->entries[e].state != BACKLOG_NONE) return false;
        }
    }
    return true;
}

void backlog_check(const struct backlog *backlog)
{
    unsigned checking = 0;
    for (unsigned i = 0; i < CONFIG_CARRIERS_MAX; i++) {
        for (unsigned e = 0; e < BACKLOG_AT_ONCE; e++) {
            const struct backlog_entry *entry = &backlog->lanes[i].entries[e];
            checking += entry->state == BACKLOG_CHECKING && entry->ticket != 0;
            ENSURE(entry->state != BACKLOG_LOADING || entry->ticket != 0);
            ENSURE(entry->state != BACKLOG_IN_SLOT || entry->slot < BOOKINGS_MAX);
            ENSURE(entry->state != BACKLOG_LISTING ||
                   (entry->ticket != 0) == (entry->due_ms == NO_DEADLINE));
            ENSURE(entry->state == BACKLOG_NONE || entry->seq > position(backlog));
        }
    }
    ENSURE((checking != 0) == backlog->checking && checking <= 1);
}
