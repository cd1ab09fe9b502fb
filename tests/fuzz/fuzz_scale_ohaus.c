/* Guards: no bytes break the Ohaus driver; what it calls usable has a value, a unit and its frame;
 * and bytes one at a time give what bytes all at once give. */
#include "drivers/scale_ohaus.h"

#include "tests/fuzz/scale_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scale_rules_check(&scale_ohaus, bytes_of(data, size));
    return 0;
}
