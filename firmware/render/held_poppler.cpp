/* held_poppler.cpp - see held_poppler.h. */
#include "firmware/render/held_poppler.h"

#include <poppler-document.h>

extern "C" bool held_poppler_keep(struct bytes document)
{
    static poppler::document *kept;
    try {
        if (kept == nullptr) {
            kept =
                poppler::document::load_from_raw_data(reinterpret_cast<const char *>(document.data),
                                                      static_cast<int>(document.len));
        }
        return kept != nullptr;
    } catch (...) {
        return false;
    }
}
