import { wire } from "../../../pve";
import { userConfig } from "../../access/user-config";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import type { Place } from "../place";

/** Puts the guest into its pool, or takes it out of the one that it was put into. */
export async function syncPool(
  pve: Pve,
  call: Call,
  { vmid }: Place,
  pool: string | undefined,
  was: string | undefined,
): Promise<void> {
  if (pool === undefined && was === undefined) return;
  if ((await pve.snapshot.guest(vmid))?.pool === pool) return;
  const vms = String(vmid);
  // Not the shared list: it believes what this run has written.
  const now = async () => {
    const rows = (await pve.api.cluster.resources.$get({ type: "vm" })) as unknown as readonly wire.WireObject[];
    return wire.string(rows.find((row) => wire.integer(row["vmid"]) === vmid)?.["pool"]);
  };
  await pve.write(call, {
    what: pool === undefined ? "leaving its pool" : `joining pool ${pool}`,
    lock: userConfig,
    send: async () => {
      const current = await now();
      if (current === pool) return;
      if (pool !== undefined) await pve.api.pools.$put({ poolid: pool, vms, "allow-move": true });
      else if (current !== undefined) await pve.api.pools.$put({ poolid: current, vms, delete: true });
    },
    happened: async () => (await now()) === pool,
  });
  pve.snapshot.patch(vmid, { pool });
}
