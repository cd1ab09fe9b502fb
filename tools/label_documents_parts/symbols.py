"""Barcodes by the zint program, as black rectangles measured in modules."""
import io
import re
import subprocess

from PIL import Image

# our word for a type -> zint's number and options
ZINT = {
    "CODE128": ("20", []), "GS1-128": ("16", []), "CODE39": ("8", []), "ITF": ("3", []),
    "EAN13": ("13", []), "QR": ("58", ["--secure=2"]), "DATAMATRIX": ("71", ["--square"]),
    "PDF417": ("55", ["--cols=5", "--secure=3"]), "AZTEC": ("92", []), "MAXICODE": ("57", ["--mode=4"]),
}
QUIET = {"CODE128": 10, "GS1-128": 10, "CODE39": 10, "ITF": 10, "EAN13": 11,
         "QR": 4, "DATAMATRIX": 2, "PDF417": 2, "AZTEC": 1, "MAXICODE": 1}


class Symbol:
    """kind, text, columns, rows, rects: [(x, y, w, h)]; a linear one has one row."""

    def __init__(self, kind, text):
        self.kind, self.text = kind, text
        self.quiet = QUIET[kind]
        self.polygons = None
        if kind == "MAXICODE":
            self._hexagons()
        else:
            self._rectangles()

    def _zint(self, kind):
        number, options = ZINT[self.kind]
        return subprocess.run(
            ["zint", "--direct", f"--filetype={kind}", "-b", number, "--notext", "--whitesp=0",
             *options, "-d", self.text], check=True, stdout=subprocess.PIPE).stdout

    def _rectangles(self):
        number, options = ZINT[self.kind]
        picture = subprocess.run(
            ["zint", "--direct", "--filetype=PNG", "--scale=0.5", "-b", number, "--notext",
             *options, "-d", self.text], check=True, stdout=subprocess.PIPE).stdout
        picture = Image.open(io.BytesIO(picture)).convert("L")
        black = [[picture.getpixel((x, y)) < 128 for x in range(picture.width)]
                 for y in range(picture.height)]
        columns = [x for x in range(picture.width) if any(row[x] for row in black)]
        lines = [y for y, row in enumerate(black) if any(row)]
        left, right, top, bottom = columns[0], columns[-1] + 1, lines[0], lines[-1] + 1
        self.linear = self.kind in ("CODE128", "GS1-128", "CODE39", "ITF", "EAN13")
        self.columns = right - left
        if self.linear:
            bottom = top + 1
        self.rows = bottom - top
        self.rects = []
        y = top
        while y < bottom:  # equal rows together, as PDF417 has them
            end = y + 1
            while end < bottom and black[end] == black[y]:
                end += 1
            x = left
            while x < right:
                start = x
                while x < right and black[y][x]:
                    x += 1
                if x > start:
                    self.rects.append((start - left, y - top, x - start, end - y))
                x += 1
            y = end
        self.grid = [row[left:right] for row in black[top:bottom]]

    def _hexagons(self):
        """MaxiCode has hexagons and circles; its sides are counted in widths of a hexagon."""
        svg = self._zint("SVG").decode()
        self.linear = False
        width, height = (float(re.search(rf'{side}="([0-9.]+)"', svg)[1]) for side in ("width", "height"))
        self.polygons = []
        for path in re.findall(r'<path d="([^"]+)"', svg):
            for part in re.findall(r"M([^MZ]+)Z", path):
                numbers = [float(n) for n in re.findall(r"-?[0-9.]+", part)]
                self.polygons.append(list(zip(numbers[0::2], numbers[1::2])))
        self.circles = [(float(x), float(y), float(r), "white" if colour.upper() == "#FFFFFF" else "black")
                        for x, y, r, colour in re.findall(
                            r'<circle cx="([0-9.]+)" cy="([0-9.]+)" r="([0-9.]+)" fill="([^"]+)"', svg)]
        self.columns, self.rows = width / (width / 30), height / (width / 30)
        self.unit = width / 30
        self.rects = []
