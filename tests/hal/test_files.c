/* Guards: a small file is read whole or not at all, and is replaced whole or not at all. */
#include "hal/files.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

static char storage[64];

static void what_was_put_is_read_back(void)
{
    char path[TEMP_PATH_SIZE];
    temp_path(path, "put");
    EXPECT_I64(ERR_NONE, files_replace(path, BYTES_LITERAL("first"), 0640), "a new file is made");
    EXPECT_I64(ERR_NONE, files_replace(path, BYTES_LITERAL("second one"), 0640), "and replaced");
    size_t len = 0;
    EXPECT_I64(ERR_NONE, files_read(path, storage, sizeof(storage), &len), "it can be read");
    EXPECT_BYTES(BYTES_LITERAL("second one"), bytes_of(storage, len),
                 "the latest content is there");
    struct stat info;
    EXPECT(stat(path, &info) == 0 && (info.st_mode & 0777) == 0640, "with the stated permissions");
    char beside[TEMP_PATH_SIZE];
    EXPECT(access(temp_path(beside, "put.new"), F_OK) != 0, "nothing is left beside it");
    EXPECT_I64(ERR_NONE, files_replace(path, BYTES_NONE, 0600), "an empty content is a content");
    EXPECT_I64(ERR_NONE, files_read(path, storage, sizeof(storage), &len), "and can be read");
    EXPECT_I64(0, len, "as nothing");
}

static void the_limit_is_exact(void)
{
    char path[TEMP_PATH_SIZE];
    temp_path(path, "limit");
    static const uint8_t content[65];
    size_t len = 7;
    EXPECT_I64(ERR_NONE, files_replace(path, bytes_of(content, 64), 0600), "64 bytes are put");
    EXPECT_I64(ERR_NONE, files_read(path, storage, 64, &len), "64 bytes fit into 64");
    EXPECT_I64(64, len, "all of them");
    EXPECT_I64(ERR_NONE, files_replace(path, bytes_of(content, 65), 0600), "65 bytes are put");
    len = 7;
    EXPECT_I64(ERR_TOO_BIG, files_read(path, storage, 64, &len), "65 bytes do not fit into 64");
    EXPECT_I64(7, len, "outputs are untouched on failure");
}

static void only_regular_files_are_read(void)
{
    char path[TEMP_PATH_SIZE];
    size_t len;
    EXPECT_I64(ERR_NOT_FOUND, files_read(temp_path(path, "none"), storage, 64, &len), "no file");
    EXPECT_I64(ERR_INVALID, files_read(temp_folder, storage, 64, &len), "a folder is no file");
    EXPECT(mkfifo(temp_path(path, "pipe"), 0600) == 0, "a pipe is made");
    EXPECT_I64(ERR_INVALID, files_read(path, storage, 64, &len), "a pipe does not hold us up");
}

static void a_left_over_is_not_continued(void)
{
    char path[TEMP_PATH_SIZE], beside[TEMP_PATH_SIZE], target[TEMP_PATH_SIZE];
    temp_path(path, "cut");
    temp_path(beside, "cut.new");
    temp_path(target, "victim");
    size_t len = 0;
    EXPECT_I64(ERR_NONE, files_replace(target, BYTES_LITERAL("mine"), 0600), "a file elsewhere");
    EXPECT(symlink(target, beside) == 0, "a link lies where the new content will be written");
    EXPECT_I64(ERR_NONE, files_replace(path, BYTES_LITERAL("new"), 0600), "it is replaced anyway");
    EXPECT_I64(ERR_NONE, files_read(target, storage, 64, &len), "the file elsewhere is there");
    EXPECT_BYTES(BYTES_LITERAL("mine"), bytes_of(storage, len), "and was not written through");
}

static void a_failure_keeps_the_old_content(void)
{
    char path[TEMP_PATH_SIZE];
    temp_path(path, "full");
    EXPECT_I64(ERR_NONE, files_replace(path, BYTES_LITERAL("old"), 0600), "an old content");
    static const uint8_t big[8192];
    struct rlimit before, small = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    enum err problem = files_replace(path, bytes_of(big, sizeof(big)), 0600);
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_I64(ERR_TOO_BIG, problem, "a write that the kernel cuts short is reported");
    size_t len = 0;
    EXPECT_I64(ERR_NONE, files_read(path, storage, 64, &len), "the file is there");
    EXPECT_BYTES(BYTES_LITERAL("old"), bytes_of(storage, len), "the old content stands");
    char beside[TEMP_PATH_SIZE];
    EXPECT(access(temp_path(beside, "full.new"), F_OK) != 0, "the half-written one is gone");
    EXPECT_I64(ERR_NOT_FOUND,
               files_replace(temp_path(path, "no/such/folder"), BYTES_LITERAL("x"), 0600),
               "a missing folder is said to be missing");
}

static void folders_are_private(void)
{
    char path[TEMP_PATH_SIZE], link[TEMP_PATH_SIZE];
    temp_path(path, "state");
    EXPECT_I64(ERR_NONE, files_make_folder(path), "a folder is made");
    EXPECT_I64(ERR_NONE, files_make_folder(path), "one that is there is fine");
    struct stat info;
    EXPECT(stat(path, &info) == 0 && (info.st_mode & 0777) == 0700, "for us alone");
    EXPECT(symlink(path, temp_path(link, "link")) == 0, "a link to it is made");
    EXPECT_I64(ERR_REFUSED, files_make_folder(link), "a link in its place is refused");
    EXPECT_I64(ERR_NOT_FOUND, files_make_folder(temp_path(path, "no/folder")), "parent missing");
}

static void free_space_is_a_number_of_the_file_system(void)
{
    uint64_t free_bytes = 0;
    EXPECT_I64(ERR_NONE, files_free_space(temp_folder, &free_bytes), "space is told");
    EXPECT(free_bytes > 0, "and there is some");
    EXPECT_I64(ERR_NOT_FOUND, files_free_space("/no/such/place", &free_bytes),
               "nowhere is nowhere");
}

static void put_file(const char *name)
{
    char path[TEMP_PATH_SIZE];
    EXPECT_I64(ERR_NONE, files_replace(temp_path(path, name), BYTES_LITERAL("x"), 0600), name);
}

static void a_folder_is_listed_in_the_order_of_its_names(void)
{
    char folder[TEMP_PATH_SIZE], names[3][FILES_NAME_SIZE];
    size_t count = 9;
    EXPECT_I64(ERR_NONE, files_make_folder(temp_path(folder, "list")), "a folder");
    EXPECT_I64(ERR_NONE, files_list(folder, ".scale", names, 3, &count), "empty");
    EXPECT_I64(0, count, "nothing in it");
    put_file("list/b.scale");
    put_file("list/a.scale");
    put_file("list/c.conf");
    put_file("list/.hidden.scale");
    EXPECT_I64(ERR_NONE, files_list(folder, ".scale", names, 3, &count), "those that end so");
    EXPECT_I64(2, count, "two");
    EXPECT_TEXT("a.scale", names[0], "the first");
    EXPECT_TEXT("b.scale", names[1], "the second");
    EXPECT_I64(ERR_TOO_BIG, files_list(folder, ".scale", names, 1, &count), "more than fit");
    EXPECT_I64(1, count, "as many as fit");
    EXPECT_I64(ERR_NOT_FOUND, files_list("/no/such/place", "", names, 3, &count), "no folder");
}

static void no_descriptor_is_no_error_of_the_disk(void)
{
    struct rlimit limit, none;
    char version[16];
    size_t len = 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    enum err problem = files_read("/proc/version", version, sizeof(version), &len);
    setrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_I64(ERR_NO_MEMORY, problem, "the disk is not to blame");
}

int main(void)
{
    temp_make();
    EXPECT_RUN(what_was_put_is_read_back);
    EXPECT_RUN(the_limit_is_exact);
    EXPECT_RUN(only_regular_files_are_read);
    EXPECT_RUN(a_left_over_is_not_continued);
    EXPECT_RUN(a_failure_keeps_the_old_content);
    EXPECT_RUN(folders_are_private);
    EXPECT_RUN(free_space_is_a_number_of_the_file_system);
    EXPECT_RUN(a_folder_is_listed_in_the_order_of_its_names);
    EXPECT_RUN(no_descriptor_is_no_error_of_the_disk);
    return expect_result();
}
