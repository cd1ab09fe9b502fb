/* settings.c - see settings.h. */
#include "firmware/settings.h"

#include <stdio.h>
#include <string.h>

#include "firmware/config/config_names.h"
#include "hal/files.h"

static const char *path_of(const struct settings_source *source)
{
    return source->path != NULL ? source->path : SETTINGS_PATH;
}

static bool complain(struct config_complaints *complaints, const char *what, const char *which)
{
    memset(complaints, 0, sizeof(*complaints));
    complaints->count = 1;
    snprintf(complaints->entries[0].sentence, sizeof(complaints->entries[0].sentence), "%s (%s).",
             what, which);
    return false;
}

static char file_text[CONFIG_FILE_MAX];

static bool read_file(const struct settings_source *source, struct config *out,
                      struct config_complaints *complaints)
{
    size_t len = 0;
    enum err problem = files_read(path_of(source), file_text, sizeof(file_text), &len);
    if (problem == ERR_NOT_FOUND && source->path == NULL) {
        config_training(out);
        return true;
    }
    if (problem != ERR_NONE) {
        return complain(complaints, "the settings file cannot be read", err_word(problem));
    }
    const struct config_names names = config_names_with(source->scales);
    return config_read(bytes_of(file_text, len), &names, out, complaints);
}

bool settings_read(const struct settings_source *source, struct config *out,
                   struct config_complaints *out_complaints)
{
    if (source->data_dir != NULL && strlen(source->data_dir) >= sizeof(out->data_dir)) {
        return complain(out_complaints, "the data folder's name is too long", source->data_dir);
    }
    if (source->training) config_training(out);
    else if (!read_file(source, out, out_complaints)) return false;
    if (source->data_dir != NULL) {
        snprintf(out->data_dir, sizeof(out->data_dir), "%s", source->data_dir);
    }
    return true;
}

static void kept_path(const char *data_dir, char *out_path, size_t size)
{
    snprintf(out_path, size, "%s/settings.good", data_dir);
}

void settings_keep(const struct settings_source *source, const char *data_dir)
{
    char path[CONFIG_PATH_SIZE + 32];
    size_t len = 0;
    if (source->training) return;
    if (files_read(path_of(source), file_text, sizeof(file_text), &len) != ERR_NONE) return;
    kept_path(data_dir, path, sizeof(path));
    /* Without it the next start with a spoilt file ends; this one is not worse for it. */
    if (files_replace(path, bytes_of(file_text, len), 0600) != ERR_NONE) return;
}

bool settings_read_kept(const struct settings_source *source, struct config *out)
{
    static struct config_complaints complaints;
    char path[CONFIG_PATH_SIZE + 32];
    size_t len = 0;
    if (source->training) return false;
    kept_path(source->data_dir != NULL ? source->data_dir : SETTINGS_DATA_DIR, path, sizeof(path));
    if (files_read(path, file_text, sizeof(file_text), &len) != ERR_NONE) return false;
    const struct config_names names = config_names_with(source->scales);
    if (!config_read(bytes_of(file_text, len), &names, out, &complaints)) {
        return false;
    }
    if (source->data_dir != NULL) {
        snprintf(out->data_dir, sizeof(out->data_dir), "%s", source->data_dir);
    }
    return true;
}

void settings_complaint(const struct settings_source *source,
                        const struct config_complaint *complaint, struct textbuf *out)
{
    config_complaint_write(out, path_of(source), complaint);
}
