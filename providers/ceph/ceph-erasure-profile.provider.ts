import { wire } from "../../pve";
import type { Session } from "../kernel/session/session";
import { cephErasureProfileModel, type CephErasureProfileInputs } from "./ceph-erasure-profile.model";
import { thing, type ThingState } from "./ceph-thing";
import { erasureProfile, erasureProfileNames, osdDump, removeErasureProfile, setErasureProfile } from "./over-ssh";

/** Keys of Ceph's by the names of the inputs, with what counts where nothing is written. */
const keys: readonly [keyof CephErasureProfileInputs, string, string | undefined][] = [
  ["k", "k", undefined],
  ["m", "m", undefined],
  ["failureDomain", "crush-failure-domain", "host"],
  ["deviceClass", "crush-device-class", ""],
  ["root", "crush-root", "default"],
  ["plugin", "plugin", undefined],
];

const valueOf = (inputs: Partial<CephErasureProfileInputs>, name: keyof CephErasureProfileInputs) =>
  inputs[name] as string | number | undefined;

export const cephErasureProfileProvider = (session: Session) =>
  thing<CephErasureProfileInputs, ThingState, wire.WireObject>(
    {
      kind: "CephErasureProfile",
      noun: "erasure code profile",
      model: cephErasureProfileModel,
      outputs: ["name", "node", "fsid"],
      async read(pve, call, node, name) {
        const names = await erasureProfileNames(pve, call, node);
        return names.includes(name) ? erasureProfile(pve, call, node, name) : undefined;
      },
      live: (profile, wanted) =>
        Object.fromEntries(
          keys.flatMap(([name, key, fallback]) => {
            const value = wire.string(profile[key]) ?? "";
            if (wanted[name] === undefined && (fallback === undefined || value === fallback)) return [];
            return [[name, name === "k" || name === "m" ? Number(value) : value || undefined]];
          }),
        ),
      differences: (profile, inputs) =>
        keys.flatMap(([name, key, fallback]) => {
          const wanted = inputs[name] === undefined ? fallback : String(valueOf(inputs, name));
          const live = wire.string(profile[key]) ?? "";
          return wanted === undefined || live === wanted ? [] : [`${name} is ${live || "any"}, not ${wanted || "any"}`];
        }),
      make: (pve, call, inputs, name) =>
        setErasureProfile(
          ...([pve, call, inputs.node, name] as const),
          keys.flatMap(([input, key, fallback]) => {
            const value = valueOf(inputs, input) ?? fallback;
            return value === undefined || value === "" ? [] : [`${key}=${value}`];
          }),
        ),
      async whyKept(pve, call, { node, name }) {
        const pools = wire.list((await osdDump(pve, call, node))["pools"]);
        const users = pools
          .filter((pool) => pool["erasure_code_profile"] === name)
          .map((pool) => wire.string(pool["pool_name"]) ?? "");
        return users.length === 0 ? undefined : `the data of pool ${users.join(", ")} can only be read by it`;
      },
      remove: removeErasureProfile,
    },
    session,
  );
