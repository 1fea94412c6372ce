import { wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { suggestion } from "../kernel/state/problems";
import { cephManagerModuleModel, type CephManagerModuleInputs } from "./ceph-manager-module.model";
import { thing, type ThingState } from "./ceph-thing";
import { sharedInPreview } from "./preview-look";
import { switchModule } from "./over-ssh";

interface ModuleState extends ThingState {
  readonly url?: string | undefined;
}

/** What the managers know of their modules. */
interface Modules {
  readonly enabled: readonly string[];
  readonly alwaysOn: readonly string[];
  readonly available: readonly string[];
  readonly services: wire.WireObject;
  readonly active: boolean;
}

async function readModules(pve: Pve, node: string): Promise<Modules> {
  const status = wire.object(await pve.api.nodes.$(node).ceph.status.$get());
  const map = wire.object(status["mgrmap"]);
  if (!Array.isArray(map["modules"]))
    throw new Error("the answer to what modules the managers have is not whole; nothing was changed");
  return {
    enabled: wire.strings(map["modules"]),
    alwaysOn: Object.values(wire.object(map["always_on_modules"])).flatMap(wire.strings),
    available: wire.list(map["available_modules"]).map((row) => wire.string(row["name"]) ?? ""),
    services: wire.object(map["services"]),
    active: wire.boolean(map["available"]),
  };
}

/** The active manager starts anew with another list of modules. */
const untilActive = (pve: Pve, call: Call, node: string, name: string): Promise<boolean> =>
  pve.until(
    `a manager to be active with module ${name}`,
    async () => {
      const { active, enabled } = await readModules(pve, node);
      if (!enabled.includes(name)) return { pending: "it is not enabled" };
      return active ? { done: true } : { pending: "no manager is active" };
    },
    call.remainingMs(),
  );

export const cephManagerModuleProvider = (session: Session) =>
  thing<CephManagerModuleInputs, ModuleState, Modules>(
    {
      kind: "CephManagerModule",
      noun: "manager module",
      model: cephManagerModuleModel,
      outputs: ["name", "node", "fsid", "url"],
      async read(pve, _call, node, name) {
        const found = await readModules(pve, node);
        return found.enabled.includes(name) || found.alwaysOn.includes(name) ? found : undefined;
      },
      outputsOf: ({ services }, name) => ({ url: wire.string(services[name]) }),
      live: () => ({}),
      differences: () => [],
      async make(pve, call, { node }, name) {
        await switchModule(pve, call, node, name, "enable");
        await untilActive(pve, call, node, name);
      },
      async whyKept(pve, _call, { node, name }) {
        const { alwaysOn } = await readModules(pve, node);
        return alwaysOn.includes(name) ? "it is always on" : undefined;
      },
      remove: (pve, call, node, name) => switchModule(pve, call, node, name, "disable"),
      async inspect(pve, call, { name = "", node = "" }) {
        const read = (at: Pve) => readModules(at, node);
        const { enabled, alwaysOn, available } = await sharedInPreview(session, pve, call, `modules of ${node}`, read);
        if (alwaysOn.includes(name))
          return [{ path: "name", message: `module ${name} is always on; leave the resource out` }];
        if (enabled.includes(name) || available.includes(name) || available.length === 0) return [];
        const needs =
          name === "dashboard" ? "; it comes with package ceph-mgr-dashboard, on each node with a manager" : "";
        return [{ path: "name", message: `the managers have no module ${name}${suggestion(name, available)}${needs}` }];
      },
    },
    session,
  );
