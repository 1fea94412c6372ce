import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { filesOf, halting, restoring } from "../../../providers/firewall/guard/switch-files";

const arming = "0123456789ab-01234567-42-1-0123abcd";
const cluster = "/etc/pve/firewall/cluster.fw";

/** The scripts of one arming, run by a real shell below a directory of their own. */
class Node {
  readonly root = mkdtempSync(path.join(tmpdir(), "switch-"));
  readonly files = filesOf(arming);

  constructor() {
    for (const one of ["/bin", "/etc/pve/firewall", "/var/lib/pulumi-proxmox-cluster/firewall"])
      mkdirSync(this.at(one), { recursive: true });
    this.program("systemctl", `echo "$*" >> ${this.at("/systemctl")}`);
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
  run(script: string, timeout?: number) {
    const text = script
      .replaceAll("/var/lib/", this.at("/var/lib/"))
      .replaceAll("/etc/pve/", `${this.at("/etc/pve")}/`);
    return spawnSync("/bin/sh", ["-c", text], {
      env: { PATH: `${this.at("/bin")}:${process.env["PATH"] ?? ""}` },
      encoding: "utf8",
      ...(timeout === undefined ? {} : { timeout, killSignal: "SIGKILL" as const }),
    });
  }
  get halts(): string {
    return this.read("/systemctl") ?? "";
  }
  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe("the scripts of a switch, run by a real shell", function () {
  let node: Node;
  beforeEach(() => void (node = new Node()));
  afterEach(() => node.close());

  it("stop the firewall where the disk is full and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    node.write(cluster, "changed\n");
    node.program(
      "cp",
      `case "$*" in *"/dev/null "*) exec /bin/cp "$@";; esac\necho "cp: No space left on device" >&2\nexit 1`,
    );
    assert.notEqual(node.run(restoring("golf", arming, cluster)).status, 0);
    assert.equal(node.run(halting(arming)).status, 0);
    assert.match(
      node.halts,
      /stop pve-firewall\.service/,
      readdirSync(node.at("/var/lib/pulumi-proxmox-cluster/firewall")).join(),
    );
  });

  it("stop the firewall where /etc/pve hangs and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    spawnSync("mkfifo", [node.at(cluster)]);
    node.run(restoring("golf", arming, cluster), 1_000);
    assert.equal(node.run(halting(arming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
  });

  it("put the old file back though /etc/pve was not there at the first start, and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    rmSync(node.at("/etc/pve/firewall"), { recursive: true });
    assert.notEqual(node.run(restoring("golf", arming, cluster)).status, 0);
    mkdirSync(node.at("/etc/pve/firewall"));
    node.write(cluster, "changed\n");
    const { stdout } = node.run(restoring("golf", arming, cluster));
    assert.equal(node.read(cluster), "old\n", stdout);
  });

  it("does not take a file for removed that could not be looked at", () => {
    node.write(node.files.armed, "");
    node.write(node.files.written, "changed\n");
    rmSync(node.at("/etc/pve/firewall"), { recursive: true });
    const { status, stdout } = node.run(restoring("golf", arming, cluster));
    assert.notEqual(status, 0, stdout);
  });

  it("may run twice at once, and neither takes the other's copy for somebody else's change", async () => {
    node.write(node.files.armed, "old\n");
    node.write(node.files.written, "changed\n");
    node.write(cluster, "changed\n");
    // Without quorum nothing may be written below /etc/pve; a read there takes a while, and cp has emptied its target by then.
    node.program(
      "cp",
      `case "$3" in *.replaced) : > "$3"; sleep 1; exec /bin/cp "$@";; *.pulumi-golf) exit 1;; esac\nexec /bin/cp "$@"`,
    );
    node.program("cmp", 'sleep 0.2; exec /usr/bin/cmp "$@"');
    const script = restoring("golf", arming, cluster)
      .replaceAll("/var/lib/", node.at("/var/lib/"))
      .replaceAll("/etc/pve/", `${node.at("/etc/pve")}/`);
    const env = { PATH: `${node.at("/bin")}:${process.env["PATH"] ?? ""}` };
    const begun = (after: string) =>
      new Promise<string>((done) => {
        const child = spawn("/bin/sh", ["-c", `sleep ${after}; ${script}`], { env });
        let said = "";
        child.stdout.on("data", (text) => (said += String(text)));
        child.on("close", () => done(said));
      });
    const said = await Promise.all([begun("0"), begun("1.1")]);
    assert.equal(node.read(node.files.kept), undefined, said.join());
  });

  it("may end twice at once, and neither removes the file that the other one has put back", async () => {
    node.write(node.files.armed, "old\n");
    node.write(node.files.written, "changed\n");
    node.write(cluster, "changed\n");
    node.program("cmp", 'sleep $SLOW; exec /usr/bin/cmp "$@"');
    const script = restoring("golf", arming, cluster)
      .replaceAll("/var/lib/", node.at("/var/lib/"))
      .replaceAll("/etc/pve/", `${node.at("/etc/pve")}/`);
    const begun = (slow: string) =>
      new Promise<string>((done) => {
        const env = { PATH: `${node.at("/bin")}:${process.env["PATH"] ?? ""}`, SLOW: slow };
        const child = spawn("/bin/sh", ["-c", script], { env });
        let said = "";
        child.stdout.on("data", (text) => (said += String(text)));
        child.on("close", () => done(said));
      });
    const said = await Promise.all([begun("0.3"), begun("0.5")]);
    assert.equal(node.read(cluster), "old\n", said.join());
  });
});
