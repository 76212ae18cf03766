import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readSourceTree, type SourceFile } from './source-tree.js';

const PURE = ['calendar', 'cloudtrail', 'athena', 'identity', 'sql', 'record', 'findings'];
const INNER = [...PURE, 'ports', 'tree'];
const ADAPTERS = ['sources', 'storage'];

/** Who may import whom (ARCHITECTURE.md). A room always may import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  calendar: [],
  cloudtrail: [],
  athena: [],
  sql: [],
  identity: ['cloudtrail'],
  record: ['calendar', 'cloudtrail', 'athena', 'identity', 'sql'],
  findings: ['calendar', 'cloudtrail', 'athena', 'identity', 'sql', 'record'],
  ports: PURE,
  tree: [...PURE, 'ports'],
  collect: INNER,
  verify: INNER,
  inspect: INNER,
  sources: [...PURE, 'ports'],
  storage: [...PURE, 'ports'],
  analytics: [...INNER, 'storage'],
  handover: [...INNER, 'analytics'],
  compose: [...INNER, 'collect', 'verify', 'inspect', ...ADAPTERS, 'analytics', 'handover'],
  dashboard: [...INNER, 'analytics'],
  operate: [...INNER, 'collect', 'storage'],
  lambda: [...INNER, 'collect', 'compose', 'handover', ...ADAPTERS],
  cli: [
    ...INNER,
    'collect',
    'verify',
    'inspect',
    ...ADAPTERS,
    'analytics',
    'handover',
    'compose',
    'dashboard',
    'operate',
    'simulator',
  ],
  infra: [],
  cdk: [],
  simulator: [],
};

/** Files at the edge, where time and chance enter. */
const EDGE = [
  /^cli\/terminal\/system-io$/,
  /^lambda\//,
  /^dashboard\/(web|pages|parts|lists|query|chart)\//,
  /^dashboard\/server\/console-process$/,
  /^simulator\/wire\/clocks$/,
];

const files = readSourceTree();

describe('the house', () => {
  it('has only known rooms', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in MAY_IMPORT) && room !== 'src')).toEqual([]);
  });

  it('lets a room import only what it may', () => {
    const breaches = files.flatMap((file) =>
      ours(file)
        .filter(({ target }) => {
          const [from, to] = [roomOf(file), roomOfPath(target)];
          return from !== 'src' && from !== to && !MAY_IMPORT[from]?.includes(to);
        })
        .map(({ target }) => `${file.path.replace(/\.tsx?$/, '')} -> ${target}`),
    );
    expect(breaches).toEqual([]);
  });

  it('has no import cycle, not even one of types', () => {
    expect(findCycle(files)).toBeNull();
  });

  it('keeps a folder at some twenty files', () => {
    const counts = new Map<string, number>();
    for (const { path } of files) {
      const folder = path.split('/').slice(0, -1).join('/');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 22)).toEqual([]);
  });

  it('goes at most two folders deep and keeps a file below 300 lines', () => {
    expect(files.filter(({ path }) => path.split('/').length > 3).map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('has no default exports, no catch-all names and no silenced checks', () => {
    const isForbidden = ({ path, text }: SourceFile) =>
      /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts)/.test(path) ||
      /^export default/m.test(text) ||
      /@ts-(ignore|nocheck)/.test(text);
    expect(files.filter(isForbidden).map(({ path }) => path)).toEqual([]);
  });
});

describe('npm run types', () => {
  it('checks every file, the dashboard’s page too', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const checked = [...(scripts.types ?? '').matchAll(/-p (\S+)/g)].flatMap(([, config = '']) => {
      const shown = execFileSync(process.execPath, [tsc, '-p', config, '--showConfig'], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      return (JSON.parse(shown) as { files: readonly string[] }).files;
    });
    const names = new Set(checked.map((file) => file.split('/src/').at(-1)));
    expect(files.map(({ path }) => path).filter((path) => !names.has(path))).toEqual([]);
  });
});

describe('findings', () => {
  it('are keyed in one room: what verify accepts, the dashboard knows as accepted', () => {
    const isSpelled = /(not read|not listed|not closed|unattributed|malformed|digests|system table|seals:|gone) \$\{/;
    const rooms = ['tree', 'verify', 'analytics', 'dashboard'];
    const elsewhere = files.filter((file) => rooms.includes(roomOf(file)) || file.path.startsWith('cli/verify/'));
    expect(elsewhere.filter(({ text }) => isSpelled.test(code(text))).map(({ path }) => path)).toEqual([]);
  });
});

describe('the pure rooms', () => {
  const pure = files.filter((file) => PURE.includes(roomOf(file)));

  it('know no machine: no node module, environment or console', () => {
    const breaches = pure.filter(
      ({ text, imports }) =>
        imports.some(({ target }) => target.startsWith('node:')) || /\b(process|console)\./.test(code(text)),
    );
    expect(breaches.map(({ path }) => path)).toEqual([]);
  });

  it('know no clock and no chance', () => {
    expect(pure.filter(({ text }) => CLOCK_OR_CHANCE.test(code(text))).map(({ path }) => path)).toEqual([]);
  });
});

describe('time and chance', () => {
  it('enter only at the edge', () => {
    const inner = files.filter(({ path }) => !EDGE.some((edge) => edge.test(path.replace(/\.tsx?$/, ''))));
    expect(inner.filter(({ text }) => CLOCK_OR_CHANCE.test(code(text))).map(({ path }) => path)).toEqual([]);
  });
});

describe('the dashboard’s page', () => {
  it('takes types of the server, and at run time only what a browser has', () => {
    const page = files.filter(({ path }) => /^dashboard\/(web|pages|parts|lists|query|chart)\//.test(path));
    const byPath = new Map(files.map((file) => [file.path.replace(/\.tsx?$/, ''), file]));
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { target, isTypeOnly } of byPath.get(path)?.imports ?? []) if (!isTypeOnly) visit(target);
    };
    for (const { path } of page) visit(path.replace(/\.tsx?$/, ''));
    expect(
      [...reached].filter((path) =>
        /^node:|^dashboard\/server\/|duckdb|^analytics\/cache\/(?!sql-text|csv)/.test(path),
      ),
    ).toEqual([]);
    expect(
      page.filter(({ text }) => /\b(process\.|Buffer\b|require\()/.test(code(text))).map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('the use cases', () => {
  it('reach the world through ports only; hashing and packing are pure', () => {
    const allowed = ['node:crypto', 'node:zlib', 'node:stream'];
    const breaches = files
      .filter((file) => ['collect', 'verify', 'inspect', 'tree', 'ports'].includes(roomOf(file)))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target, isTypeOnly }) => !isTypeOnly && target.startsWith('node:') && !allowed.includes(target))
          .map(({ target }) => `${path} -> ${target}`),
      );
    expect(breaches).toEqual([]);
  });
});

const CLOCK_OR_CHANCE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\(|\bsetTimeout\(|\bsetInterval\(/;

/** Code without comments, roughly: enough to search for names. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function ours({ imports }: SourceFile) {
  return imports.filter(
    ({ target }) => roomOfPath(target) in MAY_IMPORT && !target.startsWith('node:') && !target.startsWith('@'),
  );
}

function roomOf({ path }: SourceFile): string {
  return roomOfPath(path);
}

function roomOfPath(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : 'src';
}

function findCycle(all: readonly SourceFile[]): string | null {
  const byPath = new Map(all.map((file) => [file.path.replace(/\.tsx?$/, ''), file]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' -> ');
    const file = byPath.get(path);
    if (!file || finished.has(path)) return null;
    for (const { target } of file.imports) {
      const cycle = visit(target, [...trail, path]);
      if (cycle) return cycle;
    }
    finished.add(path);
    return null;
  };
  for (const path of byPath.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return null;
}
