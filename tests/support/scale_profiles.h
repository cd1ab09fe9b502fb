/* scale_profiles.h - the profiles that we ship, read into a catalogue as packd reads them. */
#ifndef PACKD_TESTS_SUPPORT_SCALE_PROFILES_H
#define PACKD_TESTS_SUPPORT_SCALE_PROFILES_H

#include <dirent.h>

#include "drivers/driver_list.h"
#include "tests/support/expect.h"

#define SCALE_PROFILES_FOLDER PACKD_SOURCE_DIR "/board/scales"

static inline void scale_profiles_add(struct scale_catalogue *catalogue, const char *name)
{
    static char text[SCALE_PROFILE_FILE_MAX];
    static struct scale_complaints complaints;
    char path[512], wanted[64];
    snprintf(path, sizeof path, SCALE_PROFILES_FOLDER "/%.100s", name);
    FILE *file = fopen(path, "r");
    if (!EXPECT(file != NULL, path)) return;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    const struct scale_driver *driver =
        scale_catalogue_add(catalogue, bytes_of(text, len), &complaints);
    if (!EXPECT(driver != NULL, path)) {
        for (size_t i = 0; i < complaints.count; i++)
            fprintf(stderr, "    %u: %s\n", complaints.entries[i].line,
                    complaints.entries[i].sentence);
        return;
    }
    snprintf(wanted, sizeof wanted, "%.31s.scale", driver->name);
    EXPECT_TEXT(wanted, name, "a profile's file carries its name");
}

static inline void scale_profiles_load(struct scale_catalogue *catalogue)
{
    const struct dirent *entry;
    DIR *listing = opendir(SCALE_PROFILES_FOLDER);
    if (!EXPECT(listing != NULL, SCALE_PROFILES_FOLDER)) return;
    while ((entry = readdir(listing)) != NULL) {
        if (strstr(entry->d_name, ".scale") != NULL) scale_profiles_add(catalogue, entry->d_name);
    }
    closedir(listing);
}

#endif
