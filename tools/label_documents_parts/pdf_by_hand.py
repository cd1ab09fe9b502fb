"""A PDF written object by object, so that every oddity can be had: bars as rectangles, one path,
strokes, an image mask or a Type 3 font, pages turned, scaled or cropped, tables right and wrong."""
import zlib

from labels import matrix

POINT = 25.4 / 72
FACES = {"sans": ("F1", "Helvetica"), "bold": ("F2", "Helvetica-Bold"), "mono": ("F3", "Courier"),
         "serif": ("F4", "Times-Roman")}


def escape(words):
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1", "replace")


def bits_of(rows):
    """Rows of true and false as bytes; a mask paints where the bit is 0."""
    out = bytearray()
    for row in rows:
        for at in range(0, len(row), 8):
            eight = row[at:at + 8]
            out.append(sum((0 if dark else 1) << (7 - bit) for bit, dark in enumerate(eight)) & 255)
    return bytes(out)


def code_operators(shape, tall, bars):
    """Operators in millimetres with y up."""
    _, symbol, x, y, module, height = shape
    step = height if symbol.linear else module
    out = []
    if bars == "mask":
        data = bits_of(symbol.grid)
        out.append(f"q {symbol.columns * module:.4f} 0 0 {symbol.rows * step:.4f} {x:.4f} {tall - y - symbol.rows * step:.4f} cm\n"
                   f"BI /W {symbol.columns} /H {symbol.rows} /IM true /BPC 1 /F /AHx ID\n".encode()
                   + data.hex().encode() + b">\nEI Q")
        return out
    if bars == "type3" and symbol.linear:
        # One letter a bar width: 1 to 4 modules black, a to d white.
        letters, column = "", 0
        for u, _, w, _ in symbol.rects:
            if u > column:
                letters += "abcd"[u - column - 1]
            letters += "1234"[w - 1]
            column = u + w
        out.append(f"BT /B1 1 Tf {module:.5f} 0 0 {height:.4f} {x:.4f} {tall - y - height:.4f} Tm ({letters}) Tj ET".encode())
        return out
    for u, v, w, h in symbol.rects:
        left, low = x + u * module, tall - y - (v + h) * step
        if bars == "strokes":
            middle = left + w * module / 2
            out.append(f"{w * module:.5f} w {middle:.5f} {low:.4f} m {middle:.5f} {low + h * step:.4f} l S".encode())
        else:
            out.append(f"{left:.5f} {low:.4f} {w * module:.5f} {h * step:.4f} re".encode()
                       + (b"" if bars == "path" else b" f"))
    if bars == "path":
        out.append(b"f")
    return out


def operators(page, bars="rectangles", unit=1.0, origin=(0, 0)):
    """The page's content; unit is the UserUnit, origin that of its MediaBox."""
    scale = 1 / POINT / unit
    out = [f"q {scale:.6f} 0 0 {scale:.6f} {origin[0]} {origin[1]} cm".encode()]
    for item in page.items:
        a, b, c, d, e, f = matrix(item)
        tall = item[3][1]
        out.append(f"q {a} {-b} {-c} {d} {e + c * tall:.4f} {page.height - f - d * tall:.4f} cm".encode())
        for shape in item[4]:
            kind = shape[0]
            if kind == "text":
                _, x, y, points, face, words = shape
                out.append(f"BT /{FACES[face][0]} {points * POINT:.4f} Tf {x:.4f} {tall - y:.4f} Td (".encode()
                           + escape(words) + b") Tj ET")
            elif kind == "line":
                out.append(f"{shape[5]} w {shape[1]} {tall - shape[2]:.4f} m {shape[3]} {tall - shape[4]:.4f} l S".encode())
            elif kind == "frame":
                out.append(f"{shape[5]} w {shape[1]} {tall - shape[2] - shape[4]:.4f} {shape[3]} {shape[4]} re S".encode())
            elif kind == "fill":
                out.append(f"{shape[5]} g {shape[1]} {tall - shape[2] - shape[4]:.4f} {shape[3]} {shape[4]} re f 0 g".encode())
            else:
                out += code_operators(shape, tall, bars)
        out.append(b"Q")
    out.append(b"Q")
    return b"\n".join(out)


class Pdf:
    """Objects in order; number 1 is the catalog, 2 the page tree."""

    def __init__(self):
        self.objects = [b"", b""]
        self.pages = []
        self.catalog = b""
        self.fonts = None

    def add(self, body):
        self.objects.append(body)
        return len(self.objects)

    def stream(self, data, words=b"", packed=True):
        if packed:
            data, words = zlib.compress(data, 9), words + b" /Filter /FlateDecode"
        return self.add(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), words, data))

    def resources(self, type3=False):
        if self.fonts is None:
            words = b""
            for name, base in FACES.values():
                number = self.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % base.encode())
                words += b" /%s %d 0 R" % (name.encode(), number)
            if type3:
                words += b" /B1 %d 0 R" % self._bar_font()
            self.fonts = words
        return b"/Font <<%s >>" % self.fonts

    def _bar_font(self):
        """A letter's width is as many modules as it is wide; its bar fills it, or nothing does."""
        procs, widths = b"", []
        names = [(code, f"b{code - 48}", code - 48, True) for code in range(49, 53)] + \
                [(code, f"s{code - 96}", code - 96, False) for code in range(97, 101)]
        for code, name, wide, dark in names:
            body = f"{wide} 0 d0".encode() + (f" 0 0 {wide} 1 re f".encode() if dark else b"")
            procs += b" /%s %d 0 R" % (name.encode(), self.stream(body, packed=False))
        for code in range(49, 101):
            widths.append(str({c: w for c, _, w, _ in names}.get(code, 0)))
        differences = b"49 /b1 /b2 /b3 /b4 97 /s1 /s2 /s3 /s4"
        return self.add(b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 4 1] /FontMatrix [1 0 0 1 0 0]"
                        b" /CharProcs <<%s >> /Encoding << /Type /Encoding /Differences [%s] >>"
                        b" /FirstChar 49 /LastChar 100 /Widths [%s] /Resources << >> >>"
                        % (procs, differences, " ".join(widths).encode()))

    def page(self, page, content=None, bars="rectangles", words=b"", unit=1.0, origin=(0, 0), resources=b"", box=None):
        fonts = self.resources(bars == "type3")
        if content is None:
            content = operators(page, bars, unit, origin)
        number = self.stream(content)
        if box is None:
            right, top = origin[0] + page.width / POINT / unit, origin[1] + page.height / POINT / unit
            box = f"[{origin[0]} {origin[1]} {right:.3f} {top:.3f}]".encode()
        if unit != 1.0:
            words += f" /UserUnit {unit}".encode()
        self.pages.append(self.add(
            b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents %d 0 R /Resources << %s%s >>%s >>"
            % (box, number, fonts, resources, words)))

    def bytes(self, table="right", kids=None):
        """table: "right", "wrong" (offsets that lead nowhere), "none", or "shifted" by a few bytes."""
        if kids is None:
            kids = b" ".join(b"%d 0 R" % number for number in self.pages)
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R%s >>" % self.catalog
        if not self.objects[1]:
            self.objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), kids)
        out, offsets = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"), []
        for number, body in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        shift = {"right": 0, "shifted": 7, "wrong": 123456, "none": 0}[table]
        if table != "none":
            out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
            for offset in offsets:
                out += b"%010d 00000 n \n" % (offset + shift)
        out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start + shift)
        return bytes(out)
