import type * as pulumi from "@pulumi/pulumi";

/** Every property of T, at any depth, may be a plain value or an output of another resource. */
export type Inputs<T> = { [K in keyof T]: Nested<T[K]> };

type Nested<T> = unknown extends T
  ? pulumi.Input<T>
  : undefined extends T
    ? Nested<Exclude<T, undefined>> | undefined
    : T extends readonly (infer E)[]
      ? pulumi.Input<Nested<E>[]>
      : T extends object
        ? pulumi.Input<Inputs<T>>
        : pulumi.Input<T>;
