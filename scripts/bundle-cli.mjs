import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the compiled command line into few files, each loaded when it is needed: hundreds of small modules take longer to open than
 * a day without queries takes to collect. Packages stay where they are, but for the two that every start opens. `dist/cli.js` only
 * leads there.
 */
export async function bundleCli() {
  const options = { ...FOR_NODE, plugins: [withPackages, withPlaces] };
  const { metafile } = await build({
    ...options,
    entryPoints: ['dist/cli.js'],
    metafile: true,
    splitting: true,
    outdir: 'dist/bundle',
    chunkNames: '[name]-[hash]',
    // commander asks for modules of Node.js in the manner of CommonJS.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
  });
  await joinModules(COLLECT, metafile.outputs);
  await writeFile('dist/cli.js', "#!/usr/bin/env node\nimport './bundle/cli.js';\n");
  // Each thread that reads log files begins with it.
  await build({ ...options, entryPoints: [HAND], outfile: HAND, allowOverwrite: true });
}

const FOR_NODE = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' };
const HAND = 'dist/compose/trail-hand.js';

/** What every `aqt collect` of files in a folder loads. */
const COLLECT = ['dist/cli/collect/collect.js', 'dist/compose/folders.js', 'dist/compose/open-trail.js'];

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

/**
 * Joins into one file what some modules, loaded when they are needed, load at once, and the start of the program does not: opening
 * a file costs more than the little that stands in most of them. Each of them stays, and leads there, for the other commands that
 * need it.
 */
async function joinModules(entries, outputs) {
  const folder = 'dist/bundle';
  const atStart = loadedAtOnce(`${folder}/cli.js`, outputs);
  const loaded = new Set();
  for (const [path, { entryPoint }] of Object.entries(outputs))
    if (entries.includes(entryPoint)) loadedAtOnce(path, outputs, loaded);
  const joined = [...loaded].filter((path) => !atStart.has(path));
  const names = joined.map((path, index) => outputs[path].exports.map((name) => [name, `_${index}_${name}`]));
  const line = (pairs, from) =>
    `export { ${pairs.map(([a, b]) => `${a} as ${b}`).join(', ')} } from './${basename(from)}';\n`;
  const isJoined = new Set(joined.map((path) => basename(path)));
  const name = 'collect-joined.js';
  await build({
    stdin: { contents: joined.map((path, index) => line(names[index], path)).join(''), resolveDir: folder },
    ...FOR_NODE,
    outfile: join(folder, name),
    // All that stands in these files is needed: what is not was left out before.
    ignoreAnnotations: true,
    plugins: [
      {
        name: 'joined-alone',
        setup({ onResolve }) {
          onResolve({ filter: /./ }, ({ path, kind }) =>
            kind !== 'dynamic-import' && isJoined.has(basename(path)) ? null : { path, external: true },
          );
        },
      },
    ],
  });
  for (const [index, path] of joined.entries())
    await writeFile(
      path,
      line(
        names[index].map(([own, other]) => [other, own]),
        name,
      ),
    );
}

/** The files that are loaded with one of them, itself among them. */
function loadedAtOnce(path, outputs, loaded = new Set()) {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const { path: next, kind, external } of outputs[path].imports)
    if (kind === 'import-statement' && !external) loadedAtOnce(next, outputs, loaded);
  return loaded;
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
