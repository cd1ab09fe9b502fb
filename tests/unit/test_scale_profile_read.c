/* Guards: a profile that is wrong is refused, with the line and a sentence that says what to do; a
 * catalogue keeps what is good, lets a site replace what we ship, and leaves the built-in alone. */
#include "drivers/driver_list.h"
#include "tests/support/scale_profiles.h"

#define SCALE "[scale]\nname = x\ntitle = X\nline = 9600 8N1\nat_rest = always\n" /* 5 lines */
#define VALUE "[value]\ndecimals = sent\n"
#define UNIT "[unit]\nis = kg\n"
#define FRAME "[frame]\nlayout = <STX> value:7 <ETX>\n"
#define GOOD SCALE VALUE UNIT FRAME

static struct scale_profile profile;
static struct scale_complaints complaints;

static bool reads(const char *text)
{
    return scale_profile_read(bytes_of_text(text), &profile, &complaints);
}

static void a_whole_profile_is_taken(void)
{
    static const char text[] =
        "# a comment\n[scale]\nname = bench-7\ntitle = Bench, \"seven\"\nline = 4800 7E2\nbit7 = "
        "data\n"
        "at_rest = flag\nrequest = 'W' <0d>\nrequest_every_ms = 250\nrequest_is_harmless = yes\n"
        "silent_after_ms = 1500\n[frame]\nlayout = <STX> sign value:7 unit:2 state <ETX>\n"
        "[value]\ndecimals = sent\n[field \"state\"]\nstable = 'S'\nmoving = 'M'\n";
    EXPECT(reads(text), complaints.entries[0].sentence);
    const struct scale_driver *driver = &profile.driver;
    EXPECT_TEXT("bench-7", driver->name, "its name");
    EXPECT_TEXT("Bench, \"seven\"", driver->title, "its title");
    EXPECT(driver->usual.baud == 4800 && driver->usual.data_bits == 7 &&
               driver->usual.stop_bits == 2 && driver->usual.parity == LINE_PARITY_EVEN,
           "its line");
    EXPECT_BYTES(BYTES_LITERAL("W\r"), driver->request, "its question");
    EXPECT(driver->request_every_ms == 250 && driver->silent_after_ms == 1500, "its times");
    EXPECT(driver->is_harmless && !driver->by_name_only, "it may be looked for");
    EXPECT(reads(GOOD), "a short one is taken too");
    EXPECT(profile.driver.by_name_only, "a unit that only people know: not to be looked for");
}

static const struct {
    const char *text;
    unsigned line;
    const char *part, *promise;
} cases[] = {
    {"", 0, "name is missing", "an empty file"},
    {"[scale\n", 1, "end with ]", "no section"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 <ETX\n", 11, "in <>", "an open byte"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 'kg\n", 11, "closing quote", "an open text"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> weight:7 <ETX>\n", 11, "\"weight\"",
     "a foreign word"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:0 <ETX>\n", 11, "1 to 60", "no width"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:61 <ETX>\n", 11, "1 to 60", "too wide"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> sign:2 value:7 <ETX>\n", 11, "\"sign\"",
     "a wide sign"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 value:7 <ETX>\n", 11, "twice", "two values"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:40 skip:40 <ETX>\n", 11, "longer than 60",
     "long"},
    {SCALE VALUE UNIT "[frame]\nlayout =\n", 11, "empty", "no layout"},
    {SCALE VALUE UNIT "[frame]\nchecksum = xor 1..2 byte\n", 0, "no layout", "a frame without one"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value\n", 11, "where this frame ends", "no end"},
    {SCALE VALUE UNIT "[frame]\nlayout = value <CR> <LF>\n", 11, "cut in front", "no beginning"},
    {SCALE VALUE UNIT "[frame]\nlayout = sign value:7\n", 11, "Nothing marks", "neither"},
    {SCALE VALUE UNIT "[frame]\nlayout = value:7 <LF> 'x' <CR>\n", 11, "inside",
     "a line end inside"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> 'OL' <ETX>\n", 11, "no value", "says nothing"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> 'OL' <ETX>\nsays = over\n", 0, "never weigh",
     "no weight at all"},
    {SCALE VALUE FRAME, 9, "says the unit", "no unit"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 unit:2 <ETX>\n", 11, "always the same",
     "two units"},
    {SCALE UNIT FRAME, 0, "decimals is missing", "no decimals"},
    {SCALE "[value]\ndecimals = 7\n" UNIT FRAME, 7, "0 to 6", "too many decimals"},
    {SCALE "[value]\ndecimals = field\n" UNIT FRAME, 11, "go together", "decimals of no field"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:6 decimals <ETX>\n", 11, "go together",
     "a field for nothing"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 checksum <ETX>\n", 11, "not described",
     "an unknown checksum"},
    {SCALE VALUE UNIT FRAME "checksum = xor 1..checksum byte\n", 11, "not in it",
     "none in the frame"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 checksum <ETX>\nchecksum = xor 1..9 byte\n",
     11, "before it", "a checksum of what comes later"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 checksum <ETX>\nchecksum = xor 1..2 hex\n",
     11, "two characters", "hex in one character"},
    {SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7 checksum <ETX>\nchecksum = crc 1..2 byte\n",
     12, "xor, sum, negated", "an unknown kind"},
    {SCALE VALUE "[unit]\nis = t\n" FRAME, 9, "A unit is", "tonnes or tolas"},
    {SCALE VALUE "[unit]\nis = kg\nis = g\n" FRAME, 10, "already", "a key twice"},
    {SCALE VALUE "[unit]\nkg = 'K'\ng = 'K'\n[frame]\nlayout = <STX> value:7 unit:1 <ETX>\n", 10,
     "two units", "one text for two units"},
    {SCALE VALUE "[unit]\nkg = K\n[frame]\nlayout = <STX> value:7 unit:1 <ETX>\n", 9, "in quotes",
     "a text without quotes"},
    {SCALE VALUE UNIT FRAME "[field \"f\"]\nstable = 'S'\n", 13, "No layout has",
     "a field for nothing"},
    {SCALE VALUE UNIT "[field]\nstable = 'S'\n" FRAME, 11, "name of its own",
     "a field without a name"},
    {SCALE VALUE UNIT "[field \"f\"]\ncalm = 'S'\n[frame]\nlayout = <STX> value:7 f <ETX>\n", 11,
     "these words", "an unknown meaning"},
    {SCALE VALUE UNIT "[field \"f\"]\nas = bits\nstable = bit8\n[frame]\nlayout = <STX> "
                      "value:7 f <ETX>\n",
     12, "bit0 to bit7", "no such bit"},
    {SCALE VALUE UNIT "[field \"f\"]\nstable = 'S'\nas = bits\n[frame]\nlayout = <STX> "
                      "value:7 f <ETX>\n",
     12, "before", "read the other way too late"},
    {SCALE VALUE UNIT "[field \"f\"]\nas = bits\nstable = bit1\n[frame]\nlayout = <STX> "
                      "value:7 f:2 <ETX>\n",
     14, "one character", "bits of two characters"},
    {SCALE VALUE UNIT
     "[field \"f\"]\nstable = '12345678901'\n[frame]\nlayout = <STX> value:7 f <ETX>\n",
     11, "longer than 10", "a long text"},
    {"[scale]\nname = X y\n", 2, "small letters", "a name that settings cannot write"},
    {"[scale]\nname = auto\n", 2, "not \"auto\"", "a name that means something else"},
    {"[scale]\nline = 9600\n", 2, "9600 8N1", "half a line"},
    {"[scale]\nline = 9600 9N1\n", 2, "9600 8N1", "nine bits"},
    {"[scale]\nat_rest = 2 equal\n", 2, "3 to 50", "too few to be sure"},
    {"[scale]\nat_rest = soon\n", 2, "at_rest = flag", "no rest"},
    {"[scale]\nbit7 = odd\n", 2, "parity", "an unknown bit"},
    {"[scale]\nspeed = 9600\n", 2, "no such key", "an unknown key"},
    {"[scale]\nrequest = 'Z' <CR>\n", 2, "zeroes", "a question that zeroes"},
    {"[scale]\nrequest = <ESC> 'T'\n", 2, "zeroes", "a question that tares"},
    {"[scale]\nrequest = W\n", 2, "in quotes", "a question without quotes"},
    {"[scale]\nrequest = '123456789012' '34567'\n", 2, "longer than 16", "a long question"},
    {"[scale]\nrequest = ''\n", 2, "empty", "an empty question"},
    {SCALE "request = 'W'\n" VALUE UNIT FRAME, 0, "go together", "a question without a time"},
    {SCALE "request = 'R'\nrequest_every_ms = 300\nrequest_is_harmless = yes\n" VALUE UNIT FRAME, 0,
     "other makers", "what zeroes an A&D is not harmless"},
    {"[scale]\nrequest_every_ms = 10\n", 2, "50 to 10000", "a busy line"},
    {"[scale]\nrequest_is_harmless = maybe\n", 2, "yes nor no", "neither yes nor no"},
    {"[scale]\nsilent_after_ms = x\n", 2, "0 to 60000", "no time"},
    {"[scale]\nname = x\ntitle = X\nline = 9600 8N1\n" VALUE UNIT FRAME, 0, "at_rest is missing",
     "nothing said about rest"},
    {"[scale]\nname = x\ntitle = X\nline = 9600 8N1\nat_rest = flag\n" VALUE UNIT FRAME, 0,
     "nothing in the frames says stable", "a flag that is not there"},
    {SCALE "like = st-gs\n" FRAME, 0, "Leave one out", "frames of two"},
    {SCALE, 0, "no [frame]", "no frames"},
    {"[scales]\nname = x\n", 2, "sections", "an unknown section"},
    {GOOD "[frame \"b\"]\nlayout = <ETX> value:7 <STX>\n", 11, "Nothing marks", "two beginnings"},
};

static void what_is_wrong_is_told_with_its_line(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool told = false;
        EXPECT(!reads(cases[i].text), cases[i].promise);
        for (size_t k = 0; k < complaints.count; k++) {
            const struct scale_complaint *one = &complaints.entries[k];
            size_t len = strlen(one->sentence);
            told = told ||
                   (one->line == cases[i].line && strstr(one->sentence, cases[i].part) != NULL);
            EXPECT(len > 20 && len + 1 < SCALE_COMPLAINT_SIZE, "a whole sentence");
        }
        if (!EXPECT(told, cases[i].promise))
            fprintf(stderr, "    got %u: %s\n", complaints.entries[0].line,
                    complaints.entries[0].sentence);
    }
}

static char big[SCALE_PROFILE_FILE_MAX * 2];

static void every_limit_has_its_complaint(void)
{
    struct textbuf text;
    textbuf_init(&text, big, sizeof big);
    textbuf_text(&text, GOOD);
    while (text.len <= SCALE_PROFILE_FILE_MAX) textbuf_text(&text, "# nothing\n");
    EXPECT(!reads(big) && strstr(complaints.entries[0].sentence, "16 KiB") != NULL, "a long file");
    textbuf_reset(&text);
    textbuf_text(&text, SCALE VALUE UNIT);
    for (unsigned i = 0; i <= SCALE_PROFILE_FRAMES_MAX; i++)
        textbuf_format(&text, "[frame \"%u\"]\nlayout = <STX> value:%u <ETX>\n", i, i + 1);
    EXPECT(!reads(big) && strstr(complaints.entries[0].sentence, "more than 6 frames") != NULL,
           "frames");
    textbuf_reset(&text);
    textbuf_text(&text, GOOD);
    for (unsigned i = 0; i < SCALE_PROFILE_FIELDS_MAX; i++)
        textbuf_format(&text, "[field \"f%u\"]\nplain = 'x'\n", i);
    EXPECT(!reads(big) && strstr(complaints.entries[0].sentence, "more than 6 fields") != NULL,
           "fields");
    textbuf_reset(&text);
    textbuf_text(&text, SCALE VALUE UNIT "[frame]\nlayout = <STX> value:7");
    for (unsigned i = 0; i < SCALE_PROFILE_ELEMENTS_MAX; i++) textbuf_text(&text, " skip");
    textbuf_text(&text, " <ETX>\n");
    EXPECT(!reads(big) && strstr(complaints.entries[0].sentence, "more than 20 parts") != NULL,
           "parts");
    textbuf_reset(&text);
    textbuf_text(&text, GOOD "[field \"f\"]\nplain =");
    for (unsigned i = 0; i <= SCALE_PROFILE_ITEMS_MAX; i++) textbuf_format(&text, " '%u'", i);
    EXPECT(!reads(big) && strstr(complaints.entries[0].sentence, "more than 24") != NULL, "texts");
    textbuf_reset(&text);
    textbuf_text(&text, GOOD);
    for (unsigned i = 0; i < 200; i++) textbuf_format(&text, "[scale]\nk%u = 1\n", i);
    EXPECT(!reads(big), "keys");
    EXPECT(complaints.count == SCALE_COMPLAINTS_MAX && complaints.untold > 100,
           "and the rest is counted");
}

static struct scale_catalogue catalogue;

static const struct scale_driver *add(const char *text)
{
    return scale_catalogue_add(&catalogue, bytes_of_text(text), &complaints);
}

static void a_catalogue_keeps_what_is_good(void)
{
    catalogue.count = 0;
    EXPECT(add("[scale]\nname = x\n") == NULL && catalogue.count == 0,
           "half a profile is not kept");
    const struct scale_driver *driver = add(GOOD);
    if (!EXPECT(driver != NULL, "a whole one is") || driver == NULL) return;
    EXPECT(scale_driver_find(&catalogue, BYTES_LITERAL("x")) == driver, "it is found");
    EXPECT(scale_driver_find(NULL, BYTES_LITERAL("x")) == NULL, "in its catalogue");
    EXPECT(add("[scale]\nname = x\ntitle = Y\nline = 4800 8N1\nlike = st-gs\n") == driver &&
               catalogue.count == 1,
           "the site's own takes its place");
    EXPECT(driver->usual.baud == 4800 && strcmp(driver->title, "Y") == 0, "with all it says");
    EXPECT(driver->feed == scale_driver_find(NULL, BYTES_LITERAL("st-gs"))->feed,
           "it reads like st-gs");
    EXPECT(driver->by_name_only, "and is not looked for");
    EXPECT(add("[scale]\nname = st-gs\ntitle = Y\nline = 4800 8N1\nlike = st-gs\n") == NULL,
           "what is built in stays");
    EXPECT(strstr(complaints.entries[0].sentence, "built in") != NULL, "and it is said why");
    EXPECT(add("[scale]\nname = y\ntitle = Y\nline = 4800 8N1\nlike = none\n") == NULL,
           "like nothing");
    EXPECT(add("[scale]\nname = y\ntitle = Y\nline = 4800 8N1\nlike = x\n") == NULL,
           "like a profile");
    EXPECT(scale_driver_find(&catalogue, BYTES_LITERAL("x")) == driver, "what was there is there");
    for (unsigned i = 0; catalogue.count < SCALE_PROFILES_MAX; i++) {
        char text[128];
        snprintf(text, sizeof text, "[scale]\nname = n%u\ntitle = N\nline = 4800 8N1\nlike = nci\n",
                 i);
        EXPECT(add(text) != NULL, "there is room");
    }
    EXPECT(add("[scale]\nname = last\ntitle = N\nline = 4800 8N1\nlike = nci\n") == NULL,
           "to the last");
    EXPECT(strstr(complaints.entries[0].sentence, "no room") != NULL, "and it is said why");
}

/* A shipped profile has what a driver has: a capture with what it means, or a driver's. */
static void what_we_ship_is_sound(void)
{
    catalogue.count = 0;
    scale_profiles_load(&catalogue);
    EXPECT(catalogue.count >= 20, "they are all there");
    for (size_t i = 0; i < catalogue.count; i++) {
        const struct scale_profile *one = &catalogue.profiles[i];
        char path[256];
        if (one->like[0] != '\0') continue;
        snprintf(path, sizeof path, PACKD_SOURCE_DIR "/tests/replay/captures/%s.expect", one->name);
        FILE *file = fopen(path, "r");
        EXPECT(file != NULL, path);
        if (file != NULL) fclose(file);
    }
}

int main(void)
{
    EXPECT_RUN(a_whole_profile_is_taken);
    EXPECT_RUN(what_is_wrong_is_told_with_its_line);
    EXPECT_RUN(every_limit_has_its_complaint);
    EXPECT_RUN(a_catalogue_keeps_what_is_good);
    EXPECT_RUN(what_we_ship_is_sound);
    return expect_result();
}
