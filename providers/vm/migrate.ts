import type { SnapshotStorage } from "../../pve";
import type { Pve } from "../pve-session";
import type { Call } from "../runtime/call";
import { ejectLocalData } from "./cloud-init-files";
import { storagesOf } from "./clone-route";
import { slotOf, type Disk } from "./disk.model";
import { drives, type GuestConfig } from "./guest-config";
import { assertOurs, readGuest } from "./identity";
import { chooseNode, fitsNode, type Where } from "./placement";
import type { GuestOutputs } from "./sync";

/** Moves a guest that is not where it shall be: online when it runs, with its local disks. */
export async function migrateGuest(
  pve: Pve,
  call: Call,
  at: GuestOutputs,
  where: Where & { readonly cloudInit?: { readonly storage?: string | undefined } | undefined },
): Promise<GuestOutputs> {
  if (fitsNode(where, at.node)) return at;
  const guest = await readGuest(pve, at);
  assertOurs(guest, at);
  await ejectLocalData(pve, call, at, guest);
  const node = where.node ?? (await chooseNode(pve, where));
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  const { status } = await machine.status.current.$get();
  const storages = storageMap(await pve.snapshot.storages(), guest, node, where.disks ?? [], where.cloudInit?.storage);
  const arrived = () => pve.exists(node, at.vmid);
  await pve.task(
    call,
    `migrating from ${at.node} to ${node}`,
    () =>
      machine.migrate.$post({
        target: node,
        ...(status === "running" ? { online: true } : {}),
        "with-local-disks": true,
        ...(storages === "" ? {} : { targetstorage: storages }),
      }),
    arrived,
  );
  // The task of a guest under high availability only asks for the move.
  await pve.until(
    `VM ${at.vmid} arrives on ${node}`,
    async () => ((await arrived()) ? { done: true } : { pending: `it is still on ${at.node}` }),
    call.remainingMs(),
  );
  pve.snapshot.patch(at.vmid, { node });
  return { ...at, node };
}

/**
 * `from:to` for local storages whose volumes shall be elsewhere on the target, or must be because the target lacks
 * them. Where only some disks of a storage change it, they are moved afterwards, one by one.
 */
export function storageMap(
  storages: readonly SnapshotStorage[],
  guest: GuestConfig,
  node: string,
  disks: readonly Disk[],
  cloudInit: string | undefined,
): string {
  const wanted = new Map(disks.map((disk, i) => [slotOf(disk, i), disk.storage]));
  const live = [...drives(guest)].map(([slot, { volume }]) => ({
    from: volume.split(":")[0] as string,
    to: wanted.get(slot),
  }));
  return storagesOf(guest)
    .flatMap((from) => {
      if (storages.some((row) => row.storage === from && row.shared)) return [];
      const targets = live.filter((drive) => drive.from === from).map(({ to }) => to);
      const [first] = targets;
      if (first !== undefined && first !== from && targets.every((to) => to === first)) return [`${from}:${first}`];
      if (storages.some((row) => row.storage === from && row.node === node)) return [];
      const fallback = targets.find((to) => to !== undefined) ?? cloudInit ?? disks[0]?.storage;
      return fallback === undefined || fallback === from ? [] : [`${from}:${fallback}`];
    })
    .join(",");
}
