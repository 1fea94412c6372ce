import { randomBytes } from "node:crypto";
import type { Ssh } from "../../../pve";
import { oneSpelling } from "../../../pve/format/cidr";
import { connectedIn, type Connected } from "../../checks/corosync-links";
import { SshCommands } from "../../checks/ssh-commands";
import type { Call } from "../../kernel/call/call";
import { changing } from "../../kernel/session/pve-session";
import type { CorosyncConf } from "./corosync-text";

/** Why it goes over SSH. */
export const linksReason =
  "Proxmox's API changes neither links nor votes nor priorities of a cluster that runs, nor its QDevice";

const file = "/etc/pve/corosync.conf";
/** Of a name of our own: Proxmox writes corosync.conf.new itself. */
const beside = `${file}.pulumi.new`;
const lock = "/etc/pve/priv/lock/file-corosync_conf";
/** The file is replaced where it is still as it was; whatever comes of that, the lock goes. */
const underLock = (was: string, by: string): string =>
  [
    "set -e",
    `mkdir -- ${lock}`,
    "set +e",
    `cmp -s -- ${file} ${was} && cp -- ${by} ${beside} && mv -- ${beside} ${file}`,
    `rm -f -- ${beside}`,
    `rmdir -- ${lock}`,
  ].join("\n");
const lookMs = 30_000;

/** Corosync of one member, over SSH. Of what comes back only lines of a known form are read. */
export class CorosyncNode extends SshCommands {
  constructor(ssh: Ssh, call: Call, node: string) {
    super(ssh, call, node, lookMs);
  }

  async hostname(): Promise<string | undefined> {
    return (await this.text("/etc/hostname"))?.trim();
  }

  /** The version that corosync works with, whatever the file says. */
  async version(): Promise<number> {
    const { code, stdout, stderr } = await this.query(["corosync-cmapctl", "-g", "totem.config_version"]);
    const [, version] = /^totem\.config_version \(u64\) = (\d+)\s*$/.exec(stdout) ?? [];
    if (code !== 0 || version === undefined) throw this.failure("corosync-cmapctl", code, stderr || stdout);
    return Number(version);
  }

  async connected(): Promise<Connected> {
    const { code, stdout, stderr } = await this.query(["corosync-cfgtool", "-n"]);
    if (code !== 0) throw this.failure("corosync-cfgtool -n", code, stderr);
    return connectedIn(stdout);
  }

  async conf(): Promise<string> {
    const text = await this.text(file);
    if (text === undefined) throw new Error(`${this.node} has no ${file}`);
    return text;
  }

  /**
   * A copy is written and moved into its place if the file is still the one that was read, under the lock that Proxmox takes
   * for it (`cfs_lock_file` in PVE/Cluster.pm): who joins or leaves meanwhile waits. Undefined while somebody else has it.
   */
  async replace(was: string, by: string): Promise<true | undefined> {
    // Of another name each time: two runs at once have nothing in common but the lock.
    const copy = `/root/.pulumi-proxmox-cluster-corosync-${randomBytes(8).toString("hex")}`;
    const files = { [`${copy}.was`]: was, [`${copy}.new`]: by };
    return changing(this.call, async () => {
      try {
        for (const [name, text] of Object.entries(files))
          await this.ssh.writeFile(this.node, name, text, this.bounds());
        const script = underLock(`${copy}.was`, `${copy}.new`);
        const { code, stderr } = await this.query(["env", "LC_ALL=C", "sh", "-c", script]);
        if (code !== 0 && /File exists/.test(stderr)) return undefined;
        const now = await this.conf();
        if (now === by) return true;
        if (code !== 0 || now === was) throw this.failure(`changing ${file}`, code, stderr);
        throw new Error(`${file} was changed meanwhile; it was left as it is. Run this again`);
      } finally {
        await this.query(["rm", "-f", "--", ...Object.keys(files)]);
      }
    });
  }

  private async text(name: string): Promise<string | undefined> {
    return (await this.ssh.readFile(this.node, name, { ...this.bounds(), limit: 1024 * 1024 }))?.toString("utf8");
  }
}

/** Links of the file that every node sees connected to every other one, at the addresses that the file has. */
export function wholeLinks({ nodes }: CorosyncConf, seen: ReadonlyMap<string, Connected>): string[] {
  const numbers = new Set(nodes.flatMap(({ links }) => Object.keys(links)));
  // A name is resolved on the nodes: only addresses can be compared.
  const isIt = (said: string | undefined, is: string): boolean =>
    said !== undefined && (!/^[\d.]+$|:/.test(said) || oneSpelling(said) === oneSpelling(is));
  return [...numbers].sort().filter((number) =>
    nodes.every((one) =>
      nodes.every((other) => {
        if (one === other) return true;
        const links = seen.get(one.name)?.get(other.nodeId) ?? [];
        return links.some(
          (link) => link.number === number && isIt(one.links[number], link.from) && isIt(other.links[number], link.to),
        );
      }),
    ),
  );
}
