import { isProxmoxError, type Params } from "../../pve";
import type { Place, Pve } from "../pve-session";
import type { Call } from "../runtime/call";

/** Changes the config of a guest, as a task, because it may allocate or free a volume. */
export async function changeConfig(
  pve: Pve,
  call: Call,
  { node, vmid }: Place,
  config: Params,
  what: string,
): Promise<void> {
  await pve.limits([`vm:${vmid}`], call, () =>
    pve.task(call, what, () => pve.api.nodes.$(node).qemu.$(vmid).config.$post(config)),
  );
}

/** Once the engine has recorded what the creation returns, the guest is no longer unfinished. */
export function describeWhenRecorded(pve: Pve, call: Call, { node, vmid }: Place, description: string): void {
  const { connection } = pve.process;
  call.whenRecorded(async () => {
    try {
      await connection.api.nodes.$(node).qemu.$(vmid).config.$put({ description });
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      call.report.warn(`VM ${vmid} stays marked as unfinished until its next change: ${error.message}`);
    }
  });
}
