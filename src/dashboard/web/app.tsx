import { type ReactNode, Suspense, useEffect, useState } from 'preact/compat';
import { OverviewOfSums } from '../pages/overview.js';
import { ErrorBoundary } from '../parts/error-boundary.js';
import { plural } from '../parts/format.js';
import { Icon } from '../parts/icons.js';
import { Empty, Go, Skeleton } from '../parts/parts.js';
import type { Status } from '../server/status.js';
import { ApiError, ask, PageContext, StatusContext } from './api.js';
import { Help } from './help.js';
import { PAGES, pageAt } from './pages.js';
import { Palette } from './palette.js';
import { sent } from './sent.js';
import { toggleTheme, useTheme, useZone } from './settings.js';
import { useShortcuts } from './shortcuts.js';
import { addressOf, go, usePlace, viewQuery } from './url.js';

const POLL_MS = 2500;

/** Asks again and again what the server has collected; a new generation makes every panel ask anew. */
function useStatusPoll(): { readonly status: Status | null; readonly error: ApiError | null } {
  const [status, setStatus] = useState<Status | null>(sent?.status ?? null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const poll = async (): Promise<void> => {
      try {
        const next = await ask<Status>('/api/status');
        setError(null);
        setStatus((before) =>
          before && JSON.stringify({ ...before, now: 0 }) === JSON.stringify({ ...next, now: 0 }) ? before : next,
        );
      } catch (failure) {
        setError(failure instanceof ApiError ? failure : new ApiError(String(failure), 0, null));
      }
      if (!isOver) timer = window.setTimeout(poll, document.hidden ? POLL_MS * 4 : POLL_MS);
    };
    timer = window.setTimeout(poll, sent?.status.generation ? POLL_MS : 0);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, []);
  return { status, error };
}

export function App(): ReactNode {
  const { status, error } = useStatusPoll();
  const { path } = usePlace();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { toggle: toggleZone } = useZone();
  useShortcuts({
    palette: () => setOpen('palette'),
    help: () => setOpen('help'),
    theme: toggleTheme,
    zone: toggleZone,
    page: (key) => {
      const page = PAGES.find(({ menu }) => menu?.key === key);
      if (page) go(addressOf(`/${page.id}`));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setMenuOpen(false), [path]);
  useEffect(() => {
    const at = pageAt(path);
    document.title = `${at?.one?.slice(0, 80) || (at?.page.title ?? 'No such page')} · athena-query-tracker`;
  }, [path]);
  return (
    <StatusContext.Provider value={status}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className={isMenuOpen ? 'shell menu-open' : 'shell'}>
        <Navigation
          path={path}
          isMenuOpen={isMenuOpen}
          onMenu={() => setMenuOpen(!isMenuOpen)}
          onPalette={() => setOpen('palette')}
          onHelp={() => setOpen('help')}
        />
        <main id="main" tabIndex={-1}>
          {error && (
            <div className="error banner" role="alert">
              <b>{error.message}</b>
              <span className="soft">What you see is the last answer. Trying again.</span>
            </div>
          )}
          {status && !status.coverage?.collected ? (
            <FirstRun status={status} />
          ) : (
            <ErrorBoundary key={path}>
              <Shown path={path} />
            </ErrorBoundary>
          )}
        </main>
      </div>
      {open === 'palette' && <Palette onClose={() => setOpen(null)} onHelp={() => setOpen('help')} />}
      {open === 'help' && <Help onClose={() => setOpen(null)} />}
    </StatusContext.Provider>
  );
}

function Shown({ path }: { readonly path: string }): ReactNode {
  const at = pageAt(path);
  if (!at)
    return (
      <Empty title="There is no such page">
        <Go to={addressOf('/')}>To the overview</Go>
      </Empty>
    );
  return (
    <PageContext.Provider value={at.page.answers}>
      <Suspense fallback={<Skeleton lines={12} />}>{at.page.show(at.one)}</Suspense>
    </PageContext.Provider>
  );
}

function Navigation({
  path,
  isMenuOpen,
  onMenu,
  onPalette,
  onHelp,
}: {
  readonly path: string;
  readonly isMenuOpen: boolean;
  readonly onMenu: () => void;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}): ReactNode {
  const { theme, toggle } = useTheme();
  const page = pageAt(path)?.page;
  const here = page?.below ?? page?.id;
  return (
    <aside className="rail">
      <div className="brand">
        <Go to={addressOf('/')} title="athena-query-tracker">
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect width="24" height="24" rx="6" />
            <path d="M6 17 11 6h2l5 11h-2.600l-1.100-2.600H9.700L8.600 17zm4.600-4.700h2.800L12 8.900z" />
          </svg>
          <span>
            athena <b>query tracker</b>
          </span>
        </Go>
        <button
          type="button"
          className="quiet menu-button"
          aria-expanded={isMenuOpen}
          aria-label="Menu"
          onClick={onMenu}
        >
          <Icon name={isMenuOpen ? 'close' : 'menu'} />
        </button>
      </div>
      <nav aria-label="Pages">
        {PAGES.map(({ id, title, answers, menu }) =>
          menu ? (
            <Go key={id} to={addressOf(`/${id}`)} current={id === here} title={answers}>
              <Icon name={menu.icon} />
              {title}
            </Go>
          ) : null,
        )}
      </nav>
      <div className="rail-foot">
        <button type="button" className="quiet" onClick={onPalette}>
          <Icon name="search" />
          <span>Go to …</span>
          <kbd>Ctrl K</kbd>
        </button>
        <button type="button" className="quiet" onClick={onHelp}>
          <Icon name="keyboard" />
          <span>Keys</span>
          <kbd>?</kbd>
        </button>
        <button type="button" className="quiet" onClick={toggle}>
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
          <span>{theme === 'dark' ? 'Light' : 'Dark'}</span>
        </button>
      </div>
    </aside>
  );
}

function FirstRun({ status }: { readonly status: Status }): ReactNode {
  const { params } = usePlace();
  const { state, done, total, error, checkedAt } = status.sync;
  const isReading = state === 'reading' || checkedAt === null;
  const hours = status.coverage?.hours ?? 0;
  if (!isReading && hours > 0)
    return (
      <>
        <h1>The reports cannot be read</h1>
        <Empty title={`${plural(hours, 'hour')} in ${status.location}, none with a manifest that can be read`}>
          <p>Nothing was changed. What is wrong with each:</p>
          <pre>{`${status.program} verify ${status.location}`}</pre>
        </Empty>
      </>
    );
  return (
    <>
      <h1>{isReading ? 'Reading the reports for the first time' : 'There are no reports yet'}</h1>
      <Empty
        title={
          isReading
            ? total === 0
              ? 'The newest days …'
              : `${done} of ${total} hours`
            : `Nothing in ${status.location}`
        }
      >
        {error && <p className="bad-text">{error}</p>}
        {isReading ? (
          <p>The newest days come first; the page opens as soon as they are here.</p>
        ) : (
          <>
            <p>Collect a day, or look at a made-up company:</p>
            <pre>{`${status.program} collect --from 2026-11-01 --output ${status.location}\n${status.program} demo --serve`}</pre>
            <p>This page opens by itself when the first report is written.</p>
          </>
        )}
      </Empty>
      {status.reading && <OverviewOfSums query={viewQuery(params)} />}
    </>
  );
}
