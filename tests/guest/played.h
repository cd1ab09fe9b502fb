/* played.h - the one framework of all device programs: a model is data and a few functions, a
 * played device is a model in a socket of the virtual controller.
 *
 * Here are the standard requests, the queues (what the device has to say, what the host has asked
 * for) and the faults that any device may have. A model says only what is its own. */
#ifndef PACKD_TESTS_GUEST_PLAYED_H
#define PACKD_TESTS_GUEST_PLAYED_H

#include "tests/guest/vhci.h"

#define PLAYED_ENDPOINTS 6 /* numbers 0 to 5 */
#define PLAYED_DISK 3      /* the endpoint that is a disk's, in the models that have one */
#define PLAYED_WAITING_MAX 32
#define PLAYED_SAYINGS_MAX 1024
#define PLAYED_SAYING_MAX 512
#define PLAYED_ANSWER_MAX 4096
#define PLAYED_REPORTS_MAX 3
#define PLAYED_STRINGS_MAX 4
#define PLAYED_STALL (-1)
#define PLAYED_NOT_MINE (-2)

struct played;

struct model {
    const char *name;
    enum vhci_speed speed;
    const char *descriptors; /* device, then configuration; hexadecimal, blanks allowed */
    const char *reports[PLAYED_REPORTS_MAX]; /* report descriptors by interface, likewise */
    uint16_t report_pad;                     /* so many zero bytes follow each of them */
    const char *strings[PLAYED_STRINGS_MAX]; /* 1: maker, 2: product, 3: serial number */
    uint8_t relay; /* IN endpoint that says what a relay brings; 0: none */
    /* A request of class or vendor. Returns bytes put into `in`, PLAYED_STALL or NOT_MINE; for one
     * that brings bytes 0 is done. May be NULL. */
    int (*control)(struct played *played, const uint8_t *setup, struct bytes out, uint8_t *in);
    /* Bytes for the device. May be NULL: swallowed. */
    void (*out)(struct played *played, uint8_t endpoint, struct bytes bytes);
    /* Bytes of the relay; NULL: said on `relay` as they are. */
    void (*heard)(struct played *played, struct bytes bytes);
};

struct saying { /* one packet, or the end of what an endpoint says */
    int status;
    int64_t not_before_ms;
    size_t len;
    uint8_t data[PLAYED_SAYING_MAX];
};

struct waiting {
    uint32_t number;
    size_t len;
    size_t taken; /* of `out` */
    uint8_t *out; /* owned; NULL for requests towards the host */
};

struct pipe_end { /* one endpoint in one direction */
    bool halted;
    bool holding;    /* NAK: answers nothing */
    unsigned stalls; /* so many of the next answers are stalls */
    uint64_t moved;  /* bytes */
    struct waiting waiting[PLAYED_WAITING_MAX];
    size_t waiting_count;
    struct saying *sayings; /* ring of PLAYED_SAYINGS_MAX, made when first needed */
    size_t first, count;
};

struct played_counts {
    unsigned configured; /* each after the first is a reset by the host, or a re-enumeration */
    unsigned halts_cleared;
    unsigned left; /* pulled out, or by itself */
    unsigned stalled;
    unsigned switched_on; /* SET_REPORT(feature FE, 1) */
    unsigned asked_id;    /* GET_DEVICE_ID */
    unsigned said;        /* packets that reached the host */
    unsigned dropped;     /* that nobody fetched in time */
    char line[32];        /* the line coding as given: "9600 8N1" */
    unsigned pins;        /* bit 0 DTR, bit 1 RTS */
};

struct played {
    const struct model *model; /* NULL: free */
    char name[24];
    unsigned socket;
    struct vhci vhci;
    bool plugged;
    struct pipe_end in[PLAYED_ENDPOINTS], out[PLAYED_ENDPOINTS];
    uint64_t unplug_at; /* bytes of bulk OUT from the arming on; UINT64_MAX: not armed */
    uint64_t out_total;
    int64_t left_ms;       /* when it was last pulled out */
    size_t take_only;      /* of the next OUT request, once; SIZE_MAX: all */
    int64_t late_ms;       /* from now on everything it says is so late */
    bool leaves_once;      /* when it has been set up, as a device does that boots ... */
    bool comes_back;       /* ... and is back as soon as the kernel has missed it */
    int relay_port;        /* 0: none */
    int relay;             /* connected socket, or -1 */
    char serial[64];       /* instead of the model's, if any */
    struct bytes identity; /* instead of the model's device id; empty: that */
    char identity_text[512];
    struct played_counts counts;
    uint8_t text[1024]; /* a code that is being collected (scanners) */
    size_t text_len;
    uint8_t captured[65536]; /* what a printer took since it was armed */
    size_t captured_len;
};

/* False: the controller does not take it, or its relay cannot be reached. */
bool played_plug(struct played *played);
/* What waits is given back by the kernel; the relay is hung up. */
void played_unplug(struct played *played);
/* When vhci.fd is readable. */
void played_turn(struct played *played);
/* A device that left by itself comes back when the kernel has let it go. */
void played_come_back(struct played *played);
/* When `relay` is readable. */
void played_hear(struct played *played);
/* Answers what has become due; the next time something will be, or INT64_MAX. */
int64_t played_serve(struct played *played, int64_t now_ms);

/* The next request of this IN endpoint is answered with it. Longer than what the host asks for is a
 * babble. A device that nobody reads forgets its oldest words. */
void played_say(struct played *played, uint8_t endpoint, struct bytes packet);
/* In pieces of `packet` bytes. */
void played_say_long(struct played *played, uint8_t endpoint, struct bytes bytes, size_t packet);
void played_relay_send(struct played *played, struct bytes bytes);
int64_t played_now_ms(void);
/* Hexadecimal with blanks into bytes; how many. */
size_t played_hex(const char *text, uint8_t *storage, size_t size);

extern const struct model *const models[];
const struct model *model_find(const char *name);

#endif
