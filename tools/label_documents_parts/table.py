"""The rows of documents.tsv: what each document is, and what is expected of it."""
import os

from labels import awb

HEAD = ["file", "expect", "want", "codes", "stock", "sheet_mm", "label_mm", "turn", "producer", "what"]


class Table:
    def __init__(self, folder):
        self.folder = folder
        self.rows = []
        self.given = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def number(self):
        """Another AWB for each document, so that none is taken for another's."""
        self.given += 1
        return awb(self.given)

    def add(self, name, producer, what, codes=(), *, expect="label", want=None, stock="4x6in",
            sheet=None, place=None, turn=0):
        """codes: what readers must read; want: the AWB; place: the label on its sheet; turn: clockwise,
        until it stands upright."""
        if want is None:
            want = codes[0].text if codes else ""
        self.rows.append([
            name, expect, want, " | ".join(f"{code.kind} {code.text}" for code in codes), stock,
            "" if sheet is None else f"{sheet[0]:g}x{sheet[1]:g}",
            "" if place is None else ",".join(f"{number:g}" for number in place), str(turn), producer, what])

    def write(self):
        rows = sorted(self.rows)
        with open(self.path("documents.tsv"), "w", encoding="utf-8") as out:
            for row in [HEAD, *rows]:
                out.write("\t".join(row) + "\n")
