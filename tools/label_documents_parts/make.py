"""make.py FOLDER - every document into FOLDER, and the tables of them."""
import sys

import documents_broken
import documents_by_hand
import documents_cairo
import documents_pictures
import documents_printed
import documents_reportlab
import documents_zpl
from table import Table


def main():
    table = Table(sys.argv[1])
    for part in (documents_cairo, documents_reportlab, documents_by_hand, documents_pictures, documents_printed,
                 documents_broken, documents_zpl):
        part.make(table)
    table.write()


main()
