#pragma once

#include <cstddef>
#include <vector>

#include "coverage/pool.hpp"
#include "coverage/report.hpp"

namespace tailrate::coverage {

/// How often a build with new draws fails although nothing has changed.
void report_false_alarms(const std::vector<CellPool>& pools,
                         std::size_t builds,
                         Report& report);

/// How often a planted change is found: paired, and with new draws; `slower` holds the
/// changed cells of slower_cells(). And the sizes that the gate says it can find.
void report_power(const std::vector<CellPool>& pools,
                  const std::vector<CellPool>& slower,
                  std::size_t builds,
                  Report& report);

}  // namespace tailrate::coverage
