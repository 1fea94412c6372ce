import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, utimesSync } from "node:fs";
import {
  daemons,
  haltedFiles,
  halting,
  haltingAgain,
  replacedFile,
  restoring,
} from "../../../providers/firewall/guard/switch-files";
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

  it("stop the firewall where nothing can be noted on the disk, and note it until the node boots", () => {
    node.write(node.files.armed, "old\n");
    node.program("cp", `case "$*" in *${node.at("/var")}*) exit 1;; esac\nexec /bin/cp "$@"`);
    assert.equal(node.run(halting(theArming)).status, 0);
    assert.match(node.halts, /stop pve-firewall\.service/);
    for (const note of [haltedFiles("pve-firewall"), node.files.ownHalts])
      assert.ok(
        note.some((file) => node.read(file) !== undefined),
        "it is stopped, and nobody knows",
      );
    // The disk has room again.
    node.program("cp", 'exec /bin/cp "$@"');
    node.write(cluster, "changed\n");
    assert.equal(node.restore().status, 0);
    assert.equal(node.read(cluster), "old\n");
    assert.match(node.halts, /stop pve-firewall\.service[^]*start pve-firewall\.service/);
    for (const file of [...haltedFiles("pve-firewall"), ...node.files.ownHalts])
      assert.equal(node.read(file), undefined);
  });

  /** Which chains the kernel goes through: what was killed has left them there. */
  function leaveChains(): { iptables(): string; nft(): string } {
    for (const program of ["iptables", "ip6tables"]) {
      for (const hook of ["INPUT", "OUTPUT", "FORWARD"]) node.write(`/run/${program}-${hook}`, "");
      node.program(
        program,
        `test "$1 $2 $5 $6" = "-w 10 -j PVEFW-$4" || exit 2\ncd ${node.at("/run")} || exit 2\n` +
          `case $3 in -C) test -e ${program}-$4;; -D) exec /bin/rm -- ${program}-$4;; *) exit 2;; esac`,
      );
    }
    node.write("/run/nft", "");
    node.program(
      "nft",
      `test "$*" = "delete table inet proxmox-firewall" || exit 2\nexec /bin/rm -- ${node.at("/run/nft")}`,
    );
    const there = (name: RegExp): string =>
      readdirSync(node.at("/run"))
        .filter((file) => name.test(file))
        .join(" ");
    return { iptables: () => there(/^ip6?tables/), nft: () => there(/^nft/) };
  }

  for (const [words, script] of [
    ["could not be put back", () => halting(theArming)],
    ["was started again", () => haltingAgain(theArming)],
  ] as const)
    it(`take the filter of a firewall that ${words} out of the way where it was killed, and has left it there`, () => {
      node.write(node.files.armed, "old\n");
      for (const daemon of daemons) node.write(haltedFiles(daemon)[0] ?? "", "");
      const left = leaveChains();
      assert.equal(node.run(script()).status, 0);
      // What guests are protected by is nobody's way in.
      assert.deepEqual([left.iptables(), left.nft()], ["ip6tables-FORWARD iptables-FORWARD", ""]);
    });

  it("take nothing out of the way where the old file is back", () => {
    node.write(node.files.restored, "old\n");
    const left = leaveChains();
    const before = [left.iptables(), left.nft()];
    assert.equal(node.run(halting(theArming)).status, 0);
    assert.deepEqual([left.iptables(), left.nft()], before);
    assert.equal(node.halts, "");
  });

  it("leave no firewall stopped whose old file comes back in the moment in which it is stopped", () => {
    // Before each command of the one all of the other one runs.
    for (const moment of ["cp", "stop", "stopped"]) {
      node.clear();
      node.write(node.files.armed, "old\n");
      node.write(cluster, "changed\n");
      const other = node.at("/other");
      node.write("/other", node.here(restoring("golf", theArming, cluster, false)));
      const once = `if mkdir ${node.at(`/run/${moment}`)}; then /bin/sh ${other}; fi`;
      node.program("cp", `case "$*" in *halted-pve*) ${moment === "cp" ? once : ":"};; esac\nexec /bin/cp "$@"`);
      node.program(
        "systemctl",
        `case "$*" in stop*pve-firewall*) ${moment === "stop" ? once : ":"};; esac\necho "$*" >> ${node.at("/systemctl")}\n` +
          `case "$*" in stop*pve-firewall*) ${moment === "stopped" ? once : ":"};; esac`,
      );
      assert.equal(node.run(halting(theArming)).status, 0);
      assert.equal(node.read(cluster), "old\n");
      const told = node.halts.split("\n").filter((line) => /^(?:start|stop) pve-firewall/.test(line));
      assert.equal(told.at(-1), "start pve-firewall.service", `${moment}: ${told.join()}`);
      for (const file of haltedFiles("pve-firewall")) assert.equal(node.read(file), undefined, moment);
    }
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
