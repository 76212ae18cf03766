import { callFunction } from './call-function.js';
import { scanParts } from './scan-parts.js';

/**
 * The state machine of one report day, in Amazon States Language with JSONata: scan once, paced and resumable; collect the
 * hours in parallel; close the day. Names in `${…}` are filled in by CloudFormation. Pure data, so that tests can validate and run it.
 *
 * Kept to what AWS, the emulators and the project's own interpreter all take: no lone `$`, one language, no JSONPath.
 */
export function dayMachine(): StateMachineDefinition {
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: DAY_TIMEOUT_S,
    States: {
      Begin: {
        Type: 'Pass',
        Assign: {
          reportDate: '{% $states.input.report_date %}',
          round: 0,
          phase: 'day',
          after: "{% '' %}",
          failed: [],
          closed: {},
        },
        Next: 'Scan',
      },
      // One reader for the whole day: 24 readers of a 2-calls-a-second API would only throttle each other. Where it stands
      // (the cursor) is kept in the bucket, so that a scan also goes on after a crash; the machine only asks for another round.
      // When the day is closed, the phase `late` goes the same way: it looks for late events of the days before.
      Scan: {
        ...callFunction('${ScanArn}', {
          report_date: '{% $reportDate %}',
          round: '{% $round %}',
          holder: '{% $states.context.Execution.Name %}',
          phase: '{% $phase %}',
          after: '{% $after %}',
        }),
        Assign: {
          round: '{% $round + 1 %}',
          // Hours that looking back found come so many at a time: there are more behind this one.
          after: "{% $exists($states.result.Payload.next) ? $states.result.Payload.next : '' %}",
        },
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: { error: '{% $states.errorOutput.Error %}', cause: '{% $string($states.errorOutput.Cause) %}' },
            Next: 'Was it the day?',
          },
        ],
        Next: 'Is the scan done?',
      },
      'Is the scan done?': {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.state = 'done' %}", Next: 'Hours' },
          { Condition: `{% $round >= ${MAX_SCAN_ROUNDS} %}`, Next: 'Scan does not end' },
          { Condition: "{% $states.input.state = 'wait' %}", Next: 'Wait for the quota' },
          { Condition: "{% $states.input.state = 'parts' %}", Next: 'Parts' },
        ],
        Default: 'Scan',
      },
      Parts: scanParts(),
      // Another day holds the LookupEvents quota of the account, or may want it.
      'Wait for the quota': { Type: 'Wait', Seconds: '{% $states.input.wait_seconds %}', Next: 'Scan' },
      'Scan does not end': {
        Type: 'Pass',
        Output: { error: 'ScanDoesNotEnd', cause: `no end in ${MAX_SCAN_ROUNDS} rounds: start the day again` },
        Next: 'Was it the day?',
      },
      'Was it the day?': {
        Type: 'Choice',
        Choices: [{ Condition: "{% $phase = 'day' %}", Next: 'Not scanned' }],
        Default: 'Not looked back',
      },
      'Not scanned': {
        Type: 'Fail',
        Error: '{% $states.input.error %}',
        Cause: "{% $reportDate & ' was not scanned: ' & $states.input.cause %}",
      },
      // The day is closed; open hours must be settled all the same.
      'Not looked back': noting("'looking back'", { Output: { hours: [] }, Next: 'Hours' }),
      Hours: {
        Type: 'Map',
        Items: '{% $states.input.hours %}',
        // The scan also names hours of days before that late events have changed.
        ItemSelector: {
          report_date: '{% $states.context.Map.Item.Value.report_date %}',
          hour: '{% $states.context.Map.Item.Value.hour %}',
          scanned: true,
        },
        MaxConcurrency: '${HourConcurrency}',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Hour',
          States: {
            Hour: {
              ...callFunction('${HourArn}', '{% $states.input %}'),
              // A failed hour must not cancel its siblings: its failure becomes its result. A month of late hours must stay
              // below 256 KiB.
              Catch: [
                {
                  ErrorEquals: ['States.ALL'],
                  Output: {
                    report_date: '{% $states.input.report_date %}',
                    hour: '{% $states.input.hour %}',
                    error: '{% $states.errorOutput.Error %}',
                    cause: `{% $substring($string($states.errorOutput.Cause), 0, ${CAUSE_LENGTH}) %}`,
                  },
                  Next: 'Hour failed',
                },
              ],
              End: true,
            },
            'Hour failed': { Type: 'Pass', End: true },
          },
        },
        Assign: {
          hours: '{% $states.result %}',
          failed: '{% [$append($failed, $states.result[$exists(error)])] %}',
          // An hour costs history, too.
          round: '{% $round + $count($states.result) %}',
        },
        Next: 'Close',
      },
      Close: {
        ...callFunction('${CloseDayArn}', {
          report_date: '{% $reportDate %}',
          hours: '{% $hours %}',
          phase: '{% $phase %}',
          holder: '{% $states.context.Execution.Name %}',
        }),
        Assign: { closed: '{% $merge([$closed, $states.result.Payload]) %}' },
        // What keeps an hour from being written may keep the day from being closed: the list must name both.
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: { error: '{% $states.errorOutput.Error %}', cause: '{% $string($states.errorOutput.Cause) %}' },
            Next: 'Not closed',
          },
        ],
        Next: 'Was that all?',
      },
      'Not closed': noting("$phase = 'day' ? 'closing' : 'settling'", { Next: 'Was that all?' }),
      'Was that all?': {
        Type: 'Choice',
        Choices: [
          // Athena's lists of a busy account take longer than a function may.
          { Condition: "{% $states.input.state = 'more' %}", Next: 'Close' },
          { Condition: "{% $phase = 'day' %}", Next: 'Look back' },
          // Where hours fail the rest waits for the next run, which finds all of them again.
          {
            Condition: `{% $after != '' and $count($failed) = 0 and $round < ${MAX_SCAN_ROUNDS} %}`,
            Next: 'Scan',
          },
          { Condition: "{% '${Feeds}' != '' %}", Next: 'Feeds' },
          { Condition: '{% $count($failed) = 0 %}', Next: 'Done' },
        ],
        Default: 'Day failed',
      },
      // What is sealed is handed over whether hours failed or not. A feed never fails the day: an alarm tells of it, and the next day tries again.
      Feeds: {
        ...callFunction('${FeedsName}', { holder: '{% $states.context.Execution.Name %}' }),
        Assign: {
          round: '{% $round + 1 %}',
          closed: "{% $merge([$closed, {'feeds': $states.result.Payload.feeds}]) %}",
        },
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: { error: '{% $states.errorOutput.Error %}' },
            Next: 'Not handed over',
          },
        ],
        Next: 'Is all handed over?',
      },
      'Not handed over': {
        Type: 'Pass',
        Assign: { closed: "{% $merge([$closed, {'feeds': $states.input.error}]) %}" },
        Output: { state: 'failed' },
        Next: 'Is all handed over?',
      },
      'Is all handed over?': {
        Type: 'Choice',
        Choices: [
          { Condition: `{% $states.input.state = 'more' and $round < ${MAX_SCAN_ROUNDS} %}`, Next: 'Feeds' },
          { Condition: '{% $count($failed) = 0 %}', Next: 'Done' },
        ],
        Default: 'Day failed',
      },
      'Look back': { Type: 'Pass', Assign: { phase: 'late' }, Next: 'Scan' },
      Done: { Type: 'Succeed', Output: '{% $closed %}' },
      'Day failed': {
        Type: 'Fail',
        Error: 'DayIncomplete',
        Cause:
          "{% $substring($reportDate & ': ' & $string($count($failed)) & ' failed: ' & " +
          `$join($failed.(report_date & ' hour ' & $string(hour) & ' (' & error & '): ' & $substring(cause, 0, 600)), '; '), 0, ${MAX_CAUSE}) %}`,
      },
    },
  };
}

/** Adds what failed, and is no hour, to the list. */
function noting(what: string, rest: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const failure = `{'report_date': $reportDate, 'hour': ${what}, 'error': $states.input.error, 'cause': $states.input.cause}`;
  return { Type: 'Pass', Assign: { failed: `{% [$append($failed, ${failure})] %}` }, ...rest };
}

/** Characters of an hour's failure that are kept. */
const CAUSE_LENGTH = 220;

/** Step Functions refuses a longer cause of 32,768 characters (API reference of StopExecution). */
const MAX_CAUSE = 30_000;

/** Loosely typed on purpose: the language is checked by its validator and by execution in the tests. */
export interface StateMachineDefinition {
  readonly [key: string]: unknown;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A range of days that wait for each other's LookupEvents quota may take long; a week of 15-minute scans fits. */
const DAY_TIMEOUT_S = 7 * 24 * 3600;

/** Rounds and hours together: with some 12 history events each this stays below the limit of 25,000 events an execution. */
export const MAX_SCAN_ROUNDS = 1500;
