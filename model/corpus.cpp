#include "model/corpus.h"

#include <fmt/format.h>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#include "pipeline/error.h"
#include "pipeline/files/hash.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
namespace io = boost::iostreams;

/// dictd's .dz is gzip with an index in its header.
bool zipped(const fs::path& file) {
  const auto extension = file.extension();
  return extension == ".gz" || extension == ".dz";
}

std::string read_file(const fs::path& file) {
  if (!fs::exists(file))
    throw UserError(
        fmt::format("no text at {}; name one that is there with CORPUS=FILE (TEXT=FILE for "
                    "audit-model), or run 'make deps' for the default corpus",
                    file.string()));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw UserError("cannot read corpus " + file.string());
  if (!zipped(file)) return {std::istreambuf_iterator<char>(stream), {}};
  io::filtering_istream unzipped;
  unzipped.push(io::gzip_decompressor());
  unzipped.push(stream);
  std::ostringstream text;
  try {
    io::copy(unzipped, text);
  } catch (const io::gzip_error&) {
    throw UserError("corpus " + file.string() + " is no whole gzip file; fetch it again");
  }
  return std::move(text).str();
}

/// Length of the well-formed sequence at the front of `s`, 0 if there is none (Unicode table 3-7).
std::size_t sequence_length(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto continues = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4 || !continues(1)) return 0;
  if (lead < 0xE0) return 2;
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogate
  if (!continues(2)) return 0;
  if (lead < 0xF0) return 3;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // above U+10FFFF
  return continues(3) ? 4 : 0;
}

/// The first position after a line end at or behind `from`.
std::size_t next_line(std::string_view text, std::size_t from) {
  if (from == 0) return 0;
  const auto end = text.find('\n', from - 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::string repair_utf8(std::string_view bytes, std::size_t& replaced) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto length = sequence_length(bytes);
    if (length > 0) {
      text.append(bytes.substr(0, length));
    } else {
      text.append("\xEF\xBF\xBD");
      ++replaced;
    }
    bytes.remove_prefix(std::max<std::size_t>(1, length));
  }
  return text;
}

Corpus read_corpus(const std::vector<fs::path>& files) {
  std::string bytes;
  for (const auto& file : files) bytes += read_file(file);
  const std::string name = files.size() == 1 ? files[0].string() : files[0].parent_path().string();
  if (bytes.empty()) throw UserError("corpus " + name + " is empty; name another text");
  Corpus corpus{.sha256 = sha256_hex(bytes), .bytes = bytes.size()};
  corpus.text = repair_utf8(bytes, corpus.replaced_bytes);
  const bool binary =
      bytes.find('\0') != std::string::npos || corpus.replaced_bytes * 20 > corpus.bytes;
  if (binary)
    throw UserError("corpus " + name + " looks binary, not like UTF-8 text; convert it first");
  return corpus;
}

std::vector<std::string_view> stretches(std::string_view text, std::size_t limit,
                                        std::size_t count) {
  std::vector<std::string_view> parts;
  const auto share = (limit + count - 1) / count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = text.size() * i / count, last = text.size() * (i + 1) / count;
    const auto begin = next_line(text, first);
    const auto end = next_line(text, std::min(last, first + share));
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

Split split_validation(const std::vector<std::string_view>& stretches, double percent) {
  Split split;
  for (const auto stretch : stretches) {
    const auto wanted =
        static_cast<std::size_t>(percent / 100 * static_cast<double>(stretch.size()));
    const auto cut = next_line(stretch, stretch.size() - wanted);
    if (cut > 0) split.train.push_back(stretch.substr(0, cut));
    if (cut < stretch.size()) split.validation.push_back(stretch.substr(cut));
  }
  return split;
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

}  // namespace rc
