import { type ReactNode, useEffect, useState } from 'preact/compat';
import { Icon } from '../parts/icons.js';
import { addressOf, go, setParams, usePlace } from '../web/url.js';

const ID = /^\s*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\s*$/i;
const DEBOUNCE_MS = 220;

/** Searches in the SQL of the view; a query id leads to that query. */
export function Search(): ReactNode {
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
          onChange={(event) => setText(event.currentTarget.value)}
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
