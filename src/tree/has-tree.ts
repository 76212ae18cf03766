import type { ReportStore } from '../ports/report-store.js';
import { listKeys } from './list-keys.js';

/** Tells whether a place holds a tree or a forest: a file of an hour, or a working file. Most are found by the first request. */
export async function hasTree(store: ReportStore): Promise<boolean> {
  try {
    for await (const { kind } of listKeys(store)) if (kind === 'hour' || kind === 'work') return true;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoSuchBucket')) throw error;
  }
  return false;
}
