/** A table of the lake, or a view that somebody made with Glue, so that no query tells what is behind it. */
export interface LakeTable {
  /** `database.table`. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The SQL of a view; null for a table. */
  readonly view: string | null;
}

/** What the data catalog of every account and Region of the company says. */
export const LAKE: readonly LakeTable[] = [
  table('customers.erasure_requests', 'customer_id requested_at done_at'),
  table('customers.pii', 'customer_id full_name email phone birth_date city segment'),
  table('customers.profiles', 'customer_id segment country city created_at'),
  table('finance.chart_of_accounts', 'account_id parent_id name'),
  table('finance.employees', 'id full_name email team'),
  table('finance.invoices', 'invoice_id customer_id total_cents state due_on'),
  table('finance.ledger', 'entry_id account_id amount_cents booked_on'),
  table('finance.payroll', 'employee_id gross net paid_on'),
  table('finance.refunds', 'order_id amount_cents refunded_on'),
  table('marketing.campaign_days', 'day channel campaign spend_cents clicks'),
  view(
    'marketing.contacts',
    'customer_id email segment country',
    'SELECT p.customer_id, i.email, p.segment, p.country FROM customers.profiles p JOIN customers.pii i ON i.customer_id = p.customer_id',
  ),
  view(
    'marketing.vip_contacts',
    'customer_id email country',
    "SELECT customer_id, email, country FROM contacts WHERE segment = 'vip'",
  ),
  table('ml.embeddings', 'customer_id kind score'),
  table('ml.features_rfm', 'customer_id recency_days frequency monetary as_of'),
  table('ml.labels', 'customer_id label'),
  table('ops.cloudtrail_logs', 'eventtime eventname eventsource useridentity requestparameters timestamp'),
  table('raw.clickstream', 'event_id user_id url event_time'),
  table('raw.partner_feed', 'id payload dt'),
  table('raw.shop_orders', 'order_id customer_id country amount_cents order_ts is_deleted ingest_date'),
  table('raw.web_events', 'session_id name ts dt'),
  table('sales.customer_totals', 'customer_id orders amount_cents'),
  table('sales.daily_revenue', 'day country amount_cents'),
  table('sales.order_lines', 'order_id line product_id quantity amount_cents'),
  table('sales.orders', 'order_id customer_id country amount_cents amount order_date placed_at updated_at'),
  table('sales.test_orders', 'order_id'),
  table('scratch.training_set', 'customer_id recency_days frequency monetary as_of label'),
  table('staging.orders_delta', 'order_id customer_id amount_cents updated_at is_deleted'),
  table('web.access_logs', 'ts session_id path status user_agent year'),
  table('web.sessions', 'session_id started_at events tags day'),
];

function table(name: string, columns: string): LakeTable {
  return { name, columns: columns.split(' '), view: null };
}

function view(name: string, columns: string, sql: string): LakeTable {
  return { name, columns: columns.split(' '), view: sql };
}
