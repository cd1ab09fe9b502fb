/* render_write.c - the dots of packd-render in a printer's language or as a file for people. */
#include <stdio.h>
#include <string.h>

#include "drivers/picture_file.h"
#include "drivers/printer.h"
#include "hal/base/deflate.h"
#include "tools/packtool/render.h"

/* 8 x 8 inches of noise at 600 dpi, as the wordiest language says it. */
#define JOB_SIZE (8u * 1024u * 1024u)

bool render_write_job(const struct render_options *options, const struct render_seen *seen,
                      struct bytes *out_job)
{
    static char storage[JOB_SIZE];
    static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
    const struct render_language *language = options->language;
    struct scratch scratch = {memory, sizeof memory};
    const struct printer_setup setup = {.dpi = options->dpi,
                                        .width_dmm = options->width_dmm,
                                        .height_dmm = options->height_dmm};
    const struct picture picture = {.width_dots = seen->answer.width_dots,
                                    .height_dots = seen->answer.height_dots,
                                    .bytes_per_row = seen->answer.bytes_per_row,
                                    .rows = seen->output.data};
    struct textbuf job;
    bool good = true;
    textbuf_init(&job, storage, sizeof storage);
    if (language->printer != NULL)
        good = language->printer->encode_picture(&picture, &setup, scratch, &job);
    else if (strcmp(language->name, "png") == 0)
        good = picture_file_png(&picture, options->dpi, scratch, &job);
    else if (strcmp(language->name, "pbm") == 0) good = picture_file_pbm(&picture, &job);
    else textbuf_bytes_put(&job, seen->output); /* a PDF is what it is */
    *out_job = textbuf_bytes(&job);
    return good && textbuf_ok(&job);
}

bool render_write_file(const char *path, struct bytes content)
{
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(content.data, 1, content.len, file) == content.len;
    if (file != NULL && fclose(file) != 0) good = false;
    if (!good) fprintf(stderr, "packtool: %s cannot be written\n", path);
    return good;
}
