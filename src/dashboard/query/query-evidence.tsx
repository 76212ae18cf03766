import type { ReactNode } from 'preact/compat';
import type { Row } from '../../analytics/cache/duck.js';
import { list, text } from './query-row.js';

/** What each method means, in words. */
export const METHODS: Readonly<Record<string, string>> = {
  'identity-center': 'IAM Identity Center named the user in the event itself.',
  'source-identity': 'The session carries a source identity, set when the role was assumed.',
  'sso-session': 'The role is reserved for IAM Identity Center, which names the session after the user.',
  'iam-user': 'The IAM user’s own access key signed the call.',
  'saml-subject': 'A SAML assertion, signed by the identity provider, named the subject when the role was assumed.',
  'oidc-subject': 'An OIDC token, signed by the identity provider, named the subject when the role was assumed.',
  'role-chain': 'The chain of AssumeRole events was followed back to whoever began it.',
  'sql-comment': 'A comment that the tool wrote into the SQL names the user.',
  'session-name': 'The role session is named so; the caller chose the name.',
  directory: 'A rule of the identity directory says so.',
  root: 'The root user of the account signed the call.',
  workload: 'The role belongs to a machine.',
  service: 'An AWS service made the call.',
  unresolved: 'Nothing ties these credentials to a person.',
};

/** The evidence, first hop first: what ties the credentials to the person. */
export function HowWeKnow({ row }: { readonly row: Row }): ReactNode {
  const method = String(row.identity_method);
  const chain: [string, string | null][] = [
    ['Principal', text(row.principal_arn)],
    ['Role', text(row.role_arn)],
    ['Session name', text(row.session_name)],
    ['Source identity', text(row.source_identity)],
    ['Identity Center user', text(row.on_behalf_of)],
    ['Invoked by', text(row.invoked_by)],
    ['Access key', text(row.access_key_id)],
  ];
  return (
    <details className="how" open>
      <summary>
        How we know: <b>{method}</b>, {String(row.identity_confidence)}
      </summary>
      <p>{METHODS[method] ?? ''}</p>
      <ol className="evidence">
        {list(row.identity_evidence).map((item) => (
          <li key={item} className="mono">
            {item}
          </li>
        ))}
      </ol>
      <table className="plain small">
        <tbody>
          {chain
            .filter(([, value]) => value !== null)
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="mono">{value}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {row.attribution !== 'attributed' && <p className="message">Attribution: {String(row.attribution)}</p>}
    </details>
  );
}
