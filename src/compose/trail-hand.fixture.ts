import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Bundles the script of a thread that reads log files into a folder, as the build does. */
export async function buildTrailHand(folder: string): Promise<URL> {
  const outfile = join(folder, 'trail-hand.mjs');
  await build({
    ...{ entryPoints: ['src/compose/trail-hand.ts'], bundle: true, platform: 'node', format: 'esm', outfile },
    banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
    external: ['@bokuweb/zstd-wasm'],
  });
  return pathToFileURL(outfile);
}
