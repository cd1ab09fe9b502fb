/* Guards: a courier's document is one harmless label or refused: nothing of it stores, deletes,
 * asks, resets, or stays in the printer, and no picture is shorter than it says. ZPL II Programming
 * Guide, P1099958; of the :Z64: graphics one was written by ZebraDesigner, the other is test data
 * of a public ZPL library. That a filtered label looks as it did is shown by
 * tests/integration/zpl_document.sh. */
#include "drivers/printer_zpl.h"
#include "hal/base/deflate.h"
#include "tests/support/printer_bench.h"

#define JOB_SIZE 65536u

static char job_storage[JOB_SIZE];
static const char *why; /* the last one was refused */
static const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};

static bool take_document(struct bytes document)
{
    struct textbuf job;
    textbuf_init(&job, job_storage, sizeof job_storage);
    why = "";
    return printer_zpl.encode_document(document, &setup, &job, &why);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++) count++;
    return count;
}

static const char *behind_our_settings(void)
{
    return strstr(job_storage, "^CFA,9,5\n");
}

/* ZebraDesigner's way to begin. */
#define DESIGNER_LETTERS "\020CT~~CD,~CC^~CT~\r\n"
#define DESIGNER_SET_UP "^XA~TA000~JSN^LT0^MNW^MTT^PON^PMN^LH0,0^JMA^PR4,4~SD15^JUS^LRN^CI0^XZ\r\n"
static const char designer[] = DESIGNER_LETTERS DESIGNER_SET_UP
    "^XA^MMT^PW812^LL1218^LS0^FT9,9^A0N,28,28^FH\\^FDx^FS^PQ1,0,1,Y^XZ\r\n";

static void a_harmless_document_is_printed_once(void)
{
    /* The printer's set-up is not its business. */
    static const char *const settings[] = {
        "^MM", "^MN", "^MT", "^MD", "^PR", "^LT", "^LS", "^FX", "^JU",   "^JZ",    "^ID",
        "^MF", "^MC", "^PM", "^JM", "^PA", "^SS", "^XG", "~",   "^PW82", "^LL123",
    };
    static const char *const documents[] = {
        "^XA^FO50,50^A0N,40,40^FDHello^FS^XZ",
        "\xEF\xBB\xBF\r\n^XA\r\n^CI28^PW412^LL618^LH0,0\r\n^FO9,9^A0N,30,30^FH^FDa_5Eb^FS^XZ\r\n",
        "^XA^BY3,2,100^FO50,50^BCN,100,Y,N,N,A^FD28411210000145^FS^FO1,1^GB700,4,4^FS^XZ",
        "^xa^fo1,1^a0n,20,20^fdx^fs^xz",
        "^XA^MMT^MNY^MTD^MD10^PR4^LT0^LS0^FX note ^FS^FO1,1^FDx^FS^PQ5,0,1,Y^XZ",
        "^XA^FO0,0^GFA,2,2,1,aa55^FS^XZ",
        "^XA^FO0,0^GFA,8,8,2,F,:,FFFF^FS^XZ",
        "^XA^FO0,0^GFA,6,6,3,!,^FS^XZ",
        "^XA^FO0,0^GFA,6,6,3,LF,^FS^XZ",
        "^XA^FO0,0^GFA,30,30,15,gPF:^FS^XZ",
        "^XA^FO0,0^GFA,10,2,1,:Z64:eJxbFQoAAasBAA==:B023^FS^XZ",
        "^XA^FO0,0^GFA,41,288,72,:Z64:eJzj4KAKYJChDmCwoQ5gEKAOYAAAavEfEQ==:24EF\r\n^FS^XZ",
        "^XA^FO9,9^BQN,2,5^FDQA,https://x.in/?a=1^FS^XZ",
        "^XA^JUS^FDx^FS^XZ",
        "^XA^JZY^FDx^FS^XZ",
        "~JA^XA^FDx^FS^XZ~PS",
        "^XA~JC^FDx^FS^XZ",
        "^XA^IDR:*.*^FDx^FS^XZ",
        "^XA^PW820^LL1230^FDx^FS^XZ", /* a little over the edge */
        "^XA^PW^LL0^LH^FDx^FS^XZ",
        /* as couriers and label designers begin */
        "^XA^LRN^MNY^MFN,N^LH15,12^MCY^POI^PW840^CI27^FT15,23^A0N,20,24^FVx^FS^PQ1^XZ",
        "^XA^CF,0,0,0^PR12^MD30^PW800^POI^CI13^LH0,20\n^FO12,301^GB753,2,2^FS^XZ",
        designer,
        "~DGR:LOGO.GRF,2,1,aa55\n^XA^FO1,1^XGR:LOGO.GRF,1,1^FS^XZ\n^XA^IDR:LOGO.GRF^FS^XZ",
        "~DG000.GRF,2,1,aa55^XA^FO1,1^xg000.grf^FS^PQ2^XZ",
    };
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        if (!EXPECT(take_document(bytes_of_text(documents[i])), documents[i])) {
            fprintf(stderr, "    %s\n", why);
            continue;
        }
        EXPECT(strstr(job_storage, "^XA^JZN^CI28") == job_storage, "begins with our settings");
        EXPECT_I64(1, count_of(job_storage, "^PQ"), "one quantity");
        EXPECT(strstr(job_storage, "^PQ1,0,0,N^XZ\n") != NULL, "which is one");
        EXPECT_I64(1, count_of(job_storage, "^XA"), "one label");
        for (size_t j = 0; j < ARRAY_LEN(settings); j++)
            EXPECT_I64(0, count_of(behind_our_settings(), settings[j]), settings[j]);
    }
}

struct refused {
    const char *document, *why;
};

#define STORES "the label stores something in the printer"
#define USES "the label uses something that was stored in the printer"
#define DELETES "the label deletes or formats the printer's memory"
#define ASKS "the label asks the printer something"
#define PREFIX "the label changes the letters that commands begin with"
#define NETWORK "the label changes how the printer is reached"
#define LOCKS "the label changes the printer's password or panel"
#define MOVES "the label resets the printer or moves paper"
#define TAGS "the label writes or reads radio tags"
#define CLOCK "the label sets the printer's clock or counts labels by itself"
#define LARGE "the label is larger than the paper"

static const struct refused shapes[] = {
    {"", "the document is not a ZPL label"},
    {"%PDF-1.4", "the document is not a ZPL label"},
    {"<html>^XA^XZ", "the document is not a ZPL label"},
    {"^FO1,1^FDx^FS", "the document is not a ZPL label"},
    {"^XAjunk^FDx^FS^XZ", "the document is not a ZPL label"},
    {"^XA^FDx^FS", "the label has no end"},
    {"^XA^XZ", "the label is empty"},
    {"^XA^FO1,1^XZ", "the label is empty"},
    {"^XA^FDx^FS^XZ^XA^FDy^FS^XZ", "there is more than one label in the document"},
    {"^XA^FDx^FS^XA^FDy^FS^XZ", "there is more than one label in the document"},
    {"^XA^FDx^FS^XZ^FDy", "something follows the label"},
    {"^XA^FDx^FS^XZ junk", "something follows the label"},
    {"^XA^FDx~SD15^FS^XZ", "the label holds a direct command (~)"},
    {"^XA^FDa~b^FS^XZ", "the label holds a direct command (~)"},
    {"^XA^FDx\x05^FS^XZ", "the label holds control characters"},
    {"CT!!CD,!CC^!CT!^XA^FDx^FS^XZ", "the document is not a ZPL label"},
    {"^XA^MMT^XZ", "the label is empty"},
    {"^XA^FDx^FS^XZ^XA^PON^XZ^XA^FDy^FS^XZ", "there is more than one label in the document"},
    {"^XA^FDx^FS^XZ^PON", "something follows the label"},
    {"^PON^XA^FDx^FS^XZ", "the document is not a ZPL label"},
};

static const struct refused known[] = {
    {"^XA^FDx^FS~JR^XZ", MOVES},
    {"^XA^DFR:A.ZPL^FDx^FS^XZ", STORES},
    {"^XA^ISR:A.GRF^FDx^FS^XZ", STORES},
    {"^XA^DGR:A.GRF,8,1,FF^FDx^FS^XZ", STORES},
    {"^XA^CWZ,E:A.FNT^FDx^FS^XZ", STORES},
    {"~DYR:A.GRF,A,G,8,1,FF^XA^FDx^FS^XZ", STORES},
    {"~DUR:A.TTF,8,ff^XA^FDx^FS^XZ", STORES},
    {"~DBR:A.FNT,N,5,24,3,10,2,A,ff^XA^FDx^FS^XZ", STORES},
    {"^XA^XFR:A.ZPL^FDx^FS^XZ", USES},
    {"^XA^FN1^FDx^FS^XZ", USES},
    {"^XA^XGR:A.GRF,1,1^FDx^FS^XZ", USES},
    {"^XA^ILR:A.GRF^FDx^FS^XZ", USES},
    {"^XA^IMR:A.GRF^FDx^FS^XZ", USES},
    {"^XA^EFx^FDx^FS^XZ", DELETES},
    {"^XA^FDx^FS~EG^XZ", DELETES},
    {"^XA^JBE^FDx^FS^XZ", DELETES},
    {"^XA^HH^FDx^FS^XZ", ASKS},
    {"^XA^HYR:A.GRF^FDx^FS^XZ", ASKS},
    {"^XA^FDx^FS~HS^XZ", ASKS},
    {"~HS^XA^FDx^FS^XZ", ASKS},
    {"^XA^SXA,C,Y,Y^FDx^FS^XZ", ASKS},
    {"^XA^CC!!FDx!FS!XZ", PREFIX},
    {"~CC!^XA^FDx^FS^XZ", PREFIX},
    {"^XA^CD;^FO1;1^FDx^FS^XZ", PREFIX},
    {"^XA^CT!^FDx^FS!JR^XZ", PREFIX},
    {"^XA^KP1234^FDx^FS^XZ", LOCKS},
    {"^XA^MPE^FDx^FS^XZ", LOCKS},
    {"^XA^KNname^FDx^FS^XZ", NETWORK},
    {"^XA^SC9600,8,N,1^FDx^FS^XZ", NETWORK},
    {"^XA^NBS^FDx^FS^XZ", NETWORK},
    {"^XA^ND2,P^FDx^FS^XZ", NETWORK},
    {"^XA^PH^FDx^FS^XZ", MOVES},
    {"^XA^FDx^FS^PF9^XZ", MOVES},
    {"^XA^FDx^FS~JP^XZ", MOVES},
    {"^XA^JJ0^FDx^FS^XZ", MOVES},
    {"^XA^FDx^FS^CN1^XZ", MOVES},
    {"^XA^ST01,01,2030^FDx^FS^XZ", CLOCK},
    {"^XA^SN001,1,Y^FS^XZ", CLOCK},
    {"^XA^RFW^FDx^FS^XZ", TAGS},
    {"^XA^JMB^FDx^FS^XZ", "the label is drawn in other units than dots"},
    {"^XA^MUM^FDx^FS^XZ", "the label is drawn in other units than dots"},
    {"^XA^PMY^FDx^FS^XZ", "the label is mirrored"},
    {"^XA^SZ1^FDx^FS^XZ", "the label switches the printer's language"},
    {"^XA^CI99^FDx^FS^XZ", "the label has letters in an encoding that we do not know"},
    {"^XA^PW900^FDx^FS^XZ", LARGE},
    {"^XA^LL1828^FDx^FS^XZ", LARGE},
    {"^XA^LH900,0^FDx^FS^XZ", LARGE},
    {"^XA^LH0,-1^FDx^FS^XZ", LARGE},
    {"^XA^ZZ^FDx^FS^XZ", "the label has a command that we do not allow"},
    {"^XA^F8^FDx^FS^XZ", "the label has a command that we do not allow"},
    {"^XA^FDx^FS~ZZ^XZ", "the label has a command that we do not allow"},
    {"^XA^FDx^FS^", "the label has a command that we do not allow"},
};

static const struct refused pictures[] = {
    {"~DGR:A.GRF,8,1,FF^XA^FDx^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFB,2,2,1,ab^FS^XZ", "a picture on the label is in binary"},
    {"^XA^GFC,2,2,1,ab^FS^XZ", "a picture on the label is in binary"},
    {"^XA^GFA,2,2,1,aa5^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,2,2,1,aa5555^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,2,2,1,aa5?^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,2,2,1,aa55G^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,10,2,1,:Z64:eJxbFQoAAasBAA==:B024^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,10,2,1,:Z64:eJxbFQoAAasB^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,2,3,2,aa5500^FS^XZ", "a picture on the label has no sensible size"},
    {"^XA^GFA,2,0,1,^FS^XZ", "a picture on the label has no sensible size"},
    {"^XA^GFA^FS^XZ", "a picture on the label has no sensible size"},
    {"^XA^GFA,10,4,2,:Z64:eJxbFQoAAasBAA==:B023^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,10,1,1,:Z64:eJxbFQoAAasBAA==:B023^FS^XZ", "a picture on the label is not complete"},
    {"^XA^GFA,2,2,1,zzzzzzzzzzzzzzzzzzzzzzF^FS^XZ", "a picture on the label is not complete"},
    {"~DGR:A.GRF,2,1,aa55^XA^FO1,1^XGR:A.GRF,2,2^FS^XZ", USES},
    {"~DGR:A.GRF,2,1,aa55^XA^FO1,1^XGR:B.GRF,1,1^FS^XZ", USES},
    {"~DG,2,1,aa55^XA^FDx^FS^XZ", "a picture on the label has no sensible size"},
    {"~DG1,1,1,F0~DG2,1,1,F0~DG3,1,1,F0~DG4,1,1,F0~DG5,1,1,F0~DG6,1,1,F0~DG7,1,1,F0~DG8,1,1,F0"
     "~DG9,1,1,F0^XA^FDx^FS^XZ",
     "the label brings too many pictures"},
};

static void expect_refused(const struct refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        EXPECT(!take_document(bytes_of_text(rows[i].document)), rows[i].document);
        EXPECT_TEXT(rows[i].why, why, rows[i].document);
    }
}

static void everything_else_is_refused_with_a_sentence(void)
{
    expect_refused(shapes, ARRAY_LEN(shapes));
    expect_refused(known, ARRAY_LEN(known));
    expect_refused(pictures, ARRAY_LEN(pictures));
}

/* Of all commands that two letters or digits can name, only the table's pass. */
static void what_nobody_knows_is_refused(void)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static const char passing[] =
        "^FD^FV^GB^GC^GD^GE^FO^FT^FS^FB^FH^FP^FR^TB^GS^FW^CF^LR^PO^CI^PW^LL"
        "^LH^PM^JM^MU^SZ^FX^PQ^PR^MM^MN^MT^MD^MC^MF^ML^SS^LT^LS^XB^XS^CV^PA"
        "^JU^JZ^ID~SD~TA~JS~JA~JX~JC~PS";
    for (unsigned i = 0; i < 2 * 36 * 36; i++) {
        char command[] = {"^~"[i % 2], signs[i / 2 % 36], signs[i / 72], '\0'}, document[64];
        bool font_or_bars = command[0] == '^' && (command[1] == 'A' || command[1] == 'B');
        bool wanted = font_or_bars || strstr(passing, command) != NULL;
        snprintf(document, sizeof document, "^XA^FO1,1^GB9,9,1^FS%s^XZ", command);
        EXPECT(take_document(bytes_of_text(document)) == wanted, command);
    }
}

/* ---- what is left behind
 * ---------------------------------------------------------------------- */

static bool says(const char *job, const char *part)
{
    return bytes_find(bytes_of_text(job), bytes_of_text(part)) < strlen(job);
}

/* Each setting that a document may make and that stays in the printer. */
static void the_next_job_says_every_setting_again(void)
{
    static const char *const stays[] = {"^PW812", "^LL1219", "^LH0,0", "^LRN", "^CI28",
                                        "^PON",   "^PMN",    "^FWN",   "^JZN", "^MCY"};
    static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
    uint8_t row[] = {0x55};
    const struct picture picture = {8, 1, 1, row};
    struct label label = label_of(LABEL_CODE128, "SBX100000017");
    struct textbuf job;
    label.items[0].width_dmm = 700;
    for (unsigned kind = 0; kind < 3; kind++) {
        textbuf_init(&job, job_storage, sizeof job_storage);
        bool good = kind == 0 && printer_zpl.encode_label(&label, &setup, &job);
        if (kind == 1) good = take_document(BYTES_LITERAL("^XA^FDx^FS^XZ"));
        if (kind == 2)
            good = printer_zpl.encode_picture(&picture, &setup,
                                              (struct scratch){memory, sizeof memory}, &job);
        EXPECT(good, "a job of each kind");
        for (size_t i = 0; i < ARRAY_LEN(stays); i++) EXPECT(says(job_storage, stays[i]), stays[i]);
        if (kind == 0) EXPECT(says(job_storage, "^BY3,3,"), "its bars say their own module");
        if (kind == 1) EXPECT(says(job_storage, "^BY2,3,10^CFA,9,5"), "as a printer starts");
    }
}

static void set_up_in_front_counts_and_behind_does_not(void)
{
    EXPECT(take_document(BYTES_LITERAL("^XA^POI^LH9,9^MNN^XZ^XA^FDx^FS^XZ^XA^POI^LRY^XZ")), why);
    EXPECT_TEXT("^CFA,9,5\n^POI^LH9,9^FDx^FS^PQ1,0,0,N^XZ\n", behind_our_settings(),
                "what shapes the label is kept, in its order, and what was for later is not");
}

static void a_stored_picture_is_drawn_and_not_stored(void)
{
    EXPECT(take_document(BYTES_LITERAL(
               "~DGR:A.GRF,2,1,aa55\n^XA^FO1,2^XGA.GRF,1,1^FS^XZ^XA^IDR:A.GRF^FS^XZ")),
           why);
    EXPECT_TEXT("^CFA,9,5\n^FO1,2^GFA,2,2,1,aa55^FS^PQ1,0,0,N^XZ\n", behind_our_settings(),
                "where it is called");
    EXPECT(take_document(BYTES_LITERAL("~DGA,1,1,11~DGa,1,1,22^XA^XGA^FS^XZ")), why);
    EXPECT(says(behind_our_settings(), "^GFA,1,1,1,22"), "the newest of a name");
}

static void what_was_left_out_is_told(void)
{
    struct zpl_report report;
    struct textbuf job;
    textbuf_init(&job, job_storage, sizeof job_storage);
    EXPECT(zpl_filter_document(BYTES_LITERAL("^XA^MMT^mmc^FX note^FS^FDx^FS^PQ5^XZ"), &setup, &job,
                               &report, &why),
           "a label");
    EXPECT_I64(3, report.count, "three commands");
    EXPECT_TEXT("^MM", report.left_out[0], "each once");
    EXPECT_TEXT("^FX", report.left_out[1], "in their order");
    EXPECT_TEXT("^PQ", report.left_out[2], "the copies too");
}

static void what_has_no_end_is_refused(void)
{
    static char document[1200000];
    memset(document, '9', sizeof document);
    memcpy(document, "^XA^FD", 6);
    EXPECT(!take_document(bytes_of(document, 5000)), "a text without end");
    EXPECT_TEXT("a text on the label is too long", why, "is told");
    EXPECT(!take_document(bytes_of(document, sizeof document)), "a megabyte and more");
    EXPECT_TEXT("the label is too big", why, "is told");
    memcpy(document, "^XA", 3);
    for (size_t i = 3; i < 900000; i += 15) memcpy(document + i, "^FO1,1^GB2,2^FS", 15);
    EXPECT(!take_document(bytes_of(document, 3 + 15 * 59000)), "boxes without end");
    EXPECT_TEXT("the label has no end", why, "are told");
}

/* The hex of ^FH is data for the printer too: it stays as it is. */
static void hex_in_a_text_stays_a_text(void)
{
    EXPECT(take_document(BYTES_LITERAL("^XA^FH^FD_5EXZ_5EXA_5EJUS_7EJR^FS^XZ")), why);
    EXPECT(says(behind_our_settings(), "^FH^FD_5EXZ_5EXA_5EJUS_7EJR^FS"), "untouched");
    EXPECT_I64(1, count_of(job_storage, "^XZ"), "and one label");
}

int main(void)
{
    EXPECT_RUN(a_harmless_document_is_printed_once);
    EXPECT_RUN(everything_else_is_refused_with_a_sentence);
    EXPECT_RUN(what_nobody_knows_is_refused);
    EXPECT_RUN(the_next_job_says_every_setting_again);
    EXPECT_RUN(set_up_in_front_counts_and_behind_does_not);
    EXPECT_RUN(a_stored_picture_is_drawn_and_not_stored);
    EXPECT_RUN(what_was_left_out_is_told);
    EXPECT_RUN(what_has_no_end_is_refused);
    EXPECT_RUN(hex_in_a_text_stays_a_text);
    return expect_result();
}
