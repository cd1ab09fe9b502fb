/* main.c - packsim: reads its options, opens every part, says that it is ready, waits. */
#include <errno.h>
#include <getopt.h>
#include <gnutls/gnutls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/packsim/certificates.h"
#include "tools/packsim/control.h"
#include "tools/packsim/courier.h"
#include "tools/packsim/device.h"
#include "tools/packsim/ledger.h"
#include "tools/packsim/oms.h"
#include "tools/packsim/printer.h"
#include "tools/packsim/scale.h"
#include "tools/packsim/scanner.h"
#include "tools/packsim/world.h"

#define PORT_BASE 7800

enum port {
    PORT_COURIER,
    PORT_OMS,
    PORT_SCALE,
    PORT_SCANNER,
    PORT_PRINTER,
    PORT_CONTROL,
    PORT_SCANNER_2,
    PORT_COUNT
};

static const struct {
    const char *name;
    uint16_t offset; /* from the base */
} ports[PORT_COUNT] = {{"courier", 1},  {"oms", 2},      {"scale", 11},   {"scanner", 12},
                       {"printer", 13}, {"control", 19}, {"scanner2", 15}};

struct options {
    struct world_options world;
    uint16_t port[PORT_COUNT]; /* 0: a free one */
    const char *script;
};

enum option_code {
    OPTION_DIR = 256,
    OPTION_STATE,
    OPTION_BASE,
    OPTION_STATION,
    OPTION_SCRIPT,
    OPTION_SCALE,
    OPTION_SEED,
    OPTION_RENDERER,
    OPTION_PRINTER,
    OPTION_PORT /* and the ports in order */
};

static const struct option long_options[] = {
    {"dir", required_argument, NULL, OPTION_DIR},
    {"state", no_argument, NULL, OPTION_STATE},
    {"port-base", required_argument, NULL, OPTION_BASE},
    {"station", required_argument, NULL, OPTION_STATION},
    {"script", required_argument, NULL, OPTION_SCRIPT},
    {"scale", required_argument, NULL, OPTION_SCALE}, /* --protocol, as it was once called */
    {"protocol", required_argument, NULL, OPTION_SCALE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"renderer", required_argument, NULL, OPTION_RENDERER},
    {"printer", required_argument, NULL, OPTION_PRINTER},
    {"courier-port", required_argument, NULL, OPTION_PORT},
    {"oms-port", required_argument, NULL, OPTION_PORT + 1},
    {"scale-port", required_argument, NULL, OPTION_PORT + 2},
    {"scanner-port", required_argument, NULL, OPTION_PORT + 3},
    {"printer-port", required_argument, NULL, OPTION_PORT + 4},
    {"control-port", required_argument, NULL, OPTION_PORT + 5},
    {"scanner2-port", required_argument, NULL, OPTION_PORT + 6},
    {NULL, 0, NULL, 0},
};

NO_RETURN void ensure_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "packsim: %s:%d: not so: %s\n", file, line, condition);
    abort();
}

static bool number_take(const char *text, uint64_t max, uint64_t *out_number)
{
    return bytes_to_u64(bytes_of_text(text), max, out_number);
}

static void base_set(struct options *options, uint64_t base)
{
    for (size_t i = 0; i < PORT_COUNT; i++)
        options->port[i] = base == 0 ? 0 : (uint16_t)(base + ports[i].offset);
}

static bool text_take(const char *text, char *out_text, size_t size)
{
    return bytes_to_text(bytes_of_text(text), out_text, size);
}

static bool option_take(struct options *options, int code, const char *value)
{
    struct world_options *world = &options->world;
    uint64_t number = 0;
    switch (code) {
    case OPTION_DIR:
        return text_take(value, world->dir, sizeof world->dir - 64); /* room for the names inside */
    case OPTION_STATE: world->keep = true; return true;
    case OPTION_BASE:
        if (!number_take(value, 65000, &number)) return false;
        base_set(options, number);
        return true;
    case OPTION_STATION:
        return world->station_count < WORLD_STATIONS_MAX &&
               text_take(value, world->stations[world->station_count++], sizeof world->stations[0]);
    case OPTION_SCRIPT: options->script = value; return true;
    case OPTION_SCALE: return scale_protocol_set(bytes_of_text(value));
    case OPTION_SEED: return number_take(value, UINT32_MAX, &world->seed);
    case OPTION_PRINTER: return printer_language_set(bytes_of_text(value));
    case OPTION_RENDERER: return text_take(value, world->renderer, sizeof world->renderer);
    default:
        if (code < OPTION_PORT || code >= OPTION_PORT + PORT_COUNT ||
            !number_take(value, 65535, &number))
            return false;
        options->port[code - OPTION_PORT] = (uint16_t)number;
        return true;
    }
}

static bool options_read(struct options *options, int argument_count, char **arguments)
{
    *options = (struct options){.world = {.seed = 1}};
    base_set(options, PORT_BASE);
    int code;
    while ((code = getopt_long(argument_count, arguments, "", long_options, NULL)) != -1) {
        if (!option_take(options, code, optarg)) return false;
    }
    if (options->world.station_count == 0) {
        (void)text_take("bay-1", options->world.stations[0], sizeof options->world.stations[0]);
        (void)text_take("bay-2", options->world.stations[1], sizeof options->world.stations[1]);
        options->world.station_count = 2;
    }
    return optind == argument_count;
}

static bool parts_open(struct options *options)
{
    uint16_t *port = options->port;
    ledger_open();
    return certificates_open() && courier_open(port[PORT_COURIER], &port[PORT_COURIER]) &&
           oms_open(port[PORT_OMS], &port[PORT_OMS]) &&
           scale_open(port[PORT_SCALE], &port[PORT_SCALE]) &&
           scanner_open(0, port[PORT_SCANNER], &port[PORT_SCANNER]) &&
           scanner_open(1, port[PORT_SCANNER_2], &port[PORT_SCANNER_2]) &&
           printer_open(port[PORT_PRINTER], &port[PORT_PRINTER]) &&
           control_open(port[PORT_CONTROL], &port[PORT_CONTROL]) && devices_start() &&
           (options->script == NULL || script_start(options->script));
}

static bool ready_say(const struct options *options)
{
    char storage[2048], authority[WORLD_PATH_SIZE];
    struct textbuf line;
    struct json_writer writer;
    world_path("ca.pem", authority, sizeof authority);
    textbuf_init(&line, storage, sizeof storage);
    json_write_init(&writer, &line);
    json_write_open(&writer, NULL, '{');
    json_write_boolean(&writer, "ready", true);
    json_write_text(&writer, "dir", world_settings()->dir);
    for (size_t i = 0; i < PORT_COUNT; i++)
        json_write_i64(&writer, ports[i].name, options->port[i]);
    json_write_text(&writer, "ca", authority);
    json_write_text(&writer, "station", world_settings()->stations[0]);
    json_write_close(&writer, '}');
    textbuf_char(&line, '\n');
    if (!textbuf_ok(&line) || !world_file_write("ready.json", textbuf_bytes(&line), 0600))
        return false;
    fputs(storage, stdout);
    return fflush(stdout) == 0;
}

/* Signals are only ever taken here: the other threads are started with them blocked. */
static void end_await(const sigset_t *signals)
{
    struct timespec look = {.tv_nsec = 100000000};
    while (!world_ending()) {
        int got = sigtimedwait(signals, NULL, &look);
        if (got == SIGTERM || got == SIGINT) world_end();
    }
}

int main(int argument_count, char **arguments)
{
    struct options options;
    sigset_t signals;
    if (argument_count > 1 && strcmp(arguments[1], "ctl") == 0)
        return ctl_main(argument_count - 2, arguments + 2);
    if (!options_read(&options, argument_count, arguments)) {
        fprintf(stderr, "usage: packsim [--dir DIR] [--state] [--port-base N] [--courier-port N] "
                        "... [--station NAME]...\n"
                        "       [--script FILE] [--protocol NAME] [--seed N] "
                        "[--printer zpl|tspl|epl|escpos] "
                        "[--renderer PROGRAM]\n"
                        "       packsim ctl [--dir DIR] COMMAND [WORD]...\n");
        return 2;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!world_open(&options.world) || !parts_open(&options) || !ready_say(&options)) return 1;
    end_await(&signals);
    world_lock(); /* whatever is being written to a book is finished; nothing new begins */
    _exit(0);
}
