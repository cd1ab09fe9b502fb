/* main.c - packd: options, what this process may do, the pump, the exit code.
 *
 * 0 after it was told to stop, 1 when settings or data cannot be used, 2 for wrong options. */
#include <stdio.h>
#include <string.h>

#include "firmware/profiles.h"
#include "firmware/pump.h"
#include "hal/process.h"

enum { EXIT_DONE = 0, EXIT_BAD = 1, EXIT_USAGE = 2 };

static struct pump pump; /* all of it, made once */

struct options {
    struct settings_source source;
    const char *scales; /* a folder of profiles instead of the usual ones; NULL: those */
    bool check;
    bool version;
};

static void usage(FILE *to)
{
    fputs(
        "usage: packd [--config FILE] [--training] [--data-dir DIR] [--scales DIR] [--foreground]\n"
        "       packd [--config FILE] [--scales DIR] --check-config\n"
        "       packd --version\n",
        to);
}

static bool take_option(int argc, char *argv[], int *at, struct options *out)
{
    const char *option = argv[*at];
    bool has_value = *at + 1 < argc;
    if (strcmp(option, "--check-config") == 0) out->check = true;
    else if (strcmp(option, "--training") == 0) out->source.training = true;
    else if (strcmp(option, "--version") == 0) out->version = true;
    else if (strcmp(option, "--foreground") == 0) return true; /* it never is anywhere else */
    else if (strcmp(option, "--config") == 0 && has_value) out->source.path = argv[++*at];
    else if (strcmp(option, "--data-dir") == 0 && has_value) out->source.data_dir = argv[++*at];
    else if (strcmp(option, "--scales") == 0 && has_value) out->scales = argv[++*at];
    else return false;
    return true;
}

/* What is told when it can be told: on the terminal of who checks, else in the log. */
static void complain_profile(void *context, const char *path,
                             const struct scale_complaint *complaint)
{
    const struct options *options = context;
    char storage[SERVICE_LINE_MAX];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof(storage));
    profiles_complaint_write(&text, path, complaint);
    if (options->check) fprintf(stderr, "%s\n", storage);
    else service_log(&pump.outside.service, SERVICE_WARNING, "%s", storage);
}

static const struct scale_catalogue *load_profiles(struct options *options)
{
    static struct scale_catalogue catalogue;
    profiles_load(&catalogue, options->scales, complain_profile, options);
    return &catalogue;
}

static struct config_complaints complaints;

static bool read_settings(const struct settings_source *source, struct config *out)
{
    if (settings_read(source, out, &complaints)) return true;
    for (size_t i = 0; i < complaints.count; i++) {
        char storage[SERVICE_LINE_MAX];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof(storage));
        settings_complaint(source, &complaints.entries[i], &text);
        fprintf(stderr, "%s\n", storage);
    }
    if (complaints.untold > 0) fprintf(stderr, "and %zu more\n", complaints.untold);
    return false;
}

static int run(void)
{
    bool good = pump_open(&pump) && pump_run(&pump);
    pump_close(&pump);
    return good ? EXIT_DONE : EXIT_BAD;
}

int main(int argc, char *argv[])
{
    struct options options = {.check = false};
    process_settle();
    for (int at = 1; at < argc; at++) {
        if (strcmp(argv[at], "--help") == 0) {
            usage(stdout);
            return EXIT_DONE;
        }
        if (take_option(argc, argv, &at, &options)) continue;
        usage(stderr);
        return EXIT_USAGE;
    }
    if (options.version) {
        puts("packd " PACKD_VERSION);
        return EXIT_DONE;
    }
    service_init(&pump.outside.service, SERVICE_INFO);
    options.source.scales = load_profiles(&options);
    pump.outside.source = options.source;
    bool good = read_settings(&options.source, &pump.outside.configs[0]);
    if (options.check) return good ? EXIT_DONE : EXIT_BAD;
    if (!good && !settings_read_kept(&options.source, &pump.outside.configs[0])) return EXIT_BAD;
    if (!good) pump.refused = &complaints;
    return run();
}
