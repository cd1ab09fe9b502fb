"""What stands on a label: a list of shapes in millimetres from its top left corner, which every
producer draws in its own way. All names, addresses and numbers are invented, and say so.

A shape is ("text", x, baseline, points, face, words), ("line", x, y, x, y, width),
("frame", x, y, width, height, line), ("fill", x, y, width, height, grey) or
("code", Symbol, x, y, module, height)."""
from symbols import Symbol

FOUR_BY_SIX = (101.6, 152.4)
DOT = 0.125  # of a printer with 203 dots an inch, which is 8 a millimetre


class Code:
    """One barcode of a label; module and height in millimetres."""

    def __init__(self, kind, text, module=2 * DOT, height=18.0, asked=None):
        self.kind, self.module, self.height = kind, module, height
        self.text = text if asked is None else asked  # as a reader says it
        self.symbol = Symbol(kind, text)

    def width(self):
        return self.symbol.columns * self.module

    def tall(self):
        return self.height if self.symbol.linear else self.symbol.rows * self.module

    def shape(self, x, y):
        return ("code", self.symbol, x, y, self.module, self.tall())


def awb(number):
    return f"284199{number:08d}"


def gs1(sscc):
    """A GS1-128 with the number of a parcel; its reader leaves the brackets out."""
    return Code("GS1-128", f"[00]{sscc}", asked=f"00{sscc}")


ADDRESS = ["TEST ADDRESSEE 4711", "Plot 0, Nowhere Street", "Sample Nagar, behind Example Gate",
           "Testpur, Nostate"]
HINDI = ["नमूना ग्राहक (परीक्षण)", "मकान 0, काल्पनिक गली", "नमूना नगर, परीक्षणपुर"]


def label(size, main, more=(), *, courier="SANDBOX EXPRESS", mode="PREPAID", lean=False, face="sans",
          address=None, hindi=False, quiet=True):
    """main stands centred below the courier's name, more in a row below the address."""
    width, height = size
    left, right = 5.0, width - 5.0
    shapes = []
    if not lean:
        shapes.append(("frame", 3, 3, width - 6, height - 6, 0.4))
    shapes += [("text", left + 1, 10.5, 14, "bold", courier), ("text", right - 24, 10.5, 11, "bold", mode),
               ("line", 3, 13, width - 3, 13, 0.4)]
    shapes.append(main.shape((width - main.width()) / 2, 16))
    y = 16 + main.tall() + 5
    shapes.append(("text", width / 2 - len(main.text[:28]) * 1.2, y, 11, "mono", main.text[:28]))
    y += 3
    shapes.append(("line", 3, y, width - 3, y, 0.4))
    shapes.append(("text", left + 1, y + 5, 8, face, "Ship to (invented):"))
    lines = (ADDRESS if address is None else address)
    at = y + 10
    for line in lines[:2] if lean else lines:
        shapes.append(("text", left + 1, at, 10, face, line))
        at += 4.8
    if hindi:
        for line in HINDI:
            shapes.append(("text", left + 1, at, 10, "hindi", line))
            at += 5.5
    shapes.append(("text", right - 28, y + 9, 18, "bold", "000000"))
    shapes.append(("line", 3, at, width - 3, at, 0.4))
    at += 4
    x, tallest = left + 3, 0
    for code in more:
        shapes.append(code.shape(x + (code.symbol.quiet * code.module if quiet else 0), at))
        x += code.width() + 2 * code.symbol.quiet * code.module + 2
        tallest = max(tallest, code.tall())
    at += tallest + 5
    if not lean:
        for number, row in enumerate([("Item", "Qty", "Value"), ("Sample thing, blue", "1", "Rs 1,299.00")]):
            for column, word in zip((left + 1, right - 40, right - 25), row):
                shapes.append(("text", column, at + 5 * number, 8, face, word))
        shapes.append(("line", 3, height - 18, width - 3, height - 18, 0.4))
        shapes.append(("text", left + 1, height - 13, 7, face, "Return: Example Shop, 0 Invented Lane, Testpur 000000"))
    shapes.append(("text", left + 1, height - 8, 8, "bold", "SAMPLE - INVENTED DATA - NOT A SHIPMENT"))
    return shapes


def invoice(x, y, width):
    """Lines of an invoice, as marketplaces print them below the label on the same sheet."""
    shapes = [("text", x, y + 6, 14, "bold", "TAX INVOICE (SAMPLE, INVALID)"),
              ("text", x, y + 12, 9, "sans", "Sold by: Example Shop, 0 Invented Lane, Testpur 000000"),
              ("text", x, y + 17, 9, "sans", "GSTIN: 00AAAAA0000A0Z0   Invoice TEST-0001   Order EX-10001"),
              ("line", x, y + 20, x + width, y + 20, 0.3)]
    for number in range(6):
        at = y + 26 + 6 * number
        shapes.append(("text", x, at, 9, "sans", f"{number + 1}  Sample thing number {number + 1}"))
        shapes.append(("text", x + width - 25, at, 9, "sans", f"Rs {100 + 7 * number}.00"))
    shapes.append(("line", x, y + 60, x + width, y + 60, 0.3))
    shapes.append(("text", x + width - 40, y + 66, 10, "bold", "Total Rs 705.00"))
    return shapes


SHEETS = {"A4": (210.0, 297.0), "A5": (148.0, 210.0), "A6": (105.0, 148.0), "letter": (215.9, 279.4),
          "4x6in": FOUR_BY_SIX, "100x150mm": (100.0, 150.0), "A4 landscape": (297.0, 210.0)}


class Page:
    """A sheet in millimetres with items (x, y, turn, size, shapes); turn is clockwise, in degrees."""

    def __init__(self, size, items):
        self.width, self.height = size
        self.items = items

    @staticmethod
    def of_label(size, shapes):
        return Page(size, [(0, 0, 0, size, shapes)])


def matrix(item):
    """Of an item on its sheet, both with y down: X = a*u + c*v + e, Y = b*u + d*v + f."""
    x, y, turn, (width, height), _ = item
    return {0: (1, 0, 0, 1, x, y), 90: (0, 1, -1, 0, x + height, y),
            180: (-1, 0, 0, -1, x + width, y + height), 270: (0, -1, 1, 0, x, y + width)}[turn]
