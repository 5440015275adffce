import { describe, expect, it } from 'vitest';
import { precisionRecallPlot } from './precision-recall.ts';
import { reliabilityPlot } from './reliability.ts';

const forecasts = Array.from({ length: 60 }, (_, at) => ({ probability: at / 60, outcome: at % 7 > 3 }));
const axes = { x: 'Said', y: 'Happened' };

describe('the plots', () => {
  it('name themselves and their axes', () => {
    const [reliability, curve] = [
      reliabilityPlot('Scores of <ours>', axes, forecasts),
      precisionRecallPlot('Found', [{ name: 'one & all', forecasts }]),
    ];

    for (const text of ['Scores of &lt;ours&gt;', 'Said', 'Happened', 'calibration error', '60 lines'])
      expect(reliability).toContain(text);
    for (const text of ['Found', 'Recall', 'Precision', 'one &amp; all', 'guessing']) expect(curve).toContain(text);
  });

  it('stay inside their frame', () => {
    const numbers = [...reliabilityPlot('a', axes, forecasts).matchAll(/(?:cx|cy|x1|y1|x2|y2)="([^"]*)"/g)];

    const places = numbers.map(([, number]) => Number(number));

    expect(places.every((place) => place >= 0 && place <= 560)).toBe(true);
  });

  it('draw nothing they do not know where nothing was forecast', () => {
    const nothingFound = [{ name: 'none is positive', forecasts: forecasts.slice(0, 3) }];
    for (const plot of [
      reliabilityPlot('none', axes, []),
      reliabilityPlot('one', axes, [{ probability: 1, outcome: true }]),
      precisionRecallPlot('none', [{ name: 'nothing', forecasts: [] }]),
      precisionRecallPlot('many', nothingFound),
    ])
      expect(plot).not.toMatch(/NaN|undefined|Infinity/);
  });
});
