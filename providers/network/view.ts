import type { Connection } from "../../pve";
import { rowsOf, type Rows } from "./row";

/** The networks of a node as its API tells them: what is staged, where something is, else what is configured. */
export interface NodeView {
  readonly rows: Rows;
  /** The difference that is staged, as Proxmox shows it. */
  readonly changes: string | undefined;
}

/** Reads them; `connection`: with the signal and the patience that the caller has. */
export async function readView({ transport }: Pick<Connection, "transport">, node: string): Promise<NodeView> {
  const { data, changes } = await transport.request("GET", `/nodes/${node}/network`);
  return { rows: rowsOf(data), changes };
}
