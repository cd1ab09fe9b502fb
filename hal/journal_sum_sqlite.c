/* journal_sum_sqlite.c - a sum over everything a fact says, kept beside it, and one over a blob.
 * SQLite notices damage to the structure of its pages, not to the values in them. What an older
 * firmware wrote has no sum, and is taken as it is. */
#include <sqlite3.h>

#include "hal/base/crc.h"
#include "hal/database.h"
#include "hal/journal_inside.h"

void journal_row_of(struct sqlite3_stmt *select, struct journal_row *out_row)
{
    *out_row = (struct journal_row){
        .seq = sqlite3_column_int64(select, 0),
        .at = {.wall_ms = sqlite3_column_int64(select, 1),
               .boot_ms = sqlite3_column_int64(select, 2),
               .wall_trusted = sqlite3_column_int64(select, 3) != 0},
        .boot = sqlite3_column_int64(select, 4),
        .key = database_column(select, 5),
        .kind = database_column(select, 6),
        .subject = database_column(select, 7),
        .body = database_column(select, 8),
    };
}

int64_t journal_row_sum(const struct journal_row *row)
{
    const int64_t numbers[] = {row->seq, row->at.wall_ms, row->at.boot_ms, row->at.wall_trusted,
                               row->boot};
    const struct bytes texts[] = {row->key, row->kind, row->subject, row->body};
    uint32_t crc = 0;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint8_t said[8]; /* the same on every machine */
        for (unsigned byte = 0; byte < 8; byte++)
            said[byte] = (uint8_t)((uint64_t)numbers[i] >> (8 * byte));
        crc = crc32c_add(crc, bytes_of(said, sizeof(said)));
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        crc = crc32c_add(crc, texts[i]);
        crc = crc32c_add(crc, BYTES_LITERAL("\0")); /* where one ends and the next begins */
    }
    return crc;
}

bool journal_row_fits(struct sqlite3_stmt *select, const struct journal_row *row)
{
    bool has = sqlite3_column_type(select, 9) != SQLITE_NULL;
    return !has || sqlite3_column_int64(select, 9) == journal_row_sum(row);
}

int64_t journal_blob_sum(struct bytes key, struct bytes data)
{
    return crc32c_add(crc32c_add(crc32c_add(0, key), BYTES_LITERAL("\0")), data);
}

bool journal_blob_fits(struct sqlite3_stmt *select)
{
    int64_t sum = journal_blob_sum(database_column(select, 0), database_column(select, 1));
    return sqlite3_column_type(select, 2) == SQLITE_NULL || sqlite3_column_int64(select, 2) == sum;
}

enum err journal_check_sums(struct sqlite3 *db)
{
    static const char sql[] = "SELECT " JOURNAL_ROW_COLUMNS ", sum FROM facts";
    struct sqlite3_stmt *select = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &select, NULL);
    if (code != SQLITE_OK) return database_err(db, code);
    bool fits = true;
    while (fits && (code = sqlite3_step(select)) == SQLITE_ROW) {
        struct journal_row row;
        journal_row_of(select, &row);
        fits = journal_row_fits(select, &row);
    }
    enum err problem = fits ? database_err(db, code) : ERR_CORRUPT;
    sqlite3_finalize(select);
    return problem;
}
