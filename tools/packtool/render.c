/* render.c - `packtool render`: any document, or a template of ours, to the very bits that packd
 * would send, in any printer's language, with a report of what can be read on them. */
#include <stdio.h>
#include <string.h>

#include "hal/clock.h"
#include "tools/packtool/packtool.h"
#include "tools/packtool/render.h"
#include "tools/packtool/talk.h"

#define ZPL_JOB_SIZE (4u * 1024u * 1024u)

static bool is_zpl(struct bytes text)
{
    text = bytes_trim(bytes_skip_mark(text));
    if (bytes_start_with(text, "\x10")) text = bytes_from(text, 1);
    bool command = text.len >= 3 && (text.data[0] == '^' || text.data[0] == '~');
    return command || bytes_start_with(text, "CT~~CD,");
}

static int refuse(const char *word, const char *sentence)
{
    render_report_refused(word, sentence);
    return PACKTOOL_BAD_INPUT;
}

/* The driver's reasons are parts of a sentence, for the log. */
static int refuse_zpl(const char *why)
{
    char sentence[128];
    snprintf(sentence, sizeof sentence, "It is not passed on: %s.", why);
    return refuse("zpl", sentence);
}

/* Nothing is drawn: the printer does that. */
static int pass_through(const struct render_options *options, struct bytes text)
{
    static char storage[ZPL_JOB_SIZE];
    const struct printer_setup setup = {.dpi = options->dpi,
                                        .width_dmm = options->width_dmm,
                                        .height_dmm = options->height_dmm};
    struct zpl_report report;
    struct textbuf job;
    const char *why = "";
    if (strcmp(options->language->name, "zpl") != 0)
        return refuse("zpl", "A label in ZPL is for printers that speak it.");
    int64_t began_us = clock_boot_us();
    textbuf_init(&job, storage, sizeof storage);
    if (!zpl_filter_document(text, &setup, &job, &report, &why)) return refuse_zpl(why);
    int64_t check_us = clock_boot_us() - began_us;
    if (!render_write_file(options->out, textbuf_bytes(&job))) return PACKTOOL_BAD_INPUT;
    unsigned missing = render_report_zpl(options, &report, textbuf_bytes(&job), check_us);
    return missing == 0 ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

/* It killed packd-render twice, or made it talk nonsense. */
static int refuse_killer(enum err error)
{
    if (error == ERR_TIMEOUT) return refuse("too_slow", "Drawing it takes too long.");
    if (error == ERR_CORRUPT) return refuse("crash", "Drawing it gives nonsense.");
    return refuse("crash", "Drawing it ends the program that draws.");
}

static int draw(const struct render_options *options, struct bytes input)
{
    static struct render_seen seen;
    if (input.len > RENDER_INPUT_MAX)
        return refuse("too_large", "It is larger than two megabytes.");
    if (!render_child_ask(options, input, &seen)) return PACKTOOL_BAD_INPUT;
    if (seen.error != ERR_NONE) return refuse_killer(seen.error);
    if (seen.answer.result != RENDER_DONE) return refuse(seen.answer.word, seen.answer.sentence);
    if (!seen.written)
        return refuse("too_large", "The label is larger than that printer's language can say.");
    if (!render_write_file(options->out, seen.job)) return PACKTOOL_BAD_INPUT;
    return render_report(options, &seen) == 0 ? PACKTOOL_DONE : PACKTOOL_BAD_INPUT;
}

int packtool_render(int argc, char **argv)
{
    static struct render_options options;
    struct bytes input;
    if (!render_options_read(argc, argv, &options)) return PACKTOOL_USAGE;
    if (options.list) return render_list_templates(&options);
    bool template = options.template_name != NULL;
    if (!talk_read(template ? options.fields : options.in, &input)) return PACKTOOL_BAD_INPUT;
    if (!template && is_zpl(input)) return pass_through(&options, input);
    return draw(&options, input);
}
