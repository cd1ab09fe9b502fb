/* outside.c - see outside.h. */
#include "firmware/outside.h"

#include <stdio.h>
#include <string.h>

#include "firmware/secrets.h"
#include "firmware/web/web_assets.h"
#include "hal/files.h"
#include "hal/process.h"

#define SENTENCE_SIZE 300
#define USER_AGENT "packd/" PACKD_VERSION

const struct config *outside_config(const struct outside *outside)
{
    return &outside->configs[outside->config_now];
}

static bool fail(struct outside *outside, const char *what, enum err problem, const char *why)
{
    service_log(&outside->service, SERVICE_ERROR, "%s (%s): %s", what, err_word(problem), why);
    return false;
}

#define LABELS_BESIDE "share/packd/labels" /* of the folder the program's own is in */
#define LABELS_SITE "/etc/packd/labels"

static const char *in_data_dir(const struct outside *outside, const char *name,
                               char path[FILES_PATH_MAX])
{
    snprintf(path, FILES_PATH_MAX, "%s/%s", outside_config(outside)->data_dir, name);
    return path;
}

/* The folder, and the one it stands in where the service manager made neither. */
static enum err make_folder(const char *path)
{
    char parent[FILES_PATH_MAX];
    enum err problem = files_make_folder(path);
    if (problem != ERR_NOT_FOUND) return problem;
    snprintf(parent, sizeof(parent), "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash == NULL || slash == parent) return problem;
    *slash = '\0';
    problem = files_make_folder(parent);
    return problem == ERR_NONE ? files_make_folder(path) : problem;
}

/* A damaged journal is kept for a person and a new one begun: its new epoch tells the order system
 * that the numbers begin again, and it asks for what it misses. */
static bool set_journal_aside(struct outside *outside, const char *path, const char *why)
{
    char storage[FILES_PATH_MAX];
    struct textbuf name;
    textbuf_init(&name, storage, sizeof(storage));
    enum err problem = journal_set_aside(path, &name);
    if (problem != ERR_NONE)
        return fail(outside, "The damaged journal cannot be moved", problem, why);
    service_log(&outside->service, SERVICE_ERROR,
                "The journal is damaged (%s) and is now %s; a new one is begun. Ask each courier "
                "whether the parcels that were open are booked before packing them again, and send "
                "that file to support.",
                why, storage);
    return true;
}

static bool open_journal(struct outside *outside)
{
    char path[FILES_PATH_MAX], boot_id[PROCESS_BOOT_ID_SIZE], sentence[SENTENCE_SIZE];
    struct textbuf why;
    const char *data_dir = outside_config(outside)->data_dir;
    process_boot_id(boot_id);
    const struct journal_settings settings = {.boot_id = boot_id};
    in_data_dir(outside, "journal.db", path);
    textbuf_init(&why, sentence, sizeof(sentence));
    enum err problem = journal_open(path, &settings, &why, &outside->journal);
    if (problem == ERR_CORRUPT) {
        if (!set_journal_aside(outside, path, sentence)) return false;
        textbuf_reset(&why);
        problem = journal_open(path, &settings, &why, &outside->journal);
    }
    if (problem == ERR_BUSY) {
        return fail(outside, "Another packd runs on this data", problem, data_dir);
    }
    if (problem != ERR_NONE) return fail(outside, "The journal cannot be used", problem, sentence);
    int64_t first_seq;
    problem = journal_extent(outside->journal, &first_seq, &outside->last_seq);
    if (problem != ERR_NONE) return fail(outside, "The journal cannot be read", problem, path);
    if (outside->last_seq == 0)
        service_log(&outside->service, SERVICE_NOTICE, "A new journal is begun: %s.", path);
    return true;
}

/* packd packs without a cache too: then every order is asked for. */
static void open_cache(struct outside *outside)
{
    char path[FILES_PATH_MAX], sentence[SENTENCE_SIZE];
    struct textbuf why;
    in_data_dir(outside, "cache.db", path);
    textbuf_init(&why, sentence, sizeof(sentence));
    enum err problem = cache_open(path, 0, &why, &outside->cache);
    if (problem == ERR_CORRUPT) { /* it was deleted by the call that found out */
        textbuf_reset(&why);
        problem = cache_open(path, 0, &why, &outside->cache);
    }
    if (problem == ERR_NONE) return;
    outside->cache = NULL;
    (void)fail(outside, "Packing goes on without the cache of orders", problem, sentence);
}

static bool open_data(struct outside *outside)
{
    const char *data_dir = outside_config(outside)->data_dir;
    char path[FILES_PATH_MAX];
    enum err problem = make_folder(data_dir);
    if (problem != ERR_NONE)
        return fail(outside, "The data folder cannot be made", problem, data_dir);
    if (!open_journal(outside)) return false;
    open_cache(outside);
    problem = recorder_open(&outside->recorder, in_data_dir(outside, "flight.log", path));
    if (problem != ERR_NONE) (void)fail(outside, "Nothing is recorded", problem, path);
    return true;
}

static bool open_network(struct outside *outside, const struct outside_callbacks *callbacks,
                         void *context)
{
    char sentence[SENTENCE_SIZE];
    struct textbuf why;
    const struct http_settings http = {.user_agent = USER_AGENT,
                                       .done = callbacks->done,
                                       .context = context};
    textbuf_init(&why, sentence, sizeof(sentence));
    enum err problem = http_open(outside->loop, &http, &why, &outside->http);
    if (problem != ERR_NONE) return fail(outside, "No server can be reached", problem, sentence);
    return true;
}

static bool open_devices(struct outside *outside, const struct outside_callbacks *callbacks,
                         void *context)
{
    enum err problem = usb_open(outside->loop, &outside->usb);
    if (problem == ERR_NONE) {
        problem =
            ports_open(outside->loop, outside->usb, &callbacks->ports, context, &outside->ports);
    }
    if (problem == ERR_NONE) {
        problem = hotplug_open(outside->loop, outside->usb, &callbacks->devices, context,
                               &outside->hotplug);
    }
    return problem == ERR_NONE || fail(outside, "Devices cannot be opened", problem, "");
}

static void log_renderer(void *context, struct bytes line)
{
    struct outside *outside = context;
    service_log(&outside->service, SERVICE_NOTICE, "packd-render: %.*s", (int)line.len,
                (const char *)line.data);
}

/* packd packs without it: then the label is in the printer's own letters. */
static void open_renderer(struct outside *outside, const struct outside_callbacks *callbacks,
                          void *context)
{
    char program[FILES_PATH_MAX], beside[FILES_PATH_MAX], kept[FILES_PATH_MAX];
    process_beside("bin/packd-render", program, sizeof(program));
    process_beside(LABELS_BESIDE, beside, sizeof(beside));
    const char *const folders[] = {beside, LABELS_SITE};
    const struct render_settings settings = {.program = program,
                                             .template_folders = folders,
                                             .folder_count = ARRAY_LEN(folders),
                                             .keep_dir = in_data_dir(outside, "kept", kept)};
    enum err problem =
        render_open(outside->loop, &settings, callbacks->rendered, context, &outside->render);
    if (problem != ERR_NONE) {
        outside->render = NULL;
        (void)fail(outside, "Labels are in the printer's letters", problem, program);
        return;
    }
    render_listen(outside->render, log_renderer, outside);
    if (outside_config(outside)->printer.draw == CONFIG_DRAW_RENDER) render_warm(outside->render);
}

static bool open_faces(struct outside *outside, const struct outside_callbacks *callbacks,
                       void *context)
{
    const struct config *config = outside_config(outside);
    char sentence[SENTENCE_SIZE], folder[CONFIG_PATH_SIZE];
    struct textbuf why;
    const struct web_settings web = {.port = config->web_port,
                                     .assets = web_assets,
                                     .asset_count = web_asset_count,
                                     .press = callbacks->press,
                                     .context = context};
    textbuf_init(&why, sentence, sizeof(sentence));
    enum err problem = web_open(outside->loop, &web, &why, &outside->web);
    if (problem != ERR_NONE) return fail(outside, "The page cannot be served", problem, sentence);
    snprintf(folder, sizeof(folder), "%s", config->control_socket);
    char *slash = strrchr(folder, '/');
    if (slash != NULL && slash != folder) {
        *slash = '\0';
        problem = make_folder(folder);
    }
    if (problem == ERR_NONE || problem == ERR_REFUSED) { /* perhaps it is there, behind a link */
        problem = control_open(outside->loop, config->control_socket, callbacks->line, context,
                               &outside->control);
    }
    if (problem == ERR_NONE) return true;
    return fail(outside, "packctl cannot be served", problem, config->control_socket);
}

bool outside_open(struct outside *outside, const struct outside_callbacks *callbacks, void *context)
{
    enum err problem = loop_open(&outside->loop);
    if (problem == ERR_NONE) {
        problem = signals_open(&outside->signals, outside->loop, callbacks->wish, context);
    }
    if (problem != ERR_NONE) return fail(outside, "The loop cannot be made", problem, "");
    texts_init(&outside->texts);
    if (!open_data(outside)) return false;
    secrets_read(outside_config(outside), &outside->service, &outside->secrets);
    open_renderer(outside, callbacks, context);
    return open_network(outside, callbacks, context) && open_devices(outside, callbacks, context) &&
           open_faces(outside, callbacks, context);
}

void outside_close(struct outside *outside)
{
    control_close(outside->control);
    web_close(outside->web);
    hotplug_close(outside->hotplug);
    ports_close(outside->ports);
    usb_close(outside->usb);
    http_close(outside->http);
    render_close(outside->render);
    recorder_close(&outside->recorder);
    cache_close(outside->cache);
    if (outside->journal != NULL && outside->ending != ENDING_FAILED) {
        enum err problem = journal_checkpoint(outside->journal);
        if (problem != ERR_NONE) (void)fail(outside, "The journal's log stays", problem, "");
    }
    journal_close(outside->journal);
    /* Signals stay blocked: a second wish to stop must not end us before all is put away. */
    loop_close(outside->loop);
    secrets_forget(&outside->secrets);
}
