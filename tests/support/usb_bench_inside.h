/* usb_bench_inside.h - what the two halves of usb_bench.h share: usb_bench.c plays the devices,
 * usb_bench_plug.c puts them into a test bed. */
#ifndef PACKD_TESTS_SUPPORT_USB_BENCH_INSIDE_H
#define PACKD_TESTS_SUPPORT_USB_BENCH_INSIDE_H

#include <pthread.h>
#include <umockdev.h>

#include "tests/support/usb_bench.h"

#define TRANSFERS_MAX 64
#define COUNTS_MAX 32
#define TOLD_MAX 2048u
#define SOCKETS_MAX 128

struct transfer { /* an URB between SUBMITURB and REAPURB */
    UMockdevIoctlData *urb;
    bool done;
    uint64_t order; /* of becoming done */
};

struct waiting { /* said or refused before there was a transfer for it */
    uint8_t endpoint;
    int status;
    uint8_t data[512];
    size_t len;
};

struct usb_bench_device {
    struct usb_bench_device *next_buried;
    const struct usb_bench_model *model;
    UMockdevIoctlBase *handler;
    char node[64];
    char syspath[64];
    int fifo;
    bool fifo_full;
    pthread_mutex_t lock;
    bool gone;
    struct transfer transfers[TRANSFERS_MAX]; /* in the order of submission; urb NULL: free */
    size_t transfer_count;
    uint64_t orders;
    struct waiting waiting[TRANSFERS_MAX];
    size_t waiting_count;
    size_t may_take;
    GByteArray *taken;
    unsigned long requests[COUNTS_MAX];
    size_t request_times[COUNTS_MAX];
    uint8_t asked[TRANSFERS_MAX][2];
    size_t asked_count;
    bool held;
    uint8_t told[TOLD_MAX];
    size_t told_len;
    unsigned claimed;
    unsigned bound;
    size_t rebinds;
    size_t cleared_in_flight;
    uint8_t hub_characteristics;
};

struct usb_bench {
    UMockdevTestbed *testbed;
    char *root;
    struct usb_bench_device *hub;
    struct usb_bench_device *sockets[SOCKETS_MAX]; /* by devnum */
    struct usb_bench_device *buried;               /* gone, but perhaps still open somewhere */
};

/* Both with the lock held. */
void usb_bench_serve(struct usb_bench_device *device);
void usb_bench_show_readiness(struct usb_bench_device *device);
/* umockdev's handle-ioctl. */
gboolean usb_bench_request(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, void *device);

#endif
