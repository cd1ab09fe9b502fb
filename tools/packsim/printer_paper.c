/* printer_paper.c - labels as files and as a list; see printer_paper.h. */
#include "tools/packsim/printer_paper.h"

#include <dirent.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/packsim/bars_read.h"
#include "tools/packsim/graphic.h"
#include "tools/packsim/world.h"

#define CODES_MAX 4
#define FILES_KEPT 1000

extern char **environ;

struct paper {
    char file[32]; /* empty: not complete, not kept */
    uint64_t job;
    size_t bytes;
    int64_t percent;
    bool again;
    int64_t at_ms;             /* wall */
    char codes[CODES_MAX][65]; /* data of bar code fields, where the format says them as text */
    size_t code_count;
};

static struct paper *papers;
static size_t count, room;
static uint64_t complete, dots, next_file;

/* ^B?...^FDdata^FS: the data after each bar code command. */
static void codes_find(struct bytes format, struct paper *paper)
{
    for (size_t i = 0; i + 2 < format.len && paper->code_count < CODES_MAX; i++) {
        bool code = format.data[i] == '^' && format.data[i + 1] == 'B' && format.data[i + 2] != 'Y';
        if (!code) continue;
        struct bytes rest = bytes_from(format, i);
        struct bytes data = bytes_from(rest, bytes_find(rest, BYTES_LITERAL("^FD")));
        data = bytes_from(data, 3);
        data = bytes_slice(data, 0, bytes_find(data, BYTES_LITERAL("^FS")));
        if (data.len > 0 &&
            bytes_to_text(data, paper->codes[paper->code_count], sizeof paper->codes[0]))
            paper->code_count++;
    }
}

static void *child_wait(void *argument)
{
    pid_t child = (pid_t)(intptr_t)argument;
    (void)waitpid(child, NULL, 0);
    return NULL;
}

static void picture_start(const char *zpl_name)
{
    const char *renderer = world_settings()->renderer;
    char zpl[WORLD_PATH_SIZE], png[WORLD_PATH_SIZE];
    pid_t child;
    pthread_t thread;
    if (renderer[0] == '\0') return;
    world_path(zpl_name, zpl, sizeof zpl);
    int len = snprintf(png, sizeof png, "%.*s.png", (int)strlen(zpl) - 4, zpl);
    if (len < 0 || (size_t)len >= sizeof png) return;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", 1 /* O_WRONLY */,
                                     0); /* our stdout is for the ready line */
    char *const arguments[] = {(char *)(uintptr_t)renderer, zpl, (char *)(uintptr_t) "--png", png,
                               NULL};
    bool started = posix_spawnp(&child, renderer, &files, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    if (started && pthread_create(&thread, NULL, child_wait, (void *)(intptr_t)child) == 0)
        pthread_detach(thread);
}

/* The highest number that lies in the folder; 0: none. */
static uint64_t newest_file(void)
{
    char path[WORLD_PATH_SIZE];
    world_path("labels", path, sizeof path);
    DIR *folder = opendir(path);
    uint64_t newest = 0;
    if (folder == NULL) return 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        uint64_t number = strtoull(entry->d_name, NULL, 10);
        if (number > newest) newest = number;
    }
    closedir(folder);
    return newest;
}

/* With --state the numbers go on after what lies there. */
static void file_name_next(const char *ending, char *out_name, size_t size)
{
    if (next_file == 0 && world_settings()->keep) next_file = newest_file();
    snprintf(out_name, size, "labels/%04llu.%s", (unsigned long long)++next_file, ending);
}

/* As many stay as a person looks through; the disk of a practice world is not for more. */
static void old_files_remove(void)
{
    static const char *const endings[] = {"zpl", "tspl", "epl", "escpos", "pbm", "png"};
    char name[40], path[WORLD_PATH_SIZE];
    if (next_file <= FILES_KEPT) return;
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        snprintf(name, sizeof name, "labels/%04llu.%s",
                 (unsigned long long)(next_file - FILES_KEPT), endings[i]);
        world_path(name, path, sizeof path);
        (void)unlink(path);
    }
}

/* What stands in its bars, and a picture beside the file. */
static void canvas_take(struct canvas *canvas, struct paper *paper, bool whole)
{
    if (canvas->code_count == 0) bars_read(canvas);
    for (unsigned i = 0; i < canvas->code_count && paper->code_count < CODES_MAX; i++)
        memcpy(paper->codes[paper->code_count++], canvas->codes[i], sizeof paper->codes[0]);
    if (!whole || canvas->width == 0) return;
    char name[40];
    size_t len = 0;
    uint8_t *picture = canvas_pbm(canvas, &len);
    snprintf(name, sizeof name, "%.*s.pbm", (int)strcspn(paper->file, "."), paper->file);
    ENSURE(world_file_write(name, bytes_of(picture, len), 0600));
    free(picture);
}

/* ZPL: bars that the printer draws, or a picture of them. */
static void zpl_take(struct bytes format, struct paper *paper, bool whole)
{
    struct canvas canvas;
    codes_find(format, paper);
    canvas_open(&canvas);
    if (graphic_draw(format, &canvas)) canvas_take(&canvas, paper, whole);
    canvas_close(&canvas);
}

static void tongue_take(struct bytes format, const struct tongue *tongue, struct paper *paper,
                        bool whole)
{
    struct canvas canvas;
    canvas_open(&canvas);
    tongue_draw(tongue, format, &canvas);
    canvas_take(&canvas, paper, whole);
    canvas_close(&canvas);
}

void paper_add(struct bytes format, const struct tongue *tongue, uint64_t job, int64_t percent,
               bool again, int64_t length_dots)
{
    if (count == room) {
        room = room == 0 ? 64 : room * 2;
        papers = realloc(papers, room * sizeof *papers);
        ENSURE(papers != NULL);
    }
    struct paper *paper = &papers[count++];
    *paper = (struct paper){.job = job,
                            .bytes = format.len,
                            .percent = percent,
                            .again = again,
                            .at_ms = world_wall_ms()};
    dots += (uint64_t)(length_dots * percent / 100);
    if (percent == 100) {
        complete++;
        file_name_next(tongue != NULL ? tongue->name : "zpl", paper->file, sizeof paper->file);
        ENSURE(world_file_write(paper->file, format, 0600));
        old_files_remove();
    }
    if (tongue != NULL) tongue_take(format, tongue, paper, percent == 100);
    else zpl_take(format, paper, percent == 100);
    if (tongue == NULL && percent == 100) picture_start(paper->file);
}

uint64_t paper_labels(void)
{
    return complete;
}

uint64_t paper_dots(void)
{
    return dots;
}

void paper_write(struct json_writer *lines)
{
    for (size_t i = 0; i < count; i++) {
        const struct paper *paper = &papers[i];
        lines->comma = false;
        json_write_open(lines, NULL, '{');
        json_write_i64(lines, "label", (int64_t)i + 1);
        json_write_i64(lines, "job", (int64_t)paper->job);
        json_write_text(lines, "file", paper->file);
        json_write_i64(lines, "percent", paper->percent);
        json_write_boolean(lines, "again", paper->again);
        json_write_i64(lines, "bytes", (int64_t)paper->bytes);
        json_write_time(lines, "at", paper->at_ms);
        json_write_open(lines, "codes", '[');
        for (size_t code = 0; code < paper->code_count; code++)
            json_write_text(lines, NULL, paper->codes[code]);
        json_write_close(lines, ']');
        json_write_close(lines, '}');
        textbuf_char(lines->text, '\n');
    }
}
