import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

/** The functions, by the names of their handlers in src/lambda/. */
export const FUNCTIONS = ['planner', 'scan', 'hour', 'close-day', 'witness', 'feeds'];

/** Lambda's newest Node; the bundles also run on the Node that the package needs, for tests. */
const TARGET = 'node20';

/** Bundles a function with its SDK as one ES module. */
export async function bundleFunction(name, version) {
  const { outputFiles } = await build({
    entryPoints: [`src/lambda/${name}.ts`],
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: TARGET,
    mainFields: ['module', 'main'],
    legalComments: 'none',
    // CommonJS packages inside an ES module still call require.
    banner: {
      js: "import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);",
    },
    plugins: [withoutFolders],
    define: { 'process.env.AQT_VERSION': JSON.stringify(version) },
    logLevel: 'warning',
  });
  return outputFiles[0].contents;
}

/**
 * Bundles all functions as one small CommonJS text for a template: the SDK is the one of the Lambda runtime, Parquet is left
 * out, and the code is packed, so that the template is small to host and to read.
 */
export async function bundleInline(version) {
  const { outputFiles } = await build({
    stdin: {
      contents: FUNCTIONS.map(
        (name) => `export { handler as ${exportName(name)} } from './src/lambda/${name}.ts';`,
      ).join('\n'),
      resolveDir: process.cwd(),
    },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    legalComments: 'none',
    external: ['@aws-sdk/*', '@smithy/*'],
    // The runtime's SDK is found by require alone: import() does not look where NODE_PATH says.
    supported: { 'dynamic-import': false },
    plugins: [withoutParquet, withoutForeignFormats, withoutFolders],
    define: { 'process.env.AQT_VERSION': JSON.stringify(version) },
    logLevel: 'warning',
  });
  const code = outputFiles[0].contents;
  const packed = brotliCompressSync(code, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
  const digest = createHash('sha256').update(code).digest('hex');
  const source = [
    `// athena-query-tracker, packed by npm run synth; sha256 of the unpacked code: ${digest}`,
    'const M=require("module"),m=new M("tracker");m.paths=module.paths;',
    `m._compile(require("zlib").brotliDecompressSync(Buffer.from("${packed.toString('base64')}","base64")).toString(),"/var/task/tracker.js");`,
    'module.exports=m.exports;',
  ].join('\n');
  return { source, codeBytes: code.length, packedBytes: packed.length };
}

/** Names of the handlers in the inline code. */
export function exportName(name) {
  return name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** What lies on a machine, and its threads: a function has buckets only, and reads by one hand. */
const withoutFolders = {
  name: 'without-folders',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]compose[\\/]folders\.ts$/ }, () => ({
      contents:
        'const refuse = () => { throw new Error("a function reads and keeps everything in S3: give s3:// locations"); };\nexport { refuse as openFolderStore, refuse as openFolderTrail, refuse as openExport, refuse as readTextFile };',
      loader: 'js',
    }));
    onLoad({ filter: /[\\/]src[\\/]compose[\\/]trail-hands\.ts$/ }, () => ({
      contents:
        'const refuse = () => { throw new Error("a function has no threads"); };\nexport { refuse as openTrailHands };',
      loader: 'js',
    }));
  },
};

/** The inline variant writes CSV and JSON only; its OutputType parameter allows nothing else. */
const withoutParquet = {
  name: 'without-parquet',
  setup({ onLoad }) {
    onLoad(
      { filter: /[\\/]src[\\/]storage[\\/](encode-parquet|encode-nested-parquet|decode-parquet|zstd)\.ts$/ },
      () => ({
        contents:
          'const refuse = () => { throw new Error("this template writes csv and json; deploy template.json with its zips for parquet"); };\nexport { refuse as encodeParquet, refuse as encodeRollupParquet, refuse as encodeNestedParquet, refuse as decodeParquet, refuse as loadZstd };',
        loader: 'js',
      }),
    );
    // Files of whole days are Parquet.
    onLoad({ filter: /[\\/]src[\\/]lambda[\\/]keep-daily\.ts$/ }, () => ({
      contents:
        'export const keepDaily = async () => {};\nexport const withNeighbours = () => [];\nexport const openDays = withNeighbours;',
      loader: 'js',
    }));
  },
};

/** CloudTrail writes no archives, tables or Parquet; where such files lie in a trail, this variant tells them instead of reading them. */
const withoutForeignFormats = {
  name: 'without-foreign-formats',
  setup({ onLoad }) {
    onLoad(
      { filter: /[\\/]src[\\/]sources[\\/]content[\\/](archive-members|bzip2|csv-rows|parquet-rows)\.ts$/ },
      () => ({
        contents:
          'const refuse = () => { throw new Error("functions deployed inline do not read this kind of file; deploy the zip template, or collect with the command line"); };\nexport { refuse as zipMembers, refuse as tarMembers, refuse as bunzip, refuse as csvRows, refuse as parquetRows };',
        loader: 'js',
      }),
    );
  },
};
