"""Deploys a synthesized CDK stack to moto_server and prints what came of it as JSON.

usage: deploy_to_moto.py ENDPOINT CDK_OUT STACK

boto3 comes with moto. Assets are put where the template looks for them, as `cdk deploy` would; then CloudFormation
creates the stack. Nothing is asked of AWS.
"""

import json
import os
import shutil
import sys
import tempfile
import time

import boto3

endpoint, folder, stack_name = sys.argv[1:4]
session = boto3.Session("local", "local", region_name="us-east-1")


def client(service):
    return session.client(service, endpoint_url=endpoint)


account = client("sts").get_caller_identity()["Account"]
qualifier = f"cdk-hnb659fds-assets-{account}-us-east-1"


def publish_assets():
    """The bootstrap bucket with every file asset, zipped where it is a folder."""
    s3 = client("s3")
    s3.create_bucket(Bucket=qualifier)
    with open(os.path.join(folder, f"{stack_name}.assets.json")) as file:
        files = json.load(file)["files"]
    for asset in files.values():
        source = os.path.join(folder, asset["source"]["path"])
        key = next(iter(asset["destinations"].values()))["objectKey"]
        if asset["source"].get("packaging") == "zip":
            with tempfile.TemporaryDirectory() as made:
                source = shutil.make_archive(os.path.join(made, "asset"), "zip", source)
                s3.upload_file(source, qualifier, key)
        else:
            s3.upload_file(source, qualifier, key)


def without_aliases(template):
    """moto's CloudFormation knows no aliases of functions: where one is meant, its function is."""
    resources = template["Resources"]
    functions = {
        id: resource["Properties"]["FunctionName"]["Ref"]
        for id, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Alias"
    }
    gone = {id for id, each in resources.items() if each["Type"] in ("AWS::Lambda::Alias", "AWS::Lambda::Version")}

    suffixes = {f":{each['Properties']['Name']}" for each in resources.values() if each["Type"] == "AWS::Lambda::Alias"}

    def meant(value):
        if isinstance(value, list):
            return [meant(each) for each in value if not (isinstance(each, str) and each in gone)]
        if isinstance(value, str):
            return "" if value in suffixes else value
        if not isinstance(value, dict):
            return value
        if value.get("Ref") in functions:
            return {"Fn::GetAtt": [functions[value["Ref"]], "Arn"]}
        return {key: meant(each) for key, each in value.items()}

    template["Resources"] = {id: meant(resource) for id, resource in resources.items() if id not in gone}
    template["Outputs"] = meant(template["Outputs"])
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::EventInvokeConfig":
            resource["Properties"]["Qualifier"] = "$LATEST"
    return len(gone)


def create_stack():
    """Creates the stack and waits; the status and CloudFormation's own reason where it failed."""
    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String")
    formation = client("cloudformation")
    with open(os.path.join(folder, f"{stack_name}.template.json")) as file:
        template = json.load(file)
    taken_out = without_aliases(template)
    client("s3").put_object(Bucket=qualifier, Key="template.json", Body=json.dumps(template).encode())
    started = time.monotonic()
    formation.create_stack(
        StackName=stack_name,
        TemplateURL=f"https://{qualifier}.s3.us-east-1.amazonaws.com/template.json",
        Capabilities=["CAPABILITY_IAM"],
    )
    stack = formation.describe_stacks(StackName=stack_name)["Stacks"][0]
    made = []
    for page in formation.get_paginator("list_stack_resources").paginate(StackName=stack_name):
        made += page["StackResourceSummaries"]
    wanted = template["Resources"]
    names = {resource["LogicalResourceId"] for resource in made}
    missing = sorted({resource["Type"] for id, resource in wanted.items() if id not in names})
    return {
        "status": stack["StackStatus"],
        "reason": stack.get("StackStatusReason"),
        "seconds": round(time.monotonic() - started, 1),
        "takenOut": taken_out,
        "resources": len(wanted),
        "made": len(names & set(wanted)),
        "missingTypes": missing,
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
    }


def read_functions():
    """Each function's environment as deployed: names and addresses that the template resolved."""
    found = {}
    for page in client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            if name.startswith(f"{stack_name}-"):
                found[name[len(stack_name) + 1 :]] = function.get("Environment", {}).get("Variables", {})
    return found


def take_over_mappings():
    """Event source mappings, read and then disabled: moto would start functions itself, for which it needs an engine."""
    functions = client("lambda")
    found = []
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            found.append(
                {
                    "queue": mapping["EventSourceArn"].split(":")[-1],
                    "function": mapping["FunctionArn"].split(":function:")[1].split(":")[0][len(stack_name) + 1 :],
                    "batch": mapping["BatchSize"],
                }
            )
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    return found


def read_queues():
    """Every queue's redrive policy and visibility."""
    queues = client("sqs")
    found = {}
    for url in queues.list_queues(QueueNamePrefix=stack_name).get("QueueUrls", []):
        attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        found[url.split("/")[-1]] = {
            "visibilitySeconds": int(attributes["VisibilityTimeout"]),
            "dead": redrive.get("deadLetterTargetArn", "").split(":")[-1],
            "maxReceives": int(redrive.get("maxReceiveCount", 0)),
        }
    return found


def read_routes():
    """`METHOD /path` of every method of the REST API."""
    gateway = client("apigateway")
    found = []
    for api in gateway.get_rest_apis()["items"]:
        for page in gateway.get_paginator("get_resources").paginate(restApiId=api["id"]):
            for resource in page["items"]:
                found += [f"{method} {resource['path']}" for method in resource.get("resourceMethods", {})]
    return sorted(found)


def finish_buckets():
    """Versions and notifications from the template by S3's own API: moto's CloudFormation leaves both out."""
    s3 = client("s3")
    with open(os.path.join(folder, f"{stack_name}.template.json")) as file:
        resources = json.load(file)["Resources"]
    physical = physical_ids()
    queue_arn = f"arn:aws:sqs:us-east-1:{account}:"
    for id, resource in resources.items():
        if resource["Type"] != "AWS::S3::Bucket":
            continue
        bucket = physical[id]
        properties = resource["Properties"]
        if "VersioningConfiguration" in properties:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=properties["VersioningConfiguration"])
        wanted = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
        told = [
            {
                "QueueArn": queue_arn + physical[each["Queue"]["Fn::GetAtt"][0]].split("/")[-1],
                "Events": [each["Event"]],
                "Filter": {"Key": {"FilterRules": each["Filter"]["S3Key"]["Rules"]}},
            }
            for each in wanted
        ]
        if told:
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration={"QueueConfigurations": told}
            )


def physical_ids():
    """What each resource of the template became."""
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack_name)
    made = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in made}


def stop_schedules():
    """moto gives every event of the bus to every rule of it, scheduled ones too, and fails on their functions."""
    events = client("events")
    for rule in events.list_rules()["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        if targets:
            events.remove_targets(Rule=rule["Name"], Ids=[target["Id"] for target in targets])


publish_assets()
stack = create_stack()
result = {"stack": stack}
if stack["status"] == "CREATE_COMPLETE":
    finish_buckets()
    stop_schedules()
    result |= {
        "functions": read_functions(),
        "mappings": take_over_mappings(),
        "queues": read_queues(),
        "routes": read_routes(),
    }
print(json.dumps(result))
