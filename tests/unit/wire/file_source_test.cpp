// SPDX-License-Identifier: Apache-2.0
#include "wire/file_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fakes/manual_clock.hpp"
#include "test_certificates.hpp"

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class FileSource : public ::testing::Test {
 protected:
  FileSource()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("evalscaler_files_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~FileSource() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::trunc) << text;
    return path(name);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fakes::ManualClock clock_;

 private:
  std::filesystem::path folder_;
};

TEST_F(FileSource, ATokenIsReadAgainOnlyWhenItIsOld) {
  TokenFile file(write("token", "one\n"), clock_);
  EXPECT_EQ(file.token().value(), "one");
  write("token", "two\n");
  clock_.advance(50s);
  EXPECT_EQ(file.token().value(), "one");
  clock_.advance(1s);
  EXPECT_EQ(file.token().value(), "two");
}

TEST_F(FileSource, ARefusedTokenIsReadAgainAtOnce) {
  TokenFile file(write("token", "one"), clock_);
  EXPECT_EQ(file.token().value(), "one");
  write("token", "two");
  file.expire();
  EXPECT_EQ(file.token().value(), "two");
}

TEST_F(FileSource, ATokenOutlivesAFileThatBecameUnusable) {
  TokenFile file(write("token", "one"), clock_);
  EXPECT_EQ(file.token().value(), "one");
  for (const char* content : {"", " \n", "two words", "a\nb"}) {
    write("token", content);
    file.expire();
    EXPECT_EQ(file.token().value(), "one");
  }
  std::filesystem::remove(path("token"));
  file.expire();
  EXPECT_EQ(file.token().value(), "one");
  write("token", "two");
  clock_.advance(51s);
  EXPECT_EQ(file.token().value(), "two");
}

TEST_F(FileSource, ATokenThatNeverWasIsAnErrorWithItsFile) {
  TokenFile absent(path("absent"), clock_);
  EXPECT_EQ(absent.token().error().kind, ErrorKind::NotFound);
  EXPECT_THAT(absent.token().error().message, StartsWith(path("absent") + ": "));
  TokenFile broken(write("token", "secret with blanks"), clock_);
  EXPECT_EQ(broken.token().error().kind, ErrorKind::Invalid);
  EXPECT_THAT(broken.token().error().message, Not(HasSubstr("secret")));
  write("token", "late");
  EXPECT_EQ(broken.token().value(), "late");
}

TEST_F(FileSource, TlsFilesAreCheckedWhenOpened) {
  const TestCa ca("ca");
  const PemPair one = ca.issue("one", "");
  const PemPair two = ca.issue("two", "");
  const std::string ca_file = write("ca.crt", ca.pem());
  const std::string certificate = write("tls.crt", one.certificate);
  const auto problem = [&](const TlsFiles& files) {
    const auto opened = TlsSource::open(files, clock_);
    return opened ? "none" : opened.error().message;
  };
  EXPECT_EQ(problem({ca_file, certificate, write("tls.key", one.key), {}}), "none");
  EXPECT_THAT(problem({path("absent"), "", "", {}}), StartsWith(path("absent") + ": cannot be"));
  EXPECT_EQ(problem({write("empty", ""), "", "", {}}), path("empty") + ": holds no PEM block");
  EXPECT_EQ(problem({write("bad", "-----BEGIN CERTIFICATE-----\nx"), "", "", {}}).find(path("bad")),
            0U);
  EXPECT_THAT(problem({ca_file, certificate, write("tls.key", two.key), {}}),
              StartsWith(certificate + ": the client key does not belong"));
  EXPECT_EQ(problem({"", "", "", {ca.pem(), two.certificate, two.key}}), "none");
}

TEST_F(FileSource, RotatedTlsFilesReplaceAllPartsTogether) {
  const TestCa ca("ca");
  const PemPair one = ca.issue("one", "");
  const PemPair two = ca.issue("two", "");
  const auto source = TlsSource::open(
      {write("ca.crt", ca.pem()), write("tls.crt", one.certificate), write("tls.key", one.key), {}},
      clock_);
  ASSERT_TRUE(source) << source.error().message;
  const auto first = (*source)->current();
  EXPECT_EQ(first->key_pem, one.key);

  write("tls.crt", two.certificate);  // the key is still the old one
  clock_.advance(10s);
  EXPECT_EQ((*source)->current(), first);

  write("tls.key", two.key);
  EXPECT_EQ((*source)->current(), first);
  clock_.advance(10s);
  const auto second = (*source)->current();
  EXPECT_EQ(second->certificate_pem, two.certificate);
  EXPECT_EQ(second->key_pem, two.key);

  clock_.advance(10s);
  EXPECT_EQ((*source)->current(), second) << "unchanged files must not look like a rotation";
}

TEST_F(FileSource, TlsMaterialOutlivesFilesThatBecameUnusable) {
  const TestCa ca("ca");
  const auto source = TlsSource::open({write("ca.crt", ca.pem()), "", "", {}}, clock_);
  ASSERT_TRUE(source);
  const auto first = (*source)->current();
  write("ca.crt", "");
  clock_.advance(10s);
  EXPECT_EQ((*source)->current(), first);
  std::filesystem::remove(path("ca.crt"));
  clock_.advance(10s);
  EXPECT_EQ((*source)->current(), first);
}

}  // namespace
}  // namespace evalscaler::wire
