import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A view that somebody gave a name: an address of the dashboard reproduces it. */
export interface SavedView {
  readonly name: string;
  /** Path and query string. */
  readonly address: string;
}

/** A saved view that cannot be kept. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
}

export interface ViewStore {
  /** Where they are kept. */
  readonly file: string;
  /** By name. */
  list(): Promise<readonly SavedView[]>;
  /** Keeps a view; one of the same name is replaced. @throws ViewError */
  save(view: SavedView): Promise<readonly SavedView[]>;
  remove(name: string): Promise<readonly SavedView[]>;
}

const MOST_VIEWS = 200;
const MOST_NAME = 120;
const MOST_ADDRESS = 4000;

/** Renames over what is there, as the system of the user allows it. */
export type ReplaceFile = (from: string, to: string) => Promise<void>;

/** Keeps views in one file of the user, never among the reports. A change waits for the one before. */
export function viewStore(file: string, replace: ReplaceFile): ViewStore {
  let last: Promise<unknown> = Promise.resolve();
  const change = (next: (views: readonly SavedView[]) => readonly SavedView[]): Promise<readonly SavedView[]> => {
    const changed = last.then(async () => {
      const views = [...next(await readViews(file))].sort((a, b) => (a.name < b.name ? -1 : 1));
      await writeViews(file, views, replace);
      return views;
    });
    last = changed.catch(() => undefined);
    return changed;
  };
  return {
    file,
    list: () => readViews(file),
    save: (view) =>
      change((views) => {
        checkView(view);
        const others = views.filter(({ name }) => name !== view.name);
        if (others.length >= MOST_VIEWS) throw new ViewError(`${MOST_VIEWS} views are kept: remove one first`);
        return [...others, view];
      }),
    remove: (name) => change((views) => views.filter((view) => view.name !== name)),
  };
}

/**
 * The file of a root's views: `AQT_CONFIG_DIR`, else the folder that the system has for a user's settings. Another machine, or
 * another user, has others.
 */
export function viewsFile(
  location: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  const isRemote = /^[a-z][a-z0-9+.-]+:\/\//i.test(location);
  const name = createHash('sha256')
    .update(isRemote ? location : resolve(location))
    .digest('hex')
    .slice(0, 16);
  return join(
    env.AQT_CONFIG_DIR ? resolve(env.AQT_CONFIG_DIR) : join(userSettings(env, platform), 'aqt'),
    `views-${name}.json`,
  );
}

function userSettings(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const home = env.HOME || homedir();
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  return join(home, '.config');
}

function checkView({ name, address }: SavedView): void {
  if (name.trim() === '' || name.length > MOST_NAME) throw new ViewError(`a name has 1 to ${MOST_NAME} characters`);
  if (!/^\/(?!\/)/.test(address) || address.length > MOST_ADDRESS)
    throw new ViewError(`${JSON.stringify(address.slice(0, 80))} is no address of this dashboard`);
}

/** @throws ViewError when the file is damaged: nobody's views are written over */
async function readViews(file: string): Promise<readonly SavedView[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { schema, views } = JSON.parse(text) as { schema?: unknown; views?: unknown };
    if (schema === 1 && Array.isArray(views) && views.every(isView)) return views;
  } catch {
    // What it is instead does not matter.
  }
  throw new ViewError(`${file} is not what was saved: mend it, or move it away`);
}

function isView(value: unknown): value is SavedView {
  const { name, address } = (value ?? {}) as Partial<SavedView>;
  return typeof name === 'string' && typeof address === 'string';
}

async function writeViews(file: string, views: readonly SavedView[], replace: ReplaceFile): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.tmp`;
  await writeFile(next, `${JSON.stringify({ schema: 1, views }, null, 2)}\n`, { mode: 0o600 });
  await replace(next, file);
}
