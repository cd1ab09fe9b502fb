/* packing_view.h - what a person sees and hears in each state: a pure function from the station's
 * state to one message with its lamp, and to the state document of firmware/web/STATE.md. Texts are
 * named here and written in the language files. */
#ifndef PACKD_FIRMWARE_STATION_PACKING_VIEW_H
#define PACKD_FIRMWARE_STATION_PACKING_VIEW_H

#include "firmware/station/net_state.h"
#include "firmware/station/showing.h"
#include "firmware/station/backlog.h"
#include "firmware/station/letters.h"
#include "firmware/station/packing.h"
#include "firmware/station/sync.h"

#define VIEW_DOCUMENT_SIZE 6144
#define VIEW_VALUE_SIZE 162

enum lamp { LAMP_GREEN, LAMP_YELLOW, LAMP_RED, LAMP_BLUE };

struct message {
    const char *id;
    enum lamp lamp;
    bool logged; /* worth a line in the log when it appears */
    struct {
        const char *name;
        char value[VIEW_VALUE_SIZE];
    } arguments[4];
    size_t count;
};

struct view { /* everything the picture depends on */
    const struct step *step;
    const struct packing *packing;
    const struct floor *floor;
    const struct sync *sync;
    const enum net_state *network; /* by server: SERVER_OMS, SERVER_CARRIER_FIRST + index */
    uint64_t events_waiting;
    int64_t orders_as_of_ms; /* wall clock; 0: they are fresh */
    const struct backlog *backlog;
    const struct letters *letters;
    const struct showing *showing; /* NULL: never */
    bool disk_low;
    bool disk_full;                            /* the latest batch found no space */
    bool disk_slow;                            /* a batch kept everything waiting lately */
    const struct config_fault *wrong_settings; /* text empty: none */
};

void view_message(const struct view *view, struct message *out);
/* Every id that view_message can give, for the test that finds each in every language. NULL past
 * the end. */
const char *view_message_id(size_t index);
/* Writes the state document. */
void view_write(const struct view *view, const struct message *message, struct textbuf *out);

#endif
