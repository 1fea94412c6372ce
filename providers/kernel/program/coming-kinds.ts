import * as pulumi from "@pulumi/pulumi";

/** One list for each run of a program, for several may run in one process. In the order in which they are described: so they are asked for, more or less. */
const runs = new WeakMap<object, Set<string>>();
const elsewhere = {};

function kindsOfRun(): Set<string> {
  const run = pulumi.runtime.getStackResource() ?? elsewhere;
  let kinds = runs.get(run);
  if (!kinds) runs.set(run, (kinds = new Set()));
  return kinds;
}

/** A resource of this kind is described, or soon will be. */
export function comes(...described: readonly string[]): void {
  const kinds = kindsOfRun();
  for (const kind of described) kinds.add(kind);
}

/**
 * The kinds of resources that the program describes without waiting for anything, for the plugin to load while the engine
 * is busy. It is a hint: what is missing in it is loaded when it is asked for.
 */
export const kindsToCome = (): pulumi.Output<string[]> => {
  const kinds = kindsOfRun();
  return pulumi.output(new Promise<string[]>((resolve) => setImmediate(() => resolve([...kinds]))));
};
