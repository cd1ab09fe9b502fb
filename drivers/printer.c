/* printer.c - the part of the printer contract that is the same for every driver; see
 * printer.h. */
#include "drivers/printer.h"

void printer_state_init(struct printer_state *state)
{
    *state = (struct printer_state){0};
}

bool printer_status_is_flagged(const struct printer_status *status)
{
    return status->paper_out || status->ribbon_out || status->head_open || status->paused ||
           status->too_hot || status->too_cold || status->busy || status->buffer_full ||
           status->label_waiting || status->fault;
}

bool printer_refuse_document(struct bytes document, const struct printer_setup *setup,
                             struct textbuf *out, const char **out_why)
{
    (void)document;
    (void)setup;
    (void)out;
    *out_why = "the courier's label is in ZPL, which this printer does not speak";
    return false;
}
