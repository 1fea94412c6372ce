import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { filesOf, restoring } from "../../../providers/firewall/guard/switch-files";

export const theArming = "0123456789ab-01234567-42-1-0123abcd";
export const cluster = "/etc/pve/firewall/cluster.fw";
const home = "/var/lib/pulumi-proxmox-cluster/firewall";

/** The scripts of one arming, run by a real shell below a directory of their own. */
export class ScriptNode {
  readonly root = mkdtempSync(path.join(tmpdir(), "switch-"));
  readonly files = filesOf(theArming);

  constructor() {
    for (const one of ["/bin", "/run", "/etc/pve/firewall", home]) mkdirSync(this.at(one), { recursive: true });
    this.write("/etc/pve/.version", "{}\n");
    this.program("systemctl", `echo "$*" >> ${this.at("/systemctl")}`);
    // Time is told by the files.
    this.program("sleep", "exit 0");
  }
  at = (file: string): string => path.join(this.root, file);
  write(file: string, text: string): void {
    writeFileSync(this.at(file), text);
  }
  read = (file: string): string | undefined =>
    existsSync(this.at(file)) ? readFileSync(this.at(file), "utf8") : undefined;
  program(name: string, text: string): void {
    writeFileSync(this.at(`/bin/${name}`), `#!/bin/sh\n${text}\n`);
    chmodSync(this.at(`/bin/${name}`), 0o755);
  }
  /** Every command that is not below this directory is the system's own. */
  get env() {
    return { PATH: `${this.at("/bin")}:/usr/bin:/bin` };
  }
  here = (script: string): string =>
    script
      .replaceAll("/var/lib/", this.at("/var/lib/"))
      .replaceAll("/run/", this.at("/run/"))
      .replaceAll("/etc/pve/", `${this.at("/etc/pve")}/`);
  run(script: string): SpawnSyncReturns<string> {
    return spawnSync("/bin/sh", ["-c", this.here(script)], { env: this.env, encoding: "utf8" });
  }
  restore = (isNew = false) => this.run(restoring("golf", theArming, cluster, isNew));
  /** Without quorum /etc/pve is read, and not written. */
  setQuorum(has: boolean): void {
    const refuse = `case "$*" in *.pulumi-golf*) echo "cp: Permission denied" >&2; exit 1;; esac\n`;
    this.program("cp", `${has ? "" : refuse}exec /bin/cp "$@"`);
  }
  unmount(): void {
    rmSync(this.at("/etc/pve"), { recursive: true });
  }
  mount(text: string): void {
    mkdirSync(this.at("/etc/pve/firewall"), { recursive: true });
    this.write("/etc/pve/.version", "{}\n");
    this.write(cluster, text);
  }
  /** One that goes on beside the test. */
  begin(script: string): { readonly ended: Promise<number>; said(): string } {
    const child = spawn("/bin/sh", ["-c", this.here(script)], { env: this.env });
    let said = "";
    child.stdout.on("data", (text) => (said += String(text)));
    const ended = new Promise<number>((done) => child.on("close", (code) => done(code ?? -1)));
    return { ended, said: () => said };
  }
  /** What systemd was told. */
  get halts(): string {
    return this.read("/systemctl") ?? "";
  }
  /** All that a switch has left, for the next look at the same node. */
  clear(): void {
    for (const file of readdirSync(this.at(home))) rmSync(this.at(`${home}/${file}`));
    for (const file of readdirSync(this.at("/run"))) rmSync(this.at(`/run/${file}`), { recursive: true });
    this.write("/systemctl", "");
  }
  /** The cluster file system comes back with what was in it. */
  remount(from: string): void {
    rmSync(this.at("/etc/pve"), { recursive: true, force: true });
    renameSync(this.at(from), this.at("/etc/pve"));
  }
  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
