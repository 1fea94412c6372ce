import assert from "node:assert/strict";
import https from "node:https";
import vm from "node:vm";
import { seedWorld, startSimulator, type Simulator } from "../../simulator/index.js";
import type { Overview } from "../../simulator/page/overview.js";
import { pageScript } from "../../simulator/page/page.js";

const hostile = `<img src=x onerror="alert(1)">`;

/** As much of a document as the page's script needs; whoever sets HTML fails the test. */
class FakeElement {
  className = "";
  hidden = false;
  style: Record<string, string> = {};
  children: FakeElement[] = [];
  text = "";
  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }
  replaceChildren(...children: FakeElement[]): void {
    this.children = children;
  }
  set textContent(text: string) {
    this.text = text;
  }
  set innerHTML(_: string) {
    throw new Error("the page sets HTML");
  }
  get texts(): string[] {
    return [this.text, ...this.children.flatMap((child) => child.texts)].filter((text) => text !== "");
  }
}

describe("the simulator's page", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    const world = seedWorld("matrix");
    const cluster = world.clusters["foxtrot"];
    assert.ok(cluster);
    const guest = { type: "qemu", node: "golf", pending: {}, pendingDelete: {}, snapshots: {} } as const;
    cluster.guests["100"] = { ...guest, vmid: 100, config: { name: hostile, memory: "2048", lock: "backup" } };
    simulator = await startSimulator({ seed: world });
  });
  afterEach(() => simulator.close());

  const get = (path: string): Promise<{ status: number; headers: Record<string, unknown>; text: string }> =>
    new Promise((resolve, reject) => {
      const port = simulator.nodes[0]?.port;
      const request = https.get(
        { port, host: "127.0.0.1", path, rejectUnauthorized: false, agent: false },
        (response) => {
          let text = "";
          response.on("data", (data: Buffer) => (text += data.toString("utf8")));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        },
      );
      request.once("error", reject);
    });
  const view = async (): Promise<Overview> => JSON.parse((await get("/simulator/overview")).text) as Overview;

  it("answers without a login, and loads nothing from elsewhere", async () => {
    const { status, headers, text } = await get("/");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/html; charset=utf-8");
    assert.match(String(headers["content-security-policy"]), /^default-src 'none'; script-src 'sha256-/);
    assert.doesNotMatch(text, /https?:|src=/);
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  it("is not Proxmox's API", async () => {
    assert.equal((await get("/simulator/overview/more")).status, 501);
    assert.equal((await get("/api2/json/version")).status, 401);
    assert.deepEqual(
      simulator.requests.map(({ path }) => path),
      ["/version"],
    );
  });

  it("shows nodes, guests, storages and tasks, and no secret", async () => {
    const { text, headers } = await get("/simulator/overview");
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    assert.equal(headers["x-content-type-options"], "nosniff");
    for (const secret of [simulator.password, simulator.token.secret]) assert.ok(!text.includes(secret));
    const seen = JSON.parse(text) as Overview;
    assert.deepEqual(
      seen.nodes.map(({ name, cluster, online, guests }) => [name, cluster, online, guests.length]),
      [
        ["foxtrot", "Matrix", true, 0],
        ["golf", "Matrix", true, 1],
        ["hotel", "Matrix", true, 0],
      ],
    );
    const [guest] = seen.nodes[1]?.guests ?? [];
    assert.deepEqual([guest?.["vmid"], guest?.["name"], guest?.["lock"]], [100, hostile, "backup"]);
    assert.deepEqual(
      seen.nodes[0]?.storages.map(({ name }) => name),
      ["local", "local-lvm"],
    );
  });

  it("shows what runs before what has ended, with its progress", async () => {
    const { simulation } = simulator;
    const node = simulation.node("foxtrot");
    simulation.startTask(node, "qmstart", "101", "root@pam", function* () {
      yield 10;
    });
    simulation.tasks.settle();
    simulation.startTask(node, "qmclone", "100", "root@pam", function* (task) {
      task.log("drive mirror: transferred 1.0 GiB of 4.0 GiB (25.00%)");
      yield Infinity;
    });
    simulation.tasks.settle();
    assert.deepEqual(
      (await view()).tasks.map(({ type, status, percent }) => [type, status, percent]),
      [
        ["qmclone", undefined, 25],
        ["qmstart", "OK", undefined],
      ],
    );
  });

  it("lets no name become HTML", async () => {
    const elements = new Map<string, FakeElement>();
    const document = {
      createElement: () => new FakeElement(),
      createTextNode: (text: string) => Object.assign(new FakeElement(), { text }),
      getElementById: (id: string) => elements.get(id) ?? elements.set(id, new FakeElement()).get(id),
    };
    const answer = await view();
    const response = { ok: true, json: () => Promise.resolve(answer) };
    let polled: (() => void) | undefined;
    const done = new Promise<void>((resolve) => (polled = resolve));
    const context = { document, fetch: () => Promise.resolve(response), setTimeout: () => polled?.(), Date, JSON, Map };
    vm.runInNewContext(pageScript, context);
    await done;
    assert.equal(elements.get("lost")?.hidden, true, elements.get("lost")?.text);
    assert.ok(elements.get("nodes")?.texts.includes(hostile));
    assert.ok(elements.get("facts")?.texts[0]?.startsWith("1 guests, 0 running"));
  });
});
