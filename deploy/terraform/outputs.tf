output "report_location" {
  description = "Where the reports are: s3://bucket/prefix"
  value       = aws_cloudformation_stack.tracker.outputs["ReportLocation"]
}

output "report_table" {
  description = "Database and table of the reports"
  value       = aws_cloudformation_stack.tracker.outputs["ReportTable"]
}

output "planner_function_name" {
  description = "The function that the schedule starts"
  value       = aws_cloudformation_stack.tracker.outputs["PlannerFunctionName"]
}

output "day_machine_arn" {
  description = "The state machine of a day"
  value       = aws_cloudformation_stack.tracker.outputs["DayMachineArn"]
}

output "outputs" {
  description = "Everything that the stack tells"
  value       = aws_cloudformation_stack.tracker.outputs
}

output "account_id" {
  description = "The account that it runs in"
  value       = data.aws_caller_identity.current.account_id
}
