# embed_text.cmake - writes OUTPUT, a C source that holds the text of FILE as the constant NAME and its
# length as NAME_len. HEADER declares both.
file(READ ${FILE} hex HEX)
file(SIZE ${FILE} size)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
file(WRITE ${OUTPUT} "/* Made by firmware/embed_text.cmake. */
#include \"${HEADER}\"

const unsigned char ${NAME}[] = {${array}0};
const size_t ${NAME}_len = ${size};
")
