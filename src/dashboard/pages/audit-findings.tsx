import type { ReactNode } from 'preact/compat';
import type { Api } from '../answers/answers.js';
import { count } from '../parts/format.js';
import { Accepted, Command } from '../parts/next-step.js';
import { Go } from '../parts/parts.js';
import { useStatus } from '../web/api.js';
import { addressOf } from '../web/url.js';

type Finding = Api['/audit']['findings'][number];

/** What is not as it should be, and what somebody looked at and accepted. */
export function AuditFindings({
  findings,
  accept,
}: {
  readonly findings: readonly Finding[];
  readonly accept: string;
}): ReactNode {
  const open = findings.filter(({ accepted }) => accepted === null);
  const accepted = findings.filter((finding) => finding.accepted !== null);
  const canAccept = open.some(({ details }) => details.length > 0);
  return (
    <section className="panel" aria-label="Findings">
      <div className="panel-head">
        <h2>Findings</h2>
      </div>
      {open.length === 0 ? (
        <p className="soft pad">{accepted.length === 0 ? 'None.' : 'None, or all were accepted.'}</p>
      ) : (
        <FindingList findings={open} />
      )}
      {canAccept && (
        <div className="pad">
          <p className="soft">Looked at, and in order? This keeps that, and tells only what is new from then on:</p>
          <Command text={accept} />
        </div>
      )}
      {accepted.length > 0 && (
        <>
          <h3 className="pad">Accepted</h3>
          <FindingList findings={accepted} />
        </>
      )}
    </section>
  );
}

function FindingList({ findings }: { readonly findings: readonly Finding[] }): ReactNode {
  const program = useStatus()?.program ?? 'aqt';
  return (
    <ul className="findings">
      {findings.map((finding) => (
        <li
          key={`${finding.title} ${finding.accepted?.acceptedAt} ${finding.accepted?.reason}`}
          className={finding.accepted ? 'note' : finding.severity}
        >
          <span className="n">{count(finding.count)}</span>
          <div>
            {finding.link ? (
              <Go to={`${addressOf('/queries', { range: 'all', from: null, to: null })}&${finding.link}`}>
                {finding.title}
              </Go>
            ) : (
              <b>{finding.title}</b>
            )}
            <span className="soft">{finding.accepted ? <Accepted by={finding.accepted} /> : finding.explanation}</span>
            {finding.details.length > 0 && (
              <details>
                <summary>
                  {finding.details.length === 1 ? 'Which' : `Which (${count(finding.details.length + finding.more)})`}
                </summary>
                <ul className="sentences">
                  {finding.details.map((text) => (
                    <li key={text}>{text}</li>
                  ))}
                  {finding.more > 0 && (
                    <li>
                      and {count(finding.more)} more, which `{program} verify --json` tells
                    </li>
                  )}
                </ul>
              </details>
            )}
            {finding.command && <Command text={finding.command} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
