/* pem_cache_posix.c - pem_cache.h. A file is the same as long as its inode, size and time of change
 * are; replacing one atomically, as files_replace does, changes the inode. */
#include "hal/pem_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void forget(struct pem_file *file)
{
    if (file->text != NULL) explicit_bzero(file->text, file->len);
    free(file->text);
    memset(file, 0, sizeof(*file));
}

static struct pem_file *place_for(struct pem_cache *cache, const char *path)
{
    struct pem_file *oldest = &cache->files[0];
    for (size_t i = 0; i < PEM_FILES_MAX; i++) {
        struct pem_file *file = &cache->files[i];
        if (file->text != NULL && strcmp(file->path, path) == 0) return file;
        if (file->used < oldest->used) oldest = file;
    }
    forget(oldest);
    return oldest;
}

static bool is_good_still(const struct pem_file *file, const struct stat *info, pem_check_fn *check)
{
    return file->text != NULL && file->check == check && file->inode == info->st_ino &&
           file->size == info->st_size && file->changed.tv_sec == info->st_mtim.tv_sec &&
           file->changed.tv_nsec == info->st_mtim.tv_nsec;
}

static enum err load(struct pem_file *file, const char *path, size_t len_max, pem_check_fn *check)
{
    char *text = malloc(len_max + 1);
    if (text == NULL) return ERR_NO_MEMORY;
    size_t len = 0;
    enum err problem = files_read(path, text, len_max, &len);
    if (problem == ERR_NONE) {
        text[len] = '\0';
        if (!check(bytes_of(text, len + 1))) problem = ERR_CORRUPT;
    }
    char *fitting = problem == ERR_NONE ? malloc(len + 1) : NULL;
    if (fitting != NULL) memcpy(fitting, text, len + 1);
    else if (problem == ERR_NONE) problem = ERR_NO_MEMORY;
    explicit_bzero(text, len);
    free(text);
    if (problem != ERR_NONE) return problem;
    file->text = fitting;
    file->len = len;
    return ERR_NONE;
}

enum err pem_cache_get(struct pem_cache *cache, const char *path, size_t len_max,
                       pem_check_fn *check, struct bytes *out_text)
{
    if (strlen(path) >= FILES_PATH_MAX) return ERR_TOO_BIG;
    struct stat info;
    if (stat(path, &info) != 0) return files_err(errno);
    struct pem_file *file = place_for(cache, path);
    if (!is_good_still(file, &info, check)) {
        forget(file);
        enum err problem = load(file, path, len_max, check);
        if (problem != ERR_NONE) return problem;
        memcpy(file->path, path, strlen(path) + 1);
        file->check = check;
        file->inode = info.st_ino;
        file->size = info.st_size;
        file->changed = info.st_mtim;
    }
    file->used = ++cache->uses;
    *out_text = bytes_of(file->text, file->len + 1);
    return ERR_NONE;
}

void pem_cache_finish(struct pem_cache *cache)
{
    for (size_t i = 0; i < PEM_FILES_MAX; i++) forget(&cache->files[i]);
}
