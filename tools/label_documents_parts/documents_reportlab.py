"""By reportlab: fonts embedded and not, letters as bars, pictures inside a PDF."""
import contextlib
import io
import os
import tempfile

from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

import draw_cairo
import draw_reportlab
from barcode_font import BarcodeFont
from labels import DOT, FOUR_BY_SIX, SHEETS, Code, Page, gs1, invoice, label

A4 = SHEETS["A4"]


def jpeg(page, dpi, quality, mode="L"):
    picture = draw_cairo.picture(page, dpi / 25.4).convert(mode)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    out.seek(0)
    return out


def fonts(table):
    for name, what, main, options, extra in [
            ("reportlab_own_bars.pdf", "4 x 6 in, reportlab's own Code 128, Helvetica not embedded",
             Code("CODE128", table.number()), {"bars": "own"}, {}),
            ("reportlab_embedded.pdf", "4 x 6 in, embedded subsets of DejaVu", Code("CODE128", table.number()),
             {"embedded": True}, {}),
            ("reportlab_hindi.pdf", "Devanagari, its font embedded, not shaped", Code("CODE128", table.number()),
             {}, {"hindi": True}),
            ("reportlab_gs1.pdf", "GS1-128, modules of 2.5 dots", gs1("089000000000000029"), {}, {})]:
        if main.kind == "GS1-128":
            main.module = 2.5 * DOT
        draw_reportlab.pdf(table.path(name), [Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, **extra))], **options)
        table.add(name, "reportlab", what, [main], sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))


def letters(table):
    main = Code("CODE128", table.number(), 3 * DOT)
    second = Code("CODE128", "EX-10001", 2 * DOT, 12)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bars.ttf")
        font = BarcodeFont(path, [main.symbol, second.symbol])
        pdfmetrics.registerFont(TTFont("bars", path))
        draw_reportlab.pdf(table.path("reportlab_barcode_font.pdf"),
                           [Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, [second]))], bars=font.draw)
    table.add("reportlab_barcode_font.pdf", "reportlab", "bars are letters of an embedded TrueType font", [main, second],
              sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))


def pictures(table):
    """A picture that fills the page, or a part of A4."""
    for dpi, module, quality in [(150, 2 * 25.4 / 150, 70), (200, 2 * 25.4 / 200, 60), (300, 3 * 25.4 / 300, 50)]:
        name = f"reportlab_jpeg_{dpi}.pdf"
        main = Code("CODE128", table.number(), module)
        inside = jpeg(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, lean=True)), dpi, quality)
        path = os.path.abspath(table.path(name))
        # reportlab leaves a JPEG packed only where it is a file, whose name goes into the PDF.
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            with open("label.jpg", "wb") as file:
                file.write(inside.getvalue())
            draw_reportlab.pdf(path, [Page.of_label(FOUR_BY_SIX, [])], pictures=[(0, 0, *FOUR_BY_SIX, "label.jpg")])
        table.add(name, "reportlab", f"a JPEG of {dpi} dots an inch, quality {quality}, fills the page", [main],
                  sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 2 * DOT)
    inside = draw_cairo.picture(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main)), 8, smooth=False).convert("1")
    draw_reportlab.pdf(table.path("reportlab_a4_bits.pdf"), [Page(A4, [])], pictures=[(8, 8, *FOUR_BY_SIX, inside)])
    table.add("reportlab_a4_bits.pdf", "reportlab", "A4 with a 1-bit picture of 203 dots an inch at the top left", [main], sheet=A4,
              place=(8, 8, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 2 * 25.4 / 200)
    inside = jpeg(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, lean=True)), 200, 60)
    draw_reportlab.pdf(table.path("reportlab_a4_jpeg_200.pdf"), [Page(A4, [(12, 175, 0, (186, 110), invoice(0, 0, 186))])],
                       pictures=[(54, 8, *FOUR_BY_SIX, Image.open(inside))])
    table.add("reportlab_a4_jpeg_200.pdf", "reportlab", "A4 with a picture of 200 dots an inch, unpacked from a JPEG, as label above and an invoice as text below",
              [main], sheet=A4, place=(54, 8, *FOUR_BY_SIX))


def make(table):
    fonts(table)
    letters(table)
    pictures(table)
