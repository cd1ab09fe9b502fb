/* frame.h - bytes into frames, and the one rule for getting back in step.
 *
 * The rule: bytes are collected until a recogniser finds a frame at the front. When the front
 * cannot be a frame, its first byte is dropped and looking goes on; what was dropped is counted.
 * The buffer is bounded, so a flood without a frame costs nothing but the count. */
#ifndef PACKD_DRIVERS_FRAME_H
#define PACKD_DRIVERS_FRAME_H

#include "hal/base/bytes.h"

#define FRAME_MAX 256

struct frame_buffer {
    uint8_t bytes[FRAME_MAX];
    size_t used;
};

/* Appends as much of input as fits, returns how much. */
size_t frame_push(struct frame_buffer *frame, struct bytes input);
struct bytes frame_front(const struct frame_buffer *frame);
void frame_drop(struct frame_buffer *frame, size_t count);

#endif
