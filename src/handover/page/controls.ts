/** What a control asks, and what of a pack answers it. No pack says that anybody complies: an auditor does. */
export interface ControlAnswer {
  readonly control: string;
  readonly asks: string;
  readonly gets: string;
  readonly lacks: string;
}

/** The questions that packs are asked for, with what they get and what they do not. */
export const CONTROL_ANSWERS: readonly ControlAnswer[] = [
  {
    control: 'SOC 2, CC6.1 to CC6.3',
    asks: 'Who has logical access to data, and is it restricted?',
    gets: 'Who used Athena to read or write which tables, with the role, the session and how sure we are of the person. Refused attempts are rows, too.',
    lacks: 'Who could have had access: permissions are not in here. Access by other ways than Athena.',
  },
  {
    control: 'SOC 2, CC7.2 and CC7.3',
    asks: 'Are systems watched for anomalies, and are these evaluated?',
    gets: 'A complete population to choose from, what verification found, and what was accepted, when and why.',
    lacks: 'The evaluation itself, and whoever made it.',
  },
  {
    control: 'ISO/IEC 27001:2022, A.8.15',
    asks: 'Are logs produced, kept, protected and analysed?',
    gets: 'The log of queries by hour with its ledger, the chain of seals that shows a later change, and the hours that are missing.',
    lacks: 'How long logs are kept, and who may delete them.',
  },
  {
    control: 'PCI DSS 4.0, requirement 10.2 and 10.3',
    asks: 'Are user identification, type, date and time, success or failure, origination and affected data recorded, and protected?',
    gets: 'These six for every query: person and principal, statement type, times in UTC, state, source address and program, tables.',
    lacks: 'Rows and cells that a query returned: AWS records none.',
  },
  {
    control: 'HIPAA, 45 CFR 164.312(b)',
    asks: 'Are there mechanisms that record and examine activity in systems with protected health information?',
    gets: 'The record of activity through Athena on the tables that you chose.',
    lacks: 'Which tables hold such information: you chose them.',
  },
  {
    control: 'GDPR, Article 30',
    asks: 'Which categories of processing are there, and who are the recipients?',
    gets: 'Who processed data in which tables, when, and with which program: facts to check a record of processing against.',
    lacks: 'Purposes, legal basis and retention.',
  },
];

/** What a pack does not prove. */
export const LIMITS: readonly string[] = [
  'It proves that the rows are those of the hourly reports, that the reports are those that were sealed, and that nothing in this pack was changed since it was signed. It does not prove that CloudTrail recorded every call: AWS vouches for that.',
  'Nothing is proven for the time before the trail began, for accounts and Regions that were not read, and for hours that are marked as missing, faulty or open.',
  'A person who is “verified” is one whom AWS or an identity provider vouches for. “Asserted” means that somebody on the way chose the name, “claimed” that the SQL text says so: neither is proof.',
  'Where filters were given, the counts say how many rows of each hour they chose. That they chose the right ones can be checked with the reports, not with this pack.',
  'A signature made with the enclosed key proves nothing by itself: compare the key’s fingerprint with one that you were given in another way.',
  'The evidence of a sampled row is what was kept of the CloudTrail event and of Athena’s answer. Whole parts of the evidence, which the manifests name by their hash, stay with the reports.',
];
