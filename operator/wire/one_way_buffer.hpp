// SPDX-License-Identifier: Apache-2.0
// OneWayBuffer: a stream buffer of the HTTP library that cannot seek, lends no memory and
// does nothing; what derives from it adds the one direction it is for.
//
// putn and getn go straight to the derived class. The library's own versions answer a failed
// task by closing the buffer and waiting for that on the thread they are called on: as many
// failures at once as the pool has threads, and no thread is left to do what they wait for.
#pragma once

#include <cpprest/astreambuf.h>

#include <cstddef>
#include <cstdint>

namespace evalscaler::wire {

class OneWayBuffer : public concurrency::streams::details::streambuf_state_manager<uint8_t> {
 public:
  explicit OneWayBuffer(std::ios_base::openmode direction) : streambuf_state_manager(direction) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return traits::eof(); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return traits::eof(); }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return traits::eof();
  }
  bool acquire(uint8_t*& pointer, std::size_t& count) override {
    pointer = nullptr;
    count = 0;
    return false;
  }
  void release(uint8_t*, std::size_t) override {}
  pplx::task<std::size_t> putn(const uint8_t* bytes, std::size_t count) override {
    return _putn(bytes, count);
  }
  pplx::task<std::size_t> putn_nocopy(const uint8_t* bytes, std::size_t count) override {
    return _putn(bytes, count);
  }
  pplx::task<std::size_t> getn(uint8_t* bytes, std::size_t count) override {
    return _getn(bytes, count);
  }

 protected:
  pplx::task<std::size_t> _putn(const uint8_t*, std::size_t) override { return none(); }
  pplx::task<int_type> _putc(uint8_t) override { return at_end(); }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  pplx::task<std::size_t> _getn(uint8_t*, std::size_t) override { return none(); }
  std::size_t _scopy(uint8_t*, std::size_t) override { return 0; }
  pplx::task<int_type> _bumpc() override { return at_end(); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return at_end(); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return at_end(); }
  pplx::task<int_type> _ungetc() override { return at_end(); }
  uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

 private:
  static pplx::task<std::size_t> none() { return pplx::task_from_result(std::size_t{0}); }
  static pplx::task<int_type> at_end() { return pplx::task_from_result(int_type{traits::eof()}); }
};

}  // namespace evalscaler::wire
