/* world.h - what every part of the simulated world shares: one lock, one clock, one source of
 * chance, one folder.
 *
 * Rule: a part's state is static in its own file and is touched only with the world locked. Waiting
 * (a slow answer, a ramp, a print) is always done unlocked. */
#ifndef PACKD_TOOLS_PACKSIM_WORLD_H
#define PACKD_TOOLS_PACKSIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/json.h"
#include "hal/base/textbuf.h"

#define WORLD_PATH_SIZE 512
#define WORLD_STATIONS_MAX 8
#define WORLD_TOKEN_SIZE 41

struct world_options {
    char dir[WORLD_PATH_SIZE];
    bool keep; /* go on with what lies in dir */
    uint64_t seed;
    char stations[WORLD_STATIONS_MAX][33];
    size_t station_count;
    char renderer[WORLD_PATH_SIZE]; /* called as: renderer FILE.zpl --png FILE.png; empty: none */
};

/* Makes dir when its name is empty (and writes it back). False with a message on standard error. */
MUST_USE bool world_open(struct world_options *options);
const struct world_options *world_settings(void);

void world_lock(void);
void world_unlock(void);

int64_t world_wall_ms(void); /* wall clock, moved by `clock SECONDS` */
void world_clock_move(int64_t offset_ms);
int64_t world_tick_ms(void); /* monotonic */
void world_sleep_ms(int64_t ms);
uint32_t world_random(uint32_t below); /* 0..below-1, from the seed; world locked */
bool world_ending(void);
void world_end(void);

void world_path(const char *name, char *out_path, size_t size);
bool world_file_write(const char *name, struct bytes content, unsigned mode);
/* Whole file in malloc'd memory, NUL-ended; NULL when it is not there. */
char *world_file_read(const char *name, size_t *out_len);
/* One line onto the end of a book, on disk when it returns. */
void world_append(const char *name, struct bytes line);
/* The same for a trace, which a crash may cost its last lines and whose older half goes. Takes the
 * lock of the world. */
void world_note(const char *name, struct bytes line);
/* Calls `take` for each whole JSON line of a book. */
void world_replay(const char *name, void (*take)(struct json line));

/* A credential: read from the file when the world goes on, else made and stored there. */
void world_token(const char *file, char out_token[WORLD_TOKEN_SIZE]);

/* One parsed JSON document and the memory it lives in. */
struct document {
    void *memory;
    struct json root;
};
MUST_USE bool document_open(struct document *document, struct bytes text); /* false: not JSON */
void document_close(struct document *document);
/* Members as they are needed here: absent, null and foreign are all "not there". Text that is not
 * there or does not fit gives false and an empty text. */
bool member_text(struct json object, const char *key, char *out_text, size_t size);
int64_t member_i64(struct json object, const char *key,
                   int64_t absent); /* whole and not negative */
bool member_is_true(struct json object, const char *key);

uint64_t hash_bytes(struct bytes run); /* FNV-1a, to tell equal bodies from different ones */

/* A growing text on the heap: room for `size`, freed by text_close. */
void text_open(struct textbuf *text, size_t size);
void text_close(struct textbuf *text);

/* Member "key":"2026-..." */
void json_write_time(struct json_writer *writer, const char *key, int64_t unix_ms);

#endif
