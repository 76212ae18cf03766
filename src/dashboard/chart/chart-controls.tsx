import { type ReactNode, useState } from 'preact/compat';
import type { StackName } from '../../analytics/time/stack.js';
import { Menu } from '../parts/menus.js';
import { setParams, usePlace } from '../web/url.js';
import { METRICS, type Metric } from './chart-scale.js';
import { comparedName, PERIODS } from './compared.js';

const STACKS: Readonly<Record<StackName, string>> = {
  person: 'person',
  workgroup: 'workgroup',
  table: 'table',
  app: 'tool',
};

/** What a chart shows: the measure, what its bars are made of, and the period beside it. All of it stands in the address. */
export function ChartControls({ metric, standard }: { readonly metric: Metric; readonly standard: Metric }): ReactNode {
  const { params } = usePlace();
  const stack = params.get('stack') ?? '';
  return (
    <div className="chart-controls">
      <label>
        <span className="sr">Measure</span>
        <select
          value={metric}
          onChange={({ currentTarget: { value } }) =>
            setParams({ metric: value === standard ? null : value }, { replace: true })
          }
        >
          {(Object.keys(METRICS) as Metric[]).map((name) => (
            <option key={name} value={name}>
              {METRICS[name].title}
            </option>
          ))}
        </select>
      </label>
      {METRICS[metric].isSum && (
        <label>
          <span className="sr">Stacked by</span>
          <select
            value={stack}
            onChange={({ currentTarget: { value } }) => setParams({ stack: value || null }, { replace: true })}
          >
            <option value="">not stacked</option>
            {(Object.keys(STACKS) as StackName[]).map((name) => (
              <option key={name} value={name}>
                by {STACKS[name]}
              </option>
            ))}
          </select>
        </label>
      )}
      <CompareMenu />
    </div>
  );
}

function CompareMenu(): ReactNode {
  const { params } = usePlace();
  const compare = params.get('compare');
  const [day, setDay] = useState('');
  const name = comparedName(compare);
  return (
    <Menu label={name === null ? 'Compare' : `Compared with ${name}`}>
      {(close) => {
        const choose = (value: string | null): void => {
          setParams({ compare: value });
          close();
        };
        return (
          <form
            className="compare"
            onSubmit={(event) => {
              event.preventDefault();
              if (day !== '') choose(day);
            }}
          >
            {PERIODS.map(([value, title]) => (
              <button key={value} type="button" aria-pressed={compare === value} onClick={() => choose(value)}>
                {title}
              </button>
            ))}
            <label>
              As long, from the day
              <input type="date" value={day} onChange={({ currentTarget }) => setDay(currentTarget.value)} />
            </label>
            <p className="row">
              <button type="submit" className="primary" disabled={day === ''}>
                Compare
              </button>
              {compare && (
                <button type="button" onClick={() => choose(null)}>
                  Compare with nothing
                </button>
              )}
            </p>
          </form>
        );
      }}
    </Menu>
  );
}
