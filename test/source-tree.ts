import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface SourceFile {
  /** Path below `src/`, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly { readonly target: string; readonly isTypeOnly: boolean }[];
}

export const ROOT = join(import.meta.dirname, '..');

/** Reads every TypeScript file below `src/`, tests left out. Relative targets come as paths below `src/`, others as written. */
export function readSourceTree(): SourceFile[] {
  const src = join(ROOT, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.(test|contract|fixture|bench)\.tsx?$/.test(path))
    .map((path) => {
      const text = readFileSync(join(src, path), 'utf8');
      return {
        path: path.replaceAll('\\', '/'),
        text,
        lines: text.split('\n').length - 1,
        imports: importsOf(text, path),
      };
    });
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?([^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(text: string, path: string): SourceFile['imports'] {
  return [...text.matchAll(IMPORT)].map(([, typeOnly, clause, fixed, dynamic]) => {
    const target = fixed ?? dynamic ?? '';
    const isTypeOnly = typeOnly !== undefined || onlyTypes(clause ?? '');
    return { target: target.startsWith('.') ? resolve(path, target) : target, isTypeOnly };
  });
}

/** `{ type A, type B }` imports nothing at run time. */
function onlyTypes(clause: string): boolean {
  const names = /\{([^}]*)\}/.exec(clause)?.[1];
  if (names === undefined || /^\s*\w+\s*,/.test(clause)) return false;
  const listed = names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return listed.length > 0 && listed.every((name) => name.startsWith('type '));
}

function resolve(path: string, target: string): string {
  return relative('.', join(dirname(path), target))
    .replaceAll('\\', '/')
    .replace(/\.jsx?$/, '');
}
