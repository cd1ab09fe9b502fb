"""reportlab, as web shops' servers in Python use it: its own barcodes, or ours as rectangles, as
pictures or as letters of a TrueType font."""
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.graphics.barcode import code128, qr  # noqa: F401 (qr registers itself)

from labels import matrix

POINT = 25.4 / 72
PLAIN = {"sans": "Helvetica", "bold": "Helvetica-Bold", "mono": "Courier", "serif": "Times-Roman",
         "hindi": "hindi"}
FILES = {"sans": "dejavu/DejaVuSans.ttf", "bold": "dejavu/DejaVuSans-Bold.ttf",
         "mono": "dejavu/DejaVuSansMono.ttf", "serif": "dejavu/DejaVuSerif.ttf",
         "hindi": "noto/NotoSansDevanagari-Regular.ttf"}


def embed(face):
    if face not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(face, "/usr/share/fonts/truetype/" + FILES[face]))
    return face


def draw_code(paper, shape, bars, height):
    _, symbol, x, y, module, tall = shape
    if bars == "own" and symbol.kind == "CODE128":
        code = code128.Code128(symbol.text, barWidth=module, barHeight=tall, quiet=0)
        code.drawOn(paper, x, height - y - tall)
        return
    if callable(bars):  # a font's letters
        bars(paper, symbol, x, height - y - tall, module, tall)
        return
    step = tall if symbol.linear else module
    for u, v, w, h in symbol.rects:
        paper.rect(x + u * module, height - y - (v + h) * step, w * module, h * step, stroke=0, fill=1)


def pdf(path, pages, bars="rectangles", embedded=False, pictures=(), before=None, **options):
    """pictures: (x, y, width, height, PIL picture, or the name of a JPEG that goes in as it is) on the first page, in millimetres."""
    paper = canvas.Canvas(path, pageCompression=1, invariant=1, **options)
    paper.setAuthor("packd tests")
    paper.setTitle("invented label")
    for page in pages:
        paper.setPageSize((page.width / POINT, page.height / POINT))
        paper.saveState()
        paper.scale(1 / POINT, 1 / POINT)
        if before is not None:
            before(paper)
        for x, y, width, height, image in pictures:
            paper.drawImage(image if isinstance(image, str) else ImageReader(image), x, page.height - y - height, width, height)
        pictures = ()
        for item in page.items:
            a, b, c, d, e, f = matrix(item)
            tall = item[3][1]
            paper.saveState()  # the label's y goes up too: v = tall - up
            paper.transform(a, -b, -c, d, e + c * tall, page.height - f - d * tall)
            for shape in item[4]:
                kind = shape[0]
                if kind == "text":
                    _, x, y, points, face, words = shape
                    paper.setFont(embed(face) if embedded or face == "hindi" else PLAIN[face], points * POINT)
                    paper.drawString(x, tall - y, words)
                elif kind == "line":
                    paper.setLineWidth(shape[5])
                    paper.line(shape[1], tall - shape[2], shape[3], tall - shape[4])
                elif kind == "frame":
                    paper.setLineWidth(shape[5])
                    paper.rect(shape[1], tall - shape[2] - shape[4], shape[3], shape[4])
                elif kind == "fill":
                    paper.setFillGray(shape[5])
                    paper.rect(shape[1], tall - shape[2] - shape[4], shape[3], shape[4], stroke=0, fill=1)
                    paper.setFillGray(0)
                else:
                    draw_code(paper, shape, bars, tall)
            paper.restoreState()
        paper.restoreState()
        paper.showPage()
    paper.save()
