const DAY_MS = 86_400_000;

/**
 * CloudTrail redelivers for up to 30 days (aws-facts 4.1): an hour younger than this may still gain events. Whether a file delivered
 * anew carries the first or the last time in its name is open: so a day of delivery that was read whole may gain files, too, and no
 * ledger says which days need not be listed.
 */
export const LATE_EVENT_DAYS = 31;
export const LATE_EVENT_BOUND_MS = LATE_EVENT_DAYS * DAY_MS;

/** LookupEvents goes back so far (aws-facts 1.1). */
export const EVENT_HISTORY_DAYS = 90;
export const EVENT_HISTORY_MS = EVENT_HISTORY_DAYS * DAY_MS;

/** Events on one page of LookupEvents, at most (aws-facts 1.1). */
export const LOOKUP_PAGE_EVENTS = 50;
