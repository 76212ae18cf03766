import type { IconName } from '../parts/icons.js';

/** The pages, in the order of the menu; `key` is the letter after `g`. */
export const PAGES: readonly {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  readonly key: string;
}[] = [
  { path: '/', name: 'Overview', icon: 'overview', key: 'o' },
  { path: '/queries', name: 'Queries', icon: 'queries', key: 'q' },
  { path: '/people', name: 'People', icon: 'people', key: 'p' },
  { path: '/workgroups', name: 'Workgroups', icon: 'workgroups', key: 'w' },
  { path: '/tables', name: 'Tables', icon: 'tables', key: 't' },
  { path: '/cost', name: 'Cost', icon: 'cost', key: 'c' },
  { path: '/audit', name: 'Audit', icon: 'audit', key: 'a' },
  { path: '/identities', name: 'Identities', icon: 'identities', key: 'i' },
  { path: '/console', name: 'SQL console', icon: 'console', key: 's' },
];
