"""Makes in an emulated account what a careful organisation has before it deploys, and tells it as JSON; or does a chore there."""
import json, os, sys
import boto3

def client(name):
    return boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")

def prepare():
    keys = [client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(5)]
    topic = client("sns").create_topic(Name="alarms-of-the-platform")["TopicArn"]
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boundary = client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(everything))["Policy"]["Arn"]
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tracker", Description="tracker", VpcId=vpc)["GroupId"]
    client("s3").create_bucket(Bucket="access-logs-of-the-platform")
    return {"keys": keys, "topic": topic, "boundary": boundary, "subnet": subnet, "group": group}

def look(stack, bucket):
    s3, iam = client("s3"), client("iam")
    roles = [role for role in iam.list_roles()["Roles"] if stack in role["RoleName"]]
    objects = [one for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for one in page.get("Contents", [])]
    heads = [s3.head_object(Bucket=bucket, Key=one["Key"]) for one in objects]
    function = client("lambda").get_function(FunctionName=f"{stack}-hour")
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {
        "roles": [{"path": role["Path"], "name": role["RoleName"], "boundary": iam.get_role(RoleName=role["RoleName"])["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")} for role in roles],
        "objectKeys": sorted({head.get("SSEKMSKeyId", "none") for head in heads}),
        "subnets": function["Configuration"].get("VpcConfig", {}).get("SubnetIds", []),
        "tracing": function["Configuration"].get("TracingConfig", {}).get("Mode"),
        "logKeys": sorted({group.get("kmsKeyId", "none") for group in client("logs").describe_log_groups()["logGroups"] if stack in group["logGroupName"]}),
        "alarmActions": sorted({action for alarm in alarms if alarm["AlarmName"].startswith(stack) for action in alarm["AlarmActions"]}),
        "stackTags": client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Tags", []),
    }

print(json.dumps({"prepare": prepare, "look": look}[sys.argv[1]](*sys.argv[2:]), default=str))
