import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../cli/project";
import type { SimulatedNode } from "../../simulator/index.js";
import { ask, type Answer } from "./api-client.js";

interface Ready {
  readonly nodes: readonly SimulatedNode[];
  readonly token: { readonly id: string; readonly secret: string };
}

describe("the simulator's state", function () {
  let folder: string;
  let child: ChildProcess | undefined;
  const file = (name: string): string => path.join(folder, name);

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pve-state-"));
  });
  afterEach(async () => {
    await kill();
    fs.rmSync(folder, { recursive: true });
  });

  /** Starts the command as a process of its own and waits until it listens. */
  async function start(...more: string[]): Promise<Ready> {
    fs.rmSync(file("ready"), { force: true });
    const args = ["--port", "0", "--seed", "empty:1", "--state", file("state"), "--ready", file("ready"), ...more];
    const started = spawn(process.execPath, [path.join(projectRoot, "dist", "simulator", "cli.js"), ...args], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child = started;
    while (!fs.existsSync(file("ready"))) {
      assert.equal(started.exitCode, null, "the simulator ended");
      await sleep(20);
    }
    return JSON.parse(fs.readFileSync(file("ready"), "utf8")) as Ready;
  }

  /** SIGKILL: the process cannot do anything about it. */
  async function kill(): Promise<void> {
    if (!child || child.signalCode !== null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    child = undefined;
  }

  function request(ready: Ready, method: string, api: string, params: Record<string, string> = {}): Promise<Answer> {
    const [node] = ready.nodes;
    assert.ok(node);
    const { id, secret } = ready.token;
    const port = Number(new URL(node.url).port);
    return ask({ ...node, port }, method, api, { params, headers: { Authorization: `PVEAPIToken=${id}=${secret}` } });
  }

  it("survives kill -9 the moment after a reply", async () => {
    let ready = await start("--clock", "immediate");
    for (const vmid of ["100", "101", "102"]) {
      const { status, text } = await request(ready, "POST", "/nodes/pve1/qemu", { vmid, name: `vm${vmid}` });
      assert.equal(status, 200, text);
      await kill();
      const token = ready.token;
      ready = await start("--clock", "immediate");
      assert.deepEqual(ready.token, token);
      const config = await request(ready, "GET", `/nodes/pve1/qemu/${vmid}/config`);
      assert.equal((config.json?.data as { name: string }).name, `vm${vmid}`);
    }
    assert.equal(fs.existsSync(file("state.new")), false);
  });

  it("keeps what a task has done when a client has seen it done", async () => {
    const ready = await start("--speed", "50");
    const { json } = await request(ready, "POST", "/nodes/pve1/qemu", { vmid: "100", scsi0: "local-lvm:1" });
    const upid = String(json?.data);
    for (;;) {
      const answer = await request(ready, "GET", `/nodes/pve1/tasks/${upid}/status`);
      const task = answer.json?.data as { status: string; exitstatus?: string };
      if (task.status === "stopped") {
        assert.equal(task.exitstatus, "OK");
        break;
      }
    }
    await kill();
    const again = await start();
    const tasks = await request(again, "GET", `/nodes/pve1/tasks/${upid}/status`);
    assert.equal((tasks.json?.data as { exitstatus: string }).exitstatus, "OK");
    const content = await request(again, "GET", "/nodes/pve1/storage/local-lvm/content");
    assert.deepEqual(
      (content.json?.data as { volid: string }[]).map(({ volid }) => volid),
      ["local-lvm:vm-100-disk-0"],
    );
  });
});
