/* world.c - the shared ground of the simulated world; see world.h. */
#include "tools/packsim/world.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "hal/base/units.h"

#define TRACE_MAX (16L << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct world_options settings;
static _Atomic int64_t clock_offset_ms;
static _Atomic bool ending;
static uint64_t chance;

bool world_open(struct world_options *options)
{
    if (options->dir[0] == '\0') {
        const char *base = getenv("TMPDIR");
        snprintf(options->dir, sizeof options->dir, "%s/packsim-XXXXXX",
                 base != NULL ? base : "/tmp");
        if (mkdtemp(options->dir) == NULL) {
            fprintf(stderr, "packsim: %s: %s\n", options->dir, strerror(errno));
            return false;
        }
    } else if (mkdir(options->dir, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "packsim: %s: %s\n", options->dir, strerror(errno));
        return false;
    }
    settings = *options;
    chance = options->seed * 2862933555777941757u + 3037000493u;
    char labels[WORLD_PATH_SIZE];
    world_path("labels", labels, sizeof labels);
    return mkdir(labels, 0700) == 0 || errno == EEXIST;
}

const struct world_options *world_settings(void)
{
    return &settings;
}

void world_lock(void)
{
    ENSURE(pthread_mutex_lock(&lock) == 0);
}

void world_unlock(void)
{
    ENSURE(pthread_mutex_unlock(&lock) == 0);
}

static int64_t clock_read_ms(clockid_t which)
{
    struct timespec now;
    ENSURE(clock_gettime(which, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t world_wall_ms(void)
{
    return clock_read_ms(CLOCK_REALTIME) + clock_offset_ms;
}

void world_clock_move(int64_t offset_ms)
{
    clock_offset_ms = offset_ms;
}

int64_t world_tick_ms(void)
{
    return clock_read_ms(CLOCK_MONOTONIC);
}

void world_sleep_ms(int64_t ms)
{
    int64_t until = world_tick_ms() + ms;
    for (int64_t left = ms; left > 0 && !ending; left = until - world_tick_ms()) {
        int64_t nap =
            left < 50 ? left : 50; /* short naps, so that the end of the world is noticed */
        struct timespec wait = {.tv_sec = 0, .tv_nsec = (long)nap * 1000000};
        nanosleep(&wait, NULL);
    }
}

uint32_t world_random(uint32_t below)
{
    chance ^= chance << 13; /* xorshift64; Marsaglia 2003 */
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return below == 0 ? 0 : (uint32_t)((chance >> 32) % below);
}

bool world_ending(void)
{
    return ending;
}

void world_end(void)
{
    ending = true;
}

void world_path(const char *name, char *out_path, size_t size)
{
    int len = snprintf(out_path, size, "%s/%s", settings.dir, name);
    ENSURE(len > 0 && (size_t)len < size);
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t done = write(fd, content.data, content.len);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        content = bytes_from(content, (size_t)done);
    }
    return true;
}

bool world_file_write(const char *name, struct bytes content, unsigned mode)
{
    char path[WORLD_PATH_SIZE];
    world_path(name, path, sizeof path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) return false;
    bool good = write_all(fd, content);
    return close(fd) == 0 && good;
}

char *world_file_read(const char *name, size_t *out_len)
{
    char path[WORLD_PATH_SIZE];
    world_path(name, path, sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    char *content = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        size_t size = (size_t)ftell(file);
        rewind(file);
        content = calloc(1, size + 1);
        ENSURE(content != NULL);
        *out_len = fread(content, 1, size, file);
    }
    fclose(file);
    return content;
}

static int book_open(const char *name)
{
    char path[WORLD_PATH_SIZE];
    world_path(name, path, sizeof path);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool line_put(int fd, struct bytes line)
{
    /* One call for the line and its end: other threads write to the same file. */
    struct iovec pieces[] = {{(void *)(uintptr_t)line.data, line.len},
                             {(void *)(uintptr_t) "\n", 1}};
    return fd >= 0 && writev(fd, pieces, 2) == (ssize_t)line.len + 1;
}

void world_append(const char *name, struct bytes line)
{
    int fd = book_open(name);
    /* Answering for what is not in the books would make every test lie: stop instead. */
    ENSURE(line_put(fd, line) && fsync(fd) == 0);
    close(fd);
}

/* A practice world may run for months: a trace that has grown long is kept once, as NAME.1. */
static void turn_over(int fd, const char *name)
{
    struct stat now;
    if (fstat(fd, &now) != 0 || now.st_size < TRACE_MAX) return;
    char path[WORLD_PATH_SIZE], kept[WORLD_PATH_SIZE];
    world_path(name, path, sizeof path);
    int len = snprintf(kept, sizeof kept, "%s.1", path);
    if (len > 0 && (size_t)len < sizeof kept) (void)rename(path, kept);
}

void world_note(const char *name, struct bytes line)
{
    world_lock(); /* or two threads turn it over, and what was kept is gone */
    int fd = book_open(name);
    ENSURE(line_put(fd, line));
    turn_over(fd, name);
    close(fd);
    world_unlock();
}

void world_replay(const char *name, void (*take)(struct json line))
{
    size_t len = 0;
    char *content = world_file_read(name, &len);
    if (content == NULL) return;
    struct bytes rest = bytes_of(content, len);
    struct bytes line;
    while (bytes_split(&rest, '\n', &line)) {
        struct document document;
        if (line.len == 0 || !document_open(&document, line))
            continue; /* a line cut by a kill was never answered for */
        take(document.root);
        document_close(&document);
    }
    if (len > 0 && content[len - 1] != '\n')
        world_append(name, BYTES_NONE); /* or the next is part of it */
    free(content);
}

void world_token(const char *file, char out_token[WORLD_TOKEN_SIZE])
{
    size_t len = 0;
    char *stored = settings.keep ? world_file_read(file, &len) : NULL;
    struct bytes text = bytes_trim(bytes_of(stored, len));
    if (stored == NULL || text.len == 0 || !bytes_to_text(text, out_token, WORLD_TOKEN_SIZE)) {
        uint8_t random[20];
        ENSURE(getrandom(random, sizeof random, 0) == (ssize_t)sizeof random);
        struct textbuf hex;
        textbuf_init(&hex, out_token, WORLD_TOKEN_SIZE);
        textbuf_hex(&hex, bytes_of(random, sizeof random));
        ENSURE(world_file_write(file, textbuf_bytes(&hex), 0600));
    }
    free(stored);
}

bool document_open(struct document *document, struct bytes text)
{
    size_t size = json_scratch_size(text.len);
    document->memory = aligned_alloc(16, (size + 15) / 16 * 16);
    ENSURE(document->memory != NULL);
    struct scratch scratch = {document->memory, size};
    if (json_parse(text, scratch, &document->root) == JSON_OK) return true;
    document_close(document);
    return false;
}

void document_close(struct document *document)
{
    free(document->memory);
    document->memory = NULL;
}

bool member_text(struct json object, const char *key, char *out_text, size_t size)
{
    out_text[0] = '\0';
    return json_text_copy(json_get(object, key), out_text, size);
}

int64_t member_i64(struct json object, const char *key, int64_t absent)
{
    int64_t value;
    return json_i64(json_get(object, key), 0, INT64_MAX, &value) ? value : absent;
}

bool member_is_true(struct json object, const char *key)
{
    bool value;
    return json_boolean(json_get(object, key), &value) && value;
}

uint64_t hash_bytes(struct bytes run)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < run.len; i++) hash = (hash ^ run.data[i]) * 1099511628211u;
    return hash;
}

void text_open(struct textbuf *text, size_t size)
{
    char *storage = malloc(size);
    ENSURE(storage != NULL);
    textbuf_init(text, storage, size);
}

void text_close(struct textbuf *text)
{
    free(text->data);
    text->data = NULL;
}

void json_write_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char storage[TIME_TEXT_SIZE];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    time_write(&text, unix_ms);
    json_write_text(writer, key, storage);
}
