import { Ssh, wire, type Connection, type SshOptions } from "../../../pve";
import type { SshBasics } from "./ssh-config";

/** SSH to the nodes of a cluster, whose addresses it tells. */
export const nodeSsh = (
  options: SshBasics & Pick<SshOptions, "onNoLogin">,
  connection: Connection,
  warn: (message: string) => void,
): Ssh =>
  new Ssh({
    ...options,
    redact: (text) => connection.redact(text),
    warn,
    async lookUp(node) {
      const rows = await connection.api.cluster.status.$get();
      return wire.string(rows.find(({ type, name }) => type === "node" && name === node)?.["ip"]);
    },
  });
