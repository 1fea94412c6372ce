import type { ResourceRow } from "./resource-row.js";
import { guestRow, onlineOnce } from "./resources.js";
import type { Simulation } from "./simulation.js";
import type { Guest } from "./world/guest.js";

/** Lets the nodes report how all guests are now, for lists that lag behind. */
export function reportGuests(simulation: Simulation): void {
  const clusters = Object.values(simulation.world.clusters);
  const guests = clusters.flatMap((cluster) => Object.values(cluster.guests));
  const isUp = onlineOnce(simulation);
  const rows = new Map(guests.map((guest) => [guest.vmid, guestRow(simulation, guest, isUp)]));
  simulation.guestReport = { at: simulation.clock.now(), rows };
}

/** The row of a guest in a report that is at most so old; undefined when it did not exist then. */
export function lastReported(simulation: Simulation, guest: Guest, age: number): ResourceRow | undefined {
  const last = simulation.guestReport;
  if (!last || simulation.clock.now() - last.at >= age) reportGuests(simulation);
  const row = simulation.guestReport?.rows.get(guest.vmid);
  return row?.["node"] === guest.node ? row : undefined;
}
