import { type ReactNode, useEffect, useState } from 'react';
import type { Api } from '../answers/answers.js';
import { ask, useStatus } from '../web/api.js';
import { useZone } from '../web/settings.js';
import { usePlace, viewQuery } from '../web/url.js';
import { time, zoneName } from './format.js';

type Chains = Api['/chains']['chains'];

/** Prints the page, with the head of the chain of seals on it; the browser's own way of printing leaves that out. */
export function PrintButton(): ReactNode {
  const [chains, setChains] = useState<Chains | null>(null);
  useEffect(() => {
    if (chains === null) return;
    window.print();
    setChains(null);
  }, [chains]);
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() =>
          void ask<Api['/chains']>('/api/chains').then(
            (answer) => setChains(answer.chains),
            () => setChains({}),
          )
        }
      >
        Print
      </button>
      <PaperHead chains={chains ?? {}} />
    </>
  );
}

/** What paper has to say by itself: of what view, time and zone, from where, how complete, and what proves it. */
function PaperHead({ chains }: { readonly chains: Chains }): ReactNode {
  const { params } = usePlace();
  const status = useStatus();
  const { zone } = useZone();
  if (!status?.coverage) return null;
  const { complete, open, gaps, hours } = status.coverage;
  const view = [...new URLSearchParams(viewQuery(params))].map(([name, value]) => `${name} ${value}`);
  return (
    <div className="paper-head">
      <p>
        athena-query-tracker {status.version}, {status.location}. Printed {time(status.now, zone)}. All times are in{' '}
        {zoneName(zone)}.
      </p>
      <p>
        View: {view.length === 0 ? 'the last 7 days' : view.join(', ')}. Of {hours} hours {complete} are final, {open}{' '}
        may still change, {gaps} have no report.
      </p>
      {Object.entries(chains).map(([tree, { head }]) => (
        <p key={tree} className="mono">
          Head of the chain{tree === '' ? '' : ` of ${tree}`}: {head ?? 'no seal yet'}
        </p>
      ))}
    </div>
  );
}
