import { settle } from '../../collect/days/settle.js';
import { type UnsavedHour, unsavedTexts, WARN_AGE_MS } from '../../inspect/unsaved-texts.js';
import type { ReportStore } from '../../ports/report-store.js';
import { EXIT, type Io } from '../terminal/io.js';
import { partialText } from './partial.js';
import { openRevisit, type RevisitArguments } from './settle-options.js';

const DAY_MS = 86_400_000;

/**
 * `aqt rescue`: how old the texts are that are not saved yet, and then fetches them, the oldest first. Exit 3 when texts remain
 * that Athena will forget within two weeks.
 */
export async function runRescue(options: RevisitArguments, io: Io): Promise<number> {
  const { collector, sources, close } = await openRevisit(options, io);
  const { store, clock } = collector;
  const before = await agesOf(store, clock.now());
  if (!options.json) io.stderr(textOf(before));
  try {
    const lacking = new Set(before.hours.filter(({ unsaved }) => unsaved > 0).map(({ manifest }) => nameOf(manifest)));
    for await (const _ of settle(collector, { only: (manifest) => lacking.has(nameOf(manifest)) }));
  } finally {
    await close();
  }
  const after = await agesOf(store, clock.now());
  if (options.json)
    io.stdout(`${JSON.stringify({ schema_version: 1, before: before.sums, after: after.sums }, null, 2)}\n`);
  else
    io.stdout(
      `${Math.max(0, before.sums.unsaved - after.sums.unsaved - (after.sums.lost - before.sums.lost))} texts saved. ${textOf(after)}`,
    );
  const failures = sources.failures();
  if (failures.length > 0) {
    io.stderr(partialText(failures));
    return EXIT.partial;
  }
  return after.sums.urgent > 0 ? EXIT.findings : EXIT.done;
}

interface Ages {
  readonly hours: readonly UnsavedHour[];
  readonly sums: {
    /** Texts that Athena may still give. */
    readonly unsaved: number;
    /** Of these, those of 30 days and more. */
    readonly urgent: number;
    readonly lost: number;
    /** Whole days of the oldest text that can still be saved; null when there is none. */
    readonly oldestDays: number | null;
    readonly daysLeft: number | null;
  };
}

async function agesOf(store: ReportStore, now: number): Promise<Ages> {
  const hours: UnsavedHour[] = [];
  for await (const hour of unsavedTexts(store, now)) hours.push(hour);
  const open = hours.filter(({ unsaved }) => unsaved > 0);
  const sum = (list: readonly UnsavedHour[], count: (hour: UnsavedHour) => number) =>
    list.reduce((total, hour) => total + count(hour), 0);
  const [oldest] = open;
  return {
    hours,
    sums: {
      unsaved: sum(open, ({ unsaved }) => unsaved),
      urgent: sum(
        open.filter(({ ageMs }) => ageMs >= WARN_AGE_MS),
        ({ unsaved }) => unsaved,
      ),
      lost: sum(hours, ({ lost }) => lost),
      oldestDays: oldest ? Math.floor(oldest.ageMs / DAY_MS) : null,
      daysLeft: oldest ? Math.max(0, Math.floor(oldest.leftMs / DAY_MS)) : null,
    },
  };
}

function textOf({ sums }: Ages): string {
  const lines = [
    sums.unsaved === 0
      ? 'No text is waiting to be saved.'
      : `${sums.unsaved} texts are not saved; the oldest is ${sums.oldestDays} days old, Athena forgets it in ${sums.daysLeft} days.`,
    ...(sums.urgent > 0 ? [`Warning: ${sums.urgent} of them are 30 days old or older.`] : []),
    ...(sums.lost > 0 ? [`${sums.lost} texts are lost: they were not asked for within Athena's 45 days.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function nameOf({ reportDate, hour }: UnsavedHour['manifest']): string {
  return `${reportDate} ${hour}`;
}
