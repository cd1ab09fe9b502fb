/* Guards: an order is found by every text that may be scanned for it, page and cursor move
 * together, and a damaged or lost file costs nothing but the fetching. */
#include "hal/cache.h"

#include <sys/wait.h>

#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

static char path[TEMP_PATH_SIZE];
static char why_storage[300];
static struct textbuf why;

static struct cache *open_quota(const char *name, uint32_t quota_pages)
{
    struct cache *cache = NULL;
    temp_path(path, name);
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, cache_open(path, quota_pages, &why, &cache), "a cache opens");
    return cache;
}

static struct cache *open_named(const char *name)
{
    return open_quota(name, 0);
}

static enum err put_one(struct cache *cache, const char *ref, const char *key, const char *cursor,
                        int64_t now_ms)
{
    struct bytes keys[] = {bytes_of_text(ref), bytes_of_text(key)};
    struct cache_item item = {.ref = bytes_of_text(ref),
                              .rev = BYTES_LITERAL("1"),
                              .document = bytes_of_text(key),
                              .keys = keys,
                              .key_count = 2};
    struct cache_page page = {.now_ms = now_ms,
                              .items = &item,
                              .item_count = 1,
                              .cursor = bytes_of_text(cursor)};
    return cache_put_page(cache, &page);
}

struct found {
    size_t count;
    char refs[256];
    char document[64], rev[64];
    int64_t updated_ms;
};

static void note(void *context, const struct cache_order *order)
{
    struct found *found = context;
    char ref[64];
    bytes_to_text(order->ref, ref, sizeof(ref));
    size_t len = strlen(found->refs);
    snprintf(found->refs + len, sizeof(found->refs) - len, "%s;", ref);
    bytes_to_text(order->document, found->document, sizeof(found->document));
    bytes_to_text(order->rev, found->rev, sizeof(found->rev));
    found->updated_ms = order->updated_ms;
}

static struct found find(struct cache *cache, const char *scan)
{
    struct found found = {0};
    EXPECT_I64(ERR_NONE, cache_find(cache, bytes_of_text(scan), note, &found, &found.count), scan);
    return found;
}

static size_t count_of(struct cache *cache)
{
    size_t orders = 999;
    EXPECT_I64(ERR_NONE, cache_count(cache, &orders), "it can be counted");
    return orders;
}

static void expect_cursor(struct cache *cache, const char *wanted, const char *promise)
{
    char cursor[CACHE_CURSOR_MAX];
    size_t len = 999;
    EXPECT_I64(ERR_NONE, cache_cursor(cache, cursor, &len), promise);
    EXPECT_BYTES(bytes_of_text(wanted), bytes_of(cursor, len), promise);
}

static void an_order_is_found_by_each_of_its_keys(void)
{
    struct cache *cache = open_named("keys");
    expect_cursor(cache, "", "at first there is no cursor");
    struct bytes keys[] = {BYTES_LITERAL("SO-1"), BYTES_LITERAL("8901234567894"),
                           BYTES_LITERAL("AWB1"), BYTES_LITERAL("AWB1")};
    struct cache_item item = {.ref = BYTES_LITERAL("SO-1"),
                              .rev = BYTES_LITERAL("r7"),
                              .document = BYTES_LITERAL("{\"order\":1}"),
                              .keys = keys,
                              .key_count = 4};
    struct cache_page page = {.now_ms = 55,
                              .items = &item,
                              .item_count = 1,
                              .cursor = BYTES_LITERAL("page-2")};
    EXPECT_I64(ERR_NONE, cache_put_page(cache, &page), "a page goes in, a repeated key is fine");
    for (size_t i = 0; i < 3; i++) {
        struct found found = find(cache, (const char *)keys[i].data);
        EXPECT_I64(1, found.count, "found once");
        EXPECT_TEXT("{\"order\":1}", found.document, "the document as it came");
        EXPECT_TEXT("r7", found.rev, "its version");
        EXPECT_I64(55, found.updated_ms, "and its age");
    }
    EXPECT_I64(0, find(cache, "SO-2").count, "another is not there");
    EXPECT_I64(0, find(cache, "").count, "an empty scan finds nothing");
    expect_cursor(cache, "page-2", "the cursor came with the page");
    cache_close(cache);
    cache = open_named("keys");
    EXPECT_I64(1, find(cache, "AWB1").count, "it is still there after a restart");
    expect_cursor(cache, "page-2", "and the cursor");
    cache_close(cache);
}

static void a_new_version_replaces_order_and_keys(void)
{
    struct cache *cache = open_named("replace");
    EXPECT_I64(ERR_NONE, put_one(cache, "SO-1", "OLD", "", 1), "in");
    EXPECT_I64(ERR_NONE, put_one(cache, "SO-1", "NEW", "", 2), "again");
    EXPECT_I64(1, count_of(cache), "it is one order");
    EXPECT_I64(0, find(cache, "OLD").count, "the old key is gone");
    EXPECT_TEXT("NEW", find(cache, "NEW").document, "the new one finds the new document");
    struct bytes gone[] = {BYTES_LITERAL("SO-1"), BYTES_LITERAL("SO-9")};
    struct cache_page page = {.gone = gone, .gone_count = 2, .cursor = BYTES_LITERAL("c")};
    EXPECT_I64(ERR_NONE, cache_put_page(cache, &page), "a page of what is gone");
    EXPECT_I64(0, count_of(cache), "it is gone");
    EXPECT_I64(0, find(cache, "NEW").count, "and its keys");
    cache_close(cache);
}

static void an_ambiguous_scan_gives_at_most_four_by_ref(void)
{
    struct cache *cache = open_named("many");
    static const char *const refs[] = {"SO-6", "SO-2", "SO-4", "SO-1", "SO-5", "SO-3"};
    for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
        EXPECT_I64(ERR_NONE, put_one(cache, refs[i], "TOTE", "", 1), "in");
    }
    struct found found = find(cache, "TOTE");
    EXPECT_I64(CACHE_FOUND_MAX, found.count, "at most four");
    EXPECT_TEXT("SO-1;SO-2;SO-3;SO-4;", found.refs, "in the order of their names");
    cache_close(cache);
}

static void a_bad_item_refuses_the_whole_page(void)
{
    struct cache *cache = open_named("whole");
    EXPECT_I64(ERR_NONE, put_one(cache, "SO-1", "K", "before", 1), "a good page");
    static uint8_t big[CACHE_DOCUMENT_MAX + 1];
    struct bytes key = BYTES_LITERAL("K2");
    struct cache_item items[] = {
        {BYTES_LITERAL("SO-2"), BYTES_NONE, BYTES_LITERAL("{}"), &key, 1},
        {BYTES_LITERAL("SO-3"), BYTES_NONE, bytes_of(big, sizeof(big)), &key, 1},
    };
    struct cache_page page = {.items = items, .item_count = 2, .cursor = BYTES_LITERAL("after")};
    EXPECT_I64(ERR_INVALID, cache_put_page(cache, &page), "too large a document");
    items[1].document.len--;
    items[1].ref = BYTES_NONE;
    EXPECT_I64(ERR_INVALID, cache_put_page(cache, &page), "an order without a name");
    EXPECT_I64(1, count_of(cache), "nothing of the page is there");
    expect_cursor(cache, "before", "nor its cursor");
    items[1].ref = BYTES_LITERAL("SO-3");
    EXPECT_I64(ERR_NONE, cache_put_page(cache, &page), "at the limit it goes in");
    EXPECT_I64(3, count_of(cache), "all of it");
    static char cursor[CACHE_CURSOR_MAX + 2];
    memset(cursor, 'c', CACHE_CURSOR_MAX + 1);
    EXPECT_I64(ERR_INVALID, put_one(cache, "SO-4", "K", cursor, 1), "too long a cursor");
    cursor[CACHE_CURSOR_MAX] = '\0';
    EXPECT_I64(ERR_NONE, put_one(cache, "SO-4", "K", cursor, 1), "the longest cursor");
    expect_cursor(cache, cursor, "comes back whole");
    cache_close(cache);
}

static void a_full_quota_keeps_what_is_there(void)
{
    struct cache *cache = open_quota("full", 64);
    static char key[CACHE_KEY_MAX + 1];
    enum err problem = ERR_NONE;
    size_t kept = 0;
    for (int i = 0; problem == ERR_NONE && i < 5000; i++) {
        char ref[24], cursor[24];
        snprintf(ref, sizeof(ref), "SO-%d", i);
        snprintf(cursor, sizeof(cursor), "c%d", i);
        memset(key, 'k', CACHE_KEY_MAX);
        problem = put_one(cache, ref, key, cursor, i);
        if (problem == ERR_NONE) kept++;
    }
    EXPECT_I64(ERR_NO_SPACE, problem, "the quota is kept");
    EXPECT_I64(kept, count_of(cache), "what was taken is there");
    char cursor[24];
    snprintf(cursor, sizeof(cursor), "c%zu", kept - 1);
    expect_cursor(cache, cursor, "and the cursor fits to it");
    cache_close(cache);
}

static void the_oldest_are_evicted_first(void)
{
    struct cache *cache = open_named("evict");
    for (int i = 0; i < 6; i++) {
        char ref[24];
        snprintf(ref, sizeof(ref), "SO-%d", i);
        EXPECT_I64(ERR_NONE, put_one(cache, ref, ref, "", 100 - i), "in");
    }
    size_t removed = 99;
    EXPECT_I64(ERR_NONE, cache_evict(cache, 98, 2, &removed), "at most two");
    EXPECT_I64(2, removed, "of the three that are old enough");
    EXPECT(find(cache, "SO-5").count == 0 && find(cache, "SO-4").count == 0, "the oldest two");
    EXPECT_I64(ERR_NONE, cache_evict(cache, 98, 2, &removed), "again");
    EXPECT_I64(1, removed, "the third");
    EXPECT_I64(3, count_of(cache), "the rest stays");
    EXPECT_I64(ERR_NONE, cache_forget_all(cache), "all can be forgotten");
    EXPECT_I64(0, count_of(cache), "all of it");
    expect_cursor(cache, "", "the cursor too");
    cache_close(cache);
}

static void damage_begins_again(void)
{
    struct cache *cache = open_named("damage");
    for (int i = 0; i < 400; i++) {
        char ref[24];
        snprintf(ref, sizeof(ref), "SO-%d", i);
        EXPECT_I64(ERR_NONE, put_one(cache, ref, ref, "there", i), "in");
    }
    cache_close(cache);
    FILE *file = fopen(path, "r+b");
    for (long at = 4096; at < 100 * 1024; at += 4) {
        fseek(file, at, SEEK_SET);
        fputs("oops", file);
    }
    fclose(file);
    cache = open_named("damage");
    size_t count = 0;
    struct found found = {0};
    enum err problem = cache_find(cache, BYTES_LITERAL("SO-7"), note, &found, &count);
    EXPECT_I64(ERR_CORRUPT, problem, "the call that meets the damage says so");
    EXPECT_I64(0, count_of(cache), "then it is empty");
    expect_cursor(cache, "", "and asks from the beginning");
    EXPECT_I64(ERR_NONE, put_one(cache, "SO-1", "K", "c", 1), "and takes new orders");
    cache_close(cache);

    file = fopen(path, "wb");
    for (int i = 0; i < 20000; i++) fputc(i, file);
    fclose(file);
    cache = open_named("damage");
    EXPECT_I64(0, count_of(cache), "a file that is no database is begun again");
    cache_close(cache);
}

static void another_program_s_file_is_left_alone(void)
{
    temp_path(path, "journal");
    /* An SQLite file with one empty table, another application's number at byte 68
     * (sqlite.org/fileformat.html, 1.3). */
    struct cache *cache = open_named("journal");
    cache_close(cache);
    FILE *file = fopen(path, "r+b");
    fseek(file, 68, SEEK_SET);
    fputs("ABCD", file);
    fclose(file);
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_REFUSED, cache_open(path, 0, &why, &cache), "it is not ours to delete");
    EXPECT(access(path, F_OK) == 0, "and is still there");
}

static void one_process_at_a_time(void)
{
    struct cache *cache = open_named("owner");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct cache *second = NULL;
        _exit((int)cache_open(path, 0, &why, &second));
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_I64(ERR_BUSY, WEXITSTATUS(status), "a second process is turned away");
    EXPECT_I64(0, count_of(cache), "and the first not harmed");
    cache_close(cache);
}

int main(void)
{
    temp_make();
    EXPECT_RUN(an_order_is_found_by_each_of_its_keys);
    EXPECT_RUN(a_new_version_replaces_order_and_keys);
    EXPECT_RUN(an_ambiguous_scan_gives_at_most_four_by_ref);
    EXPECT_RUN(a_bad_item_refuses_the_whole_page);
    EXPECT_RUN(a_full_quota_keeps_what_is_there);
    EXPECT_RUN(the_oldest_are_evicted_first);
    EXPECT_RUN(damage_begins_again);
    EXPECT_RUN(another_program_s_file_is_left_alone);
    EXPECT_RUN(one_process_at_a_time);
    return expect_result();
}
