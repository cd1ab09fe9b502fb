/* Guards: packd-render itself cannot leave its cage, whatever runs inside it; and from inside it
 * draws and answers what packd asks, without one system call that is not on its list (the strict
 * cage kills it for one). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/files.h"
#include "tests/support/expect.h"
#include "tests/support/render_bench.h"

#define TRIES 20 /* of prove_linux.c */

/* What it says on standard output, and how it ended. */
static int run(const char *const *arguments, char *out_text, size_t size)
{
    int pipe_ends[2], status = 0;
    pid_t pid;
    size_t len = 0;
    ssize_t got = 1;
    char *const environment[] = {(char *)(uintptr_t) "SECRET=of-the-parent", NULL};
    posix_spawn_file_actions_t actions;
    ENSURE(pipe2(pipe_ends, O_CLOEXEC) == 0);
    ENSURE(posix_spawn_file_actions_init(&actions) == 0);
    ENSURE(posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO) == 0);
    int problem = posix_spawn(&pid, PACKD_RENDER, &actions, NULL,
                              (char *const *)(uintptr_t)arguments, environment);
    ENSURE(problem == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    while (got > 0 && len < size - 1) {
        got = read(pipe_ends[0], out_text + len, size - 1 - len);
        if (got > 0) len += (size_t)got;
    }
    out_text[len] = '\0';
    close(pipe_ends[0]);
    ENSURE(waitpid(pid, &status, 0) == pid);
    return status;
}

static void nothing_gets_out(void)
{
    char text[2000];
    unsigned held = 0;
    const char *const arguments[] = {"packd-render", "--prove", "all", NULL};
    int status = run(arguments, text, sizeof(text));
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0, "it says that all was held");
    EXPECT(strstr(text, "LET OUT") == NULL, text);
    for (const char *at = strstr(text, "held "); at != NULL; at = strstr(at + 5, "held ")) held++;
    EXPECT_I64(TRIES, held, "each try was made and held");
}

static void a_strict_cage_kills(void)
{
    static const char *const names[] = {"read-passwords",    "write-a-new-file",
                                        "make-a-socket",     "run-a-program",
                                        "start-a-process",   "signal-its-parent",
                                        "make-memory-to-run"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char text[200];
        const char *const arguments[] = {"packd-render", "--strict", "--prove", names[i], NULL};
        int status = run(arguments, text, sizeof(text));
        EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, names[i]);
        EXPECT_TEXT("", text, "nothing is said after it");
    }
}

static void odd_arguments_are_refused(void)
{
    char text[200];
    const char *const arguments[] = {"packd-render", "--loose", NULL};
    int status = run(arguments, text, sizeof(text));
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 2, "usage");
}

/* The strict cage, and our own templates. */
static struct render_bench *set_up(void)
{
    static const char *const arguments[] = {"--strict", PACKD_SOURCE_DIR "/board/labels"};
    return render_bench_open(PACKD_RENDER, arguments, ARRAY_LEN(arguments));
}

/* A label that kills its child kills the next one too; under sanitizers each request may take its
 * child beyond what it may hold, and then there is a fresh one for the next. */
static void nobody_died(const struct render_bench *bench)
{
    EXPECT(render_starts(bench->render) <= 1 + bench->count, "nobody died in the strict cage");
}

static void draw(struct render_bench *bench, struct bytes document)
{
    struct render_request request = render_bench_label();
    render_bench_ask(bench, &request, document);
}

/* Text in a font that the document does not bring, at 40 points: `font` is its dictionary. */
static struct bytes write_pdf(char *storage, size_t size, const char *font, const char *text)
{
    char content[200];
    int len = snprintf(content, sizeof(content), "BT /F 40 Tf 20 200 Td %s Tj ET\n", text);
    int whole =
        snprintf(storage, size,
                 "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                 "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                 "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R"
                 "/Resources<</Font<</F %s>>>>>>endobj\n"
                 "4 0 obj<</Length %d>>stream\n%sendstream endobj\n"
                 "5 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
                 "<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>endobj\n"
                 "trailer<</Root 1 0 R>>\n%%%%EOF\n",
                 font, len, content);
    ENSURE(whole > 0 && (size_t)whole < size);
    return bytes_of(storage, (size_t)whole);
}

#define FONT(kind, name) "<</Type/Font/Subtype/" kind "/BaseFont/" name ">>"
#define FONT_OF_CHINA                                                        \
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H" \
    "/DescendantFonts[5 0 R]>>"

static void fonts_that_are_not_brought_are_found(void)
{
    static const struct {
        const char *font;
        const char *text;
    } rows[] = {
        {FONT("Type1", "Helvetica"), "(AWB 1234)"},
        {FONT("Type1", "Times-Roman"), "(AWB 1234)"},
        {FONT("Type1", "Courier-Bold"), "(AWB 1234)"},
        {FONT("Type1", "ZapfDingbats"), "(4444)"},
        {FONT("TrueType", "NobodyHasThis"), "(AWB 1234)"},
    };
    struct render_bench *bench = set_up();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[2000];
        draw(bench, write_pdf(storage, sizeof(storage), rows[i].font, rows[i].text));
        EXPECT_I64(ERR_NONE, bench->error, rows[i].font);
        EXPECT_I64(RENDER_DONE, bench->answer.result, bench->answer.sentence);
        EXPECT(bench->answer.dark_ppm > 1000, "letters are on the label");
        EXPECT_I64(102 * 1218, bench->output_bytes, "as a whole picture");
    }
    nobody_died(bench);
    render_bench_close(bench);
}

/* Whether there is a font with Chinese letters or not: it goes on, and so does the next. */
static void a_font_that_is_nowhere_does_no_harm(void)
{
    char storage[2000];
    struct render_bench *bench = set_up();
    draw(bench, write_pdf(storage, sizeof(storage), FONT_OF_CHINA, "<4E2D56FD>"));
    EXPECT_I64(ERR_NONE, bench->error, "it is drawn, or refused");
    draw(bench, write_pdf(storage, sizeof(storage), FONT("Type1", "Helvetica"), "(next)"));
    EXPECT_I64(RENDER_DONE, bench->answer.result, "the next is drawn");
    nobody_died(bench);
    render_bench_close(bench);
}

static void nonsense_is_refused_with_a_sentence(void)
{
    static const char *const rows[] = {"", "%PDF-1.4\n", "<html>", "\x89PNG\r\n\x1a\n",
                                       "\xff\xd8\xff\xe0"};
    struct render_bench *bench = set_up();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        draw(bench, bytes_of_text(rows[i]));
        EXPECT_I64(ERR_NONE, bench->error, "it is answered");
        EXPECT_I64(RENDER_REFUSED, bench->answer.result, "with no");
        EXPECT(bench->answer.sentence[0] != '\0', "and why");
        EXPECT(bench->answer.word[0] != '\0', "in a word too");
    }
    nobody_died(bench);
    render_bench_close(bench);
}

/* Scripts, letters that no font has, a page: whatever they need was fetched before. */
static void our_own_labels_are_drawn(void)
{
    static const char fields[] =
        "awb=28411210000145\nto_name=\xe0\xa4\xb8\xe0\xa5\x81\xe0\xa4\xa8\xe0\xa5\x80"
        " \xe0\xb2\xb8\xe0\xb3\x81 \xe0\xae\x8e\xe0\xae\xae\n"
        "to_line1=12 \xe0\xa6\x95\xe0\xa6\xb2 \xf0\x9f\x9a\x9a \xe2\xb7\xbf "
        "\xe4\xb8\xad\xe5\x9b\xbd\nto_city=Bengaluru\nto_postcode=560001\n"
        "payment=cod\ncurrency=Rs.\ncollect=1,234.00\n";
    struct render_bench *bench = set_up();
    struct render_request request = render_bench_label();
    request.kind = RENDER_TEMPLATE;
    request.copy = 2;
    snprintf(request.name, sizeof(request.name), "courier");
    render_bench_ask(bench, &request, BYTES_LITERAL(fields));
    EXPECT_I64(ERR_NONE, bench->error, "it is answered");
    EXPECT_I64(RENDER_DONE, bench->answer.result, bench->answer.sentence);
    EXPECT_I64(1, bench->answer.code_count, "its barcode is read back");
    EXPECT_TEXT("28411210000145", bench->answer.codes[0].text, "and says the number");
    request.form = RENDER_PDF;
    request.copy = 0;
    render_bench_ask(bench, &request, BYTES_LITERAL(fields));
    EXPECT_I64(ERR_NONE, bench->error, "a page too");
    EXPECT_I64(RENDER_DONE, bench->answer.result, bench->answer.sentence);
    nobody_died(bench);
    render_bench_close(bench);
}

/* One of each way through the libraries: text that is looked for, a sheet that is cropped, fonts of
 * all kinds, the four formats. */
static void documents_of_every_kind_are_drawn(void)
{
    static const char *const names[] = {"cairo_a5.pdf",         "reportlab_a4_jpeg_200.pdf",
                                        "missing_font_cjk.pdf", "jpeg_200_q75.jpg",
                                        "gif_203.gif",          "png_1bit_203.png"};
    static uint8_t document[RENDER_INPUT_MAX];
    struct render_bench *bench = set_up();
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[400];
        size_t len = 0;
        snprintf(path, sizeof(path), PACKD_SOURCE_DIR "/tests/render/documents/%s", names[i]);
        EXPECT_I64(ERR_NONE, files_read(path, document, sizeof(document), &len), path);
        draw(bench, bytes_of(document, len));
        EXPECT_I64(ERR_NONE, bench->error, names[i]);
        EXPECT_I64(RENDER_DONE, bench->answer.result, bench->answer.sentence);
    }
    nobody_died(bench);
    render_bench_close(bench);
}

/* In the strict cage too: its last word is on the list. */
static void what_never_ends_is_refused_by_itself(void)
{
    static uint8_t document[RENDER_INPUT_MAX];
    struct render_bench *bench = set_up();
    size_t len = 0;
    EXPECT_I64(ERR_NONE,
               files_read(PACKD_SOURCE_DIR "/tests/render/documents/broken_1gb_stream.pdf",
                          document, sizeof(document), &len),
               "the document is there");
    draw(bench, bytes_of(document, len));
    EXPECT_I64(ERR_NONE, bench->error, "it is answered");
    EXPECT_TEXT("too_slow", bench->answer.word, "with what is wrong");
    draw(bench, BYTES_LITERAL("<html>"));
    EXPECT_TEXT("html", bench->answer.word, "and so is the next");
    nobody_died(bench);
    render_bench_close(bench);
}

int main(void)
{
    EXPECT_RUN(nothing_gets_out);
    EXPECT_RUN(a_strict_cage_kills);
    EXPECT_RUN(odd_arguments_are_refused);
    EXPECT_RUN(fonts_that_are_not_brought_are_found);
    EXPECT_RUN(documents_of_every_kind_are_drawn);
    EXPECT_RUN(our_own_labels_are_drawn);
    EXPECT_RUN(a_font_that_is_nowhere_does_no_harm);
    EXPECT_RUN(what_never_ends_is_refused_by_itself);
    EXPECT_RUN(nonsense_is_refused_with_a_sentence);
    return expect_result();
}
