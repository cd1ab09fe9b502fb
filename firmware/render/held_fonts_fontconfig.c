/* held_fonts_fontconfig.c - see held_fonts_fontconfig.h. */
#include "firmware/render/held_fonts_fontconfig.h"

#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/render/held_files_linux.h"
#include "hal/base/ensure.h"

#define REJECT_ONE "<glob>%s</glob>"

static const char *file_of(const FcPattern *font)
{
    FcChar8 *file = NULL;
    if (FcPatternGetString(font, FC_FILE, 0, &file) != FcResultMatch) return NULL;
    return (const char *)file;
}

static const FcFontSet *all_fonts(void)
{
    return FcConfigGetFonts(NULL, FcSetSystem);
}

/* A font of many faces counts more than once: never too few. */
static size_t count_fonts(void)
{
    const FcFontSet *fonts = all_fonts();
    return fonts == NULL ? 0 : (size_t)fonts->nfont;
}

static void hold_match(const char *family, const char *language, int weight, int slant)
{
    FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT,
                                       FcTypeInteger, weight, FC_SLANT, FcTypeInteger, slant, NULL);
    if (wanted == NULL) return;
    FcResult result;
    if (language != NULL) FcPatternAddString(wanted, FC_LANG, (const FcChar8 *)language);
    FcConfigSubstitute(NULL, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcPattern *found = FcFontMatch(NULL, wanted, &result);
    const char *file = found == NULL ? NULL : file_of(found);
    if (file != NULL) (void)held_files_add(file);
    if (found != NULL) FcPatternDestroy(found);
    FcPatternDestroy(wanted);
}

/* What a label may not be without. */
static void hold_wanted(void)
{
    static const char *const families[] = {"Helvetica", "Times",     "Courier",
                                           "Symbol",    "Arial",     "sans-serif",
                                           "serif",     "monospace", "ZapfDingbats"};
    static const char *const languages[] = {"hi", "kn", "ta", "bn", "te", "ml",    "gu", "pa",
                                            "or", "ur", "ar", "th", "ru", "zh-cn", "ja", "ko"};
    static const int slants[] = {FC_SLANT_ROMAN, FC_SLANT_ITALIC};
    static const int weights[] = {FC_WEIGHT_REGULAR, FC_WEIGHT_BOLD};
    for (size_t w = 0; w < ARRAY_LEN(weights); w++) {
        for (size_t i = 0; i < ARRAY_LEN(families); i++) {
            for (size_t s = 0; s < ARRAY_LEN(slants); s++)
                hold_match(families[i], NULL, weights[w], slants[s]);
        }
        for (size_t i = 0; i < ARRAY_LEN(languages); i++)
            hold_match("sans-serif", languages[i], weights[w], FC_SLANT_ROMAN);
    }
}

static void hold_until(size_t room)
{
    const FcFontSet *fonts = all_fonts();
    for (int i = 0; fonts != NULL && i < fonts->nfont && held_files_count() < room; i++) {
        const char *file = file_of(fonts->fonts[i]);
        if (file != NULL && !held_files_add(file)) return;
    }
}

/* Settings that name each file which is not held as one that there is not. */
static char *write_rejections(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL) return NULL;
    const FcFontSet *fonts = all_fonts();
    fputs("<fontconfig><selectfont><rejectfont>", out);
    for (int i = 0; fonts != NULL && i < fonts->nfont; i++) {
        const char *file = file_of(fonts->fonts[i]);
        if (file == NULL || held_files_has(file) || strpbrk(file, "<&*?[") != NULL) continue;
        fprintf(out, REJECT_ONE, file);
    }
    fputs("</rejectfont></selectfont></fontconfig>", out);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

/* A font that is known and cannot be opened would be drawn as empty boxes. */
static bool forget_the_rest(void)
{
    char *text = write_rejections();
    FcConfig *config = text == NULL ? NULL : FcInitLoadConfig();
    bool good = config != NULL &&
                FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)text, FcTrue) &&
                FcConfigBuildFonts(config) && FcConfigSetCurrent(config);
    if (config != NULL) FcConfigDestroy(config); /* the current one has a reference of its own */
    free(text);
    return good;
}

bool held_fonts_hold(size_t room)
{
    if (!FcInit()) return false;
    bool all = count_fonts() <= room;
    if (!all) hold_wanted();
    hold_until(room);
    if (!all && !forget_the_rest()) return false;
    return FcConfigSetRescanInterval(NULL, 0) && count_fonts() > 0;
}
