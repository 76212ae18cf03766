#!/usr/bin/env bash
# the Terraform module: its form, its variables with good and bad values, and its resources where the provider can be had
set -eu -o pipefail
tool=$(command -v terraform || command -v tofu || true)
if [ -z "$tool" ]; then
  echo 'SKIPPED: neither terraform nor tofu is on this machine.'
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$tool" fmt -check -recursive -diff deploy/terraform

# The variables alone need no provider.
mkdir "$folder/variables"
cp deploy/terraform/variables.tf deploy/terraform/parameters.tf "$folder/variables"
printf 'output "parameters" {\n  value = local.parameters\n}\n' >"$folder/variables/out.tf"
cd "$folder/variables"
"$tool" init -input=false >/dev/null
plan() { "$tool" plan -input=false -lock=false "$@"; }
plan >/dev/null
plan -var output_type=parquet -var hour_concurrency=40 -var hour_reserved_concurrency=20 -var 'trail_uri=s3://bucket/prefix' >/dev/null
for wrong in output_type=xml hour_concurrency=41 hour_memory=100 'trail_uri=https://x' 'subnet_ids=net-1' object_lock_mode=SOFT; do
  if plan -var "$wrong" >/dev/null 2>&1; then
    echo "$wrong was taken"
    exit 1
  fi
done
cd - >/dev/null

cp -r deploy/terraform "$folder/module"
cd "$folder/module"
if "$tool" init -backend=false -input=false >/dev/null 2>&1; then
  "$tool" validate
else
  echo 'SKIPPED: the AWS provider cannot be had here; the resources of the module were not validated.'
fi
