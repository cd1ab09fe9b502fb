/* server.h - an HTTP service on a loopback port: routes in, faults between, answers out.
 *
 * One thread a connection, because a fault may hold an answer back for seconds; the handlers
 * themselves run one at a time with the world locked, as a courier's database would. */
#ifndef PACKD_TOOLS_PACKSIM_SERVER_H
#define PACKD_TOOLS_PACKSIM_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/packsim/http.h"

struct route {
    const char *method;
    const char *path;      /* "/sandbox/v1/shipments/{}/label"; {} is any one segment */
    const char *operation; /* the name faults go by */
    /* Checks the credential; false: the reply already says no. */
    bool (*allow)(const struct call *call, struct reply *reply);
    void (*handle)(const struct call *call, struct reply *reply);
};

struct service {
    const char *name; /* "courier" */
    bool tls;
    const struct route *routes;
    size_t route_count;
};

/* Starts listening; the port in use comes back. */
MUST_USE bool server_open(const struct service *service, uint16_t port, uint16_t *out_port);

#endif
