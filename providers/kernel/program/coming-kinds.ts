import * as pulumi from "@pulumi/pulumi";

/** In the order in which they are described: so they are asked for, more or less. */
const kinds = new Set<string>();

/** A resource of this kind is described, or soon will be. */
export function comes(...described: readonly string[]): void {
  for (const kind of described) kinds.add(kind);
}

/**
 * The kinds of resources that the program describes without waiting for anything, for the plugin to load while the engine
 * is busy. It is a hint: what is missing in it is loaded when it is asked for.
 */
export const kindsToCome = (): pulumi.Output<string[]> =>
  pulumi.output(new Promise<string[]>((resolve) => setImmediate(() => resolve([...kinds]))));
