# Writes the header with the state of the checkout, changed only when that changed. A
# missing git, or one that distrusts the folder, gives "unknown".
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
  RESULT_VARIABLE failed)
if(failed OR revision STREQUAL "")
  set(revision "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#pragma once\n
namespace tailrate::app {\n
inline constexpr const char* git_revision = \"${revision}\";\n
}  // namespace tailrate::app\n" @ONLY)
