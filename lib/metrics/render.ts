import { BUCKETS_MS, type Family, type FamilyName, families, isFamily } from './families.ts';
import { SEPARATOR } from './meter.ts';

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const PROMETHEUS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Counted {
  readonly labels: readonly string[];
  readonly value: number;
}
interface Distribution {
  readonly labels: readonly string[];
  readonly count: number;
  readonly sumSeconds: number;
  /** Of each bucket alone, in the order of BUCKETS_MS; the last has no upper end. */
  readonly buckets: readonly number[];
}
export type Numbers = ReadonlyMap<FamilyName, { counted: readonly Counted[]; distributions: readonly Distribution[] }>;

/** Sums by series as families. Series that no family knows any more are left out. */
export function readSums(sums: ReadonlyMap<string, number>): Numbers {
  const numbers = new Map<FamilyName, { counted: Counted[]; distributions: Distribution[] }>();
  for (const name of Object.keys(families).filter(isFamily)) numbers.set(name, { counted: [], distributions: [] });
  const distributions = new Map<string, { name: FamilyName; labels: string[]; us: number; buckets: number[] }>();
  for (const [series, value] of sums) {
    const [name = '', ...rest] = series.split(SEPARATOR);
    if (!isFamily(name)) continue;
    const { labels, kind, divisor = 1 }: Family = families[name];
    const extra = rest.slice(labels.length);
    if (rest.length < labels.length) continue;
    const own = rest.slice(0, labels.length);
    if (kind !== 'histogram') numbers.get(name)?.counted.push({ labels: own, value: value / divisor });
    else {
      const key = [name, ...own].join(SEPARATOR);
      const found = distributions.get(key) ?? {
        name,
        labels: own,
        us: 0,
        buckets: new Array<number>(BUCKETS_MS.length + 1).fill(0),
      };
      distributions.set(key, found);
      const part = extra[0] ?? '';
      const bucket = Number(/^b(\d{1,2})$/.exec(part)?.[1]);
      if (part === 'us') found.us += value;
      else if (bucket < found.buckets.length) found.buckets[bucket] = (found.buckets[bucket] ?? 0) + value;
    }
  }
  for (const { name, labels, us, buckets } of distributions.values()) {
    const count = buckets.reduce((sum, each) => sum + each, 0);
    numbers.get(name)?.distributions.push({ labels, count, sumSeconds: us / 1_000_000, buckets });
  }
  return numbers;
}

/** The text that Prometheus scrapes. */
export function toPrometheus(numbers: Numbers): string {
  return [...numbers].map(([name, of]) => familyText(families[name], of)).join('');
}

function familyText(family: Family, { counted, distributions }: NonNullable<ReturnType<Numbers['get']>>): string {
  const { name, help, kind } = family;
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
  for (const { labels, value } of counted.toSorted(byLabels))
    lines.push(`${name}${labelText(family.labels, labels)} ${value}`);
  for (const { labels, count, sumSeconds, buckets } of distributions.toSorted(byLabels)) {
    let below = 0;
    for (const [index, own] of buckets.entries()) {
      below += own;
      const end = BUCKETS_MS[index];
      const le = end === undefined ? '+Inf' : String(end / 1_000);
      lines.push(`${name}_bucket${labelText([...family.labels, 'le'], [...labels, le])} ${below}`);
    }
    lines.push(`${name}_sum${labelText(family.labels, labels)} ${sumSeconds}`);
    lines.push(`${name}_count${labelText(family.labels, labels)} ${count}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function byLabels(one: { labels: readonly string[] }, other: { labels: readonly string[] }): number {
  return one.labels.join(SEPARATOR) < other.labels.join(SEPARATOR) ? -1 : 1;
}

/** The same numbers as JSON; of a histogram its count, sum and quantiles estimated from the buckets, in seconds. */
export function toJsonMetrics(numbers: Numbers) {
  return [...numbers].map(([name, { counted, distributions }]) => {
    const { name: shown, kind, help, labels: names }: Family = families[name];
    const labelled = (values: readonly string[]): Record<string, string> =>
      Object.fromEntries(names.map((label, index) => [label, values[index] ?? '']));
    return {
      name: shown,
      kind,
      help,
      series: [
        ...counted.toSorted(byLabels).map(({ labels, value }) => ({ labels: labelled(labels), value })),
        ...distributions.toSorted(byLabels).map(({ labels, count, sumSeconds, buckets }) => ({
          labels: labelled(labels),
          count,
          sum: sumSeconds,
          ...Object.fromEntries(QUANTILES.map(([label, at]) => [label, quantile(buckets, count, at)])),
        })),
      ],
    };
  });
}

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

/** Seconds, by a straight line through the bucket the quantile falls in, as Prometheus' `histogram_quantile`; the last bucket is its lower end. */
function quantile(buckets: readonly number[], count: number, at: number): number {
  let below = 0;
  for (const [index, own] of buckets.entries()) {
    const low = index === 0 ? 0 : (BUCKETS_MS[index - 1] ?? 0);
    const high = BUCKETS_MS[index] ?? low;
    if (own > 0 && below + own >= at * count) return (low + ((at * count - below) / own) * (high - low)) / 1_000;
    below += own;
  }
  return 0;
}
