/* picture_print.c - labels as pictures, for label_picture.sh to look at: `picture_print FOLDER`
 * writes for each NAME below NAME.pbm, drawn here; NAME.zpl; NAME-png.png and NAME-pbm.pbm, the
 * files for people; and NAME-DIALECT.pbm, what packsim's printers make of the other languages. */
#include <stdio.h>
#include <stdlib.h>

#include "drivers/driver_list.h"
#include "drivers/picture_file.h"
#include "hal/base/deflate.h"
#include "tools/packsim/tongue.h"

#define JOB_SIZE (2u * 1024u * 1024u)

static char storage[JOB_SIZE];
static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
static const struct scratch scratch = {memory, sizeof memory};
static struct canvas paper, out;

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
    canvas->width = paper.width;
    canvas->height = paper.height;
    uint8_t *pbm = canvas_pbm(canvas, &len);
    write_file(folder, name, ".pbm", bytes_of(pbm, len));
    free(pbm);
}

/* Bars, frames, boxes, and a field of specks, which no form packs well. None is a single dot: those
 * may make a byte that a receipt printer would take for a command, and lose or gain a neighbour. */
static void draw_label(unsigned times)
{
    uint32_t random = 5;
    canvas_code128(&paper, 60, 60, 3 * times, 200, BYTES_LITERAL("SBX100000017"), false);
    canvas_text(&paper, 30, 320, 24 * times, 48 * times, BYTES_LITERAL("Example Road 14"));
    canvas_fill(&paper, 0, 400, paper.width, 3);
    for (unsigned i = 0; i < 3000; i++) {
        random = random * 1664525u + 1013904223u;
        canvas_fill(&paper, 40 + (random >> 10) % 400, 450 + (random >> 20) % 300, 2, 2);
    }
    canvas_fill(&paper, paper.width - 8, paper.height - 8, 8, 8);
}

static void draw_noise(void)
{
    uint32_t random = 9;
    for (unsigned y = 0; y < paper.height; y++) {
        for (unsigned x = 0; x < paper.width; x++) {
            random = random * 1664525u + 1013904223u;
            if (random >> 31 != 0) canvas_dot(&paper, x, y, true);
        }
    }
}

static void write_language(const char *folder, const char *name, const struct picture *picture,
                           unsigned dpi, const struct printer_driver *driver)
{
    const struct printer_setup setup = {.dpi = dpi, .width_dmm = 1024, .height_dmm = 1532};
    const struct tongue *tongue = tongue_find(bytes_of_text(driver->name));
    char file[64];
    struct textbuf job;
    textbuf_init(&job, storage, sizeof storage);
    ENSURE(driver->encode_picture(picture, &setup, scratch, &job));
    printf("%s %s %zu bytes\n", name, driver->name, job.len);
    if (tongue == NULL) {
        write_file(folder, name, ".zpl", textbuf_bytes(&job));
        return;
    }
    canvas_clear(&out);
    tongue_draw(tongue, textbuf_bytes(&job), &out);
    snprintf(file, sizeof file, "%s-%s", name, driver->name);
    write_pbm(folder, file, &out);
}

static void write_all(const char *folder, const char *name, unsigned dpi)
{
    const struct picture picture = {paper.width, paper.height, CANVAS_WIDTH_MAX / 8, paper.rows};
    struct textbuf file;
    write_pbm(folder, name, &paper);
    for (size_t i = 0; printer_driver_at(i) != NULL; i++)
        write_language(folder, name, &picture, dpi, printer_driver_at(i));
    textbuf_init(&file, storage, sizeof storage);
    ENSURE(picture_file_png(&picture, dpi, scratch, &file));
    write_file(folder, name, "-png.png", textbuf_bytes(&file));
    textbuf_init(&file, storage, sizeof storage);
    ENSURE(picture_file_pbm(&picture, &file));
    write_file(folder, name, "-pbm.pbm", textbuf_bytes(&file));
}

static void blank(unsigned width, unsigned height)
{
    canvas_clear(&paper);
    paper.width = width;
    paper.height = height;
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    canvas_open(&paper);
    canvas_open(&out);
    blank(576, 1200); /* as wide as a receipt */
    draw_label(1);
    write_all(argv[1], "receipt", 203);
    blank(1200, 1800);
    draw_label(2);
    write_all(argv[1], "label300", 300);
    blank(2400, 1200);
    draw_label(4);
    write_all(argv[1], "label600", 600);
    blank(816, 1218);
    write_all(argv[1], "white", 203);
    canvas_fill(&paper, 0, 0, paper.width, paper.height);
    write_all(argv[1], "black", 203);
    blank(816, 1218);
    draw_noise();
    write_all(argv[1], "noise", 203);
    canvas_close(&out);
    canvas_close(&paper);
    return 0;
}
