import assert from "node:assert/strict";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { VmLab } from "../qemu/vm-lab";

type Row = Record<string, unknown>;
type Params = Record<string, string | readonly string[]>;

/** A zone with DHCP, a vnet and a subnet, on three nodes of which the last has no dnsmasq. */
describe("SDN of a cluster", () => {
  let lab: VmLab;
  let nodes: string[];

  beforeEach(async () => {
    lab = new VmLab("manual", "doggos");
    nodes = Object.keys(lab.cluster.corosync?.nodes ?? {}).sort();
    for (const node of nodes.slice(0, 2)) packagesOf(lab.simulation.node(node)).installed["dnsmasq"] = "2.91-1";
    await ok("POST", "/cluster/sdn/zones", { zone: "dmz", type: "simple", ipam: "pve", dhcp: "dnsmasq" });
    await ok("POST", "/cluster/sdn/vnets", { vnet: "web", zone: "dmz" });
    await ok("POST", "/cluster/sdn/vnets/web/subnets", {
      ...{ type: "subnet", subnet: "10.80.0.0/24", gateway: "10.80.0.1", snat: "1" },
      "dhcp-range": ["start-address=10.80.0.100,end-address=10.80.0.101"],
    });
  });

  async function ok(method: string, path: string, params: Params = {}): Promise<unknown> {
    const { status, reason, body } = await lab.ask(method, path, params);
    assert.equal(status, 200, `${method} ${path}: ${reason} ${JSON.stringify(body)}`);
    return body?.["data"];
  }
  async function refused(method: string, path: string, params: Params = {}): Promise<string> {
    const { status, reason } = await lab.ask(method, path, params);
    assert.notEqual(status, 200, `${method} ${path}`);
    return reason;
  }
  const rows = async (path: string, params: Params = {}) => (await ok("GET", path, params)) as Row[];
  const apply = async (params: Params = {}): Promise<void> => {
    await ok("PUT", "/cluster/sdn", params);
    lab.simulation.tasks.settle();
  };
  const content = (node: string) => rows(`/nodes/${node}/sdn/zones/dmz/content`);

  it("is on a node when its own reload has ended, and says which node lacks it although the apply went well", async () => {
    const [first = "", second = ""] = nodes;
    lab.simulation.faults.add({
      task: "srvreload",
      after: 1,
      count: 1,
      effect: { kind: "task-fail", text: "command 'ifreload -a' failed: exit code 1", steps: 2 },
    });
    const upid = (await ok("PUT", "/cluster/sdn")) as string;
    assert.deepEqual(await content(first), [
      {
        ...{ vnet: "web", status: "pending" },
        statusmsg: "local sdn network configuration is not yet generated, please reload",
      },
    ]);
    lab.simulation.tasks.settle();
    const task = lab.node.tasks.find((one) => one.upid === upid);
    assert.equal(task?.status, "OK");
    assert.deepEqual(await content(first), [{ vnet: "web", status: "available", statusmsg: null }]);
    assert.deepEqual(await content(second), [{ vnet: "web", status: "error", statusmsg: "error web" }]);
    assert.deepEqual(await rows(`/nodes/${second}/sdn/zones`), [{ zone: "dmz", status: "error" }]);
    const bridges = async (node: string) => rows(`/nodes/${node}/sdn/zones/dmz/bridges`);
    assert.deepEqual(await bridges(first), [{ name: "web", vlan_filtering: 0, ports: [] }]);
    assert.deepEqual(await bridges(second), [{ name: "web", ports: [] }]);
  });

  it("applies what is staged of a node's own interfaces too", async () => {
    const [first = ""] = nodes;
    await ok("POST", `/nodes/${first}/network`, { iface: "vmbr77", type: "bridge", autostart: "1" });
    await apply();
    assert.match(lab.simulation.node(first).network.interfaces, /iface vmbr77 /);
  });

  it("lets only the holder of the lock write, and gives the lock back with the apply", async () => {
    assert.match(await refused("POST", "/cluster/sdn/lock"), /configuration has pending changes/);
    const token = await ok("POST", "/cluster/sdn/lock", { "allow-pending": "1" });
    const change = { alias: "b" };
    const wrong = /^update sdn vnet object failed: invalid lock token provided!/;
    assert.match(await refused("PUT", "/cluster/sdn/vnets/web", change), wrong);
    assert.match(await refused("PUT", "/cluster/sdn/vnets/web", { ...change, "lock-token": "x" }), wrong);
    await ok("PUT", "/cluster/sdn/vnets/web", { ...change, "lock-token": String(token) });
    assert.match(await refused("PUT", "/cluster/sdn"), /^could not commit SDN config: invalid lock token/);
    await apply({ "lock-token": String(token) });
    await ok("PUT", "/cluster/sdn/vnets/web", { alias: "c" });
    const [row] = await rows("/cluster/sdn/vnets", { pending: "1" });
    assert.deepEqual([row?.["alias"], row?.["state"], row?.["pending"]], ["b", "changed", { alias: "c" }]);
    await ok("POST", "/cluster/sdn/rollback");
    assert.deepEqual((await rows("/cluster/sdn/vnets"))[0]?.["alias"], "b");
    await ok("POST", "/cluster/sdn/lock");
    await ok("DELETE", "/cluster/sdn/lock", { force: "1" });
    await ok("PUT", "/cluster/sdn/vnets/web", { alias: "d" });
  });

  it("gives guests addresses of the range, which they keep and give back, and a chosen one", async () => {
    await apply();
    const entries = async () =>
      (await rows("/cluster/sdn/ipams/pve/status"))
        .filter((row) => row["vmid"] !== undefined)
        .map((row) => `${String(row["vmid"])} ${String(row["ip"])}`)
        .sort();
    const make = async (vmid: number): Promise<void> => {
      const net0 = `virtio=BC:24:11:00:00:${vmid % 100 < 10 ? "0" : ""}${vmid % 100},bridge=web`;
      await ok("POST", `/nodes/${lab.node.name}/qemu`, { vmid: String(vmid), net0 });
      lab.simulation.tasks.settle();
    };
    for (const vmid of [901, 902, 903]) await make(vmid);
    assert.deepEqual(await entries(), ["901 10.80.0.100", "902 10.80.0.101"]);
    const ips = "/cluster/sdn/vnets/web/ips";
    const own = { zone: "dmz", mac: "BC:24:11:00:00:02", vmid: "902" };
    assert.equal(await refused("PUT", ips, { ...own, ip: "10.80.0.100" }), "IP '10.80.0.100' already exist");
    await ok("PUT", ips, { ...own, ip: "10.80.0.7" });
    await ok("DELETE", `/nodes/${lab.node.name}/qemu/901`);
    lab.simulation.tasks.settle();
    assert.deepEqual(await entries(), ["902 10.80.0.7"]);
    assert.match(
      await refused("DELETE", "/cluster/sdn/vnets/web/subnets/dmz-10.80.0.0-24"),
      /cannot delete subnet '10\.80\.0\.0\/24', not empty/,
    );
  });
});
