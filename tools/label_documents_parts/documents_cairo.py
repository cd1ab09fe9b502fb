"""Label sheets of every kind, by Cairo."""
import draw_cairo
from labels import DOT, FOUR_BY_SIX, SHEETS, Code, Page, gs1, invoice, label

A4 = SHEETS["A4"]


def on_sheet(table, name, what, sheet, x, y, turn=0, size=FOUR_BY_SIX, rest=(), want_turn=0, **more):
    """A label of 4 x 6 inches somewhere on a larger sheet."""
    main = Code("CODE128", table.number(), 2 * DOT)
    shapes = label(size, main, [Code("QR", "ORDER EX-10001", 3 * DOT)])
    width, height = size if turn in (0, 180) else size[::-1]
    draw_cairo.pdf(table.path(name), [Page(sheet, [(x, y, turn, size, shapes), *rest])])
    table.add(name, "Cairo", what, [main, Code("QR", "ORDER EX-10001")], sheet=sheet,
              place=(x, y, width, height), turn=want_turn, **more)


def whole(table, name, what, size, main, more=(), bars="rectangles", expect="label", codes=None, **options):
    shapes = label(size, main, more, **options)
    draw_cairo.pdf(table.path(name), [Page.of_label(size, shapes)], bars)
    table.add(name, "Cairo", what, [main, *more] if codes is None else codes, sheet=size,
              place=(0, 0, *size), expect=expect)


def sheets(table):
    width, height = FOUR_BY_SIX
    on_sheet(table, "cairo_a4_top_left.pdf", "A4, label in the top left corner", A4, 6, 6)
    on_sheet(table, "cairo_a4_top_right.pdf", "A4, label in the top right corner", A4, 210 - 6 - width, 6)
    on_sheet(table, "cairo_a4_centre.pdf", "A4, label in the middle", A4, (210 - width) / 2, (297 - height) / 2)
    on_sheet(table, "cairo_a4_bottom.pdf", "A4, label at the bottom", A4, (210 - width) / 2, 297 - height - 8)
    on_sheet(table, "cairo_a4_landscape.pdf", "A4 lying, label at its left", (297, 210), 12, 20)
    on_sheet(table, "cairo_letter.pdf", "letter sheet, label at the top left", SHEETS["letter"], 12.7, 12.7)
    on_sheet(table, "cairo_a5.pdf", "A5, label in the middle", SHEETS["A5"], 23, 28)
    on_sheet(table, "cairo_a4_sideways.pdf", "A4, label drawn lying (clockwise) in the upper half", A4,
             (210 - height) / 2, 10, turn=90, want_turn=270)
    rest = [(12, 178, 0, (186, 110), invoice(0, 0, 186)), (0, 168, 0, (210, 1), [("line", 8, 0, 202, 0, 0.2)])]
    on_sheet(table, "cairo_a4_invoice.pdf", "A4, label above, invoice below", A4, 54, 8, rest=rest)
    on_sheet(table, "cairo_a4_invoice_dashed.pdf", "A4, label at the top left, invoice below, a dashed cutting line", A4, 10, 8,
             rest=[(12, 178, 0, (186, 110), invoice(0, 0, 186)),
                   (0, 168, 0, (210, 1), [("line", 8 + 8 * n, 0, 12 + 8 * n, 0, 0.3) for n in range(24)])])


def several(table):
    size = (99.0, 148.5)
    mains = [Code("CODE128", table.number()) for n in range(2)]
    items = [(n * 148.5 + 20, 30, 0, size, label(size, main)) for n, main in enumerate(mains)]
    draw_cairo.pdf(table.path("cairo_2up.pdf"), [Page((297, 210), items)])
    table.add("cairo_2up.pdf", "Cairo", "A4 lying with the labels of two parcels, the first one is wanted", mains[:1],
              sheet=(297, 210), place=(20, 30, *size))
    size = (105.0, 148.5)
    mains = [Code("CODE128", table.number(), 3 * DOT) for n in range(4)]
    items = [(n % 2 * 105, n // 2 * 148.5, 0, size, label(size, main)) for n, main in enumerate(mains)]
    draw_cairo.pdf(table.path("cairo_4up.pdf"), [Page(A4, items)])
    table.add("cairo_4up.pdf", "Cairo", "A4 with the labels of four parcels, the first one is wanted", mains[:1],
              sheet=A4, place=(0, 0, *size))
    draw_cairo.pdf(table.path("cairo_4up_last.pdf"), [Page(A4, items)])
    table.add("cairo_4up_last.pdf", "Cairo", "A4 with the labels of four parcels, the last one is wanted", mains[3:],
              expect="chosen", sheet=A4, place=(105, 148.5, *size))
    main = Code("CODE128", table.number())
    pages = [Page(A4, [(12, 12, 0, (186, 110), invoice(0, 0, 186))]), Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main))]
    draw_cairo.pdf(table.path("cairo_page_2.pdf"), pages)
    table.add("cairo_page_2.pdf", "Cairo", "an invoice of A4, the label is page 2", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))
    mains = [Code("CODE128", table.number()) for n in range(3)]
    pages = [Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main)) for main in mains]
    draw_cairo.pdf(table.path("cairo_three_pages.pdf"), pages)
    table.add("cairo_three_pages.pdf", "Cairo", "three labels of one shipment, the first is wanted", mains[:1],
              sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))


def types(table):
    whole(table, "cairo_4x6.pdf", "4 x 6 in, bars as rectangles", FOUR_BY_SIX, Code("CODE128", table.number()),
          [Code("QR", "ORDER EX-10001 TESTPUR", 3 * DOT), Code("DATAMATRIX", "ROUTE TST/00", 4 * DOT)])
    whole(table, "cairo_4x6_path.pdf", "4 x 6 in, all bars one path", FOUR_BY_SIX, Code("CODE128", table.number()), bars="path")
    whole(table, "cairo_100x150.pdf", "100 x 150 mm", SHEETS["100x150mm"], Code("CODE128", table.number()))
    whole(table, "cairo_a6.pdf", "A6, modules of 3 dots, slightly wider than the stock", SHEETS["A6"],
          Code("CODE128", table.number(), 3 * DOT))
    whole(table, "cairo_a6_fine.pdf", "A6, modules of 2 dots: shrunk to the stock they are no whole dots", SHEETS["A6"],
          Code("CODE128", table.number()), expect="hard")
    whole(table, "cairo_a5_whole.pdf", "A5 that is all label, modules of 4 dots", SHEETS["A5"],
          Code("CODE128", table.number(), 4 * DOT, 25))
    whole(table, "cairo_gs1.pdf", "GS1-128 with a parcel's number, ITF, EAN-13", FOUR_BY_SIX, gs1("089000000000000012"),
          [Code("ITF", "28419900000031"), Code("EAN13", "2900000000018", 0.33, 15)])
    whole(table, "cairo_code39.pdf", "Code 39 and EAN-13", FOUR_BY_SIX, Code("CODE39", "TST-0000-32", 2 * DOT),
          [Code("EAN13", "2900000000018", 3 * DOT, 15)])
    whole(table, "cairo_2d.pdf", "PDF417, Aztec, DataMatrix beside Code 128", FOUR_BY_SIX, Code("CODE128", table.number()),
          [Code("PDF417", "INVENTED ROUTE TST 00", 2 * DOT), Code("AZTEC", "EX-10001", 4 * DOT), Code("DATAMATRIX", "EX-10001", 4 * DOT)])
    main = Code("CODE128", table.number())
    whole(table, "cairo_maxicode.pdf", "a MaxiCode beside Code 128 (it need not be read)", FOUR_BY_SIX, main,
          [Code("MAXICODE", "INVENTED ROUTE", 0.88)], codes=[main])
    main = Code("CODE128", table.number())
    whole(table, "cairo_ladder.pdf", "the AWB twice, of different height", FOUR_BY_SIX, main,
          [Code("CODE128", main.text, 2 * DOT, 8)])
    whole(table, "cairo_letters.pdf", "an AWB with letters", FOUR_BY_SIX, Code("CODE128", "SBX100000017"))


def make(table):
    types(table)
    sheets(table)
    several(table)
