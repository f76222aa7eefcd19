// Texts that exercise a tokenizer: words, spaces of all kinds, marks, added tokens, code points from all over
// Unicode. The same for a seed everywhere.

// Ranges to which Unicode 15 to 17 add nothing: what a character is, PCRE2, utf8proc and the libraries say by
// tables of different versions, the oldest of them 14.
const SETTLED = [
  [0x0, 0x52f], [0x531, 0x86f], [0x8a0, 0xc5b], [0xd00, 0xecd], [0x1000, 0x1ace], [0x1d00, 0x20c0],
  [0x2100, 0x2426], [0x2500, 0x2b73], [0x2c00, 0x2ffb], [0x3000, 0x31bf], [0x3200, 0xa7c9], [0xa800, 0xd7ff],
  [0xe000, 0xfbc2], [0xfe00, 0x105bf], [0x10a00, 0x10d3f], [0x1d000, 0x1d2bf], [0x1d300, 0x1df24],
  [0x1e800, 0x1f6d7], [0x1f780, 0x1f7d8], [0x1f900, 0x1fa53], [0x20000, 0x2a6df], [0x30000, 0x3134a],
  [0xe0000, 0x10ffff],
];

// What Unicode 10 to 14 added with a decomposition or a combining class: the library makes normal forms by tables
// that are older, and leaves these as they are.
const YOUNG = [
  [0x8d3, 0x8d3], [0x9fe, 0x9fe], [0xc3c, 0xc3c], [0xd3b, 0xd3c], [0xeba, 0xeba], [0x1715, 0x1715], [0x1abf, 0x1ace],
  [0x1df6, 0x1dfa], [0x32ff, 0x32ff], [0xa82c, 0xa82c], [0xab69, 0xab69], [0x10d24, 0x10d27], [0x1f16c, 0x1f16c],
];

const PIECES = [
  " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\0", "'s", "'LL", "'\u017f", "\u212a", "12", "345", "\u0661\u0662", "\u2167",
  "\u00bd", "hello", " the", "The", "foo", " foo", "fo", "x", "a", "b", "c", "ab", "de", "\u00e9", "e\u0301", "\u212b",
  "\ufb01", "\uff21", "\u00a0", "\u3000", "\u2028", "\u0085", "\u180e", "\u200d", "\ufeff", "\u2581", "\u2581\u2581",
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}", "\ud55c\uad6d", "\u4e2d\u6587", "\u304b\u306a", "\u30fc", "\u03a9", "<s>", "</s>",
  "...", "!?", "-", "_",
];

// A linear congruential generator (Knuth, MMIX); its upper bits.
export function randomNumbers(seed) {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

// `count` texts of up to 60 pieces; some are of `added`, the tokens that the tokenizer looks for.
export function randomTexts(count, seed, added) {
  const random = randomNumbers(seed);
  const settled = SETTLED.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .filter((c) => !YOUNG.some(([first, last]) => first <= c && c <= last));
  const assigned = settled.filter((c) => !/[\p{Cn}\p{Co}]/u.test(String.fromCodePoint(c)));
  const pick = (list) => list[random(list.length)];
  const piece = () => {
    const kind = random(20);
    if (kind < 7) return pick(PIECES);
    if (kind < 11) return String.fromCodePoint(pick(assigned));
    if (kind < 13) return String.fromCodePoint(1 + random(0x24f));
    if (kind < 14 && added.length > 0) return pick(added);
    if (kind < 18) return String.fromCodePoint(97 + random(26));
    return String.fromCodePoint(pick(settled));
  };
  return Array.from({ length: count }, () => Array.from({ length: random(60) }, piece).join(""));
}
