/* process_linux.c - process.h on system calls and /proc. */
#include "hal/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/base/textbuf.h"
#include "hal/crypto.h"
#include "hal/files.h"

static void open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        ENSURE(open("/dev/null", O_RDWR) == fd); /* the lowest free number is given */
    }
}

void process_settle(void)
{
    const struct rlimit none = {0, 0};
    open_standard();
    (void)umask(077);
    ENSURE(setrlimit(RLIMIT_CORE, &none) == 0);
    ENSURE(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
    ENSURE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
}

int64_t process_resident_kib(void)
{
    char text[128];
    size_t len = 0;
    struct bytes rest, word;
    uint64_t pages;
    if (files_read("/proc/self/statm", text, sizeof(text), &len) != ERR_NONE) return 0;
    rest = bytes_of(text, len);
    if (!bytes_split(&rest, ' ', &word)) return 0; /* the whole size */
    if (!bytes_split(&rest, ' ', &word) || !bytes_to_u64(word, UINT32_MAX, &pages)) return 0;
    return (int64_t)pages * (sysconf(_SC_PAGESIZE) / 1024);
}

void process_beside(const char *what, char *out_path, size_t size)
{
    char program[FILES_PATH_MAX];
    out_path[0] = '\0';
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (len <= 0) return;
    program[len] = '\0';
    *strrchr(program, '/') = '\0'; /* the kernel's name begins with one */
    int wanted = snprintf(out_path, size, "%s/../%s", program, what);
    if (wanted < 0 || (size_t)wanted >= size) out_path[0] = '\0';
}

void process_boot_id(char out_id[PROCESS_BOOT_ID_SIZE])
{
    char text[64];
    size_t len = 0;
    uint8_t chance[16];
    struct textbuf id;
    enum err problem = files_read("/proc/sys/kernel/random/boot_id", text, sizeof(text), &len);
    struct bytes name = bytes_trim(bytes_of(text, len));
    if (problem == ERR_NONE && name.len > 0 && bytes_to_text(name, out_id, PROCESS_BOOT_ID_SIZE)) {
        return;
    }
    crypto_random(chance, sizeof(chance));
    textbuf_init(&id, out_id, PROCESS_BOOT_ID_SIZE);
    textbuf_hex(&id, bytes_of(chance, sizeof(chance)));
}
