import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checkTrail } from "../../../audit/audit-check";
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
    assert.match(heard[0] ?? "", /^<109>1 20\S+Z \S+ pulumi-proxmox \d+ audit - \{"seq":1,/);
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

  it("is begun before the change, so that a killed run is seen in it; the next one goes on with the chain", async () => {
    const killed = await run();
    const { inputs } = await killed.plugin.check("Pool", {}, lab.inputs("Pool", "killed", {}));
    // It is not answered before the plugin is gone.
    lab.sim.simulation.faults.add({ effect: { kind: "latency", ms: 600_000 }, route: "POST /pools" });
    const creating = assert.rejects(killed.plugin.create("Pool", inputs));
    await eventually("its line", () => read().some((line) => line["resource"] === "killed"));
    killed.plugin.signal("SIGKILL");
    await creating;
    lab.sim.simulation.faults.clear();
    const begun = read().findLast((line) => line["resource"] === "killed");
    assert.ok(begun);
    const next = await run();
    await next.create("Pool", "after", {});
    const { breaks, lines } = checkTrail(file);
    assert.deepEqual(breaks, []);
    assert.equal(lines.at(-1)?.["resource"], "after");
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
