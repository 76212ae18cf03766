import { type ReactNode, useEffect, useState } from 'react';

/** So long after the last letter a list is asked: shorter than anybody sees, long enough for a word that is pasted or held down. */
const PAUSE_MS = 16;

/** A field that searches a list while somebody types. */
export function SearchBox({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const timer = window.setTimeout(() => onChange(text), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      type="search"
      className="list-search"
      data-list-search
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
