import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Where the program was started, and by what. */
export interface Started {
  /** `process.argv[1]`: the bin's link or the script, not resolved. */
  readonly script: string;
  readonly cwd: string;
  /** The search path of the shell. */
  readonly path: string | undefined;
}

/** Commands of the package's `bin`. */
const BINS = ['aqt', 'athena-query-tracker'];

/**
 * What a user types to start this program again: `aqt` for a global install, `npx aqt` below a folder that has it installed,
 * `npx athena-query-tracker` where npx fetched it, `node dist/cli.js` in a clone. Outside an install `npx aqt` would fetch
 * another package of that name, so it is never printed there.
 */
export function programName({ script, cwd, path }: Started): string {
  const parts = script.split(sep);
  const modules = parts.indexOf('node_modules');
  if (parts.includes('_npx')) return 'npx athena-query-tracker';
  if (modules >= 0) {
    const holder = parts.slice(0, modules).join(sep) || sep;
    if (isWithin(cwd, holder)) return 'npx aqt';
    // A link in .bin of a project elsewhere; any other place below node_modules is that of a global install.
    return parts.includes('.bin') ? quoted(script) : 'aqt';
  }
  const name = basename(script);
  if (BINS.includes(name)) return isOnPath(script, path) ? name : quoted(typed(script, cwd));
  return `${name.endsWith('.ts') ? 'npx tsx' : 'node'} ${quoted(typed(script, cwd))}`;
}

function isWithin(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return rest === '' || (!rest.startsWith('..') && !isAbsolute(rest));
}

function isOnPath(script: string, path: string | undefined): boolean {
  const folders = (path ?? '').split(process.platform === 'win32' ? ';' : ':').filter(Boolean);
  return folders.some((folder) => join(resolve(folder), basename(script)) === join(dirname(script), basename(script)));
}

/** As short as it works: relative below the working folder, else whole. */
function typed(script: string, cwd: string): string {
  return isWithin(script, cwd) ? relative(cwd, script) : script;
}

/** Quotes for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
