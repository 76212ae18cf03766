import { useEffect, useRef } from 'preact/compat';

interface Actions {
  readonly palette: () => void;
  readonly help: () => void;
  readonly theme: () => void;
  readonly zone: () => void;
  /** Takes the letter after `g`. */
  readonly page: (key: string) => void;
}

/** The keys that work everywhere. Letters are left alone while somebody types, and while a dialog is open. */
export function useShortcuts(actions: Actions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let pending = 0;
    const onKey = (event: KeyboardEvent): void => {
      const { palette, help, theme, zone, page } = latest.current;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        palette();
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        document.querySelector('dialog[open]')
      )
        return;
      if (pending > 0) {
        window.clearTimeout(pending);
        pending = 0;
        page(event.key);
        event.preventDefault();
        return;
      }
      if (event.key === 'g') {
        pending = window.setTimeout(() => {
          pending = 0;
        }, 1200);
      } else if (event.key === '?') help();
      else if (event.key === 't') theme();
      else if (event.key === 'u') zone();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        event.preventDefault();
        if (!search) palette();
        search?.focus();
        search?.select();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
