import { type ReactNode, useCallback, useContext, useLayoutEffect, useState } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { ask, PageContext, useStatus } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { usePlace, viewQuery } from '../web/url.js';
import { count, plural, time, zoneName } from './format.js';
import { printPage, usePrinting } from './printing.js';
import { useSheetHead } from './sheet-head.js';

type Chains = Api['/chains']['chains'];

/** Prints the page, by button or Ctrl-P: whole lists, and the head of the chain of seals. The browser's own menu prints what is in sight. */
export function PrintButton({ title, hasRange }: { readonly title: string; readonly hasRange: boolean }): ReactNode {
  const [chains, setChains] = useState<Chains>({});
  const isPrinting = usePrinting();
  const print = useCallback(async () => {
    try {
      setChains((await ask<Api['/chains']>('/api/chains')).chains);
    } catch {
      // The page is worth printing without the heads.
      setChains({});
    }
    await printPage();
  }, []);
  // Before the page is painted: the next key may be down by then.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'p') return;
      event.preventDefault();
      void print();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [print]);
  return (
    <>
      <button type="button" className="quiet" disabled={isPrinting} onClick={() => void print()}>
        {isPrinting ? 'Printing …' : 'Print'}
      </button>
      <PaperHead title={title} chains={chains} hasRange={hasRange} />
    </>
  );
}

/** What paper has to say by itself: of what view, time and zone, from where, how complete, and what proves it. */
function PaperHead({
  title,
  chains,
  hasRange,
}: {
  readonly title: string;
  readonly chains: Chains;
  readonly hasRange: boolean;
}): ReactNode {
  const { params } = usePlace();
  const status = useStatus();
  const { zone } = useZone();
  const answers = useContext(PageContext);
  const chosen = [...new URLSearchParams(viewQuery(params))].map(([name, value]) => `${name} ${value}`);
  const view = chosen.length === 0 ? 'the last 7 days' : chosen.join(', ');
  const heads = Object.entries(chains);
  useSheetHead(
    `${title}${hasRange ? ` · ${view}` : ''} · ${zoneName(zone)}`,
    heads.map(([tree, { head }]) => `${tree === '' ? 'head of the chain' : tree} ${head ?? 'no seal yet'}`).join(', '),
  );
  if (!status?.coverage) return null;
  const { complete, open, gaps, hours } = status.coverage;
  return (
    <div className="paper-head">
      <p>{answers}</p>
      <p>
        athena-query-tracker {status.version}, {status.location}. Printed {time(status.now, zone)}. All times are in{' '}
        {zoneName(zone)}.
      </p>
      <p>
        {hasRange ? `View: ${view}. ` : ''}Of {plural(hours, 'hour')} {count(complete)} {complete === 1 ? 'is' : 'are'}{' '}
        final, {count(open)} may still change, {count(gaps)} {gaps === 1 ? 'has' : 'have'} no report.
      </p>
      {heads.map(([tree, { head }]) => (
        <p key={tree} className="mono">
          Head of the chain{tree === '' ? '' : ` of ${tree}`}: {head ?? 'no seal yet'}
        </p>
      ))}
    </div>
  );
}
