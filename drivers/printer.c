/* printer.c - the part of the printer contract that is the same for every driver; see
 * printer.h. */
#include "drivers/printer.h"

void printer_state_init(struct printer_state *state)
{
    *state = (struct printer_state){0};
}
