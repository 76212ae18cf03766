import { type ReactNode, useState } from 'preact/compat';
import type { Facet, FacetName, FacetValue } from '../../analytics/view/facets.js';
import { count, shortCount, shortPerson, shortTable, shortUsd } from '../parts/format.js';
import { Go, Share } from '../parts/parts.js';
import { useApi, useStatus } from '../web/api.js';
import { addressOf, isFilter, ownFilters, setParams, usePlace, viewQuery } from '../web/url.js';

const TITLES: Readonly<Record<FacetName, string>> = {
  person: 'Person',
  workgroup: 'Workgroup',
  state: 'State',
  table: 'Table',
  database: 'Database',
  type: 'Statement',
  error: 'Error',
  client: 'Client',
  app: 'Tool',
  kind: 'Kind',
  method: 'How we know',
  team: 'Team',
  account: 'Account',
  region: 'Region',
};
const FIRST: readonly FacetName[] = [
  'person',
  'account',
  'region',
  'workgroup',
  'state',
  'table',
  'type',
  'error',
  'client',
];
const SECOND: readonly FacetName[] = ['database', 'app', 'kind', 'method', 'team'];
const SHOWN = 6;

/** Counts by value beside the list; a click filters, a second value widens. */
export function Facets({
  measure,
  onMeasure,
}: {
  readonly measure: 'queries' | 'cost';
  readonly onMeasure: (measure: 'queries' | 'cost') => void;
}): ReactNode {
  const { params } = usePlace();
  const places = useStatus()?.places;
  const [hasAll, setAll] = useState(SECOND.some((name) => params.has(name)));
  // One account, or one Region, is nothing to choose from.
  const hasChoice = (name: FacetName): boolean => {
    if (name !== 'account' && name !== 'region') return true;
    return (places?.[`${name}s`] ?? 0) > 1 || params.has(name) || params.has(`-${name}`);
  };
  const names = [...FIRST.filter(hasChoice), ...(hasAll ? SECOND : [])];
  const answer = useApi('/facets', viewQuery(params, { facets: names.join(',') }));
  return (
    <aside className={`facets ${answer.isStale ? 'stale' : ''}`} aria-label="Filters">
      <div className="facets-head">
        <span>Filter by</span>
        <button type="button" className="quiet" onClick={() => onMeasure(measure === 'cost' ? 'queries' : 'cost')}>
          show {measure === 'cost' ? 'counts' : 'cost'}
        </button>
      </div>
      {answer.data?.facets.map((facet) => (
        <FacetList key={facet.name} facet={facet} measure={measure} />
      ))}
      {answer.data && !hasAll && (
        <button type="button" className="quiet more" onClick={() => setAll(true)}>
          More filters: {SECOND.map((name) => TITLES[name].toLowerCase()).join(', ')}
        </button>
      )}
    </aside>
  );
}

function FacetList({ facet, measure }: { readonly facet: Facet; readonly measure: 'queries' | 'cost' }): ReactNode {
  const { params } = usePlace();
  const [isLong, setLong] = useState(false);
  const [search, setSearch] = useState('');
  const chosen = params.getAll(facet.name);
  const excluded = params.getAll(`-${facet.name}`);
  const size = (value: FacetValue): number => (measure === 'cost' ? value.costUsd : value.rows);
  const known = new Set(facet.values.map(({ value }) => value));
  const lost = [...chosen, ...excluded]
    .filter((value) => !known.has(value))
    .map((value) => ({ value, rows: 0, costUsd: 0 }));
  const all = [...lost, ...facet.values].filter(({ value }) => value.toLowerCase().includes(search.toLowerCase()));
  const ordered = measure === 'cost' ? [...all].sort((a, b) => b.costUsd - a.costUsd) : all;
  const values = isLong ? ordered : ordered.filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  const highest = Math.max(...ordered.map(size), 0);
  const title = TITLES[facet.name];
  if (ordered.length === 0 && search === '') return null;
  const toggle = (value: string): void =>
    setParams({
      [facet.name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
      [`-${facet.name}`]: excluded.filter((one) => one !== value),
    });
  return (
    <section className="facet" aria-label={title}>
      <h2>{title}</h2>
      {isLong && facet.values.length > 12 && (
        <input
          className="facet-search"
          placeholder={`Find in ${title.toLowerCase()}`}
          aria-label={`Find in ${title}`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <ul>
        {values.map((value) => (
          <li
            key={value.value}
            className={chosen.includes(value.value) ? 'chosen' : excluded.includes(value.value) ? 'excluded' : ''}
          >
            <Share of={size(value)} in={highest} />
            <label title={value.value}>
              <input type="checkbox" checked={chosen.includes(value.value)} onChange={() => toggle(value.value)} />
              <span className="name">{valueText(facet.name, value.value)}</span>
              <span className="size">{measure === 'cost' ? shortUsd(value.costUsd) : shortCount(value.rows)}</span>
            </label>
            <button
              type="button"
              className="without"
              title={`Leave out ${value.value}`}
              aria-label={`Leave out ${value.value}`}
              onClick={() =>
                setParams({
                  [`-${facet.name}`]: excluded.includes(value.value)
                    ? excluded.filter((one) => one !== value.value)
                    : [...excluded, value.value],
                  [facet.name]: chosen.filter((one) => one !== value.value),
                })
              }
            >
              ≠
            </button>
          </li>
        ))}
      </ul>
      {ordered.length > SHOWN && (
        <button type="button" className="quiet more" onClick={() => setLong(!isLong)}>
          {isLong ? 'Fewer' : `${ordered.length - SHOWN + facet.more} more`}
        </button>
      )}
      {isLong && facet.more > 0 && (
        <Go className="more" to={addressOf('/groups', { ...ownFilters(params), by: facet.name })}>
          All {count(facet.values.length + facet.more)}, to search and choose from
        </Go>
      )}
    </section>
  );
}

export function valueText(name: string, value: string): string {
  if (name === 'person' || name === 'username') return shortPerson(value);
  if (name === 'table' || name === 'reads' || name === 'writes') return shortTable(value);
  if (name === 'state') return value.toLowerCase();
  if (name === 'role') return value.replace(/^.*\//, '');
  return value;
}

/** The filters that hold, as tokens that can be taken away. */
export function FilterTokens(): ReactNode {
  const { params } = usePlace();
  const names = [...params.keys()].filter((name, index, all) => all.indexOf(name) === index);
  const tokens = names
    .filter((name) => name !== 'q' && isFilter(name))
    .flatMap((name) => params.getAll(name).map((value) => ({ name, value })));
  if (tokens.length === 0) return null;
  return (
    <fieldset className="tokens" aria-label="Filters that hold">
      {tokens.map(({ name, value }) => (
        <button
          key={`${name} ${value}`}
          type="button"
          title={`Remove ${name} ${value}`}
          onClick={() => setParams({ [name]: params.getAll(name).filter((one) => one !== value) })}
        >
          <span className="soft">
            {name.replace(/^-/, 'not ').replace(/(min|max)[_-]/, '$1 ')}
            {/^(min|max)[_-]/.test(name) ? '' : ':'}
          </span>{' '}
          <b>{valueText(name.replace(/^-/, ''), value)}</b> <i aria-hidden="true">✕</i>
        </button>
      ))}
      {tokens.length > 1 && (
        <button
          type="button"
          className="quiet"
          onClick={() =>
            setParams(
              Object.fromEntries(
                names.filter((name) => tokens.some((token) => token.name === name)).map((name) => [name, null]),
              ),
            )
          }
        >
          Clear all
        </button>
      )}
    </fieldset>
  );
}
