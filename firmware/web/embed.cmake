# embed.cmake - writes OUTPUT, a C source that holds each of FILES (relative to FOLDER) as a constant.
# The entity tag is the content's own hash, so a browser asks again only after an update.
set(types
  "html=text/html; charset=utf-8" "css=text/css; charset=utf-8" "js=text/javascript; charset=utf-8"
  "json=application/json" "svg=image/svg+xml" "png=image/png" "wav=audio/wav" "woff2=font/woff2")

set(contents "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
  file(READ ${FOLDER}/${file} hex HEX)
  file(SHA256 ${FOLDER}/${file} sum)
  file(SIZE ${FOLDER}/${file} size)
  string(SUBSTRING ${sum} 0 16 tag)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
  string(REGEX REPLACE "^.*\\." "" ending ${file})
  set(type "application/octet-stream")
  foreach(pair IN LISTS types)
    if(pair MATCHES "^${ending}=(.*)$")
      set(type "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  string(APPEND contents "static const uint8_t content_${count}[${size} + 1] = {${array}0};\n")
  string(APPEND rows "    {\"/${file}\", \"${type}\", {content_${count}, ${size}}, \"\\\"${tag}\\\"\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUTPUT} "/* Made by firmware/web/embed.cmake. */
#include \"firmware/web/web_assets.h\"

${contents}
const struct web_asset web_assets[] = {
${rows}    {NULL, NULL, {NULL, 0}, NULL},
};
const size_t web_asset_count = ${count};
")
