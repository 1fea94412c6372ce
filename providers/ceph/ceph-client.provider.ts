import { wire } from "../../pve";
import type { Session } from "../kernel/session/session";
import { cephClientModel, type CephClientInputs } from "./ceph-client.model";
import { thing, type ThingState } from "./ceph-thing";
import { changeCaps, makeClient, readClient, removeClient } from "./over-ssh";

interface ClientState extends ThingState {
  readonly key: string;
  readonly keyring: string;
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

export const cephClientProvider = (session: Session) =>
  thing<CephClientInputs, ClientState, wire.WireObject>(
    {
      kind: "CephClient",
      noun: "Ceph client",
      model: cephClientModel,
      outputs: ["name", "node", "fsid", "key", "keyring"],
      async read(pve, call, node, name) {
        const entry = await readClient(pve, call, node, name);
        const key = entry && wire.string(entry["key"]);
        if (key !== undefined) session.secrets.remember(key);
        return entry;
      },
      outputsOf(entry, name) {
        const key = wire.string(entry["key"]);
        if (key === undefined) throw new Error(`Ceph does not tell the key of client ${name}; nothing was changed`);
        return { key, keyring: `[client.${name}]\n\tkey = ${key}\n` };
      },
      live: (entry) => ({ caps: capsOf(entry) }),
      differences: (entry, { caps }) => differences(capsOf(entry), caps),
      make: (pve, call, { node, caps }, name) => makeClient(pve, call, node, name, words(caps)),
      change: (pve, call, { node, caps }, name) => changeCaps(pve, call, node, name, words(caps)),
      async whyKept(_pve, _call, at, entry, { caps }) {
        if (wire.string(entry["key"]) !== at.key)
          return "it has another key than this resource has made; if it is yours, run pulumi refresh first";
        const differs = differences(capsOf(entry), caps);
        if (differs.length === 0) return undefined;
        return `it may do something else by now than this resource has given it: ${differs.join(", ")}; run pulumi refresh first`;
      },
      remove: removeClient,
    },
    session,
  );
