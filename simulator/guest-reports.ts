import { guestRow, onlineOnce, type ResourceRow } from "./resources.js";
import type { Simulation } from "./simulation.js";
import type { Guest } from "./world/guest.js";

/** What the nodes last reported of their guests, for lists that lag behind. */
export class GuestReports {
  private rows: Map<number, ResourceRow> | undefined;
  private at = 0;

  constructor(private readonly simulation: Simulation) {}

  /** Takes down how all guests are now. */
  take(): void {
    this.at = this.simulation.clock.now();
    const clusters = Object.values(this.simulation.world.clusters);
    const guests = clusters.flatMap((cluster) => Object.values(cluster.guests));
    const isUp = onlineOnce(this.simulation);
    this.rows = new Map(guests.map((guest) => [guest.vmid, guestRow(this.simulation, guest, isUp)]));
  }

  /** The row of a guest in a report that is at most so old; undefined when it did not exist then. */
  row(guest: Guest, age: number): ResourceRow | undefined {
    if (!this.rows || this.simulation.clock.now() - this.at >= age) this.take();
    const row = this.rows?.get(guest.vmid);
    return row?.["node"] === guest.node ? row : undefined;
  }
}
