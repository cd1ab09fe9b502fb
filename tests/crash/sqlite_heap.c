/* sqlite_heap.c - SQLite's memory in this bench: free lists by powers of two, out of slabs that are
 * kept. A cut is a whole start of SQLite with some thousand small allocations, and the system's
 * allocator, above all under the sanitizers, took half of the time of each. What the sanitizers
 * could see of SQLite's memory they see in tests/hal. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/ensure.h"
#include "tests/crash/disk_inside.h"

#define LEAST 5 /* two to the power of: 32 bytes, 16 of them ours */
#define MOST 27
#define SLAB ((size_t)1 << 20)
#define HEAD 16

struct block {
    int power;
    struct block *next; /* while it is free; this is where the memory begins otherwise */
};

static struct block *free_blocks[MOST + 1];
static void *slabs; /* each begins with the one before */
static uint8_t *slab_at, *slab_end;

static uint8_t *from_slab(size_t size)
{
    if ((size_t)(slab_end - slab_at) < size) {
        size_t slab_size = size + HEAD > SLAB ? size + HEAD : SLAB;
        uint8_t *slab = malloc(slab_size);
        ENSURE(slab != NULL);
        memcpy(slab, &slabs, sizeof(slabs));
        slabs = slab;
        slab_at = slab + HEAD;
        slab_end = slab + slab_size;
    }
    slab_at += size;
    return slab_at - size;
}

static int power_of(size_t size)
{
    int power = LEAST;
    while (((size_t)1 << power) < size + HEAD) power++;
    ENSURE(power <= MOST);
    return power;
}

static void *give(int wanted)
{
    int power = power_of((size_t)wanted);
    struct block *block = free_blocks[power];
    if (block != NULL) free_blocks[power] = block->next;
    else block = (struct block *)(void *)from_slab((size_t)1 << power);
    block->power = power;
    return (uint8_t *)block + HEAD;
}

static struct block *block_of(void *memory)
{
    return (struct block *)(void *)((uint8_t *)memory - HEAD);
}

static void take_back(void *memory)
{
    if (memory == NULL) return;
    struct block *block = block_of(memory);
    block->next = free_blocks[block->power];
    free_blocks[block->power] = block;
}

static int size_of(void *memory)
{
    return memory == NULL ? 0 : (int)(((size_t)1 << block_of(memory)->power) - HEAD);
}

static void *resize(void *memory, int wanted)
{
    if (wanted <= size_of(memory)) return memory;
    void *larger = give(wanted);
    memcpy(larger, memory, (size_t)size_of(memory));
    take_back(memory);
    return larger;
}

static int round_up(int size)
{
    return (1 << power_of((size_t)size)) - HEAD;
}

static int begin(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void end(void *context)
{
    (void)context;
    while (slabs != NULL) {
        void *before;
        memcpy(&before, slabs, sizeof(before));
        free(slabs);
        slabs = before;
    }
    slab_at = slab_end = NULL;
    memset(free_blocks, 0, sizeof(free_blocks));
}

void disk_settle_sqlite_heap(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = give,
        .xFree = take_back,
        .xRealloc = resize,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = begin,
        .xShutdown = end,
    };
    int code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    ENSURE(code == SQLITE_OK);
}
