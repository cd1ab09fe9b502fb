/* standalone.c - runs a fuzzer over the inputs that are kept, as an ordinary test.
 *
 * Every file of the folders named is given to the fuzzer whole and cut at every length up to
 * CUT_MAX, because foreign bytes arrive in pieces more often than they arrive wrong. Each input is
 * handed over in a block of exactly its own size, so the address sanitizer sees one byte too far.
 * A folder without a file is a failure: it would prove nothing. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CUT_MAX 512u
#define INPUT_MAX (4u * 1024u * 1024u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_input(const uint8_t *whole, size_t len)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    if (exact == NULL) abort();
    memcpy(exact, whole, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static int try_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    uint8_t *whole = malloc(INPUT_MAX);
    if (whole == NULL) abort();
    size_t len = fread(whole, 1, INPUT_MAX, file);
    fclose(file);
    for (size_t cut = 0; cut < len && cut <= CUT_MAX; cut++) try_input(whole, cut);
    try_input(whole, len);
    free(whole);
    return 0;
}

/* The number of files tried, or -1. */
static int try_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    if (listing == NULL) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    int tried = 0;
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL && tried >= 0) {
        char path[PATH_MAX];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) continue;
        tried = try_file(path) == 0 ? tried + 1 : -1;
    }
    closedir(listing);
    return tried;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        int tried = try_folder(argv[i]);
        if (tried <= 0) {
            fprintf(stderr, "%s: no inputs\n", argv[i]);
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], tried);
    }
    return 0;
}
