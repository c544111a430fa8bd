// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "wire/yaml.hpp"

namespace evalscaler::wire {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Error failed(ErrorKind kind, const std::string& path, std::string_view what) {
  return fail(kind, path + ": " + std::string(what));
}

std::string reason(int code) {
  return std::generic_category().message(code);
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    return failed(ErrorKind::NotFound, path, "cannot be opened: " + reason(errno));
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return failed(ErrorKind::Invalid, path, "cannot be read: " + reason(errno));
  }
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) {
    return failed(ErrorKind::Invalid, path,
                  S_ISDIR(status.st_mode) ? "is a directory; name a file" : "is not a file");
  }
  std::string text;
  std::array<char, 16'384> part{};
  for (;;) {
    const ssize_t got = ::read(file.number(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(ErrorKind::Invalid, path, "cannot be read: " + reason(errno));
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > limit) {
      return failed(ErrorKind::Invalid, path, "larger than " + std::to_string(limit) + " bytes");
    }
  }
}

}  // namespace evalscaler::wire
