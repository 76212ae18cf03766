import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Totals } from '../../analytics/view/totals.js';
import { Chart } from '../chart/chart.js';
import { ChartControls } from '../chart/chart-controls.js';
import { type Metric, metricOf } from '../chart/chart-scale.js';
import { comparedName } from '../chart/compared.js';
import { ColumnMenu } from '../lists/column-menu.js';
import { EmptyView } from '../lists/empty-view.js';
import { Facets, FilterTokens } from '../lists/facets.js';
import { type GroupBy, GroupTable } from '../lists/group-table.js';
import { PAGE_ROWS, QueryList } from '../lists/query-list.js';
import { bytes, changeText, count, percent, plural, shortUsd } from '../parts/format.js';
import { Icon } from '../parts/icons.js';
import { CopyMenu, ExportMenu } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Go, Skeleton } from '../parts/parts.js';
import { QueryDetail } from '../parts/query-detail.js';
import { useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, brush, go, setParams, timeQuery, usePlace, viewQuery } from '../web/url.js';

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
  const answer = useApi('/explore', `${timeQuery(params, metric, order)}&limit=${PAGE_ROWS}`);
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
        {!group?.by && <ColumnMenu />}
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
        <div className="chart-head">
          <MetricSwitch metric={metric} totals={data?.totals ?? null} before={data?.compared?.totals ?? null} />
          <ChartControls metric={metric} standard="queries" />
        </div>
        {data ? (
          <Chart time={data} metric={metric} zone={zone} height={116} onBrush={brush} />
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

/** `1,200 queries, 3 refused attempts`: a refused attempt is no query, and stands in the list all the same. */
export function countedText({ queries, refused }: Totals): string {
  return `${plural(queries, 'query', 'queries')}${refused === 0 ? '' : `, ${plural(refused, 'refused attempt')}`}`;
}

/** The sums of the view; each chooses what the chart shows. */
function MetricSwitch({
  metric,
  totals,
  before,
}: {
  readonly metric: Metric;
  readonly totals: Totals | null;
  /** Of the period that this one is compared with. */
  readonly before: Totals | null;
}): ReactNode {
  const { params } = usePlace();
  const then = comparedName(params.get('compare'));
  const amounts: readonly (readonly [Metric, string, (totals: Totals) => number, (value: number) => string])[] = [
    ['queries', 'Queries', ({ queries }) => queries, count],
    ['cost', 'Cost', ({ costUsd }) => costUsd, shortUsd],
    ['bytes', 'Scanned', ({ scannedBytes }) => scannedBytes, bytes],
  ];
  const numbers = amounts.map(([name, title, of, format]) => ({
    name,
    title,
    value: totals ? format(of(totals)) : '–',
    change: totals && before ? changeText(of(totals), of(before)) : null,
  }));
  return (
    <div className="metrics">
      {numbers.map(({ name, title, value, change }) => (
        <button
          key={name}
          type="button"
          title={change === null || then === null ? undefined : `${change} against ${then}`}
          aria-pressed={metric === name}
          onClick={() => setParams({ metric: name === 'queries' ? null : name }, { replace: true })}
        >
          <span>
            {title}
            {change !== null && <small> {change}</small>}
          </span>
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
