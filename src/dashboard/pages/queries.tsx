import { type ReactNode, useCallback, useLayoutEffect, useState } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { Chart } from '../chart/chart.js';
import { ChartControls } from '../chart/chart-controls.js';
import { metricOf } from '../chart/chart-scale.js';
import { ColumnMenu } from '../lists/column-menu.js';
import { EmptyView } from '../lists/empty-view.js';
import { Facets, FilterTokens } from '../lists/facets.js';
import { type GroupBy, GroupTable } from '../lists/group-table.js';
import { PAGE_ROWS, QueryList } from '../lists/query-list.js';
import { Icon } from '../parts/icons.js';
import { CopyMenu, ExportMenu } from '../parts/menus.js';
import { PageHead } from '../parts/page-head.js';
import { Failure, Go, Skeleton } from '../parts/parts.js';
import { Search } from '../query/queries-search.js';
import { countedText, MetricSwitch } from '../query/queries-totals.js';
import { QueryDetail } from '../query/query-detail.js';
import { type Answer, useApi } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { addressOf, brush, setParams, timeQuery, usePlace, viewQuery } from '../web/url.js';

type Explored = Answer<Api['/explore']>;

interface Group {
  readonly name: string;
  /** Null lists queries. */
  readonly by: GroupBy | null;
  readonly title: string;
}

const QUERIES: Group = { name: 'none', by: null, title: 'Queries' };
const GROUPS: readonly Group[] = [
  QUERIES,
  { name: 'pattern', by: 'fingerprint', title: 'By pattern' },
  { name: 'person', by: 'person', title: 'By person' },
  { name: 'table', by: 'table', title: 'By table' },
];

/** The explorer: time on top, filters at the side, the queries, and one of them beside the list. */
export function PageQueries(): ReactNode {
  const { params } = usePlace();
  const [hasFacets, setFacets] = useState(false);
  const metric = metricOf(params.get('metric'));
  const group = GROUPS.find(({ name }) => name === params.get('group')) ?? QUERIES;
  const order = { sort: params.get('sort') ?? 'time', dir: params.get('dir') ?? 'desc' };
  const query = viewQuery(params, order);
  const answer = useApi('/explore', `${timeQuery(params, metric, order)}&limit=${PAGE_ROWS}`);
  const open = params.get('open');
  const exported =
    group.by === null
      ? { what: 'queries' as const, query }
      : { what: 'groups' as const, query: `${query}&by=${group.by}` };
  return (
    <div className={`page-queries ${open ? 'split' : ''} ${hasFacets ? 'has-facets' : ''}`}>
      <PageHead title="Queries">
        {!group.by && <ColumnMenu />}
        <CopyMenu copy={answer.data?.copy} />
        <ExportMenu {...exported} />
      </PageHead>
      <Failure answer={answer} />
      <OverTime answer={answer} />
      <div className="search-row">
        <Search />
        <FilterTokens />
        <GroupSwitch group={group} />
        <button type="button" className="facet-button" aria-expanded={hasFacets} onClick={() => setFacets(!hasFacets)}>
          Filters
        </button>
        <p className="counted" role="status">
          {answer.data ? `${countedText(answer.data.totals)} · ${answer.data.ms} ms` : ' '}
        </p>
      </div>
      <Results answer={answer} group={group} query={query} open={open} />
    </div>
  );
}

/** The sums of the view, and how one of them came about. */
function OverTime({ answer: { data, isStale, error } }: { readonly answer: Explored }): ReactNode {
  const { params } = usePlace();
  const { zone } = useZone();
  const metric = metricOf(params.get('metric'));
  return (
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
  );
}

function GroupSwitch({ group }: { readonly group: Group }): ReactNode {
  return (
    <fieldset className="switch groups" aria-label="Group by">
      {GROUPS.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          aria-pressed={group.name === name}
          onClick={() => setParams({ group: name === QUERIES.name ? null : name, open: null })}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}

/** The filters at the side, the list, and the query that is open. */
function Results({
  answer: { data, isStale, error },
  group,
  query,
  open,
}: {
  readonly answer: Explored;
  readonly group: Group;
  readonly query: string;
  readonly open: string | null;
}): ReactNode {
  const [measure, setMeasure] = useState<'queries' | 'cost'>('queries');
  const onOpen = useCallback(
    (id: string) => setParams({ open: id }, { replace: new URLSearchParams(window.location.search).has('open') }),
    [],
  );
  return (
    <div className="explorer">
      <Facets measure={measure} onMeasure={setMeasure} />
      <div className={`panel results ${isStale ? 'stale' : ''}`} aria-busy={isStale}>
        {!data ? (
          !error && <Skeleton lines={14} />
        ) : data.totals.queries + data.totals.refused === 0 ? (
          <EmptyView />
        ) : group.by ? (
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
      {open && !group.by && <Beside id={open} />}
    </div>
  );
}

/** One query beside the list, until it is closed. */
function Beside({ id }: { readonly id: string }): ReactNode {
  const close = useCallback(() => setParams({ open: null }, { replace: true }), []);
  // Before the page is painted: the next key may be down by then.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [close]);
  return (
    <aside className="panel side" aria-label="The open query">
      <QueryDetail
        id={id}
        head={(title) => (
          <header className="side-head">
            <h2>{title}</h2>
            <Go to={addressOf(`/q/${id}`)}>Own page</Go>
            <button type="button" className="quiet" aria-label="Close (Esc)" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
        )}
      />
    </aside>
  );
}
