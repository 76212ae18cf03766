import type { RunSql, Scope } from '../../analytics/view/scope.js';
import type { DashboardContext } from '../server/context.js';
import type { Snapshot } from '../server/live-cache.js';
import type { ViewRequest } from './view-request.js';

/** What a route answers from: one generation, a view of it, and a way to ask. */
export interface Question {
  readonly context: DashboardContext;
  readonly snapshot: Snapshot;
  readonly view: ViewRequest;
  readonly params: URLSearchParams;
  /** The view's scope, its text search done. */
  readonly scope: Scope;
  readonly run: RunSql;
}
