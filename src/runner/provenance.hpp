#pragma once

#include "plan/study.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// The group /provenance: the experiment as completed and as read, versions, and the
/// source of every catalogue entry used; nothing of host, time or folder.
void write_provenance(storage::LabelledWriter& file, const plan::Study& study);

}  // namespace tailrate::runner
