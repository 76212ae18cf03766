import { readFile, writeFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the compiled command line into few files, each loaded when it is needed: hundreds of small modules take longer to open than
 * a day without queries takes to collect. The packages stay where they are. `dist/cli.js` only leads there.
 */
export async function bundleCli() {
  await build({
    entryPoints: ['dist/cli.js'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outdir: 'dist/bundle',
    chunkNames: '[name]-[hash]',
    plugins: [withPlaces],
    logLevel: 'warning',
  });
  await writeFile('dist/cli.js', "#!/usr/bin/env node\nimport './bundle/cli.js';\n");
}

/** Modules look for files beside themselves: what is bundled still says where it lay. */
const withPlaces = {
  name: 'with-places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      const place = relative('dist', path).split(sep).join('/');
      return {
        contents: contents.replaceAll('import.meta.url', `new URL('../${place}', import.meta.url).href`),
        loader: 'js',
      };
    });
  },
};
