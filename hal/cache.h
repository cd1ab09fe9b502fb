/* cache.h - orders that can be asked for again: a database that may be lost without harm.
 *
 * It keeps the order system's documents as they came, findable by any text that may be scanned for
 * them, and the place from which to go on asking. Page and cursor are written together, so after a
 * power cut the cursor never runs ahead of the documents; the last seconds may be lost. When the
 * file turns out to be damaged it is deleted and begun again, empty, and the call that found out
 * gives ERR_CORRUPT: nothing was lost that cannot be fetched. ERR_NO_SPACE: nothing was written;
 * packing goes on without. Calls seldom wait for the disk. */
#ifndef PACKD_HAL_CACHE_H
#define PACKD_HAL_CACHE_H

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/base/textbuf.h"

#define CACHE_REF_MAX 100
#define CACHE_REV_MAX 100
#define CACHE_DOCUMENT_MAX (256u * 1024u)
#define CACHE_KEY_MAX 100
#define CACHE_KEYS_MAX 16 /* per order */
#define CACHE_CURSOR_MAX 512
#define CACHE_FOUND_MAX 4 /* orders given for one scan; more is ambiguous anyway */

struct cache;

struct cache_item {
    struct bytes ref; /* the order system's own name of the order */
    struct bytes rev; /* its version; kept for the reader */
    struct bytes document;
    const struct bytes *keys; /* every text that may be scanned for it; ref itself only if listed */
    size_t key_count;
};

/* One page of the order system's list. Borrowed for the call. */
struct cache_page {
    int64_t now_ms; /* wall time, for cache_evict */
    const struct cache_item *items;
    size_t item_count;
    const struct bytes *gone; /* refs that are no longer to be packed */
    size_t gone_count;
    struct bytes cursor; /* where to go on; empty keeps the one there is */
};

/* Borrowed, good during the callback only. */
struct cache_order {
    struct bytes ref;
    struct bytes rev;
    struct bytes document;
    int64_t updated_ms;
};
typedef void cache_order_fn(void *context, const struct cache_order *order);

/* quota_pages of 4096 bytes; 0: the disk's. ERR_BUSY when another process has it. */
MUST_USE enum err cache_open(const char *path, uint32_t quota_pages, struct textbuf *out_why,
                             struct cache **out_cache);
/* Accepts NULL. */
void cache_close(struct cache *cache);

/* Puts or replaces the items with their keys, removes the gone, moves the cursor: all or none. */
MUST_USE enum err cache_put_page(struct cache *cache, const struct cache_page *page);
/* Calls back for each order that has this key, at most CACHE_FOUND_MAX, by ref. */
MUST_USE enum err cache_find(struct cache *cache, struct bytes scan, cache_order_fn *found,
                             void *context, size_t *out_count);
/* Length 0 when there is none yet. */
MUST_USE enum err cache_cursor(struct cache *cache, char out_cursor[CACHE_CURSOR_MAX],
                               size_t *out_len);
MUST_USE enum err cache_count(struct cache *cache, size_t *out_orders);
/* Removes at most rows_max orders last put before before_ms. Call again while it gives rows_max. */
MUST_USE enum err cache_evict(struct cache *cache, int64_t before_ms, size_t rows_max,
                              size_t *out_removed);
/* Empties it, the cursor too. */
MUST_USE enum err cache_forget_all(struct cache *cache);

#endif
