/** What could not be measured without an account, and is taken to be so. The cost page states each. */
export const ASSUMED = {
  /** Of a call to S3, SQS or DynamoDB, waited for by a function that does nothing else meanwhile. */
  callSeconds: 0.01,
  /** START, END and REPORT of an invocation. */
  lambdaLogBytes: 400,
  /** Of English log text; a model's own tokenizer says exactly. */
  charactersPerToken: 3.5,
  /** A queue's idle long polls last 20 s. */
  pollsPerMinute: 3,
  /** Lambda keeps so many pollers on a queue with MaximumConcurrency, and can go down to so few without it. */
  pollersCapped: 5,
  pollersUncapped: 2,
  /** The image in ECR, compressed: AWS's base, the native library, the model, the bundles. */
  imageGigabytes: 0.25,
  /** Metrics a REST API method has once it was called, where metrics by method are on. */
  metricsPerMethod: 5,
  hoursPerMonth: 730,
} as const;
