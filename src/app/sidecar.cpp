#include "app/sidecar.hpp"

#include <ctime>

#include <nlohmann/json.hpp>

#include "app/build.hpp"
#include "storage/files.hpp"

namespace tailrate::app {

void write_sidecar(const std::filesystem::path& output, const Sidecar& sidecar) {
    nlohmann::ordered_json json{{"schema", "tailrate.run/1"},
                                {"result", output.filename().string()},
                                {"content_sha256", core::hex(sidecar.digest)},
                                {"finished_unix_s", std::time(nullptr)},
                                {"seconds", sidecar.seconds},
                                {"threads", sidecar.threads},
                                {"rows_computed", sidecar.rows_computed},
                                {"rows_reused", sidecar.rows_reused}};
    for (const auto& [name, value] : build_facts()) {
        json["build"][name] = value;
    }
    storage::atomic_write_text(output.string() + ".run.json", json.dump(2) + "\n");
}

}  // namespace tailrate::app
