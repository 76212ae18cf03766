import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asStarted } from '../../findings/as-started.js';
import type { ReportRow } from '../../record/columns.js';
import { runCollect } from '../collect/collect.js';
import { parseFormat } from '../collect/collect-options.js';
import type { addDemo } from '../collect/commands-collect.js';
import { runSettle } from '../collect/settle.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { runVerify } from '../verify/verify.js';
import { showPeople } from './demo-people.js';

export type DemoArguments = OptionsOf<typeof addDemo>;

/** First report day of the demo: the day on which New York sets its clocks back, 25 hours long. */
const FIRST_DAY = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;
/** Enough queries to look like a company, few enough to be collected while somebody waits. */
const STORY = { hasStory: true, queriesPerDay: 140, noisePerDay: 100 };
/** Until the late event can be read. */
const LATE_MS = 14 * 3_600_000;

/**
 * `aqt demo`: starts a simulated AWS account in this process and collects it over HTTP with the real SDK, as `collect` would a
 * real one. Time is simulated too, so the quotas hold and nobody waits for them.
 */
export async function runDemo(options: DemoArguments, io: Io): Promise<number> {
  const format = parseFormat(options.format);
  const { startSimulator } = await import('../../simulator/simulator.js');
  const { CLOSED_WORKGROUP, STORY_DAYS } = await import('../../simulator/company/story.js');
  const { createVirtualClock } = await import('../../simulator/wire/clocks.js');
  const startsAt = FIRST_DAY + 4 * 3_600_000;
  const clock = createVirtualClock({ startsAt: startsAt + (options.days + 1) * DAY_MS });
  const hasStory = options.days >= STORY_DAYS;
  const simulator = await startSimulator({
    seed: options.seed,
    clock,
    company: { days: options.days + 1, startsAt, ...(hasStory ? STORY : {}) },
    deniedWorkGroups: hasStory ? [CLOSED_WORKGROUP] : [],
  });
  try {
    const output = options.output ?? (await mkdtemp(join(tmpdir(), 'aqt-demo-')));
    const directory = join(await mkdtemp(join(tmpdir(), 'aqt-demo-directory-')), 'people.json');
    await writeFile(directory, simulator.directory);
    // Nobody misses a demo of the system's temporary folder.
    const isPassing = options.output === undefined;
    const inside: Io = { ...io, clock, isPassing, env: { ...io.env, ...ACCOUNT, AWS_ENDPOINT_URL: simulator.url } };
    const rows: ReportRow[] = [];
    io.stdout('A made-up company, an AWS account in this process, the real collector.\n\n');
    const collected = await runCollect(
      {
        from: date(FIRST_DAY),
        to: date(FIRST_DAY + (options.days - 1) * DAY_MS),
        output,
        format,
        directory,
        region: ['us-east-1'],
      },
      inside,
      { onRow: (row) => void rows.push(row) },
    );
    if (collected !== EXIT.done) return collected;
    if (hasStory) {
      // One event comes a day and a half late, as CloudTrail's do: settling finds it and gives the query back to its person.
      await clock.sleep(LATE_MS);
      io.stdout('\nA day later: events that came late are read, and their hours written again.\n');
      const settled = await runSettle({ output, directory, region: ['us-east-1'], deep: false }, inside);
      if (settled !== EXIT.done) return settled;
    }
    io.stdout(`\n${showPeople(rows, io)}\n`);
    const verified = await runVerify({ output }, inside);
    const next = `\nThe reports are in ${output}. Look into them:\n\n  aqt people ${output}\n  aqt report ${output} --by person\n  aqt serve ${output}\n\n`;
    io.stdout(asStarted(next, io.program));
    // What it finds is what there is to find: the demo has worked.
    if (verified !== EXIT.done && verified !== EXIT.findings) return verified;
    if (!options.serve) return EXIT.done;
    const { runServe } = await import('../look/serve.js');
    return await runServe({ output, directory }, io);
  } finally {
    await simulator.close();
  }
}

/** Credentials that only the simulator takes. */
const ACCOUNT = {
  AWS_ACCESS_KEY_ID: 'AKIADEMO',
  AWS_SECRET_ACCESS_KEY: 'demo',
  AWS_SESSION_TOKEN: '',
  AWS_PROFILE: '',
  AWS_REGION: 'us-east-1',
};

function date(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
