import { describe, expect, it } from 'vitest';
import {
  type Calibration,
  calibrate,
  calibrationSchema,
  descriptionsHash,
  ruleHash,
} from '../../../lib/cascade/calibration.ts';
import type { Rule } from '../../../lib/cascade/rules.ts';
import { someSettings } from './a-cascade.ts';

const RULE: Rule = { id: 'kettle', label: 'Fruit', pattern: 'kettle', confidence: 0.99 };
const settings = someSettings();
const CALIBRATION: Calibration = {
  measuredOn: 'fake@1',
  rules: { kettle: { rule: ruleHash(RULE), of: 8, right: 6, confidence: 0.76 } },
  similarity: { descriptions: descriptionsHash(settings), temperature: 0.03, threshold: 0.7 },
};

describe('calibrate', () => {
  it('gives rules and similarity their measured numbers', () => {
    const calibrated = calibrate({ rules: [RULE], settings }, calibrationSchema.parse(CALIBRATION), 'fake@1');

    expect(calibrated.rules).toEqual([{ ...RULE, confidence: 0.76 }]);
    expect(calibrated.settings.zeroShot.temperature).toBe(0.03);
    expect(calibrated.settings.thresholds).toEqual({ ...settings.thresholds, similarity: 0.7 });
  });

  it('leaves what was changed since as its own file has it', () => {
    const changed = { ...RULE, pattern: 'teapot' };
    const described = someSettings({ zeroShot: { ...settings.zeroShot, background: ['about something else'] } });

    const calibrated = calibrate({ rules: [changed], settings: described }, CALIBRATION, 'fake@1');

    expect(calibrated).toEqual({ rules: [changed], settings: described });
  });

  it('leaves similarity as it was for another model, and the rules counted', () => {
    const calibrated = calibrate({ rules: [RULE], settings }, CALIBRATION, 'fake@2');

    expect(calibrated.settings).toEqual(settings);
    expect(calibrated.rules[0]?.confidence).toBe(0.76);
  });

  it('lets the owner set the threshold', () => {
    const own = someSettings({ thresholds: { zeroShot: 0.8, llm: 0.5, similarity: 0.9 } });

    const calibrated = calibrate({ rules: [], settings: own }, CALIBRATION, 'fake@1');

    expect(calibrated.settings.thresholds.similarity).toBe(0.9);
  });

  it('changes nothing where nothing was measured', () => {
    expect(calibrate({ rules: [RULE], settings }, undefined, 'fake@1')).toEqual({ rules: [RULE], settings });
  });
});
