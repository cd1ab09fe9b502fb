/* Guards: no bytes break the settings reader; every text it gives is NUL-ended and UTF-8, and it
 * comes to an end after as many steps as there are lines. */
#include "hal/base/ini_read.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size)
{
    ENSURE(memchr(text, '\0', size) != NULL);
    ENSURE(bytes_are_utf8_text(bytes_of_text(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ini_reader reader;
    const char *why = NULL;
    unsigned line = 0;
    ini_init(&reader, bytes_of(data, size));
    for (enum ini_step step = ini_next(&reader, &why); step != INI_END;
         step = ini_next(&reader, &why)) {
        ENSURE(reader.line > line && reader.line <= size + 1);
        line = reader.line;
        check_text(reader.section, sizeof reader.section);
        check_text(reader.section_name, sizeof reader.section_name);
        if (step == INI_BAD) {
            ENSURE(why != NULL);
            continue;
        }
        check_text(reader.key, sizeof reader.key);
        check_text(reader.value, sizeof reader.value);
    }
    return 0;
}
