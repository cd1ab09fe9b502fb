/* render_keep_posix.c - the document that killed two children, kept for whoever mends it.
 *
 * It is somebody's address, so it is ours alone to read, its name says "personal", and there are
 * never more than RENDER_KEPT_MAX: the oldest goes, by the time in its name. Nothing is flushed:
 * a report that a power cut takes away is no loss. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hal/clock.h"
#include "hal/files.h"
#include "hal/render_inside.h"

#define ENDING ".personal"
#define LISTED_MAX (RENDER_KEPT_MAX + 24u)
#define TRIES 16 /* names that are taken already, one a millisecond */

static const char *kind_of(const struct render_request *request, struct bytes input)
{
    static const struct {
        const char *beginning;
        const char *kind;
    } kinds[] = {{"%PDF", "pdf"}, {"\x89PNG", "png"}, {"\xff\xd8", "jpeg"}, {"GIF8", "gif"}};
    if (request->kind == RENDER_TEMPLATE) return "fields";
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (bytes_start_with(input, kinds[i].beginning)) return kinds[i].kind;
    }
    return "other";
}

/* Names begin with their time, so the order of their bytes is that of their age. */
static void make_room(const char *folder)
{
    char names[LISTED_MAX][FILES_NAME_SIZE];
    char path[FILES_PATH_MAX + FILES_NAME_SIZE];
    size_t count = 0;
    enum err problem = files_list(folder, ENDING, names, LISTED_MAX, &count);
    if (problem != ERR_NONE && problem != ERR_TOO_BIG) return;
    for (size_t i = 0; i + RENDER_KEPT_MAX <= count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
}

static int make_file(const char *folder, const struct render_request *request, struct bytes input,
                     const char *death, char *out_path, size_t size)
{
    int64_t now_ms = clock_wall_ms();
    for (long long i = 0; i < TRIES; i++) {
        int len = snprintf(out_path, size, "%s/%015lld-%s-%u-%ux%u-%s" ENDING, folder,
                           (long long)now_ms + i, death, request->dpi, request->width_dots,
                           request->height_dots, kind_of(request, input));
        if (len < 0 || (size_t)len >= size) return -1;
        int fd = open(out_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

void render_keep(const char *folder, const struct render_request *request, struct bytes input,
                 const char *death)
{
    char path[FILES_PATH_MAX + FILES_NAME_SIZE];
    if (files_make_folder(folder) != ERR_NONE) return;
    make_room(folder);
    int fd = make_file(folder, request, input, death, path, sizeof(path));
    if (fd < 0) return;
    size_t done = 0;
    while (done < input.len) {
        ssize_t put = write(fd, input.data + done, input.len - done);
        if (put <= 0) break;
        done += (size_t)put;
    }
    if (done < input.len) (void)unlink(path); /* half of it helps nobody */
    close(fd);
}
