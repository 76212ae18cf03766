import { type ReactNode, useState } from 'preact/compat';
import { Menu } from '../parts/menus.js';
import { setParams, usePlace } from '../web/url.js';
import { readColumns, STANDARD_COLUMNS } from './column-choice.js';
import { QUERY_COLUMNS } from './query-columns.js';

const KEY = 'aqt-columns';

/** The columns that are chosen: those of the address, else those chosen last on this computer. */
export function useColumns(): readonly string[] {
  const { params } = usePlace();
  const known = QUERY_COLUMNS.map(({ name }) => name);
  const last = window.localStorage.getItem(KEY);
  return readColumns(params.get('columns'), known) ?? readColumns(last, known) ?? STANDARD_COLUMNS;
}

/** Chooses the columns of the list of queries; the choice stands in the address, and is remembered. */
export function ColumnMenu(): ReactNode {
  const chosen = useColumns();
  const [, redraw] = useState(0);
  const choose = (names: readonly string[]): void => {
    const ordered = QUERY_COLUMNS.map(({ name }) => name).filter((name) => names.includes(name));
    if (ordered.length === 0) return;
    const isStandard = ordered.join() === STANDARD_COLUMNS.join();
    if (isStandard) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, ordered.join());
    setParams({ columns: isStandard ? null : ordered.join() }, { replace: true });
    redraw((times) => times + 1);
  };
  return (
    <Menu label="Columns">
      {() => (
        <div className="column-menu">
          {QUERY_COLUMNS.map(({ name, title }) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                onChange={() =>
                  choose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name])
                }
              />
              {title}
            </label>
          ))}
          <button type="button" className="quiet" onClick={() => choose(STANDARD_COLUMNS)}>
            As at first
          </button>
        </div>
      )}
    </Menu>
  );
}
