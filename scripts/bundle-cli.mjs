import { readFile, writeFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the compiled command line into few files, each loaded when it is needed: hundreds of small modules take longer to open than
 * a day without queries takes to collect. Packages stay where they are, but for the two that every start opens. `dist/cli.js` only
 * leads there.
 */
export async function bundleCli() {
  await build({
    entryPoints: ['dist/cli.js'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: 'dist/bundle',
    chunkNames: '[name]-[hash]',
    plugins: [withPackages, withPlaces],
    // commander asks for modules of Node.js in the manner of CommonJS.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await writeFile('dist/cli.js', "#!/usr/bin/env node\nimport './bundle/cli.js';\n");
}

/** Opened at every start: in the bundle they need not be looked for among the packages. */
const BUNDLED = /^(?:commander|temporal-polyfill)$/;

const withPackages = {
  name: 'with-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) =>
      kind === 'entry-point' || BUNDLED.test(path) || /[\\/]node_modules[\\/]/.test(importer)
        ? null
        : { path, external: true },
    );
  },
};

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
