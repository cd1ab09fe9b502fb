"""Written object by object: bars in every way a PDF has, pages turned, scaled, cropped."""
from labels import DOT, FOUR_BY_SIX, SHEETS, Code, Page, label
from pdf_by_hand import POINT, Pdf, operators

WIDTH, HEIGHT = FOUR_BY_SIX[0] / POINT, FOUR_BY_SIX[1] / POINT
MODULES = {"1.0": 1.0, "1.3": 1.3, "1.5": 1.5, "2.0": 2.0, "2.5": 2.5, "3.3": 3.3}


def save(table, name, pdf, *rest, table_of_objects="right"):
    with open(table.path(name), "wb") as out:
        out.write(pdf.bytes(table_of_objects))


def plain(table, name, what, main=None, expect="label", face="sans", xref="right", catalog=b"", more=(), turn=0, sheet=None, place=None, **options):
    main = main or Code("CODE128", table.number())
    pdf = Pdf()
    pdf.page(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, more, face=face)), **options)
    pdf.catalog = catalog
    save(table, name, pdf, table_of_objects=xref)
    table.add(name, "by hand", what, [main, *more], expect=expect, turn=turn, sheet=sheet or FOUR_BY_SIX,
              place=place or (0, 0, *FOUR_BY_SIX))


def bars(table):
    for way, words in [("rectangles", "rectangles"), ("path", "one path"), ("strokes", "strokes"),
                       ("mask", "an image mask of one dot a module"), ("type3", "letters of a Type 3 font")]:
        plain(table, f"hand_bars_{way}.pdf", f"bars as {words}", bars=way)
    for words, dots in MODULES.items():
        plain(table, f"hand_module_{words}.pdf", f"modules of {words} dots at 203 dots an inch",
              Code("CODE128", table.number(), dots * DOT), expect="label" if dots >= 2 else "hard")
    plain(table, "hand_itf_2.5.pdf", "ITF with modules of 2.5 dots and a fine QR code", Code("ITF", table.number(), 2.5 * DOT),
          more=[Code("QR", "EX-10001", 2.5 * DOT)])
    plain(table, "hand_times.pdf", "Times, Courier and Helvetica, none embedded", face="serif")


def pages(table):
    for turn in (90, 180, 270):
        size = FOUR_BY_SIX if turn == 180 else FOUR_BY_SIX[::-1]
        main = Code("CODE128", table.number())
        pdf = Pdf()
        width, height = size
        shapes = label(FOUR_BY_SIX, main)
        drawn = {90: 270, 180: 180, 270: 90}[turn]  # so that /Rotate sets it upright
        pdf.page(Page(size, [(0, 0, drawn, FOUR_BY_SIX, shapes)]), words=b" /Rotate %d" % turn)
        save(table, f"hand_rotate_{turn}.pdf", pdf)
        table.add(f"hand_rotate_{turn}.pdf", "by hand", f"content drawn lying or upside down, /Rotate {turn} sets it upright", [main],
                  sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number())
    pdf = Pdf()
    pdf.page(Page(FOUR_BY_SIX[::-1], [(0, 0, 90, FOUR_BY_SIX, label(FOUR_BY_SIX, main))]))
    save(table, "hand_sideways.pdf", pdf)
    table.add("hand_sideways.pdf", "by hand", "6 x 4 in: the label lies on its page (clockwise)", [main], sheet=FOUR_BY_SIX[::-1],
              place=(0, 0, *FOUR_BY_SIX[::-1]), turn=270)
    plain(table, "hand_user_unit.pdf", "UserUnit 2: half the numbers, the same size", unit=2.0)
    plain(table, "hand_negative_origin.pdf", "a MediaBox from -100 -200", origin=(-100, -200))
    main = Code("CODE128", table.number())
    pdf = Pdf()
    a4 = SHEETS["A4"]
    left, low = 20 / POINT, (a4[1] - 30 - FOUR_BY_SIX[1]) / POINT
    pdf.page(Page(a4, [(20, 30, 0, FOUR_BY_SIX, label(FOUR_BY_SIX, main)),
                       (130, 30, 0, (70, 20), [("text", 0, 10, 12, "bold", "OUTSIDE THE CROP")])]),
             words=b" /CropBox [%.3f %.3f %.3f %.3f]" % (left, low, left + WIDTH, low + HEIGHT))
    save(table, "hand_crop_box.pdf", pdf)
    table.add("hand_crop_box.pdf", "by hand", "MediaBox A4, CropBox 4 x 6 in around the label", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number())
    pdf = Pdf()
    page = Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main))
    form = pdf.stream(operators(page), b" /Type /XObject /Subtype /Form /BBox [0 0 %.3f %.3f] /Resources << %s >>"
                      % (WIDTH, HEIGHT, pdf.resources()))
    pdf.page(page, content=b"/L Do", resources=b"/XObject << /L %d 0 R >>" % form)
    save(table, "hand_form.pdf", pdf)
    table.add("hand_form.pdf", "by hand", "the label is a form that the page draws", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))


def mended(table):
    plain(table, "hand_xref_wrong.pdf", "every offset of the object table is wrong; it can be mended", xref="wrong")
    plain(table, "hand_xref_shifted.pdf", "offsets 7 bytes off, as after a newline conversion", xref="shifted")
    plain(table, "hand_xref_none.pdf", "no object table at all", xref="none")
    plain(table, "hand_open_action.pdf", "JavaScript when it is opened: never run",
          catalog=b" /OpenAction << /S /JavaScript /JS (app.alert\\(1\\); this.submitForm\\('http://0.0.0.0/'\\);) >>")
    plain(table, "hand_launch.pdf", "starts a program when it is opened: never started",
          catalog=b" /OpenAction << /S /Launch /F (/bin/sh) >>")
    plain(table, "hand_uri.pdf", "opens an address when it is opened: never asked",
          catalog=b" /OpenAction << /S /URI /URI (http://0.0.0.0/) >>")


def make(table):
    bars(table)
    pages(table)
    mended(table)
