import { describe, expect, it } from 'vitest';
import { drawPlot } from '../../../lib/plot/draw-plot.ts';
import { courseOf, type PlotData, readTime } from '../../../lib/plot/plot-data.ts';
import { escapeXml, fitText, formatShare } from '../../../lib/plot/svg.ts';

const someData = (fields: Partial<PlotData> = {}): PlotData => ({
  name: 'access.csv',
  threshold: 0.5,
  records: 10,
  notRead: 0,
  anomalies: 1,
  byCategory: { Error: 9, Unclassified: 1 },
  byStage: { rule: 9, none: 1 },
  patterns: [{ pattern: 'disk <NUM> failed', count: 9, category: 'Error', score: 0.9 }],
  ...fields,
});

describe('readTime', () => {
  it.each([
    ['2026-03-01T10:00:00Z', 1_772_359_200_000],
    ['2026-03-01 10:00:00', 1_772_359_200_000],
    ['2026-03-01 10:00:00,250', 1_772_359_200_250],
    ['2026-03-01T11:00:00+01:00', 1_772_359_200_000],
    ['1772359200', 1_772_359_200_000],
    ['1772359200.25', 1_772_359_200_250],
    ['1772359200000', 1_772_359_200_000],
    ['1772359200000250', 1_772_359_200_000],
    ['1772359200000250999', 1_772_359_200_000],
  ])('reads %s', (text, at) => {
    expect(readTime(text)).toBe(at);
  });

  it.each([undefined, '', 'yesterday', '12', 'Mar 1 10:00:00', '9'.repeat(20), '9'.repeat(50)])(
    'does not guess at %s',
    (text) => {
      expect(readTime(text)).toBeUndefined();
    },
  );

  // Microseconds were taken for milliseconds: of the year 55840, or beyond what a date holds, and a plot of them was a 500.
  it('reads no number as a time that cannot be drawn', () => {
    const texts = Array.from({ length: 11 }, (_, index) => index + 9).flatMap((digits) => [
      `1${'0'.repeat(digits - 1)}`,
      '9'.repeat(digits),
    ]);

    for (const text of texts) {
      const at = readTime(text) ?? Number.NaN;
      const course = courseOf([at, at + 1_000].map((each, row) => ({ row, at: each, isAnomaly: false })));

      expect(new Date(at).getUTCFullYear()).toBeLessThan(5139);
      expect(drawPlot(someData({ course }))).toContain('Anomalies over time');
    }
  });
});

describe('courseOf', () => {
  const points = Array.from({ length: 300 }, (_, row) => ({ row: row + 1, at: row * 1000, isAnomaly: row % 10 === 0 }));

  it('keeps every record, by time where there are times', () => {
    const course = courseOf(points);

    const sum = (of: 'records' | 'anomalies') => course?.bins.reduce((total, bin) => total + bin[of], 0);
    expect(course?.unit).toBe('time');
    expect([sum('records'), sum('anomalies'), course?.bins.length]).toEqual([300, 30, 60]);
  });

  it('goes by rows where most records say no time, or all the same', () => {
    expect(courseOf(points.map(({ row, isAnomaly }) => ({ row, isAnomaly })))?.unit).toBe('rows');
    expect(courseOf(points.map((point) => ({ ...point, at: 5 })))?.unit).toBe('rows');
    expect(courseOf([])).toBeUndefined();
  });
});

describe('drawPlot', () => {
  it('says what is drawn, in which units', () => {
    const svg = drawPlot(someData({ course: courseOf([{ row: 1, isAnomaly: true }]), notRead: 2 }));

    for (const text of [
      'access.csv',
      '1 anomaly (10.0%)',
      '2 rows not read',
      'Categories (records)',
      'each bar: 1 row',
    ])
      expect(svg).toContain(text);
    expect(svg).toContain('anomaly 0.90');
  });

  it('numbers the bars of a few rows, and the ends of many', () => {
    const rows = (count: number) =>
      courseOf(Array.from({ length: count }, (_, at) => ({ row: at + 1, isAnomaly: false })));
    const labelsOf = (svg: string) =>
      [
        ...svg.matchAll(
          /<text x="[\d.]+" y="([\d.]+)" font-size="12" text-anchor="(?:start|middle|end)"[^>]*>([\d,]+)</g,
        ),
      ].map(([, y = '', label = '']) => ({ y, label }));
    const axisOf = (count: number) => {
      const labels = labelsOf(drawPlot(someData({ course: rows(count) })));
      return labels.filter(({ y }) => y === labels.at(-1)?.y).map(({ label }) => label);
    };

    expect(axisOf(3)).toEqual(['1', '2', '3']);
    expect(axisOf(300)).toEqual(['1', '61', '121', '180', '240', '300']);
  });

  it.each([
    ['日本語のログ', true],
    ['数据库连接失败', true],
    ['연결 실패', true],
    ['disk 🔥', true],
    ['Überlauf, ошибка, σφάλμα → 5 µs ©', false],
  ])('says of a picture of %s whether its font lacks characters: %s', (pattern, isLacking) => {
    const data = someData({ patterns: [{ pattern, count: 1, category: 'Error', score: 0.9 }] });

    expect(drawPlot(data, { forPng: true }).includes('Boxes stand for')).toBe(isLacking);
    expect(drawPlot(data)).not.toContain('Boxes stand for');
  });

  it('is the same text for the same data', () => {
    expect(drawPlot(someData())).toBe(drawPlot(someData()));
  });

  it('takes any text as text', () => {
    const hostile = '</text><script>alert(1)</script>&\u0000\ud800"';

    const svg = drawPlot(someData({ name: hostile, byCategory: { [hostile]: 1 } }));

    expect(svg).not.toContain('<script');
    expect(svg.isWellFormed()).toBe(true);
  });
});

describe('texts of a plot', () => {
  it('fit where they are drawn, and XML', () => {
    expect(fitText('日本語のログ', 10, 35)).toBe('日本…');
    expect(fitText('short', 10, 100)).toBe('short');
    expect(escapeXml('a\u0007<b>&"')).toBe('a\ufffd&lt;b&gt;&amp;&quot;');
    expect([formatShare(0, 10), formatShare(1, 10_000), formatShare(1, 3)]).toEqual(['0%', '<0.1%', '33.3%']);
  });
});
