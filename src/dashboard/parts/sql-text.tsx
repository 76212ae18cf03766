import { type ReactNode, useEffect, useState } from 'preact/compat';
import { CopyButton } from './menus.js';

const KEYWORDS = new Set(
  `select from where group by order having limit offset fetch first with as on using join left right full outer inner cross natural union all
  except intersect distinct and or not in is null like escape between exists case when then else end cast try_cast interval date timestamp
  true false asc desc nulls last over partition rows range unbounded preceding following current row filter within unnest lateral values
  insert into create table view or replace external if drop alter add update delete set merge matched optimize rewrite data vacuum unload
  to msck repair show describe explain analyze execute prepare deallocate tablesample bernoulli system time version for of using location
  partitioned stored row format serde tblproperties rename columns column tables databases schemas functions use grouping sets cube rollup
  qualify window recursive ordinality array map`.split(/\s+/),
);
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$))|([A-Za-z_][\w$]*)|((?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/g;

/** Colours SQL by its tokens. It makes elements, never markup, so the text of a query can do nothing. */
export function Highlighted({ sql }: { readonly sql: string }): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const [text, comment, string, quoted, word, number] = match;
    const kind = comment
      ? 'c'
      : string
        ? 's'
        : quoted
          ? 'i'
          : number
            ? 'n'
            : wordKind(word ?? '', sql, match.index + text.length);
    if (kind === null) continue;
    if (match.index > end) parts.push(sql.slice(end, match.index));
    parts.push(
      <span key={match.index} className={`t-${kind}`}>
        {text}
      </span>,
    );
    end = match.index + text.length;
  }
  parts.push(sql.slice(end));
  return <>{parts}</>;
}

function wordKind(word: string, sql: string, end: number): 'k' | 'f' | null {
  if (KEYWORDS.has(word.toLowerCase())) return 'k';
  return sql[end] === '(' ? 'f' : null;
}

/** Beyond this the formatter would hold up the page. */
const FORMAT_CHARS = 40_000;
/** Beyond this not even colours. */
const COLOUR_CHARS = 200_000;

/** A statement: formatted for reading, or raw, byte for byte as it ran. */
export function SqlText({ sql }: { readonly sql: string }): ReactNode {
  const [isRaw, setRaw] = useState(false);
  const [formatted, setFormatted] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    setFormatted(null);
    if (sql.length <= FORMAT_CHARS) {
      void import('./format-sql.js').then(({ formatSql }) => {
        if (!isOver) setFormatted(formatSql(sql));
      });
    }
    return () => {
      isOver = true;
    };
  }, [sql]);
  const text = isRaw ? sql : (formatted ?? sql);
  return (
    <section className="sql" aria-label="SQL">
      <div className="sql-tools">
        <h2>SQL</h2>
        <fieldset className="switch" aria-label="Form">
          <button type="button" aria-pressed={!isRaw} disabled={formatted === null} onClick={() => setRaw(false)}>
            Formatted
          </button>
          <button type="button" aria-pressed={isRaw || formatted === null} onClick={() => setRaw(true)}>
            Raw
          </button>
        </fieldset>
        <CopyButton text={sql}>Copy SQL</CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{text.length > COLOUR_CHARS ? text : <Highlighted sql={text} />}</code>
      </pre>
    </section>
  );
}
