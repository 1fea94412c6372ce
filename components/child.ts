import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes what a component makes of a thing, before it is made: the arguments and the options that it would have, both to
 * be changed in place, and its name, where only one of several is meant.
 */
export type Transform<Args> = (args: Writable<Args>, opts: pulumi.CustomResourceOptions, name: string) => void;

type Writable<Args> = { -readonly [Key in keyof Args]: Args[Key] };

/** A kind of resources or components, as it is constructed. */
type Kind<Args, Made> = new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made;

/** Makes a child as it would be, changed by its transform. */
export function child<Args extends object, Made>(
  kind: Kind<Args, Made>,
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions,
  transform: Transform<Args> | undefined,
): Made {
  const [own, options] = [{ ...args } as Args, { ...opts }];
  transform?.(own, options, name);
  return new kind(name, own, options);
}

/** The dependencies of a component are those of its children: the engine does not see to that. */
export function dependencies(opts: pulumi.ResourceOptions | undefined): pulumi.Input<pulumi.Resource>[] {
  const { dependsOn } = opts ?? {};
  if (dependsOn === undefined) return [];
  return Array.isArray(dependsOn) ? dependsOn : [dependsOn as pulumi.Input<pulumi.Resource>];
}

/** The same keys, each with what is made of its value. */
export const mapped = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
