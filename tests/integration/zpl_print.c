/* zpl_print.c - writes a label of the ZPL driver to standard output, for zpl_label.sh to look at:
 * `zpl_print DPI BARS TEXT...`. */
#include <stdio.h>
#include <stdlib.h>

#include "drivers/printer_zpl.h"

#define JOB_SIZE 65536u

static void add(struct label *label, enum label_item_kind kind, uint16_t height_dmm,
                const char *text)
{
    struct label_item *item = &label->items[label->count];
    *item = (struct label_item){.kind = kind, .x_dmm = 40, .width_dmm = 936, .lines = 2};
    item->y_dmm = (uint16_t)(40 + label->count * 270);
    item->height_dmm = height_dmm;
    snprintf(item->text, sizeof item->text, "%s", text);
    label->count++;
}

int main(int argc, char **argv)
{
    static char storage[JOB_SIZE];
    struct label label = {.width_dmm = 1016, .height_dmm = 1524};
    struct textbuf job;
    if (argc < 3 || argc > 6) return 2;
    add(&label, LABEL_CODE128, 250, argv[2]);
    for (int i = 3; i < argc; i++) add(&label, LABEL_TEXT, 50, argv[i]);
    textbuf_init(&job, storage, sizeof storage);
    const struct printer_setup setup = {.dpi = (unsigned)strtoul(argv[1], NULL, 10),
                                        .width_dmm = label.width_dmm,
                                        .height_dmm = label.height_dmm};
    if (!printer_zpl.encode_label(&label, &setup, &job)) return 1;
    fputs(job.data, stdout);
    return 0;
}
