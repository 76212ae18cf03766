# Made from the template: UPDATE_DOCS=1 npx vitest run test/deploy/terraform.test.ts writes it anew.

locals {
  parameters = {
    AccessLogBucket         = var.access_log_bucket
    AccountRoles            = var.account_roles
    AlarmEmail              = var.alarm_email
    AlarmTopicArn           = var.alarm_topic_arn
    BackfillConcurrency     = var.backfill_concurrency
    CreateReportBucket      = var.create_report_bucket
    EventSource             = var.event_source
    ExternalId              = var.external_id
    FirstYear               = var.first_year
    HourConcurrency         = var.hour_concurrency
    HourMemory              = var.hour_memory
    HourReservedConcurrency = var.hour_reserved_concurrency
    IdentityDirectory       = var.identity_directory
    LastYear                = var.last_year
    LogKeyArn               = var.log_key_arn
    LogRetentionDays        = var.log_retention_days
    NoncurrentVersionDays   = var.noncurrent_version_days
    ObjectLockDays          = var.object_lock_days
    ObjectLockMode          = var.object_lock_mode
    OutputType              = var.output_type
    PermissionsBoundaryArn  = var.permissions_boundary_arn
    QueueKeyArn             = var.queue_key_arn
    Regions                 = var.regions
    ReportBucketName        = var.report_bucket_name
    ReportBucketOwner       = var.report_bucket_owner
    ReportExpirationDays    = var.report_expiration_days
    ReportKeyArn            = var.report_key_arn
    ReportPrefix            = var.report_prefix
    ReportTimezone          = var.report_timezone
    RoleNamePrefix          = var.role_name_prefix
    RolePath                = var.role_path
    ScheduleExpression      = var.schedule_expression
    ScheduleState           = var.schedule_state
    ScheduleTimezone        = var.schedule_timezone
    SecurityGroupIds        = var.security_group_ids
    SubnetIds               = var.subnet_ids
    TestEndDate             = var.test_end_date
    TestStartDate           = var.test_start_date
    TopicKeyArn             = var.topic_key_arn
    Tracing                 = var.tracing
    TrailKeyArn             = var.trail_key_arn
    TrailUri                = var.trail_uri
  }
}
