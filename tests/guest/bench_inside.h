/* bench_inside.h - what bench.c, the loop, and bench_commands.c, what the lines mean, share. */
#ifndef PACKD_TESTS_GUEST_BENCH_INSIDE_H
#define PACKD_TESTS_GUEST_BENCH_INSIDE_H

#include <stdio.h>

#include "tests/guest/page.h"
#include "tests/guest/played.h"
#include "tests/guest/typed.h"

#define DEVICES_MAX VHCI_SOCKETS_MAX
#define LINE_MAX_LEN 20000

struct bench;
enum outcome { DONE, REFUSED, WAITING };

struct wait {
    enum outcome (*look)(struct bench *bench);
    int64_t until_ms;
    char wanted[512];
    struct played *played;
    uint64_t least;
};

struct bench {
    struct played devices[DEVICES_MAX];
    struct page page;
    uint16_t page_port;
    struct typed typed;
    int64_t mark_ms;  /* of the last act that waits are measured from */
    struct wait wait; /* look NULL: none */
    char line[LINE_MAX_LEN];
    size_t len;
    char answer[LINE_MAX_LEN];
    FILE *log;
};

/* Carries out a line, which is written into. WAITING: bench->wait says for what. */
enum outcome bench_obey(struct bench *bench, char *line);
/* The words of the answer; gives `outcome` back. */
__attribute__((format(printf, 3, 4))) enum outcome bench_say(struct bench *bench,
                                                             enum outcome outcome,
                                                             const char *format, ...);

#endif
