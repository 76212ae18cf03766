import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the compiled command line into few files, each loaded when it is needed: hundreds of small modules take longer to open than
 * a day without queries takes to collect. Packages stay where they are, but for the two that every start opens. `dist/cli.js` only
 * leads there.
 */
export async function bundleCli() {
  const options = { ...FOR_NODE, format: 'esm', plugins: [withPackages, withPlaces] };
  const { metafile } = await build({
    ...options,
    entryPoints: ['dist/cli.js'],
    metafile: true,
    splitting: true,
    outdir: FOLDER,
    chunkNames: '[name]-[hash]',
  });
  const { outputs } = metafile;
  const start = loadedAtOnce(`${FOLDER}/cli.js`, outputs);
  const collect = new Set();
  for (const [path, { entryPoint }] of Object.entries(outputs))
    if (COLLECT.includes(entryPoint)) loadedAtOnce(path, outputs, collect);
  await copyFile('scripts/run-script.mjs', `${FOLDER}/run-script.js`);
  const before = await joinChunks('start', { paths: [...start], outputs });
  await joinChunks('collect', { paths: [...collect].filter((path) => !start.has(path)), outputs, before });
  await writeFile('dist/cli.js', "#!/usr/bin/env node\nimport { ended } from './bundle/cli.js';\n\nawait ended;\n");
  // Each thread that reads log files begins with it.
  await build({ ...options, entryPoints: [HAND], outfile: HAND, allowOverwrite: true });
}

const FOLDER = 'dist/bundle';
const FOR_NODE = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
const HAND = 'dist/compose/trail-hand.js';

/** What every `aqt collect` of files in a folder loads. */
const COLLECT = [
  'dist/cli/collect/collect.js',
  'dist/compose/folders.js',
  'dist/compose/open-trail.js',
  'dist/compose/trail-hands.js',
];

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
 * Joins chunks into one script, of which V8 keeps the code (`keep-code.mjs`): to read the text of a program costs more than all that
 * a day without queries has it do, and to open a file more than the little that stands in most chunks. Each chunk stays, and leads
 * there, for whoever else needs it. Returns the names by which the script exports what each chunk does; `before`: those of a script
 * that it takes from.
 */
async function joinChunks(name, { paths, outputs, before = null }) {
  const names = new Map(
    paths.map((path, index) => [basename(path), outputs[path].exports.map((one) => [`_${index}_${one}`, one])]),
  );
  const contents = [...names].map(([chunk, pairs]) => exportLine(pairs.map(flip), `./${chunk}`)).join('');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER },
    ...FOR_NODE,
    format: 'cjs',
    write: false,
    define: { 'import.meta.url': 'place' },
    banner: { js: '(function (module, require, load, place) {' },
    footer: { js: 'return module.exports; })' },
    // All that stands in these files is needed: what is not was left out before.
    ignoreAnnotations: true,
    minifyWhitespace: true,
    legalComments: 'none',
    plugins: [takeFrom(names, before)],
  });
  await writeFile(join(FOLDER, `${name}.cjs`), asScript(outputFiles[0].text));
  const all = [...names.values()].flat().map(([joined]) => joined);
  await writeFile(
    join(FOLDER, `${name}.js`),
    `import { runScript } from './run-script.js';
${before ? `import { joined as before } from './${before.name}.js';\n` : ''}
export const joined = runScript('${name}.cjs'${before ? `, { './${before.name}.js': before }` : ''});
export const { ${all.join(', ')} } = joined;
`,
  );
  for (const [chunk, pairs] of names) await writeFile(join(FOLDER, chunk), exportLine(pairs, `./${name}.js`));
  return { name, names };
}

/** A script cannot import, and is quicker to read where each character is one byte: esbuild leaves others in regular expressions. */
function asScript(text) {
  return text
    .replace(/\bimport\(/g, 'load(')
    .replace(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const flip = ([a, b]) => [b, a];
const exportLine = (pairs, from) => `export { ${pairs.map(([a, b]) => `${a} as ${b}`).join(', ')} } from '${from}';\n`;

/** What lies in none of these chunks, and is not of Node.js, is loaded when it is needed, as before. */
const takeFrom = (own, before) => ({
  name: 'take-from',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, namespace }) => {
      const chunk = basename(path);
      if (own.has(chunk)) return null;
      if (before?.names.has(chunk) && namespace !== 'before') return { path: chunk, namespace: 'before' };
      return { path, external: true };
    });
    onLoad({ filter: /./, namespace: 'before' }, ({ path }) => ({
      contents: exportLine(before.names.get(path), `./${before.name}.js`),
    }));
  },
});

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
