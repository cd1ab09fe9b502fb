/* render.h - what the parts of `packtool render` share: what was asked, what packd-render answered,
 * and how both become a file and a line of JSON. */
#ifndef PACKD_TOOLS_PACKTOOL_RENDER_H
#define PACKD_TOOLS_PACKTOOL_RENDER_H

#include "drivers/printer_zpl.h"
#include "hal/base/err.h"
#include "hal/base/render_wire.h"

#define RENDER_FOLDERS_MAX 4u
#define RENDER_REPEAT_MAX 1000u

struct render_language {
    const char *name;                     /* of the option, and the ending of a file */
    const struct printer_driver *printer; /* NULL: a file for people */
};

struct render_options {
    const char *in, *out, *template_name, *fields, *size, *renderer;
    const char *folders[RENDER_FOLDERS_MAX + 1]; /* one for those that came with packd */
    size_t folder_count;
    const char *wanted[RENDER_WANTED_MAX];
    size_t wanted_count;
    const struct render_language *language;
    unsigned dpi, page, copy, repeat;
    unsigned width_dots, height_dots; /* of the label */
    uint16_t width_dmm, height_dmm;
    struct render_crop crop;
    bool list;
};

/* False, with a sentence on standard error, when the usage is wrong. */
MUST_USE bool render_options_read(int argc, char **argv, struct render_options *out);

struct render_seen { /* what came of a document */
    enum err error;
    struct render_answer answer;
    struct bytes output; /* a copy */
    struct bytes job;    /* in the language asked for */
    bool written;        /* it could be said in it */
    int64_t write_us;
    int64_t round_us; /* from question to job, the median of all but the first; 0: there was one */
};

/* Starts packd-render and has it draw `repeat` times, each time anew; blocks until it has answered.
 * False, with a sentence, when it cannot even be started. */
MUST_USE bool render_child_ask(const struct render_options *options, struct bytes input,
                               struct render_seen *out);

/* The picture in the language asked for, into memory that stays until the next one. False when it
 * cannot be said in it. */
MUST_USE bool render_write_job(const struct render_options *options, const struct render_seen *seen,
                               struct bytes *out_job);
/* True when the whole file was written. */
MUST_USE bool render_write_file(const char *path, struct bytes content);

/* The line of JSON. How many of the texts that were wanted are missing. */
unsigned render_report(const struct render_options *options, const struct render_seen *seen);
void render_report_refused(const char *word, const char *sentence);
/* Of a courier's ZPL: its bars are not read, so all that were wanted are missing. */
unsigned render_report_zpl(const struct render_options *options, const struct zpl_report *report,
                           struct bytes job, int64_t check_us);

/* The folder of templates that came with packd, where there is one. */
const char *render_usual_folder(void);
/* One line for each template in the folders asked for. */
int render_list_templates(const struct render_options *options);

#endif
