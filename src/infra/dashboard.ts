/** Namespace of the metrics that close-day writes into its log in CloudWatch's embedded format. */
export const METRIC_NAMESPACE = 'AthenaQueryTracker';

/** The CloudWatch dashboard: what was collected, whether it is settled, and how the machinery does. */
export function dashboardBody(): unknown {
  return {
    widgets: [
      graph('Queries collected', [own('Rows'), own('RefusedStarts')]),
      graph('Cost of the queries, USD', [own('CostUsd')]),
      graph(
        'Oldest open hour, oldest unsaved text, days',
        [own('OldestOpenDays'), own('OldestUnsavedDays')],
        'Maximum',
      ),
      graph('Last completed day, hours ago', [own('LastCompletedDayHours')], 'Minimum'),
      graph('Unexplained', [own('Unexplained'), own('TextLost')]),
      graph(
        'Days',
        ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'].map((name, index) => [
          'AWS/States',
          name,
          ...(index === 0 ? ['StateMachineArn', '${DayMachineArn}'] : ['.', '.']),
        ]),
      ),
      graph('Function errors and throttles', [...lambda('Errors'), ...lambda('Throttles')]),
      graph('Longest invocation, ms', lambda('Duration'), 'Maximum'),
      graph('Not started', [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', '${QueueName}']]),
    ],
  };
}

function graph(title: string, metrics: readonly (readonly unknown[])[], stat = 'Sum'): unknown {
  return {
    type: 'metric',
    width: 12,
    height: 6,
    properties: { title, metrics, region: '${AWS::Region}', stat, period: 86400 },
  };
}

function own(name: string): string[] {
  return [METRIC_NAMESPACE, name, 'Stack', '${AWS::StackName}'];
}

/** One metric of every function; `...` repeats what the metric before said. */
function lambda(name: string): unknown[][] {
  return ['planner', 'scan', 'hour', 'close-day', 'witness', 'feeds'].map((part, index) => [
    ...(index === 0 ? ['AWS/Lambda', name, 'FunctionName'] : ['...']),
    `\${AWS::StackName}-${part}`,
  ]);
}
