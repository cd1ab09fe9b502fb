/* frame.c - the bounded buffer in which drivers look for frames; see frame.h for the rule. */
#include "drivers/frame.h"

#include <string.h>

size_t frame_push(struct frame_buffer *frame, struct bytes input)
{
    size_t room = FRAME_MAX - frame->used;
    size_t count = input.len < room ? input.len : room;
    if (count > 0) memcpy(frame->bytes + frame->used, input.data, count);
    frame->used += count;
    return count;
}

struct bytes frame_front(const struct frame_buffer *frame)
{
    return bytes_of(frame->bytes, frame->used);
}

void frame_drop(struct frame_buffer *frame, size_t count)
{
    ENSURE(count <= frame->used);
    frame->used -= count;
    memmove(frame->bytes, frame->bytes + count, frame->used);
}
