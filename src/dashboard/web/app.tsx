import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { PageIdentities } from '../pages/identities.js';
import { PageCost, PageGroups, PagePeople, PageTables, PageWorkgroups } from '../pages/lists.js';
import { PagePerson, PageRole, PageTable, PageTool, PageWorkgroup } from '../pages/one.js';
import { PageOverview } from '../pages/overview.js';
import { PageQueries } from '../pages/queries.js';
import { PageQuery } from '../pages/query.js';
import { ErrorBoundary } from '../parts/error-boundary.js';
import { Icon } from '../parts/icons.js';
import { Empty, Go, Skeleton } from '../parts/parts.js';
import type { Status } from '../server/status.js';
import { ApiError, ask, StatusContext } from './api.js';
import { Help } from './help.js';
import { PAGES } from './pages.js';
import { Palette } from './palette.js';
import { toggleTheme, useTheme, useZone } from './settings.js';
import { useShortcuts } from './shortcuts.js';
import { addressOf, go, usePlace } from './url.js';

const PageAudit = lazy(async () => ({ default: (await import('../pages/audit.js')).PageAudit }));
const PageConsole = lazy(async () => ({ default: (await import('../pages/console.js')).PageConsole }));

const POLL_MS = 2500;

/** Asks again and again what the server has collected; a new generation makes every panel ask anew. */
function useStatusPoll(): { readonly status: Status | null; readonly error: ApiError | null } {
  const [status, setStatus] = useState<Status | null>(null);
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
    void poll();
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
      const page = PAGES.find((candidate) => candidate.key === key);
      if (page) go(addressOf(page.path));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setMenuOpen(false), [path]);
  useEffect(() => {
    const page = PAGES.find((candidate) => candidate.path === `/${path.split('/')[1] ?? ''}`);
    const [, , ...rest] = path.split('/');
    const open = unescaped(rest.join('/'));
    document.title = `${open === '' ? (page?.name ?? 'Query') : open.slice(0, 80)} · athena-query-tracker`;
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
              <Page path={path} />
            </ErrorBoundary>
          )}
        </main>
      </div>
      {open === 'palette' && <Palette onClose={() => setOpen(null)} onHelp={() => setOpen('help')} />}
      {open === 'help' && <Help onClose={() => setOpen(null)} />}
    </StatusContext.Provider>
  );
}

function Page({ path }: { readonly path: string }): ReactNode {
  const [, page = '', ...rest] = path.split('/');
  const one = rest.length > 0 ? unescaped(rest.join('/')) : null;
  switch (page) {
    case '':
      return <PageOverview />;
    case 'queries':
      return <PageQueries />;
    case 'q':
      return <PageQuery id={one ?? ''} />;
    case 'people':
      return one === null ? <PagePeople /> : <PagePerson person={one} />;
    case 'workgroups':
      return one === null ? <PageWorkgroups /> : <PageWorkgroup workgroup={one} />;
    case 'tables':
      return one === null ? <PageTables /> : <PageTable table={one} />;
    case 'roles':
      return <PageRole role={one ?? ''} />;
    case 'tools':
      return <PageTool tool={one ?? ''} />;
    case 'groups':
      return <PageGroups />;
    case 'cost':
      return <PageCost />;
    case 'identities':
      return <PageIdentities />;
    case 'audit':
    case 'console':
      return (
        <Suspense fallback={<Skeleton lines={12} />}>{page === 'audit' ? <PageAudit /> : <PageConsole />}</Suspense>
      );
    default:
      return (
        <Empty title="There is no such page">
          <Go to={addressOf('/')}>To the overview</Go>
        </Empty>
      );
  }
}

/** A slash inside a name is escaped twice; what is not well escaped is taken as it stands. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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
  const here = `/${path.split('/')[1] ?? ''}`;
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
        {PAGES.map((page) => (
          <Go
            key={page.path}
            to={addressOf(page.path)}
            current={here === page.path || (here === '/q' && page.path === '/queries')}
          >
            <Icon name={page.icon} />
            {page.name}
          </Go>
        ))}
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
  const { state, done, total, error, checkedAt } = status.sync;
  const isReading = state === 'reading' || checkedAt === null;
  return (
    <>
      <h1>{isReading ? 'Reading the reports for the first time' : 'There are no reports yet'}</h1>
      <Empty title={isReading ? `${done} of ${total} hours` : `Nothing in ${status.location}`}>
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
    </>
  );
}
