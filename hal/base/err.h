/* err.h - the one list of errors. A failure of the world is one of these; a mistake of ours is an
 * ENSURE; a fact of life (scale not stable, courier says no) is an ordinary value. */
#ifndef PACKD_HAL_BASE_ERR_H
#define PACKD_HAL_BASE_ERR_H

enum err {
    ERR_NONE = 0,
    ERR_INVALID,     /* the input is malformed */
    ERR_TOO_BIG,     /* a stated maximum would be passed */
    ERR_NOT_FOUND,   /* no such file, device, row */
    ERR_EXISTS,      /* a unique key is taken */
    ERR_BUSY,        /* somebody else holds it */
    ERR_AGAIN,       /* nothing now; wait for readiness */
    ERR_TIMEOUT,     /* the stated time has passed */
    ERR_CLOSED,      /* the other side is gone */
    ERR_REFUSED,     /* the other side or the kernel said no */
    ERR_NO_SPACE,    /* disk or quota full; nothing was written */
    ERR_IO,          /* reading or writing failed; state of the medium unknown */
    ERR_CORRUPT,     /* what was read cannot be what was written */
    ERR_UNSUPPORTED, /* this build or device cannot do it */
    ERR_NO_MEMORY,
};

/* A short lower-case word for logs and JSON: "too_big". Never NULL. */
const char *err_word(enum err code);

#endif
