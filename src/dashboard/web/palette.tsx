import { type ReactNode, useEffect, useRef, useState } from 'preact/compat';
import type { Facet } from '../../analytics/view/facets.js';
import { Dialog } from '../parts/dialog.js';
import { shortTable } from '../parts/format.js';
import { useApi } from './api.js';
import { PAGES } from './pages.js';
import { toggleTheme } from './settings.js';
import { addressOf, go, setParams } from './url.js';

interface Choice {
  readonly group: string;
  readonly name: string;
  readonly act: () => void;
}

const RANGES = ['24h', '7d', '30d', '90d', 'all'];
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A column, alone or behind its table, database and catalog. */
const COLUMN = /^\w[\w$-]*(\.\w[\w$-]*){0,3}$/;

/** Goes anywhere by typing: pages, people, workgroups, tables, who read a column, ranges, a query by its id. */
export function Palette({ onClose, onHelp }: { readonly onClose: () => void; readonly onHelp: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const { data } = useApi('/facets', 'range=all&facets=person,workgroup,table');
  const list = useRef<HTMLDivElement>(null);
  const choices = matching(
    text,
    [...fixedChoices(onHelp), ...facetChoices(data?.facets ?? [])],
    [...useNamed('person', text), ...useNamed('workgroup', text), ...useNamed('table', text)],
  );
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const choose = (choice: Choice | undefined): void => {
    if (!choice) return;
    onClose();
    choice.act();
  };
  return (
    <Dialog title="Go to" onClose={onClose} isBare>
      <input
        className="palette-input"
        autoFocus
        placeholder="Page, person, table, column, workgroup, query id …"
        aria-label="Go to"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={choices[index] ? `choice-${index}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (step !== 0) {
            event.preventDefault();
            setIndex((index + step + choices.length) % Math.max(choices.length, 1));
          } else if (event.key === 'Enter') choose(choices[index]);
        }}
      />
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Places" ref={list}>
        {choices.map((choice, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input
          <div
            key={`${choice.group} ${choice.name}`}
            id={`choice-${position}`}
            role="option"
            aria-selected={position === index}
            onClick={() => choose(choice)}
            onPointerMove={() => setIndex(position)}
          >
            <span>{choice.name}</span>
            <span className="soft">{choice.group}</span>
          </div>
        ))}
        {choices.length === 0 && <p className="soft">Nothing by that name. Enter an execution id to open a query.</p>}
      </div>
    </Dialog>
  );
}

function fixedChoices(onHelp: () => void): Choice[] {
  return [
    ...PAGES.filter(({ menu }) => menu).map(({ id, title }) => ({
      ...{ group: 'Page', name: title },
      act: () => go(addressOf(`/${id}`)),
    })),
    ...RANGES.map((range) => ({
      group: 'Time',
      name: range === 'all' ? 'All of the time' : `Last ${range}`,
      act: () => setParams({ range, from: null, to: null }),
    })),
    { group: 'Action', name: 'Light or dark', act: toggleTheme },
    { group: 'Action', name: 'Mask literals on or off', act: toggleMask },
    { group: 'Action', name: 'Keys', act: onHelp },
  ];
}

function toggleMask(): void {
  const isMasked = new URLSearchParams(window.location.search).get('mask') === '1';
  setParams({ mask: isMasked ? null : '1' });
}

const KINDS = {
  person: { group: 'Person', path: '/people/' },
  workgroup: { group: 'Workgroup', path: '/workgroups/' },
  table: { group: 'Table', path: '/tables/' },
} as const;
type Kind = keyof typeof KINDS;

/** The most used names. */
function facetChoices(facets: readonly Facet[]): Choice[] {
  return facets.flatMap(({ name, values }) =>
    name in KINDS
      ? values.filter(({ value }) => value !== '(none)').map(({ value }) => choiceOf(name as Kind, value))
      : [],
  );
}

/** Of all names, those that hold what is typed. */
function useNamed(kind: Kind, text: string): Choice[] {
  const search = text.trim();
  const query = new URLSearchParams({ range: 'all', by: kind, order: 'queries', search, limit: '10' });
  const { data, isStale } = useApi('/groups', search.length < 2 ? null : String(query));
  return isStale || !data ? [] : data.rows.flatMap(({ key }) => (key === null ? [] : choiceOf(kind, key)));
}

function choiceOf(kind: Kind, value: string): Choice {
  const { group, path } = KINDS[kind];
  return {
    group,
    name: kind === 'table' ? shortTable(value) : value,
    act: () => go(addressOf(`${path}${value}`)),
  };
}

function matching(text: string, choices: readonly Choice[], named: readonly Choice[]): Choice[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const id = text.trim();
  const found = choices.filter(({ group, name }) =>
    words.every((word) => `${group} ${name}`.toLowerCase().includes(word)),
  );
  const jump = ID.test(id) ? [{ group: 'Query', name: id, act: () => go(addressOf(`/q/${id}`)) }] : [];
  const search =
    id && !ID.test(id)
      ? [
          ...(COLUMN.test(id)
            ? [
                {
                  group: 'Column',
                  name: `Who read ${id}`,
                  act: () => go(addressOf('/queries', { column: id, group: 'person' })),
                },
              ]
            : []),
          { group: 'Search', name: `SQL text: ${id}`, act: () => go(addressOf('/queries', { q: id })) },
        ]
      : [];
  const shown = found.slice(0, 40);
  const isShown = new Set(shown.map(({ group, name }) => `${group} ${name}`));
  const others = named.filter(({ group, name }) => !isShown.has(`${group} ${name}`));
  return [...jump, ...shown, ...others, ...search];
}
