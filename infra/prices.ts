/**
 * Public prices in dollars, us-east-1, 2026-11, without free tier. Other regions differ by up to a third; the estimate
 * of a day's spending and the cost page are made from these.
 */
export const prices = {
  lambdaGbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
  lambdaRequest: 0.2e-6,
  restApiRequest: 3.5e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  sqsRequest: 0.4e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  /** CloudWatch Logs taken in. */
  logsGigabyte: 0.5,
  /** Groq's llama-3.3-70b-versatile. */
  languageModel: { inputToken: 0.59e-6, outputToken: 0.79e-6 },
  wafRequest: 0.6e-6,
  natGigabyte: 0.045,
  monthly: {
    /** For each metric that an alarm reads. */
    alarmMetric: 0.1,
    dashboard: 3,
    customMetric: 0.3,
    secret: 0.4,
    kmsKey: 1,
    s3Gigabyte: 0.023,
    ecrGigabyte: 0.1,
    dynamoGigabyte: 0.25,
    /** Point-in-time recovery. */
    dynamoBackupGigabyte: 0.2,
    webAcl: 5,
    webAclRule: 1,
    /** An interface endpoint in one subnet; gateway endpoints (S3, DynamoDB) cost nothing. */
    interfaceEndpoint: 7.3,
    natGateway: 32.85,
  },
} as const;
