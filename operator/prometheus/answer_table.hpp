// SPDX-License-Identifier: Apache-2.0
// AnswerTable: the last answer of every query, for the identities somebody wants.
//
// Rows of other services are dropped when an answer is stored: memory grows with what is
// wanted (24 bytes per service and query), not with what Prometheus holds. Not thread-safe:
// PrometheusReadings holds the lock.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/reading.hpp"
#include "prometheus/catalogue.hpp"
#include "prometheus/query_plan.hpp"
#include "prometheus/vector_answer.hpp"

namespace evalscaler::prometheus {

using IdentityId = std::uint32_t;

// One cell of the table: a service's place in the answers of one query.
struct Want {
  QueryId query = 0;
  std::uint32_t labels = 0;  // from AnswerTable::labels_id
  IdentityId identity = 0;   // from AnswerTable::hold
  bool operator==(const Want&) const = default;
};

// How the last exchange of a query ended, for all of its rows.
struct Outcome {
  ReadingState state = ReadingState::Missing;  // Fresh: rows were stored
  std::string why;                             // unless Fresh
  bool partial = false;
  std::optional<WallTime> evaluated_at;
  SteadyTime answered_at;
};

// What the last answer says of one identity.
struct Cell {
  enum class Since : std::uint8_t { NoAnswer, Answered };
  Since since = Since::NoAnswer;  // whether an answer has come since it was wanted
  std::uint32_t series = 0;       // rows that name it
  SampleKind kind = SampleKind::Unreadable;
  double value = 0;
};

// What the last answer holds beyond the wanted rows: for own queries, and for reasons.
struct AnswerShape {
  std::size_t rows = 0;
  std::size_t named = 0;    // rows with the identity's name label
  std::string first_space;  // namespace label of the first row
  Cell first;               // the first row
};

class AnswerTable {
 public:
  // Ids of label pairs: few, never forgotten.
  std::uint32_t labels_id(const IdentityLabels& labels);

  // An identity is kept while it is held; a want counts as a hold of its own.
  IdentityId hold(const ObjectKey& identity);
  void release(IdentityId id);
  std::optional<IdentityId> find(const ObjectKey& identity) const;

  void want(const Want& want);
  void unwant(const Want& want);

  // The label pairs under which a query's answer is to be read.
  std::vector<std::pair<std::uint32_t, IdentityLabels>> views(QueryId query) const;
  void store(QueryId query, std::uint32_t labels, const VectorAnswer& answer);
  void set_outcome(QueryId query, Outcome outcome);

  // Null: never asked, or not wanted.
  const Outcome* outcome(QueryId query) const;
  const Cell* cell(const Want& want) const;
  const AnswerShape* shape(const Want& want) const;

 private:
  struct Slot {
    IdentityId identity = 0;
    std::uint32_t wants = 0;
    Cell cell;
  };
  struct View {
    std::uint32_t labels = 0;
    std::vector<Slot> slots;  // by identity
    AnswerShape shape;
  };
  struct Table {
    std::optional<Outcome> outcome;
    std::vector<View> views;  // nearly always one
  };
  struct Held {
    IdentityId id = 0;
    std::uint32_t holds = 0;
  };
  // Looks identities up by the two views of a row, without making a key.
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(const ObjectKey& key) const { return hash(key.space, key.name); }
    std::size_t operator()(const AnswerRow& row) const { return hash(row.space, row.name); }
    static std::size_t hash(std::string_view space, std::string_view name);
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(const ObjectKey& a, const ObjectKey& b) const { return a == b; }
    bool operator()(const AnswerRow& row, const ObjectKey& key) const {
      return row.name == key.name && row.space == key.space;
    }
    bool operator()(const ObjectKey& key, const AnswerRow& row) const { return (*this)(row, key); }
  };

  static std::vector<Slot>::iterator place_of(View& view, IdentityId identity);
  const View* find_view(const Want& want) const;

  std::vector<IdentityLabels> labels_;
  std::unordered_map<ObjectKey, Held, KeyHash, KeyEqual> identities_;
  std::unordered_map<IdentityId, const ObjectKey*> keys_;
  std::unordered_map<QueryId, Table> tables_;
  IdentityId last_identity_ = 0;
};

}  // namespace evalscaler::prometheus
