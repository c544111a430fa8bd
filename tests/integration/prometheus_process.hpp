// SPDX-License-Identifier: Apache-2.0
// A real Prometheus and an exporter it scrapes every second, both of this test alone.
//
// Dies with the test. Its data stays in `folder` from start to start.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "wire/http_server.hpp"

namespace evalscaler::integration {

// Waits for something another process does; false if it has not come in time.
inline bool eventually(std::chrono::seconds within, const std::function<bool()>& holds) {
  SystemClock clock;
  const SteadyTime end = clock.steady() + within;
  while (clock.steady() < end) {
    if (holds()) return true;
    clock.sleep_for(std::chrono::milliseconds(50), {});
  }
  return holds();
}

class Exporter {
 public:
  using Page = std::function<std::string()>;

  Exporter() {
    server_ = *wire::serve_http("127.0.0.1:0", {{"/metrics", [this] { return answer(); }}});
  }
  std::string address() const { return server_->address(); }
  // What is scraped from now on; null = the exporter fails.
  void show(Page page) {
    page_.with([&](Page& now) { now = std::move(page); });
  }

 private:
  wire::HttpAnswer answer() {
    const Page page = page_.with([](const Page& now) { return now; });
    return page ? wire::HttpAnswer{200, "text/plain; version=0.0.4", page()}
                : wire::HttpAnswer{500, "text/plain", ""};
  }
  Guarded<Page> page_;
  std::unique_ptr<wire::HttpServer> server_;
};

class PrometheusProcess {
 public:
  PrometheusProcess(std::string program, const std::string& exporter)
      : program_(std::move(program)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "prometheus_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(folder_ / "prometheus.yml")
        << "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        << "scrape_configs:\n- job_name: test\n  honor_labels: true\n"
        << "  static_configs: [{targets: ['" << exporter << "']}]\n";
  }
  ~PrometheusProcess() {
    kill();
    std::filesystem::remove_all(folder_);
  }
  PrometheusProcess(const PrometheusProcess&) = delete;
  PrometheusProcess& operator=(const PrometheusProcess&) = delete;

  // Starts it; on the same port as before, if it ran before.
  bool start() {
    const std::string log = (folder_ / "log").string();
    std::filesystem::remove(log);
    const std::string config = "--config.file=" + (folder_ / "prometheus.yml").string();
    const std::string data = "--storage.tsdb.path=" + (folder_ / "data").string();
    const std::string listen =
        "--web.listen-address=" + (address_.empty() ? "127.0.0.1:0" : address_);
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
      ::dup2(out, STDOUT_FILENO);
      ::dup2(out, STDERR_FILENO);
      ::execl(program_.c_str(), "prometheus", config.c_str(), data.c_str(), listen.c_str(),
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    return eventually(std::chrono::seconds(30), [&] {
      const std::string text = log_text();
      const auto at = text.find("address=127.0.0.1:", text.find("Listening on"));
      if (at == std::string::npos ||
          text.find("ready to receive web requests") == std::string::npos)
        return false;
      address_ = text.substr(at + 8, text.find_first_of(" \n", at) - at - 8);
      return true;
    });
  }

  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  std::string url() const { return "http://" + address_; }
  std::string log_text() const {
    std::ostringstream out;
    out << std::ifstream(folder_ / "log").rdbuf();
    return out.str();
  }

 private:
  std::string program_;
  std::filesystem::path folder_;
  std::string address_;
  pid_t child_ = -1;
};

}  // namespace evalscaler::integration
