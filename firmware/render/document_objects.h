/* document_objects.h - the objects of a simple PDF, without drawing it: one whose objects all stand
 * plainly one after the other, each once. What is written otherwise (updates, object streams,
 * encryption, repairs) is not read here; poppler knows how. Syntax: ISO 32000-1, 7.2 and 7.3. */
#ifndef PACKD_FIRMWARE_RENDER_DOCUMENT_OBJECTS_H
#define PACKD_FIRMWARE_RENDER_DOCUMENT_OBJECTS_H

#include "hal/base/bytes.h"

#define OBJECTS_MAX 64u

struct object {
    uint64_t number;
    struct bytes value;  /* of a stream: its dictionary */
    struct bytes stream; /* as it stands in the file, from its first byte; len 0: none */
};

struct objects {
    struct bytes trailer;
    size_t count;
    struct object list[OBJECTS_MAX];
};

/* False: no simple PDF. */
MUST_USE bool objects_read(struct bytes file, struct objects *out_objects);

/* The object that a reference ("7 0 R") means; NULL when it is none, or there is no such object. */
const struct object *objects_find(const struct objects *objects, struct bytes reference);
/* The value of a key, a reference followed once; len 0 when it is not there. */
struct bytes objects_get(const struct objects *objects, struct bytes dictionary, const char *key);
/* The same, a reference as it stands. */
struct bytes objects_get_plain(struct bytes dictionary, const char *key);

/* Takes the next value, or operator, off the front of *rest: a number, a name with its slash, a
 * reference, a whole array or dictionary, a word. False at the end, or when it is broken. */
MUST_USE bool objects_next(struct bytes *rest, struct bytes *out_value);
/* What is inside of an array or a dictionary. */
struct bytes objects_inside(struct bytes value);
MUST_USE bool objects_number(struct bytes value, double *out_number);

/* Does a picture anywhere in the file say that it has more dots than that? Of any PDF: the
 * dictionary of a stream always stands plainly in it. */
bool objects_picture_beyond(struct bytes file, uint64_t dots_max);

#endif
