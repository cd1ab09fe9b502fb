/* typed.h - who else hears what is typed: a reader of the console, as a login prompt is one, and a
 * reader of every input device, as a desktop is one. */
#ifndef PACKD_TESTS_GUEST_TYPED_H
#define PACKD_TESTS_GUEST_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TYPED_DEVICES_MAX 16

struct typed {
    int console; /* -1: none */
    int news;    /* of the folder of input devices */
    struct {
        int fd; /* 0: free */
        char name[32];
    } devices[TYPED_DEVICES_MAX];
    char text[4096]; /* what the console heard, line ends as '~' */
    size_t len;
    unsigned keys; /* pressed, on all input devices */
};

bool typed_open(struct typed *typed);
/* Reads what there is, and opens devices that have come. */
void typed_turn(struct typed *typed);
void typed_forget(struct typed *typed);

#endif
