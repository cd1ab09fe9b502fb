/* files.h - small files: read whole, replaced whole.
 *
 * Everything here may block for a disk flush (tens of milliseconds, rarely more). A reader of a
 * path sees the old content or the new one, never a mixture, whenever the power goes: the new
 * content is written beside the old under "<path>.new", flushed, renamed over it, and the folder
 * is flushed. */
#ifndef PACKD_HAL_FILES_H
#define PACKD_HAL_FILES_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"

#define FILES_PATH_MAX 512 /* bytes of a path, its NUL included */

/* Reads a regular file whole into the caller's storage. Pipes, devices and folders are ERR_INVALID.
 * ERR_NOT_FOUND, ERR_REFUSED (no right to read), ERR_TOO_BIG (longer than size), ERR_IO. */
MUST_USE enum err files_read(const char *path, void *storage, size_t size, size_t *out_len);

/* Makes path hold exactly content, with the permission bits mode. On an error the old content
 * stands, except that after ERR_IO it may be either. ERR_TOO_BIG (path too long), ERR_REFUSED,
 * ERR_NO_SPACE, ERR_NOT_FOUND (no such folder), ERR_IO. */
MUST_USE enum err files_replace(const char *path, struct bytes content, unsigned mode);

/* Makes one folder, mode 0700; one that is there is fine. A symbolic link or anything else in its
 * place is ERR_REFUSED; ERR_NOT_FOUND when its parent is missing. */
MUST_USE enum err files_make_folder(const char *path);

/* Flushes the folder that holds path, so that a rename or a new name in it survives a power cut. */
MUST_USE enum err files_sync_folder_of(const char *path);

/* Bytes that an ordinary user can still write on the file system of path. */
MUST_USE enum err files_free_space(const char *path, uint64_t *out_free_bytes);

#define FILES_NAME_SIZE 64

/* The names in a folder that end with `ending`, in the order of their bytes; longer ones than fit
 * and hidden ones are left out. ERR_NOT_FOUND, ERR_REFUSED, ERR_TOO_BIG (more than max: the first
 * max that the kernel told are there), ERR_IO. */
MUST_USE enum err files_list(const char *folder, const char *ending,
                             char (*out_names)[FILES_NAME_SIZE], size_t max, size_t *out_count);

/* Has something this name, whatever it is? */
bool files_is_there(const char *path);

/* What the kernel's errno means in our words. */
enum err files_err(int error_number);

#endif
