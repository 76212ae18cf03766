import { useSyncExternalStore } from 'preact/compat';
import { useStatus } from './api.js';
import { setParams, usePlace } from './url.js';

/** The zone that times are shown in: UTC, or the reports' own. It stands in the URL, for a link must mean the same to all. */
export function useZone(): { readonly zone: string; readonly reportZone: string; readonly toggle: () => void } {
  const { params } = usePlace();
  const reportZone = useStatus()?.coverage?.timezone ?? 'UTC';
  const isReport = params.get('tz') === 'report';
  return {
    zone: isReport ? reportZone : 'UTC',
    reportZone,
    toggle: () => setParams({ tz: isReport ? null : 'report' }, { replace: true }),
  };
}

export type Theme = 'light' | 'dark';
const KEY = 'aqt-theme';
const listeners = new Set<() => void>();
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function chosen(): Theme {
  const stored = window.localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : dark.matches ? 'dark' : 'light';
}

// Renders must not ask `dark.matches`: Chromium forgets to tell of a change that was read before it is told of.
let theme = chosen();

function applyTheme(): void {
  theme = chosen();
  document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

dark.addEventListener('change', applyTheme);
applyTheme();

/** Light or dark: as the system has it, until somebody chooses. */
export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
  return { theme: shown, toggle: toggleTheme };
}

export function toggleTheme(): void {
  window.localStorage.setItem(KEY, theme === 'dark' ? 'light' : 'dark');
  applyTheme();
}
