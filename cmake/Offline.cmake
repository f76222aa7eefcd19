# What an offline bundle brings (`make offline-bundle`): Debian's headers and libraries, found before the system's.
set(bundled ${CMAKE_SOURCE_DIR}/third_party/usr)
if(NOT EXISTS ${bundled})
  return()
endif()
list(PREPEND CMAKE_SYSTEM_PREFIX_PATH ${bundled})
file(GLOB bundled_libraries ${bundled}/lib/*-linux-gnu*)
get_filename_component(CMAKE_LIBRARY_ARCHITECTURE ${bundled_libraries} NAME)
# Headers that no target names, Boost.Process say; and libraries that the bundled ones load themselves, for which
# the linker's newer kind of path is not asked.
include_directories(SYSTEM ${bundled}/include ${bundled}/include/${CMAKE_LIBRARY_ARCHITECTURE})
add_link_options(-Wl,--disable-new-dtags -Wl,-rpath-link,${bundled_libraries})
