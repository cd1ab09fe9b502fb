/* booking_state.c - what is true of a booking in the state it is in: see booking.h. Nothing is
 * changed here. */
#include "firmware/station/booking.h"

const char *booking_state_word(enum booking_state state)
{
    switch (state) {
    case BOOKING_FREE: return "free";
    case BOOKING_INTENDING: return "intending";
    case BOOKING_SENDING: return "sending";
    case BOOKING_RESENDING: return "resending";
    case BOOKING_SETTLING: return "settling";
    case BOOKING_ASKING: return "asking";
    case BOOKING_STORING: return "storing";
    case BOOKING_LABELLING: return "labelling";
    case BOOKING_BOOKED: return "booked";
    case BOOKING_REFUSING: return "refusing";
    case BOOKING_REFUSED: return "refused";
    case BOOKING_PERSON: return "person";
    }
    return "unknown";
}

bool booking_may_declare_absent(const struct booking *booking)
{
    bool asked = booking->state == BOOKING_SETTLING || booking->state == BOOKING_ASKING;
    return booking->state == BOOKING_PERSON || (asked && booking->not_told >= BOOKING_NOT_TOLD_MIN);
}

bool booking_is_unsent(const struct booking *booking)
{
    return booking->state == BOOKING_RESENDING && !booking->unsure;
}

bool booking_is_paused(const struct booking *booking)
{
    return booking->ticket == 0 &&
           (booking->state == BOOKING_RESENDING || booking->state == BOOKING_SETTLING);
}

bool booking_may_print_ahead(const struct booking *booking, const struct step *step)
{
    const struct carrier_promises *promises = &step->carriers[booking->carrier]->promises;
    bool open = booking->state == BOOKING_SENDING || booking->state == BOOKING_RESENDING ||
                booking->state == BOOKING_SETTLING || booking->state == BOOKING_ASKING;
    return open && !booking->refuse_if_absent && booking->parcel.awb[0] != '\0' && promises->pool &&
           promises->label_self_drawn;
}

int64_t booking_deadline(const struct booking *booking)
{
    return booking->deadline_ms;
}

void booking_check(const struct booking *booking, int64_t now_ms)
{
    switch (booking->state) {
    case BOOKING_FREE:
    case BOOKING_BOOKED:
    case BOOKING_REFUSED:
    case BOOKING_PERSON: ENSURE(booking->ticket == 0 && booking->deadline_ms == NO_DEADLINE); break;
    case BOOKING_INTENDING:
    case BOOKING_STORING:
    case BOOKING_REFUSING:
        ENSURE((booking->ticket != 0) == (booking->deadline_ms == NO_DEADLINE));
        break;
    case BOOKING_SENDING:
    case BOOKING_ASKING: ENSURE(booking->ticket != 0 && booking->deadline_ms != NO_DEADLINE); break;
    case BOOKING_LABELLING: ENSURE(booking->deadline_ms != NO_DEADLINE); break;
    case BOOKING_RESENDING:
    case BOOKING_SETTLING:
        ENSURE(booking->ticket == 0 && booking->deadline_ms != NO_DEADLINE);
        break;
    }
    ENSURE(booking->state != BOOKING_INTENDING || booking->ticket != 0 || booking->resumed);
    ENSURE(!booking->queued || booking->state != BOOKING_FREE);
    ENSURE(booking->state != BOOKING_PERSON || booking->unreached == 0);
    ENSURE(booking->sent_ms <= now_ms);
    ENSURE(booking->state == BOOKING_FREE || booking->parcel.reference[0] != '\0');
}
