import { wire } from "../../pve";
import { hashed, hashOf } from "../infisical/stored-value";
import { writtenKeys, writtenValues, type Written } from "../infisical/written-value";
import type { Session } from "../kernel/session/session";
import { cephClientModel, type CephClientInputs } from "./ceph-client.model";
import { thing, type ThingState } from "./ceph-thing";
import { changeCaps, makeClient, readClient, removeClient } from "./over-ssh";

interface ClientState extends ThingState, Written {
  /** Both are undefined where the keyring is in the store instead. */
  readonly key: string | undefined;
  readonly keyring: string | undefined;
}

const kinds = ["mds", "mgr", "mon", "osd"] as const;
type Caps = CephClientInputs["caps"];

const capsOf = (entry: wire.WireObject): Caps => {
  const caps = wire.object(entry["caps"]);
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const value = wire.string(caps[kind]);
      return value === undefined || value === "" ? [] : [[kind, value]];
    }),
  );
};

const differences = (live: Caps, wanted: Caps | undefined): string[] =>
  kinds
    .filter((kind) => wanted !== undefined && live[kind] !== wanted[kind])
    .map((kind) => `caps.${kind} is ${live[kind] ?? "not set"}, not ${wanted?.[kind] ?? "not set"}`);

/** `mon`, `allow r`, … as the program takes them. */
const words = (caps: Caps): string[] => kinds.flatMap((kind) => (caps[kind] === undefined ? [] : [kind, caps[kind]]));

const keyringOf = (name: string, key: string): string => `[client.${name}]\n\tkey = ${key}\n`;
const nothingWritten: Record<keyof Written, undefined> = {
  ...{ reference: undefined, storedVersion: undefined, __secretId: undefined, __storedInstance: undefined },
  ...{ __storedMade: undefined, __storedHash: undefined, __storedKey: undefined },
};
const anew = "the keyring is written there";

/** Is this the key that the state knows? Where the state does not hold it, it knows the keyring by its hash. */
const isKnown = (at: ClientState, key: string | undefined): boolean => {
  if (key === undefined || at.key !== undefined) return key !== undefined && key === at.key;
  return at.__storedKey !== undefined && hashed(at.__storedKey, keyringOf(at.name, key)) === at.__storedHash;
};

/** Without its key; known by the hash that the state has already, or by a new one. */
function withoutKey({ key: _, keyring, ...at }: ClientState): ClientState {
  const known = at.__storedHash === undefined && keyring !== undefined ? hashOf(keyring) : undefined;
  return {
    ...{ ...at, key: undefined, keyring: undefined },
    ...(known ? { __storedHash: known.hash, __storedKey: known.key } : {}),
  };
}

export const cephClientProvider = (session: Session) => {
  const store = writtenValues(session.secrets);
  return thing<CephClientInputs, ClientState, wire.WireObject>(
    {
      kind: "CephClient",
      noun: "Ceph client",
      model: cephClientModel,
      outputs: ["name", "node", "fsid", "key", "keyring", ...writtenKeys],
      async read(pve, call, node, name) {
        const entry = await readClient(pve, call, node, name);
        const key = entry && wire.string(entry["key"]);
        if (key !== undefined) session.secrets.remember(key);
        return entry;
      },
      outputsOf(entry, name) {
        const key = wire.string(entry["key"]);
        if (key === undefined) throw new Error(`Ceph does not tell the key of client ${name}; nothing was changed`);
        return { key, keyring: keyringOf(name, key) };
      },
      live: (entry) => ({ caps: capsOf(entry) }),
      differences: (entry, { caps }) => differences(capsOf(entry), caps),
      make: (pve, call, { node, caps }, name) => makeClient(pve, call, node, name, words(caps)),
      change: (pve, call, { node, caps }, name) => changeCaps(pve, call, node, name, words(caps)),
      async whyKept(_pve, _call, at, entry, { caps }) {
        if (!isKnown(at, wire.string(entry["key"])))
          return "it has another key than this resource has made; if it is yours, run pulumi refresh first";
        const differs = differences(capsOf(entry), caps);
        if (differs.length === 0) return undefined;
        return `it may do something else by now than this resource has given it: ${differs.join(", ")}; run pulumi refresh first`;
      },
      remove: removeClient,
      elsewhere: {
        inspect: (call, { writeTo }, was) => store.inspect(call, writeTo, was?.writeTo),
        hidden: (at, { writeTo }) => (writeTo === undefined && at.reference === undefined ? at : withoutKey(at)),
        async write(call, { writeTo }, now, before) {
          if (writeTo === undefined) {
            const bare = { ...now, ...nothingWritten };
            if (before) store.leave(call, before, bare);
            return bare;
          }
          const { written } = await store.write(call, writeTo, before, { value: now.keyring ?? "" });
          const at = { ...now, ...written, key: undefined, keyring: undefined };
          if (before) store.leave(call, before, at);
          return at;
        },
        async due(call, at, live, { writeTo }) {
          if (writeTo === undefined) return undefined;
          if (at.reference === undefined) return `it is not in Infisical yet: ${anew}`;
          if (!isKnown(at, live.key)) return `its key is another one by now: ${anew}`;
          return store.due(call, at, writeTo, anew);
        },
        remove: (call, at) => store.remove(call, at),
      },
    },
    session,
  );
};
