import assert from "node:assert/strict";
import { isLinked } from "../../../simulator/corosync.js";
import { clientReaches, nodeReaches, passesAll } from "../../../simulator/network/fabric.js";
import { reloadNetwork } from "../../../simulator/network/reload.js";
import { isOnline } from "../../../simulator/resources.js";
import { targetNode } from "../../../simulator/proxy.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { Simulation } from "../../../simulator/simulation.js";
import type { NodeState } from "../../../simulator/world/world.js";

describe("who reaches a node", () => {
  let simulation: Simulation;
  let golf: NodeState;

  beforeEach(() => {
    simulation = new Simulation(seedWorld("matrix"), { clock: "manual" });
    golf = simulation.node("golf");
  });

  afterEach(() => simulation.close());

  const wiring = () => simulation.world.wiring ?? assert.fail("no wiring");
  const isReached = (): boolean => clientReaches(simulation.world, golf);
  const write = (change: (text: string) => string): void => {
    const { network } = golf;
    network.running ??= network.interfaces;
    const text = change(network.interfaces);
    assert.notEqual(text, network.interfaces, "the change changes nothing");
    network.interfaces = text;
  };

  /** Changes of golf's own file, each of which cuts the client off. */
  const cuts: Readonly<Record<string, (text: string) => string>> = {
    "another address": (text) => text.replace("192.168.3.6/24", "192.168.3.60/24"),
    "an address that the gateway has": (text) => text.replace("192.168.3.6/24", "192.168.3.1/24"),
    "a network without the client": (text) =>
      text.replace("192.168.3.6/24", "192.168.3.6/30").replace("gateway 192.168.3.1", ""),
    "a port in another switch": (text) => text.replace("bridge-ports enp4s0", "bridge-ports enp5s0f0np0"),
    "a port without a link": (text) => text.replace("bridge-ports enp4s0", "bridge-ports enp3s0"),
    "a port that the machine has not": (text) => text.replace("bridge-ports enp4s0", "bridge-ports eno9"),
    "a bridge without its port": (text) => text.replace("bridge-ports enp4s0", "bridge-ports none"),
    "a VLAN that nobody else is in": (text) => text.replace("bridge-ports enp4s0", "bridge-ports enp4s0.12"),
    "a bridge that is not started": (text) => text.replace("auto vmbr0\n", "").replace("auto vlan9\n", ""),
    "a smaller MTU of the port": (text) =>
      text
        .replace("iface enp4s0 inet manual", "iface enp4s0 inet manual\n\tmtu 1280")
        .replace("bridge-vids 9", "bridge-vids 9\n\tmtu 1500"),
    "an empty file": () => "",
  };
  for (const [what, change] of Object.entries(cuts))
    it(`${what} cuts the client off when it is reloaded, and no sooner; putting it back brings it back`, () => {
      const before = golf.network.interfaces;
      assert.equal(isReached(), true);
      write(change);
      assert.equal(isReached(), true);
      reloadNetwork(simulation, golf);
      assert.equal(isReached(), false);
      for (const name of ["foxtrot", "hotel"])
        assert.equal(clientReaches(simulation.world, simulation.node(name)), true);
      golf.network.interfaces = before;
      reloadNetwork(simulation, golf);
      assert.equal(isReached(), true);
    });

  it("a large MTU cuts off those who send as much, where the switch does not carry it", () => {
    write((text) =>
      text
        .replace("iface enp4s0 inet manual", "iface enp4s0 inet manual\n\tmtu 9000")
        .replace("bridge-vids 9", "bridge-vids 9\n\tmtu 9000"),
    );
    reloadNetwork(simulation, golf);
    wiring().client.mtu = 9000;
    assert.equal(isReached(), true);
    for (const device of Object.values(wiring().switches)) device.mtu = 1500;
    assert.equal(isReached(), false);
    // a client with the usual MTU agrees on that
    wiring().client.mtu = 1500;
    assert.equal(isReached(), true);
  });

  it("is a matter of cables and switch ports too", () => {
    const [port] = golf.network.ports;
    if (port) port.up = false;
    assert.equal(isReached(), false);
    if (port) port.up = true;
    wiring().ports["golf/enp4s0"] = { switch: "switch0", native: 9 };
    assert.equal(isReached(), false);
    delete wiring().ports["golf/enp4s0"];
    assert.equal(isReached(), false);
  });

  it("goes by the gateway where the client is in another network", () => {
    wiring().router.push({ address: "10.9.9.1/24", switch: "office" });
    wiring().switches["office"] = { mtu: 1500 };
    Object.assign(wiring().client, { address: "10.9.9.20/24", switch: "office", gateway: "10.9.9.1" });
    assert.equal(isReached(), true);
    write((text) => text.replace("gateway 192.168.3.1", "gateway 192.168.3.2"));
    reloadNetwork(simulation, golf);
    assert.equal(isReached(), false);
  });

  it("takes tags with it: through a bridge that has the id, by a bond's ports, to the switch's VLAN", () => {
    const [foxtrot, reached] = [
      simulation.node("foxtrot"),
      (): boolean => passesAll(simulation.world, [{ from: golf, to: "192.168.8.5" }]),
    ];
    assert.ok(reached());
    write((text) => text.replace("bridge-vids 9", "bridge-vids 10-20"));
    reloadNetwork(simulation, golf);
    assert.ok(!reached());
    write((text) => text.replace("bridge-vids 10-20", "bridge-vids 2-100"));
    reloadNetwork(simulation, golf);
    assert.ok(reached());
    wiring().ports["golf/enp4s0"] = { switch: "switch0", tagged: [10] };
    assert.ok(!reached());
    assert.ok(isReached());
    wiring().ports["golf/enp4s0"] = { switch: "switch0" };
    write((text) =>
      text
        .replace("bridge-ports enp4s0", "bridge-ports bond0")
        .concat("\nauto bond0\niface bond0 inet manual\n\tbond-slaves enp3s0 enp4s0\n"),
    );
    reloadNetwork(simulation, golf);
    assert.ok(reached());
    assert.ok(nodeReaches(simulation.world, foxtrot, "192.168.3.6"));
  });

  it("takes IPv6 within a network and by its own gateway, however an address is spelt", () => {
    const six =
      (address: string, gateway = "") =>
      (text: string): string =>
        text.replace("#MGMT", `#MGMT\niface vmbr0 inet6 static\n\taddress ${address}/64\n${gateway}`);
    const reached = (to: string): boolean => passesAll(simulation.world, [{ from: golf, to }]);
    write(six("fd00::6"));
    reloadNetwork(simulation, golf);
    assert.ok(!reached("fd00::5"));
    const foxtrot = simulation.node("foxtrot");
    foxtrot.network.interfaces = six("fd00::5")(foxtrot.network.interfaces);
    reloadNetwork(simulation, foxtrot);
    assert.ok(reached("fd00:0:0::5"));
    assert.ok(!reached("fd01::9"));
    wiring().router.push({ address: "fd00::1/64", switch: "switch0" }, { address: "fd01::1/64", switch: "office" });
    wiring().switches["office"] = { mtu: 1500 };
    assert.ok(!reached("fd01::1"));
    write((text) => text.replace("fd00::6/64", "fd00::6/64\n\tgateway fd00::1"));
    reloadNetwork(simulation, golf);
    assert.ok(reached("fd01::1"));
  });

  it("decides about corosync's links, and so about quorum", () => {
    const corosync = simulation.clusterOf(golf).corosync ?? assert.fail("no cluster");
    const quorate = (): boolean[] => Object.values(simulation.world.nodes).map((node) => simulation.isQuorate(node));
    write((text) => text.replace("192.168.8.6/24", "192.168.8.66/24"));
    reloadNetwork(simulation, golf);
    // the client still gets in: it comes by another network
    assert.equal(isReached(), true);
    assert.deepEqual(quorate(), [true, false, true]);
    const foxtrot = simulation.node("foxtrot");
    assert.equal(isLinked(simulation.world, corosync, foxtrot, golf), false);
    assert.deepEqual(
      [isOnline(simulation, "golf", foxtrot), isOnline(simulation, "golf"), isOnline(simulation, "golf", golf)],
      [false, false, true],
    );
    // a second link carries on
    for (const [name, member] of Object.entries(corosync.nodes)) member.links["1"] = simulation.node(name).address;
    assert.deepEqual(quorate(), [true, true, true]);
    write((text) => text.replace("192.168.3.6/24", "192.168.3.66/24"));
    reloadNetwork(simulation, golf);
    assert.deepEqual(quorate(), [true, false, true]);
    assert.throws(() => targetNode(simulation, foxtrot, "node", { node: "golf" }), /No route to host/);
  });

  it("is everybody in a world without wiring", () => {
    delete simulation.world.wiring;
    golf.network.interfaces = "";
    reloadNetwork(simulation, golf);
    assert.equal(isReached(), true);
    assert.equal(simulation.isQuorate(golf), true);
  });
});
