/** A little more than Lambda's 15 minutes, so that Lambda's own timeout is the one reported. */
const TASK_TIMEOUT_S = 930;

/** A state that calls a function and gives on what it answers. */
export function callFunction(functionArn: string, payload: unknown): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:${AWS::Partition}:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: payload },
    Output: '{% $states.result.Payload %}',
    TimeoutSeconds: TASK_TIMEOUT_S,
    Retry: RETRY,
  };
}

/** How every call of a function is tried again. */
export const RETRY = [
  // Wrong configuration, missing permission and a fault of the program do not get better by trying again.
  {
    ErrorEquals: [
      'ConfigurationError',
      'CalendarError',
      'DirectoryError',
      'PricesError',
      'PermissionDenied',
      'LedgerFault',
    ],
    MaxAttempts: 0,
  },
  // CDK's own retry list leaves this one out; a busy account gets it from every parallel Map.
  {
    ErrorEquals: ['Lambda.TooManyRequestsException'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 20,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 5,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL',
  },
];
