/* command.c - the bounded list of commands and its arena. Every limit here is a constant that the
 * machines are built to stay under, so reaching one is a mistake of ours and ends the program. */
#include "firmware/station/command.h"

#include <stdarg.h>
#include <string.h>

void commands_reset(struct commands *commands)
{
    commands->count = 0;
    commands->arena_used = 0;
    commands->request_count = 0;
    commands->batch.fact_count = 0;
    commands->batch.blob_count = 0;
    commands->batch.cursor_count = 0;
    commands->batch_ticket = 0;
}

struct command *commands_add(struct commands *commands, enum command_kind kind)
{
    ENSURE(commands->count < COMMANDS_MAX);
    struct command *command = &commands->items[commands->count++];
    memset(command, 0, sizeof *command);
    command->kind = kind;
    return command;
}

void *commands_room(struct commands *commands, size_t size)
{
    size_t aligned = (commands->arena_used + 15u) & ~(size_t)15u;
    ENSURE(size <= COMMAND_ARENA_SIZE && aligned <= COMMAND_ARENA_SIZE - size);
    commands->arena_used = aligned + size;
    return commands->arena + aligned;
}

struct bytes commands_keep(struct commands *commands, struct bytes bytes)
{
    if (bytes.len == 0) return bytes_of("", 0);
    void *room = commands_room(commands, bytes.len);
    memcpy(room, bytes.data, bytes.len);
    return bytes_of(room, bytes.len);
}

struct bytes commands_keep_text(struct commands *commands, const char *text)
{
    return commands_keep(commands, bytes_of_text(text));
}

void commands_text_begin(struct commands *commands, struct textbuf *text, size_t size)
{
    textbuf_init(text, commands_room(commands, size), size);
}

struct bytes commands_text_end(struct commands *commands, struct textbuf *text)
{
    ENSURE(textbuf_ok(text));
    const uint8_t *start = (const uint8_t *)text->data;
    ENSURE(start >= commands->arena &&
           start + text->size == commands->arena + commands->arena_used);
    commands->arena_used -= text->size - text->len - 1;
    return textbuf_bytes(text);
}

void commands_fact(struct commands *commands, struct bytes key, const char *kind,
                   struct bytes subject, struct bytes body)
{
    struct batch *batch = &commands->batch;
    ENSURE(batch->fact_count < BATCH_FACTS_MAX);
    batch->facts[batch->fact_count++] = (struct batch_fact){
        .key = commands_keep(commands, key),
        .kind = commands_keep_text(commands, kind),
        .subject = commands_keep(commands, subject),
        .body = commands_keep(commands, body),
    };
}

static void put_blob(struct commands *commands, struct bytes key, struct bytes data)
{
    struct batch *batch = &commands->batch;
    ENSURE(batch->blob_count < BATCH_BLOBS_MAX);
    batch->blobs[batch->blob_count++] = (struct batch_blob){commands_keep(commands, key), data};
}

void commands_blob(struct commands *commands, struct bytes key, struct bytes data)
{
    put_blob(commands, key, commands_keep(commands, data));
}

void commands_blob_delete(struct commands *commands, struct bytes key)
{
    put_blob(commands, key, BYTES_NONE);
}

void commands_cursor(struct commands *commands, const char *name, int64_t seq)
{
    struct batch *batch = &commands->batch;
    ENSURE(batch->cursor_count < BATCH_CURSORS_MAX);
    batch->cursors[batch->cursor_count++] = (struct batch_cursor){name, seq};
}

struct http_request *commands_request(struct commands *commands)
{
    ENSURE(commands->request_count < COMMAND_REQUESTS_MAX);
    return &commands->requests[commands->request_count++];
}

void commands_log(struct commands *commands, enum log_level level, const char *id, ...)
{
    struct command *command = commands_add(commands, COMMAND_LOG);
    command->log.level = level;
    command->log.id = id;
    va_list arguments;
    va_start(arguments, id);
    for (;;) {
        const char *name = va_arg(arguments, const char *);
        if (name == NULL) break;
        ENSURE(command->log.count < LOG_ARGUMENTS_MAX);
        const char *value = va_arg(arguments, const char *);
        command->log.arguments[command->log.count++] =
            (struct log_argument){name, commands_keep_text(commands, value)};
    }
    va_end(arguments);
}

const char *command_kind_word(enum command_kind kind)
{
    switch (kind) {
    case COMMAND_STORE: return "store";
    case COMMAND_READ_ROWS: return "read_rows";
    case COMMAND_READ_SUBJECT: return "read_subject";
    case COMMAND_READ_BLOB: return "read_blob";
    case COMMAND_CACHE_PUT: return "cache_put";
    case COMMAND_CACHE_FIND: return "cache_find";
    case COMMAND_CACHE_FORGET: return "cache_forget";
    case COMMAND_PORT_OPEN: return "port_open";
    case COMMAND_PORT_WRITE: return "port_write";
    case COMMAND_PORT_CLOSE: return "port_close";
    case COMMAND_PORT_MEND: return "port_mend";
    case COMMAND_EXCHANGE: return "exchange";
    case COMMAND_EXCHANGE_CANCEL: return "exchange_cancel";
    case COMMAND_RENDER: return "render";
    case COMMAND_SHOW: return "show";
    case COMMAND_LOG: return "log";
    case COMMAND_CONFIG_ADOPTED: return "config_adopted";
    case COMMAND_CONFIG_REJECTED: return "config_rejected";
    }
    return "unknown";
}
