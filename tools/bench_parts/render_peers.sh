#!/usr/bin/env bash
# render_peers.sh FOLDER - puts the programs that packd-render is compared with where they can be run: those of
# Debian are installed, CUPS's own filter and printer descriptions are only unpacked into FOLDER/cups, because a
# print server is not wanted here. What cannot be had is told in a sentence and left out.
set -uo pipefail
folder=${1:?}
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
quiet() { "$@" >>"$folder/peers.log" 2>&1; }
install() { # PACKAGE... for WHAT
    local what=${*: -1} packages=("${@:1:$#-1}") package missing=()
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    DEBIAN_FRONTEND=noninteractive quiet "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y \
        --no-install-recommends "${missing[@]}" || echo "$what is left out: ${missing[*]} cannot be installed" >&2
}
mkdir -p "$folder/cups"
install poppler-utils pdftoppm
install mupdf-tools mutool
install ghostscript Ghostscript
install imagemagick ImageMagick
install zbar-tools zbar
install cups-filters cups-ppdc CUPS
(
    cd "$folder/cups" || exit 1
    quiet apt-get download cups cups-common || exit 1
    for package in *.deb; do quiet dpkg-deb -x "$package" . || exit 1; done
    quiet ppdc -d . -I /usr/share/cups/ppdc usr/share/cups/drv/sample.drv && [ -x usr/lib/cups/filter/rastertolabel ] && [ -e zebra.ppd ]
) || { rm -rf "$folder/cups"; echo "CUPS is left out: its label filter cannot be had" >&2; }
exit 0
