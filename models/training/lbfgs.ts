import { dot } from '../../lib/cascade/softmax.ts';

type Objective = (at: Float64Array) => { loss: number; gradient: Float64Array };
interface Step {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

const HISTORY = 12;

/** L-BFGS with a backtracking (Armijo) line search [Nocedal & Wright, algorithm 7.4]; stops when the gradient's norm is under the tolerance. */
export function minimise(
  objective: Objective,
  start: Float64Array,
  options: { iterations: number; tolerance: number },
): Float64Array {
  let at = start;
  let { loss, gradient } = objective(at);
  const history: Step[] = [];
  for (let i = 0; i < options.iterations && Math.sqrt(dot(gradient, gradient)) > options.tolerance; i++) {
    const direction = descentDirection(gradient, history);
    const next = lineSearch(objective, at, loss, direction, dot(gradient, direction));
    if (next === undefined) break;
    const s = next.at.map((value, k) => value - (at[k] ?? 0));
    const y = next.gradient.map((value, k) => value - (gradient[k] ?? 0));
    const curvature = dot(s, y);
    if (curvature > 1e-12) history.push({ s, y, rho: 1 / curvature });
    if (history.length > HISTORY) history.shift();
    ({ at, loss, gradient } = next);
  }
  return at;
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descentDirection(gradient: Float64Array, history: readonly Step[]): Float64Array {
  let q = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of history.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    q = q.map((value, k) => value - alpha * (y[k] ?? 0));
  }
  const last = history.at(-1);
  const scale = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, last.y);
  q = q.map((value) => value * scale);
  history.forEach(({ s, y, rho }, i) => {
    const beta = rho * dot(y, q);
    q = q.map((value, k) => value + (s[k] ?? 0) * ((alphas[i] ?? 0) - beta));
  });
  return q.map((value) => -value);
}

function lineSearch(objective: Objective, at: Float64Array, loss: number, direction: Float64Array, slope: number) {
  for (let step = 1; step > 1e-8; step /= 2) {
    const next = at.map((value, k) => value + step * (direction[k] ?? 0));
    const found = objective(next);
    if (found.loss <= loss + 1e-4 * step * slope) return { at: next, ...found };
  }
  return undefined;
}
