// SPDX-License-Identifier: Apache-2.0
// ScriptedHttp: an HttpClient that answers from a list, in order, and records what it was
// asked. Strict: an unexpected request fails the test and is answered Unavailable.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "wire/http.hpp"

namespace evalscaler::fakes {

class ScriptedHttp final : public wire::HttpClient {
 public:
  using Answer = std::function<Result<wire::HttpResponse>(const wire::HttpRequest&)>;

  ~ScriptedHttp() override {
    EXPECT_TRUE(answers_.empty()) << answers_.size() << " expected requests were never sent";
  }

  void expect(Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  void expect(int status, std::string body, std::vector<wire::Header> headers = {}) {
    expect([=](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
      return wire::HttpResponse{status, headers, body};
    });
  }
  void expect(Error error) {
    expect([=](const wire::HttpRequest&) -> Result<wire::HttpResponse> { return error; });
  }

  std::vector<wire::HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  Result<wire::HttpResponse> send(const wire::HttpRequest& request,
                                  const std::stop_token& stop) override {
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      if (answers_.empty()) {
        ADD_FAILURE() << "unexpected request " << wire::to_text(request.method) << " "
                      << request.target;
        return fail(ErrorKind::Unavailable, "nothing scripted");
      }
      answer = std::move(answers_.front());
      answers_.pop_front();
    }
    return answer(request);
  }

  // The scripted body's complete lines go to the sink if the status is 200.
  Result<wire::HttpResponse> stream(const wire::HttpRequest& request, wire::LineSink sink,
                                    const std::stop_token& stop) override {
    auto response = send(request, stop);
    if (!response || response->status != 200) return response;
    std::string_view rest = response->body;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      if (!sink(rest.substr(0, end))) break;
      rest.remove_prefix(end + 1);
    }
    return wire::HttpResponse{200, response->headers, {}};
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Answer> answers_;
  std::vector<wire::HttpRequest> requests_;
};

}  // namespace evalscaler::fakes
