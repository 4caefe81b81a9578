# The built web app (web/dist) becomes one object file: tools/embed writes a table of name, MIME type and bytes.
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/dist/*)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/web_assets.cc ${CMAKE_BINARY_DIR}/web_assets.S
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/embed.py ${CMAKE_SOURCE_DIR}/web/dist
          ${CMAKE_BINARY_DIR}/web_assets
  DEPENDS ${web_files} ${CMAKE_SOURCE_DIR}/tools/embed.py VERBATIM)
enable_language(ASM)
add_library(homing_web_assets STATIC ${CMAKE_BINARY_DIR}/web_assets.cc ${CMAKE_BINARY_DIR}/web_assets.S)
target_include_directories(homing_web_assets PRIVATE ${CMAKE_SOURCE_DIR}/src)
