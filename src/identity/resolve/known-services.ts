/**
 * What AWS service principals are known to take roles for. The list can only raise what is known: a service that is not on it may act for
 * people, as whatever comes next will, and is never more than asserted.
 */
export interface ServiceTrait {
  /** `compute`: runs the customer's own code or definitions, which are the workload. `agent`: an AI agent acts in it. `own`: acts for itself. */
  readonly kind: 'compute' | 'agent' | 'own';
  /** People work in its sessions: the role alone does not tell for whom. */
  readonly isWorkspace: boolean;
}

/** Null for a service that nobody knows yet. */
export function traitOf(service: string): ServiceTrait | null {
  if (AGENT.test(service)) return { kind: 'agent', isWorkspace: false };
  const isWorkspace = WORKSPACE.test(service);
  if (isWorkspace || COMPUTE.test(service)) return { kind: 'compute', isWorkspace };
  return OWN.test(service) ? { kind: 'own', isWorkspace: false } : null;
}

const COMPUTE =
  /^(?:airflow|airflow-env|airflow-serverless|apprunner|tasks\.apprunner|build\.apprunner|batch|codebuild|ec2|ecs|ecs-tasks|edgelambda|eks|pods\.eks|emr-containers|emr-serverless|ops\.emr-serverless|glue|kinesisanalytics|lambda|rolesanywhere|ssm|states|transfer)\.amazonaws\.com(?:\.cn)?$/i;

/** The role alone does not tell for whom, unless AWS stamps the person on an event. */
const WORKSPACE = /^(?:sagemaker|datazone|elasticmapreduce)\.amazonaws\.com(?:\.cn)?$/i;

const AGENT = /^(?:[\w-]+\.)*(?:bedrock|bedrock-agentcore|aws-mcp)\.amazonaws\.com$/i;

const OWN =
  /^(?:AWS Internal;?|(?:[\w-]+\.)*(?:apigateway|appflow|application-autoscaling|appsync|athena|athena-spark|autoscaling|backup|cloudformation|cloudtrail|cloudwatch|codepipeline|cognito-idp|config|databrew|datapipeline|datasync|dms|dynamodb|elasticache|elasticloadbalancing|es|events|firehose|forecast|grafana|guardduty|inspector2?|iot|kafka|kafkaconnect|kinesis|lakeformation|logs|macie2?|mediaconvert|monitoring|opensearchservice|opensearch-ingestion|osis|osis-pipelines|personalize|pipes|quicksight|rds|redshift|redshift-serverless|s3|batchoperations\.s3|scheduler|secretsmanager|securityhub|securitylake|ses|sns|sqs|synthetics|timestream|vpc-flow-logs|wafv2)(?:\.[a-z]{2,}(?:-[a-z]+)+-\d+)?\.amazonaws\.com(?:\.cn)?)$/i;
