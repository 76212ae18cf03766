import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** Since when rows may read otherwise than they were written: texts that define names have turned up, the directory or prices have changed. */
export interface RowNews {
  /** Epoch milliseconds; hours that end later are looked at again. Null when there are none. */
  readonly since: number | null;
  /** Grows with every addition, so that none is forgotten that came while others were dealt with. */
  readonly additions: number;
}

const NEWS: TreeDocument<RowNews> = {
  key: workKey.rowNews,
  absent: { since: null, additions: 0 },
  parse(value) {
    const news = value as Partial<RowNews> | null;
    const isRight = news?.since === null || Number.isSafeInteger(news?.since);
    return isRight && Number.isSafeInteger(news?.additions) ? (news as RowNews) : null;
  },
  whenDamaged: 'throw',
};

export function readRowNews(store: ReportStore): Promise<RowNews> {
  return readDocument(store, NEWS);
}

/** Has the hours that end after an instant looked at by the next settling. */
export async function noteRowNews(store: ReportStore, since: number): Promise<void> {
  await updateDocument(store, NEWS, (news) => ({
    since: news.since === null ? since : Math.min(news.since, since),
    additions: news.additions + 1,
  }));
}

/** Forgets the news as far as they were dealt with, unless more have come: all (null), or in hours that end until an instant. */
export async function dealWithNews(store: ReportStore, news: RowNews, until: number | null): Promise<void> {
  if (news.since === null || (until !== null && until <= news.since)) return;
  await updateDocument(store, NEWS, (now) => (now.additions === news.additions ? { ...now, since: until } : now));
}
