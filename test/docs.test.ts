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

  it('have every section of the facts about AWS that the code cites', () => {
    const page = readFileSync(join(ROOT, 'docs/aws-facts.md'), 'utf8');
    const sections = new Set([...page.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number));
    const cited = ['src', 'test', 'bench', 'scripts'].flatMap((folder) => factsCitedIn(join(ROOT, folder)));
    expect(cited.filter(({ number }) => !sections.has(number))).toEqual([]);
    expect(cited.length).toBeGreaterThan(80);
  });

  it('cite no section of the facts about AWS that is not there', () => {
    expect(factsCited('aws-facts 1.1, 2.1 and 99.9; see aws-facts for more')).toEqual(['1.1', '2.1', '99.9', '(none)']);
  });

  it('keep the README below 150 lines', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThan(150);
  });
});

/** Section numbers that a text cites as `aws-facts 4.1`, `aws-facts 1.4 and 2.1`, `aws-facts 3.3–3.8`. */
function factsCited(text: string): readonly string[] {
  return [...text.matchAll(/\baws-facts(?!\.md)((?:(?:,| and|–)? ?\d+(?:\.\d+)?)*)/g)].flatMap(([, numbers = '']) => {
    const found = numbers.match(/\d+(?:\.\d+)?/g) ?? [];
    return found.length === 0 ? ['(none)'] : found;
  });
}

function factsCitedIn(folder: string): readonly { readonly file: string; readonly number: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && name !== 'docs.test.ts')
    .flatMap((name) => factsCited(readFileSync(join(folder, name), 'utf8')).map((number) => ({ file: name, number })));
}

function exists(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
