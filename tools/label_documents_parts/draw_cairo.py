"""Cairo: PDFs with text in embedded subsets and bars as rectangles, and the pictures."""
import cairo
from PIL import Image

from labels import matrix

FACES = {"sans": ("DejaVu Sans", 0), "bold": ("DejaVu Sans", 1), "mono": ("DejaVu Sans Mono", 0),
         "serif": ("DejaVu Serif", 0), "hindi": ("Noto Sans Devanagari", 0)}
POINT = 25.4 / 72


def draw_code(context, shape, bars):
    _, symbol, x, y, module, height = shape
    step = height if symbol.linear else module
    if symbol.polygons is not None:
        scale = module / symbol.unit
        for polygon in symbol.polygons:
            for number, (u, v) in enumerate(polygon):
                (context.move_to if number == 0 else context.line_to)(x + u * scale, y + v * scale)
            context.close_path()
        context.fill()
        for u, v, radius, colour in symbol.circles:
            context.set_source_rgb(*([1, 1, 1] if colour == "white" else [0, 0, 0]))
            context.arc(x + u * scale, y + v * scale, radius * scale, 0, 6.2832)
            context.fill()
        context.set_source_rgb(0, 0, 0)
        return
    for u, v, w, h in symbol.rects:
        context.rectangle(x + u * module, y + v * step, w * module, h * step)
        if bars == "rectangles":
            context.fill()
    if bars == "path":
        context.fill()


def draw_page(context, page, bars="rectangles"):
    context.set_source_rgb(0, 0, 0)
    for item in page.items:
        context.save()
        context.transform(cairo.Matrix(*matrix(item)))
        for shape in item[4]:
            kind = shape[0]
            if kind == "text":
                _, x, y, points, face, words = shape
                context.select_font_face(FACES[face][0], cairo.FONT_SLANT_NORMAL, FACES[face][1])
                context.set_font_size(points * POINT)
                context.move_to(x, y)
                context.show_text(words)
            elif kind == "line":
                context.set_line_width(shape[5])
                context.move_to(*shape[1:3])
                context.line_to(*shape[3:5])
                context.stroke()
            elif kind == "frame":
                context.set_line_width(shape[5])
                context.rectangle(*shape[1:5])
                context.stroke()
            elif kind == "fill":
                context.set_source_rgb(*[shape[5]] * 3)
                context.rectangle(*shape[1:5])
                context.fill()
                context.set_source_rgb(0, 0, 0)
            else:
                draw_code(context, shape, bars)
        context.restore()


def pdf(path, pages, bars="rectangles"):
    surface = cairo.PDFSurface(path, 72, 72)
    for page in pages:
        surface.set_size(page.width / POINT, page.height / POINT)
        context = cairo.Context(surface)
        context.scale(1 / POINT, 1 / POINT)
        draw_page(context, page, bars)
        surface.show_page()
    surface.finish()


def picture(page, dots_per_mm, smooth=True):
    """The page as a grey PIL picture."""
    width, height = round(page.width * dots_per_mm), round(page.height * dots_per_mm)
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    context = cairo.Context(surface)
    context.set_source_rgb(1, 1, 1)
    context.paint()
    context.scale(dots_per_mm, dots_per_mm)
    if not smooth:
        context.set_antialias(cairo.ANTIALIAS_NONE)
        options = cairo.FontOptions()
        options.set_antialias(cairo.ANTIALIAS_NONE)
        context.set_font_options(options)
    draw_page(context, page)
    surface.flush()
    return Image.frombuffer("RGBA", (width, height), bytes(surface.get_data()), "raw", "BGRA",
                            surface.get_stride(), 1).convert("L")
