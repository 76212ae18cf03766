import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CORPUS_DAY, type Corpus } from './corpus.js';
import { type Cost, costOf, versionOf } from './measure.js';

/** Ways to take who started queries, and who assumed roles, out of a folder of log files. Only ours makes reports and proves them. */
export interface Rivals {
  readonly [name: string]: () => Cost;
}

export const ZCAT = 'zcat, nothing read';
export const DUCKDB = 'DuckDB read_json';
export const JQ = 'zcat \\| jq';

const CLI = resolve('dist/cli.js');
const NODE = JSON.stringify(process.execPath);

/** What our command line is given for a whole run. */
export function collectArgs({ folder }: Pick<Corpus, 'folder'>, output: string, jobs: number): string[] {
  const place = ['--trail', folder, '--output', output];
  return ['collect', '--from', CORPUS_DAY, '--timezone', 'UTC', ...place, '--quiet', '--jobs', String(jobs)];
}

/** Our whole run: from files to reports and their manifests. */
export function collectOnce({ folder }: Pick<Corpus, 'folder'>, output: string, jobs: number, keeps = false): Cost {
  if (!keeps) rmSync(output, { recursive: true, force: true });
  const args = collectArgs({ folder }, output, jobs).join(' ');
  return costOf(`${NODE} ${JSON.stringify(CLI)} ${args} >/dev/null`);
}

/** The rivals that are installed. */
export function rivalsOf(corpus: Corpus, workFolder: string): Rivals {
  mkdirSync(workFolder, { recursive: true });
  const out = join(workFolder, 'out.txt');
  const script = (name: string, text: string) => {
    const path = join(workFolder, name);
    writeFileSync(path, text);
    return JSON.stringify(path);
  };
  const files = `${corpus.folder}/*.json.gz`;
  const each = `find ${corpus.folder} -name '*.json.gz' -print0`;
  const naive = script('naive.mjs', NAIVE);
  const duckdb = script(
    'duckdb.mjs',
    DUCKDB_SCRIPT.replace('PACKAGE', resolve('node_modules/@duckdb/node-api/lib/index.js')),
  );
  const python = script('naive.py', PYTHON);
  return {
    [ZCAT]: () => costOf(`${each} | xargs -0 zcat >/dev/null`),
    'Node.js, every record parsed': () => costOf(`${NODE} ${naive} ${corpus.folder} > ${out}`),
    [DUCKDB]: () => costOf(`${NODE} ${duckdb} '${files}' ${out}`),
    ...(versionOf('jq --version') === null
      ? {}
      : { [JQ]: () => costOf(`${each} | xargs -0 zcat | jq -c '${JQ_FILTER}' > ${out}`) }),
    ...(versionOf('python3 --version') === null
      ? {}
      : { 'Python, every record parsed': () => costOf(`python3 ${python} ${corpus.folder} > ${out}`) }),
  };
}

const JQ_FILTER =
  '.Records[] | select(.eventName == "StartQueryExecution" or (.eventName | startswith("AssumeRole"))) | ' +
  '[.eventTime, .eventName, .eventID, .userIdentity.arn, .userIdentity.accessKeyId, .responseElements.queryExecutionId, .responseElements.credentials.accessKeyId]';

const NAIVE = `
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
const folder = process.argv[2];
for (const name of readdirSync(folder)) {
  const lines = [];
  for (const record of JSON.parse(gunzipSync(readFileSync(folder + '/' + name))).Records) {
    if (record.eventName !== 'StartQueryExecution' && !record.eventName.startsWith('AssumeRole')) continue;
    const { eventTime, eventName, eventID, userIdentity, responseElements } = record;
    lines.push(JSON.stringify([eventTime, eventName, eventID, userIdentity.arn, userIdentity.accessKeyId,
      responseElements?.queryExecutionId, responseElements?.credentials?.accessKeyId]));
  }
  if (lines.length > 0) process.stdout.write(lines.join('\\n') + '\\n');
}
`;

const PYTHON = `
import gzip, json, os, sys
folder = sys.argv[1]
for name in os.listdir(folder):
    with gzip.open(os.path.join(folder, name)) as file:
        records = json.load(file)["Records"]
    for r in records:
        name = r["eventName"]
        if name != "StartQueryExecution" and not name.startswith("AssumeRole"):
            continue
        response = r["responseElements"] or {}
        identity = r["userIdentity"]
        print(json.dumps([r["eventTime"], name, r["eventID"], identity.get("arn"), identity.get("accessKeyId"),
            response.get("queryExecutionId"), (response.get("credentials") or {}).get("accessKeyId")]))
`;

/** With the columns told, so that nothing is guessed and no other member is kept. */
const DUCKDB_SCRIPT = `
import duckdb from 'PACKAGE';
const [, , files, out] = process.argv;
const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
await connection.run(\`COPY (
  SELECT r.eventTime, r.eventName, r.eventID, r.userIdentity.arn, r.userIdentity.accessKeyId,
    r.responseElements.queryExecutionId, r.responseElements.credentials.accessKeyId AS issued
  FROM (SELECT unnest(Records) AS r FROM read_json('\${files}', maximum_object_size = 268435456, columns = {Records:
    'STRUCT(eventTime VARCHAR, eventName VARCHAR, eventID VARCHAR, userIdentity STRUCT(arn VARCHAR, accessKeyId VARCHAR),
     responseElements STRUCT(queryExecutionId VARCHAR, credentials STRUCT(accessKeyId VARCHAR)))[]'}))
  WHERE r.eventName = 'StartQueryExecution' OR starts_with(r.eventName, 'AssumeRole')
) TO '\${out}' (FORMAT csv)\`);
process.exit(0);
`;
