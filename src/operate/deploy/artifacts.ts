import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Template } from './describe-template.js';

/** What `npm run synth` wrote and the package ships. */
export interface Artifacts {
  readonly version: string;
  readonly folder: string;
  /** The template whose code lies in zips. */
  readonly templateBody: string;
  readonly template: Template;
  /** File names of the zips. */
  readonly zips: readonly string[];
}

/** The folder of the package that is running: `dist/deploy` beside the compiled code, or in the checkout. */
export function artifactsFolder(): string {
  return fileURLToPath(new URL('../../../dist/deploy', import.meta.url));
}

/** @throws Error that names the missing file and how to make it */
export async function readArtifacts(folder: string): Promise<Artifacts> {
  const read = async (name: string) => {
    try {
      return await readFile(join(folder, name), 'utf8');
    } catch (error) {
      throw new Error(
        `${join(folder, name)} cannot be read: run \`npm run build\` in the checkout, or install the package anew`,
        {
          cause: error,
        },
      );
    }
  };
  const templateBody = await read('template.json');
  const manifest = JSON.parse(await read('manifest.json')) as { version: string; files: Record<string, unknown> };
  const zips = Object.keys(manifest.files)
    .filter((path) => path.endsWith('.zip'))
    .map((path) => path.replace(/^deploy\//, ''));
  return { version: manifest.version, folder, templateBody, template: JSON.parse(templateBody) as Template, zips };
}
