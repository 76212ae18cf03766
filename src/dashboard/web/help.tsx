import type { ReactNode } from 'preact/compat';
import { Dialog } from '../parts/dialog.js';
import { CONFIDENCE_MEANINGS, Confidence, StateTag } from '../parts/parts.js';
import { PAGES } from './pages.js';

const KEYS = [
  ['/', 'search in the SQL text'],
  ['j, k', 'next and previous query'],
  ['Enter', 'open the query'],
  ['Esc', 'close what is open'],
  ['Ctrl K', 'go to a page, a person, a table, a query id'],
  ['u', 'UTC or the zone of the reports'],
  ['t', 'light or dark'],
  ['?', 'this list'],
] as const;

const STATES = ['SUCCEEDED', 'FAILED', 'REFUSED', 'CANCELLED'] as const;
const LEVELS = ['verified', 'asserted', 'claimed', 'none'] as const;

/** The keys, and what the marks of the page mean. */
export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Keys and marks" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
        {PAGES.map(({ id, title, menu }) =>
          menu ? (
            <div key={id}>
              <dt>
                <kbd>g</kbd> <kbd>{menu.key}</kbd>
              </dt>
              <dd>{title}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <h3>Diamonds: how sure the person is</h3>
      <ul className="marks">
        {LEVELS.map((level) => (
          <li key={level}>
            <Confidence level={level} /> {CONFIDENCE_MEANINGS[level]}
          </li>
        ))}
      </ul>
      <h3>Dots: what became of a query</h3>
      <ul className="marks">
        {STATES.map((state) => (
          <li key={state}>
            <StateTag state={state} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
