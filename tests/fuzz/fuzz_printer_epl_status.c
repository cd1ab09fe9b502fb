/* Guards: no reply breaks the EPL status reader; printer_rules.h says what else must hold. */
#include "drivers/printer_epl.h"
#include "tests/fuzz/printer_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    printer_rules_check(&printer_epl, bytes_of(data, size));
    return 0;
}
