import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { guestsOf, Lab } from "../../support/lab";
import { createAll, described, sdnOf, sdnWorld } from "./sdn-lab";

describe("static addresses of guests on vnets", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.start({ seed: sdnWorld() });
  });

  afterEach(() => lab.close());

  it("are in the IPAM, each for one guest, until it goes", async () => {
    await createAll(lab);
    const guest = (vmid: number, address: string) => ({
      ...{ vmid, node: "holly", source: { empty: true }, networks: [{ bridge: "web" }], started: false },
      cloudInit: { storage: "local-lvm", addresses: [{ address }] },
    });
    const entries = () =>
      Object.entries(sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"] ?? {}).flatMap(([ip, { vmid }]) =>
        vmid === undefined ? [] : [`${vmid} ${ip}`],
      );
    const { id, properties } = await lab.create("Vm", "one", guest(901, "10.80.0.50/24"));
    assert.deepEqual(entries(), ["901 10.80.0.50"]);
    Object.assign(sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"] ?? {}, {
      "10.80.0.60": { vmid: 777, mac: "BC:24:11:00:07:77" },
    });
    await assert.rejects(
      lab.create("Vm", "two", guest(902, "10.80.0.60/24")),
      /10\.80\.0\.60 is not free in vnet web: the IPAM has given it to BC:24:11/,
    );
    await assert.rejects(lab.create("Vm", "three", guest(903, "10.80.0.1/24")), /is the gateway of 10\.80\.0\.0\/24/);
    await lab.plugin.delete("Vm", id, properties);
    // A device that has none, as of a vnet without DHCP when it came, gets its own; one outside every subnet is left alone.
    const free = await lab.create("Vm", "four", guest(904, "dhcp"));
    for (const [ip, { vmid }] of Object.entries(sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"] ?? {}))
      if (vmid === 904) delete sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"]?.[ip];
    const config = guestsOf(lab.sim)["904"]?.config ?? assert.fail();
    const mac = /[0-9A-F:]{17}/.exec(config["net0"] ?? "")?.[0];
    await lab.plugin.update("Vm", free.id, free.properties, { ...free.inputs, ...guest(904, "10.80.0.70/24") });
    assert.equal(sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"]?.["10.80.0.70"]?.mac, mac);
    assert.equal((await lab.create("Vm", "five", guest(905, "10.99.0.5/24"))).id, "905");
    assert.ok(entries().every((entry) => !entry.startsWith("901")));
  });

  it("are told of at preview where DHCP gives them out, whichever is checked first, and refused where they are taken", async () => {
    const guest = (address: string, more: Record<string, unknown> = {}) => ({
      ...{ node: "holly", source: { empty: true }, networks: [{ bridge: "web" }], started: false },
      ...{ cloudInit: { storage: "local-lvm", addresses: [{ address }] }, ...more },
    });
    const warnings = (): string[] =>
      lab.plugin.engine.messages.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    const warned = (about: RegExp) => eventually(String(about), () => warnings().some((text) => about.test(text)));
    const problems = async (name: string, kind: string, args: Record<string, unknown>) => {
      const { failures } = await lab.plugin.check(kind, {}, lab.inputs(kind, name, args));
      return failures.map(({ reason }) => reason).join("; ");
    };
    const inRange = (ip: string) =>
      new RegExp(
        `${ip} is in 10\\.80\\.0\\.100 to 10\\.80\\.0\\.199, which DHCP gives out in vnet web: it is reserved when .*; write one outside`,
      );
    const subnet = described[2]?.[2] ?? {};
    const beside = (ipam: string) => [
      { kind: "SdnZone", resource: "lab", unknown: [], args: { type: "simple", ipam, dhcp: "dnsmasq" } },
      { kind: "SdnVnet", resource: "web", unknown: [], args: { zone: "lab" } },
    ];
    // The guest first, as a program that makes both may have it: there is no such bridge yet.
    assert.match(await problems("early", "Vm", guest("10.80.0.150/24")), /has no bridge "web"/);
    assert.equal(await problems("net", "SdnSubnet", { ...subnet, __beside: beside("pve") }), "");
    await warned(inRange("early: 10.80.0.150"));
    // In the IPAM of somebody else nothing is reserved.
    assert.match(
      await problems("net", "SdnSubnet", { ...subnet, __beside: beside("netbox") }),
      /10\.80\.0\.150 .* IPAM netbox would give it to another guest too.*; write one outside/,
    );
    await createAll(lab);
    assert.equal(await problems("outside", "Vm", guest("10.80.0.50/24")), "");
    assert.match(
      await problems("gate", "Vm", guest("10.80.0.1/24")),
      /10\.80\.0\.1 is the gateway of 10\.80\.0\.0\/24/,
    );
    assert.equal(await problems("late", "Vm", guest("10.80.0.151/24")), "");
    await warned(inRange("10.80.0.151"));
    // Once it is reserved it is the guest's own.
    const one = guest("10.80.0.152/24", { vmid: 901 });
    const { inputs } = await lab.create("Vm", "one", one);
    await warned(inRange("10.80.0.152"));
    const before = warnings().filter((text) => text.includes("10.80.0.152")).length;
    const { failures } = await lab.plugin.check("Vm", inputs, lab.inputs("Vm", "one", one));
    assert.deepEqual(failures, []);
    const entries = sdnOf(lab)?.addresses["lab"]?.["10.80.0.0/24"] ?? assert.fail("no entries");
    entries["10.80.0.60"] = { vmid: 777, mac: "BC:24:11:00:07:77" };
    assert.match(
      await problems("two", "Vm", guest("10.80.0.60/24")),
      /10\.80\.0\.60 is not free in vnet web: the IPAM has given it to BC:24:11:00:07:77; write another/,
    );
    // A guest of a program of ours may go, or let go of it.
    entries["10.80.0.61"] = { vmid: 901, mac: "BC:24:11:00:09:01" };
    assert.equal(await problems("three", "Vm", guest("10.80.0.61/24")), "");
    await warned(/10\.80\.0\.61 is not free in vnet web: the IPAM has given it to VM 901.*unless that guest goes/);
    assert.equal(warnings().filter((text) => text.includes("10.80.0.152")).length, before);
    assert.deepEqual(
      warnings().filter((text) => text.includes("10.80.0.50")),
      [],
    );
  });
});
