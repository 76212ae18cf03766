/**
 * Programs that sign the SQL they send, or that sites let sign it, by the name that the column `app` shows. `isWord`: an
 * English word too, so that the bare name before some text proves nothing.
 */
const TOOLS: readonly { readonly app: string; readonly also?: readonly string[]; readonly isWord?: true }[] = [
  { app: 'redash' },
  { app: 'metabase' },
  { app: 'superset', also: ['apache superset', 'sql lab', 'sqllab'] },
  { app: 'preset', isWord: true },
  { app: 'looker' },
  { app: 'tableau' },
  { app: 'quicksight', also: ['amazon quicksight', 'aws quicksight'] },
  { app: 'mode', also: ['mode analytics', 'modeanalytics'], isWord: true },
  { app: 'hex', isWord: true },
  { app: 'sigma', also: ['sigma computing', 'sigma Σ', 'sigma σ', 'sigma \\u03a3'], isWord: true },
  { app: 'deepnote' },
  { app: 'lightdash' },
  { app: 'dbt', also: ['dbt core', 'dbt-core', 'dbt-athena'] },
  { app: 'sqlmesh' },
  { app: 'elementary', isWord: true },
  { app: 'trino' },
  { app: 'airflow', also: ['apache airflow'] },
  { app: 'dagster' },
  { app: 'prefect', isWord: true },
  { app: 'kestra' },
  { app: 'grafana' },
  { app: 'thoughtspot' },
  { app: 'powerbi', also: ['power bi', 'microsoft power bi'] },
  { app: 'retool' },
  { app: 'querybook' },
  { app: 'cube', isWord: true },
  { app: 'omni', isWord: true },
  { app: 'count', isWord: true },
  { app: 'steep', isWord: true },
  { app: 'evidence', isWord: true },
  { app: 'astrato' },
  { app: 'holistics' },
  { app: 'sisense', also: ['periscope data'] },
  { app: 'microstrategy' },
  { app: 'domo' },
  { app: 'qlik', also: ['qlik sense', 'qlikview'] },
  { app: 'spotfire' },
  { app: 'dataiku' },
  { app: 'zeppelin', also: ['apache zeppelin'] },
  { app: 'hue', isWord: true },
  { app: 'popsql' },
  { app: 'hightouch' },
  { app: 'census', isWord: true },
  { app: 'great-expectations', also: ['great_expectations', 'great expectations'] },
  { app: 'soda', isWord: true },
  { app: 'montecarlo', also: ['monte carlo'] },
  { app: 'datafold' },
  { app: 'openmetadata' },
  { app: 'datahub' },
  { app: 'atlan' },
  { app: 'amundsen' },
  { app: 'immuta' },
  { app: 'privacera' },
  { app: 'datadog' },
];

const APPS: ReadonlyMap<string, { readonly app: string; readonly isWord?: true }> = new Map(
  TOOLS.flatMap((tool) => [tool.app, ...(tool.also ?? [])].map((name) => [name, tool] as const)),
);

/** The tool of this name; null for names that no known tool has. */
export function toolNamed(name: string): string | null {
  return APPS.get(name.trim().toLowerCase())?.app ?? null;
}

/** The tool of this name, if its name is no other word of the language. */
export function unmistakableTool(name: string): string | null {
  const known = APPS.get(name.toLowerCase());
  return known && !known.isWord ? known.app : null;
}

/**
 * The tool that a comment begins with (`[Superset] …`, `Grafana: …`, `Hex query metadata: …`), and the text behind its words;
 * null when the comment begins otherwise. A name that is also an English word needs the colon.
 */
export function toolBefore(text: string): { readonly app: string; readonly rest: string } | null {
  const [, bracketed, inBrackets = ''] = /^\[([^\]\n]{1,40})\]\s*(.*)$/s.exec(text) ?? [];
  const named = bracketed === undefined ? null : toolNamed(bracketed);
  if (named !== null) return { app: named, rest: inBrackets };
  const match = PREFIX.exec(text);
  const known = APPS.get((match?.[1] ?? '').toLowerCase());
  if (!match || !known || (known.isWord && match[2] === '')) return null;
  return { app: known.app, rest: text.slice(match[0].length) };
}

const NAMES = [...APPS.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\.]/g, '\\$&'));
const WORDS = '(?:[ _-]+(?:query|sql|context|metadata|info|tags?|comment|details|annotations?))*';
const PREFIX = new RegExp(`^(${NAMES.join('|')})${WORDS}(?![\\w.])[ \\t]*(:*)[-|\\s]*`, 'i');

/** Hosts that only one tool has; its links name it. */
const HOSTS: readonly (readonly [string, RegExp])[] = [
  ['mode', /(?:^|\.)(?:modeanalytics|mode)\.com$/],
  ['hex', /(?:^|\.)hex\.tech$/],
  ['sigma', /(?:^|\.)sigmacomputing\.com$/],
  ['deepnote', /(?:^|\.)deepnote\.(?:com|org)$/],
  ['lightdash', /(?:^|\.)lightdash\.(?:com|cloud)$/],
  ['looker', /(?:^|\.)looker\.com$/],
  ['metabase', /(?:^|\.)metabaseapp\.com$/],
  ['thoughtspot', /(?:^|\.)thoughtspot\.(?:com|cloud)$/],
  ['omni', /(?:^|\.)omniapp\.co$/],
  ['preset', /(?:^|\.)preset\.io$/],
  ['count', /(?:^|\.)count\.co$/],
  ['quicksight', /(?:^|\.)quicksight\.aws\.amazon\.com$/],
];

/** The tool whose own host a link leads to; null for other links and for text that is none. */
export function toolOfLink(link: string): string | null {
  const host = /^https?:\/\/([\w.-]+)(?::\d+)?(?:[/?#]|$)/i.exec(link)?.[1]?.toLowerCase();
  return host === undefined ? null : (HOSTS.find(([, pattern]) => pattern.test(host))?.[0] ?? null);
}
