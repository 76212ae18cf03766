import type { ReactNode } from 'react';
import { Dialog } from '../parts/dialog.js';
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

/** The keys, and the words of the page. */
export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
        {PAGES.map((page) => (
          <div key={page.key}>
            <dt>
              <kbd>g</kbd> <kbd>{page.key}</kbd>
            </dt>
            <dd>{page.name}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
