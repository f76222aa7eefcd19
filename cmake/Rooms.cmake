# How a room declares what it builds. Headers are named from the root: "pipeline/stage/stage.h".

# rc_library(NAME sources... [LINK libraries...])
function(rc_library name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  rc_take_headers(${name} ${arg_LINK})
endfunction()

# rc_program(NAME sources... [LINK libraries...])
function(rc_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  rc_take_headers(${name} ${arg_LINK})
endfunction()

# rc_stage(NAME sources... [LINK libraries...]): a program that Make runs as a stage. What it says of
# itself lies in build/descriptions, for programs that do not know it.
function(rc_stage name)
  rc_program(${name} ${ARGN})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${name} --describe ${CMAKE_BINARY_DIR}/descriptions/${name}.json
    VERBATIM)
  add_dependencies(programs ${name})
endfunction()

# rc_test(NAME sources... [LINK libraries...]): a GoogleTest program known to ctest case by case.
function(rc_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  rc_program(${name} ${arg_UNPARSED_ARGUMENTS} LINK ${arg_LINK} GTest::gtest_main)
  target_compile_options(${name} PRIVATE -O1 ${as_headers})  # a quarter less time to compile
  gtest_discover_tests(${name} NO_PRETTY_VALUES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

include(GoogleTest)
include(CheckCXXCompilerFlag)
# What -O3 sets for the processor: GCC 14 takes headers that were compiled before only where it is the same.
check_cxx_compiler_flag(-munroll-only-small-loops RC_KNOWS_SMALL_LOOPS)
if(RC_KNOWS_SMALL_LOOPS)
  set(as_headers -munroll-only-small-loops -mvzeroupper)
endif()

# All that a report needs.
add_custom_target(programs)

# Headers that most files read, compiled once: LibTorch's cost 10 s a translation unit, those of JSON and text 3.
# There are two sets, since what LibTorch is compiled with changes the others; a target takes the one that fits
# what it links. (GoogleTest's gain nothing: their templates are instantiated in each unit all the same.)
set(common_headers <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>
                   <algorithm> <filesystem> <functional> <map> <optional> <string> <vector>)
file(CONFIGURE OUTPUT precompiled.cpp CONTENT "")  # keeps its time: written anew it would rebuild all
# rc_precompiled(NAME PARTS headers...): what links PARTS takes them (rc_take_headers).
function(rc_precompiled name parts)
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${parts})
  target_precompile_headers(${name} PRIVATE ${ARGN})
  set_property(TARGET ${parts} PROPERTY RC_HEADERS ${name})
endfunction()

add_library(text_parts INTERFACE)
target_link_libraries(text_parts INTERFACE fmt::fmt nlohmann_json::nlohmann_json)
target_compile_features(text_parts INTERFACE cxx_std_20)
rc_precompiled(text_headers text_parts ${common_headers})

# A room that uses LibTorch says so by linking `torch_parts`. at::parallel_for is a template of its headers:
# without OpenMP it compiles to a plain loop.
add_library(torch_parts INTERFACE)
target_link_libraries(torch_parts INTERFACE text_parts ${TORCH_LIBRARIES} ${OpenMP_CXX_LIBRARIES})
target_compile_options(torch_parts INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${OpenMP_CXX_FLAGS}>)
# LibTorch's own headers are not ours to mend.
target_include_directories(torch_parts SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
rc_precompiled(torch_headers torch_parts ${common_headers} ${CMAKE_SOURCE_DIR}/kernels/torch.h)

# Gives `name` the larger set that a library it links (or one behind those) has.
function(rc_take_headers name)
  foreach(library ${ARGN})
    if(TARGET ${library})
      get_property(headers TARGET ${library} PROPERTY RC_HEADERS)
      if(headers AND NOT taken STREQUAL torch_headers)
        set(taken ${headers})
      endif()
    endif()
  endforeach()
  if(taken)
    target_precompile_headers(${name} REUSE_FROM ${taken})
    set_property(TARGET ${name} PROPERTY RC_HEADERS ${taken})
  endif()
endfunction()
