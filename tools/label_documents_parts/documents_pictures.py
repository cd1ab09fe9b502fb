"""PNG, JPEG and GIF in the forms that couriers' servers send."""
import struct
import zlib

from PIL import Image

import draw_cairo
from labels import DOT, FOUR_BY_SIX, SHEETS, Code, Page, invoice, label


def drawn(main, dots_per_mm, smooth=True, lean=False, more=(), page=None):
    return draw_cairo.picture(page or Page.of_label(FOUR_BY_SIX, label(FOUR_BY_SIX, main, more, lean=lean)), dots_per_mm, smooth)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, interlace=0, extra=b""):
    """rows already hold their filter bytes."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
            + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def interlaced(picture):
    """Adam7 by hand, for Pillow writes none: 8-bit grey."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    width, height = picture.size
    data, rows = picture.tobytes(), bytearray()
    for x, y, across, down in passes:
        for line in range(y, height, down):
            rows += b"\0" + data[line * width + x:(line + 1) * width:across]
    return png(width, height, 8, 0, bytes(rows), interlace=1)


def sixteen(picture):
    width, height = picture.size
    data, rows = picture.tobytes(), bytearray()
    for y in range(height):
        rows += b"\0"
        for value in data[y * width:(y + 1) * width]:
            rows += bytes((value, value))
    return png(width, height, 16, 0, bytes(rows))


def pngs(table):
    def add(name, what, save, dots_per_mm=8, smooth=False, module=2 * DOT, sheet=FOUR_BY_SIX, place=None, **more):
        main = Code("CODE128", table.number(), module)
        save(main, table.path(name))
        table.add(name, "Cairo and Pillow", what, [main], sheet=sheet, place=place or (0, 0, *sheet), **more)

    add("png_1bit_203.png", "1 bit, 203 dots an inch, says so", lambda main, path:
        drawn(main, 8, False).convert("1", dither=0).save(path, dpi=(203.2, 203.2), optimize=True))
    add("png_no_size_203.png", "1 bit, 812 x 1218, does not say how large", lambda main, path:
        drawn(main, 8, False).convert("1", dither=0).crop((0, 0, 812, 1218)).save(path, optimize=True))
    add("png_grey_300.png", "grey, 300 dots an inch", lambda main, path:
        drawn(main, 300 / 25.4, lean=True).quantize(16).convert("L").save(path, dpi=(300, 300), optimize=True), module=3 * 25.4 / 300)
    add("png_palette_200.png", "palette of 8 colours, 200 dots an inch", lambda main, path:
        drawn(main, 200 / 25.4).quantize(8).save(path, dpi=(200, 200), optimize=True), module=2 * 25.4 / 200)

    def transparent(main, path):
        ink = drawn(main, 8, False)
        picture = Image.new("RGBA", ink.size, (0, 0, 0, 0))
        picture.putalpha(ink.point(lambda value: 255 - value))
        picture.save(path, dpi=(203.2, 203.2), optimize=True)
    add("png_rgba_203.png", "black on transparent: the ground is white paper", transparent)

    def bytes_of(make):
        def save(main, path):
            with open(path, "wb") as out:
                out.write(make(drawn(main, 8, False, lean=True)))
        return save
    add("png_interlaced.png", "interlaced, grey", bytes_of(interlaced))
    add("png_16bit.png", "16 bits of grey", bytes_of(sixteen))
    add("png_sideways.png", "the label lies (clockwise)", lambda main, path:
        drawn(main, 8, False).convert("1", dither=0).transpose(Image.Transpose.ROTATE_270).save(path, dpi=(203.2, 203.2), optimize=True),
        sheet=FOUR_BY_SIX[::-1], turn=270)

    def a4(main, path):
        page = Page(SHEETS["A4"], [(8, 8, 0, FOUR_BY_SIX, label(FOUR_BY_SIX, main)), (12, 178, 0, (186, 110), invoice(0, 0, 186))])
        drawn(main, 8, False, page=page).convert("1", dither=0).save(path, dpi=(203.2, 203.2), optimize=True)
    add("png_a4_203.png", "A4 as a 1-bit picture, label at the top left, invoice below", a4, sheet=SHEETS["A4"], place=(8, 8, *FOUR_BY_SIX))

    def specks(main, path):
        picture = drawn(main, 8, False).convert("L")
        for number in range(400):  # a scanner's dust, at places that are always the same
            x, y = number * 7919 % picture.width, number * 104729 % picture.height
            if all(picture.getpixel((min(max(x + u, 0), picture.width - 1), min(max(y + v, 0), picture.height - 1))) > 200
                   for u in (-2, -1, 0, 1, 2) for v in (-2, -1, 0, 1, 2)):
                picture.putpixel((x, y), 0)
        picture.convert("1", dither=0).save(path, dpi=(203.2, 203.2), optimize=True)
    add("png_specks.png", "single black dots all over, as of a scan", specks)
    add("png_skewed.png", "a scan that lies half a degree askew, 300 dots an inch", lambda main, path:
        drawn(main, 300 / 25.4, lean=True).rotate(0.5, Image.Resampling.BICUBIC, fillcolor=255).quantize(8).save(path, dpi=(300, 300), optimize=True),
        module=3 * 25.4 / 300, expect="hard")


def jpegs(table):
    def add(name, what, dpi, pixels, quality, change=None, expect="label", turn=0, said=True, **options):
        main = Code("CODE128", table.number(), pixels * 25.4 / dpi)
        picture = drawn(main, dpi / 25.4, lean=True)
        if change is not None:
            picture = change(picture)
        if said:
            options["dpi"] = (dpi, dpi)
        picture.save(table.path(name), "JPEG", quality=quality, **options)
        table.add(name, "Cairo and Pillow", what, [main], expect=expect, sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX), turn=turn)

    add("jpeg_150_q75.jpg", "150 dots an inch, quality 75", 150, 2, 75)
    add("jpeg_200_q75.jpg", "200 dots an inch, quality 75", 200, 2, 75)
    add("jpeg_300_q75.jpg", "300 dots an inch, quality 75", 300, 3, 75)
    add("jpeg_200_q30.jpg", "200 dots an inch, quality 30: rings around every bar", 200, 2, 30)
    add("jpeg_300_q40.jpg", "300 dots an inch, quality 40", 300, 3, 40)
    add("jpeg_200_q90.jpg", "200 dots an inch, quality 90, progressive", 200, 3, 90, progressive=True)
    add("jpeg_150_fine.jpg", "150 dots an inch, a module is one of them", 150, 1, 80, expect="hard")
    add("jpeg_200_unsaid.jpg", "200 dots an inch that it does not say", 200, 2, 70, said=False)
    add("jpeg_cmyk.jpg", "CMYK", 200, 2, 35, change=lambda picture: Image.merge(
        "CMYK", [Image.new("L", picture.size, 0)] * 3 + [picture.point(lambda value: 255 - value)]))
    add("jpeg_rgb.jpg", "colour with quartered chroma", 200, 2, 50, change=lambda picture: picture.convert("RGB"), subsampling=2)

    def turned(picture, orientation, way):
        exif = Image.Exif()
        exif[0x0112] = orientation
        return picture.transpose(way), exif
    for orientation, way, words in [(6, Image.Transpose.ROTATE_90, "lying"), (3, Image.Transpose.ROTATE_180, "upside down"),
                                    (8, Image.Transpose.ROTATE_270, "lying the other way")]:
        exif = Image.Exif()
        exif[0x0112] = orientation
        add(f"jpeg_exif_{orientation}.jpg", f"stored {words}, EXIF sets it upright", 200, 2, 50,
            change=lambda picture, way=way: picture.transpose(way), exif=exif.tobytes())


def gifs(table):
    main = Code("CODE128", table.number(), 2 * DOT)
    drawn(main, 8, False).convert("1", dither=0).convert("P").quantize(2).save(table.path("gif_203.gif"))
    table.add("gif_203.gif", "Cairo and Pillow", "812 dots wide, black and white", [main], sheet=FOUR_BY_SIX, place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 2 * 25.4 / 200)
    drawn(main, 200 / 25.4, lean=True).quantize(16).save(table.path("gif_interlaced_200.gif"), interlace=1)
    table.add("gif_interlaced_200.gif", "Cairo and Pillow", "16 greys, interlaced, 800 dots wide", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))
    main = Code("CODE128", table.number(), 2 * 25.4 / 96)
    drawn(main, 96 / 25.4, lean=True).quantize(16).save(table.path("gif_96.gif"))
    table.add("gif_96.gif", "Cairo and Pillow", "a courier's web preview: 384 dots wide, coarse", [main], sheet=FOUR_BY_SIX,
              place=(0, 0, *FOUR_BY_SIX))


def make(table):
    pngs(table)
    jpegs(table)
    gifs(table)
