/* Guards: no bytes break the SBI driver; what it calls usable has a value, a unit and its frame;
 * and bytes one at a time give what bytes all at once give. */
#include "drivers/scale_sbi.h"

#include "tests/fuzz/scale_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scale_rules_check(&scale_sbi, bytes_of(data, size));
    return 0;
}
