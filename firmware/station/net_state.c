/* net_state.c - see net_state.h. */
#include "firmware/station/net_state.h"

const char *net_state_word(enum net_state state)
{
    switch (state) {
    case NET_STARTING: return "starting";
    case NET_OK: return "ok";
    case NET_DOWN: return "down";
    case NET_UNTRUSTED: return "untrusted";
    case NET_REFUSED: return "refused";
    case NET_NO_CLOCK: return "no_clock";
    }
    return "starting";
}

enum net_state net_state_of_exchange(const struct event *event)
{
    switch (event->exchange.end) {
    case EXCHANGE_ANSWERED: break;
    case EXCHANGE_NOT_SENT:
    case EXCHANGE_MAYBE_SENT: return NET_DOWN;
    case EXCHANGE_UNTRUSTED: return NET_UNTRUSTED;
    case EXCHANGE_NO_CLOCK: return NET_NO_CLOCK;
    }
    int status = event->exchange.response->status;
    if (status == 401 || status == 403) return NET_REFUSED;
    return status >= 500 ? NET_DOWN : NET_OK;
}
