/* fact.c - facts to bytes and back; see fact.h for the keys and what they forbid. */
#include "firmware/station/fact.h"

#include <string.h>

static const char *const kind_words[FACT_KINDS] = {
    [FACT_INTENT] = "intent",
    [FACT_BOOKED] = "booked",
    [FACT_REFUSED] = "refused",
    [FACT_ABSENT] = "absent",
    [FACT_LABEL] = "label",
    [FACT_PRINT] = "print",
    [FACT_PRINTED] = "printed",
    [FACT_ASIDE] = "aside",
    [FACT_SENDING] = "sending",
    [FACT_CLOSED] = "closed",
    [FACT_TAKEN_BACK] = "taken_back",
    [FACT_VOIDED] = "voided",
    [FACT_VOID_REFUSED] = "void_refused",
    [FACT_EVENT] = "event",
    [FACT_EVENT_REFUSED] = "event_refused",
    [FACT_EVENT_AGAIN] = "event_again",
    [FACT_EVENT_DROPPED] = "event_dropped",
    [FACT_WEIGHED] = "weighed",
    [FACT_SCALE_CHECK] = "scale_check",
    [FACT_SCALE_TRUSTED] = "scale_trusted",
    [FACT_WEIGHT_KEPT] = "weight_kept",
};

const char *fact_kind_word(enum fact_kind kind)
{
    return kind_words[kind];
}

bool fact_is_of_parcel(enum fact_kind kind)
{
    switch (kind) {
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: return false;
    case FACT_INTENT:
    case FACT_BOOKED:
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_LABEL:
    case FACT_PRINT:
    case FACT_PRINTED:
    case FACT_ASIDE:
    case FACT_SENDING:
    case FACT_CLOSED:
    case FACT_TAKEN_BACK:
    case FACT_VOIDED:
    case FACT_VOID_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED: return true;
    }
    return true;
}

bool fact_kind_parse(struct bytes word, enum fact_kind *out_kind)
{
    for (unsigned i = 0; i < FACT_KINDS; i++) {
        if (!bytes_equal_text(word, kind_words[i])) continue;
        *out_kind = (enum fact_kind)i;
        return true;
    }
    return false;
}

const char *parcel_awb_end(const struct parcel *parcel)
{
    size_t len = strlen(parcel->awb);
    return parcel->awb + (len > 4 ? len - 4 : 0);
}

static void write_key(struct textbuf *text, enum fact_kind kind, const struct parcel *parcel)
{
    textbuf_text(text, kind_words[kind]);
    textbuf_char(text, '/');
    switch (kind) {
    case FACT_INTENT:
        textbuf_format(text, "%s/%u/%u", parcel->order_id, parcel->package_no, parcel->generation);
        break;
    case FACT_BOOKED: textbuf_format(text, "%s/%s", parcel->carrier, parcel->awb); break;
    case FACT_PRINT:
    case FACT_PRINTED: textbuf_format(text, "%s/%u", parcel->reference, parcel->copy); break;
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_LABEL:
    case FACT_ASIDE:
    case FACT_SENDING:
    case FACT_CLOSED:
    case FACT_TAKEN_BACK:
    case FACT_VOIDED:
    case FACT_VOID_REFUSED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: textbuf_text(text, parcel->reference); break;
    }
}

static void write_if(struct json_writer *json, const char *key, const char *value)
{
    if (value[0] != '\0') json_write_text(json, key, value);
}

static const char *const format_words[] = {[LABEL_FORMAT_NONE] = "",
                                           [LABEL_FORMAT_ZPL] = "zpl",
                                           [LABEL_FORMAT_PDF] = "pdf",
                                           [LABEL_FORMAT_PNG] = "png"};

static void write_body(struct textbuf *text, enum fact_kind kind, const struct parcel *parcel)
{
    struct json_writer json;
    json_write_init(&json, text);
    json_write_open(&json, NULL, '{');
    json_write_i64(&json, "v", 1);
    json_write_text(&json, "reference", parcel->reference);
    json_write_text(&json, "order_id", parcel->order_id);
    json_write_text(&json, "order_no", parcel->order_no);
    write_if(&json, "rev", parcel->rev);
    json_write_i64(&json, "package_no", parcel->package_no);
    json_write_i64(&json, "packages_total", parcel->packages_total);
    json_write_i64(&json, "generation", parcel->generation);
    write_if(&json, "carrier", parcel->carrier);
    write_if(&json, "service", parcel->service);
    write_if(&json, "awb", parcel->awb);
    write_if(&json, "route", parcel->route);
    json_write_i64(&json, "mass_mg", parcel->mass_mg);
    json_write_i64(&json, "price_minor", parcel->price_minor);
    write_if(&json, "currency", parcel->currency);
    write_if(&json, "label_format", format_words[parcel->label_format]);
    json_write_i64(&json, "copy", parcel->copy);
    write_if(&json, "note", parcel->note);
    if (kind == FACT_PRINTED) write_if(&json, "evidence", parcel->evidence);
    if (kind == FACT_PRINT) {
        write_if(&json, "label_by", parcel->label_by);
        write_if(&json, "picture", parcel->picture);
        write_if(&json, "label_notes", parcel->label_notes);
        write_if(&json, "anyway_by", parcel->anyway_by);
    }
    json_write_close(&json, '}');
}

void fact_put(struct step *step, enum fact_kind kind, const struct parcel *parcel)
{
    char key_storage[FACT_KEY_SIZE];
    char body_storage[FACT_BODY_SIZE];
    struct textbuf key, body;
    textbuf_init(&key, key_storage, sizeof key_storage);
    textbuf_init(&body, body_storage, sizeof body_storage);
    write_key(&key, kind, parcel);
    write_body(&body, kind, parcel);
    ENSURE(textbuf_ok(&key) && textbuf_ok(&body));
    commands_fact(step->commands, textbuf_bytes(&key), kind_words[kind],
                  bytes_of_text(parcel->order_id), textbuf_bytes(&body));
}

static void number_event(struct oms_event *event, struct step *step)
{
    struct textbuf id;
    event->seq = (*step->next_event_seq)++;
    textbuf_init(&id, event->id, sizeof event->id);
    textbuf_format(&id, "%.8s-%llu", step->epoch, (unsigned long long)event->seq);
}

static void fill_event(struct oms_event *event, struct step *step, enum oms_event_type type,
                       const struct parcel *parcel)
{
    memset(event, 0, sizeof *event);
    number_event(event, step);
    event->type = type;
    event->at_ms = step->wall_ms;
    event->time_ok = step->wall_trusted;
    memcpy(event->shipment_id, parcel->order_id, sizeof event->shipment_id);
    memcpy(event->rev, parcel->rev, sizeof event->rev);
    memcpy(event->order_no, parcel->order_no, sizeof event->order_no);
    event->package_no = parcel->package_no;
    event->packages_total = parcel->packages_total;
    event->mass_mg = parcel->mass_mg;
    event->cost_minor = parcel->price_minor > 0 ? parcel->price_minor : -1;
    memcpy(event->currency, parcel->currency, sizeof event->currency);
    if (parcel->awb[0] == '\0') return;
    (void)bytes_to_text(bytes_of_text(parcel->carrier), event->carrier, sizeof event->carrier);
    memcpy(event->service, parcel->service, sizeof event->service);
    memcpy(event->awb, parcel->awb, sizeof event->awb);
}

static void store_event(struct step *step, const struct oms_event *event)
{
    char key_storage[FACT_KEY_SIZE];
    char body_storage[FACT_BODY_SIZE];
    struct textbuf key, body;
    struct json_writer json;
    textbuf_init(&key, key_storage, sizeof key_storage);
    textbuf_init(&body, body_storage, sizeof body_storage);
    textbuf_format(&key, "event/%s/%llu", step->epoch, (unsigned long long)event->seq);
    json_write_init(&json, &body);
    oms_event_write(&json, event);
    ENSURE(textbuf_ok(&key) && textbuf_ok(&body));
    commands_fact(step->commands, textbuf_bytes(&key), kind_words[FACT_EVENT],
                  bytes_of_text(event->shipment_id), textbuf_bytes(&body));
}

void fact_put_event(struct step *step, enum oms_event_type type, const char *status,
                    const struct parcel *parcel, const char *note)
{
    struct oms_event event;
    fill_event(&event, step, type, parcel);
    ENSURE(bytes_to_text(bytes_of_text(status), event.status, sizeof event.status));
    (void)bytes_to_text(bytes_of_text(note), event.note, sizeof event.note);
    store_event(step, &event);
}

void fact_put_about_event(struct step *step, enum fact_kind kind, uint64_t event_seq,
                          const char *order_id, const char *order_no, const char *note)
{
    struct parcel about = {0};
    struct textbuf reference;
    textbuf_init(&reference, about.reference, sizeof about.reference);
    textbuf_format(&reference, "%s/%llu", step->epoch, (unsigned long long)event_seq);
    (void)bytes_to_text(bytes_of_text(order_id), about.order_id, sizeof about.order_id);
    (void)bytes_to_text(bytes_of_text(order_no), about.order_no, sizeof about.order_no);
    (void)bytes_to_text(bytes_of_text(note), about.note, sizeof about.note);
    fact_put(step, kind, &about);
}

void fact_put_event_again(struct step *step, struct oms_event *event)
{
    number_event(event, step);
    store_event(step, event);
}

static int64_t take_amount(struct json object, const char *key)
{
    int64_t value = 0;
    return json_i64(json_get(object, key), 0, INT64_MAX, &value) ? value : 0;
}

static unsigned take_count(struct json object, const char *key)
{
    int64_t value = take_amount(object, key);
    return value <= 100000 ? (unsigned)value : 0;
}

static enum label_format take_format(struct json value)
{
    struct bytes word;
    if (!json_text(value, &word)) return LABEL_FORMAT_NONE;
    for (unsigned i = 0; i < ARRAY_LEN(format_words); i++) {
        if (bytes_equal_text(word, format_words[i])) return (enum label_format)i;
    }
    return LABEL_FORMAT_NONE;
}

/* A text that a fact may leave out; a foreign one makes the fact unreadable. */
static bool take_text(struct json object, const char *key, char *out_text, size_t size)
{
    struct json value = json_get(object, key);
    out_text[0] = '\0';
    return json_kind(value) == JSON_MISSING || json_text_copy(value, out_text, size);
}

bool fact_parse(struct bytes body, struct scratch scratch, struct parcel *out)
{
    struct json root;
    struct parcel parcel = {0};
    if (json_parse(body, scratch, &root) != JSON_OK) return false;
    bool good = take_text(root, "reference", parcel.reference, sizeof parcel.reference) &&
                take_text(root, "order_id", parcel.order_id, sizeof parcel.order_id) &&
                take_text(root, "order_no", parcel.order_no, sizeof parcel.order_no) &&
                take_text(root, "rev", parcel.rev, sizeof parcel.rev) &&
                take_text(root, "carrier", parcel.carrier, sizeof parcel.carrier) &&
                take_text(root, "service", parcel.service, sizeof parcel.service) &&
                take_text(root, "awb", parcel.awb, sizeof parcel.awb) &&
                take_text(root, "route", parcel.route, sizeof parcel.route) &&
                take_text(root, "currency", parcel.currency, sizeof parcel.currency) &&
                take_text(root, "note", parcel.note, sizeof parcel.note) &&
                take_text(root, "evidence", parcel.evidence, sizeof parcel.evidence);
    if (!good || parcel.reference[0] == '\0') return false;
    parcel.package_no = take_count(root, "package_no");
    parcel.packages_total = take_count(root, "packages_total");
    parcel.generation = take_count(root, "generation");
    parcel.copy = take_count(root, "copy");
    parcel.label_format = take_format(json_get(root, "label_format"));
    parcel.mass_mg = take_amount(root, "mass_mg");
    parcel.price_minor = take_amount(root, "price_minor");
    *out = parcel;
    return true;
}

bool fact_parse_event(struct bytes body, struct scratch scratch, struct oms_event *out)
{
    struct json root;
    return json_parse(body, scratch, &root) == JSON_OK && oms_event_parse(root, out);
}

void fact_task_key(struct textbuf *text, const char *reference)
{
    textbuf_text(text, "task/");
    textbuf_text(text, reference);
}

void fact_label_key(struct textbuf *text, const char *reference)
{
    textbuf_text(text, "label/");
    textbuf_text(text, reference);
}

void fact_read_task(struct bytes task, struct step *step, const struct parcel *parcel,
                    struct shipment *out)
{
    struct json root;
    if (json_parse(task, step->scratch, &root) == JSON_OK && shipment_parse(root, out)) return;
    commands_log(step->commands, LOG_ALARM, "log_task_lost", "order_no", parcel->order_no, NULL);
    memset(out, 0, sizeof *out);
    memcpy(out->reference, parcel->reference, sizeof out->reference);
    memcpy(out->awb, parcel->awb, sizeof out->awb);
}

void past_init(struct past *past)
{
    memset(past, 0, sizeof *past);
}

static enum parcel_stage later(enum parcel_stage a, enum parcel_stage b)
{
    return a > b ? a : b;
}

/* The stage a parcel has reached with this fact. A yes that comes after the label is out takes
 * nothing back; a label printed once more does not open a closed parcel; a no ends everything. */
static enum parcel_stage stage_after(enum fact_kind kind, enum parcel_stage before)
{
    switch (kind) {
    case FACT_INTENT: return STAGE_INTENT;
    case FACT_BOOKED: return later(before, STAGE_BOOKED);
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_VOIDED: return STAGE_NONE;
    case FACT_PRINT: return before == STAGE_CLOSED ? STAGE_CLOSED : STAGE_PRINTING;
    case FACT_PRINTED: return later(before, STAGE_PRINTED);
    case FACT_CLOSED: return STAGE_CLOSED;
    case FACT_LABEL:
    case FACT_ASIDE:
    case FACT_SENDING:
    case FACT_TAKEN_BACK:
    case FACT_VOID_REFUSED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: return before;
    }
    return before;
}

static void note_open(struct past *past, const struct parcel *parcel, enum parcel_stage stage)
{
    bool same = past->has_open && strcmp(past->open.reference, parcel->reference) == 0;
    if (stage == STAGE_NONE || stage == STAGE_CLOSED) {
        if (same) past->has_open = false;
        return;
    }
    bool meant = strcmp(past->wanted, parcel->reference) == 0;
    if (past->has_open && !same && !meant) return; /* the first begun is finished first */
    past->open = *parcel;
    past->open_stage = stage;
    past->has_open = true;
}

/* The no came after a label: that label must not leave with the truck. */
static void note_recall(struct past *past, enum fact_kind kind, const struct parcel *parcel)
{
    unsigned copies = past->packages[parcel->package_no].copies;
    bool refused = kind == FACT_REFUSED || kind == FACT_ABSENT || kind == FACT_VOIDED;
    bool back = past->packages[parcel->package_no].taken_back;
    bool same = past->has_recall && strcmp(past->recall.reference, parcel->reference) == 0;
    if (refused && copies > 0 && !back) {
        past->recall = *parcel;
        past->has_recall = true;
        if (past->has_closed && strcmp(past->last_closed.reference, parcel->reference) == 0)
            past->has_closed = false;
    } else if (kind == FACT_TAKEN_BACK && same) {
        past->has_recall = false;
    }
}

static void note_package(struct past *past, enum fact_kind kind, const struct parcel *parcel)
{
    unsigned no = parcel->package_no;
    past->packages[no].generation = parcel->generation; /* its intent may have been pruned */
    switch (kind) {
    case FACT_INTENT:
        past->packages[no].copies = 0;
        past->packages[no].aside = past->packages[no].unsent = false;
        past->packages[no].booked = past->packages[no].taken_back = false;
        break;
    case FACT_BOOKED: past->packages[no].booked = true; break;
    case FACT_PRINT: past->packages[no].copies = parcel->copy; break;
    case FACT_ASIDE:
        past->packages[no].aside = true;
        past->packages[no].unsent = strcmp(parcel->note, ASIDE_UNSENT) == 0;
        break;
    case FACT_SENDING: past->packages[no].unsent = false; break;
    case FACT_TAKEN_BACK: past->packages[no].taken_back = true; break;
    case FACT_REFUSED:
    case FACT_ABSENT:
    case FACT_LABEL:
    case FACT_PRINTED:
    case FACT_CLOSED:
    case FACT_VOIDED:
    case FACT_VOID_REFUSED:
    case FACT_EVENT:
    case FACT_EVENT_REFUSED:
    case FACT_EVENT_AGAIN:
    case FACT_EVENT_DROPPED:
    case FACT_WEIGHED:
    case FACT_SCALE_CHECK:
    case FACT_SCALE_TRUSTED:
    case FACT_WEIGHT_KEPT: break;
    }
}

void past_fold(struct past *past, const struct event_row *row, struct scratch scratch)
{
    enum fact_kind kind;
    struct parcel parcel;
    if (!fact_kind_parse(row->kind, &kind) || !fact_is_of_parcel(kind)) return;
    if (!fact_parse(row->body, scratch, &parcel)) return;
    unsigned no = parcel.package_no;
    if (no == 0 || no > PAST_PACKAGES_MAX) return;
    /* What is told late about an earlier attempt says nothing about the present one. */
    if (kind != FACT_INTENT && parcel.generation < past->packages[no].generation) {
        note_recall(past, kind, &parcel);
        return;
    }
    note_recall(past, kind, &parcel);
    note_package(past, kind, &parcel);
    enum parcel_stage stage = stage_after(kind, past->packages[no].stage);
    past->packages[no].stage = stage;
    if (kind == FACT_TAKEN_BACK) return;
    if (stage == STAGE_CLOSED) {
        past->last_closed = parcel;
        past->has_closed = true;
    }
    note_open(past, &parcel, stage);
}
