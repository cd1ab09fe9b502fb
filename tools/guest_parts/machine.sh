# machine.sh - what a virtual machine of ours is made of: Debian's kernel, unpacked and not installed, and an archive
# of programs with their libraries and of kernel modules in the order in which they are loaded. Sourced; the script
# that does so has a function `fail SENTENCE [EXIT]`.
PATH=$PATH:/usr/sbin:/sbin

machine_needs() # PROGRAM...
{
    local program
    for program in qemu-system-x86_64 busybox cpio depmod modprobe "$@"; do
        command -v "$program" >/dev/null || fail "$program is not there: tools/deps --guest" 77
    done
}

# META FOLDER MAY_FETCH: the kernel package that META depends on, in a folder of the cache; prints where. A test
# fetches nothing.
machine_kernel()
{
    local cache dir package
    cache=${PACKD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/packd}/$2
    if ! compgen -G "$cache/boot/vmlinuz-*" >/dev/null; then
        [ "$3" = yes ] || fail "the guest's kernel is not there: run tools/$(basename "$0") once" 77
        dir=$(mktemp -d)
        package=$(apt-cache depends "$1" 2>/dev/null | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
        if ! (cd "$dir" && [ -n "$package" ] && apt-get download -q "$package" >/dev/null 2>&1); then
            fail "the kernel package cannot be fetched" 77
        fi
        rm -rf "$cache.new"
        mkdir -p "$cache.new"
        dpkg-deb -x "$dir"/*.deb "$cache.new"
        rm -rf "$dir"
        depmod -b "$cache.new" "$(basename "$cache.new"/lib/modules/*)"
        rm -rf "$cache"
        mv "$cache.new" "$cache"
    fi
    echo "$cache"
}

# MACHINE TREE: an empty root beside the kernel. The functions below add to it.
machine_begin()
{
    local version
    machine=$1 tree=$2
    version=$(basename "$tree"/lib/modules/*)
    mkdir -p "$machine"
    rm -rf "$machine/root"
    mkdir -p "$machine"/root/{bin,proc,sys,dev,data,etc,run,tmp,modules}
    cp "$tree/boot/vmlinuz-$version" "$machine/vmlinuz"
    cp "$(command -v busybox)" "$machine/root/bin/"
    ln -s busybox "$machine/root/bin/sh"
    echo "127.0.0.1 localhost" >"$machine/root/etc/hosts"
}

machine_program() # FILE...: into /bin, and the libraries it is linked with
{
    local file library
    for file in "$@"; do
        cp -L "$file" "$machine/root/bin/"
        for library in $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*'); do
            mkdir -p "$machine/root$(dirname "$library")"
            cp -L "$library" "$machine/root$library"
        done
    done
}

machine_modules() # NAME...: with what they need, listed in /modules/list
{
    local name file
    for name in "$@"; do
        modprobe -d "$tree" -S "$(basename "$tree"/lib/modules/*)" --show-depends "$name" || return
    done | awk '$1 == "insmod" { print $2 }' | awk '!seen[$0]++' | while read -r file; do
        cp "$file" "$machine/root/modules/"
        basename "$file" >>"$machine/root/modules/list"
    done
}

machine_pack() # FILE: the archive
{
    (cd "$machine/root" && find . | cpio -o -H newc --quiet) >"$1"
}
