import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundleFunction, bundleInline, exportName, FUNCTIONS } from './lambda-bundles.mjs';
import { zip } from './zip.mjs';

/**
 * Writes what is deployed below `out`: the Lambda bundles into `lambda/`, two CloudFormation templates and the zips into
 * `deploy/`. The same source gives the same bytes. Returns what was written, as in `deploy/manifest.json`.
 * @param {{out: string, prepare?: (app: unknown, variant: string) => void}} options `prepare` sees the CDK app of each variant
 */
export async function writeDeployment({ out, prepare }) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [bundles, inline, { glueTable }, { synthesize }] = await Promise.all([
    Promise.all(FUNCTIONS.map(async (name) => [name, await bundleFunction(name)])),
    bundleInline(),
    loadSource('src/record/glue-table.ts'),
    loadSource('src/infra/synthesize.ts'),
  ]);
  const written = { version, files: {} };
  const write = (path, content) => {
    const bytes = Buffer.from(content);
    mkdirSync(join(out, path, '..'), { recursive: true });
    writeFileSync(join(out, path), bytes);
    written.files[path] = { bytes: bytes.length, sha256: sha256(bytes) };
  };
  rmSync(join(out, 'deploy'), { recursive: true, force: true });
  const zips = {};
  for (const [name, code] of bundles) {
    write(`lambda/${name}/index.mjs`, code);
    const packed = zip({ 'index.mjs': code });
    // The name tells the content, so that a new upload is a new object and CloudFormation sees a change.
    zips[name] = `${name}-${sha256(packed).slice(0, 16)}.zip`;
    write(`deploy/${zips[name]}`, packed);
  }
  const variants = {
    'template.json': { formats: ['csv', 'json', 'parquet'], code: { kind: 'zip', files: zips } },
    'template.inline.json': {
      formats: ['csv', 'json'],
      code: {
        kind: 'inline',
        source: inline.source,
        exports: Object.fromEntries(FUNCTIONS.map((name) => [name, exportName(name)])),
      },
    },
  };
  for (const [file, { formats, code }] of Object.entries(variants)) {
    const tables = Object.fromEntries(formats.map((format) => [format, glueTable(format)]));
    const template = synthesize({
      code,
      tables,
      version,
      outdir: scratchFolder(),
      ...(prepare ? { prepare: (app) => prepare(app, file) } : {}),
    });
    write(`deploy/${file}`, JSON.stringify(template));
  }
  writeFileSync(join(out, 'deploy/manifest.json'), `${JSON.stringify(written, null, 2)}\n`);
  return written;
}

/** Runs a TypeScript module of ours, with the packages it imports left where they are. */
async function loadSource(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  });
  const file = join(scratchFolder(), 'module.cjs');
  writeFileSync(file, outputFiles[0].contents);
  return createRequire(resolve('package.json'))(file);
}

/** Inside node_modules, so that what lies there finds its packages. */
function scratchFolder() {
  const parent = resolve('node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'aqt-synth-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
