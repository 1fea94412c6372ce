import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { AuditFile } from "../../audit";
import { checkTrail } from "../../audit/audit-check";
import { runAudit } from "../../audit/audit-cli";
import { readLine } from "../../audit/audit-line";
import { shown } from "../../audit/audit-show";

describe("the trail of changes", () => {
  let folder: string;
  let file: string;
  const trail = (largest = 2 ** 20): AuditFile => new AuditFile(file, largest);
  const lines = (one = file): string[] => fs.readFileSync(one, "utf8").split("\n").filter(Boolean);
  const breaks = (): string[] => checkTrail(file).breaks.map(({ line, what }) => `${line}: ${what}`);
  const note = (n: number) => ({ event: "begin", operationId: String(n), resource: `r${n}` }) as const;
  async function written(count: number, to = trail()): Promise<void> {
    for (let n = 1; n <= count; n++) await to.append(note(n));
  }
  const cli = (...argv: string[]): { code: number; out: string; error: string } => {
    const told = { out: "", error: "" };
    const say = (stream: "out" | "error") => (text: string) => void (told[stream] += `${text}\n`);
    return { code: runAudit(argv, {}, { out: say("out"), error: say("error") }), ...told };
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "audit-test-"));
    file = path.join(folder, "deep", "er", "trail.jsonl");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("is one chain across runs, in a file and a directory for their owner alone", async () => {
    await written(2);
    await written(2, trail());
    assert.deepEqual(breaks(), []);
    assert.equal(checkTrail(file).lines.length, 4);
    assert.deepEqual([fs.statSync(file).mode & 0o777, fs.statSync(path.dirname(file)).mode & 0o777], [0o600, 0o700]);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ["trail.jsonl"]);
    fs.chmodSync(file, 0o644);
    await written(1);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  it("tells where it was changed, cut, moved or added to", async () => {
    await written(5);
    const whole = lines();
    const spoiled: Record<string, [string[], RegExp[]]> = {
      changed: [
        whole.map((text, index) => (index === 2 ? text.replace("r3", "r9") : text)),
        [/^3: was changed: its hash is not that of what it says \(seq 3\)$/],
      ],
      removed: [whole.toSpliced(2, 1), [/^3: seq 4 follows 2: lines between them are missing$/]],
      doubled: [whole.toSpliced(2, 0, whole[1] as string), [/^3: seq 2 follows 2: a line was put in/, /^4: /]].map(
        (part) => part,
      ) as [string[], RegExp[]],
      moved: [[...whole.slice(0, 1), whole[2], whole[1], ...whole.slice(3)] as string[], [/^2: /, /^3: /, /^4: /]],
      foreign: [whole.toSpliced(2, 0, "somebody was here"), [/^3: is no line of a trail$/]],
    };
    for (const [how, [texts, expected]] of Object.entries(spoiled)) {
      fs.writeFileSync(file, `${texts.join("\n")}\n`);
      const found = breaks();
      // A line that is doubled is followed by the one that belongs there.
      const wanted = how === "doubled" ? expected.slice(0, 1) : expected;
      assert.equal(found.length, wanted.length, `${how}: ${found.join("; ")}`);
      wanted.forEach((words, index) => assert.match(found[index] ?? "", words, how));
      const { code, error } = cli("audit", "verify", file);
      assert.equal(code, 1);
      assert.match(error, /^BROKEN .*trail\.jsonl:\d+: /m);
    }
    // A line whose hash was made anew does not fit the next one.
    const { createHash } = await import("node:crypto");
    const body = `${(whole[2] as string).replace("r3", "r9").replace(/,"hash":"[0-9a-f]{64}"\}$/, "")}}`;
    const forged = `${body.slice(0, -1)},"hash":"${createHash("sha256").update(body).digest("hex")}"}`;
    assert.equal(readLine(forged)?.sound, true);
    fs.writeFileSync(file, `${whole.with(2, forged).join("\n")}\n`);
    assert.deepEqual(breaks(), ["4: does not follow the line before it (seq 3 was changed or replaced)"]);
  });

  it("keeps what a crash has left, tells of it, and goes on; nothing else is taken for that", async () => {
    await written(2);
    fs.appendFileSync(file, lines()[1]?.slice(0, 40) ?? "");
    const { code, error } = cli("audit", "verify", file);
    assert.equal(code, 0);
    assert.match(error, /the last line is not finished, as after a crash/);
    await written(1);
    const { notes, lines: read } = checkTrail(file);
    assert.deepEqual(breaks(), []);
    assert.deepEqual(
      read.map(({ event }) => event),
      ["begin", "begin", "torn", "begin"],
    );
    assert.match(notes.join(), /:3: a line was not finished/);
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^\{.{39}$/m, "{somebody's own words"));
    assert.deepEqual(breaks(), ["3: is no line of a trail"]);
    // A crash in the very first line, after a file was put aside.
    fs.renameSync(file, `${file}.1`);
    fs.writeFileSync(file, "{");
    await assert.doesNotReject(written(1));
    assert.deepEqual(
      checkTrail(file)
        .lines.slice(-3)
        .map(({ event }) => event),
      ["torn", "file", "begin"],
    );
  });

  it("goes on in another file when one is full, and all are verified together", async () => {
    await written(40, trail(900));
    const names = fs.readdirSync(path.dirname(file));
    assert.ok(names.length > 4, names.join());
    const { breaks: found, lines: read, files } = checkTrail(file);
    assert.deepEqual(found, []);
    assert.equal(read.filter(({ event }) => event === "begin").length, 40);
    assert.deepEqual(
      read.map(({ seq }) => seq),
      read.map((_, index) => index + 1),
    );
    assert.ok(names.length > 10 && files.at(-2)?.endsWith(`.${names.length - 1}`), "numbers are not compared as texts");
    for (const one of files) assert.equal(fs.statSync(one).mode & 0o777, 0o600);
    // What was archived elsewhere is no break; what is missing in between is one.
    fs.rmSync(`${file}.1`);
    assert.match(cli("audit", "verify", file).error, /begins at seq \d+: what came before it is not there/);
    assert.deepEqual(breaks(), []);
    fs.rmSync(`${file}.3`);
    assert.match(breaks().join(), /lines between them are missing/);
  });

  it("is no place for links, devices and other files", async () => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const other = path.join(folder, "other");
    fs.writeFileSync(other, "not a trail\n");
    fs.symlinkSync(other, file);
    await assert.rejects(written(1), /ELOOP|symbolic/);
    fs.rmSync(file);
    spawnSync("mkfifo", [file]);
    await assert.rejects(written(1), /no regular file|ENXIO/);
    fs.rmSync(file);
    fs.renameSync(other, file);
    fs.chmodSync(file, 0o644);
    for (const to of [trail(), trail(1)]) {
      await assert.rejects(written(1, to), /is there already and is no trail of changes/);
      assert.equal(fs.readFileSync(file, "utf8"), "not a trail\n");
      assert.equal(fs.statSync(file).mode & 0o777, 0o644);
      assert.deepEqual(fs.readdirSync(path.dirname(file)), ["trail.jsonl"]);
    }
    fs.writeFileSync(file, "not even a line");
    await assert.rejects(written(1), /no trail of changes/);
    assert.equal(fs.readFileSync(file, "utf8"), "not even a line");
  });

  it("holds any text in one line of printable ASCII, and shows it so that a terminal stays as it is", async () => {
    const to = trail();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 60 }),
          fc.constantFrom("\u001b]0;x\u0007", "\u202etxt", "\u2028", "a\nb", '","hash":"', "<{%red%}>"),
        ),
        async (name) => {
          await to.append({ event: "begin", operationId: String(++count), kind: "Vm", resource: name, user: name });
          const last = lines().at(-1) ?? "";
          assert.match(last, /^[\x20-\x7e]+$/);
          assert.equal(readLine(last)?.line["resource"], name);
          for (const text of shown([readLine(last)?.line].flatMap((one) => one ?? [])))
            // eslint-disable-next-line no-control-regex -- they are what is looked for
            assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|<\{%/);
        },
      ),
      { numRuns: 120 },
    );
    assert.deepEqual(breaks(), []);
    assert.equal(checkTrail(file).lines.length, count);
  });

  it("stays one chain when several processes write at once, and one of them is killed", async function () {
    this.timeout(60_000);
    const writer = `
      const { AuditFile } = require(${JSON.stringify(require.resolve("../../audit"))});
      const trail = new AuditFile(process.argv[1], 4000);
      (async () => { for (let n = 0; n < 40; n++) await trail.append({ event: "begin", pid: process.pid, n }); })();`;
    const start = () => spawn(process.execPath, ["-e", writer, file], { stdio: ["ignore", "ignore", "inherit"] });
    const killed = start();
    const others = [start(), start()];
    const ends = [killed, ...others].map(async (child) => (await once(child, "exit")) as [number | null]);
    while (!fs.existsSync(file) || fs.statSync(file).size < 500) await new Promise((resolve) => setTimeout(resolve, 2));
    killed.kill("SIGKILL");
    const codes = (await Promise.all(ends)).map(([code]) => code);
    assert.deepEqual(codes.slice(1), [0, 0]);
    assert.deepEqual(breaks(), []);
    const { lines: read } = checkTrail(file);
    for (const { pid } of others) assert.equal(read.filter((line) => line["pid"] === pid).length, 40);
    assert.ok(!fs.existsSync(`${file}.lock`));
  });

  it("takes the lock of a process that is no more, and waits for one that lives", async () => {
    await written(1);
    const lock = `${file}.lock`;
    const gone = spawnSync(process.execPath, ["-e", "process.stdout.write(String(process.pid))"]).stdout.toString();
    fs.writeFileSync(lock, JSON.stringify({ host: os.hostname(), pid: Number(gone), since: "1" }));
    await written(1);
    // The same id given out again.
    fs.writeFileSync(lock, JSON.stringify({ host: os.hostname(), pid: process.pid, since: "1" }));
    await written(1);
    fs.writeFileSync(lock, JSON.stringify({ host: "elsewhere", pid: Number(gone), since: "1" }));
    let done = false;
    const waiting = written(1).then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(done, false);
    fs.rmSync(lock);
    await waiting;
    assert.deepEqual(breaks(), []);
  });

  it("is shown by operation, with its outcome, also where it was never finished", async () => {
    const to = trail();
    const about = { kind: "Vm", stack: "dev", project: "site", user: "ci@pve!t", account: "ann", host: "desk" };
    await to.append({ event: "begin", operationId: "1", operation: "create", resource: "web", ...about });
    await to.append({ event: "task", operationId: "1", task: "UPID:pve1:1" });
    await to.append({ event: "end", operationId: "1", outcome: "done", ms: 1234 });
    await to.append({ event: "begin", operationId: "2", operation: "delete", resource: "db", ...about });
    await to.append({ event: "begin", operationId: "3", operation: "update", resource: "db", ...about });
    await to.append({ event: "end", operationId: "3", outcome: "failed", error: "no\nroom", ms: 5 });
    const { code, out } = cli("audit", "show", file);
    assert.equal(code, 0);
    const rows = out.trimEnd().split("\n");
    assert.match(
      rows[0] ?? "",
      /^20\S+Z {2}ann@desk {2}as ci@pve!t {2}site\/dev {2}create Vm web {2}done 1\.2 s {2}UPID:pve1:1$/,
    );
    assert.match(rows[1] ?? "", /delete Vm db {2}NOT FINISHED$/);
    assert.match(rows[2] ?? "", /update Vm db {2}failed 0\.0 s: no\\nroom$/);
    assert.equal(cli("audit", "show", file, "--failed").out.split("\n").length, 3);
    assert.equal(cli("audit", "show", file, "--resource", "web").out.split("\n").length, 2);
    assert.equal(cli("audit", "show", file, "--stack", "prod").out, "");
    assert.deepEqual(
      [cli("audit").code, cli("audit", "verify", `${file}x`).code, cli("audit", "verify", "--x").code],
      [2, 2, 2],
    );
  });
});
