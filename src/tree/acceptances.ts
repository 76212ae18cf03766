import type { Acceptance } from '../findings/finding.js';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';

/** Reads what was accepted in a tree (its folder ends in `/`, or is empty), by the key of the finding. */
export async function readAccepted(store: ReportStore, tree: string): Promise<Map<string, Acceptance>> {
  const stored = await store.read(tree + ACCEPTED_KEY);
  return stored ? parseAccepted(Buffer.from(stored.bytes).toString('utf8')) : new Map();
}

/** Reads the file's text. Of a damaged one nothing counts: everything is told again, and can be accepted again. */
export function parseAccepted(text: string): Map<string, Acceptance> {
  try {
    const kept = JSON.parse(text) as { accepted?: unknown } | null;
    return new Map(
      Object.entries(kept?.accepted ?? {}).filter((entry): entry is [string, Acceptance] => isKept(entry[1])),
    );
  } catch {
    return new Map();
  }
}

function isKept(one: unknown): one is Acceptance {
  const { reason, acceptedAt } = (one ?? {}) as { reason?: unknown; acceptedAt?: unknown };
  return typeof reason === 'string' && typeof acceptedAt === 'string' && Number.isFinite(Date.parse(acceptedAt));
}

/** Keeps that findings were accepted, and why. What was accepted before keeps its reason. */
export async function acceptFindings(
  store: ReportStore,
  request: { readonly tree: string; readonly keys: readonly string[]; readonly acceptance: Acceptance },
): Promise<void> {
  const { tree, keys, acceptance } = request;
  for (let tries = 1; ; tries++) {
    const tag = await store.tagOf(tree + ACCEPTED_KEY);
    const known = await readAccepted(store, tree);
    for (const key of keys) if (!known.has(key)) known.set(key, acceptance);
    const accepted = Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
    const bytes = Buffer.from(`${JSON.stringify({ schema: 1, accepted }, null, 2)}\n`);
    try {
      await store.write(tree + ACCEPTED_KEY, bytes, tag === null ? { absent: true } : { tag });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= 5) throw error;
    }
  }
}

const ACCEPTED_KEY = '_work/accepted.json';
