/* day_lines.h - the facts and blobs of a recorded day, by number. */
#ifndef PACKD_TESTS_CRASH_DAY_LINES_H
#define PACKD_TESTS_CRASH_DAY_LINES_H

#include "tests/crash/day.h"

#define LINE_BLOB_MAX (64u * 1024u)
#define LINE_POOL_SLOT (DAY_SLOTS - 2)
#define LINE_START_SLOT (DAY_SLOTS - 1)

void lines_begin(uint64_t seed);

/* Fact seq of the day; borrowed until lines_begin. */
struct journal_fact line_make(int64_t seq, const char *kind, int parcel, int64_t at_ms);
int64_t line_at_ms(int64_t seq);
int line_closes(int64_t seq); /* the parcel it closes, or -1 */
/* Fact seq when it was appended by a start after a cut; borrowed until the next call. */
struct journal_fact line_make_start(int64_t seq);
/* Key and subject of fact seq of the day; "" of one that never was. */
void line_names(int64_t seq, const char **out_key, const char **out_subject);
/* Is the row that fact, byte for byte? */
bool line_is(const struct journal_row *row, bool of_start);

/* Every time a blob is put it is another one. */
int line_new_version(void);
struct journal_blob line_blob(int slot, int version); /* borrowed until the next call */

#endif
