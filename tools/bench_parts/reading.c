/* reading.c - when a weight is known, counted from the last byte of its frame: three ways to read a
 * scale, on a real pseudo-terminal, with frames written as a scale at 9600 baud writes them.
 *
 *   as it comes     packd: every byte to the driver when it is there, in hal's loop
 *   until silence   bytes are gathered until none has come for 100 ms, then looked at
 *   to CR, unread   a line is read to its CR and looked at; its checksum stands behind the CR and
 *                   is the beginning of the next line: nobody looks at it
 *   to CR, summed   the same, but a line is believed only when its checksum has come with the next
 *
 * Every frame shows another weight, so each reading is known by its own. Prints a line of JSON for
 * each way and pace, in microseconds; cpu is the reader's own, its waiting calls included. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "drivers/scale_toledo.h"
#include "hal/loop.h"
#include "tools/bench_parts/spans.h"

#define FRAME_SIZE 18
#define BYTE_NS (INT64_C(10000000000) / 9600) /* a start bit, seven, parity, a stop bit */
#define SILENCE_MS 100
#define FRAMES_MAX 200
#define GATHERED_MAX 8192
#define FIRST_GRAMS 1000

struct pace {
    const char *name;
    unsigned frames;
    int64_t every_ns; /* from first byte to first byte; 0: without a gap */
};

static struct {
    int writer_fd, reader_fd;
    const struct pace *pace;
    int64_t written_ns[FRAMES_MAX]; /* when the last byte had been written */
    int64_t known_ns[FRAMES_MAX];   /* when the weight was known; 0: never */
    uint8_t gathered[GATHERED_MAX];
    size_t len;
    bool over; /* the writer has hung up */
} run;

static int64_t clock_ns(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the scale ------------------------------------------------------------------------------- */

/* Toledo continuous: STX, three status bytes, six digits of grams as 0.001 kg, tare, CR, sum. */
static void frame_write(uint8_t frame[FRAME_SIZE], unsigned grams)
{
    char text[FRAME_SIZE];
    snprintf(text, sizeof text, "\x02\x2d\x30\x20%06u000000\r", grams);
    memcpy(frame, text, FRAME_SIZE - 1);
    unsigned sum = 0;
    for (size_t i = 0; i < FRAME_SIZE - 1; i++) sum += frame[i] & 0x7fu;
    frame[FRAME_SIZE - 1] = (uint8_t)((0x80u - (sum & 0x7fu)) & 0x7fu);
}

static void sleep_until(int64_t at_ns)
{
    struct timespec at = {.tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

static void *scale_run(void *unused)
{
    (void)unused;
    int64_t every_ns = run.pace->every_ns > 0 ? run.pace->every_ns : FRAME_SIZE * BYTE_NS;
    int64_t begin_ns = clock_ns(CLOCK_MONOTONIC) + 50000000;
    for (unsigned i = 0; i < run.pace->frames; i++) {
        uint8_t frame[FRAME_SIZE];
        frame_write(frame, FIRST_GRAMS + i);
        for (unsigned at = 0; at < FRAME_SIZE; at++) {
            sleep_until(begin_ns + i * every_ns + (at + 1) * BYTE_NS);
            if (write(run.writer_fd, frame + at, 1) != 1) abort();
        }
        run.written_ns[i] = clock_ns(CLOCK_MONOTONIC);
    }
    sleep_until(clock_ns(CLOCK_MONOTONIC) + 2 * SILENCE_MS * 1000000);
    close(run.writer_fd);
    return NULL;
}

/* ---- the readers ----------------------------------------------------------------------------- */

static void known(int64_t grams)
{
    int64_t index = grams - FIRST_GRAMS;
    if (index < 0 || index >= run.pace->frames || run.known_ns[index] != 0) return;
    run.known_ns[index] = clock_ns(CLOCK_MONOTONIC);
}

static struct scale_state state;

static void feed(struct bytes bytes)
{
    while (bytes.len > 0) {
        struct scale_output output;
        bytes = bytes_from(bytes, scale_toledo.feed(&state, bytes, &output));
        if (output.result == SCALE_READING) known(output.reading.mass_mg / 1000);
    }
}

static void on_ready(void *context, uint32_t ready)
{
    (void)context;
    (void)ready;
    uint8_t in[4096];
    ssize_t got = read(run.reader_fd, in, sizeof in);
    if (got > 0) feed(bytes_of(in, (size_t)got));
    else run.over = true;
}

static void read_as_it_comes(void)
{
    struct loop *loop;
    struct loop_watch watch = {.fd = run.reader_fd, .interest = LOOP_IN, .ready = on_ready};
    if (loop_open(&loop) != ERR_NONE || loop_add(loop, &watch) != ERR_NONE) abort();
    while (!run.over) loop_turn(loop, -1);
    loop_remove(loop, &watch);
    loop_close(loop);
}

/* False after SILENCE_MS without a byte, and at the end. */
static bool gather(void)
{
    struct pollfd polled = {.fd = run.reader_fd, .events = POLLIN};
    if (poll(&polled, 1, SILENCE_MS) == 0) return false;
    ssize_t got = read(run.reader_fd, run.gathered + run.len, sizeof run.gathered - run.len);
    if (got <= 0) run.over = true;
    else run.len += (size_t)got;
    return got > 0 && run.len < sizeof run.gathered;
}

/* Who waits for silence takes the newest there is. */
static void read_until_silence(void)
{
    while (!run.over) {
        if (gather() || run.over) continue;
        if (run.len >= FRAME_SIZE) {
            feed(bytes_of(run.gathered + run.len - FRAME_SIZE, FRAME_SIZE));
        }
        run.len = 0;
    }
}

/* The last 17 bytes of a line are a frame without its sum. */
static int64_t grams_of(const uint8_t *line, size_t len)
{
    int64_t grams = 0;
    if (len < FRAME_SIZE - 1 || line[len - FRAME_SIZE + 1] != 0x02) return -1;
    const uint8_t *digits = line + len - FRAME_SIZE + 5;
    for (unsigned i = 0; i < 6; i++) grams = grams * 10 + (digits[i] - '0');
    return grams;
}

static void read_lines(bool summed)
{
    struct pollfd polled = {.fd = run.reader_fd, .events = POLLIN};
    int64_t before = -1;
    while (!run.over) {
        if (poll(&polled, 1, -1) < 0) continue;
        ssize_t got = read(run.reader_fd, run.gathered + run.len, 1);
        if (got <= 0) {
            run.over = true;
            continue;
        }
        bool whole = run.gathered[run.len++] == '\r' && run.len >= FRAME_SIZE - 1;
        if (!whole && run.len < sizeof run.gathered) continue;
        int64_t grams = grams_of(run.gathered, run.len);
        known(summed ? before : grams);
        before = grams;
        run.len = 0;
    }
}

static void read_to_cr(void)
{
    read_lines(false);
}

static void read_to_cr_summed(void)
{
    read_lines(true);
}

/* ---- the table ------------------------------------------------------------------------------- */

static void terminal_open(void)
{
    struct termios raw;
    memset(&raw, 0, sizeof raw);
    cfmakeraw(&raw);
    if (openpty(&run.writer_fd, &run.reader_fd, NULL, &raw, NULL) != 0) {
        perror("reading: no pseudo-terminal");
        exit(1);
    }
}

static void measure(const char *name, void (*way)(void), const struct pace *pace)
{
    pthread_t scale;
    int64_t spans_ns[FRAMES_MAX];
    unsigned count = 0;
    memset(&run, 0, sizeof run);
    run.pace = pace;
    scale_state_init(&state, &scale_toledo);
    terminal_open();
    if (pthread_create(&scale, NULL, scale_run, NULL) != 0) abort();
    int64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    way();
    cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns;
    pthread_join(scale, NULL);
    close(run.reader_fd);
    for (unsigned i = 0; i < pace->frames; i++) {
        if (run.known_ns[i] != 0) spans_ns[count++] = run.known_ns[i] - run.written_ns[i];
    }
    spans_sort_whole(spans_ns, count);
    printf("{\"pace\":\"%s\",\"way\":\"%s\",\"frames\":%u,\"known\":%u,\"cpu_us\":%.1f", pace->name,
           name, pace->frames, count, (double)cpu_ns / 1000 / pace->frames);
    if (count > 0) {
        size_t middle = count / 2, slow = count * 9u / 10u;
        double median_ns = (double)spans_ns[middle], p90_ns = (double)spans_ns[slow];
        printf(",\"median_us\":%.1f,\"p90_us\":%.1f", median_ns / 1000, p90_ns / 1000);
    }
    puts("}");
    fflush(stdout);
}

int main(void)
{
    static const struct pace paces[] = {
        {"seven a second", 40, 142857143}, /* a Wildcat's display */
        {"without a gap", FRAMES_MAX, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(paces); i++) {
        measure("as it comes", read_as_it_comes, &paces[i]);
        measure("until silence", read_until_silence, &paces[i]);
        measure("to CR, sum unread", read_to_cr, &paces[i]);
        measure("to CR, summed", read_to_cr_summed, &paces[i]);
    }
    return 0;
}
