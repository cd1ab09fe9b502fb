/* ledger.c - the courier's books in memory and on disk; see ledger.h. */
#include "tools/packsim/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/units.h"
#include "tools/packsim/world.h"

#define BOOK "ledger.jsonl"
#define AWB_FIRST 100000000u /* nine digits after the carrier's prefix */
#define LINE_MAX 16384u

struct pool_number {
    char awb[41];
    int64_t made_tick_ms;
};

static struct booking **books; /* rows are never moved: others hold pointers for one request */
static size_t count, room;
static struct pool_number *pool;
static size_t pool_count, pool_room;
static uint64_t next_number = AWB_FIRST;

static const char *const status_words[] = {"booked", "picked_up", "in_transit", "delivered",
                                           "cancelled"};

const char *booking_status_word(enum booking_status status)
{
    return status_words[status];
}

bool ledger_is_live(const struct booking *booking)
{
    return booking->status != BOOKING_CANCELLED;
}

static struct booking *row_add(const struct booking *row)
{
    if (count == room) {
        room = room == 0 ? 256 : room * 2;
        books = realloc(books, room * sizeof *books);
        ENSURE(books != NULL);
    }
    books[count] = malloc(sizeof *row);
    ENSURE(books[count] != NULL);
    *books[count] = *row;
    return books[count++];
}

static void pool_add(const char *awb, int64_t made_tick_ms)
{
    if (pool_count == pool_room) {
        pool_room = pool_room == 0 ? 256 : pool_room * 2;
        pool = realloc(pool, pool_room * sizeof *pool);
        ENSURE(pool != NULL);
    }
    struct pool_number *number = &pool[pool_count++];
    snprintf(number->awb, sizeof number->awb, "%s", awb);
    number->made_tick_ms = made_tick_ms;
}

static struct booking *row_find(const char *awb)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(books[i]->awb, awb) == 0) return books[i];
    }
    return NULL;
}

/* Delhivery numbers are fourteen digits, the sandbox's SBX and nine. */
static void awb_make(const char *carrier, char *out_awb, size_t size)
{
    bool digits = strcmp(carrier, "delhivery") == 0;
    snprintf(out_awb, size, "%s%09llu", digits ? "28411" : "SBX",
             (unsigned long long)++next_number);
}

/* Numbers are never used twice, not even after a restart. */
static void number_seen(const char *awb)
{
    size_t len = strlen(awb);
    uint64_t number;
    if (len < 9 || !bytes_to_u64(bytes_of_text(awb + len - 9), UINT64_MAX, &number)) return;
    if (number > next_number) next_number = number;
}

static void booking_write(struct json_writer *writer, const char *key_or_null,
                          const struct booking *booking)
{
    json_write_open(writer, key_or_null, '{');
    json_write_text(writer, "carrier", booking->carrier);
    json_write_text(writer, "awb", booking->awb);
    json_write_text(writer, "reference", booking->reference);
    json_write_text(writer, "order_no", booking->order_no);
    json_write_text(writer, "key", booking->key);
    json_write_text(writer, "status", status_words[booking->status]);
    json_write_i64(writer, "mass_g", booking->mass_g);
    json_write_boolean(writer, "cod", booking->cod);
    json_write_i64(writer, "collect_minor", booking->collect_minor);
    json_write_boolean(writer, "fragile", booking->fragile);
    json_write_text(writer, "dangerous", booking->dangerous);
    json_write_time(writer, "booked_at", booking->booked_ms);
    json_write_close(writer, '}');
}

static void line_put(void (*fill)(struct json_writer *, const void *), const void *row)
{
    char storage[LINE_MAX];
    struct textbuf line;
    textbuf_init(&line, storage, sizeof storage);
    struct json_writer writer;
    json_write_init(&writer, &line);
    json_write_open(&writer, NULL, '{');
    fill(&writer, row);
    json_write_close(&writer, '}');
    ENSURE(textbuf_ok(&line));
    world_append(BOOK, textbuf_bytes(&line));
}

static void booking_fill(struct json_writer *writer, const void *row)
{
    const struct booking *booking = row;
    json_write_text(writer, "what", "booking");
    booking_write(writer, "booking", booking);
    char hash[17];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)booking->body_hash);
    json_write_text(writer, "body_hash", hash);
    json_write_i64(writer, "length_mm", booking->length_mm);
    json_write_i64(writer, "width_mm", booking->width_mm);
    json_write_i64(writer, "height_mm", booking->height_mm);
    json_write_text(writer, "pickup", booking->pickup);
    json_write_text(writer, "name", booking->name);
    json_write_text(writer, "line1", booking->line1);
    json_write_text(writer, "line2", booking->line2);
    json_write_text(writer, "city", booking->city);
    json_write_text(writer, "state", booking->state);
    json_write_text(writer, "postcode", booking->postcode);
    json_write_text(writer, "phone", booking->phone);
}

static void status_load(struct json object, enum booking_status *out_status)
{
    char word[16];
    (void)member_text(object, "status", word, sizeof word);
    for (size_t i = 0; i < ARRAY_LEN(status_words); i++) {
        if (strcmp(word, status_words[i]) == 0) *out_status = (enum booking_status)i;
    }
}

static void booking_load(struct json line)
{
    struct booking row = {0};
    struct json object = json_get(line, "booking");
    char text[40];
    struct bytes time;
    (void)member_text(object, "carrier", row.carrier, sizeof row.carrier);
    (void)member_text(object, "awb", row.awb, sizeof row.awb);
    (void)member_text(object, "reference", row.reference, sizeof row.reference);
    (void)member_text(object, "order_no", row.order_no, sizeof row.order_no);
    (void)member_text(object, "key", row.key, sizeof row.key);
    (void)member_text(line, "body_hash", text, sizeof text);
    row.body_hash = strtoull(text, NULL, 16);
    row.mass_g = member_i64(object, "mass_g", 0);
    row.booked_mass_g = row.mass_g;
    row.cod = member_is_true(object, "cod");
    row.collect_minor = member_i64(object, "collect_minor", 0);
    row.fragile = member_is_true(object, "fragile");
    (void)member_text(object, "dangerous", row.dangerous, sizeof row.dangerous);
    if (!json_text(json_get(object, "booked_at"), &time) || !time_parse(time, &row.booked_ms))
        return;
    row.length_mm = member_i64(line, "length_mm", 0);
    row.width_mm = member_i64(line, "width_mm", 0);
    row.height_mm = member_i64(line, "height_mm", 0);
    (void)member_text(line, "pickup", row.pickup, sizeof row.pickup);
    (void)member_text(line, "name", row.name, sizeof row.name);
    (void)member_text(line, "line1", row.line1, sizeof row.line1);
    (void)member_text(line, "line2", row.line2, sizeof row.line2);
    (void)member_text(line, "city", row.city, sizeof row.city);
    (void)member_text(line, "state", row.state, sizeof row.state);
    (void)member_text(line, "postcode", row.postcode, sizeof row.postcode);
    (void)member_text(line, "phone", row.phone, sizeof row.phone);
    number_seen(row.awb);
    (void)row_add(&row);
}

static void line_load(struct json line)
{
    struct bytes what;
    char awb[41];
    if (!json_text(json_get(line, "what"), &what)) return;
    if (bytes_equal_text(what, "booking")) {
        booking_load(line);
        return;
    }
    (void)member_text(line, "awb", awb, sizeof awb);
    struct booking *row = row_find(awb);
    if (bytes_equal_text(what, "status") && row != NULL) status_load(line, &row->status);
    if (bytes_equal_text(what, "mass") && row != NULL)
        row->mass_g = member_i64(line, "mass_g", row->mass_g);
    if (!bytes_equal_text(what, "pool")) return;
    number_seen(awb);
    pool_add(awb, INT64_MIN); /* handed out in an earlier life: old enough for any rule */
}

void ledger_open(void)
{
    if (world_settings()->keep) world_replay(BOOK, line_load);
    else ENSURE(world_file_write(BOOK, BYTES_NONE, 0600));
}

const struct booking *ledger_book(const struct booking *wanted)
{
    struct booking row = *wanted;
    if (row.awb[0] == '\0') awb_make(row.carrier, row.awb, sizeof row.awb);
    row.booked_mass_g = row.mass_g;
    row.booked_ms = world_wall_ms();
    line_put(booking_fill, &row);
    return row_add(&row);
}

size_t ledger_count(void)
{
    return count;
}

const struct booking *ledger_at(size_t index)
{
    ENSURE(index < count);
    return books[index];
}

const struct booking *ledger_find_awb(const char *awb)
{
    return row_find(awb);
}

const struct booking *ledger_find_key(const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(books[i]->key, key) == 0) return books[i];
    }
    return NULL;
}

const struct booking *ledger_find_live(const char *reference)
{
    for (size_t i = 0; i < count; i++) {
        if (ledger_is_live(books[i]) && strcmp(books[i]->reference, reference) == 0)
            return books[i];
    }
    return NULL;
}

static void status_fill(struct json_writer *writer, const void *row)
{
    const struct booking *booking = row;
    json_write_text(writer, "what", "status");
    json_write_text(writer, "awb", booking->awb);
    json_write_text(writer, "status", status_words[booking->status]);
    json_write_time(writer, "at", world_wall_ms());
}

void ledger_status(const char *awb, enum booking_status status)
{
    struct booking *row = row_find(awb);
    ENSURE(row != NULL);
    row->status = status;
    line_put(status_fill, row);
}

static void mass_fill(struct json_writer *writer, const void *row)
{
    const struct booking *booking = row;
    json_write_text(writer, "what", "mass");
    json_write_text(writer, "awb", booking->awb);
    json_write_i64(writer, "mass_g", booking->mass_g);
    json_write_time(writer, "at", world_wall_ms());
}

void ledger_mass(const char *awb, int64_t mass_g)
{
    struct booking *row = row_find(awb);
    ENSURE(row != NULL);
    row->mass_g = mass_g;
    line_put(mass_fill, row);
}

static void pool_fill(struct json_writer *writer, const void *row)
{
    json_write_text(writer, "what", "pool");
    json_write_text(writer, "awb", row);
}

void ledger_pool(const char *carrier, unsigned wanted, void (*take)(void *context, const char *awb),
                 void *context)
{
    for (unsigned i = 0; i < wanted; i++) {
        char awb[41];
        awb_make(carrier, awb, sizeof awb);
        line_put(pool_fill, awb);
        pool_add(awb, world_tick_ms());
        take(context, awb);
    }
}

bool ledger_pool_has(const char *awb, int64_t age_ms)
{
    for (size_t i = 0; i < pool_count; i++) {
        if (strcmp(pool[i].awb, awb) == 0) return pool[i].made_tick_ms <= world_tick_ms() - age_ms;
    }
    return false;
}

static bool is_first_of_reference(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(books[i]->reference, books[index]->reference) == 0) return false;
    }
    return true;
}

static void reference_write(struct json_writer *lines, size_t first)
{
    size_t live = 0;
    lines->comma = false;
    json_write_open(lines, NULL, '{');
    json_write_text(lines, "reference", books[first]->reference);
    json_write_open(lines, "bookings", '[');
    for (size_t i = first; i < count; i++) {
        if (strcmp(books[i]->reference, books[first]->reference) != 0) continue;
        booking_write(lines, NULL, books[i]);
        if (ledger_is_live(books[i])) live++;
    }
    json_write_close(lines, ']');
    json_write_i64(lines, "live", (int64_t)live);
    json_write_close(lines, '}');
    textbuf_char(lines->text, '\n');
}

void ledger_write(struct json_writer *lines)
{
    for (size_t i = 0; i < count; i++) {
        if (is_first_of_reference(i)) reference_write(lines, i);
    }
}

void route_write(const char *postcode, char *out_route, size_t size)
{
    static const struct {
        const char *prefix;
        const char *hub;
    } hubs[] = {{"11", "DEL"}, {"30", "JAI"}, {"38", "AMD"}, {"40", "BOM"},
                {"41", "PNQ"}, {"50", "HYD"}, {"56", "BLR"}, {"60", "MAA"},
                {"68", "COK"}, {"70", "CCU"}, {"78", "GAU"}, {"19", "IXL"}};
    const char *hub = "HUB";
    for (size_t i = 0; i < ARRAY_LEN(hubs); i++) {
        if (strncmp(postcode, hubs[i].prefix, 2) == 0) hub = hubs[i].hub;
    }
    snprintf(out_route, size, "%s/%.3s", hub, postcode);
}
