import { useSyncExternalStore } from 'react';
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

function applyTheme(): void {
  document.documentElement.dataset.theme = chosen();
  for (const listener of listeners) listener();
}

dark.addEventListener('change', applyTheme);
applyTheme();

/** Light or dark: as the system has it, until somebody chooses. */
export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosen);
  return { theme, toggle: toggleTheme };
}

export function toggleTheme(): void {
  window.localStorage.setItem(KEY, chosen() === 'dark' ? 'light' : 'dark');
  applyTheme();
}
