import type { Question } from './question.js';
import { choiceParam, numberParam } from './view-request.js';

/** One of the bills that the server was started with, against the reports. */
export async function billAnswer({ context, params, run }: Question) {
  const { bills } = context;
  const chosen = numberParam(params, 'bill', { fallback: 0, most: Math.max(bills.length - 1, 0) });
  const source = bills[chosen];
  const by = choiceParam(params, 'by', ['day', 'hour'] as const, 'day');
  return {
    bills: bills.map(({ name }) => name),
    chosen,
    by,
    compared: source ? await source.compare(run, by) : null,
  };
}
