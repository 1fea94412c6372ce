import { randomBytes, randomUUID } from "node:crypto";

const newKey = (): string => randomBytes(32).toString("base64url");

/** Needs no cluster: the id exists in the state alone. */
export const stackIdentityProvider = (loadAhead: (kinds: readonly string[]) => Promise<void>) => ({
  /** It is the first resource of a program, which says with it what kinds come next: not for the state. */
  async check(_olds: object, { __kinds: kinds, ...inputs }: Record<string, unknown>) {
    if (Array.isArray(kinds)) void loadAhead(kinds.filter((kind) => typeof kind === "string"));
    return { inputs };
  },
  /** Stacks of earlier releases have no key yet. */
  async diff(_id: string, olds: Record<string, unknown>) {
    return { changes: typeof olds["hashKey"] !== "string" };
  },
  async create() {
    const id = randomUUID();
    return { id, outs: { value: id, hashKey: newKey() } };
  },
  async update(_id: string, olds: Record<string, unknown>) {
    return { outs: { value: olds["value"], hashKey: olds["hashKey"] ?? newKey() } };
  },
  async read(id: string, props: Record<string, unknown>) {
    return { id, props, inputs: {} };
  },
});
