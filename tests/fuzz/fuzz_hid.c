/* Guards: no report descriptor makes its reader read past the end, and no length comes out that a
 * read could not be made for; more of a descriptor never makes them shorter. */
#include "hal/base/hid.h"

#include <string.h>

#include "hal/base/ensure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 1024
#define INPUT_BYTES 6 /* of the item sequence below */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t one_byte[INPUT_BYTES] = {0x75, 0x08, 0x95, 0x01, 0x81, 0x02};
    uint8_t longer[INPUT_MAX + INPUT_BYTES];
    if (size > INPUT_MAX) return 0;
    size_t len = hid_input_size(bytes_of(data, size));
    ENSURE(len <= HID_INPUT_MAX);
    memcpy(longer, one_byte, INPUT_BYTES);
    if (size > 0) memcpy(longer + INPUT_BYTES, data, size);
    ENSURE(hid_input_size(bytes_of(longer, INPUT_BYTES)) == 1);
    ENSURE(hid_input_size(bytes_of(longer, INPUT_BYTES + size)) >= 1);
    for (size_t cut = 0; cut < size; cut++) ENSURE(hid_input_size(bytes_of(data, cut)) <= len);
    return 0;
}
