import { callFunction } from './call-function.js';

/**
 * The parts of a divided scan, read by the scan function in a distributed Map, each in an execution of its own. What a part read lies
 * in the bucket, so children answer nothing; the next round of the scan joins the parts. A child that is tried again goes on where it
 * stopped. One that fails for good fails the scan, and those that are done stay done.
 */
export function scanParts(): Record<string, unknown> {
  return {
    Type: 'Map',
    Label: 'Parts',
    ItemReader: {
      Resource: 'arn:${AWS::Partition}:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: '{% $states.input.bucket %}', Key: '{% $states.input.key %}' },
    },
    ItemSelector: {
      report_date: '{% $reportDate %}',
      phase: 'part',
      part: '{% $states.context.Map.Item.Value %}',
      round: 0,
    },
    MaxConcurrency: '${ScanConcurrency}',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Part',
      States: {
        Part: {
          ...callFunction('${ScanArn}', '{% $states.input %}'),
          // The input stays, for the next round.
          Output:
            "{% $merge([$states.input, {'round': $states.input.round + 1, 'state': $states.result.Payload.state}]) %}",
          Next: 'Is the part read?',
        },
        'Is the part read?': {
          Type: 'Choice',
          Choices: [
            { Condition: "{% $states.input.state = 'done' %}", Next: 'Part read' },
            { Condition: `{% $states.input.round >= ${MAX_PART_ROUNDS} %}`, Next: 'Part does not end' },
          ],
          Default: 'Part',
        },
        'Part does not end': {
          Type: 'Fail',
          Error: 'ScanDoesNotEnd',
          Cause: `no end of a part in ${MAX_PART_ROUNDS} rounds: start the day again`,
        },
        // The list of results must stay below 256 KiB for thousands of parts.
        'Part read': { Type: 'Pass', Output: {}, End: true },
      },
    },
    Output: {},
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Output: {
          error: '{% $states.errorOutput.Error %}',
          cause: "{% 'a part of the scan failed (its Map Run says which): ' & $string($states.errorOutput.Cause) %}",
        },
        Next: 'Was it the day?',
      },
    ],
    Next: 'Scan',
  };
}

/** A part is some ten seconds of work; the last of a listing that took too long may be many hours. */
const MAX_PART_ROUNDS = 200;
