/* picture_print.c - one label as a picture, for label_picture.sh to look at: `picture_print FOLDER`
 * writes picture.pbm, picture.zpl, and picture-DIALECT.pbm, what packsim's printers make of the
 * jobs in the other languages. */
#include <stdio.h>
#include <stdlib.h>

#include "drivers/driver_list.h"
#include "hal/base/deflate.h"
#include "tools/packsim/tongue.h"

#define WIDTH 576u /* that of a receipt, which all can print */
#define HEIGHT 1200u
#define JOB_SIZE (512u * 1024u)

NO_RETURN void ensure_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "picture_print: %s:%d: not so: %s\n", file, line, condition);
    abort();
}

static void write_file(const char *folder, const char *name, const char *ending, struct bytes bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = fopen(path, "wb");
    ENSURE(file != NULL && fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    ENSURE(fclose(file) == 0);
}

static void write_pbm(const char *folder, const char *name, struct canvas *canvas)
{
    size_t len = 0;
    canvas->width = WIDTH;
    canvas->height = HEIGHT;
    uint8_t *pbm = canvas_pbm(canvas, &len);
    write_file(folder, name, ".pbm", bytes_of(pbm, len));
    free(pbm);
}

/* Bars, frames, boxes, and a field of specks, which no form packs well. None is a single dot: those
 * may make a byte that a receipt printer would take for a command, and lose or gain a neighbour. */
static void draw(struct canvas *canvas)
{
    uint32_t random = 5;
    canvas_code128(canvas, 60, 60, 3, 200, BYTES_LITERAL("SBX100000017"), false);
    canvas_text(canvas, 30, 320, 24, 48, BYTES_LITERAL("Example Road 14"));
    canvas_fill(canvas, 0, 400, WIDTH, 3);
    for (unsigned i = 0; i < 3000; i++) {
        random = random * 1664525u + 1013904223u;
        canvas_fill(canvas, 40 + (random >> 10) % 400, 450 + (random >> 20) % 300, 2, 2);
    }
    canvas_fill(canvas, WIDTH - 8, HEIGHT - 8, 8, 8);
}

int main(int argc, char **argv)
{
    static char storage[JOB_SIZE];
    static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 720, .height_dmm = 1500};
    struct canvas paper, out;
    if (argc != 2) return 2;
    canvas_open(&paper);
    canvas_open(&out);
    draw(&paper);
    write_pbm(argv[1], "picture", &paper);
    const struct picture picture = {.width_dots = WIDTH,
                                    .height_dots = HEIGHT,
                                    .bytes_per_row = CANVAS_WIDTH_MAX / 8,
                                    .rows = paper.rows};
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        const struct tongue *tongue = tongue_find(bytes_of_text(driver->name));
        char name[40];
        struct textbuf job;
        textbuf_init(&job, storage, sizeof storage);
        ENSURE(driver->encode_picture(&picture, &setup, (struct scratch){memory, sizeof memory},
                                      &job));
        printf("%s %zu bytes\n", driver->name, job.len);
        if (tongue == NULL) {
            write_file(argv[1], "picture", ".zpl", textbuf_bytes(&job));
            continue;
        }
        canvas_clear(&out);
        tongue_draw(tongue, textbuf_bytes(&job), &out);
        snprintf(name, sizeof name, "picture-%s", driver->name);
        write_pbm(argv[1], name, &out);
    }
    canvas_close(&out);
    canvas_close(&paper);
    return 0;
}
