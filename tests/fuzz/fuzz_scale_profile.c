/* Guards: no text breaks the reader of profiles; what it refuses has a whole sentence; what it
 * takes is a driver within all its limits, which no bytes break: what it calls usable has a value,
 * a unit and its frame, and bytes one at a time give what bytes all at once give. An input is a
 * profile, and behind its first NUL what the scale sends. */
#include <string.h>

#include "drivers/driver_list.h"
#include "tests/fuzz/scale_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_complaints(const struct scale_complaints *complaints)
{
    ENSURE(complaints->count > 0 && complaints->count <= SCALE_COMPLAINTS_MAX);
    for (size_t i = 0; i < complaints->count; i++) {
        size_t len = strnlen(complaints->entries[i].sentence, SCALE_COMPLAINT_SIZE);
        ENSURE(len > 10 && len < SCALE_COMPLAINT_SIZE);
    }
}

static void check_profile(const struct scale_profile *profile)
{
    const struct scale_driver *driver = &profile->driver;
    ENSURE(driver->profile == profile && driver->name == profile->name && driver->feed != NULL);
    ENSURE(profile->name[0] != '\0' && profile->title[0] != '\0' && driver->usual.baud > 0);
    ENSURE(profile->frame_count <= SCALE_PROFILE_FRAMES_MAX);
    ENSURE(profile->field_count <= SCALE_PROFILE_FIELDS_MAX);
    ENSURE((driver->request.len > 0) == (driver->request_every_ms > 0));
    for (size_t i = 0; i < profile->frame_count; i++) {
        ENSURE(profile->frames[i].count > 0);
        ENSURE(profile->frames[i].count <= SCALE_PROFILE_ELEMENTS_MAX);
        ENSURE(profile->frames[i].length <= SCALE_PROFILE_FRAME_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scale_catalogue catalogue;
    static struct scale_complaints complaints;
    struct bytes input = bytes_of(data, size);
    size_t len = bytes_find_byte(input, 0);
    catalogue.count = 0;
    const struct scale_driver *driver =
        scale_catalogue_add(&catalogue, bytes_slice(input, 0, len), &complaints);
    if (driver == NULL) {
        check_complaints(&complaints);
        return 0;
    }
    check_profile(driver->profile);
    scale_rules_check(driver, bytes_from(input, len + 1));
    return 0;
}
