import { gunzipSync, gzipSync } from 'node:zlib';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { Random } from '../../src/simulator/wire/random.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { appendPart, namesIn, type Part, parsePart } from '../../src/tree/evidence/evidence-log.js';
import { workFolder } from '../../src/tree/layout.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { readManifests } from '../../src/tree/read-manifests.js';
import { verify } from '../../src/verify/verify.js';

/** Says what is wrong with the evidence of a tree: the product's own check, or one that a planted fault has made blind. */
export type EvidenceCheck = (store: ReportStore) => Promise<readonly string[]>;

interface Asked {
  readonly now: number;
  readonly random: Random;
  readonly check: EvidenceCheck;
}

/** Sentences of `verify` about the evidence: each names the part, or the hour whose parts are gone. */
export async function checkTreeEvidence(store: ReportStore): Promise<readonly string[]> {
  const found: string[] = [];
  const hours = verify({
    ...{ store, from: null, to: null, codec: REPORT_CODEC },
    onTree: ({ faults, untold }) =>
      void found.push(...faults.map(({ text }) => text), ...untold.map((key) => `${key} is named by no manifest`)),
  });
  for await (const { reportDate, hour, facts } of hours)
    if (facts && facts.partsGone > 0) found.push(`${reportDate} ${hour}h: ${facts.partsGone} parts are gone`);
  return found;
}

/** Edits, removes and adds a part of the evidence, each in a copy of the tree. Sentences: what nobody found. */
export async function tamperWithEvidence(
  { files }: { readonly files: ReadonlyMap<string, Uint8Array> },
  { now, random, check }: Asked,
): Promise<string[]> {
  const copy = () => {
    const store = createMemoryStore();
    for (const [key, bytes] of files) store.files.set(key, bytes);
    return store;
  };
  const parts = await namedParts(copy(), now);
  if (parts.length === 0) return [];
  const faults: string[] = [];
  const ask = async (what: string, store: ReportStore, says: (finding: string) => boolean) => {
    if (!(await check(store)).some(says)) faults.push(`${what}, and nobody says so`);
  };

  const edited = random.pick(parts);
  const changed = copy();
  const text = gunzipSync(files.get(edited.key) ?? gzipSync('')).toString();
  changed.files.set(edited.key, gzipSync(text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))));
  await ask(`${edited.key} was edited`, changed, (finding) => finding.includes(edited.key) && /changed/.test(finding));

  const removed = random.pick(parts);
  const lessened = copy();
  lessened.files.delete(removed.key);
  await ask(`${removed.key} was removed`, lessened, (finding) => /parts are gone/.test(finding));

  const [folder = ''] = parts.flatMap((part) => (part.folder.endsWith('/day') ? [] : [part.folder]));
  const extended = copy();
  const added = await appendPart(extended, folder, { lines: [JSON.stringify({ reject: '_work/rejects/undated/x' })] });
  await ask(`${added} was added`, extended, (finding) => finding.includes(added) && /no manifest/.test(finding));
  return faults;
}

/** Parts that some manifest was made from, by themselves or within a merged one. */
async function namedParts(store: ReportStore, now: number): Promise<Part[]> {
  const named = new Set<string>();
  for await (const { manifest } of readManifests(store, { from: null, now }))
    if (typeof manifest !== 'string') for (const name of manifest.evidence) named.add(name);
  const parts: Part[] = [];
  for await (const { key, bytes } of store.list(workFolder.evidence)) {
    const part = parsePart(key, bytes);
    if (part && (await namesIn(store, part)).some((name) => named.has(name))) parts.push(part);
  }
  return parts;
}
