import { dot } from '../softmax.ts';

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
  const direction = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of history.toReversed()) {
    const alpha = rho * dot(s, direction);
    alphas.unshift(alpha);
    addScaled(direction, y, -alpha);
  }
  const last = history.at(-1);
  const scale = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, last.y);
  for (let k = 0; k < direction.length; k++) direction[k] = -scale * (direction[k] ?? 0);
  history.forEach(({ s, y, rho }, i) => {
    addScaled(direction, s, -(alphas[i] ?? 0) - rho * dot(y, direction));
  });
  return direction;
}

function addScaled(to: Float64Array, what: Float64Array, scale: number): void {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] ?? 0) + scale * (what[k] ?? 0);
}

function lineSearch(objective: Objective, at: Float64Array, loss: number, direction: Float64Array, slope: number) {
  for (let step = 1; step > 1e-8; step /= 2) {
    const next = at.slice();
    addScaled(next, direction, step);
    const found = objective(next);
    if (found.loss <= loss + 1e-4 * step * slope) return { at: next, ...found };
  }
  return undefined;
}
