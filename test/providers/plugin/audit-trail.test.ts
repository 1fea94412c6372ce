import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checkTrail } from "../../../audit/audit-check";
import { runAudit } from "../../../audit/audit-cli";
import { eventually } from "../../support/eventually";
import { image, Lab } from "../../support/lab";
import { SecretScanner } from "../../support/secret-scan";
import { secretValue } from "../../support/secret-values";

const password = secretValue("a password that Proxmox refuses");

describe("the trail of changes, through Pulumi's plugin", function () {
  let lab: Lab;
  let folder: string;
  let file: string;
  const runs: Lab[] = [];
  const syslog = dgram.createSocket("udp4");
  const heard: string[] = [];
  const read = () => checkTrail(file).lines;
  const config = () => ({
    "proxmox:auditFile": file,
    "proxmox:auditSyslog": `udp://127.0.0.1:${syslog.address().port}`,
  });
  const run = async (more: Record<string, unknown> = {}): Promise<Lab> => {
    const started = await Lab.on(lab.sim, { ...config(), ...more }, lab.stackId);
    runs.push(started);
    return started;
  };
  const writes = () => lab.sim.requests.filter(({ method }) => method !== "GET").length;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "audit-plugin-"));
    file = path.join(folder, "trail.jsonl");
    syslog.on("message", (message) => heard.push(message.toString("latin1")));
    syslog.bind(0, "127.0.0.1");
    await once(syslog, "listening");
    lab = await Lab.start({}, config(), { BOB: password });
  });
  after(async () => {
    for (const each of runs) await each.close();
    await lab.close();
    syslog.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it("has a line before and after each change, with who, what, its tasks and how it ended; a look leaves none", async () => {
    const args = { node: "pve1", storage: "local", url: image.url, checksum: image.checksum };
    const made = await lab.create("CloudImage", "debian", args);
    const [begin, task, end, ...rest] = read();
    assert.deepEqual([begin?.event, task?.event, end?.event, rest], ["begin", "task", "end", []]);
    assert.deepEqual(
      ["operation", "kind", "resource", "stack", "project", "user", "account", "host", "id"].map((key) => begin?.[key]),
      ["create", "CloudImage", "debian", "test", "lab", lab.sim.token.id, os.userInfo().username, os.hostname(), ""],
    );
    assert.match(String(task?.["task"]), /^UPID:pve1:.*:download:/);
    assert.deepEqual([end?.["outcome"], end?.["id"], end?.["tasks"]], ["done", made.id, [task?.["task"]]]);
    assert.ok(Number.isInteger(end?.["ms"]));
    assert.equal(begin?.["operationId"], end?.["operationId"]);
    await lab.plugin.read("CloudImage", made.id, made.properties);
    assert.equal(read().length, 3);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.deepEqual(
      read()
        .slice(3)
        .map((line) => [line.event, line["operation"], line["id"]])
        .at(-1),
      ["end", "delete", made.id],
    );
    await eventually("its lines in syslog", () => heard.length >= read().length);
    // RFC 5424: facility 13 (audit), severity 5; time, host, program, process, kind of message, no structured data.
    const form =
      /^<109>1 (20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([\x21-\x7e]{1,255}) pulumi-proxmox (\d+) audit - (\{.*\})$/;
    const sent = heard.map((message) => form.exec(message) ?? []);
    assert.deepEqual(
      sent.map(([, ...parts]) => parts),
      fs
        .readFileSync(file, "latin1")
        .trimEnd()
        .split("\n")
        .map((line, i) => [read()[i]?.time, os.hostname(), String(lab.plugin.pid), line]),
    );
  });

  it("tells how a change has failed, without the secret that was sent", async () => {
    lab.sim.simulation.faults.add({
      effect: { kind: "status", status: 400, reason: `no ${password}` },
      route: "POST /access/users",
      count: 9,
    });
    await assert.rejects(
      lab.create("User", "bob@pve", { password: { secretRef: "BOB", from: "environment" } }),
      (error: Error) => !error.message.includes(password),
    );
    lab.sim.simulation.faults.clear();
    const end = read().at(-1);
    assert.deepEqual([end?.event, end?.["outcome"], end?.["kind"]], ["end", "failed", "User"]);
    assert.match(String(end?.["error"]), /no \*{8}/);
  });

  /** `pulumi-proxmox audit …` of this trail. */
  const cli = (command: string, ...more: string[]): { code: number; out: string; error: string } => {
    const told = { out: "", error: "" };
    const say = (stream: "out" | "error") => (text: string) => void (told[stream] += `${text}\n`);
    const code = runAudit(
      ["audit", command, ...more],
      { PROXMOX_AUDIT_FILE: file },
      { out: say("out"), error: say("error") },
    );
    return { code, ...told };
  };

  it("is begun before the change, so that a killed run leaves an open line; the next run goes on with the chain", async () => {
    const killed = await run();
    const { inputs } = await killed.plugin.check("Pool", {}, lab.inputs("Pool", "killed", {}));
    // It is not answered before the plugin is gone.
    lab.sim.simulation.faults.add({ effect: { kind: "latency", ms: 600_000 }, route: "POST /pools" });
    const creating = assert.rejects(killed.plugin.create("Pool", inputs));
    await eventually("its line", () => read().some((line) => line["resource"] === "killed"));
    killed.plugin.signal("SIGKILL");
    await creating;
    lab.sim.simulation.faults.clear();
    const begun = read().at(-1);
    assert.deepEqual([begun?.event, begun?.["resource"], begun?.["pid"]], ["begin", "killed", killed.plugin.pid]);
    const next = await run();
    await next.create("Pool", "after", {});
    const { breaks, lines } = checkTrail(file);
    assert.deepEqual(breaks, []);
    const going = lines.slice(lines.findIndex(({ hash }) => hash === begun?.hash) + 1);
    assert.deepEqual([going[0]?.prev, going[0]?.seq], [begun?.hash, (begun?.seq ?? 0) + 1]);
    assert.deepEqual(
      going.map(({ event, resource, pid }) => [event, resource, pid]),
      ["begin", "end"].map((event) => [event, "after", next.plugin.pid]),
    );
    assert.deepEqual(
      lines.filter((line) => line["operationId"] === begun?.["operationId"]).map(({ event }) => event),
      ["begin"],
      "the killed one has no end",
    );
    const verified = cli("verify");
    assert.deepEqual([verified.code, verified.error], [0, ""]);
    assert.match(verified.out, /: the chain is whole; it ends with [0-9a-f]{64}$/m);
    assert.match(
      cli("show", "--resource", "killed").out,
      /^20\S+Z .* {2}lab\/test {2}create Pool killed {2}NOT FINISHED\n$/,
    );
    assert.match(cli("show", "--resource", "after").out, /create Pool after {2}done/);
    assert.ok(cli("show", "--failed").out.includes("create Pool killed  NOT FINISHED"));
  });

  it("stops a change before it is made when it cannot be written, and is looked at in the preview", async () => {
    const blocked = path.join(folder, "blocked");
    fs.mkdirSync(blocked);
    const stopped = await run({ "proxmox:auditFile": path.join(blocked, "trail.jsonl") });
    const { inputs, failures } = await stopped.plugin.check("Pool", {}, lab.inputs("Pool", "stopped", {}));
    assert.deepEqual(failures, []);
    fs.writeFileSync(path.join(blocked, "trail.jsonl"), "somebody else's file\n");
    const before = writes();
    await assert.rejects(
      stopped.plugin.create("Pool", inputs),
      /the audit trail \S+trail\.jsonl cannot be written \(.*is no trail of changes.*\); nothing was changed/,
    );
    assert.equal(writes(), before);
    assert.equal(fs.readFileSync(path.join(blocked, "trail.jsonl"), "utf8"), "somebody else's file\n");
    const link = path.join(blocked, "link");
    fs.symlinkSync(file, link);
    for (const [wrong, words] of [
      ["trail.jsonl", /config proxmox:auditFile: write the absolute path/],
      [link, /config proxmox:auditFile: .*is a symbolic link/],
      [blocked, /config proxmox:auditFile: .*is no regular file/],
      [`${file}/below`, /config proxmox:auditFile: .*(?:no directory|cannot be written|ENOTDIR)/],
    ] as const) {
      const refused = await run({ "proxmox:auditFile": wrong });
      const { failures: found } = await refused.plugin.check("Pool", {}, lab.inputs("Pool", "x", {}));
      assert.match(found.map(({ reason }) => reason).join(), words);
    }
    for (const [key, value] of [
      ["proxmox:auditFileSize", "10"],
      ["proxmox:auditSyslog", "10.0.0.5"],
    ] as const) {
      const refused = await run({ [key]: value });
      const { failures: found } = await refused.plugin.check("Pool", {}, lab.inputs("Pool", "x", {}));
      assert.match(found.map(({ reason }) => reason).join(), new RegExp(`config ${key}: write `));
    }
  });

  it("is cut for syslog where it is longer than every receiver takes, and whole in the file", async () => {
    heard.length = 0;
    const name = "long-".padEnd(3000, "x");
    const { inputs } = await lab.plugin.check(
      "Pool",
      {},
      { ...lab.inputs("Pool", "long", {}), __urn: lab.urn("Pool", name), poolId: "long" },
    );
    await lab.plugin.create("Pool", inputs);
    assert.equal(read().at(-1)?.["resource"], name);
    await eventually("its lines in syslog", () => heard.length === 2);
    assert.deepEqual(
      heard.map(({ length }) => length),
      [2048, 2048],
    );
  });

  it("holds hostile names in one line each, and no secret", async () => {
    const name = 'web\u001b[2J\u202e::x","hash":"0\u2028';
    const urn = lab.urn("Pool", name);
    const { inputs } = await lab.plugin.check(
      "Pool",
      {},
      { ...lab.inputs("Pool", "hostile", {}), __urn: urn, poolId: "hostile" },
    );
    await lab.plugin.create("Pool", inputs);
    assert.equal(read().at(-1)?.["resource"], name);
    assert.match(fs.readFileSync(file, "latin1"), /^[\x20-\x7e\n]+$/);
    assert.deepEqual(new SecretScanner().path(file, "the trail"), []);
  });
});
