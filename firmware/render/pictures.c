/* pictures.c - see pictures.h. */
#include "firmware/render/pictures.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE (offsetof(struct render_request, wanted) + sizeof((struct render_request){0}.wanted))

/* What is the same in every copy of one label; behind its last part there is nothing but zero. */
static struct render_request plain_of(const struct render_request *request)
{
    struct render_request plain;
    memset(&plain, 0, sizeof plain);
    memcpy(&plain, request, WHOLE);
    plain.number = 0;
    plain.copy = 0;
    plain.read_back = 0;
    plain.anew = 0;
    memset(&plain.crop, 0, sizeof plain.crop);
    return plain;
}

/* Of inputs as long as each other it is seldom more than their beginning that is alike. */
static bool is_it(const struct picture_kept *kept, const struct render_request *plain,
                  struct bytes input)
{
    return kept->bytes != NULL && kept->input_len == input.len &&
           memcmp(&kept->request, plain, WHOLE) == 0 &&
           memcmp(kept->bytes, input.data, input.len) == 0;
}

bool pictures_find(struct pictures *pictures, const struct render_request *request,
                   struct bytes input, struct bits *bits, struct render_answer *answer)
{
    const struct render_request plain = plain_of(request);
    for (size_t i = 0; i < PICTURES_MAX; i++) {
        struct picture_kept *kept = &pictures->kept[i];
        if (!is_it(kept, &plain, input)) continue;
        ENSURE(kept->picture_len == bits->bytes_per_row * bits->height);
        memcpy(bits->rows, kept->bytes + kept->input_len, kept->picture_len);
        uint32_t number = answer->number;
        *answer = kept->answer;
        answer->number = number;
        answer->draw_us = answer->bits_us = 0;
        kept->used = ++pictures->clock;
        return true;
    }
    return false;
}

static void drop(struct picture_kept *kept)
{
    free(kept->bytes);
    *kept = (struct picture_kept){.bytes = NULL};
}

static struct picture_kept *oldest_of(struct pictures *pictures)
{
    struct picture_kept *oldest = &pictures->kept[0];
    for (size_t i = 1; i < PICTURES_MAX; i++)
        if (pictures->kept[i].used < oldest->used) oldest = &pictures->kept[i];
    return oldest;
}

static size_t bytes_kept(const struct pictures *pictures)
{
    size_t sum = 0;
    for (size_t i = 0; i < PICTURES_MAX; i++)
        sum += pictures->kept[i].input_len + pictures->kept[i].picture_len;
    return sum;
}

/* A place for so many bytes: those that were not wanted for longest go until it fits. */
static struct picture_kept *room_for(struct pictures *pictures, size_t size)
{
    if (size > PICTURES_BYTES_MAX) return NULL;
    drop(oldest_of(pictures));
    while (bytes_kept(pictures) + size > PICTURES_BYTES_MAX) {
        struct picture_kept *next = NULL;
        for (size_t i = 0; i < PICTURES_MAX; i++) {
            struct picture_kept *kept = &pictures->kept[i];
            if (kept->bytes != NULL && (next == NULL || kept->used < next->used)) next = kept;
        }
        drop(next);
    }
    struct picture_kept *place = oldest_of(pictures); /* a free one: it was never used */
    place->bytes = malloc(size);
    return place->bytes == NULL ? NULL : place;
}

void pictures_add(struct pictures *pictures, const struct render_request *request,
                  struct bytes input, const struct bits *bits, const struct render_answer *answer)
{
    size_t picture_len = bits->bytes_per_row * bits->height;
    struct picture_kept *place = room_for(pictures, input.len + picture_len);
    if (place == NULL) return;
    place->request = plain_of(request);
    place->input_len = input.len;
    place->picture_len = picture_len;
    memcpy(place->bytes, input.data, input.len);
    memcpy(place->bytes + input.len, bits->rows, picture_len);
    place->answer = *answer;
    place->used = ++pictures->clock;
}

void pictures_free(struct pictures *pictures)
{
    for (size_t i = 0; i < PICTURES_MAX; i++) drop(&pictures->kept[i]);
}
