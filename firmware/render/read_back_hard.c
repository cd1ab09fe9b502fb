/* read_back_hard.c - when a text that is wanted was not read: slower ways to look. */
#include "firmware/render/read_back_inside.h"

void read_harder(struct reader *reader)
{
    reader->hard = true;
}
