/* Guards: that a label is printed is said with its evidence, the strongest there is; a printer that
 * counts is believed over its state, in both directions; what it cannot answer holds up no label; a
 * printer that is not the one of the settings is not written to. */
#include "tests/support/printing_bench.h"

#define ZEBRA "MFG:Zebra Technologies;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;"
#define EPSON "MFG:EPSON;CMD:ESC/POS;MDL:TM-T82;"

/* Opened, and known by its device id. */
static void start_as(const char *driver, const char *device_id)
{
    start();
    struct device_identity identity = {.is_printer = true,
                                       .can_read = true,
                                       .device_id = bytes_of_text(device_id)};
    struct event event = {.kind = EVENT_PORT_OPENED};
    event.port.port = devices.slots[DEVICE_PRINTER].port;
    event.port.identity = &identity;
    event.port.sentence = "";
    EXPECT(bytes_to_text(bytes_of_text(driver), bench.config.printer.driver,
                         sizeof bench.config.printer.driver),
           driver);
    devices.slots[DEVICE_PRINTER].state = DEVICE_OPENING;
    at(now_ms);
    devices_step(&devices, &step, &event);
}

static bool was_asked(struct bytes request)
{
    for (size_t i = 0; i < bench.commands.count; i++) {
        const struct command *command = &bench.commands.items[i];
        if (command->kind == COMMAND_PORT_WRITE && bytes_equal(command->port.bytes, request))
            return true;
    }
    return false;
}

/* What it says, through its driver. */
static void says(struct bytes answer)
{
    at(now_ms);
    while (answer.len > 0) {
        struct device_item item;
        devices_next(&devices, &step, devices.slots[DEVICE_PRINTER].port, &answer, &item);
        if (item.kind == DEVICE_ITEM_STATUS) printing_status(&printing, &step, &devices);
        if (item.kind == DEVICE_ITEM_ANSWER)
            printing_answer(&printing, &step, &devices, item.result, &item.answer);
    }
    printing_check(&printing);
}

#define READY_FRAMES                               \
    "\x02"                                         \
    "030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n"     \
    "\x02"                                         \
    "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02" \
    "1234,0\x03\r\n"

static void prove_state(void)
{
    printer_event(EVENT_PORT_DRAINED);
    now_ms += PRINT_PROOF_MIN_MS;
    says(BYTES_LITERAL(READY_FRAMES));
    says(BYTES_LITERAL(READY_FRAMES));
}

/* SENDING, at a Zebra that has printed `before` labels; NULL: it does not say. */
static void send_counted(const char *before)
{
    start_as("zpl", ZEBRA);
    begin(&parcel);
    EXPECT(was_asked(printer_zpl.counter_request), "the counter is asked in good time");
    if (before != NULL) says(bytes_of_text(before));
    give_blob(ZPL);
    says(BYTES_LITERAL(READY_FRAMES));
    EXPECT_I64(PRINTING_STARTING, printing.state, "the label does not wait for the answer");
    stored(ERR_NONE);
    EXPECT(!was_asked(printer_zpl.counter_request), "nothing is asked inside the label");
}

static void a_counter_says_how_many_came_out(void)
{
    static const struct {
        const char *before, *after;
        enum printing_state state;
        enum print_evidence evidence;
        const char *promise;
    } rows[] = {
        {"\"123\"", "\"124\"", PRINTING_PRINTED, PRINT_BY_COUNTER, "one more: it is out"},
        {"\"123\"", "\"123\"", PRINTING_PROVING, PRINT_BY_NOTHING, "none: not yet (R06)"},
        {"\"123\"", "\"125\"", PRINTING_UNSURE, PRINT_BY_NOTHING, "two: one is too many (R07)"},
        {"\"4294967295\"", "\"0\"", PRINTING_PRINTED, PRINT_BY_COUNTER, "it may wrap (R14)"},
        {"\"123\"", "\"7\"", PRINTING_PRINTED, PRINT_BY_STATUS, "it was set anew (R14)"},
        {"\"123\"", "\"9999\"", PRINTING_PRINTED, PRINT_BY_STATUS, "those are no labels"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        send_counted(rows[i].before);
        prove_state();
        EXPECT_I64(PRINTING_PROVING, printing.state, "a good state is not enough where it counts");
        EXPECT(was_asked(printer_zpl.counter_request), "it is asked what it has counted");
        says(bytes_of_text(rows[i].after));
        EXPECT_I64(rows[i].state, printing.state, rows[i].promise);
        EXPECT_I64(rows[i].evidence, printing.evidence, rows[i].promise);
    }
    send_counted("\"123\"");
    prove_state();
    says(BYTES_LITERAL("\"125\""));
    EXPECT_I64(2, printing.counted, "the packer is told to look for a second one");
}

static void a_good_state_without_a_label_is_a_question(void)
{
    send_counted("\"123\"");
    prove_state();
    for (unsigned i = 0; i < 5; i++) {
        says(BYTES_LITERAL("\"123\""));
        now_ms += 150;
        says(BYTES_LITERAL(READY_FRAMES));
        EXPECT_I64(PRINTING_PROVING, printing.state, "it is asked again and again");
        EXPECT(was_asked(printer_zpl.counter_request), "as long as it answers");
    }
    const struct event due = {.kind = EVENT_DEADLINE};
    now_ms = printing_deadline(&printing);
    at(now_ms);
    printing_step(&printing, &step, &devices, &due);
    EXPECT_I64(PRINTING_UNSURE, printing.state, "and then a person looks");
    send_counted("\"123\"");
    prove_state();
    says(BYTES_LITERAL("\"123\""));
    now_ms += 150;
    says(BYTES_LITERAL(READY_FRAMES));
    says(BYTES_LITERAL("\"124\""));
    EXPECT_I64(PRINT_BY_COUNTER, printing.evidence, "one that counts late is believed");
}

static void without_a_counter_the_state_has_to_do(void)
{
    send_counted(NULL);
    prove_state();
    EXPECT_I64(PRINTING_PRINTED, printing.state, "what was not known before is not asked after");
    EXPECT_I64(PRINT_BY_STATUS, printing.evidence, "by the state");
    send_counted("\"123\"");
    prove_state();
    now_ms += 2000;
    const struct event due = {.kind = EVENT_DEADLINE};
    says(BYTES_LITERAL(READY_FRAMES));
    at(now_ms);
    devices_step(&devices, &step, &due);
    says(BYTES_LITERAL(READY_FRAMES));
    EXPECT_I64(PRINTING_PRINTED, printing.state, "one that falls silent holds up nothing");
    EXPECT_I64(PRINT_BY_STATUS, printing.evidence, "by the state");
    start_as("zpl", "MFG:TVSE;CMD:BPLZ;MDL:LP 46;");
    begin(&parcel);
    EXPECT(!was_asked(printer_zpl.counter_request), "a clone is never asked: it would print it");
    EXPECT_TEXT("counter", print_evidence_word(PRINT_BY_COUNTER), "the fact's word");
}

static void a_receipt_is_the_printers_own_word(void)
{
    char asked[] = "\x1D(H\x06\0"
                   "000001";
    char told[] = "\x37\x22"
                  "0001\0",
         other[] = "\x37\x22"
                   "0009\0";
    struct parcel plain = parcel;
    plain.label_format = LABEL_FORMAT_NONE;
    start_as("escpos", EPSON);
    bench.config.printer.width_dmm = 720;
    begin(&plain);
    give_blob(TASK);
    struct bytes job = bytes_of(printing.job, printing.job_len);
    EXPECT_BYTES(bytes_of(asked, sizeof asked - 1), bytes_from(job, job.len - sizeof asked + 1),
                 "asked for behind the label");
    says(BYTES_LITERAL("\x12"));
    stored(ERR_NONE);
    says(bytes_of(other, sizeof other - 1));
    EXPECT_I64(PRINTING_SENDING, printing.state, "another one's receipt says nothing");
    says(bytes_of(told, sizeof told - 1));
    EXPECT_I64(PRINTING_PRINTED, printing.state, "its own is all that is needed");
    EXPECT_I64(PRINT_BY_RECEIPT, printing.evidence, "the strongest evidence there is");
    start_as("escpos", "MFG:Bixolon;CMD:ESC/POS;MDL:SRP-350;");
    begin(&plain);
    give_blob(TASK);
    job = bytes_of(printing.job, printing.job_len);
    EXPECT(bytes_find(job, BYTES_LITERAL("\x1D(H")) == job.len, "others may print the question");
}

static void the_wait_is_never_shorter_than_a_label(void)
{
    static const struct {
        unsigned speed_ips;
        uint32_t wait_ms;
        int64_t wanted_ms;
    } rows[] = {
        {0, 1000, PRINT_START_MS + 3000 + PRINT_SLACK_MS}, /* 6 inches at 2 a second */
        {6, 1000, PRINT_START_MS + 1000 + PRINT_SLACK_MS},
        {6, 20000, 20000},
    };
    struct parcel plain = parcel;
    plain.label_format = LABEL_FORMAT_NONE;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        start_as("tspl", "MFG:X;CMD:TSPL;MDL:Y;");
        bench.config.limits.print_wait_ms = rows[i].wait_ms;
        bench.config.printer.speed_ips = rows[i].speed_ips;
        begin(&plain);
        give_blob(TASK);
        give_status(ready);
        stored(ERR_NONE);
        EXPECT_I64(now_ms + rows[i].wanted_ms, printing_deadline(&printing),
                   "a short limit does not make every label a question");
        printer_event(EVENT_PORT_DRAINED);
        now_ms = printing_deadline(&printing) - 1;
        give_status(ready);
        give_status(ready);
        EXPECT_I64(PRINTING_PRINTED, printing.state, "there is time to prove it");
    }
}

/* R12 */
static void a_head_that_is_not_the_one_of_the_settings_prints_nothing(void)
{
    start_as("zpl", ZEBRA);
    says(BYTES_LITERAL("\x02ZD421-300dpi,V93.21.26Z,12,8192KB\x03\r\n"));
    begin(&parcel);
    give_blob(ZPL);
    give_status(ready);
    EXPECT_I64(PRINTING_WAITING, printing.state, "every label would be a third too small");
    EXPECT(devices_printer_is_wrong(&devices, 203), "and it is said");
    says(BYTES_LITERAL("\x02ZD421-203dpi,V93.21.26Z,8,8192KB\x03\r\n"));
    give_status(ready);
    EXPECT_I64(PRINTING_STARTING, printing.state, "the right one prints");
    EXPECT(!devices_printer_is_wrong(&devices, 203), "203 dpi are 8 dots a millimetre");
    says(BYTES_LITERAL("\x02ZT411-300dpi,V92.21.39Z,11,8192KB\x03\r\n"));
    EXPECT(!devices_printer_is_wrong(&devices, 300), "300 dpi are 11.8");
}

/* R09 */
static void another_printer_than_the_settings_say_is_not_written_to(void)
{
    start_as("zpl", "MFG:Munbyn;CMD:TSPL;MDL:RW403B;");
    EXPECT(devices.slots[DEVICE_PRINTER].unfit, "refused");
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "without a byte");
    EXPECT(bench_command(COMMAND_LOG) != NULL, "and with a sentence");
    EXPECT_TEXT("unfit", devices_printer_word(&devices), "shown");
    const struct event due = {.kind = EVENT_DEADLINE};
    now_ms += 60000;
    at(now_ms);
    devices_step(&devices, &step, &due);
    EXPECT(bench_command(COMMAND_PORT_WRITE) == NULL, "and it is asked nothing");
    start_as("zpl", ZEBRA);
    EXPECT(!devices.slots[DEVICE_PRINTER].unfit, "the right one is taken");
}

static void tick(void)
{
    const struct event due = {.kind = EVENT_DEADLINE};
    at(now_ms);
    devices_step(&devices, &step, &due);
}

static uint32_t known_not_to_answer(void)
{
    const struct known_device *known =
        device_memory_find(&devices.memory, devices.slots[DEVICE_PRINTER].address);
    return known != NULL ? known->cannot : 0;
}

static void what_a_printer_never_answers_is_remembered(void)
{
    start_as("zpl", ZEBRA);
    says(BYTES_LITERAL(READY_FRAMES));
    tick();
    EXPECT(was_asked(printer_zpl.head_request), "asked while nothing is printed");
    for (unsigned i = 0; i < PRINTER_VAIN_MAX; i++) {
        EXPECT_I64(0, known_not_to_answer(), "not after one or two");
        now_ms += printer_zpl.status_wait_ms;
        says(BYTES_LITERAL(READY_FRAMES));
        tick();
    }
    EXPECT_I64(PRINTER_ASKS_HEAD, known_not_to_answer(), "then it is kept for this device");
    printer_event(EVENT_PORT_CLOSED);
    now_ms = devices.slots[DEVICE_PRINTER].retry_ms;
    tick();
    printer_event(EVENT_PORT_OPENED);
    says(BYTES_LITERAL(READY_FRAMES));
    tick();
    EXPECT(!was_asked(printer_zpl.head_request), "and not asked again when it comes back");
    EXPECT(!devices_printer_is_wrong(&devices, 300), "what is not known refuses nothing");
}

int main(void)
{
    EXPECT_RUN(a_counter_says_how_many_came_out);
    EXPECT_RUN(a_good_state_without_a_label_is_a_question);
    EXPECT_RUN(without_a_counter_the_state_has_to_do);
    EXPECT_RUN(a_receipt_is_the_printers_own_word);
    EXPECT_RUN(the_wait_is_never_shorter_than_a_label);
    EXPECT_RUN(a_head_that_is_not_the_one_of_the_settings_prints_nothing);
    EXPECT_RUN(what_a_printer_never_answers_is_remembered);
    EXPECT_RUN(another_printer_than_the_settings_say_is_not_written_to);
    return expect_result();
}
