import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSql } from './sql.js';
import type { DefinitionFiles } from './sql-definitions.js';

describe('aqt sql', () => {
  test('prints one line a JSON line, with exactly the keys of the contract', async () => {
    const { lines, code } = await run(
      '{"sql": "-- Metabase:: userID: 7 queryType: native queryHash: ff\\nSELECT a FROM T"}\n',
    );
    expect(code).toBe(0);
    expect(lines[0]).toMatch(
      /^\{"kind":"SELECT","tables_read":\["t"\],"tables_written":\[\],"base_tables_read":\["t"\],"columns_read":\["t.~a"\],"tables_basis":"text","fingerprint":"v2:[0-9a-f]{16}","app":"metabase","app_user":"7","app_context":".*","complete":true\}$/,
    );
    expect(JSON.parse(JSON.parse(lines[0] ?? '').app_context)).toEqual({ queryType: 'native', queryHash: 'ff' });
  });

  test.each([
    ['{"sql": "table t"}', 't'],
    ['{"sql": "table a.t"}', 'a.t'],
    ['{"sql": "table t", "database": "D"}', 'awsdatacatalog.d.t'],
    ['{"sql": "table a.t", "catalog": "c", "database": null}', 'c.a.t'],
    ['{"sql": "table t", "catalog": "", "database": ""}', 't'],
  ])('resolves the names of %s as %s', async (line, expected) => {
    const { lines } = await run(line);
    expect(JSON.parse(lines[0] ?? '').tables_read).toEqual([expected]);
  });

  test('goes on after lines it cannot read, counts them, and never prints their SQL', async () => {
    const input = [
      '{"sql": "table a"}',
      '',
      '{"sql": "secret',
      '[1]',
      '{"sql": 1}',
      '{"sql": "table b", "catalog": 2}',
      '{"sql": "table c"}\r',
    ];
    const { lines, messages, code } = await run(input.join('\n'));
    expect(lines.map((line) => JSON.parse(line).tables_read)).toEqual([['a'], ['c']]);
    expect(messages.map((message) => message.split(';')[0])).toEqual([
      'line 3: not JSON',
      'line 4: not a JSON object',
      'line 5: "sql" is not a string',
      'line 6: "catalog" and "database" must be strings',
      '4 of 7 lines could not be read',
    ]);
    expect(messages.join()).not.toContain('secret');
    expect(code).toBe(1);
  });

  test('prints one line a statement of plain SQL', async () => {
    const { lines, code } = await run('select * from a.b\n  join c.d using (x);\n-- next\ninsert into e select 1');
    expect(
      lines
        .map((line) => JSON.parse(line))
        .map(({ kind, tables_read, tables_written }) => [kind, tables_read, tables_written]),
    ).toEqual([
      ['SELECT', ['a.b', 'c.d'], []],
      ['INSERT', [], ['e']],
    ]);
    expect(code).toBe(0);
  });

  test('takes a template for plain SQL, and nothing for nothing', async () => {
    expect((await run("{{ config() }}\nselect * from {{ ref('x') }}")).lines).toHaveLength(1);
    expect(await run(' \n')).toEqual({ lines: [], messages: [], code: 0 });
  });

  test('puts characters together that come in pieces', async () => {
    const bytes = new TextEncoder().encode('{"sql": "table \\"größe\\""}\n{"sql": "table 表"}');
    const { lines } = await run(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(lines.map((line) => JSON.parse(line).tables_read[0])).toEqual(['größe', '表']);
  });

  test('leaves out a line that is too long to be a query, and says so', async () => {
    const { lines, messages, code } = await run(
      `{"sql": "table a"}\n{"sql": "${'x'.repeat(5_000_000)}"}\n{"sql": "table b"}`,
    );
    expect([lines.length, messages[0]?.startsWith('line 2: longer than'), code]).toEqual([2, true, 1]);
  });

  test('follows EXECUTE and views into the files that define them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-sql-'));
    const files = { prepared: join(folder, 'prepared.sql'), views: join(folder, 'views.jsonl') };
    await writeFile(files.prepared, 'PREPARE q FROM SELECT email FROM crm.top WHERE id = ?;');
    await writeFile(files.views, '{"name": "crm.top", "sql": "SELECT email, id FROM crm.people"}\n');
    const read = async (sql: string) => JSON.parse((await run(sql, undefined, files)).lines[0] ?? '');
    const people = { base_tables_read: ['awsdatacatalog.crm.people'], tables_basis: 'view' };
    expect(await read('execute q using 1')).toMatchObject({ tables_read: ['crm.top'], ...people });
    expect(await read('{"sql": "table top", "database": "crm"}')).toMatchObject(people);
    expect(await read('execute r')).toMatchObject({
      tables_read: null,
      tables_basis: 'unknown:prepared-text-not-known',
    });
    await writeFile(files.views, '{"name": "crm.top", "sql": "SELECT 1"}\n{"sql": "SELECT 1"}\n');
    await expect(read('table t')).rejects.toThrow(/views\.jsonl, line 2: not a CREATE VIEW/);
    await rm(folder, { recursive: true });
  });

  test('reads a file, and refuses one that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-sql-'));
    const file = join(folder, 'queries.jsonl');
    await writeFile(file, '{"sql": "table t"}\n');
    expect((await run([], file)).lines).toHaveLength(1);
    await expect(run([], join(folder, 'gone'))).rejects.toThrow(/cannot read .*gone/);
    await rm(folder, { recursive: true });
  });
});

async function run(input: string | readonly Uint8Array[], file?: string, files: DefinitionFiles = {}) {
  const lines: string[] = [];
  const messages: string[] = [];
  const code = await runSql({
    ...files,
    ...(file === undefined ? {} : { file }),
    input: chunks(typeof input === 'string' ? [new TextEncoder().encode(input)] : input),
    output: (line) => lines.push(line),
    warn: (message) => messages.push(message),
  });
  return { lines, messages, code };
}

async function* chunks(list: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* list;
}
