import type { Principal } from '../../cloudtrail/principal.js';

const SPARK_SESSION = /^AthenaExecutor-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The Spark session behind an executor: Athena names the executor's role session after it (aws-facts 2.7). */
export function sparkSessionOf({ sessionName }: Principal): string | null {
  return SPARK_SESSION.exec(sessionName ?? '')?.[1]?.toLowerCase() ?? null;
}
