import type { StateMachineDefinition } from './day-machine.js';

/**
 * The state machine of a back-fill: `{ "from": "2025-01-01", "to": "2025-03-31" }` runs a day execution for each day, in a
 * distributed Map, so that years over trail files fit: every day has a history of its own. Where days share the
 * LookupEvents quota the Map runs one at a time. A failed day does not stop the others; the back-fill then fails with their list.
 */
export function backfillMachine(): StateMachineDefinition {
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'List the days',
    States: {
      'List the days': {
        Type: 'Pass',
        // Dates on the calendar, counted at noon UTC: no time zone is involved.
        Output: {
          days:
            "{% ($first := $toMillis($states.input.from & 'T12:00:00Z'); " +
            "$last := $toMillis($states.input.to & 'T12:00:00Z'); " +
            '$last < $first ? [] : ' +
            "[$map([0..$round(($last - $first) / 86400000)], function($day) { $fromMillis($first + $day * 86400000, '[Y0001]-[M01]-[D01]') })]) %}",
        },
        Next: 'Are there days?',
      },
      'Are there days?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($states.input.days) > 0 %}', Next: 'Days' }],
        Default: 'No days',
      },
      'No days': {
        Type: 'Fail',
        Error: 'EmptyRange',
        Cause: 'the range ends before it begins: give {"from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}',
      },
      Days: {
        Type: 'Map',
        Label: 'Days',
        Items: '{% $states.input.days %}',
        ItemSelector: {
          report_date: '{% $states.context.Map.Item.Value %}',
          run: '{% $states.context.Execution.Name %}',
        },
        MaxConcurrency: '${BackfillConcurrency}',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Day',
          States: {
            Day: {
              Type: 'Task',
              Resource: 'arn:${AWS::Partition}:states:::states:startExecution.sync:2',
              Arguments: {
                StateMachineArn: '${DayMachineArn}',
                Name: "{% $substring($states.input.run, 0, 68) & '_' & $states.input.report_date %}",
                Input: { report_date: '{% $states.input.report_date %}' },
              },
              Retry: [
                {
                  ErrorEquals: ['StepFunctions.ExecutionLimitExceededException', 'StepFunctions.ThrottlingException'],
                  IntervalSeconds: 5,
                  BackoffRate: 2,
                  MaxAttempts: 8,
                  MaxDelaySeconds: 120,
                  JitterStrategy: 'FULL',
                },
              ],
              Catch: [
                {
                  ErrorEquals: ['States.ALL'],
                  Output: { failed: '{% $states.input.report_date %}' },
                  Next: 'Day failed',
                },
              ],
              // The list of results must stay below 256 KiB for ten years of days: a good day says nothing.
              Output: {},
              End: true,
            },
            'Day failed': { Type: 'Pass', End: true },
          },
        },
        Output: { failed: '{% [$states.result.failed] %}' },
        Next: 'Did every day succeed?',
      },
      'Did every day succeed?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($states.input.failed) = 0 %}', Next: 'Done' }],
        Default: 'Days failed',
      },
      Done: { Type: 'Succeed' },
      'Days failed': {
        Type: 'Fail',
        Error: 'DaysFailed',
        Cause: "{% $string($count($states.input.failed)) & ' days failed: ' & $join($states.input.failed, ', ') %}",
      },
    },
  };
}
