import { z } from "zod";
import type { Ssh } from "../../../pve";
import { SshCommands } from "../../checks/ssh-commands";
import type { Call } from "../../kernel/call/call";
import { changing } from "../../kernel/session/pve-session";
import { nodeName } from "../leave/over-ssh-leaving";
import { markFile } from "./cluster-mark";

/** Why it goes over SSH. */
export const apartReason = "Proxmox's API makes clusters, and takes none apart";

const unit = "pulumi-proxmox-cluster-apart";
const log = `/run/${unit}.log`;
/** Whose separation is under way here. In /run: after a boot systemd starts pve-cluster by itself. */
const begunFile = `/run/${unit}.begun`;
const begunCopy = `${begunFile}.new`;
/** There while the file of keys is no link. */
const keysCopy = `/run/${unit}.keys`;
const keysFile = "/root/.ssh/authorized_keys";
const keysTarget = "/etc/pve/priv/authorized_keys";
const lookMs = 30_000;
/** Programs that the separation needs: looked at before anything is done anywhere. */
const programs = ["/usr/bin/pmxcfs", "/usr/bin/killall", "/usr/bin/timeout", "/usr/bin/mountpoint"];

const begunSchema = z.strictObject({ owner: z.string(), cluster: z.string() });

/** The pmxcfs that was started by hand is none of systemd's. `--ns 1`: not one in a container. */
const endLocal = "timeout -k 5 60 killall --quiet --wait --ns 1 pmxcfs";

/** As it is on every node: whatever was done, the cluster file system runs, and who signs in by key does so by the cluster's file. */
const startAgain = [
  `systemctl stop pve-cluster; ${endLocal}; killall --quiet --signal KILL --ns 1 pmxcfs`,
  "test -e /etc/corosync/corosync.conf && systemctl start corosync",
  `systemctl start pve-cluster && test -e ${keysCopy} && ln -s -f -n -- ${keysTarget} ${keysFile}`,
  `systemctl is-active pve-cluster && rm -f -- ${begunFile} ${keysCopy}`,
];

/**
 * Makes a node a Proxmox by itself that keeps its copy of the cluster's files, as Proxmox's documentation separates one
 * without reinstalling it ("Separate a Node Without Reinstalling" of pvecm). One service of the machine's own: whatever
 * becomes of the connection, and whatever fails in it, the cluster file system is started again.
 */
export class SeparateNode extends SshCommands {
  constructor(ssh: Ssh, call: Call, node: string) {
    super(ssh, call, node, lookMs);
  }

  async missingPrograms(): Promise<string[]> {
    const missing: string[] = [];
    for (const program of programs) if (!(await this.is("-x", program))) missing.push(program);
    return missing;
  }

  /** Does its cluster file system run? */
  async hasFiles(): Promise<boolean> {
    return (await this.query(["systemctl", "is-active", "pve-cluster"])).code === 0;
  }

  /** A separation of an earlier run that was begun here and is not over: it ends by itself. */
  async isUnderWay(): Promise<boolean> {
    return (await this.query(["systemctl", "is-active", `${unit}.service`])).code === 0;
  }

  /** This very resource has begun it here since the machine was started, and it has not come to its end. */
  async wasBegun(cluster: string): Promise<boolean> {
    const text = await this.ssh.readFile(this.node, begunFile, { ...this.bounds(), limit: 4_096 });
    if (text === undefined) return false;
    try {
      const found = begunSchema.safeParse(JSON.parse(text.toString("utf8")));
      return found.success && found.data.owner === this.call.mark && found.data.cluster === cluster;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  /** Only where the mark of this very resource says so, in the very copy that it keeps, and no guest is in that copy. */
  async separate(cluster: string, note: string): Promise<void> {
    const begun = `${JSON.stringify({ owner: this.call.mark, cluster })}\n`;
    const steps = [
      `mv -- ${begunCopy} ${begunFile}`,
      ...((await this.hasLinkedKeys()) ? keysAsFile : []),
      "systemctl stop pve-cluster corosync",
      "pmxcfs -l",
      // In the copy that nobody else writes to any more: what came after the last look is seen here. A config is told, and fails it.
      isMarkedApart(note),
      `find /etc/pve/nodes -type f -name '*.conf' ${ofGuests} -print -exec false '{}' +`,
      "rm -f -- /etc/pve/corosync.conf",
      // Its end writes the database to the disk. Before that corosync's files stay: a power loss may bring corosync.conf back.
      endLocal,
      "rm -f -- /etc/corosync/corosync.conf /etc/corosync/authkey",
      "find /var/lib/corosync -type f -delete",
    ];
    const script = [`if ${steps.join(" && ")}; then`, ...startAgain, "else", ...startAgain, "exit 1", "fi"];
    await changing(this.call, async () => {
      await this.ssh.writeFile(this.node, begunCopy, begun, this.bounds());
      await this.asService(`separating ${this.node}`, script);
    });
  }

  async start(): Promise<void> {
    await changing(this.call, () => this.asService(`starting pve-cluster of ${this.node}`, startAgain));
  }

  /** What its copy has of another node, only as long as it is by itself and carries this resource's mark. */
  async removeDirectoryOf(other: string, note: string): Promise<void> {
    if (!nodeName.test(other) || other === this.node)
      throw new Error(`${JSON.stringify(other)} is no other node's name`);
    const directory = `/etc/pve/nodes/${other}`;
    if (!(await this.is("-d", directory))) return;
    const alone = `mountpoint -q /etc/pve && test '!' -e /etc/pve/corosync.conf && ${isMarkedApart(note)}`;
    await changing(this.call, () =>
      this.ssh.run(this.node, ["sh", "-c", `${alone} && rm -r -- ${directory}`], this.bounds()),
    );
  }

  /** A link into the cluster's files, as Proxmox makes it: who signs in by it would be locked out together with the cluster. */
  private async hasLinkedKeys(): Promise<boolean> {
    return (await this.query(["readlink", "--", keysFile])).stdout.trim() === keysTarget;
  }

  private async asService(what: string, script: readonly string[]): Promise<void> {
    const { code, stderr } = await this.ssh.exec(
      this.node,
      [
        ...["systemd-run", "--wait", "--quiet", "--collect", `--unit=${unit}`],
        ...[`--property=StandardOutput=truncate:${log}`, "--property=StandardError=inherit", "--"],
        ...["sh", "-c", script.join("\n")],
      ],
      { signal: this.call.signal, timeoutMs: this.call.remainingMs() },
    );
    if (code === 0) return;
    const said = await this.ssh.readFile(this.node, log, this.bounds());
    throw this.failure(what, code, stderr.trim() || (said?.toString("utf8") ?? ""));
  }
}

/** Configs of guests, among all files of the nodes. */
const ofGuests = "'(' -path '*/qemu-server/*' -o -path '*/lxc/*' ')'";

/** The note of this resource and the phase, in the order in which the mark is written. */
function isMarkedApart(note: string): string {
  if (!/^[0-9a-f]{16}$/.test(note)) throw new Error(`${JSON.stringify(note)} is no note of a mark`);
  return `grep --quiet --fixed-strings -- '"note":"${note}","phase":"apart"' ${markFile}`;
}

/** A copy takes the place of the link, with the modes that a file of keys needs. */
const keysAsFile = [
  `cp -- ${keysTarget} ${keysCopy}`,
  `cp -- ${keysCopy} ${keysFile}.new`,
  `mv -T -- ${keysFile}.new ${keysFile}`,
];
