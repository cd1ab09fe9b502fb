/* temp_folder.h - a private folder for one test program, gone when it ends. */
#ifndef PACKD_TESTS_SUPPORT_TEMP_FOLDER_H
#define PACKD_TESTS_SUPPORT_TEMP_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMP_PATH_SIZE 128

static char temp_folder[64];

__attribute__((unused)) static int temp_remove_one(const char *path, const struct stat *info,
                                                   int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

__attribute__((unused)) static void temp_remove(void)
{
    nftw(temp_folder, temp_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folder; call once, first thing in main. */
__attribute__((unused)) static void temp_make(void)
{
    snprintf(temp_folder, sizeof(temp_folder), "/tmp/packd-test-XXXXXX");
    if (mkdtemp(temp_folder) == NULL) {
        perror("mkdtemp");
        exit(1);
    }
    atexit(temp_remove);
}

/* "<folder>/<name>"; the storage is the caller's. */
__attribute__((unused)) static const char *temp_path(char storage[TEMP_PATH_SIZE], const char *name)
{
    snprintf(storage, TEMP_PATH_SIZE, "%s/%s", temp_folder, name);
    return storage;
}

#endif
