import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { greeting, runSimulator } from "../../simulator/cli.js";
import { readOptions } from "../../simulator/cli-options.js";
import { ask } from "./api-client.js";

describe("pve-simulator", () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pve-simulator-"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("refuses options that it cannot follow", () => {
    for (const argv of [["--port", "http"], ["--speed", "0"], ["--clock", "sun"], ["--nosuch"], ["word"]]) {
      assert.throws(() => readOptions(argv), argv.join(" "));
    }
    assert.equal(readOptions(["--help"]), "help");
  });

  it("tells where it listens, logs requests, and goes on from its saved state", async () => {
    const file = (name: string): string => path.join(folder, name);
    const argv = [
      "--port",
      "0",
      "--seed",
      "matrix",
      "--state",
      file("state"),
      "--log",
      file("log"),
      "--ready",
      file("ready"),
    ];
    const options = readOptions([...argv, "--clock", "immediate"]);
    assert.ok(options !== "help");
    const first = await runSimulator(options);
    const ready = JSON.parse(fs.readFileSync(file("ready"), "utf8")) as {
      nodes: { name: string }[];
      token: { id: string; secret: string };
    };
    assert.deepEqual(
      ready.nodes.map(({ name }) => name),
      ["foxtrot", "golf", "hotel"],
    );
    const headers = { Authorization: `PVEAPIToken=${ready.token.id}=${ready.token.secret}` };
    const node = first.simulator.nodes[1] ?? assert.fail("no node");
    await ask(node, "POST", "/access/users", { headers, params: { userid: "a@pve", password: "never-logged" } });
    await first.stop();
    const log = fs.readFileSync(file("log"), "utf8");
    assert.deepEqual(JSON.parse(log), {
      ...{ method: "POST", path: "/access/users", params: { userid: "a@pve", password: "********" } },
      ...{ status: 200, reason: "OK", user: ready.token.id, node: "golf", route: "POST /access/users" },
    });
    const second = await runSimulator(options);
    const { json } = await ask(second.simulator.nodes[0] ?? node, "GET", "/access/users", { headers });
    assert.deepEqual(
      (json?.data as { userid: string }[]).map(({ userid }) => userid),
      ["a@pve", "root@pam"],
    );
    await second.stop();
  });

  it("says how to reach it, and warns when others can", async () => {
    const options = readOptions(["--port", "0", "--seed", "empty:1"]);
    assert.ok(options !== "help");
    const { simulator, stop } = await runSimulator(options);
    const url = simulator.nodes[0]?.url ?? "";
    const { id, secret } = simulator.token;
    const lines = greeting(simulator, options.host).split("\n");
    assert.ok(
      lines.includes(
        `try    curl -k -H 'Authorization: PVEAPIToken=${id}=${secret}' ${url}/api2/json/cluster/resources`,
      ),
    );
    assert.doesNotMatch(lines.join("\n"), /WARNING/);
    assert.match(greeting(simulator, "0.0.0.0"), /WARNING: 0\.0\.0\.0 is not a loopback address/);
    await stop();
  });

  it("does not start with faults or a state that it cannot read", async () => {
    const file = path.join(folder, "broken.json");
    fs.writeFileSync(file, '{"faults": [{"effect": {"kind": "fire"}}]}');
    for (const [option, message] of [
      ["--faults", /broken\.json: faults\[0\]\.effect\.kind 'fire' is unknown/],
      ["--state", /broken\.json is not a world that the simulator has saved/],
    ] as const) {
      const options = readOptions(["--port", "0", option, file]);
      assert.ok(options !== "help");
      await assert.rejects(runSimulator(options), message);
    }
  });

  it("lets faults of a file strike", async () => {
    const file = path.join(folder, "faults.json");
    const fault = { count: 1, effect: { kind: "status", status: 595, reason: "Connection refused" } };
    fs.writeFileSync(file, JSON.stringify({ seed: 1, faults: [fault] }));
    const options = readOptions(["--port", "0", "--seed", "empty:1", "--faults", file]);
    assert.ok(options !== "help");
    const { simulator, stop } = await runSimulator(options);
    const node = simulator.nodes[0] ?? assert.fail("no node");
    const statuses = [await ask(node, "GET", "/access/domains"), await ask(node, "GET", "/access/domains")];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [595, 200],
    );
    await stop();
  });
});
