import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** A resource that was registered, with what it waits for. */
export interface Registered {
  readonly kind: string;
  readonly name: string;
  readonly resource: pulumi.Resource;
  readonly props: Record<string, unknown>;
  readonly opts: pulumi.CustomResourceOptions;
}

/** Makes a stack, as a program has one, and tells of every resource that is registered from then on. Mocks are set before. */
export const heardInStack = (heard: (one: Registered) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    void pulumi.runtime
      .runInPulumiStack(() => {
        pulumi.runtime.registerStackTransformation(({ resource, type, name, props, opts }) => {
          heard({ kind: type.replace(/.*:/, ""), name, resource, props, opts });
          return undefined;
        });
        return Promise.resolve({});
      })
      .then(() => resolve(), reject);
  });

/** Everything that a resource waits for, by kind and name: what it names, and whose outputs it has. */
async function dependencyGraph(registered: readonly Registered[]): Promise<Map<string, Set<string>>> {
  const key = ({ kind, name }: Registered) => `${kind} ${name}`;
  const of = new Map(registered.map((one) => [one.resource, one]));
  const within = (parent: pulumi.Resource): Registered[] =>
    registered.filter(({ opts }) => opts.parent === parent).flatMap((one) => [one, ...within(one.resource)]);
  const direct = new Map<string, Registered[]>();
  for (const one of registered) {
    const { dependsOn = [] } = one.opts;
    const named = await Promise.all([dependsOn].flat() as unknown as readonly Promise<pulumi.Resource>[]);
    const outputs = pulumi.output(one.props) as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const all = [...named, ...(await outputs.allResources())].filter((other) => other !== one.resource);
    direct.set(
      key(one),
      all.flatMap((other) => [...(of.get(other) ? [of.get(other)!] : []), ...within(other)]),
    );
  }
  const reached = new Map<string, Set<string>>();
  const reach = (name: string): Set<string> => {
    const known = reached.get(name);
    if (known) return known;
    const found = new Set<string>();
    reached.set(name, found);
    for (const other of direct.get(name) ?? []) {
      found.add(key(other));
      reach(key(other)).forEach((one) => found.add(one));
    }
    return found;
  };
  registered.forEach((one) => reach(key(one)));
  return reached;
}

/** What of the resources comes after what. Each form must be that of at least one of them. */
export async function orderOf(registered: readonly Registered[]) {
  const waits = await dependencyGraph(registered);
  const all = (kind: RegExp): string[] => {
    const found = [...waits.keys()].filter((name) => kind.test(name));
    assert.ok(found.length > 0, `there is no ${kind.source}`);
    return found;
  };
  return {
    assertAfter: (later: RegExp, earlier: RegExp): void => {
      const others = all(earlier);
      for (const one of all(later))
        for (const other of others) assert.ok(waits.get(one)?.has(other), `${one} after ${other}`);
    },
    assertApart: (one: RegExp, other: RegExp): void => {
      const others = all(other);
      for (const name of all(one))
        for (const beside of others) assert.ok(!waits.get(name)?.has(beside), `${name}, ${beside}`);
    },
  };
}
