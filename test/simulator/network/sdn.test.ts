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

  describe("gives leases", () => {
    const ips = "/cluster/sdn/vnets/web/ips";
    const macOf = (vmid: number): string => `BC:24:11:00:00:0${vmid % 10}`;
    const task = async (path: string, params: Params = {}): Promise<string> => {
      const upid = (await ok("POST", path, params)) as string;
      lab.simulation.tasks.settle();
      return lab.task(upid).status ?? "still running";
    };
    const place = (vmid: number): string => `/nodes/${lab.guest(vmid)?.node ?? lab.node.name}/qemu`;
    const make = (vmid: number, bridge = "web"): Promise<string> =>
      task(place(vmid), { vmid: String(vmid), agent: "1", net0: `virtio=${macOf(vmid)},bridge=${bridge}` });
    /** An operating system with an agent comes up. */
    const boot = async (vmid: number): Promise<void> => {
      assert.equal(await task(`${place(vmid)}/${vmid}/status/start`), "OK");
      systemIn(vmid);
    };
    const systemIn = (vmid: number): void => {
      const running = lab.guest(vmid)?.running ?? assert.fail("it does not run");
      running.os = { agent: true };
      running.booting = 0;
    };
    const addresses = async (vmid: number): Promise<string[]> => {
      const answer = (await ok("GET", `${place(vmid)}/${vmid}/agent/network-get-interfaces`)) as { result: Row[] };
      const eth0 = answer.result.find(({ name }) => name === "eth0") ?? assert.fail("no eth0");
      return (eth0["ip-addresses"] as Row[])
        .filter((one) => one["ip-address-type"] === "ipv4")
        .map((one) => `${String(one["ip-address"])}/${String(one["prefix"])}`);
    };

    it("of what the IPAM had at the start of the guest, which keeps it until it boots anew", async () => {
      await apply();
      for (const vmid of [901, 902]) await make(vmid);
      await ok("PUT", ips, { zone: "dmz", mac: macOf(902), vmid: "902", ip: "10.80.0.7" });
      for (const vmid of [901, 902]) await boot(vmid);
      assert.deepEqual([await addresses(901), await addresses(902)], [["10.80.0.100/24"], ["10.80.0.7/24"]]);
      await ok("PUT", ips, { zone: "dmz", mac: macOf(901), vmid: "901", ip: "10.80.0.9" });
      assert.deepEqual(await addresses(901), ["10.80.0.100/24"]);
      // A reset asks the server, who has not been told of the new one.
      assert.equal(await task(`${place(901)}/901/status/reset`), "OK");
      systemIn(901);
      assert.deepEqual(await addresses(901), ["10.80.0.100/24"]);
      assert.equal(await task(`${place(901)}/901/status/stop`), "OK");
      await boot(901);
      assert.deepEqual(await addresses(901), ["10.80.0.9/24"]);
    });

    it("by the node's own server, and none where there is no dnsmasq", async () => {
      await apply();
      const third = nodes[2] ?? assert.fail();
      await make(901);
      await boot(901);
      const known = () => nodes.map((name) => lab.simulation.node(name).network.ethers?.["dmz"] ?? null);
      assert.deepEqual(known(), [{ [macOf(901)]: ["10.80.0.100"] }, {}, null]);
      const guest = lab.guest(901) ?? assert.fail();
      assert.equal(await task(`${place(901)}/901/status/stop`), "OK");
      guest.node = third;
      await boot(901);
      assert.deepEqual([await addresses(901), known()[2]], [[], null]);
    });

    it("when a server comes up while the guest asks, but only to guests that started after the zone was applied", async () => {
      await ok("POST", "/cluster/sdn/rollback");
      await ok("POST", "/cluster/sdn/zones", { zone: "dmz", type: "simple" });
      await ok("POST", "/cluster/sdn/vnets", { vnet: "web", zone: "dmz" });
      await apply();
      await make(901);
      await boot(901);
      await ok("PUT", "/cluster/sdn/zones/dmz", { ipam: "pve", dhcp: "dnsmasq" });
      const subnet = { type: "subnet", subnet: "10.80.0.0/24" };
      await ok("POST", "/cluster/sdn/vnets/web/subnets", {
        ...subnet,
        "dhcp-range": ["start-address=10.80.0.100,end-address=10.80.0.101"],
      });
      await apply();
      assert.deepEqual(await addresses(901), []);
      assert.equal(await task(`${place(901)}/901/status/stop`), "OK");
      await boot(901);
      assert.deepEqual(await addresses(901), ["10.80.0.100/24"]);
    });

    it("as long as there are some: a guest without does not start", async () => {
      await apply();
      for (const vmid of [901, 902, 903]) assert.equal(await make(vmid), "OK");
      const start = (await ok("POST", `${place(903)}/903/status/start`)) as string;
      lab.simulation.tasks.settle();
      assert.equal(lab.task(start).status, "start failed: QEMU exited with code 1");
      assert.match(JSON.stringify(lab.task(start).log), /can't find any free ip in zone dmz for IPv4/);
      assert.equal(lab.guest(903)?.running, undefined);
    });

    it("that move with a guest that is migrated alive, and are known there too", async () => {
      await apply();
      const [, second = ""] = nodes;
      await make(901);
      await boot(901);
      assert.deepEqual(await addresses(901), ["10.80.0.100/24"]);
      assert.equal(await task(`${place(901)}/901/migrate`, { target: second, online: "1" }), "OK");
      assert.deepEqual(lab.simulation.node(second).network.ethers?.["dmz"], { [macOf(901)]: ["10.80.0.100"] });
      assert.deepEqual(await addresses(901), ["10.80.0.100/24"]);
    });
  });
});
