"""A TrueType font whose letters are Code 128's symbols, as shops' servers embed them: one letter a
codeword, 11 modules wide. Made here, so that no other font is needed."""
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

MODULE = 100
TALL = 1000
FIRST = 0x21  # the letter of codeword 0; those from 95 on stand at 0xC0 and above


def letter(word):
    return chr(FIRST + word) if word < 94 else chr(0xC0 + word - 94)


def widths_of(symbol):
    """Codewords as tuples of bar and space widths, from the modules of a symbol."""
    row = symbol.grid[0]
    runs, at = [], 0
    while at < len(row):
        end = at
        while end < len(row) and row[end] == row[at]:
            end += 1
        runs.append(end - at)
        at = end
    words = [tuple(runs[at:at + 6]) for at in range(0, len(runs) - 7, 6)]
    return words + [tuple(runs[-7:])]


class BarcodeFont:
    """Only the letters that the given symbols need."""

    def __init__(self, path, symbols):
        self.words = []
        for symbol in symbols:
            for word in widths_of(symbol):
                if word not in self.words:
                    self.words.append(word)
        names = [".notdef"] + [f"word{number}" for number in range(len(self.words))]
        glyphs, metrics = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (0, 0)}
        for number, word in enumerate(self.words):
            pen, x = TTGlyphPen(None), 0
            for at, wide in enumerate(word):
                if at % 2 == 0:
                    pen.moveTo((x * MODULE, 0))
                    for corner in ((x * MODULE, TALL), ((x + wide) * MODULE, TALL), ((x + wide) * MODULE, 0)):
                        pen.lineTo(corner)
                    pen.closePath()
                x += wide
            glyphs[f"word{number}"], metrics[f"word{number}"] = pen.glyph(), (x * MODULE, 0)
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({ord(letter(number)): f"word{number}" for number in range(len(self.words))})
        builder.setupGlyf(glyphs)
        builder.setupHorizontalMetrics(metrics)
        builder.setupHorizontalHeader(ascent=TALL, descent=0)
        builder.setupNameTable({"familyName": "Sample Bars", "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=TALL, usWinAscent=TALL, usWinDescent=0)
        builder.setupPost()
        builder.save(path)

    def text(self, symbol):
        return "".join(letter(self.words.index(word)) for word in widths_of(symbol))

    def draw(self, paper, symbol, x, y, module, tall):
        """With reportlab: letters as wide as the modules, stretched to the height."""
        size = module * 1000 / MODULE
        paper.saveState()
        paper.translate(x, y)
        paper.scale(1, tall / size)
        paper.setFont("bars", size)
        paper.drawString(0, 0, self.text(symbol))
        paper.restoreState()
