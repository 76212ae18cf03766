import type { ReportDay } from '../../src/calendar/report-day.js';
import { checkDigests } from '../../src/cli/collect/check-digests.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { createRandom, type Random } from '../../src/simulator/wire/random.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { type Collector, directoryOf, runProcess } from './collector.js';
import { compareTrees } from './compare-trees.js';
import { checkTreeEvidence, tamperWithEvidence } from './evidence-tampering.js';
import { enterInProcess } from './in-process.js';
import { judge, verifyTree } from './judge.js';
import { hoursOf, startedBefore, truthOf } from './known-truth.js';
import { otherZoneFaults } from './other-zone.js';
import type { Mischief } from './planted-faults.js';
import { createPledges } from './pledges.js';
import { type Ended, playRivals, type Rival, type Stage } from './rivals.js';
import { type Setting, settingOf } from './setting.js';
import type { SeedResult, SeedWatcher } from './simulate-seed.js';
import { tableFaults, tableOf } from './table-witness.js';
import { tamperWithTrail } from './tampering.js';
import { TRAIL_BUCKET, troubleTrail } from './trail-trouble.js';
import { createTreeWatch, watchFiles } from './watch-tree.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LATER_SHARE = 0.2;
/** Tries of the first collection. */
const MAX_TRIES = 30;

/**
 * One tree on which several commands work at once, stand still and die, over whatever sources the seed has chosen. Whenever some
 * of them have ended, what those that ended well have promised must be in the reports. Then recovery, and the same judge as ever.
 */
export async function tellCrowdedStory(
  seed: number,
  { note, onTrees, mischief }: Required<SeedWatcher> & { readonly mischief: Mischief },
): Promise<SeedResult> {
  const random = createRandom(seed, 'crowded');
  const setting = settingOf(seed, random);
  const isTrail = setting.source === 'trail';
  const clock = createVirtualClock({
    startsAt: setting.endsAt + random.int(5, 180) * 60_000,
    // Unpacking log files takes some turns in which nobody asks for anything.
    quietTurns: isTrail ? 400 : 6,
  });
  const table = setting.hasTable ? tableOf(seed, setting) : null;
  const simulator = await startSimulator({
    ...{ seed, clock, company: setting.company, faults: { rules: setting.rules }, systemTable: table },
    ...{ deniedWorkGroups: setting.denied, deniedInBatch: random.pick(['unprocessed', 'whole-call']) },
    ...{ pageSize: setting.pageSize, latencyMs: 40, port: null },
    lookupTokenLifetimeMs: random.pick([null, 30_000, 5_000]),
    ...(isTrail ? { trail: trailOf(setting) } : {}),
  });
  const door = enterInProcess({ ...simulator, answer: mischief.answer?.(simulator) ?? simulator.answer }, 'bare');
  const injected: Record<string, number> = {};
  const endings: Record<string, number> = {};
  const count = (of: Record<string, number>, name: string) => {
    of[name] = (of[name] ?? 0) + 1;
  };
  try {
    const collector: Collector = {
      ...{ simulator, url: door.url, days: setting.days, format: setting.format, regions: setting.regions },
      directory: directoryOf(simulator),
      trail: isTrail ? `s3://${TRAIL_BUCKET}${setting.prefix === '' ? '' : `/${setting.prefix}`}` : null,
      accounts: accountsOf(setting),
      systemTable: table === null ? null : 'primary',
    };
    const watch = createTreeWatch();
    const store = createMemoryStore();
    watchFiles(store.files, watch);
    const foreign = foreignOf(setting);
    const trouble = isTrail
      ? troubleTrail(simulator, { random, foreign, count: (what) => count(injected, what) })
      : null;
    const places = setting.accountIds.flatMap((accountId) => setting.regions.map((region) => ({ accountId, region })));
    const asked = { days: setting.days, places };
    const isShown: Parameters<typeof truthOf>[1]['isShown'] = (row) =>
      !setting.denied.includes(row.workGroup) || table?.tells(row) === true;
    const truth = () => truthOf(simulator, { ...asked, isShown });
    const pledges = createPledges({
      ...{ store, format: setting.format, days: setting.days, truth },
      visibleAt: trouble ? ({ eventId }) => trouble.visibleAt(eventId) : ({ visibleAt }) => visibleAt,
    });
    const stage: Stage = {
      ...{ seed, collector, store, mischief, started: 0, count: (what) => count(injected, what) },
      onEnding({ work }, error) {
        const name = error instanceof Error ? error.name : String(error);
        count(endings, name);
        note(`${work} ended: ${name}: ${error instanceof Error ? error.message : ''}`);
      },
    };
    const faults: string[] = [];
    const play = async (rivals: readonly Rival[]) => {
      const pledge = await pledges.begin(clock.now());
      const ended = await playRivals(stage, rivals);
      for (const { rival, outcome } of ended) {
        note(
          `${rival.work} ${rival.scan}: ${outcome === null ? 'died' : `well, ${outcome.missing.size} places missing`}`,
        );
        if (outcome !== null && outcome.missing.size > 0) count(injected, 'missing-account');
      }
      faults.push(...(await pledge.broken(ended)));
      if (isAllDone(ended)) faults.push(...(await verifyTree(store)).faults.map((fault) => `all ended well: ${fault}`));
      if (trouble) for (const at of pledge.wholeAt) faults.push(...(await trouble.untold(store, at)));
      return ended;
    };

    const whole: Rival = { scan: 'simulated', work: 'collect' };
    if (random.chance(0.6)) {
      await play(duelOf(setting, random));
      clock.advance(random.int(1, 50) * 60_000);
    }
    for (let tries = 1; ; tries++) {
      const others = random.chance(0.8) ? [rivalOf(setting, random, true)] : [];
      const ended = await play([...others, whole]);
      if (ended.some(({ rival, outcome }) => rival === whole && outcome !== null)) break;
      if (tries === MAX_TRIES) throw new Error(`collecting did not end well in ${MAX_TRIES} tries`);
      clock.advance(random.int(1, 50) * 60_000);
    }
    const rounds = random.int(2, 4);
    for (let round = 0; round < rounds; round++) {
      clock.advance(random.pick([0.2, 3, 20, 60]) * HOUR_MS);
      if (round === rounds - 2) trouble?.repair();
      await play(Array.from({ length: random.int(2, 3) }, () => rivalOf(setting, random, false)));
    }
    trouble?.repair();

    const through = (kept: ReportStore) => mischief.store?.(kept) ?? kept;
    const calm = { store: through(store), signal: new AbortController().signal };
    clock.advance(Math.max(0, setting.endsAt + 28 * DAY_MS - clock.now()));
    await runProcess(collector, { ...calm, work: 'settle-deep' });
    clock.advance(5 * DAY_MS);
    for (let rounds = 0; (await runProcess(collector, { ...calm, work: 'settle-deep' })).changed > 0; rounds++)
      if (rounds > 3) throw new Error('settling does not come to rest');
    count(injected, 'other-zone');
    const zoned = mischief.otherZone?.(store) ?? store;
    faults.push(...(await otherZoneFaults(collector, { store: zoned, files: store.files })));
    if (setting.hasDigests) {
      count(injected, 'tampered-trail');
      const check = mischief.check?.(checkDigests) ?? checkDigests;
      const window = { start: setting.startsAt, end: setting.endsAt };
      faults.push(
        ...(await tamperWithTrail({ ...{ simulator, url: door.url, window, random, check }, prefix: setting.prefix })),
      );
    }
    if (table !== null && isWhole(setting.days))
      faults.push(...(await tableFaults(store, { table, truth: truth(), ...asked })));
    const reference = createMemoryStore();
    await runProcess(collector, { ...calm, store: through(reference), work: 'collect' });
    if (setting.denied.length === 0 && random.chance(LATER_SHARE)) {
      clock.advance(70 * DAY_MS);
      await runProcess(collector, { ...calm, work: 'collect' });
    }
    count(injected, 'tampered-evidence');
    const check = mischief.evidence?.(checkTreeEvidence) ?? checkTreeEvidence;
    const chance = createRandom(seed, 'tampered evidence');
    faults.push(...(await tamperWithEvidence(store, { now: clock.now(), random: chance, check })));
    if (trouble) faults.push(...(await trouble.untold(store, clock.now())));
    await onTrees(store, reference, 'crowded');
    const judgement = await judge(store, setting.format, {
      ...{ truth: truth(), startedBefore: startedBefore(simulator, asked), now: clock.now(), denied: setting.denied },
      until: setting.days.at(-1)?.window.end ?? 0,
      ...(table === null ? {} : { isInTable: table.tells }),
      ...(trouble ? { isContradicted: trouble.isContradicted } : {}),
    });
    const all = [...watch.faults, ...faults, ...judgement.faults, ...(await compareTrees(store, reference))];
    return { ...judgement, faults: all, seed, endings, injected: { ...simulator.stats.faults, ...injected } };
  } finally {
    door.leave();
    await simulator.close();
  }
}

/** Everybody ended well, and one of them went through every hour: whatever others had left undone is done. */
function isAllDone(ended: readonly Ended[]): boolean {
  const isThorough = ({ work, part }: Rival) => part === undefined && (work === 'collect' || work === 'settle-deep');
  return ended.every(({ outcome }) => outcome !== null) && ended.some(({ rival }) => isThorough(rival));
}

function trailOf({ layout, prefix, hasDigests }: Setting) {
  return {
    ...{ bucket: TRAIL_BUCKET, layout, duplicateShare: 0.1 },
    ...(prefix === '' ? {} : { prefix }),
    ...(hasDigests ? { digests: { bucket: TRAIL_BUCKET, trailName: 'main', backfillShare: 0.1 } } : {}),
  };
}

/** Digests would tell of whatever CloudTrail did not write itself; and the system table knows nothing of contradictions. */
function foreignOf({ hasDigests, hasTable }: Setting) {
  return { hasEnvelopes: !hasDigests, hasUnreadable: !hasDigests, hasContradictions: !hasDigests && !hasTable };
}

function accountsOf({ accountIds }: Setting): NonNullable<Collector['accounts']> {
  const [, ...others] = accountIds;
  const roles = others.map((accountId) => ({
    ...{ accountId, externalId: null, regions: null },
    roleArn: `arn:aws:iam::${accountId}:role/audit/athena-query-tracker`,
  }));
  return { includesOwn: true, roles };
}

function isWhole(days: readonly ReportDay[]): boolean {
  return (days[0]?.hours.length ?? 0) > 22;
}

/** Where whoever goes on, or comes meanwhile, finds less or more than was there before. */
const WEAK_POINTS = [
  /^year=.*\/report_/,
  /^year=.*_manifest/,
  /^_work\/evidence\//,
  /^_work\/seals\//,
  /^_work\/scan\//,
];

/** One who dies just at his checkpoint, and the other goes on; or one who stands still for hours while the other, who has come to know more, passes. */
function duelOf({ days }: Setting, random: Random): Rival[] {
  const first: Rival = { scan: 'simulated', work: 'collect' };
  if (random.chance(0.4))
    return [{ ...first, fate: { at: /checkpoint\.json$/, spared: random.int(0, 1), stallMs: null } }];
  const stallMs = random.int(2, 12) * HOUR_MS;
  const fate = { at: random.pick(WEAK_POINTS), spared: random.int(0, 20), stallMs };
  const second: Rival = { scan: 'again', work: 'collect', part: { days, scanId: 'again' }, delayMs: stallMs - HOUR_MS };
  return [{ ...first, fate }, second];
}

/** A command that somebody gives while others run: the whole again, a part of it, one hour, or settling. */
function rivalOf({ days }: Setting, random: Random, isFirst: boolean): Rival {
  const kind = random.pick(isFirst ? ['whole', 'part', 'hour'] : ['whole', 'part', 'hour', 'settle', 'deep', 'deep']);
  const day = random.pick(days);
  switch (kind) {
    case 'whole':
      return { scan: 'simulated', work: 'collect' };
    case 'settle':
      return { scan: 'settle', work: 'settle' };
    case 'deep':
      return { scan: 'settle', work: 'settle-deep' };
    case 'hour': {
      // Few of them, so that some hour is asked for twice.
      const one = hoursOf(day, Math.min(day.hours.length - 1, random.pick([0, 9, 10, 14])), 1);
      return { scan: `hour ${one.window.start}`, work: 'hour', part: { days: [one], scanId: 'by-itself' } };
    }
    default: {
      const from = random.int(0, Math.max(0, day.hours.length - 4));
      const part = hoursOf(day, from, random.int(2, 12));
      const scanId = `part-${part.window.start}-${part.window.end}`;
      return { scan: scanId, work: 'collect', part: { days: [part], scanId } };
    }
  }
}
