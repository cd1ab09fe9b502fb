/* Guards: a label is sent once, when the printer says that it can; what cannot be known of it
 * becomes one question to the packer and never a second label. */
#include "tests/support/printing_bench.h"

/* SENDING: the job is on its way. */
static void send(void)
{
    start();
    begin(&parcel);
    give_blob(ZPL);
    give_status(ready);
    stored(ERR_NONE);
    EXPECT_I64(PRINTING_SENDING, printing.state, "the job is sent");
}

static void a_label_goes_its_whole_way(void)
{
    start();
    begin(&parcel);
    EXPECT_I64(PRINTING_LOADING, printing.state, "the label is read from the journal");
    EXPECT_BYTES(BYTES_LITERAL("label/bay-1-01234567-41-1"),
                 bench_command(COMMAND_READ_BLOB)->read.key, "the courier's");
    give_blob(ZPL);
    EXPECT_I64(PRINTING_WAITING, printing.state, "nothing is sent before the printer is heard");
    give_status(busy);
    EXPECT_I64(PRINTING_WAITING, printing.state, "nor while it prints something else");
    give_status(ready);
    EXPECT_I64(PRINTING_STARTING, printing.state, "that it begins is stored first");
    EXPECT(bytes_equal_text(bench.commands.batch.facts[0].kind, "print"), "as a fact");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "before a byte is sent");
    stored(ERR_NONE);
    EXPECT(bench_command(COMMAND_PORT_WRITE) != NULL, "now it is");
    give_status(ready);
    EXPECT_I64(PRINTING_SENDING, printing.state, "a status before the last byte proves nothing");
    printer_event(EVENT_PORT_DRAINED);
    EXPECT_I64(PRINTING_PROVING, printing.state, "all bytes are taken");
    give_status(ready);
    EXPECT_I64(PRINTING_PROVING, printing.state, "a status too soon is older than the label");
    now_ms += PRINT_PROOF_MIN_MS;
    give_status(ready);
    EXPECT_I64(PRINTING_PROVING, printing.state, "once clean is once");
    give_status(ready);
    EXPECT_I64(PRINTING_PRINTED, printing.state, "twice is proof");
    at(now_ms);
    printing_release(&printing, &step, &devices);
    printing_check(&printing);
    EXPECT_I64(PRINTING_IDLE, printing.state, "and it is free");
    EXPECT_I64(NO_DEADLINE, printing_deadline(&printing), "waiting for nothing");

    send();
    printer_event(EVENT_PORT_DRAINED);
    give_status(busy);
    give_status(ready);
    EXPECT_I64(PRINTING_PRINTED, printing.state, "busy and then empty is proof at once");
}

static void a_printer_that_does_not_say_that_it_prints_gets_its_time(void)
{
    struct printer_driver slow = printer_zpl;
    slow.needs_time = true;
    send();
    devices.printer_driver = &slow;
    printer_event(EVENT_PORT_DRAINED);
    now_ms += PRINT_START_MS + 3000 - 1; /* 152.4 mm at 2 inches a second */
    give_status(ready);
    give_status(ready);
    EXPECT_I64(PRINTING_PROVING, printing.state, "clean before it can be out proves nothing");
    now_ms++;
    give_status(ready);
    give_status(ready);
    EXPECT_I64(PRINTING_PRINTED, printing.state, "then twice is proof");
}

/* Somebody presses its button in the middle: not every language says then that a label waits. */
static void a_label_in_a_paused_printer_is_not_out(void)
{
    static const struct printer_status paused = {.paused = true};
    send();
    printer_event(EVENT_PORT_DRAINED);
    give_status(busy);
    for (unsigned i = 0; i < 5; i++) {
        now_ms += 1000;
        give_status(paused);
        EXPECT_I64(PRINTING_PROVING, printing.state, "it waits for the button");
    }
    give_status(ready);
    EXPECT_I64(PRINTING_PROVING, printing.state, "the label's time begins anew");
    now_ms += PRINT_PROOF_MIN_MS;
    give_status(ready);
    give_status(ready);
    EXPECT_I64(PRINTING_PRINTED, printing.state, "then it is out, once");
}

static void what_goes_wrong_with_a_sent_label_is_one_question(void)
{
    static const struct {
        struct printer_status status;
        const char *promise;
    } rows[] = {
        {{.paper_out = true}, "paper out"}, {{.ribbon_out = true}, "ribbon out"},
        {{.head_open = true}, "head open"}, {{.too_hot = true}, "too hot"},
        {{.fault = true}, "a jam"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        send();
        printer_event(EVENT_PORT_DRAINED);
        give_status(rows[i].status);
        EXPECT_I64(PRINTING_UNSURE, printing.state, rows[i].promise);
        EXPECT(printing.cut, "the printer must be told before the next label");
    }
    for (unsigned proving = 0; proving < 2; proving++) {
        send();
        if (proving) printer_event(EVENT_PORT_DRAINED);
        printer_event(EVENT_PORT_CLOSED);
        EXPECT_I64(PRINTING_UNSURE, printing.state, "the printer is lost");
        send();
        if (proving) printer_event(EVENT_PORT_DRAINED);
        const struct event due = {.kind = EVENT_DEADLINE};
        at(printing_deadline(&printing) - 1);
        printing_step(&printing, &step, &devices, &due);
        EXPECT(printing.state != PRINTING_UNSURE, "patience");
        at(printing_deadline(&printing));
        printing_step(&printing, &step, &devices, &due);
        EXPECT_I64(PRINTING_UNSURE, printing.state, "with an end");
    }
}

static void a_printer_that_came_back_is_another_life(void)
{
    send();
    uint32_t port = printing.port;
    struct event event = {.kind = EVENT_PORT_CLOSED};
    event.port.port = port;
    event.port.sentence = "";
    devices_step(&devices, &step, &event);
    now_ms = devices.slots[DEVICE_PRINTER].retry_ms;
    const struct event due = {.kind = EVENT_DEADLINE};
    at(now_ms);
    devices_step(&devices, &step, &due);
    printer_event(EVENT_PORT_OPENED);
    EXPECT(devices.slots[DEVICE_PRINTER].port != port, "it is another port");
    give_status(ready);
    EXPECT_I64(PRINTING_UNSURE, printing.state,
               "what it says now proves nothing of the label before");
    at(now_ms);
    printing_release(&printing, &step, &devices);
    struct parcel second = parcel;
    second.copy = 2;
    begin(&second);
    give_blob(ZPL);
    give_status(ready);
    stored(ERR_NONE);
    EXPECT_BYTES(devices.printer_driver->abort_job, bench.commands.items[0].port.bytes,
                 "a job that was cut is ended before the next one is sent");
    EXPECT(!printing.cut, "once");
    EXPECT(bytes_start_with(bench.commands.items[1].port.bytes, ZPL_OPEN),
           "and the label sets the printer up again, which may have lost its power (R08)");
}

static void a_label_waits_for_its_printer(void)
{
    static const struct {
        struct printer_status status;
        const char *promise;
    } rows[] = {
        {{.paper_out = true}, "paper"},
        {{.ribbon_out = true}, "the ribbon"},
        {{.paused = true}, "the button"},
        {{.head_open = true}, "the head"},
        {{.too_hot = true}, "that it cools down"},
        {{.too_cold = true}, "that it warms up"},
        {{.fault = true}, "a jam or a knife"},
        {{.label_waiting = true}, "the label before, to be taken"},
        {{.buffer_full = true}, "room: one job at a time"},
        {{.busy = true, .queued = 10}, "ten of somebody else"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start();
        begin(&parcel);
        give_blob(ZPL);
        give_status(rows[i].status);
        EXPECT_I64(PRINTING_WAITING, printing.state, rows[i].promise);
        EXPECT_I64(0, bench.commands.batch.fact_count, "nothing is said to have begun");
        printer_event(EVENT_PORT_CLOSED);
        EXPECT_I64(PRINTING_WAITING, printing.state, "nothing was sent: no question");
        at(now_ms);
        printing_release(&printing, &step, &devices);
        EXPECT_I64(PRINTING_IDLE, printing.state, "and it can be put aside");
    }
}

static void a_start_that_is_not_stored_sends_nothing(void)
{
    start();
    begin(&parcel);
    give_blob(ZPL);
    give_status(ready);
    printing_stored(&printing, &step, &devices, printing.ticket + 1, ERR_NONE);
    EXPECT_I64(PRINTING_STARTING, printing.state, "another batch is not ours");
    stored(ERR_NO_SPACE);
    EXPECT_I64(PRINTING_WAITING, printing.state, "the disk is full: wait");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "no byte was sent");
    give_status(ready);
    stored(ERR_EXISTS);
    EXPECT_I64(PRINTING_UNSURE, printing.state, "this copy was begun before: only a person knows");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "it is not sent again");
    start();
    begin(&parcel);
    give_blob(ZPL);
    give_status(ready);
    devices.slots[DEVICE_PRINTER].state = DEVICE_GONE;
    stored(ERR_NONE);
    EXPECT_I64(PRINTING_UNSURE, printing.state,
               "the printer left in between: the fact says perhaps");
}

static void a_label_that_cannot_be_used_is_drawn_or_broken(void)
{
    static const struct {
        const char *label, *task;
        bool may_draw;
        enum printing_state wanted;
        const char *promise;
    } rows[] = {
        {NULL, TASK, true, PRINTING_WAITING, "lost: drawn by us"},
        {"not a label", TASK, true, PRINTING_WAITING, "not ZPL: drawn by us"},
        {"^XA^DFR:X^FS^XZ", TASK, true, PRINTING_WAITING, "one that stores files: drawn by us"},
        {NULL, NULL, true, PRINTING_BROKEN, "nothing is there"},
        {NULL, "not json", true, PRINTING_BROKEN, "nothing can be read"},
        {NULL, NULL, false, PRINTING_BROKEN, "and where we may not draw, nothing is drawn"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start();
        courier.promises.label_self_drawn = rows[i].may_draw;
        begin(&parcel);
        give_blob(rows[i].label);
        if (rows[i].may_draw) {
            EXPECT_I64(PRINTING_LOADING, printing.state, "the shipment is read");
            give_blob(rows[i].task);
        }
        EXPECT_I64(rows[i].wanted, printing.state, rows[i].promise);
    }
    start();
    struct parcel plain = parcel;
    plain.label_format = LABEL_FORMAT_NONE;
    begin(&plain);
    EXPECT_BYTES(BYTES_LITERAL("task/bay-1-01234567-41-1"),
                 bench_command(COMMAND_READ_BLOB)->read.key, "a booking without one: drawn");
    give_blob(TASK);
    EXPECT(printing.way == LABEL_PLAIN && printing.state == PRINTING_WAITING, "by us");
    EXPECT(strstr(printing.job, "SBX000000001") != NULL, "with its number");
    start();
    devices.printer_driver = NULL;
    begin(&plain);
    give_blob(TASK);
    give_status(ready);
    EXPECT_I64(PRINTING_WAITING, printing.state, "a printer nobody can talk to prints nothing");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "and hears nothing");
    at(now_ms);
    printing_release(&printing, &step, &devices);
    begin(&plain);
    uint32_t ticket = printing.ticket;
    printing_release(&printing, &step, &devices);
    enum owner owner;
    unsigned index = 0;
    EXPECT(!tickets_settle(&bench.tickets, ticket, &owner, &index), "given up: nobody waits");
}

static void a_label_is_written_for_the_printer_that_is_there(void)
{
    start();
    devices.printer_driver = NULL; /* it was not there since the start: nobody knows its language */
    begin(&parcel);
    EXPECT_I64(PRINTING_WAITING, printing.state, "it is waited for");
    devices.printer_driver = printer_driver_find(BYTES_LITERAL("zpl"));
    give_status(ready);
    EXPECT_I64(PRINTING_LOADING, printing.state, "when it is known the label is made");
    devices.printer_driver = printer_driver_find(BYTES_LITERAL("tspl"));
    give_blob(ZPL);
    give_blob(TASK);
    give_status(ready);
    EXPECT(bytes_start_with(bytes_of(printing.job, printing.job_len), "SET") ||
               bytes_find(bytes_of(printing.job, printing.job_len), BYTES_LITERAL("PRINT 1,1")) <
                   printing.job_len,
           "for the one that is there in the end");
    devices.printer_driver = printer_driver_find(BYTES_LITERAL("epl"));
    stored(ERR_NONE);
    EXPECT_I64(PRINTING_UNSURE, printing.state, "another one never gets its bytes");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "not one of them");
}

int main(void)
{
    EXPECT_RUN(a_label_goes_its_whole_way);
    EXPECT_RUN(a_printer_that_does_not_say_that_it_prints_gets_its_time);
    EXPECT_RUN(a_label_in_a_paused_printer_is_not_out);
    EXPECT_RUN(what_goes_wrong_with_a_sent_label_is_one_question);
    EXPECT_RUN(a_printer_that_came_back_is_another_life);
    EXPECT_RUN(a_label_waits_for_its_printer);
    EXPECT_RUN(a_label_is_written_for_the_printer_that_is_there);
    EXPECT_RUN(a_start_that_is_not_stored_sends_nothing);
    EXPECT_RUN(a_label_that_cannot_be_used_is_drawn_or_broken);
    return expect_result();
}
