import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
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
  const [bundles, inline, { glueTableInput }, { createViewSql }, { synthesize, synthesizeMemberRole }] =
    await Promise.all([
      Promise.all(FUNCTIONS.map(async (name) => [name, await bundleFunction(name, version)])),
      bundleInline(version),
      loadSource('src/record/glue-table.ts'),
      loadSource('src/record/glue-view.ts'),
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
    // Parquet's compressor lies beside the code that writes reports.
    const files = { 'index.mjs': code, ...(WITH_ZSTD.includes(name) ? { 'zstd.wasm': readFileSync(zstdPath()) } : {}) };
    for (const [file, content] of Object.entries(files)) write(`lambda/${name}/${file}`, content);
    const packed = zip(files);
    // The name tells the content, so that a new upload is a new object and CloudFormation sees a change.
    zips[name] = `${name}-${sha256(packed).slice(0, 16)}.zip`;
    write(`deploy/${zips[name]}`, packed);
  }
  const handlers = Object.fromEntries(FUNCTIONS.map((name) => [name, exportName(name)]));
  const variants = {
    // Code in zips, which a bucket must hold first: every format.
    'template.json': { formats: ['csv', 'json', 'parquet'], code: { kind: 'zip', files: zips } },
    // Everything in one file, for the console, StackSets, links and `aws cloudformation deploy --s3-bucket`, which take up to 1 MB.
    'template.standalone.json': {
      formats: ['csv', 'json'],
      code: { kind: 'inline', exports: handlers, source: inline.source },
    },
  };
  for (const [file, { formats, code }] of Object.entries(variants)) {
    const tables = Object.fromEntries(formats.map((format) => [format, tableOf(glueTableInput, { format })]));
    // Files of whole days, and of their sums, are Parquet whatever the reports are.
    const dayTables = formats.includes('parquet')
      ? {
          days: tableOf(glueTableInput, { format: 'parquet', of: 'days' }),
          sums: tableOf(glueTableInput, { format: 'parquet', of: 'sums' }),
        }
      : null;
    const template = synthesize({
      code,
      ...{ tables, dayTables },
      version,
      outdir: scratchFolder(),
      ...(prepare ? { prepare: (app) => prepare(app, file) } : {}),
    });
    write(`deploy/${file}`, JSON.stringify(template));
  }
  const memberRole = synthesizeMemberRole({
    version,
    outdir: scratchFolder(),
    ...(prepare ? { prepare: (app) => prepare(app, MEMBER_ROLE) } : {}),
  });
  write(`deploy/${MEMBER_ROLE}`, JSON.stringify(memberRole, null, 1));
  // Over CSV every column is text; a template of this size has no room for the view that gives them their types.
  const view = { database: 'athena_query_tracker', table: 'queries', view: 'queries_typed', format: 'csv' };
  write('deploy/view.csv.sql', `${createViewSql({ ...view, location: 's3://reports', years: YEARS })}\n`);
  writeFileSync(join(out, 'deploy/manifest.json'), `${JSON.stringify(written, null, 2)}\n`);
  return written;
}

/** For StackSets, and for whoever adds an account. */
const MEMBER_ROLE = 'member-role.json';

/** In place of those that the stack's parameters name. */
const YEARS = { first: 2000, last: 2001 };

/** The functions that write or read Parquet: reports, and tables that lie in a trail. */
const WITH_ZSTD = ['scan', 'hour', 'close-day', 'feeds'];

function zstdPath() {
  return join(dirname(createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm')), 'zstd.wasm');
}

/** A table as the stack takes it: the stack itself knows where the reports lie and in which years. */
function tableOf(glueTableInput, shape) {
  const input = glueTableInput({ database: 'd', table: 't', ...shape, location: 's3://reports', years: YEARS });
  const { 'storage.location.template': _, 'projection.year.range': __, ...parameters } = input.Parameters;
  const plain = ({ Name, Type }) => ({ name: Name, type: Type });
  const { Columns, InputFormat, OutputFormat, SerdeInfo } = input.StorageDescriptor;
  return {
    columns: Columns.map(plain),
    partitionKeys: input.PartitionKeys.map(plain),
    inputFormat: InputFormat,
    outputFormat: OutputFormat,
    serializationLibrary: SerdeInfo.SerializationLibrary,
    serdeParameters: SerdeInfo.Parameters ?? {},
    parameters,
  };
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

const scratch = [];
process.once('exit', () => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
});

/** Inside node_modules, so that what lies there finds its packages. */
function scratchFolder() {
  const parent = resolve('node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'aqt-synth-'));
  scratch.push(folder);
  return folder;
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
