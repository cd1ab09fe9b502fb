/* cache_sqlite.c - cache.h in a second SQLite file.
 *
 * The documents are the only copy on the box but not the only copy there is, so the file is quick
 * instead of durable, and damage is answered by beginning again rather than by repair. */
#include "hal/cache.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hal/database.h"
#include "hal/files.h"

#define APPLICATION_ID 0x706b6331 /* "pkc1" */
#define SCHEMA 1
#define PAGE_BYTES 4096u /* a flash page and an ext4 block */
#define ROW_BYTES_MAX ((int)(CACHE_DOCUMENT_MAX + 4096))

static const char schema_sql[] =
    "CREATE TABLE orders(ref TEXT PRIMARY KEY, rev TEXT NOT NULL, updated_ms INTEGER NOT NULL,"
    " document BLOB NOT NULL) STRICT;"
    "CREATE INDEX orders_by_age ON orders(updated_ms);"
    "CREATE TABLE order_keys(value TEXT NOT NULL,"
    " ref TEXT NOT NULL REFERENCES orders(ref) ON DELETE CASCADE,"
    " PRIMARY KEY(value, ref)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX order_keys_by_ref ON order_keys(ref);"
    "CREATE TABLE place(one INTEGER PRIMARY KEY CHECK(one = 1), cursor TEXT NOT NULL) STRICT;"
    "CREATE TABLE total(one INTEGER PRIMARY KEY CHECK(one = 1), orders INTEGER NOT NULL) STRICT;"
    "INSERT INTO total VALUES(1, 0);"
    "CREATE TRIGGER order_in AFTER INSERT ON orders BEGIN"
    " UPDATE total SET orders = orders + 1; END;"
    "CREATE TRIGGER order_out AFTER DELETE ON orders BEGIN"
    " UPDATE total SET orders = orders - 1; END;";

enum statement {
    PUT_ORDER,
    DROP_KEYS,
    ADD_KEY,
    DROP_ORDER,
    FIND,
    MOVE_CURSOR,
    READ_CURSOR,
    COUNT,
    EVICT,
    FORGET_ORDERS,
    FORGET_CURSOR,
    STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
    [PUT_ORDER] = "INSERT INTO orders(ref, rev, updated_ms, document) VALUES(?1, ?2, ?3, ?4)"
                  " ON CONFLICT(ref) DO UPDATE SET rev = excluded.rev,"
                  " updated_ms = excluded.updated_ms, document = excluded.document",
    [DROP_KEYS] = "DELETE FROM order_keys WHERE ref = ?1",
    [ADD_KEY] = "INSERT OR IGNORE INTO order_keys(value, ref) VALUES(?1, ?2)",
    [DROP_ORDER] = "DELETE FROM orders WHERE ref = ?1",
    [FIND] = "SELECT o.ref, o.rev, o.document, o.updated_ms FROM order_keys k"
             " JOIN orders o ON o.ref = k.ref WHERE k.value = ?1 ORDER BY k.ref LIMIT ?2",
    [MOVE_CURSOR] = "INSERT INTO place(one, cursor) VALUES(1, ?1)"
                    " ON CONFLICT(one) DO UPDATE SET cursor = excluded.cursor",
    [READ_CURSOR] = "SELECT cursor FROM place",
    [COUNT] = "SELECT orders FROM total",
    [EVICT] = "DELETE FROM orders WHERE ref IN (SELECT ref FROM orders WHERE updated_ms < ?1"
              " ORDER BY updated_ms, ref LIMIT ?2)",
    [FORGET_ORDERS] = "DELETE FROM orders",
    [FORGET_CURSOR] = "DELETE FROM place",
};

struct cache {
    struct sqlite3 *db; /* NULL when beginning again failed; every call then tries again */
    struct sqlite3_stmt *statements[STATEMENTS];
    char path[FILES_PATH_MAX];
    uint32_t quota_pages;
};

static enum err open_file(struct cache *cache, struct textbuf *out_why)
{
    struct database_settings settings = {
        .path = cache->path,
        .use = DATABASE_QUICK,
        .page_bytes = PAGE_BYTES,
        .quota_bytes = (uint64_t)cache->quota_pages * PAGE_BYTES,
        .row_bytes_max = ROW_BYTES_MAX,
        .application_id = APPLICATION_ID,
        .schema = SCHEMA,
        .schema_sql = schema_sql,
    };
    enum err problem = database_open(&settings, out_why, &cache->db);
    if (problem != ERR_NONE) return problem;
    problem = database_prepare(cache->db, statement_sql, STATEMENTS, cache->statements);
    if (problem == ERR_NONE) return ERR_NONE;
    textbuf_format(out_why, "%s cannot be used: %s", cache->path, sqlite3_errmsg(cache->db));
    database_close(cache->db);
    cache->db = NULL;
    return problem;
}

static void close_file(struct cache *cache)
{
    if (cache->db == NULL) return;
    database_finalize(cache->statements, STATEMENTS);
    database_close(cache->db);
    cache->db = NULL;
}

static enum err begin_again(struct cache *cache, struct textbuf *out_why)
{
    static const char *const endings[] = {"", "-wal", "-journal"};
    close_file(cache);
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        char name[FILES_PATH_MAX + 16];
        snprintf(name, sizeof(name), "%s%s", cache->path, endings[i]);
        if (unlink(name) != 0 && errno != ENOENT) return files_err(errno);
    }
    textbuf_reset(out_why);
    return open_file(cache, out_why);
}

/* A file that cannot be what we wrote, of another version or with a medium error: begin again. */
static bool is_beyond_use(enum err problem)
{
    return problem == ERR_CORRUPT || problem == ERR_UNSUPPORTED || problem == ERR_IO;
}

enum err cache_open(const char *path, uint32_t quota_pages, struct textbuf *out_why,
                    struct cache **out_cache)
{
    if (strlen(path) >= FILES_PATH_MAX) return ERR_TOO_BIG;
    struct cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL) return ERR_NO_MEMORY;
    memcpy(cache->path, path, strlen(path) + 1);
    cache->quota_pages = quota_pages;
    enum err problem = open_file(cache, out_why);
    if (is_beyond_use(problem)) problem = begin_again(cache, out_why);
    if (problem != ERR_NONE) {
        free(cache);
        return problem;
    }
    *out_cache = cache;
    return ERR_NONE;
}

void cache_close(struct cache *cache)
{
    if (cache == NULL) return;
    close_file(cache);
    free(cache);
}

/* Every call begins here */
static enum err admit(struct cache *cache)
{
    if (cache->db != NULL) return ERR_NONE;
    char why[200];
    struct textbuf text;
    textbuf_init(&text, why, sizeof(why));
    return open_file(cache, &text);
}

/* and ends here: damage is answered by an empty file. */
static enum err settle(struct cache *cache, enum err problem)
{
    if (!is_beyond_use(problem)) return problem;
    char why[200];
    struct textbuf text;
    textbuf_init(&text, why, sizeof(why));
    enum err again = begin_again(cache, &text);
    return again == ERR_NONE ? ERR_CORRUPT : again;
}

static bool is_short(struct bytes text, size_t len_max)
{
    return text.len > 0 && text.len <= len_max && bytes_are_utf8_text(text);
}

static bool is_page(const struct cache_page *page)
{
    bool good = page->cursor.len == 0 || is_short(page->cursor, CACHE_CURSOR_MAX);
    for (size_t i = 0; i < page->item_count; i++) {
        const struct cache_item *item = &page->items[i];
        good = good && is_short(item->ref, CACHE_REF_MAX) && item->key_count <= CACHE_KEYS_MAX &&
               (item->rev.len == 0 || is_short(item->rev, CACHE_REV_MAX)) &&
               item->document.len <= CACHE_DOCUMENT_MAX;
        for (size_t k = 0; good && k < item->key_count; k++) {
            good = is_short(item->keys[k], CACHE_KEY_MAX);
        }
    }
    return good;
}

static enum err put_item(struct cache *cache, const struct cache_item *item, int64_t now_ms)
{
    struct sqlite3_stmt *put = cache->statements[PUT_ORDER];
    database_bind_text(put, 1, item->ref);
    database_bind_text(put, 2, item->rev);
    database_bind_i64(put, 3, now_ms);
    database_bind_blob(put, 4, item->document);
    enum err problem = database_run(put);
    if (problem != ERR_NONE) return problem;
    database_bind_text(cache->statements[DROP_KEYS], 1, item->ref);
    problem = database_run(cache->statements[DROP_KEYS]);
    for (size_t i = 0; problem == ERR_NONE && i < item->key_count; i++) {
        database_bind_text(cache->statements[ADD_KEY], 1, item->keys[i]);
        database_bind_text(cache->statements[ADD_KEY], 2, item->ref);
        problem = database_run(cache->statements[ADD_KEY]);
    }
    return problem;
}

static enum err put_all(struct cache *cache, const struct cache_page *page)
{
    enum err problem = ERR_NONE;
    for (size_t i = 0; problem == ERR_NONE && i < page->item_count; i++) {
        problem = put_item(cache, &page->items[i], page->now_ms);
    }
    for (size_t i = 0; problem == ERR_NONE && i < page->gone_count; i++) {
        database_bind_text(cache->statements[DROP_ORDER], 1, page->gone[i]);
        problem = database_run(cache->statements[DROP_ORDER]);
    }
    if (problem != ERR_NONE || page->cursor.len == 0) return problem;
    database_bind_text(cache->statements[MOVE_CURSOR], 1, page->cursor);
    return database_run(cache->statements[MOVE_CURSOR]);
}

enum err cache_put_page(struct cache *cache, const struct cache_page *page)
{
    if (!is_page(page)) return ERR_INVALID;
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    problem = database_begin(cache->db);
    if (problem == ERR_NONE) problem = database_end(cache->db, put_all(cache, page));
    return settle(cache, problem);
}

enum err cache_find(struct cache *cache, struct bytes scan, cache_order_fn *found, void *context,
                    size_t *out_count)
{
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *find = cache->statements[FIND];
    database_bind_text(find, 1, scan);
    database_bind_i64(find, 2, CACHE_FOUND_MAX);
    size_t count = 0;
    int code = sqlite3_step(find);
    while (code == SQLITE_ROW) {
        struct cache_order order = {
            .ref = database_column(find, 0),
            .rev = database_column(find, 1),
            .document = database_column(find, 2),
            .updated_ms = sqlite3_column_int64(find, 3),
        };
        found(context, &order);
        count++;
        code = sqlite3_step(find);
    }
    problem = database_err(cache->db, code);
    sqlite3_reset(find);
    sqlite3_clear_bindings(find);
    if (problem != ERR_NONE) return settle(cache, problem);
    *out_count = count;
    return ERR_NONE;
}

enum err cache_cursor(struct cache *cache, char out_cursor[CACHE_CURSOR_MAX], size_t *out_len)
{
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    struct sqlite3_stmt *read = cache->statements[READ_CURSOR];
    int code = sqlite3_step(read);
    problem = database_err(cache->db, code);
    struct bytes cursor = code == SQLITE_ROW ? database_column(read, 0) : BYTES_NONE;
    if (cursor.len > CACHE_CURSOR_MAX) problem = ERR_CORRUPT; /* not put by us */
    if (problem == ERR_NONE) {
        if (cursor.len > 0) memcpy(out_cursor, cursor.data, cursor.len);
        *out_len = cursor.len;
    }
    sqlite3_reset(read);
    return settle(cache, problem);
}

enum err cache_count(struct cache *cache, size_t *out_orders)
{
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    int64_t orders = 0;
    problem = database_run_i64(cache->statements[COUNT], &orders);
    if (problem == ERR_NOT_FOUND || orders < 0) problem = ERR_CORRUPT;
    if (problem != ERR_NONE) return settle(cache, problem);
    *out_orders = (size_t)orders;
    return ERR_NONE;
}

enum err cache_evict(struct cache *cache, int64_t before_ms, size_t rows_max, size_t *out_removed)
{
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    database_bind_i64(cache->statements[EVICT], 1, before_ms);
    database_bind_i64(cache->statements[EVICT], 2, (int64_t)rows_max);
    problem = database_run(cache->statements[EVICT]);
    if (problem != ERR_NONE) return settle(cache, problem);
    *out_removed = (size_t)sqlite3_changes(cache->db);
    return ERR_NONE;
}

enum err cache_forget_all(struct cache *cache)
{
    enum err problem = admit(cache);
    if (problem != ERR_NONE) return problem;
    problem = database_begin(cache->db);
    if (problem == ERR_NONE) {
        problem = database_run(cache->statements[FORGET_ORDERS]);
        if (problem == ERR_NONE) problem = database_run(cache->statements[FORGET_CURSOR]);
        problem = database_end(cache->db, problem);
    }
    return settle(cache, problem);
}
