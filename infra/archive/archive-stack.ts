// Belongs to another account than the stages, so that no one who can change a stage can change what
// it has written. In compliance mode, not even the root user can delete an object before its time.
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { CrossAccountDestination } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

type ArchiveStackProps = StackProps & {
  /** The accounts of the stages. */
  readonly sourceAccounts: readonly string[];
  readonly days: number;
};

const destinationName = "lit-auth-security";

const createBucket = (stack: Stack, days: number): Bucket =>
  new Bucket(stack, "Lines", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(days)),
    // The lines name people by ids, so they are not kept for ever.
    lifecycleRules: [
      { expiration: Duration.days(days + 1), noncurrentVersionExpiration: Duration.days(1) },
      { expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });

const createStream = (stack: Stack, bucket: Bucket): CfnDeliveryStream => {
  const role = new Role(stack, "Writer", { assumedBy: new ServicePrincipal("firehose.amazonaws.com") });
  // Without the right to delete, which CDK's own construct would grant.
  for (const [actions, resource] of [
    [["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket.bucketArn],
    [["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], bucket.arnForObjects("*")],
  ] as const)
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  const stream = new CfnDeliveryStream(stack, "Stream", {
    deliveryStreamType: "DirectPut",
    deliveryStreamEncryptionConfigurationInput: { keyType: "AWS_OWNED_CMK" },
    extendedS3DestinationConfiguration: {
      bucketArn: bucket.bucketArn,
      roleArn: role.roleArn,
      prefix: "lines/!{timestamp:yyyy/MM/dd}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
      bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
      // CloudWatch Logs has compressed the lines already.
      compressionFormat: "UNCOMPRESSED",
      fileExtension: ".gz",
    },
  });
  stream.node.addDependency(role);
  return stream;
};

export class ArchiveStack extends Stack {
  constructor(scope: Construct, id: string, { sourceAccounts, days, ...props }: ArchiveStackProps) {
    super(scope, id, props);
    const bucket = createBucket(this, days);
    const { attrArn: streamArn } = createStream(this, bucket);

    // CloudWatch Logs sends a test in the name of this account, and lines in that of the others.
    const senders = [this.account, ...sourceAccounts].map(
      (account) => `arn:${this.partition}:logs:${this.region}:${account}:*`,
    );
    const role = new Role(this, "Sender", {
      assumedBy: new ServicePrincipal("logs.amazonaws.com", {
        conditions: { ArnLike: { "aws:SourceArn": senders } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
        resources: [streamArn],
      }),
    );
    const destination = new CrossAccountDestination(this, "Destination", {
      destinationName,
      targetArn: streamArn,
      role,
    });
    destination.addToPolicy(
      new PolicyStatement({
        principals: sourceAccounts.map((account) => new AccountPrincipal(account)),
        actions: ["logs:PutSubscriptionFilter"],
        resources: [
          `arn:${this.partition}:logs:${this.region}:${this.account}:destination:${destinationName}`,
        ],
      }),
    );
    destination.node.addDependency(role);
    new CfnOutput(this, "DestinationArn", { value: destination.destinationArn });
    new CfnOutput(this, "BucketName", { value: bucket.bucketName });
  }
}

export const acceptedInArchive = {
  "Archive/Lines": {
    S1: "The bucket's own access log would need a second bucket. CloudTrail shows who reads it.",
  },
  "Archive/Writer": {
    "IAM5[Resource::<Lines0CB763DA.Arn>/*]": "The objects of the one bucket, whose names Firehose makes.",
  },
};
