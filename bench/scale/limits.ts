/** What AWS limits, and what the program allows itself of it; and what a trail is taken to be like. */
export const LIMITS = {
  /** LookupEvents: calls a second in an account and Region, events a call (API reference); of two calls 1.98 are made. */
  lookupPerSecond: 1.98 * 50,
  historyDays: 90,
  /** Each day is read when it is collected, and on the two days after. */
  lookupReads: 3,
  /** BatchGetQueryExecution: executions a second (10 calls of 50; 9.9 are made). */
  batchGetPerSecond: 9.9 * 50,
  /** ListQueryExecutions: executions a second (5 calls of 50; 4.95 are made), over the days that Athena remembers, for at most so long. */
  listPerSecond: 4.95 * 50,
  listDays: 45,
  listLongestS: 20 * 3600,
  /** Bytes of memory for an id that closing a day compares, of so many days; as many as it holds, and what reading one past a list takes (bench/known-ids.ts). */
  idBytes: 43,
  idDays: 46,
  idsInMemory: 6_000_000,
  idMicroseconds: 4.9,
  lambdaSeconds: 835,
  /** Lambda gives a whole processor from so many megabytes on (Lambda guide, "configuration-memory"). */
  lambdaMbPerCpu: 1769,
  lambdaMb: 1024,
  /** Records of a log file, and what asking S3 for one takes; the scan asks for so many at once. */
  recordsPerFile: 1000,
  fileLatencyS: 0.06,
  filesAtOnce: 24,
  assumeShare: 0.06,
  /** Delivery days that a day's run lists, of which it opens what nobody has read: from five days before it (two days are read again, sessions began a day and a half before, files come late) to the day after. */
  deliveryDays: 7,
  /** Delivery days that the weekly look-back lists: 31 before the day, sessions, and those since; how much larger its parts are, and what is worth dividing. */
  lookBackDays: 36,
  lookBackTimes: 10,
  /** `DivideScanFrom`, the parts that come of it, `ScanConcurrency`, and what a child takes before and after its files. */
  divideFrom: 10_000,
  filesPerPart: 1000,
  concurrency: 40,
  childOverheadS: 1,
  /** Transitions of a child, and events in the history of the day's machine for each round and hour, of so many at most. */
  childTransitions: 4,
  eventsPerRound: 12,
  maxEvents: 25_000,
  payloadBytes: 256 * 1024,
  childResultBytes: 3,
  mapRunChildren: 10_000,
  /** What a scan holds of the lines that it has met, and of so many at most (`collect/scan/known-lines.ts`). */
  lineBytes: 100,
  linesHeld: 1_500_000,
  /** Days whose links an hour looks through, and bytes of a name by which one is found (`tree/evidence/line-index.ts`). */
  linkDays: 4,
  nameBytes: 8,
  lambdaMbMost: 10_240,
  /** S3 requests and bytes kept of a day, and of one more query (bench/cost-of-running.ts); records beside a query there. */
  getsADay: 3230,
  getsAQuery: 1.15,
  putsADay: 880,
  putsAQuery: 0.11,
  keptBytesAQuery: 2280,
  recordsAQuery: 10,
  /** Hours that are collected at once, from so many queries a day on. */
  hoursAtOnce: 24,
  fewHoursAtOnce: 4,
  fewHoursFrom: 200_000,
  daysAMonth: 30,
  keysPerList: 1000,
  listLatencyS: 0.1,
} as const;
