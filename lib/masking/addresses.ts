import { codeAt, digitsEnd, isAlnum, isDigit, isHex } from './char-class.ts';

const DASH = 45;
const FULL_STOP = 46;
const COLON = 58;

/** End of an IPv4 address and its port where it has one, 0 where there is none at `at`. */
export function ipv4End(text: string, at: number): number {
  let end = at;
  for (let group = 0; group < 4; group++) {
    if (group > 0 && codeAt(text, end++) !== FULL_STOP) return 0;
    const stop = digitsEnd(text, end);
    if (stop === end || stop - end > 3 || (stop - end === 3 && codeAt(text, end) > 50)) return 0;
    end = stop;
  }
  const next = codeAt(text, end);
  if (isAlnum(next) || (next === FULL_STOP && isDigit(codeAt(text, end + 1)))) return 0;
  return portEnd(text, end);
}

/** End of `:8080` at `at`, or `at`. */
export function portEnd(text: string, at: number): number {
  if (codeAt(text, at) !== COLON) return at;
  const end = digitsEnd(text, at + 1);
  return end > at + 1 && end - at <= 6 && !isAlnum(codeAt(text, end)) ? end : at;
}

/** End of `8-4-4-4-12` hex digits at `at`, or 0. */
export function uuidEnd(text: string, at: number): number {
  if (codeAt(text, at + 8) !== DASH || codeAt(text, at + 13) !== DASH) return 0;
  if (codeAt(text, at + 18) !== DASH || codeAt(text, at + 23) !== DASH) return 0;
  for (let i = 0; i < 36; i++)
    if (i !== 8 && i !== 13 && i !== 18 && i !== 23 && !isHex(codeAt(text, at + i))) return 0;
  return isAlnum(codeAt(text, at + 36)) ? 0 : at + 36;
}

/** End of six pairs of hex digits joined by `:` or `-`, or 0. */
export function macEnd(text: string, at: number): number {
  const separator = codeAt(text, at + 2);
  if (separator !== COLON && separator !== DASH) return 0;
  for (let i = 0; i < 17; i++) {
    const code = codeAt(text, at + i);
    if (i % 3 === 2 ? code !== separator : !isHex(code)) return 0;
  }
  const next = codeAt(text, at + 17);
  return isAlnum(next) || next === separator ? 0 : at + 17;
}

/** End of an IPv6 address (its zone too), or 0. Needs `::` and a digit, or eight groups, so that `std::begin` is none. */
export function ipv6End(text: string, at: number): number {
  let end = at;
  let groups = 0;
  let gap = false;
  let digits = false;
  while (groups <= 8) {
    const start = end;
    while (end - start < 5 && isHex(codeAt(text, end))) digits = isDigit(codeAt(text, end++)) || digits;
    if (end - start > 4) return 0;
    if (end > start) groups++;
    if (codeAt(text, end) !== COLON) break;
    if (codeAt(text, end + 1) === COLON) {
      if (gap) return 0;
      gap = true;
      end += 2;
      if (!isHex(codeAt(text, end))) break;
    } else if (isHex(codeAt(text, end + 1)) && end > start) end++;
    else break;
  }
  const whole = gap ? digits && groups >= 1 && groups <= 7 : groups === 8;
  if (!whole || isAlnum(codeAt(text, end))) return 0;
  return codeAt(text, end) === 37 ? zoneIndexEnd(text, end + 1) : end;
}

function zoneIndexEnd(text: string, at: number): number {
  let end = at;
  while (end - at < 16 && isAlnum(codeAt(text, end))) end++;
  return end;
}
