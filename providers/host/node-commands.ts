import type { Call } from "../kernel/call/call";
import { changing, type Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import { SshCommands } from "../checks/ssh-commands";
import { sshOf, sshProblem } from "../checks/ssh-needed";
import { readPlan, type AptPlan } from "./packages/apt-output";

/** Why each of these goes over SSH: the reason stands in the error of whoever has not set it up. */
const reasons = {
  packages: "Proxmox's API lists packages and refreshes their lists, but installs none",
  kernel: "Proxmox's API has no kernel parameters",
} as const;

export const sshProblems = (pve: Pve, why: keyof typeof reasons): Problem[] => sshProblem(pve, "node", reasons[why]);

/** One name for all of this program's runs of apt on a node: systemd lets nobody start a second one beside it. */
const aptUnit = "pulumi-proxmox-cluster-apt";
const aptLog = `/run/${aptUnit}.log`;
/** How long apt waits for dpkg's lock, in seconds. */
const longestLockWait = 600;
/** What an answer may take that is nothing but a look. */
const lookMs = 120_000;

/** All that this area does on a node over SSH. Every argument is quoted; what comes back is only read by strict forms. */
export class NodeCommands extends SshCommands {
  constructor(
    private readonly pve: Pve,
    call: Call,
    node: string,
    why: keyof typeof reasons,
  ) {
    super(sshOf(pve, `node ${node}`, reasons[why]), call, node, lookMs);
  }

  /** Versions of those packages that are installed. The API's `apt/versions` knows Proxmox's own packages alone. */
  async installed(names: readonly string[]): Promise<Map<string, string>> {
    const format = "${Package} ${db:Status-Status} ${Version}\\n";
    const { code, stdout, stderr } = await this.query(["dpkg-query", "-W", `-f=${format}`, "--", ...names]);
    // Code 1: some of the names are not known to dpkg, which it says; anything else is a failure.
    const failed = code > 1 || (code === 1 && !/no packages found matching/.test(stderr));
    if (failed) throw this.failure("dpkg-query", code, stderr);
    return new Map(
      stdout.split("\n").flatMap((line) => {
        const [, name, version] = /^(\S+) installed (\S+)$/.exec(line) ?? [];
        return name === undefined || version === undefined ? [] : [[name, version] as const];
      }),
    );
  }

  /** What apt would do. It takes no lock and changes nothing. */
  async plan(command: readonly string[]): Promise<AptPlan> {
    const { code, stdout, stderr } = await this.query(["apt-get", "-s", ...command]);
    if (code !== 0) throw this.failure(`apt-get ${command[0] ?? ""}`, code, stderr);
    return readPlan(stdout);
  }

  /**
   * Lets apt do it, as a service of the node's own: it goes on when the connection or this process is lost, and whoever
   * comes next waits for its end. It asks nothing, keeps configuration files that somebody has changed, restarts no
   * services by itself, and takes nothing away because nothing needs it any more.
   */
  async apt(what: string, command: readonly string[]): Promise<void> {
    const { call } = this;
    await this.untilFree();
    await call.safePoint();
    call.report.progress(what);
    await changing(call, async () => {
      const { code, stderr } = await this.ssh.exec(
        this.node,
        [
          ...["systemd-run", "--wait", "--quiet", "--collect", `--unit=${aptUnit}`],
          ...["--setenv=DEBIAN_FRONTEND=noninteractive", "--setenv=APT_LISTCHANGES_FRONTEND=none"],
          ...["--setenv=NEEDRESTART_SUSPEND=1", "--setenv=LC_ALL=C.UTF-8"],
          ...[`--property=StandardOutput=truncate:${aptLog}`, "--property=StandardError=inherit", "--"],
          ...["apt-get", "-y", "-q", "-o", `DPkg::Lock::Timeout=${longestLockWait}`],
          ...["-o", "Dpkg::Options::=--force-confold", "-o", "APT::Get::AutomaticRemove=false", ...command],
        ],
        { signal: call.signal, timeoutMs: call.remainingMs() },
      );
      if (code !== 0) throw this.failure(`apt-get ${command[0] ?? ""}`, code, stderr || (await this.log()));
    });
  }

  /** A run of apt that an earlier `up` has begun, and did not see the end of. */
  private async untilFree(): Promise<void> {
    const isActive = async (): Promise<boolean> =>
      (await this.query(["systemctl", "is-active", `${aptUnit}.service`])).stdout.trim() === "active";
    await this.pve.until(
      `apt on node ${this.node} to end, which an earlier run has begun`,
      async () => ((await isActive()) ? { pending: "still at work" } : { done: true }),
      this.call.remainingMs(),
    );
  }

  private async log(): Promise<string> {
    const text = (await this.readFile(aptLog))?.toString("utf8") ?? "";
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const wrong = lines.filter((line) => /^(?:E:|dpkg: error|\s*W:|Err)/.test(line));
    return (wrong.length > 0 ? wrong : lines).join("\n");
  }

  /** Kernel parameters that the node has, with their values as they are. */
  async parameters(names: readonly string[]): Promise<Map<string, string>> {
    const { stdout, stderr, code } = await this.query(["sysctl", "--", ...names]);
    if (code !== 0 && !/cannot stat|permission denied/i.test(stderr)) throw this.failure("sysctl", code, stderr);
    return new Map(
      stdout.split("\n").flatMap((line) => {
        const [, name, value] = /^([\w./:@-]+) = (.*)$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value.replace(/\s+/g, " ").trim()] as const];
      }),
    );
  }

  /** Sets what the file says; what went wrong, if anything did. */
  async loadParameters(file: string): Promise<string | undefined> {
    return changing(this.call, async () => {
      const { code, stderr } = await this.query(["sysctl", "-p", file]);
      return code === 0 ? undefined : stderr.trim() || `sysctl ended with exit code ${code}`;
    });
  }

  /** Another one after each boot: the API tells none. */
  async bootId(timeoutMs = lookMs): Promise<string> {
    const { stdout } = await this.query(["cat", "/proc/sys/kernel/random/boot_id"], timeoutMs);
    const [id] = /^[0-9a-f-]{36}$/.exec(stdout.trim()) ?? [];
    if (id === undefined) throw new Error(`node ${this.node} tells no boot id`);
    return id;
  }

  readFile(file: string): Promise<Buffer | undefined> {
    return this.ssh.readFile(this.node, file, { ...this.bounds(), limit: 1024 * 1024 });
  }

  writeFile(file: string, content: Buffer): Promise<void> {
    return changing(this.call, () => this.ssh.writeFile(this.node, file, content, { ...this.bounds(), mode: 0o644 }));
  }

  removeFile(file: string): Promise<boolean> {
    return changing(this.call, () => this.ssh.removeFile(this.node, file, this.bounds()));
  }
}
