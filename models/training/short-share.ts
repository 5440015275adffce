/** `.930`, `1.000`. */
export function shortShare(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}
