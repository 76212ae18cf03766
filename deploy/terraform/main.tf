# The same template and the same zips that `aqt deploy` uses, kept by Terraform.

variable "name" {
  description = "Name of the stack; the Glue database is named after it"
  type        = string
  default     = "athena-query-tracker"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,49}$", var.name))
    error_message = "Use lower-case letters, digits and hyphens, a letter first, at most 50 in all."
  }
}

variable "artifact_bucket" {
  description = "Bucket of this account and Region that holds template and code"
  type        = string
}

variable "artifacts" {
  description = "Folder with template.json and the zips; null: dist/deploy of the package that this module lies in"
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack and of everything in it"
  type        = map(string)
  default     = {}
}

variable "iam_role_arn" {
  description = "Role that CloudFormation takes to make changes; null: the caller's own permissions"
  type        = string
  default     = null
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  folder = coalesce(var.artifacts, "${path.module}/../../dist/deploy")
  zips   = fileset(local.folder, "*.zip")
  prefix = "${var.name}/"
}

resource "aws_s3_object" "code" {
  for_each = local.zips

  bucket       = var.artifact_bucket
  key          = "${local.prefix}${each.value}"
  source       = "${local.folder}/${each.value}"
  source_hash  = filemd5("${local.folder}/${each.value}")
  content_type = "application/zip"
}

resource "aws_s3_object" "template" {
  bucket       = var.artifact_bucket
  key          = "${local.prefix}template-${filesha256("${local.folder}/template.json")}.json"
  source       = "${local.folder}/template.json"
  content_type = "application/json"
}

resource "aws_cloudformation_stack" "tracker" {
  name         = var.name
  template_url = "https://${var.artifact_bucket}.s3.${data.aws_region.current.name}.amazonaws.com/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_NAMED_IAM"]
  iam_role_arn = var.iam_role_arn
  tags         = var.tags

  parameters = merge(local.parameters, {
    ArtifactBucket = var.artifact_bucket
    ArtifactPrefix = local.prefix
  })

  depends_on = [aws_s3_object.code]

  lifecycle {
    # A tree of reports has one zone and one format for ever: a change would mix them, and functions would refuse it at night.
    precondition {
      condition     = var.create_report_bucket == "true" || var.report_bucket_name != "auto"
      error_message = "create_report_bucket is false: name the bucket that exists in report_bucket_name."
    }
    precondition {
      condition     = var.event_source != "trail" || var.trail_uri != ""
      error_message = "event_source is trail: give trail_uri, s3://bucket/prefix of the log files."
    }
    precondition {
      condition     = (var.subnet_ids == "") == (var.security_group_ids == "")
      error_message = "Give subnet_ids and security_group_ids, or neither."
    }
    precondition {
      condition     = var.first_year <= var.last_year
      error_message = "first_year lies after last_year."
    }
  }
}
