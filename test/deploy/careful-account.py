"""Makes in an emulated account what a careful organisation has before it deploys, and tells it as JSON; or looks at what is there."""
import json, os, sys
import boto3
from botocore.exceptions import ClientError

def client(name):
    return boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")

ACCESS_LOGS = "access-logs-of-the-platform"

def prepare():
    keys = [client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(5)]
    topic = client("sns").create_topic(Name="alarms-of-the-platform")["TopicArn"]
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boundary = client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(everything))["Policy"]["Arn"]
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tracker", Description="tracker", VpcId=vpc)["GroupId"]
    client("s3").create_bucket(Bucket=ACCESS_LOGS)
    logging = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{ACCESS_LOGS}/*"}
    client("s3").put_bucket_policy(Bucket=ACCESS_LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": [logging]}))
    return {"keys": keys, "topic": topic, "boundary": boundary, "subnet": subnet, "group": group}

def look(stack, bucket):
    s3, iam = client("s3"), client("iam")
    roles = [role for role in iam.list_roles()["Roles"] if stack in role["RoleName"]]
    objects = [one for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for one in page.get("Contents", [])]
    heads = [s3.head_object(Bucket=bucket, Key=one["Key"]) for one in objects]
    functions = [one for one in client("lambda").list_functions(MaxItems=50)["Functions"] if one["FunctionName"].startswith(stack)]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    queues = client("sqs").list_queues(QueueNamePrefix=stack).get("QueueUrls", [])
    attributes = [client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["KmsMasterKeyId"]).get("Attributes", {}) for url in queues]
    return {
        "roles": [{"path": role["Path"], "name": role["RoleName"], "boundary": iam.get_role(RoleName=role["RoleName"])["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")} for role in roles],
        "objectKeys": sorted({head.get("SSEKMSKeyId", "none") for head in heads}),
        "subnets": sorted({subnet for one in functions for subnet in one.get("VpcConfig", {}).get("SubnetIds", ["none"])}),
        "tracing": sorted({one.get("TracingConfig", {}).get("Mode", "none") for one in functions}),
        "concurrency": client("lambda").get_function_concurrency(FunctionName=f"{stack}-hour").get("ReservedConcurrentExecutions"),
        "logKeys": sorted({group.get("kmsKeyId", "none") for group in client("logs").describe_log_groups()["logGroups"] if stack in group["logGroupName"]}),
        "queueKeys": sorted({one.get("KmsMasterKeyId", "none") for one in attributes}),
        "alarmActions": sorted({action for alarm in alarms if alarm["AlarmName"].startswith(stack) for action in alarm["AlarmActions"]}),
        "stackTags": client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Tags", []),
        "lock": s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"],
        "locked": sorted({head.get("ObjectLockMode", "none") for head in heads}),
        "retainedDays": sorted({round((head["ObjectLockRetainUntilDate"] - head["LastModified"]).total_seconds() / 86400) for head in heads if "ObjectLockRetainUntilDate" in head}),
        "accessLogs": s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled"),
    }

def erase(bucket, prefix):
    """Tries to delete every version for good, as whoever wants to hide something would; tells how many went, and why the others did not."""
    s3, gone, refused = client("s3"), 0, set()
    for version in s3.list_object_versions(Bucket=bucket, Prefix=prefix).get("Versions", []):
        try:
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
            gone += 1
        except ClientError as error:
            refused.add(error.response["Error"]["Code"])
    return {"gone": gone, "refused": sorted(refused)}

def seals(bucket):
    return {"count": len(client("s3").list_objects_v2(Bucket=bucket, Prefix="_work/seals/").get("Contents", []))}

def table(database):
    found = client("glue").get_table(DatabaseName=database, Name="queries")["Table"]
    return {"serde": found["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "input": found["StorageDescriptor"]["InputFormat"]}

print(json.dumps({"prepare": prepare, "look": look, "erase": erase, "seals": seals, "table": table}[sys.argv[1]](*sys.argv[2:]), default=str))
