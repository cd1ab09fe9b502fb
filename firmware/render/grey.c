/* grey.c - see grey.h. */
#include "firmware/render/grey.h"

#include <stdlib.h>
#include <string.h>

bool grey_make(struct grey *grey, unsigned width, unsigned height)
{
    *grey = (struct grey){.width = width, .height = height, .bytes_per_row = width};
    if (width == 0 || height == 0 || width > GREY_SIDE_MAX || height > GREY_SIDE_MAX) return false;
    size_t size = (size_t)width * height;
    if (size > GREY_DOTS_MAX) return false;
    grey->rows = malloc(size);
    if (grey->rows == NULL) return false;
    memset(grey->rows, 255, size);
    return true;
}

void grey_free(struct grey *grey)
{
    free(grey->rows);
    *grey = (struct grey){.width = 0};
}
