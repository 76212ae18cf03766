/**
 * What a role session name looks like. `generated`: an SDK made it up. `machine`: an instance, container or function id.
 * `workload`: words of a pipeline. `name`: nothing speaks against a person. A look only: callers choose these names.
 */
export type SessionNameLook = 'generated' | 'machine' | 'workload' | 'name';

/** Judges a session name by its form alone. */
export function lookOfSessionName(name: string): SessionNameLook {
  if (MACHINE.test(name)) return 'machine';
  if (GENERATED.test(name) || isOpaque(name)) return 'generated';
  if (isEmail(name)) return 'name';
  return WORKLOAD.test(name) ? 'workload' : 'name';
}

/** Tells an e-mail address from other names. */
export function isEmail(name: string): boolean {
  return /^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(name);
}

/** Numbers, UUIDs and other ids that mean something only inside the tool or the SDK that made them. */
export function isOpaque(name: string): boolean {
  return (
    /^(?:\d+|[0-9a-f-]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(name) ||
    /^[A-Za-z]*\d{10,}$/.test(name)
  );
}

/** Instances (`i-0abc…`), ECS tasks (32 hex digits), functions started by Lambda's own tooling. */
const MACHINE = /^(?:i-[0-9a-f]{8,17}|[0-9a-f]{32}|awslambda_.*|AWSBatch.*|GlueJobRunnerSession|eks-.*-[0-9a-f-]{36})$/;

/** Names that SDKs and tools give when nobody chose one. */
const GENERATED =
  /^(?:aws-?go-?sdk|aws-?sdk|aws-?cli-session|awscli|botocore-session|boto3?-session|aws-java-sdk|aws-dotnet-sdk|aws-nodejs|terraform|provider-web-identity|web-identity-token|GitHubActions|gitlab-ci|temporary|default|session|SessionName|RoleSession|AssumeRoleSession|AssumedRoleSession|QuickSight-RoleSession|AthenaExecutor|AgentCore)(?:[-_.:].*|\d*)$/i;

const WORKLOAD =
  /(?:^|[^a-z])(?:airflow|batch|bot|ci|cd|codebuild|cron|cronjob|dagster|dbt|deploy|ecs|eks|emr|etl|export(?:er)?|github|gitlab|glue|grafana|import(?:er)?|ingest(?:ion|er)?|jenkins|job|jobs|k8s|lambda|loader|metabase|nightly|pipeline|prefect|redash|runner|sagemaker|schedule[rd]?|server|service|spark|superset|svc|sync|task|worker|workflow)(?:[^a-z]|$)/i;
