/* profiles.c - see profiles.h. */
#include "firmware/profiles.h"

#include <stdio.h>
#include <string.h>

#include "hal/files.h"
#include "hal/process.h"

static char file_text[SCALE_PROFILE_FILE_MAX];

static void cannot_be_read(const char *path, enum err problem, profiles_complain *complain,
                           void *context)
{
    struct scale_complaint complaint = {.line = 0};
    (void)snprintf(
        complaint.sentence, sizeof(complaint.sentence),
        "It cannot be read (%s), so its scales are not known. Look at its rights and size.",
        err_word(problem));
    complain(context, path, &complaint);
}

const struct scale_driver *profiles_load_file(struct scale_catalogue *catalogue, const char *path,
                                              profiles_complain *complain, void *context)
{
    static struct scale_complaints complaints;
    size_t len = 0;
    enum err problem = files_read(path, file_text, sizeof(file_text), &len);
    if (problem != ERR_NONE) {
        cannot_be_read(path, problem, complain, context);
        return NULL;
    }
    const struct scale_driver *driver =
        scale_catalogue_add(catalogue, bytes_of(file_text, len), &complaints);
    for (size_t i = 0; i < complaints.count; i++) complain(context, path, &complaints.entries[i]);
    return driver;
}

static void load_folder(struct scale_catalogue *catalogue, const char *folder, bool must_be_there,
                        profiles_complain *complain, void *context)
{
    static char names[2 * SCALE_PROFILES_MAX][FILES_NAME_SIZE];
    size_t count = 0;
    enum err problem = files_list(folder, PROFILES_ENDING, names, ARRAY_LEN(names), &count);
    if (problem != ERR_NONE && (must_be_there || problem != ERR_NOT_FOUND))
        cannot_be_read(folder, problem, complain, context);
    for (size_t i = 0; i < count; i++) {
        char path[FILES_PATH_MAX];
        int len = snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        if (len > 0 && (size_t)len < sizeof(path))
            (void)profiles_load_file(catalogue, path, complain, context);
    }
}

void profiles_load(struct scale_catalogue *catalogue, const char *folder,
                   profiles_complain *complain, void *context)
{
    char beside[FILES_PATH_MAX];
    if (folder != NULL) {
        load_folder(catalogue, folder, true, complain, context);
        return;
    }
    process_beside(PROFILES_BESIDE, beside, sizeof(beside));
    if (beside[0] != '\0') load_folder(catalogue, beside, false, complain, context);
    load_folder(catalogue, PROFILES_SITE, false, complain, context);
}

void profiles_complaint_write(struct textbuf *out, const char *path,
                              const struct scale_complaint *complaint)
{
    textbuf_text(out, path);
    if (complaint->line > 0) textbuf_format(out, ":%u", complaint->line);
    textbuf_format(out, ": %s", complaint->sentence);
}
