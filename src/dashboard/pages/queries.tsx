import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Totals } from '../../analytics/view/totals.js';
import { EmptyView } from '../lists/empty-view.js';
import { Facets, FilterTokens } from '../lists/facets.js';
import { type GroupBy, GroupTable } from '../lists/group-table.js';
import { PAGE_ROWS, QueryList } from '../lists/query-list.js';
import { Chart, type Metric } from '../parts/chart.js';
import { bytes, count, percent, plural, shortUsd } from '../parts/format.js';
import { Icon } from '../parts/icons.js';
import { CopyMenu, ExportMenu } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Go, Skeleton } from '../parts/parts.js';
import { QueryDetail } from '../parts/query-detail.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, go, setParams, usePlace, viewQuery } from '../web/url.js';

const GROUPS: readonly { readonly name: string; readonly by: GroupBy | null; readonly title: string }[] = [
  { name: 'none', by: null, title: 'Queries' },
  { name: 'pattern', by: 'fingerprint', title: 'By pattern' },
  { name: 'person', by: 'person', title: 'By person' },
  { name: 'table', by: 'table', title: 'By table' },
];
const ID = /^\s*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\s*$/i;

/** The explorer: time on top, filters at the side, the queries, and one of them beside the list. */
export function PageQueries(): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const [measure, setMeasure] = useState<'queries' | 'cost'>('queries');
  const [hasFacets, setFacets] = useState(false);
  const metric = metricOf(params.get('metric'));
  const group = GROUPS.find(({ name }) => name === params.get('group')) ?? GROUPS[0];
  const order = { sort: params.get('sort') ?? 'time', dir: params.get('dir') ?? 'desc' };
  const query = viewQuery(params, order);
  const answer = useApi('/explore', `${query}&limit=${PAGE_ROWS}`);
  const open = params.get('open');
  const onOpen = useCallback(
    (id: string) => setParams({ open: id }, { replace: new URLSearchParams(window.location.search).has('open') }),
    [],
  );
  const close = useCallback(() => setParams({ open: null }, { replace: true }), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && open !== null && !document.querySelector('dialog[open]')) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [open, close]);
  const { data, isStale, error, retry } = answer;
  return (
    <div className={`page-queries ${open ? 'split' : ''} ${hasFacets ? 'has-facets' : ''}`}>
      <PageHead title="Queries">
        <CopyMenu copy={data?.copy} />
        <ExportMenu what={group?.by ? 'groups' : 'queries'} query={group?.by ? `${query}&by=${group.by}` : query} />
      </PageHead>
      {error && (
        <div className="error" role="alert">
          <b>{error.message}</b>
          {error.requestId && <span className="soft">Request {error.requestId}</span>}
          <button type="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
      <section className={`panel chart-panel ${isStale ? 'stale' : ''}`} aria-label="Over time">
        <MetricSwitch metric={metric} totals={data?.totals ?? null} />
        {data ? (
          <>
            <Chart histogram={data.histogram} metric={metric} zone={zone} height={116} onBrush={brush} />
            {metric === 'queries' && <StateLegend />}
          </>
        ) : (
          !error && <Skeleton lines={3} />
        )}
      </section>
      <div className="search-row">
        <Search />
        <FilterTokens />
        <fieldset className="switch groups" aria-label="Group by">
          {GROUPS.map(({ name, title }) => (
            <button
              key={name}
              type="button"
              aria-pressed={group?.name === name}
              onClick={() => setParams({ group: name === 'none' ? null : name, open: null })}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <button type="button" className="facet-button" aria-expanded={hasFacets} onClick={() => setFacets(!hasFacets)}>
          Filters
        </button>
        <p className="counted" role="status">
          {data ? `${countedText(data.totals)} · ${data.ms} ms` : ' '}
        </p>
      </div>
      <div className="explorer">
        <Facets measure={measure} onMeasure={setMeasure} />
        <div className={`panel results ${isStale ? 'stale' : ''}`} aria-busy={isStale}>
          {!data ? (
            !error && <Skeleton lines={14} />
          ) : data.totals.queries + data.totals.refused === 0 ? (
            <EmptyView />
          ) : group?.by ? (
            <GroupTable by={group.by} />
          ) : (
            <QueryList
              first={data.rows}
              total={data.totals.queries + data.totals.refused}
              query={query}
              openId={open}
              onOpen={onOpen}
            />
          )}
        </div>
        {open && !group?.by && (
          <aside className="panel side" aria-label="The open query">
            <QueryDetail
              id={open}
              head={(title) => (
                <header className="side-head">
                  <h2>{title}</h2>
                  <Go to={addressOf(`/q/${open}`)}>Own page</Go>
                  <button type="button" className="quiet" aria-label="Close (Esc)" onClick={close}>
                    <Icon name="close" />
                  </button>
                </header>
              )}
            />
          </aside>
        )}
      </div>
    </div>
  );
}

/** What the colours of the bars mean. */
function StateLegend(): ReactNode {
  return (
    <ul className="legend states">
      <li>
        <i className="ran" aria-hidden="true" />
        succeeded, cancelled or running
      </li>
      <li>
        <i className="bad" aria-hidden="true" />
        failed
      </li>
      <li>
        <i className="refused" aria-hidden="true" />
        refused, nothing ran
      </li>
    </ul>
  );
}

/** `1,200 queries, 3 refused attempts`: a refused attempt is no query, and stands in the list all the same. */
export function countedText({ queries, refused }: Totals): string {
  return `${plural(queries, 'query', 'queries')}${refused === 0 ? '' : `, ${plural(refused, 'refused attempt')}`}`;
}

export function brush(start: number, end: number): void {
  setParams({ range: null, from: new Date(start).toISOString(), to: new Date(end).toISOString() });
}

export function metricOf(text: string | null): Metric {
  return text === 'cost' || text === 'bytes' ? text : 'queries';
}

/** The sums of the view; each chooses what the chart shows. */
export function MetricSwitch({
  metric,
  totals,
}: {
  readonly metric: Metric;
  readonly totals: Totals | null;
}): ReactNode {
  const numbers: readonly { readonly name: Metric; readonly title: string; readonly value: string }[] = [
    { name: 'queries', title: 'Queries', value: totals ? count(totals.queries) : '–' },
    { name: 'cost', title: 'Cost', value: totals ? shortUsd(totals.costUsd) : '–' },
    { name: 'bytes', title: 'Scanned', value: totals ? bytes(totals.scannedBytes) : '–' },
  ];
  return (
    <div className="metrics">
      {numbers.map(({ name, title, value }) => (
        <button
          key={name}
          type="button"
          aria-pressed={metric === name}
          onClick={() => setParams({ metric: name === 'queries' ? null : name }, { replace: true })}
        >
          <span>{title}</span>
          <b>{value}</b>
        </button>
      ))}
      <div>
        <span>People</span>
        <b>{totals ? count(totals.people) : '–'}</b>
      </div>
      <div>
        <span>Failed</span>
        <b className={totals && totals.failed / Math.max(totals.queries, 1) > 0.1 ? 'bad' : ''}>
          {totals ? percent(totals.failed, totals.queries) : '–'}
        </b>
      </div>
      <div>
        <span>Refused</span>
        <b>{totals ? count(totals.refused) : '–'}</b>
      </div>
    </div>
  );
}

const DEBOUNCE_MS = 220;

function Search(): ReactNode {
  const { params } = usePlace();
  const current = params.get('q') ?? '';
  const [text, setText] = useState(current);
  const [shown, setShown] = useState(current);
  // While it is drawn, not after: an effect would see the old text beside the new address, and ask for the old text again.
  if (shown !== current) {
    setShown(current);
    setText(current);
  }
  useEffect(() => {
    if (text === current || ID.test(text)) return;
    const timer = window.setTimeout(
      () => setParams({ q: text.trim() || null, open: null }, { replace: true }),
      DEBOUNCE_MS,
    );
    return () => window.clearTimeout(timer);
  }, [text, current]);
  return (
    <search>
      <form
        className="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (ID.test(text)) go(addressOf(`/q/${text.trim().toLowerCase()}`));
        }}
      >
        <Icon name="search" />
        <input
          data-search
          type="search"
          aria-label="Search in the SQL text, or an execution id"
          placeholder="Search SQL: words, &quot;a phrase&quot;, /regex/, or a query id"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            if (text === '') event.currentTarget.blur();
            else setText('');
          }}
        />
        <kbd>/</kbd>
      </form>
    </search>
  );
}
