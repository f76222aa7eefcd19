# cmake --install: the programs, and what the chain reads beside them, in lib/rank-collapse; in front a command
# `rank-collapse`, which is Make on them. Programs are copied byte by byte: their bytes are part of content
# keys, so that a run goes on with an installed copy where a checkout left it.
set(home lib/rank-collapse)

get_target_property(names programs MANUALLY_ADDED_DEPENDENCIES)
foreach(name ${names})
  install(PROGRAMS $<TARGET_FILE:${name}> DESTINATION ${home}/bin)
endforeach()
install(DIRECTORY ${CMAKE_BINARY_DIR}/descriptions DESTINATION ${home} FILES_MATCHING PATTERN "*.json")
install(FILES Makefile packages.txt DESTINATION ${home})
install(DIRECTORY profiles DESTINATION ${home})
install(FILES paper/originals.json DESTINATION ${home}/paper)
install(DIRECTORY paper/templates paper/expected DESTINATION ${home}/paper)
install(FILES pipeline/schema/results.json DESTINATION share/rank-collapse)
install(FILES README.md CHANGELOG.md LICENSE paper/claims.md DESTINATION share/doc/rank-collapse)
install(PROGRAMS cmake/install/rank-collapse DESTINATION bin)
install(FILES cmake/install/completion.bash DESTINATION share/bash-completion/completions RENAME rank-collapse)
install(CODE "
  execute_process(COMMAND ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/plan --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE \"^plan \" \"\" version \"\${version}\")
  file(WRITE \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${home}/version \"\${version}\")")
