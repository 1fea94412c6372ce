import { randomBytes, randomUUID } from "node:crypto";
import { messageOf } from "../call/failure";
import type { ConfigSource } from "../session/config-keys";

const newKey = (): string => randomBytes(32).toString("base64url");

/** What the first resource of a program tells of those that come after it. */
export interface Coming {
  readonly kinds: readonly string[];
  /** The stack's config, where its cluster may be asked already. */
  readonly source: ConfigSource | undefined;
}

/** Needs no cluster: the id exists in the state alone. `tell`: to people, before there is a session that could. */
export const stackIdentityProvider = (
  getReady: (coming: Coming) => Promise<void>,
  tell: (message: string) => void = (message) => void process.stderr.write(`${message}\n`),
) => {
  let source: ConfigSource | undefined;
  return {
    async configure(request: { config: ConfigSource }): Promise<void> {
      source = request.config;
    },
    /** It is the first resource of a program, which says with it what kinds come next: not for the state. */
    async check(_olds: object, news: Record<string, unknown>) {
      const { __kinds: kinds, __preview: preview, ...inputs } = news;
      if (Array.isArray(kinds) && kinds.length > 0) {
        const known = kinds.filter((kind) => typeof kind === "string");
        // A hint alone: whatever fails here fails again for the resource that needs it.
        getReady({ kinds: known, source: preview === true ? source : undefined }).catch((error: unknown) =>
          tell(`not got ready ahead: ${messageOf(error)}`),
        );
      }
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
  };
};
