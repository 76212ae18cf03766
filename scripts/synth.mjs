// npm run synth: writes dist/lambda and dist/deploy, and says how large everything is.
import { writeDeployment } from './deployment.mjs';

/** CloudFormation takes a template of this size from a bucket; the bucket is there anyway, for the code. */
const TEMPLATE_LIMIT = 1_000_000;

const { files } = await writeDeployment({ out: 'dist' });
if (!process.argv.includes('--quiet')) {
  for (const [path, { bytes }] of Object.entries(files)) console.log(`${String(bytes).padStart(9)}  dist/${path}`);
}
const tooLarge = Object.entries(files).filter(
  ([path, { bytes }]) => /template(\.standalone)?\.json$/.test(path) && bytes > TEMPLATE_LIMIT,
);
for (const [path, { bytes }] of tooLarge) console.error(`dist/${path}: ${bytes} bytes, the limit is ${TEMPLATE_LIMIT}`);
process.exitCode = tooLarge.length > 0 ? 1 : 0;
