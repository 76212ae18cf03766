import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COLUMNS } from '../src/record/columns.js';
import { ROOT } from './source-tree.js';

const isUpdate = process.env.UPDATE_DOCS === '1' && process.env.CI !== 'true';

/** The reference page of the columns, as the schema table says it. */
function columnsPage(): string {
  const rows = COLUMNS.map(
    ({ name, type, nullable, meaning }) =>
      `| \`${name}\` | ${type} | ${nullable ? 'yes' : ''} | ${meaning.replaceAll('|', '\\|')} |`,
  );
  return [
    '# Columns',
    '',
    'In this order in every format. Made from `src/record/columns.ts`; `UPDATE_DOCS=1 npx vitest run test/docs.test.ts` writes it anew.',
    'Timestamps are UTC: ISO 8601 with milliseconds in CSV and JSON, TIMESTAMP_MILLIS in Parquet. Lists are arrays in JSON and Parquet, JSON text in CSV.',
    '',
    '| column | type | may be null | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

describe('the papers', () => {
  it('list the columns as the schema table has them', () => {
    const path = join(ROOT, 'docs/columns.md');
    if (isUpdate) writeFileSync(path, columnsPage());
    expect(readFileSync(path, 'utf8')).toBe(columnsPage());
  });

  it('give every dependency a reason', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
    const isNamed = (name: string) =>
      page.includes(`\`${name}\``) ||
      (name.startsWith('@aws-sdk/client-') && page.includes('@aws-sdk/client-*')) ||
      name.startsWith('@types/');
    expect(Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !isNamed(name))).toEqual([]);
  });

  it('link only to files that are there', () => {
    const pages = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ];
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !exists(join(ROOT, page, '..', target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('keep the README below 150 lines', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThan(150);
  });
});

function exists(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
