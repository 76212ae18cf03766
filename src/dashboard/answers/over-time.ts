import { comparedWindow } from '../../analytics/time/compare.js';
import { concurrencyOf } from '../../analytics/time/concurrency.js';
import { type Histogram, type HistogramBar, histogramOf } from '../../analytics/time/histogram.js';
import { STACK_MEASURES, STACK_NAMES, type Stack, stackOf } from '../../analytics/time/stack.js';
import type { Scope } from '../../analytics/view/scope.js';
import { type Totals, totalsOf } from '../../analytics/view/totals.js';
import type { Window } from '../../calendar/window.js';
import { needRows } from '../rows/need-rows.js';
import type { Question } from './question.js';
import { choiceParam } from './view-request.js';

/** Another period beside the one that is shown. */
export interface Compared {
  readonly window: Window;
  readonly totals: Totals;
  readonly bars: readonly HistogramBar[];
  /** False where it begins before what is collected, or ends after it. */
  readonly isWhole: boolean;
}

/** A scope over time: its bars, those of another period (`compare`), what they are made of (`stack`), how many ran at once. */
export interface OverTime {
  readonly histogram: Histogram;
  readonly compared: Compared | null;
  readonly stack: Stack | null;
  /** The most at once by bar, where that is asked for (`metric=concurrency`). */
  readonly concurrency: readonly number[] | null;
}

export async function overTime(question: Question): Promise<OverTime> {
  const { run, scope, view, params } = question;
  const by = params.get('stack') ? choiceParam(params, 'stack', STACK_NAMES, 'person') : null;
  const measure = choiceParam(params, 'metric', [...STACK_MEASURES, 'duration', 'queue', 'concurrency'], 'queries');
  const stacked = STACK_MEASURES.find((name) => name === measure);
  const [histogram, compared, stack, concurrency] = await Promise.all([
    histogramOf(run, scope, view.timezone),
    comparedOf(question),
    by && stacked ? stackOf(run, scope, { by, measure: stacked, timezone: view.timezone }) : null,
    measure === 'concurrency' ? concurrencyOf(run, scope, view.timezone) : null,
  ]);
  return { histogram, compared, stack, concurrency };
}

async function comparedOf(question: Question): Promise<Compared | null> {
  const { run, view, snapshot } = question;
  const scope = comparedScope(question);
  if (!scope) return null;
  const { collected } = snapshot.coverage;
  const [totals, { bars }] = await Promise.all([totalsOf(run, scope), histogramOf(run, scope, view.timezone)]);
  const { start, end } = scope.window;
  return {
    window: scope.window,
    totals,
    bars,
    isWhole: collected !== null && collected.start <= start && end <= collected.end,
  };
}

/** The scope in the period that is asked to be compared with; null when none is. @throws RowsNotHere */
export function comparedScope({ params, scope, snapshot }: Question): Scope | null {
  const compare = params.get('compare');
  if (!compare) return null;
  const window = comparedWindow(scope.window, compare, snapshot.coverage.timezone);
  needRows(snapshot, window);
  return { ...scope, window };
}
