/* seek_blobs.c - pieces of black that hang together; see seek.h.
 *
 * Row by row: a run of black belongs to the pieces that it touches above, also by a corner; where
 * it touches two they become one. */
#include "firmware/render/seek.h"

#include <stdlib.h>
#include <string.h>

struct labels {
    struct blob *blobs;
    uint32_t *into; /* the piece that this one has become part of; itself while it stands alone */
    uint32_t count;
};
struct row_runs {
    uint16_t edges[SEEK_EDGES_MAX];
    uint32_t label[SEEK_EDGES_MAX / 2];
    size_t count; /* edges */
};

static uint32_t root_of(struct labels *labels, uint32_t label)
{
    while (labels->into[label] != label) {
        labels->into[label] = labels->into[labels->into[label]];
        label = labels->into[label];
    }
    return label;
}

static void grow(struct blob *blob, const struct blob *by)
{
    if (by->left < blob->left) blob->left = by->left;
    if (by->top < blob->top) blob->top = by->top;
    if (by->right > blob->right) blob->right = by->right;
    if (by->bottom > blob->bottom) blob->bottom = by->bottom;
    blob->dots += by->dots;
}

static bool run_label(struct labels *labels, const struct row_runs *above, size_t *at,
                      const struct blob *run, uint32_t *out_label)
{
    uint32_t label = UINT32_MAX;
    while (*at < above->count && above->edges[*at + 1] < run->left) *at += 2;
    for (size_t i = *at; i < above->count && above->edges[i] <= run->right; i += 2) {
        uint32_t other = root_of(labels, above->label[i / 2]);
        if (label == UINT32_MAX) {
            label = other;
            grow(&labels->blobs[label], run);
        } else if (other != label) {
            labels->into[other] = label;
            grow(&labels->blobs[label], &labels->blobs[other]);
        }
    }
    if (label == UINT32_MAX) {
        if (labels->count == SEEK_BLOBS_MAX) return false;
        label = labels->count++;
        labels->into[label] = label;
        labels->blobs[label] = *run;
    }
    *out_label = label;
    return true;
}

static bool label_rows(const struct bits *bits, struct labels *labels, struct row_runs pair[2])
{
    for (unsigned y = 0; y < bits->height; y++) {
        struct row_runs *row = &pair[y % 2];
        const struct row_runs *above = &pair[1 - y % 2];
        row->count = bits_edges(bits, y, row->edges);
        size_t at = 0;
        for (size_t i = 0; i < row->count; i += 2) {
            struct blob run = {row->edges[i], (uint16_t)y, row->edges[i + 1], (uint16_t)(y + 1),
                               (uint32_t)(row->edges[i + 1] - row->edges[i])};
            if (!run_label(labels, above, &at, &run, &row->label[i / 2])) return false;
        }
    }
    return true;
}

static int by_middle(const void *left, const void *right)
{
    const struct blob *a = left, *b = right;
    int difference = (a->top + a->bottom) - (b->top + b->bottom);
    return difference != 0 ? difference : a->left - b->left;
}

bool seek_blobs(const struct bits *bits, struct blobs *out_blobs)
{
    struct labels labels = {.blobs = calloc(SEEK_BLOBS_MAX, sizeof *labels.blobs),
                            .into = calloc(SEEK_BLOBS_MAX, sizeof *labels.into)};
    struct row_runs *pair = calloc(2, sizeof *pair);
    bool done = labels.blobs != NULL && labels.into != NULL && pair != NULL &&
                label_rows(bits, &labels, pair);
    size_t count = 0;
    for (uint32_t i = 0; done && i < labels.count; i++)
        if (labels.into[i] == i) labels.blobs[count++] = labels.blobs[i];
    free(pair);
    free(labels.into);
    if (!done) {
        free(labels.blobs);
        return false;
    }
    qsort(labels.blobs, count, sizeof *labels.blobs, by_middle);
    *out_blobs = (struct blobs){labels.blobs, count};
    return true;
}

void seek_blobs_free(struct blobs *blobs)
{
    free(blobs->at);
    *blobs = (struct blobs){.count = 0};
}
