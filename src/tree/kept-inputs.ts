import { createHash } from 'node:crypto';
import type { ReportStore } from '../ports/report-store.js';
import { type InputHashes, type InputName, ROW_INPUTS } from '../record/manifest.js';
import { hasTree } from './has-tree.js';
import { workFolder, workKey } from './layout.js';
import { listKeys } from './list-keys.js';
import { noteRowNews } from './row-news.js';
import { readDocument, type TreeDocument, update, updateDocument } from './update.js';

/** What rows were made with is not there any more: written without it they would say less. Nothing is written then. */
export class InputsLost extends Error {
  override readonly name = 'InputsLost';
  constructor(store: ReportStore, names: readonly InputName[]) {
    const options = names.map((name) => `--${name}`).join(' and ');
    super(
      `${store.location}: its reports were made with ${names.map((name) => WORDS[name]).join(' and ')} that ${names.length > 1 ? 'are' : 'is'} not kept there any more: ` +
        `give ${options} again (an empty file to go on without), or put _work/inputs/ back from a backup`,
    );
  }
}

const WORDS: Readonly<Record<InputName, string>> = { directory: 'an identity directory', prices: 'a prices file' };

/** Which of the texts in `_work/inputs/` rows are made with now. */
const CURRENT: TreeDocument<InputHashes> = {
  key: workKey.inputs,
  absent: {},
  parse: (value) => {
    const entries = Object.entries(value ?? 'damaged').filter(([name]) => name !== 'schema');
    const isWhole = entries.every(([name, hash]) => isName(name) && typeof hash === 'string');
    return isWhole ? (Object.fromEntries(entries) as InputHashes) : null;
  },
  whenDamaged: 'throw',
};

function isName(name: string): boolean {
  return ROW_INPUTS.some((known) => known === name);
}

/** The name by which a text is kept. */
export function inputHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Athena began at the end of 2016. */
const FIRST_QUERIES = Date.UTC(2016, 0, 1);

/**
 * Keeps texts that rows are made with beside the evidence, under the hash of their content: whoever writes rows anew makes them
 * with the same, and a report can be made again with what it was made with then. Of several runs, the one that began last has the
 * word next time. When one changes, the next settling makes every hour's rows anew.
 */
export async function keepInputs(
  store: ReportStore,
  texts: Readonly<Partial<Record<InputName, string>>>,
): Promise<void> {
  const hashes: InputHashes = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, inputHash(text)]));
  if (Object.keys(hashes).length === 0) return;
  const known = await readDocument(store, CURRENT);
  const isNew = ROW_INPUTS.some((name) => hashes[name] !== undefined && hashes[name] !== known[name]);
  // First: a note without new inputs makes hours be looked at in vain, inputs without it would be overlooked.
  if (isNew && (await hasTree(store))) await noteRowNews(store, FIRST_QUERIES);
  for (const name of ROW_INPUTS) {
    const [text, hash] = [texts[name], hashes[name]];
    if (text === undefined || hash === undefined) continue;
    await update(store, workKey.input(name, hash), (stored) => (stored ? null : Buffer.from(text)));
  }
  await updateDocument(store, CURRENT, (before) =>
    ROW_INPUTS.every((name) => hashes[name] === undefined || hashes[name] === before[name])
      ? before
      : { ...before, ...hashes },
  );
}

/** What the tree's rows are made with now. @throws InputsLost when that is forgotten */
export async function readInputHashes(store: ReportStore): Promise<InputHashes> {
  const hashes = await readDocument(store, CURRENT);
  if (Object.keys(hashes).length > 0) return hashes;
  const kept: InputName[] = [];
  for await (const file of listKeys(store, workFolder.inputs))
    if (file.kind === 'work' && file.what === 'inputs') kept.push(file.parts[0] as InputName);
  if (kept.length > 0) throw new InputsLost(store, [...new Set(kept)]);
  return hashes;
}

/** The texts of these hashes. @throws InputsLost where one is gone, or is not what its name says */
export async function readInputs(
  store: ReportStore,
  hashes: InputHashes,
): Promise<Readonly<Partial<Record<InputName, string>>>> {
  const texts: Partial<Record<InputName, string>> = {};
  const lost: InputName[] = [];
  for (const name of ROW_INPUTS) {
    const hash = hashes[name];
    if (hash === undefined) continue;
    const stored = await store.read(workKey.input(name, hash));
    const text = stored ? Buffer.from(stored.bytes).toString('utf8') : null;
    if (text === null || inputHash(text) !== hash) lost.push(name);
    else texts[name] = text;
  }
  if (lost.length > 0) throw new InputsLost(store, lost);
  return texts;
}

/** Keys of the texts that rows are made with now. */
export async function inputKeys(store: ReportStore): Promise<string[]> {
  const hashes = await readDocument(store, CURRENT);
  return ROW_INPUTS.flatMap((name) => (hashes[name] === undefined ? [] : [workKey.input(name, hashes[name])]));
}
