/* pem_cache.h - certificate and key files, read once and again only when they change. Used by
 * http_policy_curl.c alone; the contents never leave it. */
#ifndef PACKD_HAL_PEM_CACHE_H
#define PACKD_HAL_PEM_CACHE_H

#include <sys/types.h>
#include <time.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/files.h"

#define PEM_FILES_MAX 24 /* three for each of a handful of servers; the one longest unused yields */

/* Is this text, its final NUL counted, what it should be? Asked when a file is read. */
typedef bool pem_check_fn(struct bytes text);

struct pem_file {
    char path[FILES_PATH_MAX];
    struct timespec changed;
    off_t size;
    ino_t inode;
    pem_check_fn *check; /* the one it passed */
    char *text;          /* NULL: free place; otherwise len bytes and a NUL */
    size_t len;
    uint64_t used; /* when, by count of look-ups */
};

struct pem_cache {
    struct pem_file files[PEM_FILES_MAX];
    uint64_t uses;
};

/* The file's text WITH its final NUL counted, as mbedTLS wants it; good until the next call.
 * ERR_NOT_FOUND, ERR_REFUSED, ERR_TOO_BIG, ERR_CORRUPT (the check says no), ERR_NO_MEMORY. */
MUST_USE enum err pem_cache_get(struct pem_cache *cache, const char *path, size_t len_max,
                                pem_check_fn *check, struct bytes *out_text);
/* Overwrites and frees everything. */
void pem_cache_finish(struct pem_cache *cache);

#endif
