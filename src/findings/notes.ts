/** Numbers beside the findings that say how complete reports are. Nobody accepts them: they go when what they count does. */
export type NoteKind =
  | 'gap'
  | 'faulty'
  | 'broken-chain'
  | 'open'
  | 'text-lost'
  | 'text-denied'
  | 'no-person'
  | 'text-pending'
  | 'refused';

export interface NoteWords {
  readonly severity: 'bad' | 'warn' | 'note';
  readonly title: string;
  readonly explanation: string;
  /** How the dashboard finds the rows behind it, as the query string of its list; absent when it cannot. */
  readonly link?: string;
}

export const NOTES: Readonly<Record<NoteKind, NoteWords>> = {
  gap: {
    severity: 'bad',
    title: 'Hours without a report',
    explanation: 'Collect them: aqt collect --from <day> --to <day>. Athena keeps SQL text for 45 days only.',
  },
  faulty: {
    severity: 'bad',
    title: 'Hours whose report and manifest disagree',
    explanation:
      'The file was changed after it was written, or a write was cut. Compare versions of the object, then collect the hour again.',
  },
  'broken-chain': {
    severity: 'bad',
    title: 'Manifests that name no predecessor though they are a later version',
    explanation: 'A rewritten manifest must carry the SHA-256 of the one it replaces.',
  },
  open: {
    severity: 'warn',
    title: 'Hours that may still change',
    explanation: 'Late events or running queries are awaited; aqt settle looks again.',
  },
  'text-lost': {
    severity: 'warn',
    title: 'Queries whose SQL text is lost',
    explanation: 'Older than Athena keeps it, or Athena does not know the id.',
    link: 'status=expired&status=not_found',
  },
  'text-denied': {
    severity: 'warn',
    title: 'Queries whose SQL text may not be read',
    explanation: 'Allow athena:GetQueryExecution on their workgroup.',
    link: 'status=denied',
  },
  'no-person': {
    severity: 'warn',
    title: 'Queries without a person',
    explanation: 'The page Identities says why, and how to mend it.',
    link: 'person=(none)',
  },
  'text-pending': {
    severity: 'note',
    title: 'Queries whose SQL text is not there yet',
    explanation: 'Athena has not answered for them; they are asked again.',
    link: 'status=pending&status=masked',
  },
  refused: {
    severity: 'note',
    title: 'Attempts that AWS refused',
    explanation: 'Nothing ran. Who tried what is worth a look.',
    link: 'state=REFUSED',
  },
};
