import type { ReactNode } from 'react';
import { FILTERS } from '../../analytics/view/filters.js';
import { useApi } from '../web/api.js';
import { go, setParams, usePlace, viewQuery } from '../web/url.js';
import { shortTable } from './format.js';
import { Empty } from './parts.js';

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
              <button key={one} type="button" onClick={() => setParams({ [name]: one })}>
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
