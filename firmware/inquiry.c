/* inquiry.c - see inquiry.h. */
#include "firmware/inquiry.h"

#include "firmware/journal_line.h"
#include "hal/clock.h"
#include "hal/files.h"
#include "hal/process.h"

#define STATUS_SIZE 4096
#define SCREEN_SIZE (VIEW_DOCUMENT_SIZE + 1024)

struct inquiry {
    struct pump *pump;
    uint32_t client;
    struct json question;
};

static void reply(const struct inquiry *inquiry, const struct textbuf *text, bool last)
{
    ENSURE(textbuf_ok(text));
    control_reply(inquiry->pump->outside.control, inquiry->client, textbuf_bytes(text), last);
}

struct answer_line { /* one object */
    char storage[STATUS_SIZE];
    struct textbuf text;
    struct json_writer json;
};

static struct json_writer *line_open(struct answer_line *line)
{
    textbuf_init(&line->text, line->storage, sizeof(line->storage));
    json_write_init(&line->json, &line->text);
    json_write_open(&line->json, NULL, '{');
    return &line->json;
}

static void line_close(struct answer_line *line, const struct inquiry *inquiry, bool last)
{
    json_write_close(&line->json, '}');
    reply(inquiry, &line->text, last);
}

static void end_answer(const struct inquiry *inquiry)
{
    control_reply(inquiry->pump->outside.control, inquiry->client, BYTES_NONE, true);
}

static void refuse(const struct inquiry *inquiry, const char *sentence)
{
    struct answer_line line;
    json_write_text(line_open(&line), "error", sentence);
    line_close(&line, inquiry, true);
}

/* The document that the page has, parsed where the question was; that is not needed any more. */
static struct json document(const struct inquiry *inquiry)
{
    struct pump *pump = inquiry->pump;
    struct scratch scratch = {pump->scratch, sizeof(pump->scratch)};
    struct json root = {NULL};
    struct bytes text = bytes_of(pump->station.document, pump->station.document_len);
    enum json_problem problem = json_parse(text, scratch, &root);
    ENSURE(problem == JSON_OK);
    return root;
}

static void write_figures(struct json_writer *json, const struct pump *pump)
{
    const struct figures *watch = &pump->outside.watch;
    json_write_i64(json, "steps", (int64_t)pump->station.steps);
    json_write_i64(json, "wakeups", (int64_t)loop_wakeups(pump->outside.loop));
    json_write_i64(json, "tickets_late", (int64_t)pump->station.tickets.late);
    json_write_i64(json, "resident_kib", process_resident_kib());
    json_write_i64(json, "screens", (int64_t)web_readers(pump->outside.web));
    json_write_i64(json, "log_lines_dropped", (int64_t)pump->outside.service.dropped);
    json_write_i64(json, "flushes", (int64_t)watch->flushes);
    json_write_i64(json, "stored_bytes", (int64_t)watch->stored_bytes);
    span_write(json, "step", &watch->step);
    span_write(json, "perform", &watch->perform);
    span_write(json, "store", &watch->store);
    span_write(json, "published", &watch->published);
    span_write(json, "label", &watch->label);
    if (pump->outside.render == NULL) return;
    json_write_i64(json, "render_starts", render_starts(pump->outside.render));
    json_write_i64(json, "render_resident_kib", render_resident_kib(pump->outside.render));
}

static void answer_status(const struct inquiry *inquiry)
{
    static const char *const shown[] = {"station", "mode",    "state",         "reason", "network",
                                        "events",  "parcels", "open_bookings", "disk"};
    const struct pump *pump = inquiry->pump;
    const struct outside *outside = &pump->outside;
    char storage[STATUS_SIZE];
    struct textbuf text;
    struct json_writer json;
    struct json root = document(inquiry);
    textbuf_init(&text, storage, sizeof(storage));
    json_write_init(&json, &text);
    json_write_open(&json, NULL, '{');
    json_write_text(&json, "version", PACKD_VERSION);
    json_write_i64(&json, "settings", outside_config(outside)->number);
    json_write_i64(&json, "uptime_ms", clock_boot_ms() - pump->started_ms);
    json_write_boolean(&json, "ready", pump->ready);
    json_write_i64(&json, "web_port", web_port(outside->web));
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        struct json value = json_get(root, shown[i]);
        if (json_kind(value) != JSON_MISSING) json_write_value(&json, shown[i], value);
    }
    json_write_text(&json, "epoch", journal_epoch(outside->journal));
    json_write_i64(&json, "journal_seq", outside->last_seq);
    write_figures(&json, pump);
    json_write_close(&json, '}');
    reply(inquiry, &text, true);
}

static void write_document_part(struct json_writer *json, struct json shown)
{
    struct json_walk walk = {0};
    struct bytes key;
    struct json value;
    while (json_each(shown, &walk, &key, &value)) {
        char name[40];
        if (bytes_to_text(key, name, sizeof(name))) json_write_value(json, name, value);
    }
}

static const char *driver_of(const struct devices *devices, unsigned slot)
{
    if (slot == DEVICE_SCALE)
        return devices->scale_driver != NULL ? devices->scale_driver->name : "";
    if (slot == DEVICE_PRINTER)
        return devices->printer_driver != NULL ? devices->printer_driver->name : "";
    const struct scanner_driver *driver = devices->scanner_drivers[slot - DEVICE_SCANNER_FIRST];
    return driver != NULL ? driver->name : "";
}

static void answer_device(const struct inquiry *inquiry, unsigned slot, struct json shown)
{
    const struct devices *devices = &inquiry->pump->station.devices;
    const struct device *device = &devices->slots[slot];
    struct answer_line line;
    struct json_writer *json = line_open(&line);
    json_write_text(json, "device", devices_slot_name(slot));
    json_write_text(json, "address", device->address);
    json_write_text(json, "driver", driver_of(devices, slot));
    json_write_boolean(json, "auto", device->is_auto);
    write_document_part(json, shown);
    line_close(&line, inquiry, false);
}

/* What is there and plays no role. */
static void answer_others(const struct inquiry *inquiry)
{
    const struct devices *devices = &inquiry->pump->station.devices;
    for (size_t i = 0; i < BINDING_SEEN_MAX; i++) {
        const struct seen_device *seen = &devices->binding.seen[i];
        bool plays = false;
        for (unsigned slot = 0; slot < DEVICES_MAX; slot++)
            plays = plays || binding_address_fits(devices->slots[slot].address, seen->address);
        if (seen->address[0] == '\0' || plays) continue;
        struct answer_line line;
        struct json_writer *json = line_open(&line);
        json_write_text(json, "device", "none");
        json_write_text(json, "address", seen->address);
        json_write_text(json, "is", device_role_word(seen->role));
        json_write_text(json, "name", seen->identity.product_name);
        line_close(&line, inquiry, false);
    }
}

static void answer_devices(const struct inquiry *inquiry)
{
    const struct devices *devices = &inquiry->pump->station.devices;
    const struct config *config = outside_config(&inquiry->pump->outside);
    struct json shown = json_get(document(inquiry), "devices");
    size_t scanner = 0;
    answer_device(inquiry, DEVICE_SCALE, json_get(shown, "scale"));
    for (unsigned i = 0; i < config->scanner_count; i++) {
        if (!devices_is_shown(devices, DEVICE_SCANNER_FIRST + i)) continue;
        answer_device(inquiry, DEVICE_SCANNER_FIRST + i,
                      json_at(json_get(shown, "scanners"), scanner++));
    }
    answer_device(inquiry, DEVICE_PRINTER, json_get(shown, "printer"));
    answer_others(inquiry);
    end_answer(inquiry);
}

static void answer_screen(const struct inquiry *inquiry)
{
    char storage[SCREEN_SIZE], sentence[SERVICE_LINE_MAX];
    struct textbuf text, words;
    struct json_writer json;
    struct json root = document(inquiry), value;
    struct json_walk walk = {0};
    struct bytes key;
    textbuf_init(&text, storage, sizeof(storage));
    textbuf_init(&words, sentence, sizeof(sentence));
    texts_of_document(&inquiry->pump->outside.texts, root, &words);
    json_write_init(&json, &text);
    json_write_open(&json, NULL, '{');
    while (json_each(root, &walk, &key, &value)) {
        char name[40];
        if (bytes_to_text(key, name, sizeof(name))) json_write_value(&json, name, value);
    }
    json_write_text(&json, "text", sentence);
    json_write_close(&json, '}');
    reply(inquiry, &text, true);
}

/* All of it; the page shows the first few. */
static void answer_list(const struct inquiry *inquiry, const struct parcel_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct listed *entry = &list->entries[i];
        struct answer_line line;
        struct json_writer *json = line_open(&line);
        json_write_text(json, "order_no", entry->order_no);
        json_write_text(json, "awb", entry->awb);
        json_write_text(json, "reference", entry->reference);
        json_write_text(json, "why", entry->why);
        line_close(&line, inquiry, false);
    }
    end_answer(inquiry);
}

static void answer_recalls(const struct inquiry *inquiry)
{
    answer_list(inquiry, &inquiry->pump->station.recalls);
}

static void answer_shelf(const struct inquiry *inquiry)
{
    answer_list(inquiry, &inquiry->pump->station.shelf);
}

/* What the order system has refused for good, until a person says what is to become of it. */
static void answer_letters(const struct inquiry *inquiry)
{
    const struct letters *letters = &inquiry->pump->station.letters;
    for (size_t i = 0; i < letters->count; i++) {
        struct answer_line line;
        letter_write(line_open(&line), &letters->list[i]);
        line_close(&line, inquiry, false);
    }
    end_answer(inquiry);
}

/* For each courier: numbers on the box, and since when the oldest parcel waits to be told. */
static void answer_backlog(const struct inquiry *inquiry)
{
    const struct pump *pump = inquiry->pump;
    const struct config *config = outside_config(&pump->outside);
    for (unsigned i = 0; i < config->carrier_count; i++) {
        struct answer_line line;
        struct json_writer *json = line_open(&line);
        json_write_text(json, "carrier", config->carriers[i].name);
        json_write_i64(json, "pool", (int64_t)pool_count(&pump->station.pool, i));
        json_write_i64(json, "oldest_ms", backlog_oldest_ms(&pump->station.backlog, i));
        line_close(&line, inquiry, false);
    }
    end_answer(inquiry);
}

static void answer_press(const struct inquiry *inquiry)
{
    const struct bytes taken = BYTES_LITERAL("{\"taken\":true}");
    const char *why_not = pump_press(inquiry->pump, inquiry->question);
    if (why_not != NULL) refuse(inquiry, why_not);
    else control_reply(inquiry->pump->outside.control, inquiry->client, taken, true);
}

struct rows_writing {
    const struct inquiry *inquiry;
    size_t bytes;
};

static bool write_row(void *context, const struct journal_row *row)
{
    static char storage[JOURNAL_LINE_SIZE];
    struct rows_writing *writing = context;
    struct textbuf text;
    textbuf_init(&text, storage, sizeof(storage));
    journal_line_write(&text, row);
    if (writing->bytes + text.len > INQUIRY_BYTES_MAX) return false;
    writing->bytes += text.len;
    reply(writing->inquiry, &text, false);
    return true;
}

static void answer_journal(const struct inquiry *inquiry)
{
    struct outside *outside = &inquiry->pump->outside;
    struct rows_writing writing = {.inquiry = inquiry};
    int64_t after = 0, limit = INQUIRY_ROWS;
    struct json given = json_get(inquiry->question, "after");
    bool good = json_kind(given) == JSON_MISSING || json_i64(given, 0, INT64_MAX, &after);
    given = json_get(inquiry->question, "limit");
    good =
        good && (json_kind(given) == JSON_MISSING || json_i64(given, 1, INQUIRY_ROWS_MAX, &limit));
    if (!good) {
        refuse(inquiry, "\"after\" is a number from 0, \"limit\" one from 1 to 1000.");
        return;
    }
    enum err problem =
        journal_read_after(outside->journal, after, (size_t)limit, write_row, &writing);
    if (problem != ERR_NONE) refuse(inquiry, "The journal cannot be read.");
    else control_reply(outside->control, inquiry->client, BYTES_NONE, true);
}

/* Answered when the copy is there. */
static void answer_backup(const struct inquiry *inquiry)
{
    struct pump *pump = inquiry->pump;
    char path[FILES_PATH_MAX];
    if (!json_text_copy(json_get(inquiry->question, "file"), path, sizeof(path))) {
        refuse(inquiry, "A backup needs a name in \"file\".");
        return;
    }
    const char *why_not = upkeep_backup(&pump->upkeep, &pump->outside, path, inquiry->client);
    if (why_not != NULL) refuse(inquiry, why_not);
}

void inquiry_answer(struct pump *pump, uint32_t client, struct bytes line)
{
    static const struct {
        const char *command;
        void (*answer)(const struct inquiry *inquiry);
    } answers[] = {{"status", answer_status},   {"devices", answer_devices},
                   {"screen", answer_screen},   {"press", answer_press},
                   {"journal", answer_journal}, {"recalls", answer_recalls},
                   {"shelf", answer_shelf},     {"backlog", answer_backlog},
                   {"letters", answer_letters}, {"backup", answer_backup}};
    struct inquiry inquiry = {.pump = pump, .client = client};
    struct scratch scratch = {pump->scratch, sizeof(pump->scratch)};
    struct bytes command;
    if (line.len > PUMP_LINE_MAX || json_parse(line, scratch, &inquiry.question) != JSON_OK ||
        !json_text(json_get(inquiry.question, "command"), &command)) {
        refuse(&inquiry, "A question is one line of JSON with a word in \"command\".");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (!bytes_equal_text(command, answers[i].command)) continue;
        answers[i].answer(&inquiry);
        return;
    }
    refuse(&inquiry, "There is no such command.");
}
