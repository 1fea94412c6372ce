import type { Call } from "../../kernel/call/call";
import { untilAborted } from "../../kernel/call/until-aborted";
import type { Pve } from "../../kernel/session/pve-session";
import { readPending, type VmConfig, type PendingRow } from "../config/vm-config";
import type { Place } from "../place";

const makeConfigs = () => new Map<number, Promise<VmConfig>>();
const templateConfigs = (pve: Pve) => pve.memory("vm: configs of templates", makeConfigs);

/** The config of a guest that others clone, read once for all of them. */
export function templateConfig(pve: Pve, call: Call, { node, vmid }: Place): Promise<VmConfig> {
  const { connection } = pve.process;
  const templates = templateConfigs(pve);
  let config = templates.get(vmid);
  if (!config) {
    config = connection.api.nodes
      .$(node)
      .qemu.$(vmid)
      .pending.$get()
      .then((rows) => readPending(rows as unknown as PendingRow[]));
    templates.set(vmid, config);
    config.catch(() => templates.delete(vmid));
  }
  return untilAborted(call.signal, config);
}

/** The template has another config now, or is gone. */
export const forgetTemplateConfig = (pve: Pve, vmid: number): boolean => templateConfigs(pve).delete(vmid);
