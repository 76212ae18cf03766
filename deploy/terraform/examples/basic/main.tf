provider "aws" {
  region = "us-east-1"
}

module "athena_query_tracker" {
  source          = "../.."
  artifact_bucket = "my-artifacts"
  output_type     = "parquet"
  tags            = { team = "data" }
}

output "reports" {
  value = module.athena_query_tracker.report_location
}
