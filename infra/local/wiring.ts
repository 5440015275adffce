import { type FunctionName, type FunctionTopology, functions, routes } from '../topology.ts';

export const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

const all: readonly (FunctionTopology & { readonly name: FunctionName })[] = Object.keys(functions)
  .filter(isFunction)
  .map((name) => ({ ...functions[name], name }));

/** What calls which function on the laptop: all that the stack starts beside its emulators, so that a test can lay it beside the template. */
export const wiring = {
  functions: all,
  routes,
  mappings: all.flatMap(({ name, hears = [] }) => hears.map((heard) => ({ ...heard, hearing: name }))),
  schedules: all.flatMap(({ name, everyMinutes }) => (everyMinutes === undefined ? [] : [{ name, everyMinutes }])),
};
