"""ZPL as couriers send it, and as they must not. zpl.tsv names what may not reach a printer."""

LABEL = ("^XA^PW812^LL1218^FO60,40^A0N,40,40^FDSANDBOX EXPRESS^FS^FO60,120^BY2^BCN,150,N,N,N,A^FD{awb}^FS"
         "^FO60,320^A0N,30,30^FDTEST ADDRESSEE 4711, Testpur 000000^FS^FO60,1160^A0N,24,24^FDINVENTED DATA, NOT A SHIPMENT^FS^XZ\n")
# name: before and after the label, what may not come through, what it is
CASES = [
    ("plain", "", "", "", "a label and nothing else"),
    ("saves_settings", "^XA^MMC^JUS^XZ\n", "", "^JUS ^MMC", "cutter mode, stored for good"),
    ("line_mode", "~JL\n^XA^SZ1^JUS^XZ\n! U1 setvar \"device.languages\" \"line_print\"\r\n", "", "^SZ1 ^JUS setvar", "switches the printer to another language"),
    ("formats_flash", "^XA^JBE^XZ\n^XA^IDE:*.*^FS^XZ\n", "", "^JB ^IDE:", "formats the flash memory and deletes what is in it"),
    ("uploads_font", "~DUE:EVIL.FNT,16,00112233445566778899AABBCCDDEEFF\n~DYE:MORE.TTF,B,T,4,,00000000\n", "", "~DU ~DY", "stores fonts in flash memory"),
    ("stores_format", "^XA^DFE:AUTOEXEC.ZPL^FDagain^FS^XZ\n", "", "^DFE:", "a format that runs at every start"),
    ("calls_itself", "^XA^DFR:LOOP.ZPL^XFR:LOOP.ZPL^FS^XZ\n", "^XA^XFR:LOOP.ZPL^FS^XZ\n", "^DF ^XF", "a format that calls itself"),
    ("a_million", "", "", "^PQ1000000", "a million copies of one label"),
    ("network", "^XA^NSa,192,0,2,1,255,255,255,0^XZ\n^XA^KPevil^XZ\n~JR\n", "", "^NS ^KP ~JR", "sets address and password, restarts"),
    ("tilde_moved", "^XA^CT+^CC/^XZ\n/XA/JUS/XZ\n+JR\n", "", "/JUS +JR", "renames its command signs, then gives commands by the new ones"),
    ("calibrates", "~JC\n^XA^MTT^LT120^LS-50^MNW^PON^MD30^XZ\n", "", "~JC", "calibrates, shifts and darkens all labels after it"),
]


def make(table):
    rows = []
    for name, before, after, banned, what in CASES:
        awb = table.number()
        text = before + LABEL.format(awb=awb) + after
        if name == "a_million":
            text = text.replace("^XZ", "^PQ1000000^XZ")
        with open(table.path(f"zpl_{name}.zpl"), "w", encoding="ascii") as out:
            out.write(text)
        rows.append((f"zpl_{name}.zpl", awb, banned, what))
    with open(table.path("zpl.tsv"), "w", encoding="utf-8") as out:
        out.write("file\twant\tbanned\twhat\n")
        for row in sorted(rows):
            out.write("\t".join(row) + "\n")
