/* ctl.c - `packsim ctl`: says one command to a running packsim and prints what it answers. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/packsim/control.h"
#include "tools/packsim/wire.h"
#include "tools/packsim/world.h"

#define COMMAND_MAX 24000

static int usage(void)
{
    fprintf(stderr, "usage: packsim ctl [--dir DIR | --control PORT] COMMAND [WORD]...\n");
    return 2;
}

static uint16_t port_of(const char *dir)
{
    char path[WORLD_PATH_SIZE], text[2048];
    struct document document;
    int64_t port = 0;
    snprintf(path, sizeof path, "%s/ready.json", dir);
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    if (document_open(&document, bytes_of(text, len))) {
        port = member_i64(document.root, "control", 0);
        document_close(&document);
    }
    return (uint16_t)port;
}

static bool connect_to(uint16_t port, struct wire *wire)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    *wire = (struct wire){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (wire->fd < 0) return false;
    if (connect(wire->fd, (struct sockaddr *)&address, sizeof address) == 0) return true;
    wire_close(wire, WIRE_CUT);
    return false;
}

/* The exit code of the answer; its body goes to standard output. */
static int answer_show(struct bytes answer)
{
    struct bytes status = bytes_slice(answer, sizeof "HTTP/1.1 " - 1, 3);
    size_t head = bytes_find(answer, BYTES_LITERAL("\r\n\r\n"));
    struct bytes body = bytes_from(answer, head + 4);
    fwrite(body.data, 1, body.len, stdout);
    if (bytes_equal_text(status, "200")) return 0;
    return bytes_equal_text(status, "409") ? 1 : 2;
}

static int command_send(struct wire *wire, struct bytes command)
{
    char head[200];
    snprintf(
        head, sizeof head,
        "POST /ctl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
        command.len);
    if (!wire_write(wire, bytes_of_text(head)) || !wire_write(wire, command)) return 2;
    char *answer = NULL;
    size_t len = 0;
    ssize_t got;
    do {
        answer = realloc(answer, len + 65536);
        ENSURE(answer != NULL);
        got = wire_read(wire, answer + len, 65536);
        if (got > 0) len += (size_t)got;
    } while (got > 0);
    int code = answer_show(bytes_of(answer, len));
    free(answer);
    return code;
}

int ctl_main(int argument_count, char **arguments)
{
    char storage[COMMAND_MAX];
    struct textbuf command;
    struct wire wire;
    int at = 0;
    const char *dir = getenv("PACKSIM_DIR");
    uint64_t control = 0;
    for (; at + 1 < argument_count && strncmp(arguments[at], "--", 2) == 0; at += 2) {
        if (strcmp(arguments[at], "--dir") == 0) dir = arguments[at + 1];
        else if (strcmp(arguments[at], "--control") != 0 ||
                 !bytes_to_u64(bytes_of_text(arguments[at + 1]), 65535, &control))
            return usage();
    }
    textbuf_init(&command, storage, sizeof storage);
    for (; at < argument_count; at++) {
        if (command.len > 0) textbuf_char(&command, ' ');
        textbuf_text(&command, arguments[at]);
    }
    if (command.len == 0 || !textbuf_ok(&command)) return usage();
    uint16_t port = control > 0 ? (uint16_t)control : dir != NULL ? port_of(dir) : 0;
    if (port == 0 || !connect_to(port, &wire)) {
        fprintf(stderr, "packsim ctl: no packsim is running there\n");
        return 1;
    }
    int code = command_send(&wire, textbuf_bytes(&command));
    wire_close(&wire, WIRE_POLITE);
    return code;
}
