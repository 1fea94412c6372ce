import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { shellWords } from "../../../simulator/ssh/words.js";
import { OsdRuns, upOnce } from "../../support/osd-runs";

const next = "INVENTED63";
const uuid = "11111111-1111-4111-8111-111111111111";
const other = "22222222-2222-4222-8222-222222222222";
const volume = "ceph-x/osd-block-y";

/** As the program prints it. */
const label = (fields: Record<string, string>): string =>
  JSON.stringify({ [`/dev/${volume}`]: { osd_uuid: uuid, size: 1024, ...fields } }, null, 4);
const kept = [
  "--> passed data devices: 1 physical, 0 LVM",
  `Running command: /usr/bin/ceph --cluster ceph -i - osd new ${uuid}`,
  "Running command: vgcreate --force --yes ceph-x /dev/x",
  " stderr: purged osd.3",
];
const begun = label({ description: "main" });
const whole = label({ ceph_fsid: "here", osd_key: "AQ==secret", ready: "ready", whoami: "3" });

// The simulator knows these scripts by their text: what a shell makes of them is looked at here.
describe("the scripts about labels, in a real shell", () => {
  const runs = new OsdRuns();
  const scripts: Record<"reads" | "removes" | "starts" | "adds", string> = {
    reads: "",
    removes: "",
    starts: "",
    adds: "",
  };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "label-"));

  before(async function () {
    // Those that are sent while creations are resumed that were cut off at different moments.
    for (const [steps, count] of [
      [8, 1],
      [10, 1],
      [14, 2],
    ] as const) {
      await runs.start();
      runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
      const wanted = runs.described(next, { osdsPerDevice: count });
      await upOnce(runs.process(), wanted, (await upOnce(runs.process(), wanted, undefined)).state);
      for (const { what } of runs.sim.simulation.sshRecords) {
        const words = shellWords(what) ?? [];
        const script = words[words.indexOf("-c") + 1] ?? "";
        if (script.includes("grep -E")) scripts.reads = script;
        else if (script.includes("show-label") && script.includes("lvremove")) scripts.removes = script;
        else if (script.includes("show-label") && script.includes("activate")) scripts.starts = script;
        else if (script.includes('"$@"')) scripts.adds = script;
      }
      await runs.close();
    }
    const program = (name: string, text: string): void =>
      fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    program("ceph-bluestore-tool", `[ "$*" = "show-label --dev /dev/${volume}" ] || exit 9\ncat "$LABEL"`);
    const says = [
      ...kept.slice(0, 3),
      "Running command: /usr/bin/ceph-authtool keyring --create-keyring --name osd.3 --add-key AQ==secret",
      " stderr: 2026-11-30T10:00:00 key AQ==secret",
      ...kept.slice(3),
    ];
    fs.writeFileSync(path.join(folder, "says"), `${says.join("\n")}\n`);
    for (const name of ["lvremove", "ceph-volume"])
      program(name, `echo "${name} $*" >> "$DONE"; cat "$SAYS"; exit "\${ENDS:-0}"`);
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** What a script does where the volume has that label; undefined: it has none that can be read. */
  function run(
    script: string,
    args: readonly string[],
    text: string | undefined,
    env: Record<string, string> = {},
    shell = "sh",
  ) {
    const [file, done] = ["label.json", "done"].map((name) => path.join(folder, name)) as [string, string];
    for (const each of [file, done]) fs.rmSync(each, { force: true });
    if (text !== undefined) fs.writeFileSync(file, text);
    const PATH = `${folder}:${process.env["PATH"] ?? "/usr/bin:/bin"}`;
    const ended = spawnSync(shell, ["-c", script, shell, ...args], {
      env: { ...env, PATH, LABEL: file, DONE: done, SAYS: path.join(folder, "says") },
      encoding: "utf8",
    });
    return {
      code: ended.status,
      out: ended.stdout,
      did: fs.existsSync(done) ? fs.readFileSync(done, "utf8").trim() : "",
    };
  }

  it("read what tells whose it is, and never the key", () => {
    const { code, out } = run(scripts.reads, [volume], whole);
    assert.equal(code, 0);
    assert.deepEqual(
      out
        .trim()
        .split("\n")
        .map((line) => /"(\w+)"/.exec(line)?.[1]),
      ["osd_uuid", "ceph_fsid", "ready", "whoami"],
    );
    assert.ok(!out.includes("secret"));
    assert.notEqual(run(scripts.reads, [volume], undefined).code, 0);
  });

  it("remove only what was begun for this very OSD, and never came to its end", () => {
    const removed = { code: 0, did: `lvremove --yes -- ${volume}` };
    const of = (text: string | undefined) => {
      const { code, did } = run(scripts.removes, [volume, uuid], text);
      return { code, did };
    };
    assert.deepEqual(of(begun), removed);
    for (const text of [
      whole,
      label({ whoami: "3" }),
      label({ ready: "ready" }),
      begun.replace(uuid, other),
      "",
      "{}",
      undefined,
    ])
      assert.deepEqual(of(text), { code: 3, did: "" }, text);
  });

  it("start only what is whole, and this very OSD's", () => {
    const of = (text: string | undefined) => {
      const { code, did } = run(scripts.starts, [volume, uuid, "3"], text);
      return { code, did };
    };
    assert.deepEqual(of(whole), { code: 0, did: `ceph-volume lvm activate 3 ${uuid}` });
    for (const text of [
      begun,
      whole.replace(uuid, other),
      whole.replace('"whoami": "3"', '"whoami": "33"'),
      whole.replace('"whoami": "3"', '"whoami": "13"'),
      whole.replace('"ready": "ready"', '"ready": "no"'),
      "",
      undefined,
    ])
      assert.deepEqual(of(text), { code: 3, did: "" }, text);
  });

  it("keep of what a batch says what the next run needs, for root alone, and pass on how it ended", () => {
    const log = path.join(folder, "osds.log");
    for (const ends of ["0", "1"])
      assert.equal(
        run(scripts.adds, [log, "ceph-volume", "lvm", "batch", "--", "/dev/x y"], whole, { ENDS: ends }, "bash").code,
        Number(ends),
      );
    const text = fs.readFileSync(log, "utf8");
    assert.equal(text, [...kept, ...kept].map((line) => `${line}\n`).join(""));
    assert.ok(!text.includes("secret"));
    assert.equal(fs.statSync(log).mode & 0o777, 0o600);
  });

  it("begin no batch where nothing of it can be kept, and never end one because the disk of the log is full", () => {
    const talks = `for one in 1 2 3 4 5; do echo "--> $one"; sleep 0.05; done; echo through > "$DONE"`;
    const batch = (log: string) => run(scripts.adds, [log, "sh", "-c", talks], whole, {}, "bash");
    assert.deepEqual(batch(path.join(folder, "away", "osds.log")), { code: 3, out: "", did: "" });
    assert.deepEqual(batch("/dev/full"), { code: 0, out: "", did: "through" });
  });
});
