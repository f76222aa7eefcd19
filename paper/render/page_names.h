// What a template may name: everything in numbers.json, and nothing else.
#pragma once

#include <kainjow/mustache.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Names, in the order they are tried:
///   a field of the list item a section is in
///   rank.x.f1              a number with its format (paper/text/number_text.h)
///   has.rank.x             true where the run has that number; has.setting.x, that setting
///   positive.rank.x        true where that number is above zero, with its interval
///   more.a.x.than.b.y      true where number a.x is larger than number b.y
///   verdict.B1.partly      true where that is the verdict on B1; verdict.B1.few_seeds
///   claim.B1               id, title, claim, rule, original, ours, control, n, verdict, reason of
///                          B1
///   claims, claims_B       lists of such claims, all or those of one letter
///   measured, unmeasured   a list of those that have a verdict, and of those that have none
///   surgery, speed         rows of the deep dive's tables, one a percentage
///   arm_measures           arms against the measures that measures.json lists
///   p_values, losses, orders, deletions, places    tables of the audit (audit_lists.h)
///   groups, stages, settings                       lists for the audit's appendices
///   all_numbers            rows of number_table.h
///   setting.train.steps    a setting as the stages that read it saw it
///   checkpoint.summary     a text about a checkpoint trained elsewhere; audited where there is one,
///                          by_energy where its keys have no norm and dimensions are ranked so
///   provenance.cpu         a text of the provenance; profile, seeds, arms, one_seed, few_seeds
/// Any other name is an error that tells the template and the line.
/// Design goal: a result can reach a page by its name only, and no result is forgotten.
class PageNames : public kainjow::mustache::basic_context<std::string> {
 public:
  using Data = kainjow::mustache::data;

  /// `collected` is numbers.json, `groups` lists {"title", "prefixes"}: under which headings all
  /// numbers are told; `measures` as measure_table wants them, `templates` as load_templates gives
  /// them.
  PageNames(const nlohmann::json& collected, const nlohmann::json& groups,
            const nlohmann::json& measures, const std::map<std::string, std::string>& templates);

  void push(const Data* data) override { stack_.push_back(data); }
  void pop() override { stack_.pop_back(); }
  const Data* get(const std::string& tag) const override;
  const Data* get_partial(const std::string& tag) const override;

  /// One more name, for what does not stand in numbers.json.
  void tell(const std::string& name, Data data);

  /// Names of the numbers no page has shown so far.
  std::vector<std::string> unused() const;

 private:
  const Data* resolve(const std::string& name) const;
  Data make(const std::string& name) const;
  Data number(const std::string& reference) const;
  Data list(const std::string& name) const;
  Data claims(const std::string& part) const;
  Data measured_claims() const;
  Data unmeasured_claims() const;
  Data groups() const;
  bool has(const std::string& name) const;
  bool positive(const std::string& name) const;
  bool more(const std::string& names) const;
  bool verdict(const std::string& name) const;
  const nlohmann::json& verdict_on(const std::string& id) const;

  const nlohmann::json& collected_;
  const nlohmann::json& groups_;
  const nlohmann::json& measures_;
  Numbers numbers_;
  std::set<std::string> known_;  // numbers there are, and those a claim or a template would read
  std::map<std::string, Data> partials_;
  std::vector<const Data*> stack_;
  mutable std::map<std::string, std::unique_ptr<Data>> made_;  // answers outlive their question
  mutable std::set<std::string> used_;
};

}  // namespace rc
