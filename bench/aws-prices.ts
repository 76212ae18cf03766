/** What AWS asks for what the stack uses: list prices in US dollars, without free tiers, taxes and savings plans. */
export const AWS_PRICES = {
  asOf: '2026-11-22',
  region: 'us-east-1',
  source:
    'public price pages of AWS Lambda (Arm), Step Functions (Standard), S3 (Standard), CloudWatch, SQS and EventBridge Scheduler, as found in a stored copy of the web; not the price list API',
  lambdaPerGbSecond: 0.0000133334,
  lambdaPerRequest: 0.2 / 1e6,
  stepFunctionsPerTransition: 0.025 / 1e3,
  s3PerPut: 0.005 / 1e3,
  s3PerGet: 0.0004 / 1e3,
  s3PerGbMonth: 0.023,
  logsPerGb: 0.5,
  logsPerGbMonth: 0.03,
  metricPerMonth: 0.3,
  alarmMetricPerMonth: 0.1,
  dashboardPerMonth: 3,
  schedulerPerInvocation: 1 / 1e6,
  /** Standard queues; events of AWS services cost nothing on the default bus. */
  sqsPerRequest: 0.4 / 1e6,
  /** What each account has free every month and without an end, as far as others in it do not use it up. */
  free: {
    lambdaGbSeconds: 400_000,
    lambdaRequests: 1e6,
    transitions: 4000,
    metrics: 10,
    alarmMetrics: 10,
    dashboards: 3,
    sqsRequests: 1e6,
    logsGb: 5,
  },
} as const;
