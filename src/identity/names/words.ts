/**
 * Words of programs, of the things they work on, and of where they run: a name in which one of them stands is a program's. Lower
 * case; a name is read word by word (`nightlyOrdersLoader`, `orders_loader-2`), so `svenja` and `abbott` hold none.
 */
export const WORKLOAD_WORDS: ReadonlySet<string> = new Set(
  `agent airbyte airflow alation alert alerting alteryx amundsen analytic analytics anomalo ansible apache api app
  appconfig appflow appian application appstream archive archiver argo argocd asset assistant atlan atlantis audit
  auditor autodiscover autodiscovery autoloader automation autopilot autoscaler awsume backend backfill backup bamboo
  bastion batch beanstalk bedrock bigeye bigid billing boomi bot braket broker bucket build builder buildkite cache
  canary cartography catalog cd cdc census checker checking checkout ci circleci classify cleaner cleanrooms cleanup
  clickhouse client cloud cloudability cloudfront cloudhealth cloudmapper cloudquery cloudshell cloudsploit cloudtrail
  cloudwatch cloudzero cluster codebuild codecommit codedeploy codepipeline codestar collection collector collibra
  compaction compactor compute concourse connect connection connector consoleme consumer container controller
  controltower converter copier coralogix crawl crawler cribl crm cron cronjob crontab crontask crowdstrike cube d2iq
  daemon dagster daily dashboard dashboards data database databrew databricks datadog datafold dataform datagrip
  datahub dataiku datalake datapipeline dataplex dataset datasource datasync datawarehouse datazone db dbeaver dbt
  debezium dedup deepnote deequ delivery denodo deploy deployer deployment deployments detection detector devops
  discovery dispatcher dms docker documentdb domo downloader downstream dremio driver duckdb dynamodb dynatrace ec2
  ecs edge eks elastic elasticache elasticbeanstalk elasticsearch elementary elt emailer emr endpoint engine enrich
  enricher enrichment erp etl event eventbridge events exec executor export exporter extract extractor fargate feature
  features federation feed fetch fetcher filebeat finance finops finout firehose fivetran flink fluentbit fluentd
  fluxcd forecast forwarder fulfilment function functions gateway generator gha git github gitlab glue goofys gradle
  grafana greengrass greenplum guardduty handler harness harvester hasura heartbeat hevo hightouch holistics honeycomb
  host hourly hub hue huey immuta impala import importer inbound indexer indexing inference informatica infra ingest
  ingester ingestion ingestor initializer injector instance integration internal inventory invoice invoicing invoker
  istio janitor jdbc jenkins job jobs jupyter k8s kafka karpenter keda kestra kettle keycloak kiam kinesis knative
  kops kpi kube kube2iam kubecost kubernetes lacework lake lakeformation lakehouse lambda launcher leapp ledger
  lifecycle lightdash lineage listener live loader log logger logging logs logstash looker luigi machine mailer
  maintenance mapreduce marketing matillion matomo mcp meltano memorydb metabase metadata metaplane metric metrics
  microbatch microservice microstrategy migration migrator ml mlflow model models mongo mongodb monitor monitoring
  montecarlo monthly mulesoft mwaa n8n neo4j nessie newrelic nifi nightly node nomad noteable notebook notebooks
  notification notifications notifier nuke octopus odbc okera omics omnata omni openlineage openmetadata opensearch
  openshift ops optimizer orchestration orchestrator orders organizations outbound owox packer pagerduty paloalto
  parser partitioner patcher payment payments payroll pega pentaho periscope pinecone pinpoint pipeline pipelines
  planner platform pod poller polling polytomic portal postgresql powerbi prefect preset presto pricing privacera
  probe process processor prod producer production profiler prometheus promtail provision provisioner provisioning
  proxy publisher pump puppet purge purger qa qlik quality qualys queries query querybook queue quicksight rabbit
  rancher ranking rclone rds reader readonly recce recommendation recommendations recommender recon reconcile
  reconciler recsys redash redshift refresh refresher registry reindex rekognition relay remediate remediation
  renderer replay replica replication replicator repokid report reporter reporting reports restic restore retl retool
  robot rolesanywhere rollup rotation rotator router rudderstack rundeck runner runtime sagemaker sales salesforce
  saltstack sandbox sap scalr scan scanner scanning schedule scheduled scheduler scoring scoutsuite scrape scraper
  script scripts sdk searcher secoda secops secretsmanager securityhub seeder segment sender server serverless servers
  service services ses sifflet sigma signoz simulator singer sink sisense sitewise snapshot sniffer snowflake snowplow
  sns snyk soda sonar sonarqube spacelift spark sparkjob spider spinnaker splunk spotfire sql sqlalchemy sqlfluff
  sqlmesh sqs srv ssm stage staging starburst stats stepfunctions stitch storage store streaming streamlit subscriber
  subscription sumologic superset supervisor svc sweeper synapse sync syncer synchronizer system tableau talend task
  taskrunner tasks teamcity tekton telegraf telemetry teleport template templater tenable terraform terragrunt
  textract thanos thoughtspot throttle timestream token tool tools trace tracker tracking traefik transform
  transformer translator trigger trino twinmaker uat unravel updater upload uploader uploads validate validation
  validator validio vanta varonis vault velero vendor vercel verifier victoriametrics vmware warehouse warmer warmup
  watchdog watcher weaviate web webapp webhook webhooks webjob webserver website weekly woodpecker workato worker
  workers workflow workload workspaces writer yellowbrick zapier zendesk zeppelin zookeeper`.split(/\s+/),
);

/** Surnames among them: behind a given name and a dot they are a person's. */
export const SURNAMES: ReadonlySet<string> = new Set(
  `bamboo batch bigeye canary chef concourse cube dev digger drone edge guest hex host hue intern jenkins job jobs
  lead ledger loader packer planner porter power prefect profiler puppet ranger reader recce salt seeder share sharper
  sigma singer spark spider store sweeper tool trace vector`.split(/\s+/),
);

/** What follows such a word in one that is written together, and is too short to be looked for alone. */
export const ENDINGS: ReadonlySet<string> = new Set('bi cd ci cl db io ml qa ui'.split(' '));

/** Names of programs that no other word and no person's name holds: found anywhere, written together or apart. */
export const TOOL_NAMES =
  /metabase|superset|airflow|quicksight|databricks|snowflake|terraform|opentofu|grafana|fivetran|airbyte|openmetadata|datahub|lightdash|sagemaker|cloudformation|tableau|redash|powerbi|querybook|dagster|kubernetes|github|gitlab|bitbucket|buildkite|circleci|jupyter|zeppelin|thoughtspot|microstrategy|hightouch|rudderstack|matillion|dataiku|montecarlo|datadog|newrelic|elasticsearch|pulumi|spacelift|atlantis|crossplane|steampipe|cloudquery|prowler|serviceaccount|svcaccount|servicerole/;

/** What SDKs, drivers and examples are made of: a name of nothing else is nobody's. */
export const TECHNICAL_WORDS: ReadonlySet<string> = new Set(
  `a access account action actions amazon an api app arn assume assumed athena auth authenticated aws awscli
  awswrangler bar baz boto boto3 botocore browser c cli client cognito console core cpp credential credentials cross
  curl default demo dotnet ec2 example exec federated federation foo for from go golang hello iam id identities
  identity idp in instance invoke java javascript jdbc js jwt key lib local login main me my name net noctua node
  nodejs odbc of oidc okta php playground postman profile provider py pyathena python query r rathena react role
  rolename run rust s3 saml sample sdk session shared sign signin sso sts switch tag temp temporary test tester
  testing the throwaway tmp token trial try ts typescript ui unnamed us use user username v v1 v2 v3 via web with
  workgroup`.split(/\s+/),
);

/**
 * Posts, groups, the accounts that systems come with, and products whose names people bear, too: several people or programs may stand behind such a name. With other words
 * (`kim-admin`, `bi-team`, `admin2`) it is still not clear who that is.
 */
export const SHARED_WORDS: ReadonlySet<string> = new Set(
  `adm admin administrator administrators admins all analyst analysts approver aurora bi break breakglass call centos
  chef compliance config consul contact contractor contractors dba debian desk dev developer developers devs digger
  drone druid ds editor emergency engineer engineering engineers everybody everyone external fedora flux glass group
  guest guests hadoop helpdesk hex hr info intern interns it kafka lead leads legal lightsail loki manager managers
  mimir mountpoint mysql neptune noc office oncall operator operators oracle owner postgres power poweruser privileged
  product public ranger research reviewer ro root rw salt scientist scientists sec security share snowball soc sre
  staff steward stewards student students superadmin superuser support sys sysadmin team teams tempo testuser
  testusers trainee trainer training ubuntu vagrant vantage vector viewer wiz workshop`.split(/\s+/),
);
