import type { Progress } from '../ports/progress.js';

/** Namespace of the metrics; the alarms and the dashboard of the stack read them. */
const METRIC_NAMESPACE = 'AthenaQueryTracker';
/** A long scan, and a long list, tell how far they are this often. */
const SCAN_LINE_MS = 15_000;

/** Writes one JSON line. Straight to stdout: `console` would put Lambda's own prefix before the metrics. */
export function log(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

/** Progress as log lines: numbers and places, never SQL. */
export function createLogProgress(now: () => number): Progress {
  let scanLineAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.kind === 'scan' || event.kind === 'list' || event.kind === 'read') {
      if (now() - scanLineAt < SCAN_LINE_MS) return;
      scanLineAt = now();
    }
    log({
      level: event.kind === 'warning' || event.kind === 'reject' || event.kind === 'not-read' ? 'WARN' : 'INFO',
      ...event,
    });
  };
}

/**
 * Writes metrics in CloudWatch's embedded format: CloudWatch reads them out of the log, so no permission and no call is needed.
 * The dimension is the stack, which the function's name begins with.
 */
export function logMetrics(
  metrics: Readonly<Record<string, number>>,
  options: {
    readonly now: number;
    readonly stack: string;
    /** Numbers beside them, for whoever reads the log: CloudWatch charges for each metric. */
    readonly also?: Readonly<Record<string, number>>;
  },
): void {
  const names = Object.keys(metrics);
  log({
    _aws: {
      Timestamp: options.now,
      CloudWatchMetrics: [
        { Namespace: METRIC_NAMESPACE, Dimensions: [['Stack']], Metrics: names.map((Name) => ({ Name })) },
      ],
    },
    Stack: options.stack,
    ...metrics,
    ...options.also,
  });
}

/** Name of the stack that a function belongs to: `<stack>-close-day`. */
export function stackOf(functionName: string | undefined): string {
  return functionName?.replace(/-(planner|scan|hour|close-day|witness|feeds)$/, '') ?? 'athena-query-tracker';
}
