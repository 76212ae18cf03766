import { lazy, type ReactNode } from 'preact/compat';
import { PageOverview } from '../pages/overview.js';
import type { IconName } from '../parts/icons.js';

// The first page comes with the program; what another one needs is fetched when it is opened.
const lists = () => import('../pages/lists.js');
const PageCost = lazy(async () => ({ default: (await lists()).PageCost }));
const PageGroups = lazy(async () => ({ default: (await lists()).PageGroups }));
const PagePeople = lazy(async () => ({ default: (await lists()).PagePeople }));
const PageRoles = lazy(async () => ({ default: (await lists()).PageRoles }));
const PageTables = lazy(async () => ({ default: (await lists()).PageTables }));
const PageTools = lazy(async () => ({ default: (await lists()).PageTools }));
const PageWorkgroups = lazy(async () => ({ default: (await lists()).PageWorkgroups }));
const one = () => import('../pages/one.js');
const PagePerson = lazy(async () => ({ default: (await one()).PagePerson }));
const PageRole = lazy(async () => ({ default: (await one()).PageRole }));
const PageTable = lazy(async () => ({ default: (await one()).PageTable }));
const PageTool = lazy(async () => ({ default: (await one()).PageTool }));
const PageWorkgroup = lazy(async () => ({ default: (await one()).PageWorkgroup }));
const PageQueries = lazy(async () => ({ default: (await import('../pages/queries.js')).PageQueries }));
const PageQuery = lazy(async () => ({ default: (await import('../pages/query.js')).PageQuery }));
const PageAudit = lazy(async () => ({ default: (await import('../pages/audit.js')).PageAudit }));
const PageBill = lazy(async () => ({ default: (await import('../cost/bill.js')).PageBill }));
const PageConsole = lazy(async () => ({ default: (await import('../pages/console.js')).PageConsole }));
const PageIdentities = lazy(async () => ({ default: (await import('../pages/identities.js')).PageIdentities }));

/** A page of the dashboard. The address, the menu, the keys, the title and the head of a printed sheet follow from this. */
export interface Page {
  /** The first part of its path. */
  readonly id: string;
  readonly title: string;
  /** What it answers, in a sentence: in the menu and on paper. */
  readonly answers: string;
  /** Its sign in the menu, and the letter after `g`; others are reached by links. */
  readonly menu?: { readonly icon: IconName; readonly key: string };
  /** The entry of the menu to which it belongs; its own by default. */
  readonly below?: string;
  /** `one` is what stands after its path, `/people/<one>`; null is nothing. */
  readonly show: (one: string | null) => ReactNode;
}

/** All pages, those of the menu in its order. */
export const PAGES: readonly Page[] = [
  {
    id: '',
    title: 'Overview',
    answers: 'What ran, what it cost, who ran it, and what deserves a look.',
    menu: { icon: 'overview', key: 'o' },
    show: () => <PageOverview />,
  },
  {
    id: 'queries',
    title: 'Queries',
    answers: 'Which queries ran, and which attempts were refused.',
    menu: { icon: 'queries', key: 'q' },
    show: () => <PageQueries />,
  },
  {
    id: 'people',
    title: 'People',
    answers: 'Who ran queries, how that is known, and what they did.',
    menu: { icon: 'people', key: 'p' },
    show: (one) => (one === null ? <PagePeople /> : <PagePerson person={one} />),
  },
  {
    id: 'workgroups',
    title: 'Workgroups',
    answers: 'What each workgroup ran and cost.',
    menu: { icon: 'workgroups', key: 'w' },
    show: (one) => (one === null ? <PageWorkgroups /> : <PageWorkgroup workgroup={one} />),
  },
  {
    id: 'tables',
    title: 'Tables',
    answers: 'Which tables were read and written, by whom.',
    menu: { icon: 'tables', key: 't' },
    show: (one) => (one === null ? <PageTables /> : <PageTable table={one} />),
  },
  {
    id: 'tools',
    title: 'Tools',
    answers: 'What ran through each tool, and who stands behind it.',
    menu: { icon: 'tools', key: 'l' },
    show: (one) => (one === null ? <PageTools /> : <PageTool tool={one} />),
  },
  {
    id: 'cost',
    title: 'Cost',
    answers: 'What was spent, on what, and where the month is going.',
    menu: { icon: 'cost', key: 'c' },
    show: () => <PageCost />,
  },
  {
    id: 'audit',
    title: 'Audit',
    answers: 'Whether what was collected is all there is, and what proves it.',
    menu: { icon: 'audit', key: 'a' },
    show: () => <PageAudit />,
  },
  {
    id: 'identities',
    title: 'Identities',
    answers: 'For which queries nobody vouches for the person, and what would settle it.',
    menu: { icon: 'identities', key: 'i' },
    show: () => <PageIdentities />,
  },
  {
    id: 'console',
    title: 'SQL console',
    answers: 'What SQL over the reports says.',
    menu: { icon: 'console', key: 's' },
    show: () => <PageConsole />,
  },
  {
    id: 'bill',
    title: 'Bill',
    answers: 'What AWS charges, what the reports say, and why the two differ.',
    below: 'cost',
    show: () => <PageBill />,
  },
  {
    id: 'q',
    title: 'Query',
    answers: 'What one query did, who ran it, and what it cost.',
    below: 'queries',
    show: (one) => <PageQuery id={one ?? ''} />,
  },
  {
    id: 'roles',
    title: 'Roles',
    answers: 'Who stands behind a role, and what they ran.',
    below: 'people',
    show: (one) => (one === null ? <PageRoles /> : <PageRole role={one} />),
  },
  {
    id: 'groups',
    title: 'Groups',
    answers: 'What ran and what it cost, group by group.',
    below: 'queries',
    show: () => <PageGroups />,
  },
];

/** The page of a path, and what stands behind its name there; null is no page. */
export function pageAt(path: string): { readonly page: Page; readonly one: string | null } | null {
  const [, id = '', ...rest] = path.split('/');
  const page = PAGES.find((candidate) => candidate.id === id);
  return page ? { page, one: rest.length > 0 ? unescaped(rest.join('/')) : null } : null;
}

/** A slash inside a name is escaped twice; what is not well escaped is taken as it stands. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
