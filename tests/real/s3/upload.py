"""Puts a picture into S3 through a proxy with boto3: upload.py PROXY ENDPOINT put|post|multipart FILE.

Prints the SHA-256 of what the server then holds. It runs in an environment of its own, where boto3 is.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import boto3
import urllib3
from botocore.config import Config

BUCKET, KEY, KIND = "pictures", "art/picture.jpg", "image/jpeg"
PART = 5 * 1024 * 1024
"""The smallest part that S3 takes but for the last."""

proxy, endpoint, way, file = sys.argv[1:]
data = Path(file).read_bytes()
known = {
    "endpoint_url": endpoint,
    "aws_access_key_id": "a",
    "aws_secret_access_key": "b",
    "region_name": "us-east-1",
}
direct = boto3.client("s3", **known)
through = boto3.client("s3", **known, config=Config(proxies={"http": proxy}))
plain = urllib3.ProxyManager(proxy)
direct.create_bucket(Bucket=BUCKET)

if way == "put":
    url = direct.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": KEY, "ContentType": KIND})
    answer = plain.request("PUT", url, body=data, headers={"Content-Type": KIND})
elif way == "post":
    lease = direct.generate_presigned_post(BUCKET, KEY, {"Content-Type": KIND}, [{"Content-Type": KIND}])
    fields = lease["fields"] | {"file": ("picture.jpg", data, KIND)}
    answer = plain.request("POST", lease["url"], fields=fields)
else:
    upload = through.create_multipart_upload(Bucket=BUCKET, Key=KEY, ContentType=KIND)
    where = {"Bucket": BUCKET, "Key": KEY, "UploadId": upload["UploadId"]}
    parts = []
    for number, at in enumerate(range(0, len(data), PART), 1):
        made = through.upload_part(**where, PartNumber=number, Body=data[at : at + PART])
        parts.append({"PartNumber": number, "ETag": made["ETag"]})
    answer = None
    through.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
if answer is not None and answer.status >= 300:
    sys.exit(f"{answer.status} {answer.data!r}")
print(hashlib.sha256(direct.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()).hexdigest())
