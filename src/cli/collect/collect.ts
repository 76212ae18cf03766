import { collectRange } from '../../collect/days/collect-range.js';
import { openCollection } from '../../compose/open-collection.js';
import { openStore } from '../../compose/open-store.js';
import { asStarted } from '../../findings/as-started.js';
import type { Progress } from '../../ports/progress.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { StartSource } from '../../ports/start-source.js';
import type { ReportRow } from '../../record/columns.js';
import type { CheckedDigests } from '../../sources/trail/validate-digests.js';
import { keepReject } from '../../tree/rejects.js';
import { checkTimezone, readTimezone } from '../../tree/settings.js';
import { EXIT, type Io } from '../terminal/io.js';
import { createProgress } from '../terminal/progress.js';
import { generator } from '../terminal/version.js';
import { planAccounts } from './account-options.js';
import { type CollectArguments, type CollectPlan, endedRanges, planCollect, scanIdOf } from './collect-options.js';
import { createMissing, partialText, unreadText } from './partial.js';
import { createSummary } from './summary.js';

/** `aqt collect`: from CloudTrail and Athena to proven hourly reports. */
export async function runCollect(
  options: CollectArguments,
  io: Io,
  watch: { readonly onRow?: (row: ReportRow) => void } = {},
): Promise<number> {
  const typed = planCollect(options);
  const shown = createProgress(io, { isQuiet: options.quiet === true || options.json === true });
  const summary = createSummary();
  const missing = createMissing();
  const { profile, region: regions, linkRegion: linkRegions, systemTable = null, catalog } = options;
  const store = await openStore(typed.output, { ...io, profile });
  const planned = await planInZone(store, { options, typed }, io.clock.now());
  const plan = { ...planned, ranges: endedRanges(planned.ranges, io.clock.now()) };
  const asked = { plan, store, given: plan.given, profile, regions, linkRegions, systemTable, catalog };
  const { collector, sources } = await openCollection(
    {
      ...asked,
      accounts: await planAccounts(options),
      generator: generator(),
      progress: (event) => {
        if (event.kind === 'reject') summary.addReject();
        shown.progress(event);
      },
      onRow: (row) => {
        summary.addRow(row);
        watch.onRow?.(row);
      },
    },
    io,
  );
  const startedAt = io.stopwatch();
  let digests: CheckedDigests | null = null;
  try {
    if (options.validateDigests) digests = await validate(plan, { options, io, progress: shown.progress });
    for (const reject of sources.exportRejects) {
      await keepReject(store, reject);
      collector.progress({ kind: 'reject', origin: reject.origin, reason: reject.reason });
    }
    const source = digests ? withCounts(sources.source, digests.counts) : sources.source;
    for (const days of plan.ranges) {
      const windows = days.map((day) => [day.reportDate, day.window, day.timezone]);
      const scanId = scanIdOf([plan.source, plan.trail, sources.places, windows]);
      for await (const manifest of collectRange(
        collector,
        { ...sources, source },
        { days, format: plan.format, scanId },
      )) {
        summary.addHour(manifest);
        missing.add(manifest);
      }
    }
  } finally {
    shown.finish();
    await sources.close();
  }
  const proof = digests ? { digests } : {};
  if (options.json) io.stdout(`${JSON.stringify({ ...summary.json(), ...proof }, null, 2)}\n`);
  else io.stdout(asStarted(summary.text({ output: plan.output, elapsedMs: io.stopwatch() - startedAt }), io.program));
  const failures = missing.all(sources.failures());
  if (failures.length > 0) {
    io.stderr(partialText(failures));
    return EXIT.partial;
  }
  if (missing.unread() > 0) io.stderr(unreadText(missing.unread()));
  return (digests?.findings.length ?? 0) + missing.unread() > 0 ? EXIT.findings : EXIT.done;
}

/** The days in the tree's own time zone, unless another was typed. @throws OtherTimezone */
async function planInZone(
  store: ReportStore,
  { options, typed }: { readonly options: CollectArguments; readonly typed: CollectPlan },
  now: number,
): Promise<CollectPlan> {
  if (options.timezone !== undefined) {
    await checkTimezone(store, options.timezone, now);
    return typed;
  }
  const timezone = await readTimezone(store, now);
  return timezone === null ? typed : planCollect({ ...options, timezone });
}

async function validate(
  { trail, ranges }: CollectPlan,
  run: { readonly options: CollectArguments; readonly io: Io; readonly progress: Progress },
) {
  const { options, io, progress } = run;
  const days = ranges.flat();
  const window = { start: days[0]?.window.start ?? 0, end: days.at(-1)?.window.end ?? 0 };
  const { checkDigests, digestTexts } = await import('./check-digests.js');
  const checked = await checkDigests({ trail: trail ?? '', profile: options.profile, window }, io);
  for (const message of digestTexts(checked)) progress({ kind: 'warning', message });
  return checked;
}

/** What the digests proved goes into the manifests, with the rest of the source's account. */
function withCounts(source: StartSource, counts: Readonly<Record<string, number>>): StartSource {
  return {
    scan: (window, options) => source.scan(window, options),
    account: () => ({ ...source.account(), counts: { ...source.account().counts, ...counts } }),
  };
}
