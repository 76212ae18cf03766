import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-files.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'aqt-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('the folder of a cache', () => {
  const below = (folder: string) =>
    folder
      .slice(home.length)
      .replaceAll('\\', '/')
      .replace(/[0-9a-f]{16}$/, '<name>');

  it('lies where the system keeps caches of a user, and not among the reports', async () => {
    const at = async (platform: NodeJS.Platform, env = {}) =>
      below(await cacheFolder(join(home, 'reports'), { HOME: home, ...env }, platform));
    expect(await at('linux')).toBe('/.cache/aqt/<name>');
    expect(await at('linux', { XDG_CACHE_HOME: join(home, 'xdg') })).toBe('/xdg/aqt/<name>');
    expect(await at('darwin')).toBe('/Library/Caches/aqt/<name>');
    expect(await at('win32', { LOCALAPPDATA: join(home, 'local') })).toBe('/local/aqt/<name>');
    expect(await at('linux', { AQT_CACHE_DIR: join(home, 'own') })).toBe('/own/<name>');
  });

  it('is named after the reports, and the service that has the bucket', async () => {
    const of = (location: string, env = {}) => cacheFolder(location, { HOME: home, ...env }, 'linux');
    const folders = [
      await of('/a'),
      await of('/b'),
      await of('s3://bucket'),
      await of('s3://bucket', { AWS_ENDPOINT_URL: 'http://localhost:9000' }),
    ];
    expect(new Set(folders).size).toBe(4);
    expect(await of('/a/../b')).toBe(folders[1]);
  });

  it.skipIf(process.platform === 'win32')('is for the user only', async () => {
    const folder = await cacheFolder('/a', { HOME: home }, 'linux');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('that cannot be made is named, with the way out', async () => {
    await expect(cacheFolder('/a', { AQT_CACHE_DIR: join(process.execPath, 'x') })).rejects.toThrow(
      /the cache .* cannot be made: set AQT_CACHE_DIR/,
    );
  });
});
