# Build settings shared by every target of this project. The flags fix the bits of the
# results: no contraction, no packet maths in Eigen, one instruction set per build. The
# two -fno flags change no value; without them loops with a square root stay scalar.
add_library(tailrate_settings INTERFACE)
target_compile_features(tailrate_settings INTERFACE cxx_std_20)
target_compile_definitions(tailrate_settings INTERFACE
  EIGEN_DONT_VECTORIZE TAILRATE_VERSION="${PROJECT_VERSION}")
target_compile_options(tailrate_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wdouble-promotion
  -march=${TAILRATE_ARCH} -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(TAILRATE_ARCH STREQUAL "x86-64-v4")
  target_compile_options(tailrate_settings INTERFACE -mprefer-vector-width=512)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 on std::string (PR 105651).
  target_compile_options(tailrate_settings INTERFACE -Wno-restrict)
endif()
if(TAILRATE_SANITIZE)
  target_compile_options(tailrate_settings INTERFACE
    -fsanitize=${TAILRATE_SANITIZE} -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer)
  target_link_options(tailrate_settings INTERFACE -fsanitize=${TAILRATE_SANITIZE})
endif()

# Runs before any other code and stops on a processor that the flags do not fit: so it
# is compiled for the plainest one.
add_library(tailrate_guard OBJECT "${PROJECT_SOURCE_DIR}/scripts/cmake/processor_guard.c")
set_target_properties(tailrate_guard PROPERTIES C_STANDARD 11)
target_compile_definitions(tailrate_guard PRIVATE
  $<$<STREQUAL:${TAILRATE_ARCH},x86-64-v4>:TAILRATE_NEEDS_V4>)

# tailrate_module(<name> DEPENDS <modules and packages>...)
# Library tailrate::<name> from src/<name>/. DEPENDS is all its files may include.
function(tailrate_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.hpp")
  if(sources)
    add_library(tailrate_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(tailrate_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  # Public, because each header is also compiled on its own (scripts/check headers).
  target_link_libraries(tailrate_${name} ${scope} tailrate_settings)
  add_library(tailrate::${name} ALIAS tailrate_${name})
  target_sources(tailrate_${name} ${scope} FILE_SET HEADERS
    BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${headers})
  set_target_properties(tailrate_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(tailrate_${name} ${scope} ${ARG_DEPENDS})
endfunction()

# tailrate_catalogue(<name> DEPENDS <modules>...)
# Object library of src/<name>/*.cpp. Link it straight into each executable: a
# static library would drop the entries, since nothing refers to their symbols.
function(tailrate_catalogue name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  add_library(tailrate_${name} OBJECT ${sources})
  add_library(tailrate::${name} ALIAS tailrate_${name})
  target_link_libraries(tailrate_${name} PUBLIC ${ARG_DEPENDS} PRIVATE tailrate_settings)
endfunction()

# tailrate_program(<name> <folder> DEPENDS <modules and packages>...)
# Executable from src/<folder>/*.cpp with every catalogue.
function(tailrate_program name folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp")
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} tailrate::problems
    tailrate::noises tailrate::methods tailrate::networks tailrate_settings tailrate_guard)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  get_target_property(options tailrate_settings INTERFACE_COMPILE_OPTIONS)
  list(FILTER options EXCLUDE REGEX "^-W")
  list(JOIN options " " flags)
  string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${flags}" flags)
  target_compile_definitions(${name} PRIVATE
    TAILRATE_ARCH="${TAILRATE_ARCH}"
    TAILRATE_COMPILER="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    TAILRATE_FLAGS="${flags}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endfunction()
