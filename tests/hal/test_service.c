/* Guards: logging never blocks and never lies about what it dropped; the service manager hears what
 * systemd's protocol says (sd_notify(3), sd_watchdog_enabled(3), sd-daemon(3)). */
#include "hal/service.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hal/base/bytes.h"
#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

static int ends[2];
static struct service service;

static const char *read_log(void)
{
    static char text[70000];
    ssize_t got = read(ends[0], text, sizeof(text) - 1);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

static void open_log(bool is_socket)
{
    service = (struct service){.level_max = SERVICE_INFO, .plain = false};
    int wrong = is_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends);
    EXPECT(wrong == 0, "a place for the log");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    service.log_fd = ends[1];
}

static void close_log(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void lines_are_as_systemd_reads_them(void)
{
    open_log(false);
    service_log(&service, SERVICE_NOTICE, "scale %s is back", "left");
    EXPECT_TEXT("<5>scale left is back\n", read_log(), "priority, text, end of line");
    service_log(&service, SERVICE_DEBUG, "noise");
    EXPECT_TEXT("", read_log(), "what is less important than wished is left out");
    service_log(&service, SERVICE_ERROR, "two\nlines \x1b[2J");
    EXPECT_TEXT("<3>two?lines ?[2J\n", read_log(), "one line stays one line, and harmless");
    static char big[3000];
    memset(big, 'b', sizeof(big) - 1);
    service_log(&service, SERVICE_INFO, "%s", big);
    const char *line = read_log();
    EXPECT_I64(SERVICE_LINE_MAX, strlen(line), "a long line is cut");
    EXPECT(line[SERVICE_LINE_MAX - 1] == '\n', "but ends");
    service.plain = true;
    service_log(&service, SERVICE_INFO, "for a person");
    EXPECT_TEXT("for a person\n", read_log(), "a terminal gets no priorities");
    close_log();
}

static void a_log_nobody_reads_does_not_block(bool is_socket)
{
    open_log(is_socket);
    for (int i = 0; i < 20000; i++) service_log(&service, SERVICE_INFO, "a line nobody reads");
    EXPECT(service.dropped > 0 && service.dropped < 20000,
           "the first lines are kept, the rest dropped");
    unsigned long long dropped = service.dropped;
    while (read_log()[0] != '\0') continue;
    service_log(&service, SERVICE_INFO, "after");
    char wanted[120];
    snprintf(wanted, sizeof(wanted),
             "<4>%llu log lines were dropped: nobody was reading\n<6>after\n", dropped);
    char text[200];
    snprintf(text, sizeof(text), "%s", read_log());
    EXPECT_TEXT(wanted, text, "then it says how many, and goes on");
    service_log(&service, SERVICE_INFO, "once");
    EXPECT_TEXT("<6>once\n", read_log(), "said once");
    close_log();
}

static void a_pipe_nobody_reads(void)
{
    a_log_nobody_reads_does_not_block(false);
}

static void a_socket_nobody_reads(void)
{
    a_log_nobody_reads_does_not_block(true);
}

static void a_closed_log_ends_nothing(void)
{
    open_log(true);
    close(ends[0]);
    service_log(&service, SERVICE_INFO, "to nobody");
    EXPECT_I64(1, service.dropped, "it is counted");
    close(ends[1]);
}

static int open_manager(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[TEMP_PATH_SIZE];
    temp_path(path, "notify");
    EXPECT(bytes_to_text(bytes_of_text(path), address.sun_path, sizeof(address.sun_path)), "fits");
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    EXPECT(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "a manager listens");
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    return fd;
}

static const char *told(int manager)
{
    static char text[300];
    ssize_t got = recv(manager, text, sizeof(text) - 1, 0);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

static void the_manager_is_told(void)
{
    int manager = open_manager();
    char pid[20];
    snprintf(pid, sizeof(pid), "%d", getpid());
    setenv("WATCHDOG_USEC", "15000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    service_init(&service, SERVICE_INFO);
    EXPECT_I64(15000, service_watchdog_ms(&service), "the watchdog's period is read");
    service_ready(&service, "waiting for a scan");
    EXPECT_TEXT("READY=1\nSTATUS=waiting for a scan", told(manager), "ready");
    service_alive(&service);
    EXPECT_TEXT("WATCHDOG=1", told(manager), "alive");
    service_patient(&service);
    EXPECT_TEXT("WATCHDOG=1\nWATCHDOG_USEC=60000000", told(manager), "a disk may take a minute");
    service_alive(&service);
    EXPECT_TEXT("WATCHDOG=1\nWATCHDOG_USEC=15000000", told(manager), "then all is as it was");
    service_alive(&service);
    EXPECT_TEXT("WATCHDOG=1", told(manager), "and stays so");
    service_status(&service, "packing");
    EXPECT_TEXT("STATUS=packing", told(manager), "status");
    service_stopping(&service);
    EXPECT_TEXT("STOPPING=1", told(manager), "stopping");
    setenv("WATCHDOG_PID", "1", 1);
    service_init(&service, SERVICE_INFO);
    EXPECT_I64(0, service_watchdog_ms(&service), "another process's watchdog is not ours");
    service_alive(&service);
    EXPECT_TEXT("", told(manager), "and gets no signs of life");
    close(manager);
    unsetenv("NOTIFY_SOCKET");
    service_ready(&service, "alone");
    EXPECT_TEXT("", told(manager), "without a manager nothing happens");
}

int main(void)
{
    temp_make();
    EXPECT_RUN(lines_are_as_systemd_reads_them);
    EXPECT_RUN(a_pipe_nobody_reads);
    EXPECT_RUN(a_socket_nobody_reads);
    EXPECT_RUN(a_closed_log_ends_nothing);
    EXPECT_RUN(the_manager_is_told);
    return expect_result();
}
