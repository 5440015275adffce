export interface BinaryScores {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision, recall and F1 of saying yes; 0 where nothing was right. */
export function binaryScores(answers: readonly { readonly said: boolean; readonly truth: boolean }[]): BinaryScores {
  const hits = answers.filter(({ said, truth }) => said && truth).length;
  const said = answers.filter((answer) => answer.said).length;
  const positive = answers.filter(({ truth }) => truth).length;
  return {
    precision: said === 0 ? 0 : hits / said,
    recall: positive === 0 ? 0 : hits / positive,
    f1: hits === 0 ? 0 : (2 * hits) / (said + positive),
  };
}
