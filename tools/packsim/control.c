/* control.c - the commands that move the simulated world; see control.h. */
#include "tools/packsim/control.h"

#include <string.h>

#include "tools/packsim/certificates.h"
#include "tools/packsim/courier.h"
#include "tools/packsim/events.h"
#include "tools/packsim/faults.h"
#include "tools/packsim/ledger.h"
#include "tools/packsim/oms.h"
#include "tools/packsim/orders.h"
#include "tools/packsim/printer.h"
#include "tools/packsim/scale.h"
#include "tools/packsim/scanner.h"
#include "tools/packsim/server.h"
#include "tools/packsim/world.h"

#define WAIT_MS 10000

struct answer {
    struct json_writer lines;
    const char *why; /* for what was not done */
};

static bool put(struct bytes words, struct answer *answer)
{
    answer->why = "put 742g, put 1.25kg";
    return scale_put(bytes_trim(words));
}

static bool lift(struct bytes words, struct answer *answer)
{
    answer->why = "lift takes nothing";
    scale_lift();
    return bytes_trim(words).len == 0;
}

static bool scan(struct bytes words, struct answer *answer)
{
    return scanner_scan(words, &answer->why);
}

static bool scale(struct bytes words, struct answer *answer)
{
    return scale_command(words, &answer->why);
}

static bool scanner(struct bytes words, struct answer *answer)
{
    return scanner_command(words, &answer->why);
}

static bool printer(struct bytes words, struct answer *answer)
{
    return printer_command(words, &answer->why);
}

static bool fault(struct bytes words, struct answer *answer)
{
    if (!bytes_equal_text(words, "clear")) return fault_arm(words, &answer->why);
    fault_clear();
    return true;
}

static bool faults(struct bytes words, struct answer *answer)
{
    (void)words;
    json_write_open(&answer->lines, NULL, '{');
    fault_list(&answer->lines);
    json_write_close(&answer->lines, '}');
    textbuf_char(answer->lines.text, '\n');
    return true;
}

static bool mode(struct bytes words, struct answer *answer)
{
    struct bytes name;
    answer->why = "mode repeat key|existing|refuse|duplicate, lookup-lag S, label "
                  "good|missing|wrong-awb, funds good|empty, "
                  "warehouse good|unknown, pool-age S";
    return bytes_split(&words, ' ', &name) && courier_mode_set(name, bytes_trim(words));
}

static bool certificate(struct bytes words, struct answer *answer)
{
    enum certificate_kind kind;
    answer->why = "certificate good|expired|future|wrong-host|other-ca|self-signed";
    if (!certificate_parse(words, &kind)) return false;
    certificate_show(kind);
    return true;
}

static bool clock_move(struct bytes words, struct answer *answer)
{
    uint64_t seconds;
    bool back = words.len > 0 && words.data[0] == '-';
    answer->why = "clock SECONDS, clock -SECONDS";
    if (!bytes_to_u64(bytes_from(words, back), 1000000000, &seconds)) return false;
    world_clock_move((back ? -1 : 1) * (int64_t)seconds * 1000);
    return true;
}

static bool order(struct bytes words, struct answer *answer)
{
    return oms_order_command(words, &answer->why);
}

static bool cursors_expire(struct bytes words, struct answer *answer)
{
    (void)words;
    (void)answer;
    oms_cursors_expire();
    return true;
}

/* "SBX100000017 picked_up": what happens to a parcel after it left the bench. */
static bool parcel(struct bytes words, struct answer *answer)
{
    char awb[41];
    struct bytes name;
    answer->why = "parcel AWB picked_up|in_transit|delivered|cancelled";
    if (!bytes_split(&words, ' ', &name) || !bytes_to_text(name, awb, sizeof awb)) return false;
    if (ledger_find_awb(awb) == NULL) return false;
    for (int i = BOOKING_PICKED_UP; i <= BOOKING_CANCELLED; i++) {
        if (!bytes_equal_text(bytes_trim(words), booking_status_word((enum booking_status)i)))
            continue;
        ledger_status(awb, (enum booking_status)i);
        return true;
    }
    return false;
}

static bool ledger(struct bytes words, struct answer *answer)
{
    (void)words;
    ledger_write(&answer->lines);
    return true;
}

static bool orders(struct bytes words, struct answer *answer)
{
    (void)words;
    orders_write(&answer->lines);
    return true;
}

static bool events(struct bytes words, struct answer *answer)
{
    (void)words;
    events_write(&answer->lines);
    return true;
}

static bool labels(struct bytes words, struct answer *answer)
{
    (void)words;
    printer_labels_write(&answer->lines);
    return true;
}

static bool status(struct bytes words, struct answer *answer)
{
    (void)words;
    json_write_open(&answer->lines, NULL, '{');
    json_write_i64(&answer->lines, "bookings", (int64_t)ledger_count());
    json_write_i64(&answer->lines, "events", (int64_t)events_count());
    scale_write(&answer->lines);
    scanner_write(&answer->lines);
    printer_write(&answer->lines);
    json_write_close(&answer->lines, '}');
    textbuf_char(answer->lines.text, '\n');
    return true;
}

static bool end(struct bytes words, struct answer *answer)
{
    (void)words;
    (void)answer;
    world_end();
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct bytes words, struct answer *answer);
} commands[] = {
    {"put", put},
    {"lift", lift},
    {"scan", scan},
    {"scale", scale},
    {"scanner", scanner},
    {"printer", printer},
    {"fault", fault},
    {"faults", faults},
    {"mode", mode},
    {"certificate", certificate},
    {"clock", clock_move},
    {"order", order},
    {"cursors-expire", cursors_expire},
    {"parcel", parcel},
    {"ledger", ledger},
    {"orders", orders},
    {"events", events},
    {"labels", labels},
    {"status", status},
    {"end", end},
};

static uint64_t clients_of(void (*write)(struct json_writer *), const char *name)
{
    char storage[1024];
    struct textbuf text;
    struct json_writer writer;
    struct document document;
    int64_t clients = 0;
    textbuf_init(&text, storage, sizeof storage);
    json_write_init(&writer, &text);
    json_write_open(&writer, NULL, '{');
    write(&writer);
    json_write_close(&writer, '}');
    if (document_open(&document, textbuf_bytes(&text))) {
        clients = member_i64(json_get(document.root, name), "clients", 0);
        document_close(&document);
    }
    return (uint64_t)clients;
}

bool control_counter(struct bytes name, uint64_t *out_count)
{
    if (bytes_equal_text(name, "bookings")) *out_count = ledger_count();
    else if (bytes_equal_text(name, "labels")) *out_count = printer_labels_count();
    else if (bytes_equal_text(name, "events")) *out_count = events_count();
    else if (bytes_equal_text(name, "stable")) *out_count = scale_is_stable();
    else if (bytes_equal_text(name, "scale")) *out_count = clients_of(scale_write, "scale");
    else if (bytes_equal_text(name, "scanner")) *out_count = clients_of(scanner_write, "scanner");
    else if (bytes_equal_text(name, "printer")) *out_count = clients_of(printer_write, "printer");
    else return false;
    return true;
}

/* "labels 2 5000": until there are two, five seconds at most. */
static enum control_result wait_for(struct bytes words, struct answer *answer)
{
    struct bytes name, number;
    uint64_t wanted, limit_ms = WAIT_MS, count;
    answer->why = "wait bookings|labels|events|stable|scale|scanner|printer COUNT [MS]";
    if (!bytes_split(&words, ' ', &name) || !bytes_split(&words, ' ', &number)) return CONTROL_BAD;
    if (!bytes_to_u64(number, 1000000000, &wanted) || !control_counter(name, &count))
        return CONTROL_BAD;
    if (words.len > 0 && !bytes_to_u64(bytes_trim(words), 600000, &limit_ms)) return CONTROL_BAD;
    int64_t until_ms = world_tick_ms() + (int64_t)limit_ms;
    while (control_counter(name, &count) && count < wanted) {
        if (world_tick_ms() >= until_ms || world_ending()) {
            answer->why = "it did not happen in time";
            return CONTROL_NO;
        }
        world_unlock();
        world_sleep_ms(5);
        world_lock();
    }
    return CONTROL_DONE;
}

static size_t live_of_order(const char *order_no)
{
    size_t live = 0;
    for (size_t i = 0; i < ledger_count(); i++) {
        const struct booking *booking = ledger_at(i);
        live += ledger_is_live(booking) && strcmp(booking->order_no, order_no) == 0;
    }
    return live;
}

static size_t orders_check(struct json_writer *lines)
{
    size_t problems = 0;
    for (size_t i = 0; i < order_count(); i++) {
        const struct order *row = order_at(i);
        size_t live = live_of_order(row->order_no);
        if (live <= (size_t)row->packages_total) continue;
        lines->comma = false;
        json_write_open(lines, NULL, '{');
        json_write_text(lines, "problem", "order_booked_too_often");
        json_write_text(lines, "order_no", row->order_no);
        json_write_i64(lines, "live", (int64_t)live);
        json_write_i64(lines, "packages_total", row->packages_total);
        json_write_close(lines, '}');
        textbuf_char(lines->text, '\n');
        problems++;
    }
    return problems;
}

static size_t references_check(struct json_writer *lines)
{
    size_t problems = 0;
    for (size_t i = 0; i < ledger_count(); i++) {
        const struct booking *booking = ledger_at(i);
        if (!ledger_is_live(booking) || ledger_find_live(booking->reference) == booking) continue;
        lines->comma = false;
        json_write_open(lines, NULL, '{');
        json_write_text(lines, "problem", "reference_booked_twice");
        json_write_text(lines, "reference", booking->reference);
        json_write_text(lines, "awb", booking->awb);
        json_write_close(lines, '}');
        textbuf_char(lines->text, '\n');
        problems++;
    }
    return problems;
}

static enum control_result check(struct answer *answer)
{
    size_t problems = references_check(&answer->lines);
    problems += orders_check(&answer->lines);
    problems += events_check(&answer->lines);
    answer->why = "the books do not agree";
    return problems == 0 ? CONTROL_DONE : CONTROL_NO;
}

static void result_write(struct answer *answer, enum control_result result)
{
    answer->lines.comma = false;
    json_write_open(&answer->lines, NULL, '{');
    json_write_boolean(&answer->lines, "ok", result == CONTROL_DONE);
    if (result != CONTROL_DONE) json_write_text(&answer->lines, "why", answer->why);
    json_write_close(&answer->lines, '}');
    textbuf_char(answer->lines.text, '\n');
}

enum control_result control_run(struct bytes command, struct textbuf *out_lines)
{
    struct answer answer = {.why = "no such command"};
    struct bytes name, words = bytes_trim(command);
    enum control_result result = CONTROL_BAD;
    size_t before = out_lines->len;
    json_write_init(&answer.lines, out_lines);
    if (bytes_split(&words, ' ', &name)) {
        if (bytes_equal_text(name, "wait")) result = wait_for(words, &answer);
        if (bytes_equal_text(name, "check")) result = check(&answer);
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            if (bytes_equal_text(name, commands[i].name))
                result = commands[i].run(words, &answer) ? CONTROL_DONE : CONTROL_BAD;
        }
    }
    bool listed = out_lines->len > before && result == CONTROL_DONE;
    if (!listed) result_write(&answer, result);
    return result;
}

static void ctl(const struct call *call, struct reply *reply)
{
    static const int statuses[] = {[CONTROL_DONE] = 200, [CONTROL_NO] = 409, [CONTROL_BAD] = 400};
    reply->type = "application/x-ndjson";
    reply->status = statuses[control_run(call_body(call), &reply->body)];
}

bool control_open(uint16_t port, uint16_t *out_port)
{
    static const struct route routes[] = {{"POST", "/ctl", "ctl", NULL, ctl}};
    static const struct service service = {"control", false, routes, ARRAY_LEN(routes)};
    return server_open(&service, port, out_port);
}
