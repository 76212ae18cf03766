import { useEffect } from 'preact/compat';

/** Writes what is printed above and below each sheet of paper, beside its number. */
export function useSheetHead(head: string, foot: string): void {
  useEffect(() => {
    const style = new CSSStyleSheet();
    style.replaceSync(`@page { @top-left { content: ${quoted(head)}; } @bottom-left { content: ${quoted(foot)}; } }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== style);
    };
  }, [head, foot]);
}

const MOST = 150;

/** A string of CSS; a name of others can end it with nothing. */
function quoted(text: string): string {
  const short = text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
  return `"${short.replace(/[^ -~\u00a0-\u{10ffff}]|["\\<>]/gu, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `)}"`;
}
