/** Whether an Accept header asks for JSON rather than text; Prometheus' own asks for neither by name. */
export function prefersJson(accept: string | undefined): boolean {
  const asked = (accept ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => part.trim().toLowerCase().split(';'))
    .map(([type = '', ...parameters]) => ({ type: type.trim(), weight: weightOf(parameters) }));
  const of = (type: string) => Math.max(0, ...asked.filter((each) => each.type === type).map(({ weight }) => weight));
  return of('application/json') > of('text/plain');
}

function weightOf(parameters: readonly string[]): number {
  const given = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]);
  return Number(given.find((weight) => weight !== undefined) ?? 1);
}
