import { X509Certificate } from "node:crypto";
import type { Ssh } from "../../../pve";
import { changing } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { SshCommands } from "../../checks/ssh-commands";
import { withoutHostKeysOf, withoutKeysOf } from "./traces";

/** Why it goes over SSH: the reason stands in the error of whoever has not set it up. */
export const leavingReason =
  "Proxmox's API takes a node off the cluster's list, and neither the cluster's files off the node nor the node's files off the cluster";

const unit = "pulumi-proxmox-cluster-leave";
const log = `/run/${unit}.log`;
const lookMs = 30_000;
const database = "/var/lib/pve-cluster/config.db";
const copyOf = (cluster: string): string => {
  if (!clusterName.test(cluster)) throw new Error(`${JSON.stringify(cluster)} is no cluster's name`);
  return `${database}.of-${cluster}`;
};
const clusterName = /^[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?$/i;
export const nodeName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

interface InCluster {
  readonly name: string;
  readonly nodeId: number | undefined;
  /** A QDevice is configured, whether its daemon runs or not: the API tells of one that runs where it is asked. */
  readonly qdevice: boolean;
}

/** What the machine itself has of a cluster. */
export interface MachineSays {
  readonly hostname: string;
  /** Of its own /etc/corosync/corosync.conf; undefined without that file. */
  readonly cluster: InCluster | undefined;
}

/** A node on its way out of a cluster, over SSH. Names were checked by the model; what comes back is read by strict forms. */
export class LeavingNode extends SshCommands {
  constructor(ssh: Ssh, call: Call, node: string) {
    super(ssh, call, node, lookMs);
    if (!nodeName.test(node)) throw new Error(`${JSON.stringify(node)} is no node's name`);
  }

  async says(): Promise<MachineSays> {
    const hostname = (await this.read("/etc/hostname"))?.trim();
    if (hostname === undefined || !/^[\w.-]+$/.test(hostname))
      throw new Error(`the machine that answers by SSH as ${this.node} does not tell its name`);
    const conf = await this.read("/etc/corosync/corosync.conf");
    return { hostname, cluster: conf === undefined ? undefined : inCorosyncConf(conf, this.node) };
  }

  /**
   * Makes the machine a Proxmox of its own, as a join makes it one of the cluster: its copy of the cluster's files goes out
   * of the way, and Proxmox begins a new one. As a service of the machine's own: whatever becomes of the connection, its
   * cluster file system is started again.
   */
  async standAlone(cluster: string, others: readonly string[]): Promise<void> {
    const steps = [
      "systemctl stop pve-cluster corosync",
      // One that is left would be taken into the new database; stopped cleanly, SQLite has removed it.
      `test '!' -e ${database}-wal`,
      `mv -- ${database} ${await this.freeCopy(cluster)}`,
      "rm -f -- /etc/corosync/corosync.conf /etc/corosync/authkey",
      "find /var/lib/corosync -type f -delete",
    ];
    await changing(this.call, async () => {
      // The file is a link into the cluster's: who signs in by it would be locked out together with the cluster.
      const keys = await this.read("/root/.ssh/authorized_keys");
      if (keys !== undefined)
        await this.ssh.writeFile(
          this.node,
          "/root/.ssh/authorized_keys",
          withoutKeysOf(keys, others).text,
          this.bounds(),
        );
      // What ended before its file went leaves a member, which goes on as one.
      const asBefore = "test -e /etc/corosync/corosync.conf && systemctl start corosync";
      const script = `${steps.join(" && ")}; ${asBefore}; systemctl start pve-cluster && ${this.settle}`;
      await this.asService(script);
    });
    const { cluster: still } = await this.says();
    if (still)
      throw new Error(
        `${this.node} still has /etc/corosync/corosync.conf of ${still.name}; look at ${log} and journalctl -u ${unit} there`,
      );
  }

  /** An earlier run has put the cluster's files out of the way here. */
  async hasBegunAnew(cluster: string): Promise<boolean> {
    return this.is("-e", copyOf(cluster));
  }

  /** A copy that is there stays: of a node that has left that cluster before, and joined it again. */
  private async freeCopy(cluster: string): Promise<string> {
    const names = [copyOf(cluster), ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${copyOf(cluster)}-${number}`)];
    for (const name of names) if (!(await this.is("-e", name))) return name;
    throw new Error(
      `${this.node} has ${names.length} copies ${copyOf(cluster)}*; remove those that you need no longer`,
    );
  }

  /** What follows when its files are out of the way; harmless where it has been done. */
  async settleDown(): Promise<void> {
    await changing(this.call, () => this.asService(`systemctl start pve-cluster && ${this.settle}`));
  }

  private readonly settle = "pvecm updatecerts && systemctl reload-or-restart pvedaemon pveproxy";

  /** SHA-256 of the certificate that the machine has made for itself. */
  async fingerprint(): Promise<string | undefined> {
    const pem = await this.read(`/etc/pve/nodes/${this.node}/pve-ssl.pem`);
    return pem === undefined ? undefined : new X509Certificate(pem).fingerprint256;
  }

  private async asService(script: string): Promise<void> {
    const { code, stderr } = await this.ssh.exec(
      this.node,
      [
        ...["systemd-run", "--wait", "--quiet", "--collect", `--unit=${unit}`],
        ...[`--property=StandardOutput=truncate:${log}`, "--property=StandardError=inherit", "--", "sh", "-c", script],
      ],
      { signal: this.call.signal, timeoutMs: this.call.remainingMs() },
    );
    if (code !== 0)
      throw this.failure(
        `making ${this.node} a Proxmox of its own`,
        code,
        stderr.trim() || ((await this.read(log)) ?? ""),
      );
  }

  private async read(file: string): Promise<string | undefined> {
    const content = await this.ssh.readFile(this.node, file, { ...this.bounds(), limit: 1024 * 1024 });
    return content?.toString("utf8");
  }
}

/** The files that a node leaves behind in the cluster, on one of those that stay. */
export class LeftBehind extends SshCommands {
  constructor(
    ssh: Ssh,
    call: Call,
    host: string,
    private readonly gone: string,
  ) {
    super(ssh, call, host, lookMs);
    for (const name of [host, gone])
      if (!nodeName.test(name)) throw new Error(`${JSON.stringify(name)} is no node's name`);
  }

  hasCephConf(): Promise<boolean> {
    return this.is("-e", "/etc/pve/ceph.conf");
  }

  /**
   * SHA-256 of the certificates that the cluster's files have of it: the node's own, and one that was uploaded, by which the
   * cluster knows it then (`get_node_fingerprint` in PVE/Cluster.pm).
   */
  async certificates(): Promise<string[]> {
    const found: string[] = [];
    for (const name of ["pve-ssl.pem", "pveproxy-ssl.pem"]) {
      const pem = await this.ssh.readFile(this.node, `/etc/pve/nodes/${this.gone}/${name}`, this.bounds());
      if (pem) found.push(new X509Certificate(pem).fingerprint256);
    }
    return found;
  }

  /** Addresses for which its own certificate was made: Proxmox writes the one that the node has had then into it. */
  async addressesInCertificate(): Promise<string[]> {
    const pem = await this.ssh.readFile(this.node, `/etc/pve/nodes/${this.gone}/pve-ssl.pem`, this.bounds());
    const names = pem ? (new X509Certificate(pem).subjectAltName ?? "").split(", ") : [];
    const found = names.flatMap((name) => /^IP Address:(.+)$/.exec(name)?.[1] ?? []);
    return found.filter((address) => !/^(?:127\.|::1$|0:0:0:0:0:0:0:1$)/.test(address));
  }

  /** Its directory, with its certificate and what was set for it; false when there was none. */
  async removeDirectory(): Promise<boolean> {
    const directory = `/etc/pve/nodes/${this.gone}`;
    if (!(await this.is("-d", directory))) return false;
    await changing(this.call, () => this.ssh.run(this.node, ["rm", "-r", "--", directory], this.bounds()));
    return true;
  }

  async removeKeys(addresses: readonly string[]): Promise<void> {
    await this.edit("/etc/pve/priv/authorized_keys", (text) => withoutKeysOf(text, [this.gone]).text);
    await this.edit("/etc/pve/priv/known_hosts", (text) => withoutHostKeysOf(text, [this.gone, ...addresses]).text);
  }

  /** A copy is edited and moved into its place: nobody ever reads half of it. */
  private async edit(file: string, change: (text: string) => string): Promise<void> {
    const read = async () => (await this.ssh.readFile(this.node, file, this.bounds()))?.toString("utf8");
    const before = await read();
    if (before === undefined || change(before) === before) return;
    const copy = `/root/.${unit}`;
    await changing(this.call, async () => {
      await this.ssh.writeFile(this.node, copy, change(before), this.bounds());
      try {
        // Into /etc/pve by cp: its file system knows no modes and owners to set.
        await this.ssh.run(this.node, ["cp", "--", copy, `${file}.new`], this.bounds());
        if ((await read()) !== before) throw new Error(`${file} on ${this.node} was changed meanwhile; run this again`);
        await this.ssh.run(this.node, ["mv", "--", `${file}.new`, file], this.bounds());
      } finally {
        await this.ssh.removeFile(this.node, copy, this.bounds());
      }
    });
  }
}

/** The cluster's name and the node's number in corosync's own copy of its file. */
function inCorosyncConf(text: string, node: string): InCluster {
  const [, name = ""] = /^\s*cluster_name:\s*(\S+)\s*$/m.exec(text) ?? [];
  const own = [...text.matchAll(/\bnode\s*\{([^{}]*)\}/g)]
    .map(([, body = ""]) => body)
    .find((body) => /^\s*name:\s*(\S+)\s*$/m.exec(body)?.[1] === node);
  const id = Number(/^\s*nodeid:\s*(\d+)\s*$/m.exec(own ?? "")?.[1]);
  return { name, nodeId: Number.isInteger(id) ? id : undefined, qdevice: /^\s*device\s*\{/m.test(text) };
}
