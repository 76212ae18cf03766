import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../source-tree.js';

/** A command line that a page tells people to type. */
export interface PaperLine {
  readonly page: string;
  readonly line: string;
  /** What its comment says (`# exit 3`); null where it says nothing of it. */
  readonly exit: number | null;
}

/** The pages that people are led through. */
export function papers(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort();
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs.map((name) => `docs/${name}`)];
}

/** Every line of the code blocks of a page that begins with a program, in order; lines that go on after `\` are joined. */
export function paperLines(page: string): PaperLine[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|bash|console)?\n(.*?)^```/gms)].map(([, body]) => body ?? '');
  return blocks.flatMap((body) =>
    body
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/^\$ /, ''))
      .filter((line) => /^(?:aqt|npm|npx|node|bash|echo|aws) /.test(line))
      .map((line) => ({
        page,
        line: line.replace(/\s+# .*$/, '').trim(),
        exit: Number(/# exit (\d)/.exec(line)?.[1] ?? Number.NaN),
      }))
      .map((each) => ({ ...each, exit: Number.isNaN(each.exit) ? null : each.exit })),
  );
}
