#include "pipeline/files/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "pipeline/error.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMostHeaderBytes = 100'000'000;  // the format's own limit
constexpr int kDeepest = 4;  // {name: {"shape": [extent]}}: deeper than this is no header

class HeaderReader {
 public:
  HeaderReader(const std::filesystem::path& file, std::span<const std::byte> bytes)
      : file_(file), bytes_(bytes) {}

  SafetensorsHeader read() {
    const std::uint64_t length = header_length();
    data_ = bytes_.subspan(kLengthBytes + length);
    const json header = parse(length);
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__")
        read_metadata(entry);
      else
        read_tensor(name, entry);
    }
    check_coverage();
    return std::move(result_);
  }

 private:
  struct Range {
    std::uint64_t begin, end;
    auto operator<=>(const Range&) const = default;
  };

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> what, Args&&... args) const {
    throw UserError(fmt::format("{} is damaged or no safetensors file: {}; make it again",
                                file_.string(), fmt::format(what, std::forward<Args>(args)...)));
  }

  std::uint64_t header_length() const {
    if (bytes_.size() < kLengthBytes + 2)
      refuse("at least {} bytes are expected, found {}", kLengthBytes + 2, bytes_.size());
    std::uint64_t length = 0;
    for (std::size_t i = kLengthBytes; i-- > 0;)
      length = length << 8 | std::to_integer<std::uint64_t>(bytes_[i]);
    if (length > kMostHeaderBytes)
      refuse("a header of {} bytes is announced, {} is the most", length, kMostHeaderBytes);
    if (length > bytes_.size() - kLengthBytes)
      refuse("a header of {} bytes is announced, the file has {}", length, bytes_.size());
    return length;
  }

  /// nlohmann::json keeps the last of two equal names and follows any depth: forbid both.
  json parse(std::uint64_t length) const {
    const auto* text = reinterpret_cast<const char*>(bytes_.data()) + kLengthBytes;
    if (length == 0 || text[0] != '{') refuse("the header does not start with an opening brace");
    std::set<std::string> names;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
      if (depth > kDeepest) refuse("the header nests deeper than {} levels", kDeepest);
      if (depth == 1 && event == json::parse_event_t::key &&
          !names.insert(parsed.get<std::string>()).second)
        refuse("{} stands in the header twice", parsed.get<std::string>());
      return true;
    };
    try {
      return json::parse(text, text + length, watch);
    } catch (const json::exception& error) {
      refuse("the header is not JSON ({})", error.what());
    }
  }

  void read_metadata(const json& entry) {
    if (!entry.is_object()) refuse("__metadata__ is no object");
    for (const auto& [name, value] : entry.items()) {
      if (!value.is_string()) refuse("the metadata {} is no text", name);
      result_.metadata.emplace(name, value.get<std::string>());
    }
  }

  std::vector<std::uint64_t> naturals(const std::string& name, const json& entry,
                                      const char* field) const {
    const auto found = entry.find(field);
    if (found == entry.end() || !found->is_array()) refuse("{} lacks {}", name, field);
    std::vector<std::uint64_t> values;
    for (const json& value : *found) {
      if (!value.is_number_unsigned()) refuse("{} of {} holds {}", field, name, value.dump());
      values.push_back(value.get<std::uint64_t>());
    }
    return values;
  }

  void read_tensor(const std::string& name, const json& entry) {
    if (!entry.is_object()) refuse("the entry of {} is no object", name);
    if (!entry.contains("dtype") || !entry["dtype"].is_string()) refuse("{} lacks dtype", name);
    const std::string dtype = entry["dtype"];
    if (element_bytes(dtype) == 0) refuse("{} has the unknown dtype {}", name, dtype);
    const auto shape = naturals(name, entry, "shape");
    const auto offsets = naturals(name, entry, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_.size())
      refuse("the data of {} lie outside the file ({} bytes of data)", name, data_.size());
    const std::uint64_t found = offsets[1] - offsets[0];
    const std::uint64_t expected = bytes_of(name, dtype, shape);
    if (found != expected)
      refuse("{} should have {} bytes by its shape and dtype, it has {}", name, expected, found);
    ranges_.push_back({offsets[0], offsets[1]});
    result_.tensors.emplace(
        name, TensorView{dtype, {shape.begin(), shape.end()}, data_.subspan(offsets[0], found)});
  }

  std::uint64_t bytes_of(const std::string& name, const std::string& dtype,
                         const std::vector<std::uint64_t>& shape) const {
    std::uint64_t bytes = element_bytes(dtype);
    for (const std::uint64_t extent : shape)
      if (extent > INT64_MAX || __builtin_mul_overflow(bytes, extent, &bytes))
        refuse("the shape of {} holds more elements than can be counted", name);
    return bytes;
  }

  void check_coverage() {
    std::sort(ranges_.begin(), ranges_.end());
    std::uint64_t end = 0;
    for (const Range& range : ranges_) {
      if (range.begin != end) refuse("data overlap or leave a hole at byte {}", end);
      end = range.end;
    }
    if (end != data_.size()) refuse("{} bytes follow the last tensor", data_.size() - end);
  }

  const std::filesystem::path& file_;
  std::span<const std::byte> bytes_;
  std::span<const std::byte> data_;
  std::vector<Range> ranges_;
  SafetensorsHeader result_;
};

}  // namespace

SafetensorsHeader read_safetensors_header(const std::filesystem::path& file,
                                          std::span<const std::byte> bytes) {
  return HeaderReader(file, bytes).read();
}

std::size_t element_bytes(const std::string& dtype) {
  static const std::map<std::string, std::size_t, std::less<>> kBytes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1},
      {"U16", 2},  {"I16", 2}, {"F16", 2}, {"BF16", 2},    {"U32", 4},
      {"I32", 4},  {"F32", 4}, {"U64", 8}, {"I64", 8},     {"F64", 8}};
  const auto found = kBytes.find(dtype);
  return found == kBytes.end() ? 0 : found->second;
}

}  // namespace rc
