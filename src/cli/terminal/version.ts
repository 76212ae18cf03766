import { readFileSync } from 'node:fs';

/** Version of this package, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** Name and version as manifests and user agents carry it. */
export function generator(): string {
  return `athena-query-tracker/${packageVersion()}`;
}
