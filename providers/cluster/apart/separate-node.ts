import type { Ssh } from "../../../pve";
import { SshCommands } from "../../checks/ssh-commands";
import type { Call } from "../../kernel/call/call";
import { changing } from "../../kernel/session/pve-session";
import { markFile } from "./cluster-mark";

/** Why it goes over SSH. */
export const apartReason = "Proxmox's API makes clusters, and takes none apart";

const unit = "pulumi-proxmox-cluster-apart";
const log = `/run/${unit}.log`;
const lookMs = 30_000;
/** Programs that the separation needs: looked at before anything is done anywhere. */
const programs = ["/usr/bin/pmxcfs", "/usr/bin/killall"];

/** One that was started by hand is none of systemd's; then as it is on every node. */
const startAgain =
  "systemctl stop pve-cluster; killall --quiet --wait pmxcfs; " +
  "test -e /etc/corosync/corosync.conf && systemctl start corosync; systemctl start pve-cluster";

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

  /** An earlier run has begun it here since the machine was started. */
  async wasBegun(): Promise<boolean> {
    return this.is("-e", log);
  }

  /** Only where the mark says so, in the very copy that it keeps. */
  async separate(): Promise<void> {
    const steps = [
      "systemctl stop pve-cluster corosync",
      "pmxcfs -l",
      // In the copy that nobody else writes to any more.
      `grep --quiet --fixed-strings -- '"phase":"apart"' ${markFile}`,
      "rm -f -- /etc/pve/corosync.conf",
      "rm -f -- /etc/corosync/corosync.conf /etc/corosync/authkey",
      "find /var/lib/corosync -type f -delete",
    ];
    await this.asService(`separating ${this.node}`, `${steps.join(" && ")}; ${startAgain}`);
  }

  async start(): Promise<void> {
    await this.asService(`starting pve-cluster of ${this.node}`, startAgain);
  }

  private async asService(what: string, script: string): Promise<void> {
    await changing(this.call, async () => {
      const { code, stderr } = await this.ssh.exec(
        this.node,
        [
          ...["systemd-run", "--wait", "--quiet", "--collect", `--unit=${unit}`],
          ...[
            `--property=StandardOutput=truncate:${log}`,
            "--property=StandardError=inherit",
            "--",
            "sh",
            "-c",
            script,
          ],
        ],
        { signal: this.call.signal, timeoutMs: this.call.remainingMs() },
      );
      if (code === 0) return;
      const said = await this.ssh.readFile(this.node, log, this.bounds());
      throw this.failure(what, code, stderr.trim() || (said?.toString("utf8") ?? ""));
    });
  }
}
