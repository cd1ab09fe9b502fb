"""By programs that print to PDF: Chromium, LibreOffice, Ghostscript."""
import base64
import io
import os
import shutil
import subprocess
import tempfile

from labels import DOT, FOUR_BY_SIX, SHEETS, Code, Page, invoice, label, matrix
from pdf_by_hand import POINT, escape

A4 = SHEETS["A4"]
CSS = {"sans": "DejaVu Sans", "bold": "DejaVu Sans; font-weight: bold", "mono": "DejaVu Sans Mono", "serif": "DejaVu Serif",
       "hindi": "Noto Sans Devanagari"}


def run(*words, **options):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180, **options)


def png_of(symbol, pixels):
    from PIL import Image
    high = symbol.rows if not symbol.linear else 24
    picture = Image.new("1", (symbol.columns * pixels, high * pixels), 1)
    for u, v, w, h in symbol.rects:
        h = high if symbol.linear else h
        picture.paste(0, (u * pixels, v * pixels, (u + w) * pixels, (v + h) * pixels))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def html(page, pictures):
    """Words and bars placed in millimetres; bars as SVG or as PNG."""
    out = [f'<!doctype html><meta charset="utf-8"><style>@page {{ size: {page.width}mm {page.height}mm; margin: 0 }}'
           'body { margin: 0 } .w, .b { position: absolute; white-space: pre; line-height: 1 }</style>']
    for item in page.items:
        dx, dy = matrix(item)[4:]
        for shape in item[4]:
            if shape[0] == "text":
                _, x, y, points, face, words = shape
                out.append(f'<div class="w" style="left:{x + dx}mm;top:{y + dy - points * POINT * 0.9:.3f}mm;'
                           f'font: {points}pt {CSS[face].split(";")[0]!r}{"; font-weight: bold" if face == "bold" else ""}">{words}</div>')
            elif shape[0] == "line":
                wide, tall = max(shape[3] - shape[1], shape[5]), max(shape[4] - shape[2], shape[5])
                out.append(f'<div class="b" style="left:{shape[1] + dx}mm;top:{shape[2] + dy}mm;width:{wide}mm;height:{tall}mm;background:#000"></div>')
            elif shape[0] == "frame":
                out.append(f'<div class="b" style="left:{shape[1] + dx}mm;top:{shape[2] + dy}mm;width:{shape[3]}mm;height:{shape[4]}mm;'
                           f'border:{shape[5]}mm solid #000;box-sizing:border-box"></div>')
            elif shape[0] == "code":
                _, symbol, x, y, module, height = shape
                at = f'class="b" style="left:{x + dx:.4f}mm;top:{y + dy:.4f}mm;width:{symbol.columns * module:.4f}mm;height:{height:.4f}mm'
                if pictures:
                    out.append(f'<img {at};image-rendering:pixelated" src="data:image/png;base64,{png_of(symbol, 3)}">')
                else:
                    bars = "".join(f"M{u} {v}h{w}v{h}h-{w}z" for u, v, w, h in symbol.rects)
                    out.append(f'<svg {at}" viewBox="0 0 {symbol.columns} {symbol.rows}" preserveAspectRatio="none"><path d="{bars}"/></svg>')
    return "\n".join(out)


def chromium(table):
    def add(name, what, page, codes, pictures=False, **more):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "label.html")
            with open(source, "w", encoding="utf-8") as out:
                out.write(html(page, pictures))
            run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                "--print-to-pdf-no-header", f"--print-to-pdf={table.path(name)}", "file://" + source)
        table.add(name, "Chromium", what, codes, sheet=(page.width, page.height), **more)

    main, second = Code("CODE128", table.number()), Code("QR", "ORDER EX-10001", 3 * DOT)
    add("chromium_4x6.pdf", "4 x 6 in, bars as SVG, Devanagari shaped", Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, [second], hindi=True)),
        [main, second], place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number())
    add("chromium_a4.pdf", "A4, bars as PNG, label at the top left and invoice below", Page(A4, [
        (8, 8, 0, FOUR_BY_SIX, label(FOUR_BY_SIX, main)), (12, 178, 0, (186, 110), invoice(0, 0, 186))]), [main], True, place=(8, 8, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 2 * DOT)
    add("chromium_letter.pdf", "letter, label in the middle", Page(SHEETS["letter"], [(57, 40, 0, FOUR_BY_SIX, label(FOUR_BY_SIX, main))]), [main],
        place=(57, 40, *FOUR_BY_SIX))


def office_frame(shape, number):
    """One shape as LibreOffice Draw's flat XML has it."""
    if shape[0] == "text":
        _, x, y, points, face, words = shape
        return (f'<draw:frame draw:style-name="plain" svg:x="{x}mm" svg:y="{y - points * POINT * 1.05:.3f}mm" svg:width="95mm" svg:height="8mm">'
                f'<draw:text-box><text:p text:style-name="{face}{points}">{words}</text:p></draw:text-box></draw:frame>')
    if shape[0] == "line":
        return f'<draw:line draw:style-name="thin" svg:x1="{shape[1]}mm" svg:y1="{shape[2]}mm" svg:x2="{shape[3]}mm" svg:y2="{shape[4]}mm"/>'
    if shape[0] == "frame":
        return f'<draw:rect draw:style-name="thin" svg:x="{shape[1]}mm" svg:y="{shape[2]}mm" svg:width="{shape[3]}mm" svg:height="{shape[4]}mm"/>'
    _, symbol, x, y, module, height = shape
    return (f'<draw:frame draw:style-name="plain" svg:x="{x:.3f}mm" svg:y="{y:.3f}mm" svg:width="{symbol.columns * module:.3f}mm" svg:height="{height:.3f}mm">'
            f'<draw:image><office:binary-data>{png_of(symbol, 4)}</office:binary-data></draw:image></draw:frame>')


OFFICE = ('<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" office:mimetype="{mime}">'
          '<office:automatic-styles><style:page-layout style:name="pl"><style:page-layout-properties fo:page-width="{width}mm" fo:page-height="{height}mm" '
          'style:print-orientation="portrait" fo:margin-top="0mm" fo:margin-bottom="0mm" fo:margin-left="0mm" fo:margin-right="0mm"/></style:page-layout>'
          '<style:style style:name="plain" style:family="graphic"><style:graphic-properties draw:stroke="none" draw:fill="none" fo:padding="0mm" '
          'style:vertical-pos="from-top" style:vertical-rel="page" style:horizontal-pos="from-left" style:horizontal-rel="page" '
          'draw:auto-grow-width="false" fo:wrap-option="no-wrap"/></style:style>'
          '<style:style style:name="thin" style:family="graphic"><style:graphic-properties svg:stroke-width="0.4mm" svg:stroke-color="#000000" draw:fill="none"/></style:style>'
          '<style:style style:name="dp" style:family="drawing-page"/>{styles}</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pl" draw:style-name="dp"/></office:master-styles>'
          '<office:body>{body}</office:body></office:document>')
SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"' for name, path in [
    ("office", "office"), ("style", "style"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible")])


def office_document(page, kind):
    styles, frames = {}, []
    for item in page.items:
        for number, shape in enumerate(item[4]):
            if shape[0] == "text":
                family = CSS[shape[4]].split(";")[0]
                weight = "bold" if shape[4] == "bold" else "normal"
                styles[f"{shape[4]}{shape[3]}"] = (
                    f'<style:style style:name="{shape[4]}{shape[3]}" style:family="paragraph"><style:text-properties style:font-name="{family}" '
                    f'fo:font-family="\'{family}\'" style:font-family-complex="\'{family}\'" style:font-size-complex="{shape[3]}pt" '
                    f'fo:font-size="{shape[3]}pt" fo:font-weight="{weight}"/></style:style>')
            frame = office_frame(shape, number)
            frames.append(frame.replace("<draw:frame ", '<draw:frame text:anchor-type="page" text:anchor-page-number="1" ')
                          .replace("<draw:line ", '<draw:line text:anchor-type="page" text:anchor-page-number="1" ')
                          .replace("<draw:rect ", '<draw:rect text:anchor-type="page" text:anchor-page-number="1" ') if kind == "text" else frame)
    inside = "".join(frames)
    body = (f"<office:text>{inside}<text:p/></office:text>" if kind == "text" else
            f'<office:drawing><draw:page draw:name="page1" draw:style-name="dp" draw:master-page-name="Standard">{inside}</draw:page></office:drawing>')
    mime = "application/vnd.oasis.opendocument." + ("text" if kind == "text" else "graphics")
    return OFFICE.format(spaces=SPACES, mime=mime, width=page.width, height=page.height, styles="".join(styles.values()), body=body)


def moved(shapes, dx, dy):
    out = []
    for shape in shapes:
        first = 2 if shape[0] == "code" else 1
        shape = list(shape)
        for at in (first, first + 2) if shape[0] == "line" else (first,):
            shape[at] += dx
            shape[at + 1] += dy
        out.append(tuple(shape))
    return out


def libreoffice(table):
    for name, what, at, kind, suffix in [
            ("libreoffice_draw.pdf", "A4, a drawing, label right below the middle", (90, 120), "draw", "fodg"),
            ("libreoffice_writer.pdf", "A4, a text document, label at the top left", (5, 5), "text", "fodt")]:
        main = Code("CODE128", table.number())
        page = Page(A4, [(0, 0, 0, FOUR_BY_SIX, moved(label(FOUR_BY_SIX, main, hindi=True), *at))])
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "label." + suffix)
            with open(source, "w", encoding="utf-8") as out:
                out.write(office_document(page, kind))
            run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder, source)
            shutil.move(os.path.join(folder, "label.pdf"), table.path(name))
        table.add(name, "LibreOffice", what, [main], sheet=(page.width, page.height), place=(*at, *FOUR_BY_SIX))


def postscript(page, encoders):
    """Bars by the PostScript program of BWIPP, words by show."""
    fonts = {"sans": "Helvetica", "bold": "Helvetica-Bold", "mono": "Courier", "serif": "Times-Roman", "hindi": "Helvetica"}
    out = [f"<< /PageSize [{page.width / POINT:.3f} {page.height / POINT:.3f}] >> setpagedevice".encode()]
    for item in page.items:
        x, y, _, (_, tall), shapes = item
        out.append(f"gsave {x / POINT:.4f} {(page.height - y - tall) / POINT:.4f} translate {1 / POINT:.6f} dup scale".encode())
        for shape in shapes:
            if shape[0] == "text":
                out.append(f"/{fonts[shape[4]]} findfont {shape[3] * POINT:.4f} scalefont setfont {shape[1]} {tall - shape[2]:.4f} moveto (".encode()
                           + escape(shape[5]) + b") show")
            elif shape[0] == "line":
                out.append(f"{shape[5]} setlinewidth {shape[1]} {tall - shape[2]:.4f} moveto {shape[3]} {tall - shape[4]:.4f} lineto stroke".encode())
            elif shape[0] == "frame":
                out.append(f"{shape[5]} setlinewidth {shape[1]} {tall - shape[2] - shape[4]:.4f} {shape[3]} {shape[4]} rectstroke".encode())
            else:
                _, symbol, x, y, module, height = shape
                unit = module if symbol.linear else module / 2
                options = f"height={height / module / 72:.5f}" if symbol.linear else ""
                out.append(f"gsave {x:.4f} {tall - y - height:.4f} translate {unit:.6f} dup scale 0 0 moveto ({symbol.text}) ({options}) "
                           f"/{encoders[symbol.kind]} /uk.co.terryburton.bwipp findresource exec grestore".encode())
        out.append(b"grestore")
    out.append(b"showpage")
    return b"\n".join(out)


def ghostscript(table):
    encoders = {"CODE128": "code128", "QR": "qrcode", "DATAMATRIX": "datamatrix"}

    def add(name, what, page, codes, *options, **more):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "label.ps")
            with open(source, "wb") as out:
                out.write(postscript(page, encoders))
            run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", *options, "-o", table.path(name),
                "/usr/share/libpostscriptbarcode/barcode.ps", source)
        table.add(name, "Ghostscript", what, codes, sheet=(page.width, page.height), **more)

    main, second = Code("CODE128", table.number()), Code("QR", "ORDER EX-10001", 3 * DOT)
    third = Code("DATAMATRIX", "ROUTE TST/00", 4 * DOT)
    add("ghostscript_4x6.pdf", "4 x 6 in, bars drawn by PostScript", Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, [second, third])),
        [main, second, third], place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number())
    add("ghostscript_a4.pdf", "A4, fonts embedded, label at the top right", Page(A4, [(100, 8, 0, FOUR_BY_SIX, label(FOUR_BY_SIX, main))]), [main],
        "-dEmbedAllFonts=true", "-dPDFSETTINGS=/prepress", place=(100, 8, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 3 * DOT)
    with tempfile.TemporaryDirectory() as folder:
        import draw_reportlab
        draw_reportlab.pdf(f"{folder}/in.pdf", [Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main))])
        run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfimage8", "-r200", "-sCompression=Flate", "-o", table.path("ghostscript_image.pdf"), f"{folder}/in.pdf")
    table.add("ghostscript_image.pdf", "Ghostscript", "the whole page is one grey picture of 200 dots an inch", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))


def make(table):
    chromium(table)
    libreoffice(table)
    ghostscript(table)
