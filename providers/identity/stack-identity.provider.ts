import { randomUUID } from "node:crypto";

/** Needs no cluster: the id exists in the state alone. */
export const stackIdentityProvider = {
  async check(_olds: object, news: Record<string, unknown>) {
    return { inputs: news };
  },
  async diff() {
    return { changes: false };
  },
  async create() {
    const id = randomUUID();
    return { id, outs: { value: id } };
  },
  async read(id: string, props: Record<string, unknown>) {
    return { id, props, inputs: {} };
  },
};
