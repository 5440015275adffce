import type { ErrorReport } from './error-report.ts';

const ERROR = { severityNumber: 17, severityText: 'ERROR' } as const;

/** The body of `POST /v1/logs`, JSON of OTLP 1 (https://opentelemetry.io/docs/specs/otlp/): a record for each report, all of one function. */
export function reportsToOtlp(reports: readonly ErrorReport[], service: string): unknown {
  const [first] = reports;
  const resource = attributes({ 'service.name': service, 'faas.name': first?.function ?? '' });
  const logRecords = reports.map(({ id, at, title, fields }) => ({
    timeUnixNano: `${at}000000`,
    ...ERROR,
    body: { stringValue: title },
    attributes: attributes({ 'log.record.uid': id, ...fields }),
  }));
  return {
    resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: { name: 'logsieve' }, logRecords }] }],
  };
}

function attributes(values: ErrorReport['fields']) {
  return Object.entries(values).map(([key, value]) => ({ key, value: attributeValue(value) }));
}

/** 64-bit integers are text in protobuf's JSON. */
function attributeValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
