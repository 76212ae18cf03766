"""Starts the emulated account (the first argument is its program, the rest its own) with what its CloudFormation leaves out, of a careful
organisation's template: locks, versions and access logs of buckets, keys of log groups; and updates of stacks, which look at conditions
and at values, and not at how a template is written."""
import copy, json, runpy, sys
from moto.cloudformation import parsing
from moto.logs.models import LogGroup, logs_backends
from moto.s3.models import FakeBucket, s3_backends

bare_bucket = FakeBucket.create_from_cloudformation_json.__func__

def bucket(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    made = bare_bucket(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
    backend, properties = s3_backends[account_id]["aws"], cloudformation_json.get("Properties", {})
    backend.put_bucket_versioning(resource_name, properties.get("VersioningConfiguration", {}).get("Status"))
    lock = properties.get("ObjectLockConfiguration")
    if lock and properties.get("ObjectLockEnabled"):
        retention = lock["Rule"]["DefaultRetention"]
        backend.put_object_lock_configuration(resource_name, True, retention["Mode"], int(retention["Days"]), 0)
    logs = properties.get("LoggingConfiguration")
    if logs:
        backend.put_bucket_logging(resource_name, {"TargetBucket": logs["DestinationBucketName"], "TargetPrefix": logs["LogFilePrefix"]})
    return made

FakeBucket.create_from_cloudformation_json = classmethod(bucket)

def log_group(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    properties = cloudformation_json["Properties"]
    return logs_backends[account_id][region_name].create_log_group(resource_name, {}, **properties, kmsKeyId=properties.get("KmsKeyId"))

LogGroup.create_from_cloudformation_json = classmethod(log_group)

create, update = parsing.parse_and_create_resource, parsing.parse_and_update_resource
# What each resource was made of, by stack and logical name.
values = {}

def holds(resource, resources):
    condition = resource.get("Condition")
    return condition is None or resources.lazy_condition_map[condition]

def evaluated(resource, resources):
    return json.dumps(parsing.clean_json(copy.deepcopy(resource), resources), sort_keys=True, default=str)

def created(name, resource, resources, account_id, region_name):
    if holds(resource, resources):
        values[resources["AWS::StackName"], name] = evaluated(resource, resources)
    return create(name, resource, resources, account_id, region_name)

def updated(name, resource, resources, account_id, region_name):
    key = resources["AWS::StackName"], name
    if not holds(resource, resources):
        if key in values:
            raise NotImplementedError(f"{name} would have to go")
        return None
    value = evaluated(resource, resources)
    if values.get(key) == value:
        return resources._parsed_resources[name]
    if key not in values:
        resources._parsed_resources.pop(name, None)
        return resources[name]
    values[key] = value
    return update(name, resource, resources, account_id, region_name)

parsing.parse_and_create_resource, parsing.parse_and_update_resource = created, updated

bare_diff = parsing.ResourceMap.build_resource_diff

def diff(self, other_template, parameters=None):
    # A value may change by a condition alone: all are looked at.
    found = bare_diff(self, other_template, parameters)
    return {**found, "Modify": [name for name in other_template["Resources"] if name in self._resource_json_map]}

parsing.ResourceMap.build_resource_diff = diff

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
