/* Guards: what the log says of a server has its reason in it, whatever the server did, and alarms
 * only where a person can mend it. */
#include "firmware/station/net_state.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define CUT "the connection to localhost was cut"

static const struct row {
    enum exchange_end end;
    int status;
    enum log_level level;
    const char *id, *reason_name, *reason;
} rows[] = {
    {EXCHANGE_ANSWERED, 200, LOG_INFO, "log_server_ok", "server", "sandbox"},
    {EXCHANGE_ANSWERED, 429, LOG_INFO, "log_server_ok", "server", "sandbox"},
    {EXCHANGE_ANSWERED, 503, LOG_WARNING, "log_server_status", "status", "503"},
    {EXCHANGE_ANSWERED, 401, LOG_ALARM, "log_server_refused", "status", "401"},
    {EXCHANGE_ANSWERED, 403, LOG_ALARM, "log_server_refused", "status", "403"},
    {EXCHANGE_NOT_SENT, 0, LOG_WARNING, "log_server_down", "why", CUT},
    {EXCHANGE_MAYBE_SENT, 0, LOG_WARNING, "log_server_down", "why", CUT},
    {EXCHANGE_UNTRUSTED, 0, LOG_ALARM, "log_server_untrusted", "why", CUT},
    {EXCHANGE_NO_CLOCK, 0, LOG_WARNING, "log_server_no_clock", "server", "sandbox"},
};

static struct bytes argument(const struct command *command, const char *name)
{
    for (size_t i = 0; i < command->log.count; i++) {
        if (strcmp(command->log.arguments[i].name, name) == 0)
            return command->log.arguments[i].value;
    }
    return BYTES_NONE;
}

static void every_end_is_said_with_its_reason(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        bench_init();
        struct step step = bench_step(0);
        struct http_response response = {.status = row->status};
        bool answered = row->end == EXCHANGE_ANSWERED;
        struct event event = {.kind = EVENT_EXCHANGE};
        event.exchange.end = row->end;
        event.exchange.response = answered ? &response : NULL;
        event.exchange.sentence = answered ? NULL : CUT;
        net_state_log(step.commands, "sandbox", &event);
        const struct command *said = bench_command(COMMAND_LOG);
        EXPECT(said != NULL, row->id);
        if (said == NULL) continue;
        EXPECT_TEXT(row->id, said->log.id, "the sentence");
        EXPECT_I64(row->level, said->log.level, row->id);
        EXPECT(bytes_equal_text(argument(said, row->reason_name), row->reason), row->id);
    }
}

int main(void)
{
    EXPECT_RUN(every_end_is_said_with_its_reason);
    return expect_result();
}
