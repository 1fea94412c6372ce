import assert from "node:assert/strict";
import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { filesOf, halting, replacedFile, restoring } from "../../../providers/firewall/guard/switch-files";

const arming = "0123456789ab-01234567-42-1-0123abcd";
const cluster = "/etc/pve/firewall/cluster.fw";

/** The scripts of one arming, run by a real shell below a directory of their own. */
class Node {
  readonly root = mkdtempSync(path.join(tmpdir(), "switch-"));
  readonly files = filesOf(arming);

  constructor() {
    for (const one of ["/bin", "/run", "/etc/pve/firewall", "/var/lib/pulumi-proxmox-cluster/firewall"])
      mkdirSync(this.at(one), { recursive: true });
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
  restore = (isNew = false) => this.run(restoring("golf", arming, cluster, isNew));
  /** Without quorum /etc/pve is read, and not written. */
  setQuorum(has: boolean): void {
    const refuse = `case "$*" in *.pulumi-golf*) echo "cp: Permission denied" >&2; exit 1;; esac\n`;
    this.program("cp", `${has ? "" : refuse}exec /bin/cp "$@"`);
  }
  /** One that goes on beside the test. */
  begin(script: string): { readonly ended: Promise<number>; said(): string } {
    const child = spawn("/bin/sh", ["-c", this.here(script)], { env: this.env });
    let said = "";
    child.stdout.on("data", (text) => (said += String(text)));
    const ended = new Promise<number>((done) => child.on("close", (code) => done(code ?? -1)));
    return { ended, said: () => said };
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
    assert.notEqual(node.restore().status, 0);
    assert.equal(node.run(halting(arming)).status, 0);
    assert.match(
      node.halts,
      /stop pve-firewall\.service/,
      readdirSync(node.at("/var/lib/pulumi-proxmox-cluster/firewall")).join(),
    );
  });

  it("stop the firewall where /etc/pve hangs and nobody has noted what was written", async () => {
    node.write(node.files.armed, "old\n");
    node.write(cluster, "changed\n");
    const [there, goOn] = [node.at("/there"), node.at("/goon")];
    spawnSync("mkfifo", [there, goOn]);
    node.program("cp", `case "$*" in *cluster.fw*.now) echo > ${there}; read -r _ < ${goOn};; esac\nexec /bin/cp "$@"`);
    const hanging = node.begin(restoring("golf", arming, cluster, false));
    spawnSync("/bin/sh", ["-c", `read -r _ < ${there}`], { timeout: 60_000 });
    assert.equal(node.run(halting(arming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
    // When it goes on, it ends what it has begun.
    const more = node.begin(`echo > ${goOn}`);
    assert.deepEqual([await hanging.ended, await more.ended], [0, 0]);
    assert.equal(node.read(cluster), "old\n");
    assert.match(node.halts, /start pve-firewall\.service/);
  });

  it("stop the firewall though the first one has not begun", () => {
    node.write(node.files.armed, "old\n");
    assert.equal(node.run(halting(arming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
  });

  it("put the old file back though /etc/pve was not mounted at the first start, and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    unmount();
    assert.notEqual(node.restore().status, 0);
    mount("changed\n");
    const { stdout, status } = node.restore();
    assert.deepEqual([status, node.read(cluster), node.read(node.files.restored)], [0, "old\n", "old\n"], stdout);
    assert.equal(node.read(replacedFile(arming)), "changed\n");
  });

  it("do not take a file for removed, or for as it was, that could not be looked at", () => {
    node.write(node.files.armed, "");
    node.write(node.files.written, "changed\n");
    unmount();
    assert.notEqual(node.restore(true).status, 0);
    mount("changed\n");
    assert.equal(node.restore(true).status, 0);
    assert.equal(node.read(cluster), undefined);
  });

  it("leave alone what was written later, with the same content too, though the first start was without quorum", () => {
    for (const [later, kept] of [
      [1_000_000, false],
      [1_000_500, true],
      [999_500, true],
    ] as const) {
      node.write(node.files.armed, "old\n");
      node.write(cluster, "changed\n");
      utimesSync(node.at(cluster), 1_000_000, 1_000_000);
      node.setQuorum(false);
      for (const _ of [1, 2, 3]) assert.equal(node.restore().status, 1);
      node.setQuorum(true);
      utimesSync(node.at(cluster), later, later);
      assert.equal(node.restore().status, 0);
      assert.equal(node.read(cluster), kept ? "changed\n" : "old\n");
      assert.equal(node.read(node.files.kept), kept ? "old\n" : undefined);
      for (const file of Object.values(node.files).flat()) rmSync(node.at(file), { force: true });
    }
  });

  it("leave alone another content", () => {
    for (const note of [node.files.written, node.files.found]) {
      node.write(node.files.armed, "old\n");
      node.write(note, "changed\n");
      node.write(cluster, "by hand\n");
      assert.equal(node.restore().status, 0);
      assert.deepEqual([node.read(cluster), node.read(node.files.kept)], ["by hand\n", "old\n"]);
      for (const file of Object.values(node.files).flat()) rmSync(node.at(file), { force: true });
    }
  });

  it("never remove a file that was there before, though the old one has gone in their midst", () => {
    node.write(node.files.armed, "old\n");
    node.write(cluster, "changed\n");
    node.program("cmp", `rm -f -- ${node.at(node.files.restoring)}; exec /usr/bin/cmp "$@"`);
    assert.notEqual(node.restore().status, 0);
    assert.equal(node.read(cluster), "changed\n");
    node.write(node.files.armed, "");
    assert.notEqual(node.restore(true).status, 0);
    assert.equal(node.read(cluster), "changed\n");
  });

  it("are at work once at a time: a second one does nothing until the first has ended", async () => {
    node.write(node.files.armed, "old\n");
    node.write(node.files.written, "changed\n");
    node.write(cluster, "changed\n");
    // The first one stands where it compares, until somebody reads what it says and answers.
    const [there, goOn] = [node.at("/there"), node.at("/goon")];
    spawnSync("mkfifo", [there, goOn]);
    node.program("cmp", `echo > ${there}; read -r _ < ${goOn}; exec /usr/bin/cmp "$@"`);
    const script = restoring("golf", arming, cluster, false);
    const first = node.begin(script);
    spawnSync("/bin/sh", ["-c", `read -r _ < ${there}`], { timeout: 60_000 });
    // Nobody waits for it in a test.
    const second = node.run(script.replace("flock -w 10", "flock -n"));
    assert.deepEqual([second.status, second.stdout], [1, "another one is at work\n"]);
    assert.equal(node.read(cluster), "changed\n");
    const answer = node.begin(`echo > ${goOn}; read -r _ < ${there}; echo > ${goOn}`);
    assert.equal(await first.ended, 0, first.said());
    assert.equal(await answer.ended, 0);
    assert.equal(node.read(cluster), "old\n");
    const third = node.run(script);
    assert.deepEqual([third.status, node.read(cluster), node.read(node.files.kept)], [0, "old\n", undefined]);
  });

  const unmount = (): void => rmSync(node.at("/etc/pve"), { recursive: true });
  const mount = (text: string): void => {
    mkdirSync(node.at("/etc/pve/firewall"), { recursive: true });
    node.write("/etc/pve/.version", "{}\n");
    node.write(cluster, text);
  };
});
