import { createRandom } from '../wire/random.js';
import type { Person } from './company.js';

/** Tools that write who they act for into the SQL text. */
export type CommentingTool =
  | 'metabase'
  | 'redash'
  | 'superset'
  | 'looker'
  | 'quicksight'
  | 'dbt'
  | 'sqlcommenter'
  | 'tableau'
  | 'acorn-portal';

/** The form of the company's own portal, which no tool but the company's directory knows. */
export const PORTAL_FORM = '[acorn-portal] {user} page={page}';

/** What of a comment depends on the query. */
export interface CommentContext {
  /** The user of the tool; null for scheduled runs. */
  readonly person: Person | null;
  readonly seed: number;
  readonly number: number;
  readonly at: number;
}

/** The number under which a tool with a user table of its own knows a person. */
export function toolUserIdOf(person: Person): number {
  return person.number + 3;
}

/** Adds a tool's comment to a text, in the form that the tool gives it. */
export function withToolComment(tool: CommentingTool, text: string, context: CommentContext): string {
  const { person, seed, number, at } = context;
  const random = createRandom(seed, 'comment', number);
  switch (tool) {
    case 'metabase':
      return `-- Metabase::${person ? ` userID: ${toolUserIdOf(person)}` : ''} queryType: ${random.pick(['MBQL', 'native'])} queryHash: ${random.hex(64)}\n${text}`;
    case 'redash': {
      const fields = {
        Username: person?.id ?? 'Scheduled',
        query_id: String(random.int(1, 900)),
        Queue: person ? 'queries' : 'scheduled_queries',
        'Job ID': `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-9${random.hex(3)}-${random.hex(12)}`,
        'Query Hash': random.hex(32),
        Scheduled: person ? 'False' : 'True',
      };
      const list = Object.entries(fields).map(([key, value]) => `${key}: ${value}`);
      return `/* ${list.join(', ')} */ ${text}`;
    }
    case 'superset':
      return `-- [SQL LAB] ${person?.handle ?? 'admin'} ${new Date(at).toISOString().slice(0, 19)}.${random.int(100_000, 999_999)}\n${text}`;
    case 'looker':
      return `${text}\n-- Looker Query Context '${JSON.stringify({ user_id: person ? toolUserIdOf(person) : null, history_slug: random.hex(32), instance_slug: '7f3ab21c9e5d4b60a1d2c3e4f5061728' })}'`;
    case 'quicksight':
      return `/* QuickSight ${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)} */\n${text}`;
    case 'dbt': {
      const model = random.pick(['orders', 'daily_revenue', 'orders_delta', 'customer_totals', 'sessions']);
      const comment = {
        app: 'dbt',
        dbt_version: '1.9.4',
        profile_name: 'lake',
        target_name: person ? 'dev' : 'prod',
        node_id: `model.lake.${model}`,
      };
      return `-- /* ${JSON.stringify(comment)} */\n${text}`;
    }
    case 'sqlcommenter':
      return `${text} /*action='export',application='back-office',controller='invoices',framework='rails%3A7.1',traceparent='00-${random.hex(32)}-${random.hex(16)}-01'*/`;
    case 'acorn-portal':
      return `/* ${PORTAL_FORM.replace('{user}', person?.id ?? 'nobody').replace('{page}', `orders/${random.int(1, 400)}`)} */ ${text}`;
    case 'tableau':
      return `${text}\n/* { "tableau-query-origins": { "query-category": "Data", "lqctx-root-activity-id": "${random.hex(22)}" } } */`;
  }
}
