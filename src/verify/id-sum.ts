import { createHash } from 'node:crypto';
import type { IdSum } from '../findings/facts.js';
import type { ReportRow } from '../record/columns.js';
import { ownText } from './own-text.js';

/** Sums up rows by their ids. */
export interface IdSummer {
  add(row: Pick<ReportRow, 'query_execution_id' | 'event_id'>): void;
  sum(): IdSum;
}

/** Ids kept to be shown. */
const IDS_KEPT = 5;

export function createIdSum(): IdSummer {
  const hash = createHash('sha256');
  const ids: string[] = [];
  let count = 0;
  return {
    add({ query_execution_id, event_id }) {
      const id = query_execution_id ?? `event ${event_id}`;
      count++;
      hash.update(`${id}\n`);
      if (ids.length < IDS_KEPT) ids.push(ownText(id));
    },
    sum: () => ({ count, ids, hash: hash.copy().digest('hex') }),
  };
}
