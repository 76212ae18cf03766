/** Command lines to begin with, by command; `aqt` itself has the empty name. Each is a whole line that works as it stands. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'aqt demo --serve',
    'aqt collect --from 2026-11-01 --to 2026-11-07 --output reports',
    'aqt report reports --by person --range 30d',
    'aqt query reports --table customers.pii --range all',
    'aqt serve reports --open',
  ],
  demo: ['aqt demo --serve', 'aqt demo --output demo-reports --format parquet'],
  settle: [
    'aqt settle reports',
    'aqt settle reports --deep',
    'aqt settle s3://my-audit-bucket --directory identities.yaml',
  ],
  rescue: ['aqt rescue reports', 'aqt rescue s3://my-audit-bucket --profile audit'],
  verify: [
    'aqt verify reports',
    'aqt verify reports --from 2026-11-01 --to 2026-11-07 --hours',
    'aqt verify s3://my-audit-bucket --recompute --json',
  ],
  query: [
    'aqt query reports --person ana@example.com --range 30d',
    'aqt query reports --workgroup bi --workgroup adhoc --min-cost 1 --not state=FAILED',
    'aqt query reports --min-bytes 1TB --format vertical',
    'aqt query reports "SELECT person, sum(cost_usd) AS usd FROM queries GROUP BY ALL ORDER BY usd DESC LIMIT 10"',
    'aqt query reports --range all --format parquet --file queries.parquet',
  ],
  report: [
    'aqt report reports',
    'aqt report reports --by table --range 30d --top 50',
    'aqt report reports --by cost-center --directory identities.yaml --from 2026-11-01 --to 2026-11-30 --csv',
    'aqt report reports --range 30d --html november.html',
  ],
  people: ['aqt people reports', 'aqt people reports --from 2026-11-01 --to 2026-11-07 --directory identities.yaml'],
  explain: [
    'aqt explain 11111111-2222-3333-4444-555555555555 reports',
    'aqt explain 11111111-2222-3333-4444-555555555555 reports --day 2026-11-03 --json',
  ],
  bill: ['aqt bill reports --bill cur.parquet', 'aqt bill reports --bill s3://my-bills/cur/ --by hour --json'],
  budget: [
    'aqt budget reports --month 1200',
    'aqt budget reports --workgroup bi --month 300',
    'aqt budget reports --workgroup bi --remove',
  ],
  serve: [
    'aqt serve reports --open',
    'aqt serve s3://my-audit-bucket --auditor',
    "aqt serve reports --sensitive '*pii*' 'finance.*'",
  ],
  sql: ['aqt sql queries.sql', `echo '{"sql": "SELECT a FROM db.t"}' | aqt sql`],
  deploy: ['aqt deploy --dry-run', 'aqt deploy --region us-east-1 --source trail --trail s3://my-trail-bucket/AWSLogs'],
  destroy: ['aqt destroy', 'aqt destroy --stack athena-query-tracker --region us-east-1'],
  doctor: ['aqt doctor', 'aqt doctor --output reports', 'aqt doctor --deep --json'],
  backfill: ['aqt backfill --from 2026-11-01 --to 2026-11-07', 'aqt backfill --from 2026-11-01 --no-wait'],
  compact: ['aqt compact reports', 'aqt compact s3://my-audit-bucket --from 2026-11-01 --to 2026-11-30'],
};
