// SPDX-License-Identifier: Apache-2.0
#include "wire/yaml.hpp"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <set>
#include <sstream>
#include <utility>

#include "core/text.hpp"
#include "wire/json_writer.hpp"
#include "wire/yaml_scalar.hpp"

namespace evalscaler::wire {
namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 20U;
constexpr std::size_t kMaxDepth = 32;
// Paths repeat the keys above them: without a bound a small file of long keys fills memory.
constexpr std::size_t kMaxPathBytes = std::size_t{4} << 20U;

std::string place(const YAML::Mark& mark) {
  if (mark.is_null()) return "";
  return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1) +
         ": ";
}

// Leaves the parser's recursion; never leaves this file.
struct Refused : std::exception {
  Refused(const YAML::Mark& mark, std::string_view what) : text(place(mark) + std::string(what)) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string text;
};

// Writes JSON while the parser reports events: no tree, and every limit holds while reading.
class JsonBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (expects_key()) throw Refused(mark, "a key is empty");
    begin_node(mark);
    json_.null();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refused(mark, "aliases (*name) are not supported; write the value out");
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
    refuse_anchor(mark, 1);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_anchor(mark, anchor);
    if (expects_key()) return take_key(mark, tag, text);
    begin_node(mark);
    write_scalar(mark, tag, text);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, false);
    json_.begin_array();
  }
  void OnSequenceEnd() override {
    json_.end_array();
    levels_.pop_back();
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, true);
    json_.begin_object();
  }
  void OnMapEnd() override {
    json_.end_object();
    levels_.pop_back();
  }

  const YAML::Mark& start() const { return start_; }
  YamlDocument document() && { return {std::move(json_).text(), std::move(lines_)}; }

 private:
  struct Level {
    bool is_map = false;
    std::set<std::string, std::less<>> keys;
    bool key_read = false;  // the next node of this map is the value
    YAML::Mark key_mark;
    std::string path;  // of the value that comes next
    std::string own_path;
    std::size_t items = 0;
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused(mark, "anchors (&name) are not supported; write the value out");
  }

  bool expects_key() const {
    return !levels_.empty() && levels_.back().is_map && !levels_.back().key_read;
  }

  void take_key(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    if (tag != "?" && tag != "!" && tag != std::string(kCoreTag) + "str") {
      throw Refused(mark, "a key must be plain text without a tag");
    }
    Level& level = levels_.back();
    if (!level.keys.insert(text).second) {
      throw Refused(mark, "the key '" + one_line(text, 64) + "' stands here a second time");
    }
    level.key_read = true;
    level.key_mark = mark;
    level.path = level.own_path + (level.own_path.empty() ? "" : ".") + one_line(text, 128);
    json_.key(text);
  }

  // Notes where the value stands; for a member that is the line of its key.
  void begin_node(const YAML::Mark& mark) {
    if (levels_.empty()) return note("", mark);
    Level& level = levels_.back();
    if (level.is_map) {
      level.key_read = false;
      return note(level.path, level.key_mark);
    }
    level.path = level.own_path + "[" + std::to_string(level.items++) + "]";
    note(level.path, mark);
  }

  void note(const std::string& path, const YAML::Mark& mark) {
    path_bytes_ += path.size() + sizeof(std::size_t);
    if (mark.is_null() || path_bytes_ > kMaxPathBytes) return;
    lines_.emplace(path, static_cast<std::size_t>(mark.line) + 1);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, bool is_map) {
    refuse_anchor(mark, anchor);
    if (expects_key()) throw Refused(mark, "a key must be plain text, not a list or a map");
    if (levels_.size() >= kMaxDepth) {
      throw Refused(mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    const std::string expected = std::string(kCoreTag) + (is_map ? "map" : "seq");
    if (!tag.empty() && tag != "?" && tag != "!" && tag != expected) refuse_tag(mark, tag);
    begin_node(mark);
    std::string path = levels_.empty() ? "" : levels_.back().path;
    levels_.push_back({is_map, {}, false, {}, {}, std::move(path), 0});
  }

  [[noreturn]] static void refuse_tag(const YAML::Mark& mark, std::string_view tag) {
    std::string shown(tag);
    if (tag.starts_with(kCoreTag)) shown = "!!" + shown.substr(kCoreTag.size());
    throw Refused(mark, "the tag '" + one_line(shown, 64) + "' is not supported; remove it");
  }

  void write_scalar(const YAML::Mark& mark, std::string_view tag, std::string_view text) {
    const ScalarKind kind = scalar_kind(tag, text);
    switch (kind) {
      case ScalarKind::Text:
        json_.value(text);
        return;
      case ScalarKind::True:
      case ScalarKind::False:
        json_.value(kind == ScalarKind::True);
        return;
      case ScalarKind::Number:
        json_.raw(text);
        return;
      case ScalarKind::Null:
        json_.null();
        return;
      case ScalarKind::NotAsTagged:
        throw Refused(mark, "'" + one_line(text, 64) + "' is not what its tag !!" +
                                std::string(tag.substr(kCoreTag.size())) + " says");
      case ScalarKind::UnknownTag:
        refuse_tag(mark, tag);
    }
  }

  JsonWriter json_;
  std::vector<Level> levels_;
  std::map<std::string, std::size_t, std::less<>> lines_;
  std::size_t path_bytes_ = 0;
  YAML::Mark start_;
};

Error invalid(std::string message) {
  return fail(ErrorKind::Invalid, one_line(message));
}

Result<void> check_text(std::string_view text) {
  if (text.size() > kMaxSize) {
    return invalid("larger than " + std::to_string(kMaxSize) + " bytes");
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
    return invalid("line " + std::to_string(line + 1) +
                   ": holds a NUL byte; write the file as UTF-8 text");
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return invalid("is not UTF-8 text; write the file as UTF-8");
  }
  return {};
}

struct Parsed {
  YamlDocument document;
  YAML::Mark start;
};

Result<std::vector<Parsed>> parse(std::string_view text, std::size_t limit) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  EVALSCALER_TRY(check_text(text));
  std::vector<Parsed> documents;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    int last_start = -1;
    for (;;) {
      JsonBuilder builder;
      if (!parser.HandleNextDocument(builder)) return documents;
      const YAML::Mark start = builder.start();
      // At a stray ',' or ']' the parser reports an empty document and stays where it is.
      if (start.pos == last_start) return invalid(place(start) + "not YAML from here on");
      last_start = start.pos;
      YamlDocument document = std::move(builder).document();
      if (document.json == "null") continue;  // "---" with nothing behind it
      if (documents.size() == limit) {
        return invalid(place(start) + "a second document begins here; keep only one");
      }
      documents.push_back({std::move(document), start});
    }
  } catch (const YAML::Exception& problem) {
    return invalid(place(problem.mark) + problem.msg);
  } catch (const std::exception& problem) {
    return invalid(problem.what());
  }
}

// The path without its last step; empty when there is none left.
std::string_view parent_of(std::string_view path) {
  const std::size_t cut = path.find_last_of(".[");
  return cut == std::string_view::npos ? std::string_view{} : path.substr(0, cut);
}

}  // namespace

std::optional<std::size_t> YamlDocument::line_of(std::string_view path) const {
  for (; !path.empty(); path = parent_of(path)) {
    if (const auto found = lines.find(path); found != lines.end()) return found->second;
  }
  return std::nullopt;
}

std::string YamlDocument::placed(std::string_view file, std::string_view message) const {
  const auto line = line_of(message.substr(0, message.find(": ")));
  return std::string(file) + (line ? ":" + std::to_string(*line) : "") + ": " +
         std::string(message);
}

Result<YamlDocument> read_yaml(std::string_view text) {
  auto documents = parse(text, 1);
  if (!documents) return documents.error();
  if (documents->empty()) return YamlDocument{"null", {}};
  return std::move(documents->front().document);
}

Result<std::vector<YamlDocument>> read_yaml_stream(std::string_view text) {
  auto documents = parse(text, kMaxSize);
  if (!documents) return documents.error();
  std::vector<YamlDocument> out;
  out.reserve(documents->size());
  for (Parsed& parsed : *documents) out.push_back(std::move(parsed.document));
  return out;
}

}  // namespace evalscaler::wire
