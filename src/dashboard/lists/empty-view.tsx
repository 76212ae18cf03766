import type { ReactNode } from 'preact/compat';
import { FILTERS, type FilterName } from '../../analytics/view/filters.js';
import { shortTable } from '../parts/format.js';
import { Empty } from '../parts/parts.js';
import { useApi } from '../web/api.js';
import { addressOf, go, setParams, usePlace, viewQuery } from '../web/url.js';

/** Pages about one thing, by the filter that names it. */
const PAGES: Readonly<Partial<Record<FilterName, string>>> = {
  person: 'people',
  workgroup: 'workgroups',
  table: 'tables',
  role: 'roles',
  app: 'tools',
};

function pageOf(name: FilterName, value: string): string {
  const page = PAGES[name];
  return page ? addressOf(`/${page}/${value}`) : addressOf('/queries', { [name]: value });
}

/** Nothing matches the view: what is spelled differently, and the ways out of it. */
export function EmptyView({ filters = {} }: { readonly filters?: Readonly<Record<string, string>> }): ReactNode {
  const { params } = usePlace();
  const { data } = useApi('/unmatched', viewQuery(params, filters));
  const nowhere = data?.unmatched ?? [];
  return (
    <Empty title={nowhere.length === 0 ? 'No query matches' : 'Not known'}>
      {nowhere.map(({ name, value, existing }) => (
        <div key={`${name} ${value}`}>
          <p>
            Nothing that is collected has {FILTERS.find((filter) => filter.name === name)?.meaning ?? name}{' '}
            <b>{value}</b>.{existing.length > 0 && ' There is:'}
          </p>
          <p className="row">
            {existing.map((one) => (
              <button
                key={one}
                type="button"
                onClick={() => (name in filters ? go(pageOf(name, one)) : setParams({ [name]: one }))}
              >
                {shortTable(one)}
              </button>
            ))}
          </p>
        </div>
      ))}
      {nowhere.length === 0 && (
        <>
          <p>Widen the time range, or drop a filter.</p>
          <p className="row">
            <button type="button" onClick={() => setParams({ range: 'all', from: null, to: null })}>
              All of the time
            </button>
            <button type="button" onClick={() => go(`${window.location.pathname}?range=all`)}>
              Reset everything
            </button>
          </p>
        </>
      )}
    </Empty>
  );
}
