import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../src/cloudtrail/json-access.js';
import { isLinkRecord, readCredentialLink } from '../../src/cloudtrail/read-credential-link.js';
import { readStart } from '../../src/cloudtrail/start.js';
import { createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import { EMPTY_DIRECTORY } from '../../src/identity/directory/directory.js';
import { resolvePerson } from '../../src/identity/resolve/resolve-person.js';

const ROOT = fileURLToPath(new URL('../../../shared/data/cloudtrail', import.meta.url));

interface Chain {
  readonly issued_by_eventID: string;
  readonly eventName: string;
  readonly caller_arn: string;
  readonly used_by_eventIDs: readonly string[];
}

/** Real CloudTrail sets, kept outside the repository; without them these tests are skipped. */
describe.skipIf(!existsSync(ROOT))('collected records (../shared/data/cloudtrail)', () => {
  const records = existsSync(ROOT) ? [...recordsUnder(ROOT)] : [];
  const chains = existsSync(ROOT)
    ? readFileSync(join(ROOT, 'chains.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Chain)
    : [];
  const graph = createCredentialGraph();
  for (const record of records) {
    const link = readCredentialLink(record);
    if (link) graph.addLink(link);
  }
  const byId = new Map(records.map((record) => [record.eventID, record]));

  it('hold records and chains', () => {
    expect(records.length).toBeGreaterThan(500);
    expect(chains.length).toBeGreaterThan(5);
  });

  it.each(chains.filter(({ used_by_eventIDs }) => used_by_eventIDs.length > 0))(
    '$eventName $issued_by_eventID: each use, turned into a start, leads to $caller_arn',
    (chain) => {
      for (const id of chain.used_by_eventIDs) {
        const start = readStart(startOf(byId.get(id) ?? {}));
        if (start.kind !== 'start') throw new Error(start.reason);
        const resolution = resolvePerson({ start, graph, directory: EMPTY_DIRECTORY, tag: null });
        expect(resolution).toMatchObject({
          person: chain.caller_arn.slice(chain.caller_arn.lastIndexOf('/') + 1),
          kind: chain.caller_arn.includes('user/stratus-red-team') ? 'workload' : 'human',
          method: 'role-chain',
          confidence: 'verified',
        });
        expect(resolution.evidence).toContain(`event:${chain.issued_by_eventID}`);
        expect(resolution.evidence).toContain(`key:${start.principal.accessKeyId}`);
      }
    },
  );

  it('are all resolved without throwing, and to a person only with evidence', () => {
    for (const record of records) {
      const start = readStart(startOf(record));
      if (start.kind !== 'start') continue;
      const resolution = resolvePerson({ start, graph, directory: EMPTY_DIRECTORY, tag: null });
      expect(resolution.person === null).toBe(resolution.confidence === 'none');
      expect(resolution.evidence.length > 0).toBe(resolution.person !== null);
      if (resolution.person === null) expect(resolution.unresolvedReason).not.toBeNull();
    }
  });

  it('are taken for links only where they issue something', () => {
    const names = records.filter((record) => readCredentialLink(record) !== null).map(({ eventName }) => eventName);
    expect(new Set(names)).toEqual(
      new Set(['AssumeRole', 'GetCredentialsForIdentity', 'GetFederationToken', 'GetSigninToken', 'StartSession']),
    );
    expect(
      records
        .filter((record) => record.eventName === 'StartSession' && record.eventSource === 'ssm.amazonaws.com')
        .some(isLinkRecord),
    ).toBe(false);
  });
});

function startOf(record: JsonObject): JsonObject {
  return {
    ...record,
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    responseElements: { queryExecutionId: 'b621c254-74e0-48e3-9630-78ed857782f9' },
  };
}

function* recordsUnder(folder: string): Generator<JsonObject> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name === 'chains.jsonl') continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const part of [text, ...text.split('\n')]) {
      const before = parse(part);
      yield* recordsIn(before);
      if (before !== null && part === text) break;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Printed examples with comments, and single lines of a document.
    return null;
  }
}

function* recordsIn(value: unknown): Generator<JsonObject> {
  if (Array.isArray(value)) for (const item of value) yield* recordsIn(item);
  else if (isObject(value)) {
    if ('eventName' in value && 'userIdentity' in value) yield value;
    else for (const item of Object.values(value)) yield* recordsIn(item);
  }
}
