# embed.cmake - writes OUTPUT, a C source that holds each of FILES (relative to FOLDER) as a constant.
# All have one entity tag, the hash of them together: a page loaded before an update sees by the tag of
# any file that it is old, and never mixes modules of two builds.
set(types html=text/html css=text/css mjs=text/javascript json=application/json svg=image/svg+xml
  png=image/png wav=audio/wav woff2=font/woff2)

set(sums "")
foreach(file IN LISTS FILES)
  file(SHA256 ${FOLDER}/${file} sum)
  string(APPEND sums "${file} ${sum}\n")
endforeach()
string(SHA256 tag "${sums}")
string(SUBSTRING ${tag} 0 16 tag)

set(contents "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
  file(READ ${FOLDER}/${file} hex HEX)
  file(SIZE ${FOLDER}/${file} size)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
  string(REGEX REPLACE "^.*\\." "" ending ${file})
  set(type "application/octet-stream")
  foreach(pair IN LISTS types)
    if(pair MATCHES "^${ending}=(.*)$")
      set(type "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  string(REGEX REPLACE "^(text/.*)$" "\\1; charset=utf-8" type "${type}")
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
