/* scale.c - the parts of the scale contract that are the same for every driver; see scale.h. */
#include "drivers/scale.h"

void scale_state_init(struct scale_state *state, const struct scale_driver *driver)
{
    *state = (struct scale_state){.driver = driver};
}

const char *scale_reject_word(enum scale_reject reject)
{
    switch (reject) {
    case SCALE_REJECT_NONE: return "none";
    case SCALE_REJECT_SHAPE: return "shape";
    case SCALE_REJECT_CHECKSUM: return "checksum";
    case SCALE_REJECT_NUMBER: return "number";
    case SCALE_REJECT_UNIT: return "unit";
    case SCALE_REJECT_ERROR: return "error";
    }
    ensure_failed("reject is one of the list", __FILE__, __LINE__);
}

struct bytes scale_command(const struct scale_state *state, enum scale_command which)
{
    const struct scale_driver *driver = state->driver;
    switch (which) {
    case SCALE_ZERO: return driver->zero != NULL ? driver->zero(state) : driver->zero_request;
    case SCALE_TARE: return driver->tare_request;
    case SCALE_CLEAR_TARE: return driver->clear_tare_request;
    }
    return BYTES_NONE;
}
