import { type ReactNode, useLayoutEffect, useRef, useState } from 'preact/compat';
import { complete, completionsOf } from '../../analytics/view/sql-names.js';
import { Highlighted } from '../parts/sql-text.js';
import { useApi } from '../web/api.js';

/** A text area over its own coloured text, with the names that what is typed may become below it: Tab takes the first. */
export function Editor({
  sql,
  onChange,
  onRun,
}: {
  readonly sql: string;
  readonly onChange: (sql: string) => void;
  readonly onRun: () => void;
}): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const target = useRef<number | null>(null);
  const { data } = useApi('/names');
  const names = cursor === null ? [] : completionsOf(sql, cursor, data?.views ?? []);
  const take = (name: string): void => {
    const done = complete(sql, cursor ?? sql.length, name);
    target.current = done.cursor;
    setCursor(null);
    onChange(done.sql);
    area.current?.focus();
  };
  // The text area sets its cursor to the end of a text that it is given.
  useLayoutEffect(() => {
    if (target.current === null) return;
    area.current?.setSelectionRange(target.current, target.current);
    target.current = null;
  });
  return (
    <>
      <div className="code">
        <pre aria-hidden="true">
          <Highlighted sql={sql} />
          {'\n'}
        </pre>
        <textarea
          ref={area}
          aria-label="SQL"
          spellcheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={sql}
          onChange={({ currentTarget: { value, selectionEnd } }) => {
            setCursor(selectionEnd);
            onChange(value);
          }}
          onKeyDown={(event) => {
            const [first] = names;
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              onRun();
            } else if (event.key === 'Tab' && !event.shiftKey && first !== undefined) {
              event.preventDefault();
              take(first);
            } else if (event.key === 'Escape' || event.key.startsWith('Arrow')) setCursor(null);
          }}
        />
      </div>
      <p className="completions" role="status" aria-label="Names that fit">
        {names.map((name, index) => (
          <button key={name} type="button" className="quiet" onClick={() => take(name)}>
            {name}
            {index === 0 && <kbd>Tab</kbd>}
          </button>
        ))}
      </p>
    </>
  );
}
