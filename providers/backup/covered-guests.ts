import type { Guest } from "../../pve";
import type { BackupJobInputs } from "./backup-job.model";

/** Guests that are there and that a job backs up when it runs now (`get_included_guests` in PVE/VZDump.pm). */
export function coveredGuests(guests: readonly Guest[], job: Partial<BackupJobInputs>): Guest[] {
  const { vmids, pool, exclude = [], node } = job;
  return guests.filter(
    (guest) =>
      (node === undefined || guest.node === node) &&
      (vmids?.includes(guest.vmid) ??
        (pool === undefined ? job.all === true && !exclude.includes(guest.vmid) : guest.pool === pool)),
  );
}
