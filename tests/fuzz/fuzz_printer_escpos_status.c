/* Guards: no reply breaks the ESC/POS status reader; printer_rules.h says what else must hold. */
#include "drivers/printer_escpos.h"
#include "tests/fuzz/printer_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    printer_rules_check(&printer_escpos, bytes_of(data, size));
    return 0;
}
