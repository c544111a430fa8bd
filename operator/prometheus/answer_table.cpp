// SPDX-License-Identifier: Apache-2.0
#include "prometheus/answer_table.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace evalscaler::prometheus {

std::size_t AnswerTable::KeyHash::hash(std::string_view space, std::string_view name) {
  const std::size_t first = std::hash<std::string_view>{}(space);
  return first ^ (std::hash<std::string_view>{}(name) + 0x9e3779b97f4a7c15U + (first << 6U));
}

std::uint32_t AnswerTable::labels_id(const IdentityLabels& labels) {
  const auto found = std::find(labels_.begin(), labels_.end(), labels);
  const auto index = found - labels_.begin();
  if (found == labels_.end()) labels_.push_back(labels);
  return static_cast<std::uint32_t>(index);
}

IdentityId AnswerTable::hold(const ObjectKey& identity) {
  const auto [place, added] = identities_.try_emplace(identity);
  if (added) {
    place->second.id = ++last_identity_;
    keys_.emplace(place->second.id, &place->first);
  }
  ++place->second.holds;
  return place->second.id;
}

void AnswerTable::release(IdentityId id) {
  const auto key = keys_.find(id);
  assert(key != keys_.end());
  const auto held = identities_.find(*key->second);
  if (--held->second.holds > 0) return;
  keys_.erase(key);
  identities_.erase(held);
}

std::optional<IdentityId> AnswerTable::find(const ObjectKey& identity) const {
  const auto found = identities_.find(identity);
  return found == identities_.end() ? std::nullopt : std::optional(found->second.id);
}

std::vector<AnswerTable::Slot>::iterator AnswerTable::place_of(View& view, IdentityId identity) {
  return std::lower_bound(view.slots.begin(), view.slots.end(), identity,
                          [](const Slot& slot, IdentityId id) { return slot.identity < id; });
}

const AnswerTable::View* AnswerTable::find_view(const Want& want) const {
  const auto table = tables_.find(want.query);
  if (table == tables_.end()) return nullptr;
  for (const View& view : table->second.views) {
    if (view.labels == want.labels) return &view;
  }
  return nullptr;
}

void AnswerTable::want(const Want& want) {
  std::vector<View>& views = tables_[want.query].views;
  auto view = std::find_if(views.begin(), views.end(),
                           [&](const View& each) { return each.labels == want.labels; });
  if (view == views.end()) view = views.insert(views.end(), View{want.labels, {}, {}});
  auto slot = place_of(*view, want.identity);
  if (slot == view->slots.end() || slot->identity != want.identity) {
    slot = view->slots.insert(slot, Slot{want.identity, 0, {}});
  }
  ++slot->wants;
  ++identities_.find(*keys_.at(want.identity))->second.holds;
}

void AnswerTable::unwant(const Want& want) {
  const auto table = tables_.find(want.query);
  assert(table != tables_.end());
  std::vector<View>& views = table->second.views;
  const auto view = std::find_if(views.begin(), views.end(),
                                 [&](const View& each) { return each.labels == want.labels; });
  const auto slot = place_of(*view, want.identity);
  if (--slot->wants == 0) view->slots.erase(slot);
  if (view->slots.empty()) views.erase(view);
  if (views.empty()) tables_.erase(table);
  release(want.identity);
}

std::vector<std::pair<std::uint32_t, IdentityLabels>> AnswerTable::views(QueryId query) const {
  std::vector<std::pair<std::uint32_t, IdentityLabels>> out;
  const auto table = tables_.find(query);
  if (table == tables_.end()) return out;
  for (const View& view : table->second.views) out.emplace_back(view.labels, labels_[view.labels]);
  return out;
}

void AnswerTable::store(QueryId query, std::uint32_t labels, const VectorAnswer& answer) {
  const auto table = tables_.find(query);
  if (table == tables_.end()) return;
  for (View& view : table->second.views) {
    if (view.labels != labels) continue;
    for (Slot& slot : view.slots) slot.cell = {Cell::Since::Answered};
    view.shape = {};
    view.shape.rows = answer.size();
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const AnswerRow row = answer.row(i);
      if (i == 0) {
        view.shape.first_space = row.space;
        view.shape.first = {Cell::Since::Answered, 1, row.kind, row.value};
      }
      if (row.name.empty()) continue;
      ++view.shape.named;
      const auto identity = identities_.find(row);
      if (identity == identities_.end()) continue;
      const auto slot = place_of(view, identity->second.id);
      if (slot == view.slots.end() || slot->identity != identity->second.id) continue;
      slot->cell = {Cell::Since::Answered, slot->cell.series + 1, row.kind, row.value};
    }
  }
}

void AnswerTable::set_outcome(QueryId query, Outcome outcome) {
  const auto table = tables_.find(query);
  if (table != tables_.end()) table->second.outcome = std::move(outcome);
}

const Outcome* AnswerTable::outcome(QueryId query) const {
  const auto table = tables_.find(query);
  return table == tables_.end() || !table->second.outcome ? nullptr : &*table->second.outcome;
}

const Cell* AnswerTable::cell(const Want& want) const {
  const View* view = find_view(want);
  if (view == nullptr) return nullptr;
  const auto slot =
      std::lower_bound(view->slots.begin(), view->slots.end(), want.identity,
                       [](const Slot& each, IdentityId id) { return each.identity < id; });
  const bool found = slot != view->slots.end() && slot->identity == want.identity;
  return found ? &slot->cell : nullptr;
}

const AnswerShape* AnswerTable::shape(const Want& want) const {
  const View* view = find_view(want);
  return view == nullptr ? nullptr : &view->shape;
}

}  // namespace evalscaler::prometheus
