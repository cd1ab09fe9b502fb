/* printing.c - see printing.h for the states. */
#include "firmware/station/printing.h"

#include <string.h>

#include "firmware/station/label_draw.h"

void printing_init(struct printing *printing)
{
    printing->state = PRINTING_IDLE;
    printing->ticket = 0;
    printing->deadline_ms = NO_DEADLINE;
    printing->job_len = 0;
    printing->cut = false;
    printing->receipt = printing->last_receipt = 0;
    memset(printing->crops, 0, sizeof printing->crops);
}

const char *print_evidence_word(enum print_evidence evidence)
{
    static const char *const words[] = {"", "status", "counter", "receipt"};
    return words[evidence];
}

static void go(struct printing *printing, enum printing_state state, uint32_t ticket,
               int64_t deadline_ms)
{
    printing->state = state;
    printing->ticket = ticket;
    printing->deadline_ms = deadline_ms;
}

static void load(struct printing *printing, struct step *step, bool task)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    if (task) fact_task_key(&key, printing->parcel.reference);
    else fact_label_key(&key, printing->parcel.reference);
    printing->reading_task = task;
    go(printing, PRINTING_LOADING, step_read_blob(step, OWNER_PRINTING, 0, textbuf_bytes(&key)),
       NO_DEADLINE);
}

static void begin(struct printing *printing, struct step *step, struct devices *devices,
                  const struct parcel *parcel, unsigned carrier)
{
    ENSURE(printing->state == PRINTING_IDLE);
    printing->parcel = *parcel;
    printing->carrier = carrier;
    printing->proofs = 0;
    printing->seen_busy = printing->hold = false;
    printing->plain = printing->anyway = false;
    printing->way = LABEL_NOT_MADE;
    printing->counter_known = printing->counting = false;
    printing->counted = 0;
    printing->evidence = PRINT_BY_NOTHING;
    printing->receipt = 0;
    /* In good time: the label does not wait for the answer. */
    (void)devices_printer_ask(devices, step, PRINTER_ASKS_COUNTER);
    devices_printer_eager(devices, step, true);
}

static bool draws(const struct printing *printing, const struct step *step)
{
    return step->config->printer.draw == CONFIG_DRAW_RENDER && !printing->plain;
}

static const char *courier_title(const struct printing *printing, const struct step *step)
{
    bool known = printing->carrier < step->config->carrier_count &&
                 step->carriers[printing->carrier] != NULL;
    return known ? step->carriers[printing->carrier]->title : "";
}

static void draw(struct printing *printing, enum label_way way, uint32_t ticket)
{
    printing->way = way;
    go(printing, PRINTING_DRAWING, ticket, NO_DEADLINE);
}

/* In the printer's letters. True when it could be drawn. */
static bool draw_hold_plain(struct printing *printing, struct step *step,
                            const struct printer_driver *driver)
{
    const struct config_printer *printer = &step->config->printer;
    const struct printer_setup setup = devices_printer_setup(step->config);
    struct label *label = commands_room(step->commands, sizeof *label);
    struct textbuf job;
    textbuf_init(&job, printing->job, sizeof printing->job);
    label_draw_hold(&printing->parcel, courier_title(printing, step), printer->width_dmm,
                    printer->height_dmm, label);
    printing->way = LABEL_PLAIN;
    bool good = driver->encode_label(label, &setup, &job);
    printing->job_len = job.len;
    return good;
}

/* The job is written for the printer that is there; one whose language is not known yet, because
 * it was not there since the start, is waited for. */
static void prepare(struct printing *printing, struct step *step, const struct devices *devices)
{
    const struct printer_driver *driver = devices->printer_driver;
    printing->job_driver = driver;
    printing->parcel.picture[0] = '\0';
    printing->parcel.label_notes[0] = '\0';
    if (driver == NULL) go(printing, PRINTING_WAITING, 0, NO_DEADLINE);
    else if (!printing->hold)
        load(printing, step, printing->parcel.label_format == LABEL_FORMAT_NONE);
    else if (draws(printing, step))
        draw(printing, LABEL_TEMPLATE,
             labelling_ask_hold(step, &printing->parcel, courier_title(printing, step)));
    else
        go(printing, draw_hold_plain(printing, step, driver) ? PRINTING_WAITING : PRINTING_BROKEN,
           0, NO_DEADLINE);
}

void printing_begin(struct printing *printing, struct step *step, struct devices *devices,
                    const struct parcel *parcel, unsigned carrier)
{
    begin(printing, step, devices, parcel, carrier);
    prepare(printing, step, devices);
}

void printing_begin_hold(struct printing *printing, struct step *step, struct devices *devices,
                         const struct parcel *parcel, unsigned carrier)
{
    begin(printing, step, devices, parcel, carrier);
    printing->hold = true;
    prepare(printing, step, devices);
}

void printing_anyway(struct printing *printing, struct step *step, struct devices *devices,
                     const char *who)
{
    ENSURE(printing->state == PRINTING_UNREAD);
    ENSURE(bytes_to_text(bytes_of_text(who), printing->parcel.anyway_by,
                         sizeof printing->parcel.anyway_by));
    printing->anyway = true;
    prepare(printing, step, devices);
}

/* In the printer's own letters; nobody can read that back. */
static bool draw_plain(struct printing *printing, struct step *step,
                       const struct printer_driver *driver, const struct shipment *shipment,
                       struct textbuf *job)
{
    struct label *label = commands_room(step->commands, sizeof *label);
    const struct config_printer *printer = &step->config->printer;
    const struct printer_setup setup = devices_printer_setup(step->config);
    label_draw(shipment, step->carriers[printing->carrier]->title, printing->parcel.route,
               printing->parcel.copy, printer->width_dmm, printer->height_dmm, label);
    printing->way = LABEL_PLAIN;
    return driver->encode_label(label, &setup, job);
}

/* Behind the label, where the printer may know the question. False: no room for it. */
static bool ask_receipt(struct printing *printing, const struct devices *devices,
                        struct textbuf *job)
{
    bool may = devices_printer_may_ask(devices, PRINTER_ASKS_RECEIPT);
    uint32_t next = printing->last_receipt % PRINTER_RECEIPT_MAX + 1;
    printing->receipt = may ? next : 0;
    if (!may) return true;
    printing->last_receipt = next;
    devices->printer_driver->ask_receipt(next, job);
    return textbuf_ok(job);
}

/* The job is whole, or it cannot be. */
static void end_job(struct printing *printing, struct step *step, struct devices *devices,
                    struct textbuf *job, bool good, const char *why)
{
    if (good && !printing->hold) good = ask_receipt(printing, devices, job);
    printing->job_len = job->len;
    if (good) {
        go(printing, PRINTING_WAITING, 0, NO_DEADLINE);
        if (!printing->hold) printing_status(printing, step, devices);
        return;
    }
    commands_log(step->commands, LOG_ALARM, "log_label_unusable", "why", why, NULL);
    go(printing, PRINTING_BROKEN, 0, NO_DEADLINE);
}

/* The courier's label is of no use: ours, where we may. */
static void draw_ours(struct printing *printing, struct step *step, const char *why,
                      enum printing_state otherwise)
{
    bool may = step->carriers[printing->carrier]->promises.label_self_drawn;
    commands_log(step->commands, may ? LOG_WARNING : LOG_ALARM, "log_label_unusable", "why", why,
                 NULL);
    if (may) load(printing, step, true);
    else go(printing, otherwise, 0, NO_DEADLINE);
}

static void loaded_task(struct printing *printing, struct step *step, struct devices *devices,
                        const struct event *event)
{
    struct shipment *shipment = commands_room(step->commands, sizeof *shipment);
    struct parcel *parcel = &printing->parcel;
    struct textbuf job;
    struct json root;
    textbuf_init(&job, printing->job, sizeof printing->job);
    bool good = event->blob.found &&
                json_parse(event->blob.bytes, step->scratch, &root) == JSON_OK &&
                shipment_parse(root, shipment);
    if (good && draws(printing, step)) {
        draw(printing, LABEL_TEMPLATE,
             labelling_ask_template(step, parcel, shipment, courier_title(printing, step)));
        return;
    }
    if (good) {
        ENSURE(bytes_to_text(bytes_of_text(parcel->awb), shipment->awb, sizeof shipment->awb));
        good = draw_plain(printing, step, devices->printer_driver, shipment, &job);
    }
    end_job(printing, step, devices, &job, good, "there is no label in the journal");
}

/* The courier's, in the printer's language or as a document that becomes a picture. */
static void loaded_label(struct printing *printing, struct step *step, struct devices *devices,
                         const struct event *event)
{
    const struct printer_setup setup = devices_printer_setup(step->config);
    const char *why = "there is no label in the journal";
    struct textbuf job;
    textbuf_init(&job, printing->job, sizeof printing->job);
    bool is_page = printing->parcel.label_format != LABEL_FORMAT_ZPL;
    if (event->blob.found && is_page && draws(printing, step)) {
        draw(printing, LABEL_DOCUMENT,
             labelling_ask_document(step, &printing->parcel, &printing->crops[printing->carrier],
                                    event->blob.bytes));
        return;
    }
    if (is_page && event->blob.found) why = "nobody is there who draws it";
    printing->way = LABEL_PASSED;
    bool good = event->blob.found && !is_page &&
                devices->printer_driver->encode_document(event->blob.bytes, &setup, &job, &why);
    if (good) end_job(printing, step, devices, &job, true, why);
    else draw_ours(printing, step, why, PRINTING_BROKEN);
}

static void loaded(struct printing *printing, struct step *step, struct devices *devices,
                   const struct event *event)
{
    printing->ticket = 0;
    printing->job_driver = devices->printer_driver;
    if (devices->printer_driver == NULL) go(printing, PRINTING_WAITING, 0, NO_DEADLINE);
    else if (printing->reading_task) loaded_task(printing, step, devices, event);
    else loaded_label(printing, step, devices, event);
}

static void take_picture(struct printing *printing, struct step *step, struct devices *devices,
                         const struct event *event)
{
    const struct printer_setup setup = devices_printer_setup(step->config);
    const struct render_answer *answer = event->rendered.answer;
    struct picture picture = labelling_picture(event);
    struct textbuf job;
    textbuf_init(&job, printing->job, sizeof printing->job);
    memcpy(printing->parcel.picture, event->rendered.hash, sizeof printing->parcel.picture);
    unsigned notes = label_notes_of(answer);
    label_notes_write(notes, printing->parcel.label_notes);
    label_notes_log(step, &printing->parcel, notes, answer->scale_ppm,
                    &printing->noted[printing->carrier]);
    if (printing->way == LABEL_DOCUMENT) printing->crops[printing->carrier] = answer->crop;
    bool good = devices->printer_driver->encode_picture(&picture, &setup, step->scratch, &job);
    end_job(printing, step, devices, &job, good, "it does not fit the label");
}

/* The template came to nothing: the printer's own letters are still better than no label. */
static void draw_without(struct printing *printing, struct step *step,
                         const struct devices *devices, const char *why)
{
    commands_log(step->commands, LOG_WARNING, "log_label_plain", "why", why, NULL);
    printing->plain = true;
    prepare(printing, step, devices);
}

static void drawn(struct printing *printing, struct step *step, struct devices *devices,
                  const struct event *event)
{
    const char *why;
    enum label_verdict verdict = labelling_judge(event, &why);
    printing->ticket = 0;
    bool good = verdict == LABEL_GOOD || (verdict == LABEL_UNREAD && printing->anyway);
    if (devices->printer_driver != printing->job_driver) {
        prepare(printing, step, devices); /* another printer was plugged in meanwhile */
    } else if (good) {
        take_picture(printing, step, devices, event);
    } else if (printing->way == LABEL_TEMPLATE) {
        draw_without(printing, step, devices, why);
    } else {
        draw_ours(printing, step, why, verdict == LABEL_UNREAD ? PRINTING_UNREAD : PRINTING_BROKEN);
    }
}

static void unsure(struct printing *printing, struct step *step, struct devices *devices)
{
    printing->cut = true;
    devices_printer_eager(devices, step, false);
    go(printing, PRINTING_UNSURE, 0, NO_DEADLINE);
}

static bool printer_is_ours(const struct printing *printing, const struct devices *devices)
{
    const struct device *device = &devices->slots[DEVICE_PRINTER];
    return device->state == DEVICE_OPEN && device->port == printing->port;
}

static void look_drained(struct printing *printing, struct step *step, struct devices *devices)
{
    if (devices->printer_drained < printing->drained_target) return;
    printing->drained_ms = step->now_ms;
    go(printing, PRINTING_PROVING, 0, printing->deadline_ms);
}

void printing_step(struct printing *printing, struct step *step, struct devices *devices,
                   const struct event *event)
{
    bool sending = printing->state == PRINTING_SENDING || printing->state == PRINTING_PROVING;
    if (event->kind == EVENT_BLOB && printing->state == PRINTING_LOADING) {
        loaded(printing, step, devices, event);
    } else if (event->kind == EVENT_RENDERED && printing->state == PRINTING_DRAWING) {
        drawn(printing, step, devices, event);
    } else if (sending && !printer_is_ours(printing, devices)) {
        unsure(printing, step, devices);
    } else if (sending && printing->deadline_ms <= step->now_ms) {
        unsure(printing, step, devices);
    } else if (printing->state == PRINTING_SENDING && event->kind == EVENT_PORT_DRAINED) {
        look_drained(printing, step, devices);
    }
}

static void start(struct printing *printing, struct step *step)
{
    const char *way = label_way_word(printing->way);
    ENSURE(bytes_to_text(bytes_of_text(way), printing->parcel.label_by,
                         sizeof printing->parcel.label_by));
    fact_put(step, FACT_PRINT, &printing->parcel);
    go(printing, PRINTING_STARTING, step_store(step), NO_DEADLINE);
}

/* How long a label takes, where the printer's state does not say when it is done. */
static int64_t label_time_ms(const struct step *step, const struct devices *devices)
{
    const struct config_printer *printer = &step->config->printer;
    unsigned speed_ips = printer->speed_ips > 0 ? printer->speed_ips : PRINT_SLOWEST_IPS;
    if (!devices->printer_driver->needs_time) return PRINT_PROOF_MIN_MS;
    return PRINT_START_MS + printer->height_dmm * 1000 / (int64_t)(254 * speed_ips);
}

static void printed(struct printing *printing, struct step *step, struct devices *devices,
                    enum print_evidence evidence)
{
    printing->evidence = evidence;
    devices_printer_eager(devices, step, false);
    go(printing, PRINTING_PRINTED, 0, NO_DEADLINE);
}

/* The state is good: a counter that can be asked has the last word, again and again until it has
 * counted or the time is over. One that does not answer is no counter. */
static void count(struct printing *printing, struct step *step, struct devices *devices)
{
    bool out = (devices->printer_questions.out & PRINTER_ASKS_COUNTER) != 0;
    if (printing->counting && out) return;
    if (printing->counting && !printing->counter_answered) printing->counter_known = false;
    printing->counting = printing->counter_known;
    printing->counter_answered = false;
    if (printing->counting && devices_printer_ask(devices, step, PRINTER_ASKS_COUNTER)) return;
    printed(printing, step, devices, PRINT_BY_STATUS);
}

/* One label more: it is out. None: not yet, or nothing has printed although the state is good. More
 * than one: the printer has repeated it by itself, and two labels have one number. */
static void counted(struct printing *printing, struct step *step, struct devices *devices,
                    uint32_t counter)
{
    uint32_t labels = counter - printing->counter_before;
    printing->counter_answered = true;
    if (labels == 1) {
        printed(printing, step, devices, PRINT_BY_COUNTER);
    } else if (labels > PRINT_COUNTED_MAX) {
        printed(printing, step, devices, PRINT_BY_STATUS);
    } else if (labels > 1) {
        printing->counted = labels;
        commands_log(step->commands, LOG_ALARM, "log_label_twice", "order_no",
                     printing->parcel.order_no, NULL);
        unsure(printing, step, devices);
    }
}

void printing_answer(struct printing *printing, struct step *step, struct devices *devices,
                     enum printer_result result, const struct printer_answer *answer)
{
    bool sending = printing->state == PRINTING_SENDING || printing->state == PRINTING_PROVING;
    if (result == PRINTER_COUNTER && printing->state == PRINTING_PROVING && printing->counting) {
        counted(printing, step, devices, answer->counter);
    } else if (result == PRINTER_COUNTER && printing->state != PRINTING_IDLE) {
        printing->counter_before = answer->counter; /* it was asked before the label was sent */
        printing->counter_known = true;
    } else if (result == PRINTER_RECEIPT && sending && printing->receipt == answer->receipt) {
        printed(printing, step, devices, PRINT_BY_RECEIPT);
    }
}

static void prove(struct printing *printing, struct step *step, struct devices *devices)
{
    const struct printer_status *status = &devices->printer_status;
    int64_t proof_min_ms = label_time_ms(step, devices);
    bool flagged = status->paper_out || status->ribbon_out || status->head_open ||
                   status->too_hot || status->fault;
    if (flagged) { /* the rest of the label is lost: we have told the printer not to repeat it */
        unsure(printing, step, devices);
        return;
    }
    if (status->paused) { /* the label lies in it, or half of one: its time begins anew */
        printing->seen_busy = false;
        printing->proofs = 0;
        printing->drained_ms = step->now_ms;
        return;
    }
    if (status->busy) {
        printing->seen_busy = true;
        printing->proofs = 0;
        return;
    }
    if (step->now_ms - printing->drained_ms < proof_min_ms && !printing->seen_busy) return;
    printing->proofs++;
    if (printing->proofs < PRINT_PROOFS && !printing->seen_busy) return;
    count(printing, step, devices);
}

/* The longest that is waited: as the settings say, but never less than a label takes. */
static int64_t print_wait_ms(const struct step *step, const struct devices *devices)
{
    int64_t wait_ms = step->config->limits.print_wait_ms;
    int64_t least_ms = label_time_ms(step, devices) + PRINT_SLACK_MS;
    return devices->printer_driver->needs_time && wait_ms < least_ms ? least_ms : wait_ms;
}

static void send(struct printing *printing, struct step *step, struct devices *devices)
{
    printing->port = devices->slots[DEVICE_PRINTER].port;
    struct bytes job = bytes_of(printing->job, printing->job_len);
    bool ours = printing->job_driver == devices->printer_driver; /* no other was plugged in */
    bool cleared =
        !printing->cut || devices_printer_write(devices, step, devices->printer_driver->abort_job);
    printing->cut = false;
    if (!ours || !cleared || !devices_printer_write(devices, step, job)) {
        unsure(printing, step,
               devices); /* not a byte was sent, but the fact says that some may be */
        return;
    }
    printing->drained_target = devices->printer_written;
    int64_t wait_ms = print_wait_ms(step, devices);
    if (printing->receipt > 0) devices_printer_expect(devices, step, PRINTER_ASKS_RECEIPT, wait_ms);
    go(printing, PRINTING_SENDING, 0, step->now_ms + wait_ms);
}

void printing_status(struct printing *printing, struct step *step, struct devices *devices)
{
    const struct printer_status *status = &devices->printer_status;
    bool fresh = devices->printer_known && devices->printer_driver != NULL &&
                 devices->slots[DEVICE_PRINTER].state == DEVICE_OPEN;
    bool wrong = devices_printer_is_wrong(devices, step->config->printer.dpi);
    bool may_start = printing->state == PRINTING_WAITING && !printing->gated && !wrong;
    if (may_start && fresh && status->ready && !status->busy) {
        if (printing->job_driver != devices->printer_driver) prepare(printing, step, devices);
        else if (printing->hold) send(printing, step, devices);
        else start(printing, step);
    } else if (printing->state == PRINTING_PROVING) {
        prove(printing, step, devices);
    }
}

void printing_stored(struct printing *printing, struct step *step, struct devices *devices,
                     uint32_t ticket, enum err error)
{
    if (printing->state != PRINTING_STARTING || printing->ticket != ticket) return;
    if (error == ERR_NONE) {
        send(printing, step, devices);
    } else if (error == ERR_EXISTS) { /* this copy was begun before: only a person knows */
        unsure(printing, step, devices);
    } else {
        go(printing, PRINTING_WAITING, 0, NO_DEADLINE); /* the next status tries again */
    }
}

void printing_release(struct printing *printing, struct step *step, struct devices *devices)
{
    ENSURE(printing->state == PRINTING_PRINTED || printing->state == PRINTING_UNSURE ||
           printing->state == PRINTING_BROKEN || printing->state == PRINTING_WAITING ||
           printing->state == PRINTING_LOADING || printing->state == PRINTING_DRAWING ||
           printing->state == PRINTING_UNREAD || printing->state == PRINTING_IDLE);
    tickets_drop(step->tickets, printing->ticket);
    devices_printer_eager(devices, step, false);
    go(printing, PRINTING_IDLE, 0, NO_DEADLINE);
}

bool printing_is_early(const struct printing *printing)
{
    return printing->state == PRINTING_LOADING || printing->state == PRINTING_DRAWING ||
           printing->state == PRINTING_WAITING;
}

int64_t printing_deadline(const struct printing *printing)
{
    return printing->deadline_ms;
}

void printing_check(const struct printing *printing)
{
    bool sending = printing->state == PRINTING_SENDING || printing->state == PRINTING_PROVING;
    bool waits = printing->state == PRINTING_LOADING || printing->state == PRINTING_DRAWING ||
                 printing->state == PRINTING_STARTING;
    ENSURE(waits == (printing->ticket != 0));
    ENSURE(sending == (printing->deadline_ms != NO_DEADLINE));
    ENSURE(printing->job_len <= PRINT_JOB_MAX);
}
