/* oms.c - the order system's REST face: tokens, feed, look-up, claim, label, as in
 * firmware/oms/CONTRACT.md.
 *
 * A cursor is the name of this life of the order system and the number of the last change seen. A
 * cursor of another life is answered with 410: its numbers mean something else here. */
#include "tools/packsim/oms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/packsim/events.h"
#include "tools/packsim/orders.h"
#include "tools/packsim/server.h"
#include "tools/packsim/world.h"

#define BASE "/packd/v1"
#define PAGE_MAX 500
#define PAGE_USUAL 200
#define LABEL_MAX (1024u * 1024u)

static char station_tokens[WORLD_STATIONS_MAX][WORLD_TOKEN_SIZE];
static char elsewhere_token[WORLD_TOKEN_SIZE];
static char life[9];
static uint64_t cursor_floor; /* older cursors are gone */

/* The station whose token this is, or NULL. */
static const char *station_of(const struct call *call)
{
    if (!bytes_start_with(bytes_of_text(call->authorization), "Bearer ")) return NULL;
    const char *token = call->authorization + strlen("Bearer ");
    for (size_t i = 0; i < world_settings()->station_count; i++) {
        if (strcmp(token, station_tokens[i]) == 0) return world_settings()->stations[i];
    }
    return NULL;
}

static bool allow(const struct call *call, struct reply *reply)
{
    if (station_of(call) != NULL) return true;
    bool known = bytes_start_with(bytes_of_text(call->authorization), "Bearer ") &&
                 strcmp(call->authorization + strlen("Bearer "), elsewhere_token) == 0;
    if (known) reply_error(reply, 403, "wrong_site", "this token belongs to another site");
    else reply_error(reply, 401, "unknown_token", "the token is not known");
    return false;
}

static void ping(const struct call *call, struct reply *reply)
{
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "oms", "packsim");
    json_write_text(&writer, "version", "1");
    json_write_time(&writer, "now", world_wall_ms());
    json_write_text(&writer, "station", station_of(call));
    json_write_open(&writer, "capabilities", '[');
    json_write_text(&writer, NULL, "claim");
    json_write_text(&writer, NULL, "label");
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

static void cursor_make(uint64_t change, char *out_cursor, size_t size)
{
    snprintf(out_cursor, size, "c_%s_%08llx", life, (unsigned long long)change);
}

static bool cursor_read(const char *cursor, uint64_t *out_change)
{
    char prefix[16];
    snprintf(prefix, sizeof prefix, "c_%s_", life);
    if (!bytes_start_with(bytes_of_text(cursor), prefix)) return false;
    *out_change = strtoull(cursor + strlen(prefix), NULL, 16);
    return *out_change >= cursor_floor && *out_change <= order_last_change();
}

/* From the beginning means the open shipments; later, everything that changed. */
static bool belongs_in_feed(const struct order *order, bool from_the_beginning)
{
    if (!from_the_beginning) return true;
    const char *status = order_status(order);
    return !order->deleted && strcmp(status, "cancelled") != 0 &&
           strcmp(status, "handed_over") != 0;
}

static int by_change(const void *a, const void *b)
{
    const struct order *one = *(struct order *const *)a, *other = *(struct order *const *)b;
    return (one->change > other->change) - (one->change < other->change);
}

static void item_write(struct json_writer *writer, const struct order *order)
{
    char rev[24];
    json_write_open(writer, NULL, '{');
    json_write_text(writer, "op", order->deleted ? "delete" : "upsert");
    if (order->deleted) {
        snprintf(rev, sizeof rev, "%llu", (unsigned long long)order->rev);
        json_write_text(writer, "id", order->id);
        json_write_text(writer, "rev", rev);
    } else {
        order_write(writer, "shipment", order);
    }
    json_write_close(writer, '}');
}

/* Everything after `since`, oldest change first; the change up to which the page goes. */
static uint64_t page_write(struct json_writer *writer, uint64_t since, bool from_the_beginning,
                           size_t limit, bool *out_more)
{
    struct order **changed = calloc(order_count() + 1, sizeof *changed);
    ENSURE(changed != NULL);
    size_t count = 0;
    for (size_t i = 0; i < order_count(); i++) {
        struct order *order = order_at(i);
        if (order->change > since && belongs_in_feed(order, from_the_beginning))
            changed[count++] = order;
    }
    qsort(changed, count, sizeof *changed, by_change);
    size_t shown = count < limit ? count : limit;
    json_write_open(writer, "items", '[');
    for (size_t i = 0; i < shown; i++) item_write(writer, changed[i]);
    json_write_close(writer, ']');
    *out_more = count > shown;
    uint64_t until = *out_more ? changed[shown - 1]->change : order_last_change();
    free(changed);
    return until;
}

static bool etag_is(const struct call *call, const char *text)
{
    size_t len = strlen(text);
    const char *given = call->if_none_match;
    return strlen(given) == len + 2 && given[0] == '"' && strncmp(given + 1, text, len) == 0;
}

static void feed(const struct call *call, struct reply *reply)
{
    char cursor[520] = "", text[12] = "";
    uint64_t since = 0, limit = PAGE_USUAL;
    bool more;
    bool given = call_query(call, "cursor", cursor, sizeof cursor) && cursor[0] != '\0';
    if (call_query(call, "limit", text, sizeof text) &&
        (!bytes_to_u64(bytes_of_text(text), 1000000, &limit) || limit == 0)) {
        reply_error(reply, 400, "malformed", "limit is 1 to 500");
        return;
    }
    if (limit > PAGE_MAX) limit = PAGE_MAX;
    if (given && !cursor_read(cursor, &since)) {
        reply_error(reply, 410, "cursor_gone", "start from the beginning");
        return;
    }
    if (given && since == order_last_change() && etag_is(call, cursor)) {
        reply->status = 304;
        snprintf(reply->etag, sizeof reply->etag, "%s", cursor);
        return;
    }
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    cursor_make(page_write(&writer, since, !given, (size_t)limit, &more), cursor, sizeof cursor);
    json_write_text(&writer, "cursor", cursor);
    json_write_boolean(&writer, "more", more);
    json_write_close(&writer, '}');
    snprintf(reply->etag, sizeof reply->etag, "%s", cursor);
}

static void lookup(const struct call *call, struct reply *reply)
{
    char scan[520] = "";
    if (!call_query(call, "scan", scan, sizeof scan) || scan[0] == '\0') {
        reply_error(reply, 400, "malformed", "scan is needed");
        return;
    }
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "items", '[');
    for (size_t i = 0; i < order_count(); i++) {
        const struct order *order = order_at(i);
        if (!order->deleted && order_has_key(order, scan)) order_write(&writer, NULL, order);
    }
    json_write_close(&writer, ']');
    json_write_close(&writer, '}');
}

/* The shipment named in the path or, where a client cannot encode it there, by ?id=. */
static struct order *order_of(const struct call *call, struct reply *reply)
{
    char id[HTTP_SEGMENT_SIZE];
    if (!call_query(call, "id", id, sizeof id)) snprintf(id, sizeof id, "%s", call->segments[3]);
    struct order *order = order_find(id);
    if (order != NULL && !order->deleted) return order;
    reply_error(reply, 404, "unknown_shipment", "no such shipment");
    return NULL;
}

static void shipment(const struct call *call, struct reply *reply)
{
    char rev[24];
    const struct order *order = order_of(call, reply);
    if (order == NULL) return;
    snprintf(rev, sizeof rev, "%llu", (unsigned long long)order->rev);
    if (etag_is(call, rev)) {
        reply->status = 304;
    } else {
        struct json_writer writer;
        json_write_init(&writer, &reply->body);
        order_write(&writer, NULL, order);
    }
    snprintf(reply->etag, sizeof reply->etag, "%s", rev);
}

static void claim(const struct call *call, struct reply *reply)
{
    struct order *order = order_of(call, reply);
    const char *station = station_of(call);
    struct document document;
    int64_t ttl_s = 600;
    if (order == NULL) return;
    if (document_open(&document, call_body(call))) {
        ttl_s = member_i64(document.root, "ttl_s", ttl_s);
        document_close(&document);
    }
    bool held =
        order->claimed_until_ms > world_tick_ms() && strcmp(order->claimed_by, station) != 0;
    if (held) {
        reply_error(reply, 409, "claimed_by_other", order->claimed_by);
        return;
    }
    if (strcmp(order_status(order), "cancelled") == 0) {
        reply_error(reply, 409, "order_cancelled", "the order has been cancelled");
        return;
    }
    snprintf(order->claimed_by, sizeof order->claimed_by, "%s", station);
    order->claimed_until_ms = world_tick_ms() + (ttl_s < 86400 ? ttl_s : 86400) * 1000;
    struct json_writer writer;
    json_write_init(&writer, &reply->body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "id", order->id);
    json_write_text(&writer, "station", station);
    json_write_i64(&writer, "ttl_s", ttl_s);
    json_write_close(&writer, '}');
}

static void label(const struct call *call, struct reply *reply)
{
    struct order *order = order_of(call, reply);
    if (order == NULL) return;
    bool known = bytes_equal_ignore_case(bytes_of_text(call->content_type), "application/pdf") ||
                 bytes_equal_ignore_case(bytes_of_text(call->content_type), "text/x-zpl");
    if (!known || call->body_len == 0 || call->body_len > LABEL_MAX) {
        reply_error(reply, 422, "bad_label", "application/pdf or text/x-zpl, at most 1 MiB");
        return;
    }
    uint64_t hash = hash_bytes(call_body(call));
    reply->status = order->label_hash == hash ? 204 : 201;
    order->label_hash = hash;
    order->label_bytes = (int64_t)call->body_len;
    if (reply->status == 201) textbuf_text(&reply->body, "{\"stored\":true}");
}

static void events(const struct call *call, struct reply *reply)
{
    events_post(call, station_of(call), reply);
}

static void state(const struct call *call, struct reply *reply)
{
    char station[65];
    if (call_query(call, "station", station, sizeof station) &&
        strcmp(station, station_of(call)) != 0) {
        reply_error(reply, 403, "wrong_station", "the token belongs to another station");
        return;
    }
    events_state(station_of(call), reply);
}

static bool word_next(struct bytes *rest, char *out_word, size_t size)
{
    struct bytes word;
    while (bytes_split(rest, ' ', &word)) {
        if (word.len > 0) return bytes_to_text(word, out_word, size);
    }
    return false;
}

/* A NAME=VALUE word of `order add` and `order bulk`. */
static bool setting_take(struct order *order, struct bytes word)
{
    struct bytes name;
    uint64_t number = 0;
    if (!bytes_split(&word, '=', &name)) return false;
    if (bytes_equal_text(name, "pin"))
        return bytes_to_text(word, order->postcode, sizeof order->postcode);
    if (bytes_equal_text(name, "name")) return bytes_to_text(word, order->name, sizeof order->name);
    if (!bytes_to_u64(word, 1000000000, &number)) return false;
    if (bytes_equal_text(name, "weight")) order->expected_g = (int64_t)number;
    else if (bytes_equal_text(name, "cod")) order->collect_minor = (int64_t)number;
    else if (bytes_equal_text(name, "packages")) order->packages_total = (int64_t)number;
    else return false;
    order->cod = order->collect_minor > 0;
    return order->packages_total >= 1 && order->packages_total <= ORDER_PACKAGES_MAX;
}

static bool settings_take(struct order *order, struct bytes words)
{
    char setting[100];
    while (word_next(&words, setting, sizeof setting)) {
        if (!setting_take(order, bytes_of_text(setting))) return false;
    }
    return true;
}

static bool order_add(struct bytes words, const char **out_why)
{
    char number[12];
    uint64_t value;
    *out_why =
        "order add NUMBER [pin=560001] [weight=GRAMS] [cod=PAISE] [packages=N] [name=ONEWORD]";
    if (!word_next(&words, number, sizeof number) ||
        !bytes_to_u64(bytes_of_text(number), 9999999, &value) || value < 2000)
        return false;
    struct order order = sample_order((unsigned)value);
    if (!settings_take(&order, words)) return false;
    order_put(&order);
    return true;
}

static bool order_bulk(struct bytes words, const char **out_why)
{
    char text[12];
    uint64_t count;
    *out_why = "order bulk COUNT [pin=] [weight=] [cod=] [packages=] [name=]";
    if (!word_next(&words, text, sizeof text) || !bytes_to_u64(bytes_of_text(text), 100000, &count))
        return false;
    unsigned first = 100000 + (unsigned)order_last_change();
    for (unsigned i = 0; i < count; i++) {
        struct order order = sample_order(first + i);
        if (!settings_take(&order, words)) return false;
        order_put(&order);
    }
    return true;
}

static bool order_change(struct order *order, const char *verb)
{
    if (strcmp(verb, "cancel") == 0) snprintf(order->status, sizeof order->status, "cancelled");
    else if (strcmp(verb, "ready") == 0) snprintf(order->status, sizeof order->status, "ready");
    else if (strcmp(verb, "hold") == 0) order->hold = true;
    else if (strcmp(verb, "release") == 0) order->hold = false;
    else if (strcmp(verb, "delete") == 0) order->deleted = true;
    else if (strcmp(verb, "touch") != 0) return false;
    order_touch(order);
    return true;
}

/* Carries the words out; used for the command and again when the book is read. */
static bool order_command_apply(struct bytes words, const char **out_why)
{
    char verb[12], name[65];
    *out_why = "order add|bulk|cancel|ready|hold|release|delete|touch ORDER";
    if (!word_next(&words, verb, sizeof verb)) return false;
    if (strcmp(verb, "add") == 0) return order_add(words, out_why);
    if (strcmp(verb, "bulk") == 0) return order_bulk(words, out_why);
    if (!word_next(&words, name, sizeof name)) return false;
    struct order *order = order_find_name(name);
    if (order != NULL) return order_change(order, verb);
    *out_why = "no such order";
    return false;
}

bool oms_order_command(struct bytes words, const char **out_why)
{
    char storage[600];
    struct textbuf line;
    struct json_writer writer;
    if (!order_command_apply(words, out_why)) return false;
    textbuf_init(&line, storage, sizeof storage);
    json_write_init(&writer, &line);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "what", "order");
    json_write_bytes(&writer, "words", words);
    json_write_close(&writer, '}');
    ENSURE(textbuf_ok(&line));
    world_append(OMS_BOOK, textbuf_bytes(&line));
    return true;
}

void oms_cursors_expire(void)
{
    const char *why;
    cursor_floor = order_last_change() + 1;
    ENSURE(oms_order_command(BYTES_LITERAL("touch WEB-1001"),
                             &why)); /* so that fresh cursors stand above the floor */
}

static void line_load(struct json line)
{
    struct bytes what, words;
    const char *why;
    if (!json_text(json_get(line, "what"), &what)) return;
    if (bytes_equal_text(what, "event")) events_load(line);
    if (bytes_equal_text(what, "life")) (void)member_text(line, "life", life, sizeof life);
    if (bytes_equal_text(what, "order") && json_text(json_get(line, "words"), &words))
        ENSURE(order_command_apply(words, &why));
}

static void books_open(void)
{
    char line[64], made[WORLD_TOKEN_SIZE];
    samples_put();
    if (world_settings()->keep) world_replay(OMS_BOOK, line_load);
    else ENSURE(world_file_write(OMS_BOOK, BYTES_NONE, 0600));
    if (life[0] != '\0') return;
    world_token("oms-life", made);
    snprintf(life, sizeof life, "%.8s", made);
    snprintf(line, sizeof line, "{\"what\":\"life\",\"life\":\"%s\"}", life);
    world_append(OMS_BOOK, bytes_of_text(line));
}

bool oms_open(uint16_t port, uint16_t *out_port)
{
    static const struct route routes[] = {
        {"GET", BASE "/ping", "ping", allow, ping},
        {"GET", BASE "/orders", "feed", allow, feed},
        {"GET", BASE "/lookup", "lookup", allow, lookup},
        {"GET", BASE "/shipments/{}", "shipment", allow, shipment},
        {"GET", BASE "/shipments", "shipment", allow, shipment},
        {"POST", BASE "/shipments/{}/claim", "claim", allow, claim},
        {"POST", BASE "/shipments/claim", "claim", allow, claim},
        {"POST", BASE "/events", "events", allow, events},
        {"GET", BASE "/events/state", "state", allow, state},
        {"PUT", BASE "/shipments/{}/label", "label", allow, label},
        {"PUT", BASE "/shipments/label", "label", allow, label},
    };
    static const struct service service = {"oms", true, routes, ARRAY_LEN(routes)};
    const struct world_options *settings = world_settings();
    for (size_t i = 0; i < settings->station_count; i++) {
        char file[48];
        snprintf(file, sizeof file, "token-%s", settings->stations[i]);
        world_token(file, station_tokens[i]);
    }
    world_token("token-elsewhere", elsewhere_token);
    if (!world_file_write("token", bytes_of_text(station_tokens[0]), 0600)) return false;
    books_open();
    return server_open(&service, port, out_port);
}
