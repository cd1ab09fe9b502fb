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

void net_state_log(struct commands *commands, const char *server, const struct event *event)
{
    enum net_state state = net_state_of_exchange(event);
    bool answered = event->exchange.end == EXCHANGE_ANSWERED;
    const char *id = "log_server_down";
    enum log_level level = LOG_WARNING;
    switch (state) {
    case NET_STARTING:
    case NET_DOWN: id = answered ? "log_server_status" : id; break;
    case NET_OK: id = "log_server_ok", level = LOG_INFO; break;
    case NET_UNTRUSTED: id = "log_server_untrusted", level = LOG_ALARM; break;
    case NET_REFUSED: id = "log_server_refused", level = LOG_ALARM; break;
    case NET_NO_CLOCK: id = "log_server_no_clock"; break;
    }
    char status[12] = "";
    struct textbuf text;
    textbuf_init(&text, status, sizeof(status));
    if (answered) textbuf_format(&text, "%d", event->exchange.response->status);
    const char *why = event->exchange.sentence != NULL ? event->exchange.sentence : "";
    commands_log(commands, level, id, "server", server, "why", why, "status", status, NULL);
}
