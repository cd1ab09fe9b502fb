/* err.c - a word for each error. */
#include "hal/base/err.h"

const char *err_word(enum err code)
{
    switch (code) {
    case ERR_NONE: return "none";
    case ERR_INVALID: return "invalid";
    case ERR_TOO_BIG: return "too_big";
    case ERR_NOT_FOUND: return "not_found";
    case ERR_EXISTS: return "exists";
    case ERR_BUSY: return "busy";
    case ERR_AGAIN: return "again";
    case ERR_TIMEOUT: return "timeout";
    case ERR_CLOSED: return "closed";
    case ERR_REFUSED: return "refused";
    case ERR_NO_SPACE: return "no_space";
    case ERR_IO: return "io";
    case ERR_CORRUPT: return "corrupt";
    case ERR_UNSUPPORTED: return "unsupported";
    case ERR_NO_MEMORY: return "no_memory";
    }
    return "unknown";
}
