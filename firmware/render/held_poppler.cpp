/* held_poppler.cpp - see held_poppler.h. */
#include "firmware/render/held_poppler.h"

#include <iconv.h>
#include <poppler-document.h>

/* The texts of a page pass through these two; the C library reads a file for the first of all, and
 * loads a module for each, which stays loaded while somebody has it open. */
static bool keep_conversions()
{
    static const iconv_t failed = reinterpret_cast<iconv_t>(-1);
    static iconv_t kept[2] = {iconv_open("UTF-8", "UTF-16"), iconv_open("UTF-16", "UTF-8")};
    return kept[0] != failed && kept[1] != failed;
}

extern "C" bool held_poppler_keep(struct bytes document)
{
    static poppler::document *kept;
    try {
        if (kept == nullptr) {
            kept =
                poppler::document::load_from_raw_data(reinterpret_cast<const char *>(document.data),
                                                      static_cast<int>(document.len));
        }
        return kept != nullptr && keep_conversions();
    } catch (...) {
        return false;
    }
}
