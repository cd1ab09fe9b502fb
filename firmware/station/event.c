/* event.c - the words of events and presses. */
#include "firmware/station/event.h"

const char *event_kind_word(enum event_kind kind)
{
    switch (kind) {
    case EVENT_STARTED: return "started";
    case EVENT_DEADLINE: return "deadline";
    case EVENT_DEVICE_SEEN: return "device_seen";
    case EVENT_DEVICE_GONE: return "device_gone";
    case EVENT_PORT_OPENED: return "port_opened";
    case EVENT_PORT_FAILED: return "port_failed";
    case EVENT_PORT_CLOSED: return "port_closed";
    case EVENT_PORT_BYTES: return "port_bytes";
    case EVENT_PORT_DRAINED: return "port_drained";
    case EVENT_PORT_MENDED: return "port_mended";
    case EVENT_EXCHANGE: return "exchange";
    case EVENT_STORED: return "stored";
    case EVENT_STORE_FAILED: return "store_failed";
    case EVENT_ROWS: return "rows";
    case EVENT_BLOB: return "blob";
    case EVENT_CACHE_FOUND: return "cache_found";
    case EVENT_CACHE_STORED: return "cache_stored";
    case EVENT_RENDERED: return "rendered";
    case EVENT_PRESS: return "press";
    case EVENT_CONFIG_OFFERED: return "config_offered";
    case EVENT_CONFIG_REFUSED: return "config_refused";
    case EVENT_DISK: return "disk";
    }
    return "unknown";
}

static const char *const press_words[PRESSES] = {
    [PRESS_PRINT] = "print",
    [PRESS_GIVE_UP] = "give_up",
    [PRESS_TRY_AGAIN] = "try_again",
    [PRESS_SET_ASIDE] = "set_aside",
    [PRESS_LABEL_OK] = "label_ok",
    [PRESS_LABEL_MISSING] = "label_missing",
    [PRESS_LABEL_ANYWAY] = "label_anyway",
    [PRESS_REPRINT] = "reprint",
    [PRESS_NOT_BOOKED] = "not_booked",
    [PRESS_TAKEN_BACK] = "taken_back",
    [PRESS_LETTER_AGAIN] = "letter_again",
    [PRESS_LETTER_DROP] = "letter_drop",
    [PRESS_POOL_ADD] = "pool_add",
    [PRESS_SHOW] = "show",
    [PRESS_SHOW_THIS] = "show_this",
    [PRESS_SHOW_END] = "show_end",
    [PRESS_CAST] = "cast",
    [PRESS_ZERO] = "zero",
    [PRESS_TARE] = "tare",
    [PRESS_CLEAR_TARE] = "clear_tare",
    [PRESS_CHECK_SCALE] = "check_scale",
    [PRESS_TRUST_SCALE] = "trust_scale",
    [PRESS_SCAN] = "scan",
};

const char *press_word(enum press press)
{
    return press_words[press];
}

bool press_parse(struct bytes word, enum press *out_press)
{
    for (unsigned i = 0; i < PRESSES; i++) {
        if (!bytes_equal_text(word, press_words[i])) continue;
        *out_press = (enum press)i;
        return true;
    }
    return false;
}
