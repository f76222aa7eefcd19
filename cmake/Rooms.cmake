# How a room declares what it builds. Headers are named from the root: "pipeline/stage/stage.h".

# rc_library(NAME sources... [LINK libraries...])
function(rc_library name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  rc_precompile_torch(${name} ${arg_LINK})
endfunction()

# rc_program(NAME sources... [LINK libraries...])
function(rc_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  rc_precompile_torch(${name} ${arg_LINK})
endfunction()

# rc_stage(NAME sources... [LINK libraries...]): a program that Make runs as a stage. What it says of
# itself lies in build/descriptions, for programs that do not know it.
function(rc_stage name)
  rc_program(${name} ${ARGN})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${name} --describe ${CMAKE_BINARY_DIR}/descriptions/${name}.json)
  add_dependencies(programs ${name})
endfunction()

# rc_test(NAME sources... [LINK libraries...]): a GoogleTest program known to ctest case by case.
function(rc_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  rc_program(${name} ${arg_UNPARSED_ARGUMENTS} LINK ${arg_LINK} GTest::gtest_main)
  gtest_discover_tests(${name} NO_PRETTY_VALUES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

include(GoogleTest)

# All that a report needs.
add_custom_target(programs)

# LibTorch's headers cost 10 s a translation unit; compiled once here they cost a few.
# A room that uses LibTorch says so by linking `torch_parts`. at::parallel_for is a template of these
# headers: without OpenMP it compiles to a plain loop.
add_library(torch_parts INTERFACE)
target_link_libraries(torch_parts INTERFACE ${TORCH_LIBRARIES} ${OpenMP_CXX_LIBRARIES})
target_compile_features(torch_parts INTERFACE cxx_std_20)
target_compile_options(torch_parts INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${OpenMP_CXX_FLAGS}>)
# LibTorch's own headers are not ours to mend.
target_include_directories(torch_parts SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})

file(CONFIGURE OUTPUT torch_pch.cpp CONTENT "")  # keeps its time: written anew it would rebuild all
add_library(torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
target_include_directories(torch_pch PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(torch_pch PUBLIC torch_parts)
target_precompile_headers(torch_pch PRIVATE ${CMAKE_SOURCE_DIR}/kernels/torch.h)
set_property(TARGET torch_parts PROPERTY RC_USES_TORCH TRUE)

# Precompiles it for `name` if a library it links (or one behind those) uses LibTorch.
function(rc_precompile_torch name)
  foreach(library ${ARGN})
    if(TARGET ${library})
      get_property(uses TARGET ${library} PROPERTY RC_USES_TORCH)
      if(uses)
        target_precompile_headers(${name} REUSE_FROM torch_pch)
        set_property(TARGET ${name} PROPERTY RC_USES_TORCH TRUE)
        return()
      endif()
    endif()
  endforeach()
endfunction()
