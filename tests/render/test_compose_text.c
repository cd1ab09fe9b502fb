/* Guards: letters of every script join as their fonts say (HarfBuzz and FreeType, asked without
 * Pango and Cairo, draw the same); hostile text is tamed; and after the start nothing is opened and
 * no thread begun, whatever is drawn. */
#include <errno.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BITMAP_H
#include <hb.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "firmware/render/compose_fields.h"
#include "firmware/render/compose_text.h"
#include "tests/support/compose_bench.h"

#define SIDE 1200u
#define NOTO "/usr/share/fonts/truetype/noto/NotoSans"

/* ---- shaping -------------------------------------------------------------------------------- */

static uint8_t ours[SIDE / 8 * SIDE], theirs[SIDE / 8 * SIDE];
static struct bits our_bits = {SIDE, SIDE, SIDE / 8, ours};
static struct bits their_bits = {SIDE, SIDE, SIDE / 8, theirs};

static void put_glyph(FT_GlyphSlot slot, int x, int y)
{
    for (unsigned row = 0; row < slot->bitmap.rows; row++) {
        for (unsigned column = 0; column < slot->bitmap.width; column++) {
            if (slot->bitmap.buffer[row * (unsigned)slot->bitmap.pitch + column] < 128) continue;
            int dot_x = x + slot->bitmap_left + (int)column,
                dot_y = y - slot->bitmap_top + (int)row;
            if (dot_x < 0 || dot_y < 0 || dot_x >= (int)SIDE || dot_y >= (int)SIDE) continue;
            theirs[(size_t)dot_y * (SIDE / 8) + (size_t)dot_x / 8] |= (uint8_t)(0x80 >> dot_x % 8);
        }
    }
}

/* One line from one font, by the libraries that know nothing of ours. */
static void draw_theirs(const char *path, const char *text, double pixels)
{
    FT_Library library;
    FT_Face face;
    memset(theirs, 0, sizeof theirs);
    ENSURE(FT_Init_FreeType(&library) == 0);
    ENSURE(FT_New_Face(library, path, 0, &face) == 0);
    ENSURE(FT_Set_Char_Size(face, (FT_F26Dot6)(pixels * 64), 0, 72, 72) == 0);
    hb_blob_t *blob = hb_blob_create_from_file(path);
    hb_face_t *shaped = hb_face_create(blob, 0);
    hb_font_t *font = hb_font_create(shaped);
    hb_font_set_scale(font, (int)(pixels * 64), (int)(pixels * 64));
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(font, buffer, NULL, 0);
    unsigned count;
    const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *at = hb_buffer_get_glyph_positions(buffer, NULL);
    int x = 40 * 64, y = 400 * 64;
    for (unsigned i = 0; i < count; i++) {
        ENSURE(FT_Load_Glyph(face, glyphs[i].codepoint, FT_LOAD_RENDER | FT_LOAD_NO_HINTING) == 0);
        put_glyph(face->glyph, (x + at[i].x_offset + 32) >> 6, (y - at[i].y_offset + 32) >> 6);
        x += at[i].x_advance;
        y -= at[i].y_advance;
    }
    hb_buffer_destroy(buffer);
    hb_font_destroy(font);
    hb_face_destroy(shaped);
    hb_blob_destroy(blob);
    FT_Done_Face(face);
    FT_Done_FreeType(library);
}

static struct text_wish wish_of(const char *text, uint32_t size)
{
    return (struct text_wish){.text = bytes_of_text(text),
                              .size_most = size,
                              .size_least = size,
                              .lines = 1,
                              .tight = true,
                              .dpi = 203};
}

static void draw_ours(const char *text, uint32_t size)
{
    struct text_wish wish = wish_of(text, size);
    struct text_fit fit;
    memset(ours, 0, sizeof ours);
    text_fit(text_engine(), &wish, SIDE - 40, 0, &fit);
    text_draw_bits(text_engine(), &wish, &fit, (struct place_dots){20, 100, SIDE - 40, fit.height},
                   &our_bits);
}

struct ink {
    unsigned left, top, right, below, dots;
};

static struct ink ink_of(const struct bits *bits)
{
    struct ink ink = {.left = SIDE, .top = SIDE};
    for (unsigned y = 0; y < SIDE; y++) {
        for (unsigned x = 0; x < SIDE; x++) {
            if (!bits_black(bits, x, y)) continue;
            ink.left = x < ink.left ? x : ink.left;
            ink.right = x > ink.right ? x : ink.right;
            ink.top = y < ink.top ? y : ink.top;
            ink.below = y;
            ink.dots++;
        }
    }
    return ink;
}

/* Dots that both have through dots that either has, corners laid on each other. */
static double likeness(void)
{
    struct ink a = ink_of(&our_bits), b = ink_of(&their_bits);
    unsigned both = 0;
    if (a.dots == 0 || b.dots == 0) return 0;
    for (unsigned y = a.top; y <= a.below; y++) {
        for (unsigned x = a.left; x <= a.right; x++) {
            unsigned other_x = x - a.left + b.left, other_y = y - a.top + b.top;
            if (other_x >= SIDE || other_y >= SIDE) continue;
            both += bits_black(&our_bits, x, y) && bits_black(&their_bits, other_x, other_y);
        }
    }
    return (double)both / (a.dots + b.dots - both);
}

static void letters_join_as_their_fonts_say(void)
{
    static const struct {
        const char *font, *text;
    } cases[] = {
        {NOTO "-Regular.ttf", "Affiliation"},
        {NOTO "Devanagari-Regular.ttf", "क्षत्रियकीर्तिद्ध"},
        {NOTO "Kannada-Regular.ttf", "ಲಕ್ಷ್ಮೀಕರ್ನಾಟಕ"},
        {NOTO "Tamil-Regular.ttf", "தமிழ்நாடுக்ஷௌ"},
        {NOTO "Bengali-Regular.ttf", "অ্যাপার্টমেন্টক্ষ"},
        {NOTO "Gujarati-Regular.ttf", "ક્ષત્રિયશ્રી"},
        {NOTO "Telugu-Regular.ttf", "శ్రీక్షత్రియ"},
        {NOTO "Malayalam-Regular.ttf", "ക്ഷേത്രംശ്രീ"},
        {NOTO "Gurmukhi-Regular.ttf", "ਸ੍ਰੀਕਿਰਤੀ"},
        {NOTO "Oriya-Regular.ttf", "କ୍ଷତ୍ରିୟଶ୍ରୀ"},
        {NOTO "Arabic-Regular.ttf", "دہلیپرانی"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        draw_ours(cases[i].text, 3600);
        draw_theirs(cases[i].font, cases[i].text, 36 * 203 / 72.0);
        double like = likeness();
        if (!EXPECT(like > 0.8, "the same dots as without Pango and Cairo"))
            fprintf(stderr, "    %s %s: %.3f\n", cases[i].font, cases[i].text, like);
    }
}

/* The measure of the test above: another order of the same letters is not alike. */
static void unshaped_letters_would_be_noticed(void)
{
    draw_ours("क\u200Cषत\u200Cरिय", 3600); /* a joiner between that keeps them apart */
    draw_theirs(NOTO "Devanagari-Regular.ttf", "क्षत्रिय", 36 * 203 / 72.0);
    EXPECT(likeness() < 0.6, "conjuncts that are taken apart are not alike");
    draw_ours("यत्रिक्ष", 3600);
    EXPECT(likeness() < 0.6, "letters in another order are not alike");
}

/* ---- hostile -------------------------------------------------------------------------------- */

/* Letters are kept in little room: neither what is in it nor that it was emptied may be seen. */
static void letters_are_the_same_after_many_others(void)
{
    static const char line[] =
        "Flat 302, Shanti Apartments WEB-2026-001047 \xe0\xa4\x95\xe0\xa4\xbf";
    static uint8_t first[sizeof ours];
    draw_ours(line, 900);
    memcpy(first, ours, sizeof ours);
    EXPECT(bits_count_black(&our_bits) > 1000, "there are letters");
    for (unsigned dpi = 150; dpi <= 600; dpi += 25) { /* fonts of so many sizes */
        struct text_wish wish = wish_of(line, 1200);
        struct text_fit fit;
        wish.dpi = dpi;
        text_fit(text_engine(), &wish, SIDE, 0, &fit);
        text_draw_bits(text_engine(), &wish, &fit, (struct place_dots){0, 0, SIDE, SIDE},
                       &our_bits);
    }
    draw_ours(line, 900);
    EXPECT(memcmp(first, ours, sizeof ours) == 0, "dot by dot");
    draw_ours("H", 1200);
    struct ink small = ink_of(&our_bits);
    draw_ours("H", 2400);
    struct ink large = ink_of(&our_bits);
    unsigned low = 2 * (small.below - small.top), high = large.below - large.top;
    EXPECT(high + 3 > low && high < low + 3, "twice the size is twice as high");
}

static const char *cleaned(const char *text, size_t len)
{
    static char out[FIELDS_VALUE_MAX + 1];
    struct scope scope = {.covers = text_covers, .context = text_engine()};
    size_t wrote = clean_text(&scope, bytes_of(text, len), out, FIELDS_VALUE_MAX);
    ENSURE(wrote < sizeof out);
    out[wrote] = '\0';
    EXPECT(bytes_are_utf8_text(bytes_of(out, wrote)), "what comes out is text");
    return out;
}

static void hostile_text_is_tamed(void)
{
    static char many[20000];
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"  a   b\t\tc  ", "a b c"},
        {"a\x07\x1B[31mb\x7F", "a [31mb"},
        {"\u202Eevil\u202C \u2066x\u2069\u200F", "evil x"},
        {"a\n\n\nb", "a\nb"},
        {"a\u0301\u0302\u0303\u0304\u0305\u0306", "a\u0301\u0302\u0303\u0304"},
        {"\u0301\u0302x", "x"},
        {"x\uFE0Fy\u00ADz\u200B\u200Dw", "xyzw"},
        {"क्\u200Dष", "क्\u200Dष"},
        {"\U0001F600\U0001F600 \u4E2D", "\u25A1 \u25A1"},
        {"a\xFF\xFE"
         "b",
         "a\uFFFD\uFFFD"
         "b"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        EXPECT_TEXT(cases[i].out, cleaned(cases[i].in, strlen(cases[i].in)), "tamed");
    many[0] = 'x';
    for (size_t i = 1; i + 1 < sizeof many; i += 2) memcpy(many + i, "\u0301", 2);
    EXPECT(strlen(cleaned(many, sizeof many - 1)) <= 1 + 4 * 2, "10 kB of marks are four");
    memset(many, 'W', sizeof many);
    EXPECT(strlen(cleaned(many, sizeof many)) <= FIELDS_VALUE_MAX, "a long value is bounded");
    EXPECT(strstr(cleaned(many, sizeof many), "\u2026") != NULL, "and ends with an ellipsis");
}

static void hostile_fields_are_drawn_safely(void)
{
    static char fields[64 * 1024];
    size_t len = (size_t)snprintf(fields, sizeof fields, "%s%s", RICH_FIELDS, "to_line1=");
    uint32_t noise = 1;
    while (len < sizeof fields - 1) {
        noise = noise * 1664525u + 1013904223u;
        fields[len++] = (char)(noise >> 24);
    }
    EXPECT(bench_draw("courier", bytes_of(fields, len), 203, 812, 1218), "noise is drawn");
    len = (size_t)snprintf(fields, sizeof fields, "%s%s", RICH_FIELDS, "to_name=");
    while (len < 30000) len += (size_t)snprintf(fields + len, sizeof fields - len, "Z\u0351\u0352");
    EXPECT(bench_draw("courier", bytes_of(fields, len), 203, 812, 1218), "heaps of marks too");
    EXPECT((bench_answer.warnings & RENDER_WARN_TEXT_CUT) != 0, "and said to be cut");
}

/* ---- after the start ------------------------------------------------------------------------ */

/* From here on an open file, a thread or a socket kills. */
static bool forbid(void)
{
    static struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 2, 0),
#ifdef SYS_open
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 1, 0),
#else
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
#endif
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {.len = ARRAY_LEN(filter), .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Every character that is drawn and not made a box, thirty at a time, whatever script it has. */
static void measure_every_character(void)
{
    char text[256];
    size_t len = 0, count = 0;
    for (uint32_t one = 0x20; one < 0x30000; one++) {
        if (!text_covers(text_engine(), one)) continue;
        char bytes[4] = {(char)(0xC0 | one >> 6), (char)(0x80 | (one & 0x3F))};
        size_t size = one < 0x80 ? 1 : one < 0x800 ? 2 : one < 0x10000 ? 3 : 4;
        if (size == 1) bytes[0] = (char)one;
        for (size_t i = 0; size > 2 && i < size; i++)
            bytes[size - 1 - i] = (char)(0x80 | (one >> 6 * i & 0x3F));
        if (size == 3) bytes[0] = (char)(0xE0 | one >> 12);
        if (size == 4) bytes[0] = (char)(0xF0 | one >> 18);
        memcpy(text + len, bytes, size);
        len += size;
        if (++count % 30 != 0) continue;
        for (unsigned bold = 0; bold < 2; bold++) {
            struct text_wish wish = wish_of(cleaned(text, len), 1000);
            wish.bold = bold == 1;
            wish.lines = 9;
            struct text_fit fit;
            text_fit(text_engine(), &wish, 400, 0, &fit);
        }
        len = 0;
    }
    if (count < 3000) _exit(2);
}

static _Noreturn void draw_everything_confined(void)
{
    static const char *const names[] = {"courier", "hold", "test", "carton", "packing_slip"};
    static const char *const kinds[] = {RICH_FIELDS, script_fields, LONGEST_FIELDS};
    static const unsigned dpis[] = {203, 300};
    static uint8_t pdf[512 * 1024];
    if (!forbid()) _exit(77);
    bool good = true;
    for (size_t i = 0; i < ARRAY_LEN(names) * ARRAY_LEN(kinds) * ARRAY_LEN(dpis); i++) {
        unsigned dpi = dpis[i % 2];
        bool drawn =
            bench_draw(names[i / 6], bytes_of_text(kinds[i / 2 % 3]), dpi, dpi * 4, dpi * 6);
        if (!drawn) fprintf(stderr, "    %s: %s\n", names[i / 6], bench_answer.sentence);
        good &= drawn;
    }
    measure_every_character();
    bench_stock("packing_slip", 203, 812, 1218);
    good &= compose_pdf(bench_templates, &bench_request, bytes_of_text(script_fields), pdf,
                        sizeof pdf, &bench_answer);
    _exit(good ? 0 : 1);
}

static void nothing_is_opened_after_the_start(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) draw_everything_confined();
    EXPECT(child > 0 && waitpid(child, &status, 0) == child, "the child ends");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        fprintf(stderr, "    there is no seccomp here: not shown\n");
        return;
    }
    EXPECT(!WIFSIGNALED(status), "no file is opened and no thread begun");
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0, "all is drawn");
}

static void the_fonts_are_told(void)
{
    const char *const *paths;
    size_t count = templates_fonts(bench_templates, &paths);
    EXPECT(count >= 22, "regular and bold of eleven scripts");
    for (size_t i = 0; i < count; i++) EXPECT_I64(0, access(paths[i], R_OK), "it is a file");
}

int main(void)
{
    bench_load();
    EXPECT_RUN(nothing_is_opened_after_the_start);
    EXPECT_RUN(the_fonts_are_told);
    EXPECT_RUN(letters_join_as_their_fonts_say);
    EXPECT_RUN(unshaped_letters_would_be_noticed);
    EXPECT_RUN(letters_are_the_same_after_many_others);
    EXPECT_RUN(hostile_text_is_tamed);
    EXPECT_RUN(hostile_fields_are_drawn_safely);
    templates_free(bench_templates);
    return expect_result();
}
