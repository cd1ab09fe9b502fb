"""What must not hurt: cut off, locked, endless, far too large, or not what its name says."""
import io
import os
import struct
import subprocess
import tempfile
import zlib

from PIL import Image

import draw_cairo
from documents_pictures import chunk, png
from labels import FOUR_BY_SIX, Code, Page, label
from pdf_by_hand import POINT, Pdf, operators


def good_pdf(table):
    main = Code("CODE128", table.number())
    pdf = Pdf()
    pdf.page(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main)))
    return main, pdf


def write(table, name, data, what, codes=(), expect="refused", producer="by hand", **more):
    with open(table.path(name), "wb") as out:
        out.write(data)
    table.add(name, producer, what, codes, expect=expect, **more)


def truncated(table):
    for share in (15, 50, 95):
        main, pdf = good_pdf(table)
        data = pdf.bytes()
        write(table, f"broken_cut_{share}.pdf", data[:len(data) * share // 100], f"a PDF cut off after {share} per cent", [main], "hard")
    for share in (30, 90):
        main = Code("CODE128", table.number())
        picture = draw_cairo.picture(Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, lean=True)), 8, False)
        out = io.BytesIO()
        picture.convert("1", dither=0).save(out, "PNG")
        write(table, f"broken_cut_{share}.png", out.getvalue()[:len(out.getvalue()) * share // 100], f"a PNG cut off after {share} per cent", [main], "hard")
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=40)
        write(table, f"broken_cut_{share}.jpg", out.getvalue()[:len(out.getvalue()) * share // 100], f"a JPEG cut off after {share} per cent", [main], "hard")
    out = io.BytesIO()
    picture.convert("P").quantize(2).save(out, "GIF")
    write(table, "broken_cut_50.gif", out.getvalue()[:len(out.getvalue()) // 2], "a GIF cut off in the middle", [main], "hard")


def locked(table):
    for name, user, what, expect in [("broken_password.pdf", "secret", "encrypted, opens with a password only", "refused:encrypted"),
                                     ("locked_owner.pdf", "", "encrypted, but opens without a password", "label")]:
        main, pdf = good_pdf(table)
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/in.pdf", "wb") as out:
                out.write(pdf.bytes())
            subprocess.run(["qpdf", "--static-id", "--encrypt", user, "owner", "256", "--", f"{folder}/in.pdf", table.path(name)], check=True)
        table.add(name, "by hand and qpdf", what, [main], expect=expect, sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))


def endless(table):
    main, pdf = good_pdf(table)
    page = pdf.objects[pdf.pages[0] - 1]
    for _ in range(9999):
        pdf.pages.append(pdf.add(page))
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in.pdf", "wb") as out:
            out.write(pdf.bytes())
        subprocess.run(["qpdf", "--static-id", "--object-streams=generate", f"{folder}/in.pdf", table.path("broken_10000_pages.pdf")], check=True)
    table.add("broken_10000_pages.pdf", "by hand and qpdf", "10,000 pages, each with the label", [main], expect="hard", sheet=FOUR_BY_SIX)

    main, pdf = good_pdf(table)
    nothing = zlib.compress(zlib.compress(b" " * (1 << 30), 9), 9)
    pdf.objects[pdf.pages[0] - 2] = (b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(nothing), nothing))
    write(table, "broken_1gb_stream.pdf", pdf.bytes(), "the page's content is 1 GiB of blanks, twice deflated", expect="refused:too_slow")

    main, pdf = good_pdf(table)
    huge = zlib.compress(zlib.compress(b"\0" * (1 << 28), 9), 9)
    image = pdf.add(b"<< /Type /XObject /Subtype /Image /Width 65536 /Height 32768 /BitsPerComponent 1 /ColorSpace /DeviceGray /Length %d "
                    b"/Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(huge), huge))
    pdf.pages = []
    pdf.page(Page.of_label(FOUR_BY_SIX, []), content=b"q 288 0 0 432 0 0 cm /I Do Q", resources=b"/XObject << /I %d 0 R >>" % image)
    write(table, "broken_image_bomb.pdf", pdf.bytes(), "a black picture of 65,536 x 32,768 dots inside a PDF", expect="refused:too_large")

    for name, what, kids, tree in [
            ("broken_page_loop.pdf", "the page tree holds itself", b"2 0 R", None),
            ("broken_no_pages.pdf", "a page tree without a page", b"", None)]:
        _, pdf = good_pdf(table)
        pdf.objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (1 if kids else 0, kids)
        write(table, name, pdf.bytes(), what)
    main, pdf = good_pdf(table)
    form = len(pdf.objects) + 1
    pdf.stream(b"/L Do", b" /Type /XObject /Subtype /Form /BBox [0 0 288 432] /Resources << /XObject << /L %d 0 R >> >>" % form)
    page = Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main))
    pdf.pages = []
    pdf.page(page, content=operators(page) + b"\n/L Do", resources=b"/XObject << /L %d 0 R >>" % form)
    write(table, "broken_form_loop.pdf", pdf.bytes(), "a form that draws itself, over a label", [main], "hard")
    main, pdf = good_pdf(table)
    many = b"0 0 m " + b"q Q 1 1 1 1 re f " * 400000
    pdf.pages = []
    pdf.page(page, content=many)
    write(table, "broken_slow.pdf", pdf.bytes(), "400,000 tiny rectangles", expect="safe")


def sizes(table):
    metres = 5 * 1000 / POINT
    pdf = Pdf()
    pdf.page(Page((5000, 5000), []), content=b"100 100 200 200 re f", box=b"[0 0 %.1f %.1f]" % (metres, metres))
    write(table, "broken_5_metres.pdf", pdf.bytes(), "a page of 5 x 5 m", expect="refused:too_large")
    pdf = Pdf()
    pdf.page(Page((0, 0), []), content=b"0 0 1 1 re f", box=b"[0 0 0 0]")
    write(table, "broken_no_size.pdf", pdf.bytes(), "a page of no size", expect="safe")
    pdf = Pdf()
    pdf.page(Page.of_label(FOUR_BY_SIX, []))
    write(table, "broken_white.pdf", pdf.bytes(), "a page with nothing on it", expect="refused:white")
    pdf = Pdf()
    pdf.page(Page.of_label(FOUR_BY_SIX, [("fill", 0, 0, *FOUR_BY_SIX, 0)]))
    write(table, "broken_black.pdf", pdf.bytes(), "a page all black", expect="refused:black")
    white = Image.new("1", (812, 1218), 1)
    out = io.BytesIO()
    white.save(out, "PNG")
    write(table, "broken_white.png", out.getvalue(), "a white picture", expect="refused:white")


def pictures(table):
    row = b"\0" + bytes(20000 // 8)
    write(table, "broken_bomb.png", png(20000, 20000, 1, 0, row * 20000), "20,000 x 20,000 black dots in a small file", expect="refused:too_large")
    write(table, "broken_bomb_said.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2 ** 31 - 1, 2 ** 31 - 1, 16, 6, 0, 0, 0))
          + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""), "says 2,147,483,647 x 2,147,483,647 dots", expect="refused")
    rows = b"\0" + bytes(100)
    write(table, "broken_text_bomb.png", png(800, 8, 1, 0, rows * 8, extra=chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 25), 9))),
          "a remark of 32 MiB, deflated", expect="safe")
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\0"
    write(table, "broken_bomb.gif", head + frame * 200 + b";", "200 frames of 65,535 x 65,535 dots")
    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "JPEG")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5:at + 9] = struct.pack(">HH", 65500, 65500)
    write(table, "broken_sides.jpg", bytes(data), "says 65,500 x 65,500 dots and holds 64 x 64")
    data[at + 5:at + 9] = struct.pack(">HH", 0, 64)
    write(table, "broken_no_side.jpg", bytes(data), "says no height")
    write(table, "broken_html.pdf", b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n",
          "a web server's excuse under the name of a PDF", expect="refused:html")
    write(table, "broken_json.pdf", b'{"error":"label not ready","status":202}\n', "a courier's excuse under the name of a PDF", expect="refused:json")
    write(table, "broken_empty.pdf", b"", "no byte at all", expect="refused:empty")
    write(table, "broken_head_only.pdf", b"%PDF-1.7\n", "the first line of a PDF and no more")
    write(table, "broken_zip.png", b"PK\x03\x04" + bytes(60), "a ZIP under the name of a PNG", expect="refused:zip")


def fonts(table):
    main, pdf = good_pdf(table)
    font = pdf.add(b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts ["
                   b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
                   b"/FontDescriptor << /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 "
                   b"/Descent -200 /CapHeight 700 /StemV 80 >> >>] >>")
    page = Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main))
    content = operators(page) + b"\nBT /C1 12 Tf 200 60 Td <6D4B8BD565705B57> Tj ET"
    resources = pdf.fonts
    pdf.fonts = resources + b" /C1 %d 0 R" % font
    pdf.pages = []
    pdf.page(page, content=content)
    write(table, "missing_font_cjk.pdf", pdf.bytes(), "Chinese words in a font that is neither inside nor here", [main], "label",
          sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))


def make(table):
    truncated(table)
    locked(table)
    endless(table)
    sizes(table)
    pictures(table)
    fonts(table)
