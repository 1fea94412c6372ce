import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("a fleet from a table, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  let rows = ["a", "b", "c", "d", "e", "f"].map(
    (letter, i) => `web-${letter},${1 + (i % 2)},10.0.0.${11 + i}/24,web;t${i}`,
  );
  const program = () => [
    { ...debianImage, args: { ...debianImage.args, node: "foxtrot" } },
    { ...debianTemplate, args: { ...debianTemplate.args, node: "foxtrot" } },
    {
      kind: "Fleet" as const,
      name: "web",
      args: {
        table: ["name,cores,address,tags", ...rows].join("\n"),
        gateway: "10.0.0.1",
        nodes: ["foxtrot", "golf"],
        vm: {
          source: { clone: { template: "@debian-12.vmid" } },
          memoryMiB: 512,
          networks: [{ bridge: "vmbr0" }],
          cloudInit: { user: "admin" },
        },
      },
    },
  ];

  before(async () => {
    sim = await startSimulator({ seed: labWorld("matrix") });
    lab = await DescribedStack.create(sim, program());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guests = () => Object.values(guestsOf(sim));
  const names = () => guests().flatMap(({ config }) => (config["template"] === "1" ? [] : (config["name"] ?? "")));
  const changing = (from: number) =>
    sim.requests.slice(from).filter(({ method, path }) => method !== "GET" && !path.endsWith("/access/ticket"));

  it("makes nothing of it when a row is wrong, in preview and in up, and tells all mistakes", async () => {
    const right = rows;
    rows = ["web-a,two,10.0.0.11/24,x", "Web_B,1,10.0.0.11/24,y"];
    lab.describe(program());
    for (const result of [await lab.stack.preview(), await lab.stack.up()]) {
      const text = failed(result);
      assert.match(text, /Fleet "web" has 3 problems; none of its VMs was touched:/);
      assert.match(text, /line 2 \(web-a\), cores: write a number such as 2 \(got "two"\)/);
      assert.match(text, /line 3 \(Web_B\), name: .*; write e\.g\. "web-b"/);
      assert.match(text, /line 3 \(Web_B\), address: 10\.0\.0\.11 is that of line 2 \(web-a\) too; write another/);
    }
    assert.deepEqual(names(), []);
    rows = right;
  });

  it("makes a VM for each row, and nothing the second time", async () => {
    lab.describe(program());
    ok(await lab.stack.up());
    assert.deepEqual(names().sort(), ["web-a", "web-b", "web-c", "web-d", "web-e", "web-f"]);
    const third = guests().find(({ config }) => config["name"] === "web-c")?.config;
    assert.equal(third?.["ipconfig0"], "ip=10.0.0.13/24,gw=10.0.0.1");
    assert.equal(third?.["tags"], "t2;web");
    const on = (node: string) =>
      guests().filter((guest) => guest.node === node && guest.config["template"] !== "1").length;
    assert.deepEqual([on("foxtrot"), on("golf")], [3, 3]);
    const from = sim.requests.length;
    const { same, ...others } = counts(ok(await lab.stack.up()));
    assert.deepEqual([same, others], [11, {}]);
    assert.deepEqual(changing(from), []);
  });

  const places = () => new Map(guests().map(({ vmid, node }) => [vmid, node]));

  it("makes exactly one VM for a row that comes, wherever it stands, and moves none", async () => {
    rows = [...rows.slice(0, 1), "web-new,1,10.0.0.50/24,web", ...rows.slice(1)];
    lab.describe(program());
    const from = sim.requests.length;
    const before = places();
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 11, create: 1 });
    for (const [vmid, node] of before) assert.equal(places().get(vmid), node);
    const made = guests().find(({ config }) => config["name"] === "web-new")?.vmid;
    for (const { path } of changing(from)) assert.match(path, new RegExp(`/qemu/(?:${made}/|2000/clone$)`));
  });

  it("deletes exactly one VM for a row that goes", async () => {
    rows = rows.filter((row) => !row.startsWith("web-b,"));
    lab.describe(program());
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 11, delete: 1 });
    assert.deepEqual(names().sort(), ["web-a", "web-c", "web-d", "web-e", "web-f", "web-new"]);
  });
});
