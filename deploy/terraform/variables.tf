# Made from the template: UPDATE_DOCS=1 npx vitest run test/deploy/terraform.test.ts writes it anew.

variable "access_log_bucket" {
  description = "Bucket for the access logs of the report bucket"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "The value must match ^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$."
  }
}

variable "account_roles" {
  description = "ARNs of roles to assume in other accounts, commas between"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:[^,]+(,arn:[^,]+)*$", var.account_roles))
    error_message = "The value must match ^$|^arn:[^,]+(,arn:[^,]+)*$."
  }
}

variable "alarm_email" {
  description = "Address that alarms are mailed to"
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "Existing topic for the alarms; empty: the stack makes one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:[^:]+:sns:.+$", var.alarm_topic_arn))
    error_message = "The value must match ^$|^arn:[^:]+:sns:.+$."
  }
}

variable "backfill_concurrency" {
  description = "Days collected at the same time: owed ones, and those of a back-fill of a trail"
  type        = number
  default     = 10

  validation {
    condition     = var.backfill_concurrency >= 1 && var.backfill_concurrency <= 1000 && floor(var.backfill_concurrency) == var.backfill_concurrency
    error_message = "Give a whole number from 1 to 1000."
  }
}

variable "catalog" {
  description = "glue: asks Glue what is behind views, and for columns; none: does not"
  type        = string
  default     = "glue"

  validation {
    condition     = contains(["glue", "none"], var.catalog)
    error_message = "Allowed are glue, none."
  }
}

variable "cloud_watch_dashboard" {
  description = "off: no dashboard in CloudWatch, which costs three dollars a month beyond the three free ones"
  type        = string
  default     = "on"

  validation {
    condition     = contains(["on", "off"], var.cloud_watch_dashboard)
    error_message = "Allowed are on, off."
  }
}

variable "create_report_bucket" {
  description = "false: ReportBucketName names a bucket that exists"
  type        = string
  default     = "true"

  validation {
    condition     = contains(["true", "false"], var.create_report_bucket)
    error_message = "Allowed are true, false."
  }
}

variable "divide_scan_from" {
  description = "Log files of a trail from which on many invocations read them at once (or 100 KB for each of so many); 0: never"
  type        = number
  default     = 10000

  validation {
    condition     = var.divide_scan_from >= 0 && var.divide_scan_from <= 9999999 && floor(var.divide_scan_from) == var.divide_scan_from
    error_message = "Give a whole number from 0 to 9999999."
  }
}

variable "event_source" {
  description = "lookup: CloudTrail event history; trail: log files at TrailUri"
  type        = string
  default     = "lookup"

  validation {
    condition     = contains(["lookup", "trail"], var.event_source)
    error_message = "Allowed are lookup, trail."
  }
}

variable "external_id" {
  description = "External id that these roles ask for"
  type        = string
  default     = ""
}

variable "feed_bucket_owner" {
  description = "Account of the bucket of FeedLocation; empty: this one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^\\d{12}$", var.feed_bucket_owner))
    error_message = "The value must match ^$|^\\d{12}$."
  }
}

variable "feed_key_arn" {
  description = "KMS key for what is written to FeedLocation"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$", var.feed_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$."
  }
}

variable "feed_location" {
  description = "s3://bucket/prefix that feeds are written to; empty: feeds/ beside the reports"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$", var.feed_location))
    error_message = "The value must match ^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$."
  }
}

variable "feed_sql" {
  description = "How SQL leaves by the feeds: without its literals, as it is, or not at all"
  type        = string
  default     = "masked"

  validation {
    condition     = contains(["masked", "full", "none"], var.feed_sql)
    error_message = "Allowed are masked, full, none."
  }
}

variable "feeds" {
  description = "Fed after each close, commas between: openlineage, openmetadata, datahub, ocsf, focus, ecs, securitylake"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^(openlineage|openmetadata|datahub|ocsf|focus|ecs|securitylake)(,(openlineage|openmetadata|datahub|ocsf|focus|ecs|securitylake))*$", var.feeds))
    error_message = "The value must match ^$|^(openlineage|openmetadata|datahub|ocsf|focus|ecs|securitylake)(,(openlineage|openmetadata|datahub|ocsf|focus|ecs|securitylake))*$."
  }
}

variable "first_day" {
  description = "Day from which days are owed; empty: the one before the stack was made, or the oldest collected"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^\\d{4}-\\d{2}-\\d{2}$", var.first_day))
    error_message = "The value must match ^$|^\\d{4}-\\d{2}-\\d{2}$."
  }
}

variable "first_year" {
  description = "First year that the table looks for reports in"
  type        = number
  default     = 2024

  validation {
    condition     = var.first_year >= 2013 && floor(var.first_year) == var.first_year
    error_message = "Give a whole number from 2013."
  }
}

variable "hour_concurrency" {
  description = "Hours collected at the same time"
  type        = number
  default     = 24

  validation {
    condition     = var.hour_concurrency >= 1 && var.hour_concurrency <= 40 && floor(var.hour_concurrency) == var.hour_concurrency
    error_message = "Give a whole number from 1 to 40."
  }
}

variable "hour_memory" {
  description = "Megabytes for the scan, hour and close-day functions"
  type        = number
  default     = 1024

  validation {
    condition     = var.hour_memory >= 256 && var.hour_memory <= 10240 && floor(var.hour_memory) == var.hour_memory
    error_message = "Give a whole number from 256 to 10240."
  }
}

variable "hour_reserved_concurrency" {
  description = "Concurrency reserved for the hour function; empty: none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[1-9][0-9]{0,3}$", var.hour_reserved_concurrency))
    error_message = "The value must match ^$|^[1-9][0-9]{0,3}$."
  }
}

variable "identity_directory" {
  description = "s3:// location of the identity directory"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$", var.identity_directory))
    error_message = "The value must match ^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$."
  }
}

variable "lake_formation_reader" {
  description = "Role, user or group that Lake Formation lets read the reports; empty: nothing is granted"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:[^:]+:(iam|identitystore):.+$", var.lake_formation_reader))
    error_message = "The value must match ^$|^arn:[^:]+:(iam|identitystore):.+$."
  }
}

variable "last_year" {
  description = "Last year that the table looks for reports in"
  type        = number
  default     = 2035

  validation {
    condition     = var.last_year >= 2013 && floor(var.last_year) == var.last_year
    error_message = "Give a whole number from 2013."
  }
}

variable "log_key_arn" {
  description = "KMS key for the log groups"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$", var.log_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept"
  type        = number
  default     = 30

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653], var.log_retention_days)
    error_message = "Allowed are 7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653."
  }
}

variable "noncurrent_version_days" {
  description = "Days that replaced versions are kept; 0: as long as the reports"
  type        = number
  default     = 0

  validation {
    condition     = var.noncurrent_version_days >= 0 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Give a whole number from 0."
  }
}

variable "object_lock_days" {
  description = "Days that each version stays locked"
  type        = number
  default     = 365

  validation {
    condition     = var.object_lock_days >= 1 && floor(var.object_lock_days) == var.object_lock_days
    error_message = "Give a whole number from 1."
  }
}

variable "object_lock_mode" {
  description = "Lock on every version in a bucket that the stack makes"
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "GOVERNANCE", "COMPLIANCE"], var.object_lock_mode)
    error_message = "Allowed are (empty), GOVERNANCE, COMPLIANCE."
  }
}

variable "output_type" {
  description = "Format of the reports"
  type        = string
  default     = "csv"

  validation {
    condition     = contains(["csv", "json", "parquet"], var.output_type)
    error_message = "Allowed are csv, json, parquet."
  }
}

variable "owed_days" {
  description = "So many days back each day must be closed, or is started again; 0: none"
  type        = number
  default     = 45

  validation {
    condition     = var.owed_days >= 0 && var.owed_days <= 90 && floor(var.owed_days) == var.owed_days
    error_message = "Give a whole number from 0 to 90."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:.+:iam::.+:policy/.+$", var.permissions_boundary_arn))
    error_message = "The value must match ^$|^arn:.+:iam::.+:policy/.+$."
  }
}

variable "prices" {
  description = "s3:// location of the prices file"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$", var.prices))
    error_message = "The value must match ^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$."
  }
}

variable "queue_key_arn" {
  description = "KMS key for the dead-letter queue"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$", var.queue_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$."
  }
}

variable "reader_cutoff_bytes" {
  description = "Bytes that a query in the workgroup of readers may scan, then Athena ends it"
  type        = number
  default     = 100000000000

  validation {
    condition     = var.reader_cutoff_bytes >= 10000000 && floor(var.reader_cutoff_bytes) == var.reader_cutoff_bytes
    error_message = "Give a whole number from 10000000."
  }
}

variable "regions" {
  description = "Regions to collect, commas between; empty: that of the stack"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z]{2,}(-[a-z]+)+-\\d+(,[a-z]{2,}(-[a-z]+)+-\\d+)*$", var.regions))
    error_message = "The value must match ^$|^[a-z]{2,}(-[a-z]+)+-\\d+(,[a-z]{2,}(-[a-z]+)+-\\d+)*$."
  }
}

variable "report_bucket_name" {
  description = "Bucket for the reports; auto: a name is made up"
  type        = string
  default     = "auto"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.report_bucket_name))
    error_message = "The value must match ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$."
  }
}

variable "report_bucket_owner" {
  description = "Account of an existing report bucket; empty: this one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^\\d{12}$", var.report_bucket_owner))
    error_message = "The value must match ^$|^\\d{12}$."
  }
}

variable "report_expiration_days" {
  description = "Days after which reports expire, never their evidence; 0: never"
  type        = number
  default     = 0

  validation {
    condition     = var.report_expiration_days >= 0 && floor(var.report_expiration_days) == var.report_expiration_days
    error_message = "Give a whole number from 0."
  }
}

variable "report_key_arn" {
  description = "KMS key for the reports; empty: keys managed by S3"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$", var.report_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$."
  }
}

variable "report_prefix" {
  description = "Folder of the reports inside the bucket, without slash at either end"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[^/].*[^/]$|^[^/]$", var.report_prefix))
    error_message = "The value must match ^$|^[^/].*[^/]$|^[^/]$."
  }
}

variable "report_timezone" {
  description = "IANA time zone whose days and hours label the reports"
  type        = string
  default     = "America/New_York"
}

variable "role_name_prefix" {
  description = "Beginning of the name of every role; empty: IAM makes names up"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{0,20}$", var.role_name_prefix))
    error_message = "The value must match ^[A-Za-z0-9_+=,.@-]{0,20}$."
  }
}

variable "role_path" {
  description = "IAM path of every role, with a slash at both ends"
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/$|^/.+/$", var.role_path))
    error_message = "The value must match ^/$|^/.+/$."
  }
}

variable "scan_concurrency" {
  description = "Parts of a divided scan read at the same time"
  type        = number
  default     = 40

  validation {
    condition     = var.scan_concurrency >= 1 && var.scan_concurrency <= 1000 && floor(var.scan_concurrency) == var.scan_concurrency
    error_message = "Give a whole number from 1 to 1000."
  }
}

variable "schedule_expression" {
  description = "When the previous day is collected"
  type        = string
  default     = "cron(0 1 * * ? *)"

  validation {
    condition     = can(regex("^(cron|rate|at)\\(.+\\)$", var.schedule_expression))
    error_message = "The value must match ^(cron|rate|at)\\(.+\\)$."
  }
}

variable "schedule_state" {
  description = "DISABLED: nothing runs by itself"
  type        = string
  default     = "ENABLED"

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.schedule_state)
    error_message = "Allowed are ENABLED, DISABLED."
  }
}

variable "schedule_timezone" {
  description = "IANA time zone of ScheduleExpression"
  type        = string
  default     = "America/New_York"
}

variable "security_group_ids" {
  description = "Security groups for the functions in these subnets"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$", var.security_group_ids))
    error_message = "The value must match ^$|^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$."
  }
}

variable "state_change_events" {
  description = "on: Athena tells of each query that ends, and its text is kept within minutes"
  type        = string
  default     = "on"

  validation {
    condition     = contains(["on", "off"], var.state_change_events)
    error_message = "Allowed are on, off."
  }
}

variable "subnet_ids" {
  description = "Subnets for the functions, commas between; empty: no VPC"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*$", var.subnet_ids))
    error_message = "The value must match ^$|^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*$."
  }
}

variable "system_table_results" {
  description = "Bucket in which that workgroup keeps its results; empty: Athena manages them"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.system_table_results))
    error_message = "The value must match ^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$."
  }
}

variable "system_table_workgroup" {
  description = "Workgroup whose queries ask the system table of Athena when a day is closed; empty: it is not asked"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-zA-Z0-9._-]{1,128}$", var.system_table_workgroup))
    error_message = "The value must match ^$|^[a-zA-Z0-9._-]{1,128}$."
  }
}

variable "test_end_date" {
  description = "Last day of that range, inclusive"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^\\d{4}-\\d{2}-\\d{2}$", var.test_end_date))
    error_message = "The value must match ^$|^\\d{4}-\\d{2}-\\d{2}$."
  }
}

variable "test_start_date" {
  description = "First day to collect instead of the previous one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^\\d{4}-\\d{2}-\\d{2}$", var.test_start_date))
    error_message = "The value must match ^$|^\\d{4}-\\d{2}-\\d{2}$."
  }
}

variable "topic_key_arn" {
  description = "KMS key for the topic of the alarms"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$", var.topic_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+$."
  }
}

variable "tracing" {
  description = "on: functions and state machines send traces to X-Ray"
  type        = string
  default     = "off"

  validation {
    condition     = contains(["off", "on"], var.tracing)
    error_message = "Allowed are off, on."
  }
}

variable "trail_key_arn" {
  description = "KMS keys that the trail is encrypted with, commas between"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+(,arn:aws[a-z-]*:kms:[^,]+:key/[^,]+)*$", var.trail_key_arn))
    error_message = "The value must match ^$|^arn:aws[a-z-]*:kms:[^,]+:key/[^,]+(,arn:aws[a-z-]*:kms:[^,]+:key/[^,]+)*$."
  }
}

variable "trail_uri" {
  description = "s3://bucket/prefix of the trail, for EventSource trail"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$", var.trail_uri))
    error_message = "The value must match ^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$."
  }
}
