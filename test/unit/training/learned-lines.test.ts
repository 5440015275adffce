import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalOf } from '../../../models/training/concepts.ts';
import { isKeptApart } from '../../../models/training/kept-apart.ts';
import { type LearnedLines, readLearnedLines } from '../../../models/training/learned-lines.ts';
import { type PairLine, readScoreLines } from '../../../models/training/score-lines.ts';

const TAUGHT = 'okapi quagga zebu yak gnu';
/** The first of `{stem} a`, `{stem} b` ... that a hash puts into the quarter kept apart, or out of it. */
function aText(stem: string, keptApart: boolean): string {
  const texts = Array.from({ length: 26 }, (_, at) => `${stem} ${String.fromCharCode(97 + at)}`);
  const found = texts.find((text) => isKeptApart(text) === keptApart);
  if (found === undefined) throw new Error(`no text for ${stem}`);
  return found;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
}

function sharedOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / Math.max(1, a.size + b.size - shared);
}

describe('a line that is new to the model', () => {
  let learned: LearnedLines;
  beforeAll(async () => {
    learned = await readLearnedLines([aText(TAUGHT, false), aText('marmot lynx ermine', true)]);
  });

  it('is of the quarter kept apart', () => {
    expect(learned.isNew(aText('tapir dugong manatee', true))).toBe(true);
    expect(learned.isNew(aText('tapir dugong manatee', false))).toBe(false);
  });

  it('lies near nothing that was learned', () => {
    expect(learned.isNew(aText(TAUGHT, true))).toBe(false);
    expect(learned.has(aText(TAUGHT, false))).toBe(true);
  });

  it('may lie near another of that quarter', () => {
    expect(learned.isNew(aText('ermine lynx marmot', true))).toBe(true);
    expect(learned.has(aText('marmot lynx ermine', true))).toBe(false);
  });
});

describe('the lines that the content score is fitted and reported on', () => {
  let lines: readonly PairLine[];
  const canonicals = (group: PairLine['group']) =>
    lines.filter((line) => line.group === group).map(({ text }) => canonicalOf(text));
  beforeAll(async () => {
    lines = await readScoreLines();
  });

  it('are thousands of plain ones and most of our pairs', () => {
    expect(canonicals('plain').length).toBeGreaterThan(4000);
    expect(canonicals('own').length).toBeGreaterThan(1000);
  });

  it('hold no score pair that reads like a line that was learned', () => {
    const learned = new Set(canonicals('trained'));

    expect(canonicals('own').filter((canonical) => learned.has(canonical))).toEqual([]);
  });

  it('hold no plain line that shares 60% of its words with one that was learned', () => {
    const learned = canonicals('trained').filter((canonical) => !isKeptApart(canonical));
    const bags = learned.map(wordsOf);

    const near = canonicals('plain')
      .filter((_, at) => at % 100 === 0)
      .filter((canonical) => bags.some((bag) => sharedOf(wordsOf(canonical), bag) >= 0.6));

    expect(learned.length).toBeGreaterThan(50_000);
    expect(near).toEqual([]);
  });
});
