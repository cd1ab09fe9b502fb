/* net_state.h - how a server is, by its latest answer: one word for the page and the log. */
#ifndef PACKD_FIRMWARE_STATION_NET_STATE_H
#define PACKD_FIRMWARE_STATION_NET_STATE_H

#include "firmware/station/command.h"
#include "firmware/station/event.h"

enum net_state { NET_STARTING, NET_OK, NET_DOWN, NET_UNTRUSTED, NET_REFUSED, NET_NO_CLOCK };

const char *net_state_word(enum net_state state);
enum net_state net_state_of_exchange(const struct event *event);
/* Says in the log what the answer means for `server` ("oms", a courier's name): an alarm where only
 * a person can mend it. No sentence is without its reason. */
void net_state_log(struct commands *commands, const char *server, const struct event *event);

#endif
