/* zpl_filter.c - a courier's ZPL from standard input as the job that the driver makes of it, on
 * standard output, for zpl_document.sh to look at: `zpl_filter DPI`. Exit 1 and the sentence when
 * it is refused. */
#include <stdio.h>
#include <stdlib.h>

#include "drivers/printer_zpl.h"

#define SIZE (2u * 1024u * 1024u)

NO_RETURN void ensure_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "zpl_filter: %s:%d: not so: %s\n", file, line, condition);
    abort();
}

int main(int argc, char **argv)
{
    static char document[SIZE], storage[SIZE];
    struct textbuf job;
    const char *why = "";
    if (argc != 2) return 2;
    const struct printer_setup setup = {.dpi = (unsigned)strtoul(argv[1], NULL, 10),
                                        .width_dmm = 1016,
                                        .height_dmm = 1524};
    size_t len = fread(document, 1, sizeof document, stdin);
    textbuf_init(&job, storage, sizeof storage);
    if (printer_zpl.encode_document(bytes_of(document, len), &setup, &job, &why))
        return fwrite(job.data, 1, job.len, stdout) == job.len ? 0 : 1;
    fprintf(stderr, "%s\n", why);
    return 1;
}
