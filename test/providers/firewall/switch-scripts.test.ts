import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, utimesSync } from "node:fs";
import { halting, replacedFile, restoring } from "../../../providers/firewall/guard/switch-files";
import { cluster, ScriptNode, theArming } from "./script-node";

describe("the scripts of a switch, run by a real shell", function () {
  let node: ScriptNode;
  beforeEach(() => void (node = new ScriptNode()));
  afterEach(() => node.close());

  it("stop the firewall where the disk is full and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    node.write(cluster, "changed\n");
    node.program(
      "cp",
      `case "$*" in *"/dev/null "*) exec /bin/cp "$@";; esac\necho "cp: No space left on device" >&2\nexit 1`,
    );
    assert.notEqual(node.restore().status, 0);
    assert.equal(node.run(halting(theArming)).status, 0);
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
    const hanging = node.begin(restoring("golf", theArming, cluster, false));
    spawnSync("/bin/sh", ["-c", `read -r _ < ${there}`], { timeout: 60_000 });
    assert.equal(node.run(halting(theArming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
    // When it goes on, it ends what it has begun.
    const more = node.begin(`echo > ${goOn}`);
    assert.deepEqual([await hanging.ended, await more.ended], [0, 0]);
    assert.equal(node.read(cluster), "old\n");
    assert.match(node.halts, /start pve-firewall\.service/);
  });

  it("stop the firewall though the first one has not begun", () => {
    node.write(node.files.armed, "old\n");
    assert.equal(node.run(halting(theArming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
  });

  it("put the old file back though /etc/pve was not mounted at the first start, and nobody has noted what was written", () => {
    node.write(node.files.armed, "old\n");
    node.unmount();
    assert.notEqual(node.restore().status, 0);
    node.mount("changed\n");
    const { stdout, status } = node.restore();
    assert.deepEqual([status, node.read(cluster), node.read(node.files.restored)], [0, "old\n", "old\n"], stdout);
    assert.equal(node.read(replacedFile(theArming)), "changed\n");
  });

  it("do not take a file for removed, or for as it was, that could not be looked at", () => {
    node.write(node.files.armed, "");
    node.write(node.files.written, "changed\n");
    node.unmount();
    assert.notEqual(node.restore(true).status, 0);
    node.mount("changed\n");
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
    const script = restoring("golf", theArming, cluster, false);
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

  it("take trouble of the comparison for no change by somebody else, and begin again", () => {
    for (const note of [node.files.written, node.files.found]) {
      node.write(node.files.armed, "old\n");
      node.write(note, "changed\n");
      node.write(cluster, "changed\n");
      for (const trouble of ["exit 2", "exit 127", "kill -9 $$"]) {
        node.program("cmp", trouble);
        assert.notEqual(node.restore().status, 0);
        assert.equal(node.read(node.files.kept), undefined, trouble);
      }
      rmSync(node.at("/bin/cmp"));
      assert.equal(node.restore().status, 0);
      assert.equal(node.read(cluster), "old\n");
      for (const file of Object.values(node.files).flat()) rmSync(node.at(file), { force: true });
    }
  });

  it("do not take a file for removed by somebody whose file system was unmounted in their midst", () => {
    node.write(node.files.armed, "old\n");
    node.write(node.files.written, "changed\n");
    node.write(node.files.seen, "");
    node.write(cluster, "changed\n");
    node.program("cmp", `rm -rf -- ${node.at("/etc/pve")}; exec /usr/bin/cmp "$@"`);
    assert.notEqual(node.restore().status, 0);
    assert.equal(node.read(node.files.kept), undefined);
    rmSync(node.at("/bin/cmp"));
    rmSync(node.at(node.files.seen));
    node.mount("changed\n");
    assert.equal(node.restore().status, 0);
    assert.equal(node.read(cluster), "old\n");
  });

  it("do not take a new file for removed whose file system was unmounted in their midst", () => {
    node.write(node.files.armed, "");
    node.write(node.files.written, "changed\n");
    node.write(cluster, "changed\n");
    node.program("rm", `case "$*" in *cluster.fw) /bin/rm -rf -- ${node.at("/etc/pve")};; esac\nexec /bin/rm "$@"`);
    assert.notEqual(node.restore(true).status, 0);
    assert.equal(node.read(node.files.restored), undefined);
    rmSync(node.at("/bin/rm"));
    node.mount("changed\n");
    assert.equal(node.restore(true).status, 0);
    assert.deepEqual([node.read(cluster), node.read(node.files.restored)], [undefined, ""]);
  });
});
