import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CORPUS_DAY, type CorpusSize, writeCorpus } from '../kit/corpus.js';
import { median } from '../kit/measure.js';
import { LIMITS } from './limits.js';

/** CPU seconds, and megabytes of memory at most. */
interface CostOf {
  readonly cpu: number;
  readonly memory: number;
}

/** A run that was measured. */
export interface MeasuredRun extends CostOf {
  readonly records: number;
  readonly queries: number;
}

export interface Costs {
  readonly runs: readonly MeasuredRun[];
  /** CPU seconds of a day on which nothing happened, of one more record, of one more query. */
  readonly day: number;
  readonly record: number;
  readonly query: number;
  /** Bytes of a record in a log file. */
  readonly packed: number;
}

const ROUNDS = 3;
/** What a made-up record weighs, about; the corpora say how many they have. */
const NONE: CorpusSize = { megabytes: 0.01, fileBytes: 10_000, athena: 0, assume: 0 };

/** Measures whole runs of `aqt collect` on two corpora of each kind; what one more record, or query, costs is the line through both. */
export function measureCosts(folder: string): Costs {
  const corpus = (name: string, size: CorpusSize) => writeCorpus(join(folder, name), size);
  const records = { fileBytes: LIMITS.recordsPerFile * 1000, athena: 0, assume: LIMITS.assumeShare };
  const queries = { fileBytes: LIMITS.recordsPerFile * 1000, athena: 1, assume: 0 };
  const kinds = {
    none: corpus('none', NONE),
    few: corpus('few', { ...records, megabytes: 40 }),
    many: corpus('many', { ...records, megabytes: 200 }),
    most: corpus('most', { ...records, megabytes: 1500 }),
    calm: corpus('calm', { ...queries, megabytes: 3 }),
    busy: corpus('busy', { ...queries, megabytes: 15 }),
  };
  const runs = Object.fromEntries(Object.keys(kinds).map((name) => [name, [] as CostOf[]])) as Record<
    keyof typeof kinds,
    CostOf[]
  >;
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const cost = collect(kinds[name].folder, join(folder, 'reports'));
      if (round > 0) runs[name].push(cost);
    }
  const of = (name: keyof typeof kinds): CostOf => ({
    cpu: median(runs[name].map(({ cpu }) => cpu)),
    memory: median(runs[name].map(({ memory }) => memory)),
  });
  const slope = (low: keyof typeof kinds, high: keyof typeof kinds, count: number) =>
    Math.max(0, of(high).cpu - of(low).cpu) / count;
  const between = kinds.many.records - kinds.few.records;
  return {
    runs: (Object.keys(kinds) as (keyof typeof kinds)[]).map((name) => ({
      ...of(name),
      ...{ records: kinds[name].records, queries: kinds[name].starts },
    })),
    day: of('none').cpu,
    record: slope('few', 'many', between),
    packed: (kinds.many.packed - kinds.few.packed) / between,
    query: slope('calm', 'busy', kinds.busy.starts - kinds.calm.starts),
  };
}

/** One run in a process of its own, which tells at its end what it took. */
function collect(trail: string, output: string): CostOf {
  rmSync(output, { recursive: true, force: true });
  const tell = `process.on('exit',()=>{const u=process.resourceUsage();console.error('took',u.userCPUTime+u.systemCPUTime,u.maxRSS)})`;
  const args = [
    ...['--import', `data:text/javascript,${encodeURIComponent(tell)}`, resolve('dist/cli.js'), 'collect'],
    ...['--from', CORPUS_DAY, '--timezone', 'UTC', '--trail', trail, '--output', output, '--quiet', '--jobs', '1'],
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { env: { PATH: process.env.PATH }, encoding: 'utf8' });
  const [, cpu, memory] = /took (\d+) (\d+)/.exec(stderr) ?? [];
  if (status !== 0 || cpu === undefined) throw new Error(`aqt collect ended with ${status}: ${stderr.slice(-2000)}`);
  return { cpu: Number(cpu) / 1e6, memory: Number(memory) / 1024 };
}
