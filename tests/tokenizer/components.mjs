// Small tokenizers, one for each component and option that is read: two real ones, changed.

const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];

// Expressions of well-known byte-level tokenizers, and ones that PCRE2 would take otherwise than Oniguruma.
const EXPRESSIONS = {
  "llama 3": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "cl100k": "(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
  "o200k": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "deepseek": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
  "range": "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
  "words": "\\w+|\\W",
  "words in a set": "[\\w'-]+",
  "spaces": "\\s|\\S+",
  "digits": "\\d|\\D+",
  "scripts": "[\\p{Greek}\\p{Latin}]+|\\p{Han}+|\\P{Katakana}",
  "any": ".{2}",
  "around": "(?<=a)b|(?<!x)c|d(?=e)|(?>fo*)o",
  "case": "(?i:[a-fxk]|zs)",
  "possessive": "a++b|o*+",
  "escapes": "\\u0041|\\x42|\\x{43}|[\\t\\v\\f]|\\.",
  "lazy": "[a-z]+?[xyz]",
};

const split = (pattern, behavior, invert = false) => ({ type: "Split", pattern, behavior, invert });
const byteLevel = (options) =>
  ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false, ...options });
const sequence = (...pretokenizers) => ({ type: "Sequence", pretokenizers });

// Keeps the first merges of a tokenizer and the tokens that they need, ids counted anew.
function cutDown(file, merges) {
  const small = structuredClone(file);
  small.model.merges = small.model.merges.slice(0, merges);
  const needed = new Set(small.model.merges.flatMap(([a, b]) => [a, b, a + b]));
  const tokens = Object.keys(file.model.vocab).filter((token) => [...token].length === 1 || needed.has(token));
  small.model.vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  small.added_tokens.forEach((token, i) => { token.id = tokens.length + i; });
  return small;
}

// Names and files. `pieces` falls back to bytes and marks spaces, `bytes` is byte-level.
export function components(pieces, bytes) {
  const made = [];
  const add = (name, base, change) => {
    const file = structuredClone(base);
    change(file);
    made.push([name, file]);
  };
  const small = cutDown(bytes, 3000);

  for (const behavior of BEHAVIORS)
    for (const invert of [false, true])
      for (const pattern of [{ String: " " }, { Regex: "\\s+|[a-c]" }, { Regex: "x*" }])
        add(`split ${behavior} ${invert} ${Object.values(pattern)[0]}`, pieces, (file) => {
          file.normalizer = null;
          file.pre_tokenizer = split(pattern, behavior, invert);
        });
  for (const prepend_scheme of ["always", "first", "never"])
    for (const cut of [true, false])
      for (const normalizer of [null, { type: "NFKC" }])
        add(`metaspace ${prepend_scheme} ${cut} ${normalizer?.type}`, pieces, (file) => {
          file.normalizer = normalizer;
          file.pre_tokenizer = { type: "Metaspace", replacement: "\u2581", prepend_scheme, split: cut };
          file.added_tokens[2].normalized = true;
        });
  for (const type of ["NFC", "NFD", "NFKC", "NFKD"]) add(type, pieces, (file) => { file.normalizer = { type }; });
  add("replace", pieces, (file) => {
    file.normalizer.normalizers.push({ type: "Replace", pattern: { Regex: "[ab]+\u2581?" }, content: "$1x" });
  });
  for (const flag of ["single_word", "lstrip", "rstrip"])
    for (const normalized of [false, true])
      add(`added ${flag} ${normalized}`, pieces, (file) => {
        const token = (id, content) =>
          ({ id, content, special: false, single_word: false, lstrip: false, rstrip: false, normalized });
        file.added_tokens.push({ ...token(512, "foo"), [flag]: true }, token(513, "fo"), token(514, " b"));
      });
  for (const fuse_unk of [false, true])
    for (const unk_token of ["<unk>", null])
      add(`unknown ${unk_token} ${fuse_unk}`, pieces, (file) => {
        Object.assign(file.model, { byte_fallback: false, fuse_unk, unk_token });
      });
  for (const add_prefix_space of [false, true])
    add(`byte-level ${add_prefix_space}`, small, (file) => {
      file.pre_tokenizer = byteLevel({ add_prefix_space, use_regex: true });
    });
  for (const individual_digits of [false, true])
    add(`digits ${individual_digits}`, small, (file) => {
      file.pre_tokenizer = sequence({ type: "Digits", individual_digits }, byteLevel({ add_prefix_space: true }));
    });
  add("ignore merges", small, (file) => {
    file.model.ignore_merges = true;
    file.model.merges = file.model.merges.slice(0, 500);
  });
  for (const [name, Regex] of Object.entries(EXPRESSIONS))
    add(`expression ${name}`, small, (file) => {
      file.pre_tokenizer = sequence(split({ Regex }, "Isolated"), byteLevel());
    });
  return made;
}
