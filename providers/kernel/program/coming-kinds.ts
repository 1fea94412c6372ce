import * as pulumi from "./sdk";

interface Run {
  /** In the order in which they are described: so they are asked for, more or less. */
  readonly kinds: Set<string>;
  /** Is a resource of the stack's own cluster described? Then that will be asked in any case. */
  usesCluster: boolean;
}

/** One for each run of a program, for several may run in one process. */
const runs = new WeakMap<object, Run>();
const elsewhere = {};

function thisRun(): Run {
  const key = pulumi.runtime.getStackResource() ?? elsewhere;
  let run = runs.get(key);
  if (!run) runs.set(key, (run = { kinds: new Set(), usesCluster: false }));
  return run;
}

/** A resource of this kind is described, of the cluster of the stack's config. */
export function comes(kind: string): void {
  const run = thisRun();
  run.kinds.add(kind);
  run.usesCluster = true;
}

/** Resources of these kinds may be described later, of whatever cluster. */
export function mayCome(...kinds: readonly string[]): void {
  const run = thisRun();
  for (const kind of kinds) run.kinds.add(kind);
}

/** When the program has described what it describes without waiting for anything. */
const described = <T>(look: (run: Run) => T): pulumi.Output<T> => {
  const run = thisRun();
  return pulumi.output(new Promise<T>((resolve) => setImmediate(() => resolve(look(run))))) as pulumi.Output<T>;
};

/**
 * The kinds of resources that the program describes without waiting for anything, for the plugin to load while the engine
 * is busy. It is a hint: what is missing in it is loaded when it is asked for.
 */
export const kindsToCome = (): pulumi.Output<string[]> => described(({ kinds }) => [...kinds]);

/** Whether the stack's own cluster is certainly going to be asked: one that no resource is of never is. */
export const usesCluster = (): pulumi.Output<boolean> => described((run) => run.usesCluster);
