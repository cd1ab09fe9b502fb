/* Guards: the same label again is the same dots, whatever was drawn in between; a label of other
 * bytes or for other stock is never taken for it; what is kept stays small. */
#include <stdlib.h>
#include <string.h>

#include "firmware/render/pictures.h"
#include "tests/support/expect.h"

static struct pictures pictures;
static uint8_t rows[64 * 1024];
static struct bits bits;
static struct render_answer answer;

static struct render_request label(uint16_t height)
{
    bits = (struct bits){.width = 64, .height = height, .bytes_per_row = 8, .rows = rows};
    return (struct render_request){.version = RENDER_VERSION,
                                   .dpi = 203,
                                   .width_dots = 64,
                                   .height_dots = height,
                                   .copy = 1,
                                   .read_back = 1,
                                   .wanted = {"SBX000000001"}};
}

static void keep(const struct render_request *request, const char *input, uint8_t dots)
{
    memset(rows, dots, bits.bytes_per_row * bits.height);
    answer = (struct render_answer){.number = 1, .pages = dots};
    pictures_add(&pictures, request, bytes_of_text(input), &bits, &answer);
}

static bool find(const struct render_request *request, const char *input)
{
    memset(rows, 0, sizeof rows);
    answer = (struct render_answer){.number = 77};
    return pictures_find(&pictures, request, bytes_of_text(input), &bits, &answer);
}

static void the_same_label_is_the_same_dots(void)
{
    struct render_request request = label(100);
    EXPECT(!find(&request, "document"), "nothing is there");
    keep(&request, "document", 0xA5);
    EXPECT(find(&request, "document"), "it is there");
    EXPECT(rows[0] == 0xA5 && rows[799] == 0xA5 && rows[800] == 0, "dot by dot, and not one more");
    EXPECT_I64(77, answer.number, "the answer is to this request");
    EXPECT_I64(0xA5, answer.pages, "and says of the drawing what it said then");
    request.copy = 2;
    request.number = 9;
    request.anew = 1;
    request.crop.width_dmm = 1016;
    EXPECT(find(&request, "document"), "another copy is the same picture, marked afterwards");
}

static void another_label_is_another(void)
{
    struct render_request request = label(100);
    keep(&request, "document", 0x11);
    EXPECT(!find(&request, "documenT"), "one byte");
    EXPECT(!find(&request, "document "), "one byte more");
    struct render_request other = request;
    other.dpi = 300;
    EXPECT(!find(&other, "document"), "another head");
    other = request;
    other.page = 2;
    EXPECT(!find(&other, "document"), "another page");
    other = request;
    memcpy(other.wanted[0], "SBX000000002", sizeof "SBX000000002");
    EXPECT(!find(&other, "document"), "another parcel");
    other = label(99);
    EXPECT(!find(&other, "document"), "other stock");
}

static void the_one_not_wanted_for_longest_goes(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct render_request request = label(100);
    pictures_free(&pictures);
    for (uint8_t i = 0; i < PICTURES_MAX; i++) keep(&request, names[i], (uint8_t)(i + 1));
    EXPECT(find(&request, "a"), "the first is wanted again");
    keep(&request, "e", 9);
    EXPECT(find(&request, "a"), "so it stays");
    EXPECT(!find(&request, "b"), "and the second goes");
    EXPECT(find(&request, "e"), "for the new one");
}

static void what_is_kept_stays_small(void)
{
    struct render_request request = label(100);
    size_t large = PICTURES_BYTES_MAX / 2;
    char *text = malloc(2 * large + 2);
    memset(text, 'x', 2 * large + 1);
    text[2 * large + 1] = '\0';
    keep(&request, text, 1);
    EXPECT(!find(&request, text), "one that is larger than all room is not kept");
    EXPECT(find(&request, "e"), "and drives nothing out");
    text[large] = '\0';
    keep(&request, text, 2);
    EXPECT(find(&request, text), "a large one is");
    text[0] = 'y';
    keep(&request, text, 3);
    EXPECT(find(&request, text), "and another");
    text[0] = 'x';
    EXPECT(!find(&request, text), "but not both");
    free(text);
    pictures_free(&pictures);
}

int main(void)
{
    EXPECT_RUN(the_same_label_is_the_same_dots);
    EXPECT_RUN(another_label_is_another);
    EXPECT_RUN(the_one_not_wanted_for_longest_goes);
    EXPECT_RUN(what_is_kept_stays_small);
    return expect_result();
}
