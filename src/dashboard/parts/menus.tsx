import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/compat';
import type { CopyAs } from '../answers/copy-as.js';
import { useStatus } from '../web/api.js';
import { Icon, type IconName } from './icons.js';
import { Go } from './parts.js';

/** A button that opens a small menu beside it; Escape, a click elsewhere or a choice closes it. */
export function Menu({
  label,
  icon,
  children,
}: {
  readonly label: string;
  readonly icon?: IconName;
  readonly children: (close: () => void) => ReactNode;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  // Before the page is painted: the next key may be down by then.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const outside = (event: MouseEvent): void => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false);
    };
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      setOpen(false);
      frame.current?.querySelector('button')?.focus();
    };
    document.addEventListener('mousedown', outside);
    document.addEventListener('keydown', onEscape, true);
    return () => {
      document.removeEventListener('mousedown', outside);
      document.removeEventListener('keydown', onEscape, true);
    };
  }, [isOpen]);
  return (
    <div className="menu" ref={frame}>
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {icon && <Icon name={icon} />}
        <span>{label}</span>
      </button>
      {isOpen && (
        <div className="menu-body" id={id}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}

/** Copies a text and says so. */
export function CopyButton({
  text,
  children,
  className = 'quiet',
}: {
  readonly text: string;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setCopied(false), 1600);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      className={className}
      onClick={() => {
        void copyText(text).then(() => setCopied(true));
      }}
    >
      {isCopied ? <span role="status">Copied</span> : children}
    </button>
  );
}

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the permission of the clipboard there is still the selection.
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** The view as a command line and as SQL. */
export function CopyMenu({ copy }: { readonly copy: CopyAs | undefined }): ReactNode {
  const program = useStatus()?.program ?? 'aqt';
  if (!copy) return null;
  return (
    <Menu label="Copy as" icon="copy">
      {() => (
        <div className="copy-as">
          <h3>Command line</h3>
          <pre>{copy.cli}</pre>
          <CopyButton text={copy.cli} className="">
            Copy as CLI
          </CopyButton>
          <h3>SQL, for {program} query or the console</h3>
          <pre>{copy.sql}</pre>
          <p className="row">
            <CopyButton text={copy.sql} className="">
              Copy as SQL
            </CopyButton>
            <Go to={`/console?sql=${encodeURIComponent(copy.sql)}`}>Open in the console</Go>
          </p>
        </div>
      )}
    </Menu>
  );
}

/** Downloads of exactly the view. */
export function ExportMenu({
  what,
  query,
}: {
  readonly what: 'queries' | 'groups';
  readonly query: string;
}): ReactNode {
  return (
    <Menu label="Export" icon="download">
      {(close) => (
        <div className="export">
          <a href={`/api/export/${what}.csv?${query}`} download onClick={close}>
            CSV for spreadsheets
          </a>
          <a href={`/api/export/${what}.ndjson?${query}`} download onClick={close}>
            JSON lines, exact
          </a>
          <p className="soft">All rows of this view, times in UTC.</p>
          <a href={`/api/evidence.zip?${query}`} download onClick={close}>
            Evidence for an auditor
          </a>
          <p className="soft">
            Whole days of this view, with proof and a sample. It is verified first, which takes a while.
          </p>
        </div>
      )}
    </Menu>
  );
}
