import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { HostsEntriesArgs, HostsEntriesEntryArgs } from "./arguments.generated";

/**
 * Lines of a node's /etc/hosts, as a block of their own between two marks. What stands outside of the block stays as it
 * is, byte for byte, with one exception: names of the block are taken out of a line for `127.0.1.1`, which Debian writes
 * for the machine's own name and which keeps Proxmox from finding the node's address. Lines of others that have another
 * address for a name of the block are an error, unless `override` is set. The preview tells which lines give way. Deleting
 * the resource takes out the block and nothing else.
 *
 * ```ts
 * new HostsEntries("cluster", {
 *   node: "echo",
 *   entries: [
 *     { address: "192.168.3.5", names: ["echo.example.com", "echo"] },
 *     { address: "192.168.8.5", names: ["echo-corosync"] },
 *   ],
 * });
 * ```
 */
export class HostsEntries extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the block in the file. */
  declare readonly block: pulumi.Output<string>;
  /** Lines of the block. */
  declare readonly entries: pulumi.Output<HostsEntriesEntryArgs[]>;

  /** A block as it is, by `node/block`, only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): HostsEntries {
    return new HostsEntries(name, {} as HostsEntriesArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: HostsEntriesArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "HostsEntries", outputs: ["node", "block", "entries"], marked: true }, name, args, opts);
  }
}
