const DAY_MS = 86_400_000;

/** Athena keeps executions, and lists them, for so long (aws-facts 2.5). */
export const ATHENA_RETENTION_DAYS = 45;
export const ATHENA_RETENTION_MS = ATHENA_RETENTION_DAYS * DAY_MS;

/** Ids that BatchGetQueryExecution takes in one call (aws-facts 2.2). */
export const EXECUTION_BATCH = 50;
