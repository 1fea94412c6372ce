import { isProxmoxError, wire, type Connection } from "../../pve";

/** Fabrics and their nodes by what messages call them, each as one text. */
type Fabrics = ReadonlyMap<string, string>;

async function read({ transport }: Pick<Connection, "transport">, running: boolean): Promise<Fabrics> {
  const { data } = await transport.request("GET", "/cluster/sdn/fabrics/all", running ? { running: 1 } : {});
  const { fabrics, nodes } = wire.object(data);
  const text = ({ digest: _, ...row }: wire.WireObject) =>
    Object.entries(row)
      .map(([key, value]) => `${key} ${Array.isArray(value) ? value.map(String).sort().join(",") : String(value)}`)
      .sort()
      .join(", ");
  return new Map([
    ...wire.list(fabrics).map((row) => [`fabric ${wire.string(row["id"]) ?? ""}`, text(row)] as const),
    ...wire.list(nodes).map((row) => {
      const [fabric, node] = [wire.string(row["fabric_id"]) ?? "", wire.string(row["node_id"]) ?? ""];
      return [`node ${node} of fabric ${fabric}`, text(row)] as const;
    }),
  ]);
}

/**
 * What is staged of fabrics, for people, a line each. They are not managed, but an apply of SDN takes them along.
 * Proxmox VE 8 has none.
 */
export async function stagedFabrics(reader: Pick<Connection, "transport">): Promise<string[]> {
  try {
    const [config, running] = await Promise.all([read(reader, false), read(reader, true)]);
    return [...new Set([...running.keys(), ...config.keys()])].sort().flatMap((name) => {
      const [before, after] = [running.get(name), config.get(name)];
      if (before === after) return [];
      if (after === undefined) return [`${name}: deleted`];
      return [before === undefined ? `${name}: new (${after})` : `${name}: ${before} -> ${after}`];
    });
  } catch (error) {
    if (isProxmoxError(error, "unsupported")) return [];
    throw error;
  }
}
